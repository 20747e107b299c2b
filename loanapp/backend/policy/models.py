"""The shape every policy file must have; a file that does not fit stops the start."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from loanapp.backend.policy.bank_issuers import BankIssuers
from loanapp.backend.policy.checks import CheckPolicy
from loanapp.backend.policy.fraud_signals import FraudSignalPolicy
from loanapp.backend.policy.rows import Row, Words
from loanapp.backend.policy.sources import SourceName, SourcePolicy
from loanapp.backend.policy.step_up import StepUpPolicy
from loanapp.domain.consent import ApplicationPhase, ConsentScope, LegalBasis, LoanPurpose, WithdrawalEffect
from loanapp.domain.decision import DecisionReason
from loanapp.domain.one_time_code import CodePurpose
from loanapp.domain.rights import RightKind
from loanapp.domain.schedule import RepaymentMethod


class Product(Row):
    """What can be borrowed; amounts in yuan, rates in percent a year."""

    id: str
    since: date = Field(alias="from")
    amount_min: Decimal = Field(gt=0)
    amount_max: Decimal = Field(gt=0)
    amount_step: Decimal = Field(gt=0)
    amount_default: Decimal
    months: tuple[int, ...] = Field(min_length=1)
    months_default: int
    annual_rate_pct: Decimal = Field(ge=0)
    method: RepaymentMethod
    fee_per_instalment: Decimal = Field(ge=0)
    fee_before_payout: Decimal = Field(ge=0, le=0)  # an advance fee is never lawful (Civil Code 670)
    penalty_annual_pct: Decimal = Field(ge=0)
    free_return_hours: int = Field(ge=0)
    purposes: tuple[LoanPurpose, ...] = Field(min_length=1)
    partner: str = ""  # whose rules of verification hold besides the lender's own
    source: str
    mark: str


class Limit(Row):
    """One number with where it comes from and how sure that is."""

    value: Decimal
    since: date = Field(alias="from")
    until: date | None = Field(default=None, alias="to")
    source: str
    mark: Literal["SEEN-LAW", "SEEN-2", "MEM", "CHOICE"]


class Limits(Row):
    """Legal and own limits; percentages of monthly income, money in yuan."""

    version: str
    cost_cap_pct: Limit
    consumer_balance_cap: Limit
    minimum_age: Limit
    maximum_age: Limit
    reading_seconds: Limit
    offer_valid_hours: Limit
    burden_green_pct: Limit
    burden_review_pct: Limit
    burden_refuse_pct: Limit
    retry_after_days: Limit
    open_loans_review: Limit
    new_loans_review: Limit
    four_eyes_payout: Limit
    thin_file_most: Limit
    income_over_base_pct: Limit
    insured_months_least: Limit


class Band(Row):
    """Points for a value up to and including ``up_to``; ``None`` is without limit."""

    up_to: Decimal | None = None
    points: int


class Characteristic(Row):
    """One line of the scorecard and the reason it gives when it costs the borrower points."""

    id: str
    reason: DecisionReason
    bands: tuple[Band, ...] = Field(min_length=1)
    missing: int = 0


class Scorecard(Row):
    """A versioned additive scorecard."""

    id: str
    version: str
    since: date = Field(alias="from")
    base_points: int
    accept_at: int
    review_at: int
    minimum_monthly_income: Decimal
    source: str
    mark: str
    characteristics: tuple[Characteristic, ...] = Field(min_length=1)


class CodeMessage(Row):
    """The text messages that carry codes; each says what its code is for."""

    sender: Words
    sign_in: Words
    sign_contract: Words


class SignIn(Row):
    """One-time codes and sessions; every duration in seconds unless named otherwise."""

    version: str
    code_digits: Literal[6]
    code_seconds: int = Field(gt=0, le=600)
    code_attempts: int = Field(gt=0, le=10)
    resend_seconds: int = Field(ge=0)
    codes_an_hour: int = Field(gt=0)
    codes_network_an_hour: int = Field(gt=0)
    wrong_codes_minutes: int = Field(gt=0)
    wrong_codes_device: int = Field(gt=0)
    wrong_codes_network: int = Field(gt=0)
    wrong_codes_a_day: int = Field(gt=0, le=100)
    access_minutes: int = Field(gt=0, le=60)
    refresh_hours: int = Field(gt=0)
    refresh_grace_seconds: int = Field(ge=0, le=120)
    session_hours: int = Field(gt=0, le=24)
    proof_seconds: int = Field(gt=0, le=300)
    signing_seconds: int = Field(gt=0, le=3600)
    source: str
    mark: str
    message: CodeMessage

    def text_of(self, purpose: CodePurpose) -> Words:
        """The message that carries a code for ``purpose``."""
        return {CodePurpose.SIGN_IN: self.message.sign_in, CodePurpose.SIGN_CONTRACT: self.message.sign_contract}[
            purpose
        ]


class Passwords(Row):
    """Borrowers' passwords, and how often one may be tried."""

    version: str
    characters_at_least: int = Field(ge=8)
    characters_at_most: int = Field(ge=64)
    score_at_least: int = Field(ge=0, le=4)
    window_minutes: int = Field(gt=0)
    tries_account: int = Field(gt=0, le=100)
    tries_device: int = Field(gt=0)
    tries_network: int = Field(gt=0)
    fresh_minutes: int = Field(gt=0, le=60)
    recovery_codes: int = Field(gt=0)
    security_keys: int = Field(gt=0, le=20)
    security_key_seconds: int = Field(gt=0, le=600)
    common: tuple[str, ...]
    source: str
    mark: str


