"""One application as the lender holds it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from loanapp.client.offer_answers import StatedTotals, read_offer, read_totals
from loanapp.client.reading import JsonObject
from loanapp.domain.consent import ConsentScope, LoanPurpose, is_asked
from loanapp.domain.decision import DecisionOutcome, DecisionReason
from loanapp.domain.identity_number import Sex
from loanapp.domain.liveness import FaceWay, StepUpState
from loanapp.domain.localised import LocalisedText
from loanapp.domain.offer import Offer
from loanapp.domain.schedule import RepaymentMethod
from loanapp.domain.status import ApplicationStatus, BorrowerAction


class Employment(StrEnum):
    """How the borrower earns a living."""

    EMPLOYED = "employed"
    SELF_EMPLOYED = "self_employed"
    STUDENT = "student"
    RETIRED = "retired"
    OTHER = "other"


class FaceState(StrEnum):
    """How far face verification is; ``MANUAL`` and ``CREDENTIAL`` are other ways, at the same price."""

    NONE = "none"
    PASSED = "passed"
    RETRY = "retry"
    MANUAL = "manual"
    CREDENTIAL = "credential"


class WaitingFor(StrEnum):
    """Who acts next."""

    BORROWER = "borrower"
    LENDER = "lender"
    REVIEWER = "reviewer"
    BANK = "bank"


class ProgressStep(StrEnum):
    """A check the lender runs after submit."""

    IDENTITY = "identity"
    FACE = "face"
    CARD = "card"
    CREDIT = "credit"
    DECISION = "decision"


class ProgressState(StrEnum):
    """How far one check is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DocumentSides:
    """Which sides of the identity document the lender holds."""

    front: bool
    back: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """The confirmed identity, masked; ``valid_until`` is a date or ``long_term``."""

    name_masked: str
    identity_number_masked: str
    sex: Sex
    birth_year: int
    valid_until: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Work, income and debts a month, in yuan."""

    employment: Employment
    monthly_income: Decimal
    monthly_debt: Decimal


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when law keeps the data, and which law; ``fixed``: the loan is repaid, else that is the day as planned."""

    until: date
    fixed: bool
    law: LocalisedText


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One authorisation as last given or refused."""

    scope: ConsentScope
    granted: bool
    text_version: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FaceCheck:
    """State of face verification and how many attempts are left.

    ``way`` is the way taken, once one is; ``locked_seconds`` is how long the camera's way stays closed, 0 if open.
    ``needed``: whether this loan needs it at all.
    """

    state: FaceState
    attempts_left: int
    way: FaceWay | None = None
    locked_seconds: int = 0
    changed_face: bool = False
    certificate_received: bool = False
    needed: bool = True


class AppointmentState(StrEnum):
    """How far a visit to a branch is; ``MISSED`` asks for another time."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit to a branch; ``simulated`` branches exist nowhere, and a simulated clerk confirms the visit."""

    branch_id: str
    name: LocalisedText
    address: LocalisedText
    hours: LocalisedText
    slot: datetime
    minutes: int
    state: AppointmentState
    simulated: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch that can be visited, and the times that are free; each visit takes ``minutes``."""

    id: str
    name: LocalisedText
    address: LocalisedText
    hours: LocalisedText
    minutes: int
    simulated: bool
    slots: tuple[datetime, ...]

    @classmethod
    def read(cls, answer: JsonObject) -> "Branch":
        """From the answer's shape."""
        return cls(
            id=answer.text("id"),
            name=answer.localised("name"),
            address=answer.localised("address"),
            hours=answer.localised("hours"),
            minutes=answer.count("minutes"),
            simulated=answer.flag("simulated"),
            slots=answer.moments("slots"),
        )


@dataclass(frozen=True, slots=True)
class BoundCard:
    """The bound card, masked."""

    bank: LocalisedText | None
    last4: str
    phone_masked: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """When the application reached a status."""

    status: ApplicationStatus
    at: datetime


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """One check and how far it is."""

    step: ProgressStep
    state: ProgressState


