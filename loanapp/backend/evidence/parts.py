"""The nine parts of an evidence bundle, as the lender's store tells them; personal data only masked."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed
from loanapp.backend.applications.view import mask_name
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.data_uses.history import proofs_of
from loanapp.backend.offers.disclosure import agreed_table
from loanapp.backend.services import Services
from loanapp.backend.signing.codes import authorised_phone_place
from loanapp.backend.store.tables import (
    Application,
    Check,
    ConsentRecord,
    ContractRecord,
    LedgerHead,
    LivenessSession,
    Loan,
)
from loanapp.domain.clock import CHINA
from loanapp.domain.identity_number import mask_identity_number
from loanapp.domain.phone import mask_phone
from loanapp.proof.canonical_json import canonical_sha256
from loanapp.resource_files import resource_path

if TYPE_CHECKING:
    from loanapp.proof.evidence_bundle import Part, PartContent

_HOW = ("zh", "en")


def gather_parts(
    services: Services,
    session: Session,
    application: Application,
    record: ContractRecord,
    *,
    pdf: bytes,
    head: LedgerHead,
) -> "Mapping[Part, PartContent]":
    """Every part; ``pdf`` is the final contract, ``head`` the stamped head the proofs lead to."""
    from loanapp.proof.evidence_bundle import (  # noqa: PLC0415 - loads slowly
        CONTRACT_FILE,
        COST_FILE,
        LEDGER_FILE,
        PAYOUT_FILE,
        RECEIPTS_FILE,
        Absence,
        Part,
        PartContent,
    )

    proofs = proofs_of(session, application.id, head)
    loan = session.get(Loan, application.id)
    contract = {CONTRACT_FILE: pdf, COST_FILE: _written(_cost(services, application))}
    ledger = {
        "head": head.signed,
        "stamp": base64.b64encode(head.stamp or b"").decode("ascii"),
        "stamped_at": _moment(head.stamped_at),
        "entries": proofs,
    }
    payout = PartContent({PAYOUT_FILE: _written(_payout(application, loan))}) if loan else None
    return {
        Part.CONTRACT: PartContent(contract),
        Part.SIGNER: PartContent(_signer(services, session, application, record, pdf)),
        Part.IDENTITY: PartContent({"checks.json": _written(_identity(services, session, application, proofs))}),
        Part.CONSENTS: PartContent({RECEIPTS_FILE: _written(_receipts(session, application))}),
        Part.INTERVIEW: PartContent(absent=Absence.NO_INTERVIEW),
        Part.DECISION: PartContent({"decision.json": _written(_decision(services, application, proofs))}),
        Part.LEDGER: PartContent({LEDGER_FILE: _written(ledger)}),
        Part.PAYOUT: payout or PartContent(absent=Absence.NOT_PAID_OUT),
        Part.HOW_TO_VERIFY: PartContent(
            {
                f"{one}.txt": resource_path("contract", "evidence", f"how_to_verify.{one}.txt").read_bytes()
                for one in _HOW
            }
        ),
    }


def _cost(services: Services, application: Application) -> dict[str, object]:
    table = agreed_table(services, application)
    return {
        "table": table,
        "sha256": canonical_sha256(table),
        "shown_at": _moment(application.disclosure_shown_at),
        "confirmed_at": _moment(application.disclosure_confirmed_at),
        "seconds_on_screen": application.disclosure_seconds,
        "end_reached": application.disclosure_confirmed_at is not None,  # nothing else is confirmed
    }


def _signer(
    services: Services, session: Session, application: Application, record: ContractRecord, pdf: bytes
) -> dict[str, bytes]:
    from loanapp.proof.authorities import load_certificates, make_revocation_list  # noqa: PLC0415
    from loanapp.proof.evidence_bundle import SIGNER_FILE  # noqa: PLC0415 - loads slowly

    keys, now = services.keys, services.clock.now()
    identity, issued = Sealed(services, application).identity, record.certificate_pem or ""
    prepared_bytes = len(services.cipher.decrypt(record.prepared_sealed, f"contract|{record.number}|prepared"))
    certificate = load_certificates(issued)[0]
    told = {
        "name": mask_name(identity.name) if identity else None,
        "identity_number": mask_identity_number(identity.identity_number) if identity else None,
        "certificate": {
            "serial": f"{certificate.serial_number:x}",
            "not_before": _moment(certificate.not_valid_before_utc),
            "not_after": _moment(certificate.not_valid_after_utc),
        },
        "key": {"made": "borrower_computer", "kind": "EC P-256", "held_by_lender": False},
        "device_key": None,
        "authorised": {
            "by": "one_time_code",
            "phone": _authorised_phone(services, session, application, record),
            "delivery": "simulated" if services.policies.profile.simulated else "text_message",
            "prepared_sha256": record.prepared_sha256,
            "prepared_bytes": prepared_bytes,
            "at": _moment(record.authorised_at),
        },
    }
    return {
        SIGNER_FILE: _written(told),
        "certificates.pem": (issued + (record.chain_pem or "")).encode("ascii"),
        "document-root.crl": make_revocation_list(keys.document_root, now),
        **_borrower_revocation(record, pdf),
    }


def _authorised_phone(services: Services, session: Session, application: Application, record: ContractRecord) -> str:
    """The phone the confirmed code went to, masked; a contract signed before it was kept tells the account's."""
    if record.authorised_phone_sealed is None:
        return mask_phone(borrower_phone(services, session, application.borrower_id))
    return services.cipher.decrypt(record.authorised_phone_sealed, authorised_phone_place(record)).decode()


