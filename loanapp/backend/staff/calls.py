"""Whom a member of staff has to call, or to meet at a branch, before a contract may be signed.

See :mod:`loanapp.backend.verification.step_up`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.policy.rows import Words
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.members import AtWork
from loanapp.backend.staff.on_record import OnRecord, on_record
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, StepUpRecord
from loanapp.backend.verification.step_up import step_up, waiting_for_person
from loanapp.domain.bank_card import mask_card
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import FaceWay
from loanapp.domain.phone import mask_phone


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """One borrower to call; ``phone`` is the account's, never one that is told during the call.

    ``visit``: to be met at a branch, for a call would prove nothing; there is no number then, but ``holder``, whom the
    identity card must name. ``bank``, where the card's prefix tells it, and ``card``, its last four digits, are where
    the money goes, to be asked for in a call. Both are there only once it is opened.
    """

    application_id: str
    record_id: str
    number: str
    amount: str
    since: datetime
    because: tuple[str, ...]
    phone: str
    visit: bool = False
    holder: OnRecord | None = None
    bank: Words | None = None
    card: str = ""

    def __repr__(self) -> str:
        return "WaitingCall(...)"


def waiting_calls(services: Services) -> list[WaitingCall]:
    """Everybody who waits for a call, the longest first; the phones are masked."""
    with services.database.read() as session:
        return [_call(services, session, *waiting, shown=mask_phone) for waiting in waiting_for_person(session)]


def open_call(services: Services, who: AtWork, application_id: str) -> WaitingCall:
    """One of them, with what a call or a visit needs, of which the ledger tells. Raises ``NOT_FOUND``."""
    with services.database.write() as session:
        for record, application in waiting_for_person(session):
            if application.id == application_id:
                what = {"what": "identity"} if record.way == FaceWay.BRANCH else {"what": "call"}
                seen: dict[str, object] = {**what, "member": who.member_id}
                ledger.append(session, services.clock.now(), "access", application.id, seen, actor="staff")
                return _opened(services, application, _call(services, session, record, application, shown=str))
    raise RefusedError(ErrorCode.NOT_FOUND)


def _opened(services: Services, application: Application, call: WaitingCall) -> WaitingCall:
    if call.visit:
        return replace(call, holder=on_record(services, application))
    card, banks = Sealed(services, application).card, services.policies.issuers.banks
    return replace(call, bank=banks.get(application.card_bank or ""), card=mask_card(card.number) if card else "")


def _call(
    services: Services, session: Session, record: StepUpRecord, application: Application, *, shown: Callable[[str], str]
) -> WaitingCall:
    asked, visit = step_up(services, session, application), record.way == FaceWay.BRANCH
    return WaitingCall(
        application.id,
        str(record.id),
        application.number,
        f"{Decimal((application.offer or {}).get('payout', '0')):,.2f}",
        record.asked_at,
        tuple(rule.because.zh for rule in asked.rules if rule.because) if asked is not None else (),
        "" if visit else shown(borrower_phone(services, session, application.borrower_id)),
        visit,
    )
