"""The tables of the lender's own database; personal fields are ciphertext (columns ending in ``_sealed``)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from loanapp.backend.store.types import LONG, EnumWord, Moment, Money
from loanapp.domain.consent import ConsentScope, LoanPurpose
from loanapp.domain.hardship import HardshipReason, HardshipState
from loanapp.domain.liveness import SourceKind, VerdictOutcome
from loanapp.domain.loan_account import RepaymentKind
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.domain.rights import RightKind, RightState
from loanapp.domain.schedule import RepaymentMethod
from loanapp.domain.status import ApplicationStatus


class FaceState(StrEnum):
    """How far the check that the borrower is the person on the document has come."""

    NONE = "none"
    PASSED = "passed"
    RETRY = "retry"
    MANUAL = "manual"
    CREDENTIAL = "credential"  # by the national network identity service


class AppointmentState(StrEnum):
    """How far a visit to a branch is."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class RepaymentState(StrEnum):
    """How far a payment is: asked for, debited, or refused by the bank."""

    ASKED = "asked"
    PAID = "paid"
    REFUSED = "refused"


def table_of(kind: type["Base"]) -> Table:
    """The table of a class, for statements that are made once and run below the object mapper."""
    return cast("Table", kind.__table__)


class Base(DeclarativeBase):
    """All tables of this database."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own contract
        datetime: Moment(),
        Decimal: Money(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        bytes: LargeBinary(),
        ApplicationStatus: EnumWord(ApplicationStatus),
        RepaymentMethod: EnumWord(RepaymentMethod),
        LoanPurpose: EnumWord(LoanPurpose),
        ConsentScope: EnumWord(ConsentScope),
        SourceKind: EnumWord(SourceKind),
        VerdictOutcome: EnumWord(VerdictOutcome),
        FaceState: EnumWord(FaceState),
        AppointmentState: EnumWord(AppointmentState),
        RepaymentKind: EnumWord(RepaymentKind),
        RepaymentState: EnumWord(RepaymentState),
        PrepaymentChoice: EnumWord(PrepaymentChoice),
        HardshipReason: EnumWord(HardshipReason),
        HardshipState: EnumWord(HardshipState),
        RightKind: EnumWord(RightKind),
        RightState: EnumWord(RightState),
    }


class Borrower(Base):
    """A person who has signed in, found by a keyed digest of the phone number."""

    __tablename__ = "borrower"
    id: Mapped[str] = mapped_column(primary_key=True)
    phone_index: Mapped[str] = mapped_column(unique=True)
    phone_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    face_failures: Mapped[int] = mapped_column(default=0)  # since the last pass, over all applications
    face_locked_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)


class OneTimeCode(Base):
    """A one-time code, as a keyed digest of the code, its purpose and what it authorises."""

    __tablename__ = "one_time_code"
    id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    phone_index: Mapped[str] = mapped_column(index=True)
    phone_sealed: Mapped[bytes]
    code_index: Mapped[str]
    attempts_left: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AccessSession(Base):
    """A signed-in session, found by the digest of its token."""

    __tablename__ = "access_session"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"))
    device_id: Mapped[str | None] = mapped_column(index=True)  # a session without one is of an earlier version: over
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Application(Base):
    """One request for a loan, with the latest answer of every step."""

    __tablename__ = "application"
    __table_args__ = (Index("ix_application_status_updated_at", "status", "updated_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), index=True)
    status: Mapped[ApplicationStatus] = mapped_column(index=True)
    product_id: Mapped[str]
    amount: Mapped[Decimal]
    months: Mapped[int]
    method: Mapped[RepaymentMethod]
    purpose: Mapped[LoanPurpose]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    profile_sealed: Mapped[bytes | None]  # work, income and debts as stated
    reading_sealed: Mapped[bytes | None]  # what was read from the photos, both sides
    has_front: Mapped[bool] = mapped_column(default=False)
    has_back: Mapped[bool] = mapped_column(default=False)
    identity_sealed: Mapped[bytes | None]  # what the borrower confirmed
    identity_index: Mapped[str | None] = mapped_column(index=True)  # keyed digest of the number: one person, any phone
    identity_corrections: Mapped[list[Any]] = mapped_column(default=list)
    face_state: Mapped[FaceState] = mapped_column(default=FaceState.NONE)
    face_by_person: Mapped[bool] = mapped_column(default=False)
    card_sealed: Mapped[bytes | None]
    card_bank: Mapped[str | None]
    card_last4: Mapped[str | None] = mapped_column(String(4))
    decision_sealed: Mapped[bytes | None]
    offer: Mapped[dict[str, Any] | None]
    offer_valid_until: Mapped[datetime | None]
    disclosure_shown_at: Mapped[datetime | None]
    disclosure_confirmed_at: Mapped[datetime | None]
    disclosure_seconds: Mapped[int | None]
    disclosure_table: Mapped[dict[str, Any] | None]  # of the contract: policies' words may change
    changed_face: Mapped[bool | None]  # the borrower says that the face has changed since the document was made
    certificate_at: Mapped[datetime | None]  # when a certificate of that came; the vault keeps it


class ApplicationEvent(Base):
    """When an application reached a status."""

    __tablename__ = "application_event"
    id: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    status: Mapped[ApplicationStatus]
    at: Mapped[datetime]


class BranchAppointment(Base):
    """A visit to a branch, at most one for each application."""

    __tablename__ = "branch_appointment"
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    branch_id: Mapped[str]
    slot: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[AppointmentState]
    changed_at: Mapped[datetime]
    by_staff: Mapped[bool | None]  # who booked it; nothing where it was the borrower


class ConsentRecord(Base):
    """One answer to an authorisation; the newest of a scope counts."""

    __tablename__ = "consent"
    receipt_id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    scope: Mapped[ConsentScope]
    granted: Mapped[bool]
    text_version: Mapped[str]
    recorded_at: Mapped[datetime]
    receipt: Mapped[dict[str, Any]]


class LivenessSession(Base):
    """One face attempt: what was asked and what came of it. Frames are never here."""

    __tablename__ = "liveness_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    challenge: Mapped[dict[str, Any]]
    source_kind: Mapped[SourceKind]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[VerdictOutcome | None]
    reasons: Mapped[list[Any] | None]
    measures: Mapped[dict[str, Any] | None]
    verdict: Mapped[dict[str, Any] | None]  # every rule with its value and limit, models, thresholds, policy
    evidence_sha256: Mapped[str | None]
    attempts_left: Mapped[int | None]


class StepUpRecord(Base):
    """Somebody asked to show once more who they are: by camera, done at once, or by a person who is waited for."""

    __tablename__ = "step_up"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    act: Mapped[str]
    way: Mapped[str]
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    refused: Mapped[bool] = mapped_column(default=False)
    member_id: Mapped[str | None]
    device_id: Mapped[str | None]  # written by an earlier version alone


class FaceCount(Base):
    """How often something came of a face attempt on a day; of nobody in particular."""

    __tablename__ = "face_count"
    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class Check(Base):
    """The state and answer of one step of the verification after submission."""

    __tablename__ = "verification_check"
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    answer_sealed: Mapped[bytes | None]
    at: Mapped[datetime]


class ContractRecord(Base):
    """The contract's PDF as served, and as signed by both; encrypted, because it names the borrower."""

    __tablename__ = "contract"
    number: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), unique=True)
    prepared_sealed: Mapped[bytes]
    prepared_sha256: Mapped[str]
    certificate_pem: Mapped[str | None]
    chain_pem: Mapped[str | None]
    borrower_sha256: Mapped[str | None]
    final_sealed: Mapped[bytes | None]
    final_sha256: Mapped[str | None]
    created_at: Mapped[datetime]
    authorised_at: Mapped[datetime | None]  # by a one-time code for this very file, on this very computer
    authorised_sha256: Mapped[str | None]
    authorised_phone_sealed: Mapped[bytes | None]  # masked: where the code went that was confirmed
    authorised_device_id: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    free_return_hours: Mapped[int | None]  # as the contract promises, whatever the product says since


