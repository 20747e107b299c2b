"""The settlement certificate: one page that says nothing is owed any more, signed by the lender (PAdES B-LTA)."""

import json
import uuid
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed
from loanapp.backend.refusal import RefusedError
from loanapp.backend.repayment.account import records
from loanapp.backend.repayment.collecting import own_loan
from loanapp.backend.services import Services
from loanapp.backend.signing.contract import lender_seal, lender_trust
from loanapp.backend.signing.time import time_authority
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, Loan, RepaymentState
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode
from loanapp.domain.identity_number import mask_identity_number
from loanapp.domain.money import ZERO, wire

_PARTS = ("principal", "interest", "fees", "penalty")


def settlement_certificate(services: Services, borrower_id: str, application_id: uuid.UUID) -> bytes:
    """The certificate, made and signed when it is first asked for, and the same ever after.

    Raises ``NOT_FOUND``, and ``NOT_ALLOWED_NOW`` while anything is owed.
    """
    from loanapp.proof.pdf_signature import sign_as_lender  # noqa: PLC0415 - loads slowly

    with services.database.read() as session:
        application, loan = own_loan(session, borrower_id, application_id)
        if loan.settled_at is None:
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
        number, identifier = loan.contract_number, application.id
        if loan.settlement_sealed is not None:
            return services.cipher.decrypt(loan.settlement_sealed, _place(number))
        page = _page(services, session, application, loan)
    now, keys = services.clock.now(), services.keys
    signed = sign_as_lender(
        page,
        keys.document_signer,
        lender_trust(services),
        time_authority(services).timestamper(),
        now=now,
        words=lender_seal(services, services.policies.disclosure.settlement_reason.zh),
    )
    with services.database.write() as session:
        _, loan = own_loan(session, borrower_id, application_id)
        if loan.settlement_sealed is not None:  # asked for twice at once: the first is the one
            return services.cipher.decrypt(loan.settlement_sealed, _place(number))
        loan.settlement_sealed = services.cipher.encrypt(signed, _place(number))
        detail = {"what": "settlement_certificate", "contract": number, "sha256": sha256(signed).hexdigest()}
        ledger.append(session, now, "signature", identifier, detail)
    return signed


def _place(number: str) -> str:
    return f"loan|{number}|settlement"


def _page(services: Services, session: Session, application: Application, loan: Loan) -> bytes:
    from loanapp.backend.contracts import written_day  # noqa: PLC0415 - loads slowly
    from loanapp.proof.canonical_json import canonical  # noqa: PLC0415
    from loanapp.proof.contract_facts import SETTLEMENT_FORMAT, SETTLEMENT_NAME, shown_amount  # noqa: PLC0415
    from loanapp.proof.pdf_signature import LENDER_BOX  # noqa: PLC0415
    from loanapp.proof.typesetting import typeset  # noqa: PLC0415

    identity, profile, now = Sealed(services, application).identity, services.policies.profile, services.clock.now()
    if identity is None or loan.settled_at is None:
        raise LookupError("a settled loan has an identity and a day")
    paid = [one for one in records(session, loan) if one.state is RepaymentState.PAID]
    sums = {part: sum((getattr(one, part) for one in paid), ZERO) for part in _PARTS}
    total = sum(sums.values(), ZERO)
    made, begun, ended = (at.astimezone(CHINA).date() for at in (now, loan.disbursed_at, loan.settled_at))
    facts: dict[str, Any] = {
        "format": SETTLEMENT_FORMAT,
        "contract_number": loan.contract_number,
        "licence": profile.licence,
        "principal": wire(loan.principal),
        "settled_on": ended.isoformat(),
        "paid_total": wire(total),
        **{f"paid_{part}": wire(amount) for part, amount in sums.items()},
        "outstanding": wire(ZERO),
        "simulated": profile.simulated,
    }
    words = {
        "contract_number": loan.contract_number,
        "lender": profile.name.zh,
        "licence": profile.licence,
        "borrower": identity.name,
        "identity_number": mask_identity_number(identity.identity_number),
        "principal": shown_amount(loan.principal),
        "disbursed_on": written_day(begun),
        "settled_on": written_day(ended),
        "made_on": written_day(made),
        "made_date": [made.year, made.month, made.day],
        "payments": len(paid),
        "paid_total": shown_amount(total),
        **{f"paid_{part}": shown_amount(amount) for part, amount in sums.items()},
        "simulated": profile.simulated,
        "box": list(LENDER_BOX),
    }
    inputs = {
        "certificate": json.dumps(words, ensure_ascii=False),
        "facts": canonical(facts).decode(),
        "facts_name": SETTLEMENT_NAME,
    }
    return typeset("settlement_certificate.typ", inputs, now)
