"""The application and everything in it."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from loanapp.backend.http.models.common import Answer, MoneyText, Percent, Request, Sha256, WithdrawalWords, Words, Yuan
from loanapp.domain.consent import ConsentScope, LoanPurpose
from loanapp.domain.decision import DecisionOutcome, DecisionReason
from loanapp.domain.identity_number import Sex
from loanapp.domain.liveness import (
    Action,
    FaceWay,
    FlashColour,
    SourceKind,
    StepUpState,
    VerdictOutcome,
    VerdictReason,
)
from loanapp.domain.schedule import RepaymentMethod
from loanapp.domain.status import ApplicationStatus, BorrowerAction

Employment = Literal["employed", "self_employed", "student", "retired", "other"]
DateText = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
ValidUntil = Annotated[str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|long_term)$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Empty(Request):
    """A body without fields."""


class TermsRequest(Request):
    """What the borrower asks for."""

    product_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    amount: MoneyText
    months: int
    method: RepaymentMethod
    purpose: LoanPurpose


class IdentityRequest(Request):
    """What the borrower confirms after the photos were read."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    identity_number: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    address: ShortText
    ethnic_group: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    authority: ShortText
    valid_from: DateText
    valid_until: ValidUntil


class ProfileRequest(Request):
    """Work, income and debts as the borrower states them, in yuan a month."""

    employment: Employment
    monthly_income: MoneyText
    monthly_debt: MoneyText


class ConsentRequest(Request):
    """An answer to an authorisation; the hash must be of the text the lender serves."""

    scope: ConsentScope
    granted: bool
    text_version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    text_sha256: Sha256
    language: Literal["zh", "en"]


class CardRequest(Request):
    """A debit card of the borrower's own name, and the phone number left with the bank."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    phone: Annotated[str, StringConstraints(min_length=1, max_length=30)]


class NetworkIdentityRequest(Request):
    """The code that the national network identity app shows once."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class LivenessRequest(Request):
    """Where the frames will come from, and how the borrower wants to be asked.

    ``flash_accepted`` answers the photosensitivity question: without it no colours are shown, at the same price.
    ``unhurried`` gives more time for each action.
    """

    source_kind: SourceKind
    flash_accepted: bool = False
    unhurried: bool = False


class ManualRequest(Request):
    """The way without a face; ``changed_face`` says that the face is no longer as on the document."""

    changed_face: bool = False


class BranchRequest(Request):
    """A visit to a branch at one of the times it offers."""

    branch_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    slot: AwareDatetime


class DocumentSides(Answer):
    """Which photos have been read."""

    front: bool
    back: bool


class IdentityAnswer(Answer):
    """The confirmed identity, masked."""

    name_masked: str
    identity_number_masked: str
    sex: Sex
    birth_year: int
    valid_until: str


class ProfileAnswer(Answer):
    """As stated by the borrower."""

    employment: Employment
    monthly_income: Yuan
    monthly_debt: Yuan


class ConsentState(Answer):
    """The newest answer to one authorisation."""

    scope: ConsentScope
    granted: bool
    text_version: str
    recorded_at: AwareDatetime


class FaceAnswer(Answer):
    """How the borrower is verified, so far; ``way`` is ``null`` while none is finished or chosen."""

    state: Literal["none", "passed", "retry", "manual", "credential"]
    attempts_left: int
    locked_seconds: int | None = None
    way: FaceWay | None = None
    changed_face: bool = False
    certificate_received: bool = False
    needed: bool = Field(default=True, description="Whether this loan needs it: see demands")


class DemandAnswer(Answer):
    """One check this loan needs, or that was waived for it, ending the sentence "... because"."""

    check: Literal["face", "interview", "branch", "income"]
    waived: bool
    because: Words


class AppointmentAnswer(Answer):
    """A visit to a branch; ``missed`` when its time has passed before the application was handed in.

    ``simulated``: no such branch exists, and a simulated clerk confirms seconds after the application is handed in.
    """

    branch_id: str
    name: Words
    address: Words
    hours: Words
    slot: AwareDatetime
    minutes: int
    state: Literal["booked", "confirmed", "missed"]
    simulated: bool


class BranchAnswer(Answer):
    """A branch and the times that are free, each the beginning of a visit."""

    id: str
    name: Words
    address: Words
    hours: Words
    minutes: int
    simulated: bool
    slots: tuple[AwareDatetime, ...]


class BranchList(Answer):
    """Every branch that can be visited."""

    branches: tuple[BranchAnswer, ...]


class CardState(Answer):
    """The bound card, masked."""

    bank: Words | None
    last4: str
    phone_masked: str


class TimelineEntry(Answer):
    """When a status was reached."""

    status: ApplicationStatus
    at: AwareDatetime


class ProgressEntry(Answer):
    """One step of the verification."""

    step: Literal["identity", "face", "card", "credit", "decision"]
    state: Literal["waiting", "running", "done", "failed"]


class ChangeAnswer(Answer):
    """What would change one reason: a smaller amount that passes, the least income, the first day."""

    reason: DecisionReason
    up_to: Yuan | None
    income_at_least: Yuan | None
    after: DateText | None


class DecisionAnswer(Answer):
    """What the assessment came to and why; ``score`` is never shown to the borrower."""

    outcome: DecisionOutcome
    reasons: tuple[DecisionReason, ...]
    retry_after: DateText | None
    score: int | None
    reviewer_simulated: bool = False
    changes: tuple[ChangeAnswer, ...] = ()