class Loan(Base):
    """A loan that was paid out."""

    __tablename__ = "loan"
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    contract_number: Mapped[str] = mapped_column(unique=True)
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), index=True)
    principal: Mapped[Decimal]
    disbursed_at: Mapped[datetime]
    reference: Mapped[str] = mapped_column(unique=True)
    schedule: Mapped[list[Any]]  # days counted from the payout, which may be later than the offer's
    settled_at: Mapped[datetime | None]
    settlement_sealed: Mapped[bytes | None]  # the certificate that nothing is owed, once it was asked for


class RepaymentRecord(Base):
    """One payment of the borrower, from being asked for to the bank's answer."""

    __tablename__ = "repayment"
    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("loan.application_id"), index=True)
    kind: Mapped[RepaymentKind]
    choice: Mapped[PrepaymentChoice | None]
    on: Mapped[date]
    principal: Mapped[Decimal]
    interest: Mapped[Decimal]
    fees: Mapped[Decimal]
    penalty: Mapped[Decimal]
    amount: Mapped[Decimal]
    state: Mapped[RepaymentState]
    asked_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(unique=True)


class HardshipRecord(Base):
    """A borrower's request for more time, and what was answered."""

    __tablename__ = "hardship"
    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("loan.application_id"), index=True)
    reason: Mapped[HardshipReason]
    months: Mapped[int]
    since: Mapped[date]
    until: Mapped[date]
    state: Mapped[HardshipState]
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]  # the new schedule, and how many payments had been made by then
    payments_before: Mapped[int | None]