class Upload(Row):
    """What an upload of evidence may take; durations in seconds."""

    at_once: int = Field(gt=0)
    idle_seconds: float = Field(gt=0)
    least_bytes_a_second: int = Field(ge=0)
    grace_seconds: float = Field(ge=0)
    most_seconds: float = Field(gt=0)
    source: str
    mark: str


Count = Annotated[int, Field(ge=2, le=5)]


class Face(Row):
    """Challenges and attempts; durations in seconds, sizes in bytes, pairs are fewest and most."""

    version: str
    since: date = Field(alias="from")
    flash: bool
    actions_with_flash: tuple[Count, Count]
    actions_without_flash: tuple[Count, Count]
    actions_flash_declined: Count
    flash_declined_to_review: bool
    action_timeout_seconds: int = Field(gt=0)
    challenge_seconds: int = Field(gt=0)
    unhurried_action_timeout_seconds: int = Field(gt=0)
    unhurried_challenge_seconds: int = Field(gt=0)
    attempts_before_manual: int = Field(gt=0)
    lock_failures: int = Field(gt=0)
    lock_window_seconds: int = Field(gt=0)
    lock_seconds: int = Field(gt=0)
    challenges_an_hour: int = Field(gt=0)
    document_limit_bytes: int = Field(gt=0)
    pad_model: str
    source: str
    mark: str
    upload: Upload


class Branch(Row):
    """Where a borrower can be verified in person; days count from Monday, 1."""

    id: str
    simulated: bool
    name: Words
    address: Words
    hours: Words
    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1)
    open: tuple[tuple[time, time], ...] = Field(min_length=1)


class Branches(Row):
    """All branches, and how their time is given out."""

    version: str
    since: date = Field(alias="from")
    days_ahead: int = Field(gt=0, le=30)
    notice_minutes: int = Field(ge=0)
    slot_minutes: int = Field(ge=10)
    places: int = Field(gt=0)
    source: str
    mark: str
    branches: tuple[Branch, ...] = ()


class NetworkIdentityRules(Row):
    """How often codes may be presented (``tries`` in ``window_hours``), and how long a match stands in a draft."""

    version: str
    since: date = Field(alias="from")
    tries: int = Field(gt=0, le=20)
    window_hours: int = Field(gt=0, le=7 * 24)
    valid_hours: int = Field(gt=0, le=7 * 24)
    source: str
    mark: str


class RetentionClass(Row):
    """How long one class is kept, and what cards and authorisations say of it, with the days to be put in."""

    kind: str
    days: int = Field(gt=0)
    words: Words | None = None
    source: str
    mark: str


class KeptByLaw(Row):
    """How many years since the last payment a loan's identity and transactions are kept, and by which law."""

    years: int = Field(ge=10)
    law: Words
    words: Words
    source: str
    mark: str


