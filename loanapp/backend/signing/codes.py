"""The one-time code that lets a contract be signed: bound to that very file, and to nothing else."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from loanapp.backend.auth.one_time_codes import IssuedCode, issue_code, phone_of, redeem_code, require_unlocked
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signing.certificates import ready_to_sign
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ContractRecord, OneTimeCode
from loanapp.domain.errors import ErrorCode
from loanapp.domain.one_time_code import CodePurpose
from loanapp.domain.phone import mask_phone

_TAIL = 4


@dataclass(frozen=True, slots=True)
class SigningCode:
    """A code on its way, and what it authorises; amounts as in the offer."""

    issued: IssuedCode
    phone_masked: str
    contract_number: str
    payout: str
    total_repayment: str


def send_signing_code(services: Services, borrower_id: str, application_id: uuid.UUID) -> SigningCode:
    """Send a code to the phone of the account; raises what :func:`issue_code` and :func:`ready_to_sign` raise."""
    with services.database.read() as session:
        application, contract = ready_to_sign(services, session, borrower_id, application_id)
        phone = borrower_phone(services, session, borrower_id)
        require_unlocked(services, session, phone, CodePurpose.SIGN_CONTRACT)
        bound_to, number = _binding(contract), contract.number
        offer = application.offer or {}
        payout, total = str(offer["payout"]), str(offer["totals"]["repayment"])
    told = {
        "tail": number[-_TAIL:],
        "payout": f"{Decimal(payout):,.2f}",
        "total": f"{Decimal(total):,.2f}",
        "support": services.policies.profile.support.phone,
    }
    issued = issue_code(services, phone, CodePurpose.SIGN_CONTRACT, bound_to=bound_to, told=told)
    with services.database.write() as session:
        detail = {
            "what": "code_sent",
            "contract": number,
            "challenge_id": issued.challenge_id,
            "text_sha256": sha256(issued.text.zh.encode()).hexdigest(),
        }
        ledger.append(session, services.clock.now(), "signature", str(application_id), detail)
    return SigningCode(issued, mask_phone(phone), number, payout, total)


def confirm_signing_code(
    services: Services, borrower_id: str, application_id: uuid.UUID, challenge_id: str, code: str, *, device_id: str
) -> None:
    """Let the contract be signed on this computer for a short while.

    Raises what :func:`redeem_code` and :func:`ready_to_sign` raise.
    """
    with services.database.read() as session:
        _application, contract = ready_to_sign(services, session, borrower_id, application_id)
        bound_to = _binding(contract)

    def authorise(session: Session, issued: OneTimeCode) -> None:
        application, contract = ready_to_sign(services, session, borrower_id, application_id)
        _same_phone(services, session, application, issued)
        if _binding(contract) != bound_to:
            raise RefusedError(ErrorCode.CODE_EXPIRED)
        contract.authorised_at = services.clock.now()
        contract.authorised_phone_sealed = services.cipher.encrypt(
            mask_phone(phone_of(services, issued)).encode(), authorised_phone_place(contract)
        )
        contract.authorised_sha256, contract.authorised_device_id = contract.prepared_sha256, device_id
        detail = {
            "what": "code_confirmed",
            "contract": contract.number,
            "prepared_sha256": contract.prepared_sha256,
            "challenge_id": issued.id,
        }
        ledger.append(session, contract.authorised_at, "signature", application.id, detail, actor="borrower")

    try:
        redeem_code(services, challenge_id, code, CodePurpose.SIGN_CONTRACT, authorise, bound_to=bound_to)
    except RefusedError as error:
        if error.details.get("attempts_left") == 0:
            _tell_of_guessing(services, application_id, challenge_id)
        raise


def authorised_phone_place(contract: ContractRecord) -> str:
    """Where the phone the confirmed code went to is sealed, masked."""
    return f"contract|{contract.number}|authorised_phone"


def _tell_of_guessing(services: Services, application_id: uuid.UUID, challenge_id: str) -> None:
    """The borrower sees in the history that somebody used up the tries of a code."""
    with services.database.write() as session:
        detail = {"what": "code_refused", "challenge_id": challenge_id}
        ledger.append(session, services.clock.now(), "signature", str(application_id), detail, actor="borrower")


def _binding(contract: ContractRecord) -> str:
    return f"{contract.number}|{contract.prepared_sha256}"


def _same_phone(services: Services, session: Session, application: Application, issued: OneTimeCode) -> None:
    """A code that went to another phone than the account's is none."""
    phone = borrower_phone(services, session, application.borrower_id)
    if services.cipher.index(phone, "phone") != issued.phone_index:
        raise RefusedError(ErrorCode.CODE_EXPIRED)