class ScheduleRow(Answer):
    """One instalment."""

    no: int
    due: DateText
    payment: Yuan
    principal: Yuan
    interest: Yuan
    fees: Yuan
    balance: Yuan


class OfferTerms(Answer):
    """The terms of an offer."""

    amount: Yuan
    months: int
    method: RepaymentMethod


class OfferTotals(Answer):
    """Sums over the schedule."""

    interest: Yuan
    fees: Yuan
    repayment: Yuan


class CostAnswer(Answer):
    """The all-in yearly cost, every method."""

    nominal_irr: Percent
    effective_irr: Percent
    simple_interest: Percent
    simple_fees: Percent
    simple_total: Percent


class OfferAnswer(Answer):
    """The lender's offer."""

    offer_id: str
    terms: OfferTerms
    annual_rate_pct: Percent
    fee_per_instalment: Yuan
    fee_before_payout: Yuan
    penalty_annual_pct: Percent
    payout: Yuan
    schedule: tuple[ScheduleRow, ...]
    totals: OfferTotals
    cost: CostAnswer
    valid_until: AwareDatetime


class ContractState(Answer):
    """The contract: the SHA-256 is of the newest PDF the lender serves.

    ``authorised_until``: how long the one-time code that was confirmed lets it be signed.
    """

    number: str
    sha256: str
    signed: bool
    authorised_until: AwareDatetime | None


class StepUpAnswer(Answer):
    """Whoever signs shows once more who they are, because of each of these half sentences.

    ``shown`` counts until ``until``; ``waiting`` is for a member of staff; ``refused`` was by one: nothing is signed.
    """

    state: StepUpState
    because: tuple[Words, ...]
    until: AwareDatetime | None


class KeptAnswer(Answer):
    """Until when law keeps the data and which law; ``fixed``: the loan is repaid, else that is the day as planned."""

    until: date
    fixed: bool
    law: Words


class AskedAnswer(Answer):
    """What a member of the lender's staff asks for, and why: their own words to the borrower."""

    text: str
    at: AwareDatetime


class ApplicationAnswer(Answer):
    """Where the application stands and what the borrower may do next."""

    id: str
    number: str
    status: ApplicationStatus
    allowed_actions: tuple[BorrowerAction, ...]
    product_id: str
    amount: Yuan
    months: int
    method: RepaymentMethod
    purpose: LoanPurpose
    created_at: AwareDatetime
    updated_at: AwareDatetime
    simulated: bool
    document: DocumentSides
    identity: IdentityAnswer | None
    profile: ProfileAnswer | None
    consents: tuple[ConsentState, ...]
    face: FaceAnswer
    face_ways: tuple[FaceWay, ...]
    demands: tuple[DemandAnswer, ...] = Field(description="Which checks this loan needs, and why")
    appointment: AppointmentAnswer | None
    bank_card: CardState | None
    timeline: tuple[TimelineEntry, ...]
    waiting_for: Literal["borrower", "lender", "reviewer", "bank"] | None
    expected_seconds: int | None
    progress: tuple[ProgressEntry, ...]
    decision: DecisionAnswer | None
    offer: OfferAnswer | None
    disclosure_confirmed: bool
    contract: ContractState | None
    step_up: StepUpAnswer | None = Field(description="What is asked before this contract may be signed, if anything")
    kept: KeptAnswer | None = Field(description="What law keeps, once a loan was paid out")
    erased_at: AwareDatetime | None = Field(description="When it is deleted by itself, unless something changes before")
    asked: AskedAnswer | None = Field(description="What a person asks for, in needs_more, or with a visit to a branch")


class ApplicationList(Answer):
    """All applications of the borrower, newest first."""

    applications: tuple[ApplicationAnswer, ...]


class FieldReadingAnswer(Answer):
    """One field read from a photo; ``confidence`` from 0 to 1."""

    value: str
    confidence: float


class DocumentAnswer(Answer):
    """What was read from one side."""

    side: Literal["front", "back"]
    fields: dict[str, FieldReadingAnswer]
    application: ApplicationAnswer


class ConsentReceipt(Answer):
    """The borrower's proof of an authorisation: Ed25519 over the canonical JSON of all other fields.

    ``record``: ISO/IEC TS 27560 as JSON-LD, and Kantara CR 1.1. ``ledger_head``: entries and root before this one.
    ``withdrawal``: what taking it back has done, where that is what this is the receipt of; ``deletion``: the signed
    receipt of what was deleted by it.
    """

    receipt_id: str
    application_id: str
    scope: ConsentScope
    granted: bool
    text_version: str
    text_sha256: str
    language: Literal["zh", "en"]
    recorded_at: str
    recipient: Words
    ledger_head: str
    withdrawal: WithdrawalWords | None = None
    deletion: dict[str, Any] | None = None
    record: dict[str, Any]
    signature: str


class ChallengeAnswer(Answer):
    """One face attempt as issued; signed like a receipt."""

    session_id: str
    application_id: str
    nonce: str
    actions: tuple[Action, ...]
    issued_at: str
    expires_at: str
    action_timeout_seconds: int
    accepted_sources: tuple[SourceKind, ...]
    flash: tuple[FlashColour, ...]
    flash_colour_ms: int
    borrower_id: str
    signature: str


class VerdictAnswer(Answer):
    """What the lender makes of one attempt."""

    outcome: VerdictOutcome
    reasons: tuple[VerdictReason, ...]
    attempts_left: int


class CardAnswer(Answer):
    """A card was bound; ``luhn_ok`` false is a warning, never a refusal."""

    bank: Words | None
    last4: str
    luhn_ok: bool
    application: ApplicationAnswer