@dataclass(frozen=True, slots=True)
class ReasonChange:
    """What would change a reason: a smaller amount, the least income (yuan), the first day; each where there is one."""

    reason: DecisionReason
    up_to: Decimal | None = None
    income_at_least: Decimal | None = None
    after: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the assessment came to and why; ``retry_after`` is the first day a new request makes sense."""

    outcome: DecisionOutcome
    reasons: tuple[DecisionReason, ...]
    retry_after: date | None
    changes: tuple[ReasonChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractState:
    """The contract in force for this application; ``signed`` once both parties have.

    ``authorised_until``: how long the code that was confirmed lets it be signed.
    """

    number: str
    sha256: str
    signed: bool
    authorised_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepUp:
    """What is asked once more before the contract may be signed; each of ``because`` ends a sentence with why."""

    state: StepUpState
    because: tuple[LocalisedText, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a member of the lender's staff asks for, in their own words to the borrower."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Demand:
    """A check this loan needs, by a name that may be unknown here; ``because`` ends the sentence that says why."""

    check: str
    because: LocalisedText


@dataclass(frozen=True, slots=True)
class Application:
    """One request for a loan as the lender holds it; the server leads, so pages derive from this."""

    id: str
    number: str
    status: ApplicationStatus
    allowed_actions: frozenset[BorrowerAction]
    product_id: str
    amount: Decimal
    months: int
    method: RepaymentMethod
    purpose: LoanPurpose
    created_at: datetime
    updated_at: datetime
    simulated: bool
    document: DocumentSides
    identity: Identity | None
    profile: Profile | None
    consents: tuple[ConsentRecord, ...]
    face: FaceCheck
    face_ways: tuple[FaceWay, ...]
    appointment: Appointment | None
    bank_card: BoundCard | None
    timeline: tuple[TimelineEntry, ...]
    waiting_for: WaitingFor | None
    expected_seconds: int | None
    progress: tuple[ProgressLine, ...]
    decision: Decision | None
    offer: Offer | None
    stated_totals: StatedTotals | None
    disclosure_confirmed: bool
    contract: ContractState | None
    step_up: StepUp | None
    kept: Kept | None
    erased_at: datetime | None
    """When the lender deletes it by itself, unless something changes before."""
    asked: Asked | None
    demands: tuple[Demand, ...] = ()

    @classmethod
    def read(cls, answer: JsonObject) -> "Application":
        """From the answer's shape."""
        document = answer.inner("document")
        return cls(
            id=answer.text("id"),
            number=answer.text("number"),
            status=answer.member("status", ApplicationStatus),
            allowed_actions=frozenset(answer.members("allowed_actions", BorrowerAction, drop_unknown=True)),
            product_id=answer.text("product_id"),
            amount=answer.decimal("amount"),
            months=answer.count("months"),
            method=answer.member("method", RepaymentMethod),
            purpose=answer.member("purpose", LoanPurpose),
            created_at=answer.moment("created_at"),
            updated_at=answer.moment("updated_at"),
            simulated=answer.flag("simulated"),
            document=DocumentSides(document.flag("front"), document.flag("back")),
            identity=answer.optional("identity", _identity),
            profile=answer.optional("profile", _profile),
            consents=answer.objects("consents", _consent_record),
            face=_face(answer.inner("face")),
            face_ways=answer.members("face_ways", FaceWay, drop_unknown=True),
            appointment=answer.optional("appointment", _appointment),
            bank_card=answer.optional("bank_card", _bound_card),
            timeline=answer.objects("timeline", _timeline_entry),
            waiting_for=answer.optional("waiting_for", lambda whole, name: whole.member(name, WaitingFor)),
            expected_seconds=answer.optional("expected_seconds", JsonObject.count),
            progress=answer.objects("progress", _progress_line),
            decision=answer.optional("decision", _decision),
            offer=answer.optional("offer", _offer),
            stated_totals=answer.optional("offer", _stated_totals),
            disclosure_confirmed=answer.flag("disclosure_confirmed"),
            contract=answer.optional("contract", _contract_state),
            step_up=answer.optional("step_up", _step_up) if answer.has("step_up") else None,
            kept=answer.optional("kept", _kept) if answer.has("kept") else None,
            erased_at=answer.optional("erased_at", JsonObject.moment) if answer.has("erased_at") else None,
            asked=answer.optional("asked", _asked) if answer.has("asked") else None,
            demands=tuple(one for one in answer.objects("demands", _demand) if one) if answer.has("demands") else (),
        )

    def demand(self, check: str) -> Demand | None:
        """The check of that name, where this loan needs it."""
        return next((one for one in self.demands if one.check == check), None)

    def asks(self, scope: ConsentScope) -> bool:
        """Whether the page of authorisations asks for ``scope``."""
        return is_asked(scope, {one.check for one in self.demands})

    def allows(self, action: BorrowerAction) -> bool:
        """Whether the lender lets the borrower do this now."""
        return action in self.allowed_actions

    def consent(self, scope: ConsentScope) -> ConsentRecord | None:
        """The latest record of this scope."""
        found = [record for record in self.consents if record.scope is scope]
        return max(found, key=lambda record: record.recorded_at) if found else None

    def answered(self, scope: ConsentScope, text_version: str) -> ConsentRecord | None:
        """What was answered to the text in force; ``None`` where the last answer was to another text, or none."""
        record = self.consent(scope)
        return record if record is not None and record.text_version == text_version else None


