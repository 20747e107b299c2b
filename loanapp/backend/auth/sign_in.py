"""Signing in with a one-time code."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.auth.one_time_codes import IssuedCode, issue_code, phone_of, redeem_code
from loanapp.backend.auth.proofs import SentRequest, check_device_key, key_digest, require_proof
from loanapp.backend.auth.recovery import recovery_missing
from loanapp.backend.auth.second_factor import problem_with, remove
from loanapp.backend.auth.security_keys import ShownKey
from loanapp.backend.auth.sessions import NewDevice, Tokens, begin
from loanapp.backend.auth.tables import Device
from loanapp.backend.auth.tries import Counted, Trier, hold_back, note_try
from loanapp.backend.policy.step_up import Act
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Borrower, OneTimeCode
from loanapp.domain.errors import ErrorCode
from loanapp.domain.one_time_code import CodePurpose
from loanapp.domain.phone import mask_phone, parse_phone


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session on a computer."""

    tokens: Tokens
    borrower_id: str
    phone_masked: str


_A_GUESS: Final = frozenset({ErrorCode.CODE_WRONG, ErrorCode.CODE_EXPIRED})
_A_WRONG_FACTOR: Final = frozenset(
    {ErrorCode.SECOND_FACTOR_WRONG, ErrorCode.SECURITY_KEY_WRONG, ErrorCode.SECURITY_KEY_COPIED}
)


def send_sign_in_code(services: Services, phone_text: str, address: str) -> IssuedCode:
    """Send a code to sign in with, to whatever phone: whether anybody has an account with it is not looked at.

    Raises ``PHONE_INVALID``, what :func:`issue_code` raises, and ``TOO_MANY_ATTEMPTS`` where the network of ``address``
    has asked for too many: whoever has messages sent to one phone after another is held back by no phone's own count.
    """
    phone = parse_phone(phone_text)
    asking = Trier("", "", address, Counted.SENT)
    with services.database.read() as session:
        hold_back(services, session, asking)
    issued = issue_code(services, phone, CodePurpose.SIGN_IN)
    with services.database.write() as session:
        note_try(services, session, asking)
    return issued


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows to be let in, and the address they come from; never in ``repr``."""

    challenge_id: str
    code: str
    second_factor: str | ShownKey | None
    address: str
    factor_lost: bool = False

    def __repr__(self) -> str:
        return "Shown(...)"


def open_session(services: Services, shown: Shown, device: NewDevice, sent: SentRequest) -> OpenedSession:
    """Exchange a code for a session on the computer whose key has signed the request; a code works once.

    Raises what :func:`redeem_code` raises, ``INPUT_INVALID`` or ``REQUEST_UNPROVEN`` for a key that is none or that did
    not sign. Where the borrower has turned a second factor on: ``SECOND_FACTOR_NEEDED`` or ``SECOND_FACTOR_WRONG``, the
    code then stays good; where it is lost what :func:`recovery_missing` tells, and the code is used up. Once that was
    proved on this computer, the second factor is turned off. ``TOO_MANY_ATTEMPTS`` where this computer or its network
    has guessed too often, at codes or at the second factor.
    """
    check_device_key(device.public_key)
    guessing = Trier("", key_digest(device.public_key), shown.address, Counted.CODE)
    with services.database.read() as session:
        hold_back(services, session, guessing)
    try:
        opened = redeem_code(
            services,
            shown.challenge_id,
            shown.code,
            CodePurpose.SIGN_IN,
            lambda session, issued: _open(services, session, issued, device, shown),
            before=lambda session, issued: _computer(services, session, issued, device, sent),
        )
    except RefusedError as error:
        if error.code in _A_GUESS:
            with services.database.write() as session:
                note_try(services, session, guessing)
        if error.code in _A_WRONG_FACTOR:
            # The transaction that found it was undone, and with it whatever would have counted the try.
            with services.database.write() as session:
                issued = session.get_one(OneTimeCode, shown.challenge_id)
                note_try(services, session, _trier(issued, device, shown))
        raise
    if isinstance(opened, RefusedError):
        raise opened
    return opened


def _computer(services: Services, session: Session, issued: OneTimeCode, device: NewDevice, sent: SentRequest) -> str:
    """Which computer guesses, once it has proved its key: one the borrower has used, or any other.

    Whoever knows a phone number may guess at its codes until the day's tries are gone; the owner's own computers keep
    theirs.
    """
    require_proof(services, session, device.public_key, sent, "")
    key = key_digest(device.public_key)
    own = (
        select(Device.id)
        .join(Borrower, Borrower.id == Device.borrower_id)
        .where(Borrower.phone_index == issued.phone_index, Device.key_sha256 == key)
    )
    return key if session.scalars(own).first() is not None else ""


def _trier(issued: OneTimeCode, device: NewDevice, shown: Shown) -> Trier:
    # Counted apart from passwords: whoever guesses those keeps nobody with an authenticator out.
    return Trier(f"second_factor|{issued.phone_index}", key_digest(device.public_key), shown.address)


def _open(
    services: Services, session: Session, issued: OneTimeCode, device: NewDevice, shown: Shown
) -> OpenedSession | RefusedError:
    now, phone = services.clock.now(), phone_of(services, issued)
    borrower = session.scalars(select(Borrower).where(Borrower.phone_index == issued.phone_index)).first()
    if shown.second_factor is not None:
        hold_back(services, session, _trier(issued, device, shown))
    wrong = problem_with(services, session, borrower.id if borrower else None, shown.second_factor)
    if borrower is not None and wrong is ErrorCode.SECOND_FACTOR_NEEDED and shown.factor_lost:
        key = key_digest(device.public_key)
        refused = recovery_missing(services, session, borrower.id, key, Act.FACTOR_LOST)
        if refused is not None:
            return refused
        remove(session, borrower.id)
    elif wrong is not None:
        raise RefusedError(wrong)
    if borrower is None:
        borrower_id = str(uuid.uuid4())
        sealed = services.cipher.encrypt(phone.encode(), f"borrower|{borrower_id}|phone")
        borrower = Borrower(id=borrower_id, phone_index=issued.phone_index, phone_sealed=sealed, created_at=now)
        session.add(borrower)
        session.flush()
    return OpenedSession(begin(services, session, borrower.id, device, by_code=True), borrower.id, mask_phone(phone))