class Simulation(Row):
    """How long the simulated sources take, in seconds, and which share of the questions each leaves unanswered."""

    version: str
    registry_seconds: float = Field(ge=0)
    face_seconds: float = Field(ge=0)
    card_seconds: float = Field(ge=0)
    bureau_seconds: float = Field(ge=0)
    social_insurance_seconds: float = Field(ge=0)
    network_identity_seconds: float = Field(ge=0)
    decision_seconds: float = Field(ge=0)
    reviewer_seconds: float = Field(ge=0)
    clerk_seconds: float = Field(ge=0)
    bank_seconds: float = Field(ge=0)
    authority_seconds: float = Field(ge=0)
    timestamp_seconds: float = Field(ge=0)
    gateway_retry_seconds: int = Field(gt=0)
    payout_seconds: float = Field(ge=0)  # until a bank that has taken an order pays it
    failing: dict[SourceName, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    source: str
    mark: str


class HardshipTerms(Row):
    """What a borrower in difficulty may ask for: ``months`` a request, ``most_months`` a loan, when it is answered."""

    version: str
    months: tuple[Annotated[int, Field(gt=0, le=12)], ...] = Field(min_length=1)
    most_months: int = Field(gt=0)
    reply_hours: int = Field(gt=0)
    source: str
    mark: str


class Withdrawal(Row):
    """What taking an authorisation back in one phase does: what stops, and what contract or law keeps."""

    phase: ApplicationPhase
    effect: WithdrawalEffect
    stops: Words
    keeps: Words


class Consent(Row):
    """One authorisation as it is shown; ``text`` decides what the borrower's receipt stands for."""

    scope: ConsentScope
    version: str
    required: bool
    source: str
    mark: str
    text: Words
    recipient: Words
    kept: str
    retention: Words
    refuse_effect: Words
    purpose: Words
    withdrawals: tuple[Withdrawal, ...]

    def withdrawal(self, phase: ApplicationPhase) -> Withdrawal:
        """What taking it back in ``phase`` does."""
        return next(one for one in self.withdrawals if one.phase is phase)

    def text_sha256(self, language: str) -> str:
        """SHA-256 of the text's UTF-8 bytes in ``zh`` or ``en``, in hexadecimal."""
        return sha256((self.text.zh if language == "zh" else self.text.en).encode()).hexdigest()


class DisclosureWords(Row):
    """The words of the cost table and of the lender's seal; the figures are computed."""

    version: str
    source: str
    mark: str
    interest_name: Words
    interest_way: Words
    fee_name: Words
    fee_way: Words
    penalty_name: Words
    nothing_else: Words
    contract_reason: Words
    settlement_reason: Words
    lender_role: Words
    lender_note: Words


class DataItem(Row):
    """One item of personal data the application asks for."""

    id: str
    step: str
    basis: LegalBasis
    required: bool
    name: Words
    why: Words
    recipient: Words
    kept: str
    retention: Words


class SupportTickets(Row):
    """What is promised to whoever writes to support, and how much may be written."""

    version: str
    answer_within_hours: int = Field(gt=0)
    longest_text: int = Field(gt=0)
    borrower_a_day: int = Field(gt=0)
    unknown_an_hour: int = Field(gt=0)
    source: str
    mark: str


class Support(Row):
    """How to reach a person."""

    phone: str
    hours: str
    email: str


class Brand(Row):
    """A lender's colour for what is pressed; the window moves it as far as it takes to be read."""

    accent: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")


class Profile(Row):
    """Who lends."""

    id: str
    version: str
    simulated: bool
    licence: str
    minimum_client_version: str
    name: Words
    address: Words
    support: Support
    brand: Brand | None = None


class Correctable(Row):
    """One field of an application: in which phases it can be corrected at once, and the reason of each other phase."""

    field: str
    at_once: tuple[ApplicationPhase, ...]
    why_not: dict[ApplicationPhase, str]


class Rights(Row):
    """What the lender promises to whoever asks something about their data."""

    version: str
    longest_text: int = Field(gt=0, le=4000)
    requests_a_day: int = Field(gt=0)
    days: dict[RightKind, int]
    source: dict[str, str]
    corrections: tuple[Correctable, ...]
    reasons: dict[str, Words]

    def why_not(self, one: Correctable, phase: ApplicationPhase) -> Words:
        """Why a field cannot be corrected at once in ``phase``; where it could, that it is not held any more."""
        return self.reasons[one.why_not.get(phase, "gone")]


class Staff(Row):
    """How the lender's people sign in: NIST SP 800-63B's lengths, a session that ends by itself."""

    version: str
    password_characters: int = Field(ge=15)
    tries: int = Field(gt=0, le=10)
    locked_minutes: int = Field(gt=0)
    idle_minutes: int = Field(gt=0, le=30)
    session_hours: int = Field(gt=0, le=12)
    passkeys: int = Field(gt=0, le=20)
    passkey_seconds: int = Field(ge=60, le=600)
    face_answer_minutes: int = Field(gt=0, le=24 * 60)
    face_open_minutes: int = Field(gt=0, le=60)
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything the lender decides by, validated."""

    profile: Profile
    products: tuple[Product, ...]
    limits: Limits
    scorecard: Scorecard
    challenger: Scorecard | None
    sign_in: SignIn
    passwords: Passwords
    face: Face
    simulation: Simulation
    sources: SourcePolicy
    checks: CheckPolicy
    step_up: StepUpPolicy
    fraud_signals: FraudSignalPolicy
    hardship: HardshipTerms
    issuers: BankIssuers
    consents: tuple[Consent, ...]
    data_items: tuple[DataItem, ...]
    disclosure: DisclosureWords
    branches: Branches
    network_identity: NetworkIdentityRules
    retention: tuple[RetentionClass, ...]
    kept_by_law: KeptByLaw
    support: SupportTickets
    staff: Staff
    rights: Rights

    def retention_days(self, kind: str) -> int:
        """How long items of that kind are kept."""
        return next(one.days for one in self.retention if one.kind == kind)

    def product(self, product_id: str) -> Product | None:
        """The product of that id, if it is offered."""
        return next((product for product in self.products if product.id == product_id), None)

    def consent(self, scope: ConsentScope) -> Consent:
        """The authorisation of that scope."""
        return next(consent for consent in self.consents if consent.scope is scope)