class IdempotencyRecord(Base):
    """An answer already given, for whoever asks the same again."""

    __tablename__ = "idempotency"
    borrower_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int]
    body_sealed: Mapped[bytes]
    created_at: Mapped[datetime]


class LedgerRow(Base):
    """One entry of the append-only ledger; what follows the salt is what the commitment hides."""

    __tablename__ = "ledger_entry"
    no: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    commitment: Mapped[str]
    previous_sha256: Mapped[str]
    leaf_sha256: Mapped[str]
    salt: Mapped[bytes | None]  # gone, with all below, once the entry is anonymous
    application_id: Mapped[str | None] = mapped_column(index=True)
    borrower_id: Mapped[str | None] = mapped_column(index=True)
    actor: Mapped[str | None]
    act: Mapped[str | None]
    data: Mapped[list[Any] | None]
    recipient: Mapped[str | None]
    detail: Mapped[dict[str, Any]]


class LedgerNode(Base):
    """The hash over a complete subtree of ``2**level`` entries (:mod:`loanapp.proof.merkle`)."""

    __tablename__ = "ledger_node"
    level: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(LONG, primary_key=True)
    hash: Mapped[bytes]


class LedgerHead(Base):
    """A head the lender signed, and the token that says when, for those that were time-stamped."""

    __tablename__ = "ledger_head"
    size: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    signed: Mapped[dict[str, Any]]
    stamp: Mapped[bytes | None]
    stamped_at: Mapped[datetime | None]


class SupportTicket(Base):
    """A question to support; without a borrower when whoever asked was not signed in."""

    __tablename__ = "support_ticket"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    borrower_id: Mapped[str | None] = mapped_column(ForeignKey("borrower.id"), index=True)
    text_sealed: Mapped[bytes]
    received_at: Mapped[datetime] = mapped_column(index=True)
    answer_by: Mapped[datetime]


class RightRecord(Base):
    """What a borrower asked about their data, and what was answered; a simulated answer has no words."""

    __tablename__ = "right_request"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), index=True)
    kind: Mapped[RightKind]
    text_sealed: Mapped[bytes]
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    state: Mapped[RightState]
    answer_sealed: Mapped[bytes | None]
    answered_at: Mapped[datetime | None]


class Correction(Base):
    """A value the borrower corrected, and the one before it."""

    __tablename__ = "correction"
    id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    field: Mapped[str]
    before_sealed: Mapped[bytes]
    after_sealed: Mapped[bytes]
    at: Mapped[datetime]


class RetryWait(Base):
    """Until when a person who was declined, and had that deleted, was told to wait; nothing else of it is left."""

    __tablename__ = "retry_wait"
    person: Mapped[str] = mapped_column(primary_key=True)  # a keyed digest of the identity number, or a borrower's id
    until: Mapped[date]


class DeletionReceipt(Base):
    """The signed word that something was deleted; ``finished_at`` is empty until no byte of it is on the disk.

    ``part``: what of the application went, where it was not all of it.
    """

    __tablename__ = "deletion_receipt"
    id: Mapped[str] = mapped_column(primary_key=True)
    borrower_id: Mapped[str] = mapped_column(ForeignKey("borrower.id"), index=True)
    application_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    receipt: Mapped[dict[str, Any]]
    finished_at: Mapped[datetime | None]
    part: Mapped[str | None]


class Counter(Base):
    """Running numbers by day, for numbers of applications, contracts and questions."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[int]


Index("consent_newest", ConsentRecord.application_id, ConsentRecord.recorded_at)
