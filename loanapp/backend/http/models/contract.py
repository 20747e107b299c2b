"""From the offer to the loan."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from loanapp.backend.http.models.application import DateText, ScheduleRow
from loanapp.backend.http.models.common import Answer, MoneyText, Percent, Request, Sha256, Words, Yuan
from loanapp.backend.http.models.public import CodeAnswer
from loanapp.domain.hardship import HardshipReason, HardshipState
from loanapp.domain.loan_account import RepaymentKind
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.domain.schedule import RepaymentMethod


class AcceptRequest(Request):
    """Which offer is accepted."""

    offer_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CostItem(Answer):
    """One line of the cost table."""

    id: Literal["interest", "fee"]
    name: Words
    way: Words
    standard_annual_pct: Percent
    amount: Yuan
    party: Words


class ContingentItem(Answer):
    """What is charged only after a default."""

    id: Literal["overdue_penalty"]
    name: Words
    standard_annual_pct: Percent
    party: Words


class Disclosure(Answer):
    """The mandatory cost table."""

    lender: Words
    principal: Yuan
    method: RepaymentMethod
    months: int
    items: tuple[CostItem, ...]
    annualised_total_pct: Percent
    nominal_irr_pct: Percent
    effective_irr_pct: Percent
    total_repayment: Yuan
    contingent: tuple[ContingentItem, ...]
    nothing_else: Words
    schedule: tuple[ScheduleRow, ...]


class DisclosureAnswer(Answer):
    """The table and the SHA-256 of its canonical JSON."""

    disclosure: Disclosure
    sha256: str


class ConfirmRequest(Request):
    """The table was read: which one, how long it was on the screen, and whether its end was reached."""

    sha256: Sha256
    seconds_on_screen: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
    end_reached: bool


class SigningCodeAnswer(CodeAnswer):
    """A code to sign with is on its way; what it authorises is said here and in the message."""

    phone_masked: str
    contract_number: str
    payout: Yuan
    total_repayment: Yuan


class CodeConfirmation(Request):
    """The code of the message."""

    challenge_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=12)]


class CertificateRequest(Request):
    """A PKCS #10 request for the key made on the borrower's machine."""

    csr_pem: Annotated[str, StringConstraints(min_length=1, max_length=8192)]


class CertificateAnswer(Answer):
    """The certificate and the authorities above it."""

    certificate_pem: str
    chain_pem: str


class NextDue(Answer):
    """The instalment that is due next."""

    no: int
    due: DateText
    amount: Yuan


class RepaymentRequest(Request):
    """A payment from the bound card; ``total`` is what the borrower saw, ``part`` the principal of a part."""

    kind: RepaymentKind
    total: MoneyText
    part: MoneyText | None = None
    choice: PrepaymentChoice | None = None


class RepaymentAnswer(Answer):
    """A payment and what it consists of."""

    id: str
    kind: RepaymentKind
    choice: PrepaymentChoice | None
    on: DateText
    amount: Yuan
    principal: Yuan
    interest: Yuan
    fees: Yuan
    penalty: Yuan
    state: Literal["asked", "paid", "refused"]
    paid_at: AwareDatetime | None
    reference: str | None


class HardshipRequest(Request):
    """A request for more time."""

    reason: HardshipReason
    months: int


class NewSchedule(Answer):
    """What granted time makes of the rows not paid yet: as many ``months`` later, every amount as it was.

    ``penalty`` is the penalty interest that had run when the borrower asked; it is due with the next payment. Once
    accepted, ``payments_before`` is how many payments had been made by then.
    """

    months: int
    rows: tuple[ScheduleRow, ...]
    penalty: Yuan
    accepted_at: AwareDatetime | None
    payments_before: int | None


class NewScheduleRequest(Request):
    """The new schedule is accepted: which one was seen."""

    sha256: Sha256


class HardshipAnswer(Answer):
    """A request for more time and its answer; granted, what falls due may be paid until ``until`` without penalty.

    ``new_schedule`` is there where granted time changes something: to be accepted, or as it was accepted.
    """

    id: str
    reason: HardshipReason
    months: int
    since: DateText
    until: DateText
    state: HardshipState
    asked_at: AwareDatetime
    answer_by: AwareDatetime
    answered_at: AwareDatetime | None
    simulated: bool
    new_schedule: NewSchedule | None


class HardshipOffer(Answer):
    """What can be asked for now, and how soon it is answered; ``months`` is empty where nothing can be."""

    months: tuple[int, ...]
    reply_hours: int


class LoanAnswer(Answer):
    """The loan that was paid out: the contract's schedule, and what was paid since."""

    contract_number: str
    principal: Yuan
    disbursed_at: AwareDatetime
    reference: str
    card_last4: str
    bank: Words | None
    schedule: tuple[ScheduleRow, ...]
    repayments: tuple[RepaymentAnswer, ...]
    outstanding: Yuan
    next_due: NextDue | None
    free_return_until: AwareDatetime
    settled_at: AwareDatetime | None
    simulated: bool
    hardships: tuple[HardshipAnswer, ...]
    hardship_offer: HardshipOffer