def _borrower_revocation(record: ContractRecord, pdf: bytes) -> dict[str, bytes]:
    """What the borrower's certificate was proved good with when it was countersigned, as the contract carries it."""
    from loanapp.proof.carried_proofs import carried_proofs  # noqa: PLC0415 - loads slowly

    return carried_proofs(pdf, (record.certificate_pem or "") + (record.chain_pem or ""))


def _identity(
    services: Services, session: Session, application: Application, proofs: list[dict[str, Any]]
) -> dict[str, object]:
    reading = Sealed(services, application).reading
    corrected = set(application.identity_corrections)
    checks = session.scalars(select(Check).where(Check.application_id == application.id).order_by(Check.at, Check.step))
    sessions = session.scalars(
        select(LivenessSession)
        .where(LivenessSession.application_id == application.id)
        .order_by(LivenessSession.issued_at)
    )
    return {
        "document": {
            name: {"confidence": one.get("confidence"), "corrected": name in corrected}
            for name, one in sorted(reading.items())
            if isinstance(one, dict)
        },
        "checks": [{"step": one.step, "state": one.state, "at": _moment(one.at)} for one in checks],
        "face": {
            "state": application.face_state.value,
            "by_person": application.face_by_person,
            "sessions": [_session(one) for one in sessions],
        },
        "deletions": _entries(proofs, "deletion"),
    }


def _session(one: LivenessSession) -> dict[str, object]:
    return {
        "id": one.id,
        "challenge": one.challenge,
        "source": one.source_kind.value,
        "issued_at": _moment(one.issued_at),
        "used_at": _moment(one.used_at),
        "ended_at": _moment(one.ended_at),
        "outcome": one.outcome.value if one.outcome else None,
        "reasons": one.reasons,
        "measures": one.measures,
        "verdict": one.verdict,
        "evidence_sha256": one.evidence_sha256,
    }


def _receipts(session: Session, application: Application) -> dict[str, object]:
    query = select(ConsentRecord).where(ConsentRecord.application_id == application.id)
    return {"receipts": [one.receipt for one in session.scalars(query.order_by(ConsentRecord.recorded_at))]}


def _decision(services: Services, application: Application, proofs: list[dict[str, Any]]) -> dict[str, object]:
    decision = Sealed(services, application).decision or {}
    return {
        "outcome": decision.get("outcome"),
        "reasons": decision.get("reasons"),
        "score": decision.get("score"),
        "reviewer_simulated": decision.get("reviewer_simulated"),
        "entries": _entries(proofs, "decision"),
    }


def _payout(application: Application, loan: Loan) -> dict[str, object]:
    return {
        "reference": loan.reference,
        "disbursed_at": _moment(loan.disbursed_at),
        "principal": f"{loan.principal:.2f}",
        "card_last4": application.card_last4,
        "schedule": loan.schedule,
    }


def _entries(proofs: list[dict[str, Any]], kind: str) -> list[dict[str, object]]:
    """What the ledger says of acts of one kind, with the numbers of the entries that prove it."""
    return [
        {"entry": one["entry"]["no"], "at": one["entry"]["at"], "detail": (one["content"] or {}).get("detail")}
        for one in proofs
        if one["entry"]["kind"] == kind
    ]


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(CHINA).isoformat() if at else None


def _written(value: object) -> bytes:
    """JSON that a person can read; the manifest holds its hash."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