def _demand(answer: JsonObject) -> Demand | None:
    return None if answer.flag("waived") else Demand(answer.text("check"), answer.localised("because"))


def _face(answer: JsonObject) -> FaceCheck:
    return FaceCheck(
        state=answer.member("state", FaceState),
        attempts_left=answer.count("attempts_left"),
        way=answer.optional("way", lambda whole, name: whole.member(name, FaceWay)),
        locked_seconds=answer.optional("locked_seconds", JsonObject.count) or 0,
        changed_face=answer.has("changed_face") and answer.flag("changed_face"),
        certificate_received=answer.has("certificate_received") and answer.flag("certificate_received"),
        needed=not answer.has("needed") or answer.flag("needed"),
    )


def _appointment(answer: JsonObject, name: str) -> Appointment:
    inner = answer.inner(name)
    return Appointment(
        branch_id=inner.text("branch_id"),
        name=inner.localised("name"),
        address=inner.localised("address"),
        hours=inner.localised("hours"),
        slot=inner.moment("slot"),
        minutes=inner.count("minutes"),
        state=inner.member("state", AppointmentState),
        simulated=inner.flag("simulated"),
    )


def _identity(answer: JsonObject, name: str) -> Identity:
    inner = answer.inner(name)
    return Identity(
        name_masked=inner.text("name_masked"),
        identity_number_masked=inner.text("identity_number_masked"),
        sex=inner.member("sex", Sex),
        birth_year=inner.count("birth_year"),
        valid_until=inner.text("valid_until"),
    )


def _profile(answer: JsonObject, name: str) -> Profile:
    inner = answer.inner(name)
    return Profile(
        employment=inner.member("employment", Employment),
        monthly_income=inner.decimal("monthly_income"),
        monthly_debt=inner.decimal("monthly_debt"),
    )


def _kept(whole: JsonObject, name: str) -> Kept:
    answer = whole.inner(name)
    return Kept(answer.day("until"), answer.flag("fixed"), answer.localised("law"))


def _asked(whole: JsonObject, name: str) -> Asked:
    answer = whole.inner(name)
    return Asked(answer.text("text"), answer.moment("at"))


def _consent_record(answer: JsonObject) -> ConsentRecord:
    return ConsentRecord(
        scope=answer.member("scope", ConsentScope),
        granted=answer.flag("granted"),
        text_version=answer.text("text_version"),
        recorded_at=answer.moment("recorded_at"),
    )


def read_bank(answer: JsonObject) -> LocalisedText | None:
    """A bank is named in both languages, or in one for both, or not known."""
    if isinstance(answer.raw().get("bank"), str):
        return LocalisedText(answer.text("bank"), answer.text("bank"))
    return answer.optional("bank", JsonObject.localised)


def _bound_card(answer: JsonObject, name: str) -> BoundCard:
    inner = answer.inner(name)
    return BoundCard(read_bank(inner), inner.text("last4"), inner.text("phone_masked"))


def _timeline_entry(answer: JsonObject) -> TimelineEntry:
    return TimelineEntry(answer.member("status", ApplicationStatus), answer.moment("at"))


def _progress_line(answer: JsonObject) -> ProgressLine:
    return ProgressLine(answer.member("step", ProgressStep), answer.member("state", ProgressState))


def _decision(answer: JsonObject, name: str) -> Decision:
    inner = answer.inner(name)
    return Decision(
        outcome=inner.member("outcome", DecisionOutcome),
        reasons=inner.members("reasons", DecisionReason),
        retry_after=inner.optional("retry_after", JsonObject.day),
        changes=inner.objects("changes", _reason_change) if inner.has("changes") else (),
    )


def _reason_change(answer: JsonObject) -> ReasonChange:
    return ReasonChange(
        reason=answer.member("reason", DecisionReason),
        up_to=answer.optional("up_to", JsonObject.decimal),
        income_at_least=answer.optional("income_at_least", JsonObject.decimal),
        after=answer.optional("after", JsonObject.day),
    )


def _offer(answer: JsonObject, name: str) -> Offer:
    return read_offer(answer.inner(name))


def _stated_totals(answer: JsonObject, name: str) -> StatedTotals:
    return read_totals(answer.inner(name).inner("totals"))


def _step_up(answer: JsonObject, name: str) -> StepUp:
    inner = answer.inner(name)
    because = inner.objects("because", lambda one: LocalisedText(one.text("zh"), one.text("en")))
    return StepUp(inner.member("state", StepUpState), because)


def _contract_state(answer: JsonObject, name: str) -> ContractState:
    inner = answer.inner(name)
    return ContractState(
        inner.text("number"),
        inner.text("sha256"),
        inner.flag("signed"),
        inner.optional("authorised_until", lambda one, field: one.moment(field)),
    )
