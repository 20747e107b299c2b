"""A copy of everything the lender holds about a borrower, open to read and to take elsewhere (PIPL 45).

Rows are copied column by column, so that a column added later is in the copy without anybody thinking of it; sealed
columns are opened where a person can read what is in them.
"""

import base64
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from loanapp.backend.applications.store import Sealed
from loanapp.backend.applications.view import show
from loanapp.backend.auth.phones import borrower_phone
from loanapp.backend.auth.tables import Device
from loanapp.backend.data_uses.deletion_receipts import receipts_of
from loanapp.backend.data_uses.erasure import IN_VAULT
from loanapp.backend.rights.corrections import history_of
from loanapp.backend.rights.requests import answer_of
from loanapp.backend.rights.requests import text_of as asked_text
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import (
    Application,
    ApplicationEvent,
    Base,
    BranchAppointment,
    ConsentRecord,
    ContractRecord,
    HardshipRecord,
    LivenessSession,
    Loan,
    RepaymentRecord,
    RightRecord,
    SupportTicket,
)
from loanapp.backend.support.tickets import text_of

# What a row says beside the person: where it lies, and how a face is told from a picture of one, which would teach how.
_OWN_BUSINESS: Final = frozenset({"application_id", "borrower_id", "challenge", "verdict"})
_OF_APPLICATION: Final = {
    "events": ApplicationEvent,
    "branch_visits": BranchAppointment,
    "face_attempts": LivenessSession,
    "loan": Loan,
    "repayments": RepaymentRecord,
    "hardships": HardshipRecord,
}


def copy_of_data(services: Services, session: Session, borrower_id: str) -> dict[str, Any]:
    """Everything, in the caller's writing transaction: the look leaves an entry in the ledger."""
    ledger.append(
        session, services.clock.now(), "right", None, {"what": "copy"}, actor="borrower", borrower_id=borrower_id
    )
    phone = borrower_phone(services, session, borrower_id)
    query = select(Application).where(Application.borrower_id == borrower_id).order_by(Application.created_at)
    tickets = select(SupportTicket).where(SupportTicket.borrower_id == borrower_id).order_by(SupportTicket.received_at)
    return {
        "made_at": services.clock.now().isoformat(),
        "phone": phone,
        "applications": [_application(services, session, one) for one in session.scalars(query)],
        "questions": [_row(one) | {"text": text_of(services, one)} for one in session.scalars(tickets)],
        "requests": [
            _row(one) | {"text": asked_text(services, one), "answer": answer_of(services, one)}
            for one in session.scalars(select(RightRecord).where(RightRecord.borrower_id == borrower_id))
        ],
        "sign_ins": [_row(one) for one in session.scalars(select(Device).where(Device.borrower_id == borrower_id))],
        "deletion_receipts": receipts_of(session, borrower_id),
    }


def _application(services: Services, session: Session, application: Application) -> dict[str, Any]:
    sealed = Sealed(services, application)
    identity, card, profile = sealed.identity, sealed.card, sealed.profile
    receipts = select(ConsentRecord.receipt).where(ConsentRecord.application_id == application.id)
    contract = _contract(services, session, application.id)
    return {
        "application": show(services, session, application).model_dump(mode="json"),
        "identity": {name: getattr(identity, name) for name in identity.__slots__} if identity else None,
        "read_from_photos": sealed.reading,
        "work_and_income": {name: str(getattr(profile, name)) for name in profile.__slots__} if profile else None,
        "bank_card": {name: getattr(card, name) for name in card.__slots__} if card else None,
        "decision": sealed.decision,
        "consent_receipts": list(session.scalars(receipts.order_by(ConsentRecord.recorded_at))),
        **{name: _rows(session, table, application.id) for name, table in _OF_APPLICATION.items()},
        "corrections": [
            {"field": one.field, "at": one.at.isoformat(), "before": one.before, "after": one.after}
            for one in history_of(services, session, application.id)
        ],
        "contract": _text(contract) if contract is not None else None,
        "pictures": {
            kind: _text(picture)
            for kind in IN_VAULT
            if (picture := services.vault.load(application.id, kind)) is not None
        },
    }


def _contract(services: Services, session: Session, application_id: str) -> bytes | None:
    """The contract both have signed."""
    query = select(ContractRecord).where(ContractRecord.application_id == application_id)
    record = session.scalars(query).first()
    if record is None or record.final_sealed is None:
        return None
    return services.cipher.decrypt(record.final_sealed, f"contract|{record.number}|final")


def _rows(session: Session, table: type[Base], application_id: str) -> list[dict[str, Any]]:
    found = session.scalars(select(table).where(inspect(table).columns["application_id"] == application_id))
    return [_row(one) for one in found]


def _row(row: Base) -> dict[str, Any]:
    names = [column.key for column in inspect(type(row)).columns]
    return {
        name: _plain(getattr(row, name)) for name in names if name not in _OWN_BUSINESS and not name.endswith("_sealed")
    }


def _plain(value: object) -> object:
    match value:
        case StrEnum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return f"{value:.2f}"
        case _:
            return value


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
