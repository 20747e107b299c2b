"""The decision: two gates round a documented scorecard, with the reasons the borrower is told.

It sees declared income and debts, the bureau's record, whether social insurance bears out the income, and what the
checks said; nothing about the device, the
network, the region, sex or age moves it (age opens or closes a gate that the law sets, and earns no points).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from loanapp.backend.adapters.ports import BureauRecord, PortraitAnswer, RegistryAnswer, ScreeningAnswer
from loanapp.backend.origination.income import IncomeCheck
from loanapp.backend.policy.models import Characteristic, Limits, Scorecard
from loanapp.backend.signals.found import Signal
from loanapp.domain.affordability import burden_pct
from loanapp.domain.decision import DecisionOutcome, DecisionReason


@dataclass(frozen=True, slots=True)
class Facts:
    """What is decided by; money in yuan a month. ``None`` answers: the source was down.

    ``number_corrected``: the borrower changed the identity number that was read from the card. ``paid_before``: a loan
    of this lender's was paid out to the person earlier. ``signs``: what may mean that somebody borrows in
    another's name. ``asked``: a member of staff has asked for more, and goes on with
    it themselves. ``income``: what came of holding the stated income against social insurance, and no figure of it.
    """

    registry: RegistryAnswer | None
    bureau: BureauRecord | None
    screening: ScreeningAnswer | None
    face_by_person: bool
    number_corrected: bool
    age: int
    monthly_income: Decimal
    monthly_debt: Decimal
    instalment: Decimal
    amount: Decimal
    outstanding: Decimal
    own_overdue: bool = False
    portrait: PortraitAnswer = PortraitAnswer.NOT_COMPARED
    interview: bool = False
    paid_before: bool = False
    signs: tuple[Signal, ...] = ()
    asked: bool = False
    income: IncomeCheck = IncomeCheck.NOT_NEEDED

    @property
    def burden_pct(self) -> Decimal:
        """Debts a month, this loan included, in percent of income."""
        return burden_pct(self.monthly_income, self.monthly_debt, self.instalment)

    @property
    def thin(self) -> bool:
        """Whether neither bureau nor lender knows anything of the person; a bureau that was down says nothing of it."""
        record = self.bureau
        return record is not None and record.score is None and not record.open_loans and not self.paid_before


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the scorecard as it was applied: the points, and the reason it would give."""

    characteristic: str
    points: int
    reason: DecisionReason


@dataclass(frozen=True, slots=True)
class Assessment:
    """What came of it; ``score`` and ``lines`` are kept for the file and never shown to the borrower."""

    outcome: DecisionOutcome
    reasons: tuple[DecisionReason, ...]
    score: int | None
    lines: tuple[Line, ...] = ()


def assess(facts: Facts, scorecard: Scorecard, limits: Limits) -> Assessment:
    """Approve, decline with reasons, or send to a person.

    A source that was down never declines anybody, and neither does a sign of fraud: both bring a person. Whoever is
    known to nobody starts small: the same loan in a smaller amount is approved at once.
    """
    lines = _lines(facts, scorecard)
    score = None if lines is None else scorecard.base_points + sum(line.points for line in lines)
    found = _judged(facts, scorecard, limits, score, lines or ())
    return replace(found, lines=lines or ())


# Doubts that come and go with the amount: they must not lead a stranger's larger loan past the small start to a person.
_OF_THE_AMOUNT: Final = frozenset(
    {
        DecisionReason.REPAYMENT_BURDEN_TOO_HIGH,
        DecisionReason.SCORE_BELOW_THRESHOLD,
        DecisionReason.INTERVIEW_BY_POLICY,
        DecisionReason.INCOME_DIFFERS,
        DecisionReason.INCOME_BY_PERSON,
    }
)


def _judged(facts: Facts, scorecard: Scorecard, limits: Limits, score: int | None, lines: Sequence[Line]) -> Assessment:
    if refusals := _first_gate(facts, scorecard, limits):
        return Assessment(DecisionOutcome.DECLINED, tuple(refusals), score)
    doubts = _second_gate(facts, scorecard, limits, score)
    if score is not None and score < scorecard.review_at and not (_fraud(facts) or facts.asked):
        below = DecisionReason.SCORE_BELOW_THRESHOLD
        costly = [line.reason for line in sorted(lines, key=lambda line: line.points) if line.points < 0]
        plain = tuple(reason for reason in costly if reason != below)
        return Assessment(DecisionOutcome.DECLINED, plain or (below,), score)
    if facts.thin and facts.amount > limits.thin_file_most.value and _OF_THE_AMOUNT.issuperset(doubts):
        return Assessment(DecisionOutcome.DECLINED, (DecisionReason.START_SMALL,), score)
    if doubts:
        return Assessment(DecisionOutcome.REVIEW, tuple(doubts), score)
    return Assessment(DecisionOutcome.APPROVED, (), score)


def _first_gate(facts: Facts, scorecard: Scorecard, limits: Limits) -> list[DecisionReason]:
    """What no score can outweigh."""
    gates = {
        DecisionReason.AGE_OUTSIDE_POLICY: not limits.minimum_age.value <= facts.age <= limits.maximum_age.value,
        DecisionReason.LIMIT_REACHED: facts.outstanding + facts.amount > limits.consumer_balance_cap.value,
        DecisionReason.OWN_LOAN_OVERDUE: facts.own_overdue,
        DecisionReason.INCOME_TOO_LOW: facts.monthly_income < scorecard.minimum_monthly_income,
        DecisionReason.REPAYMENT_BURDEN_TOO_HIGH: facts.burden_pct > limits.burden_refuse_pct.value,
    }
    return [reason for reason, closed in gates.items() if closed]


def _second_gate(facts: Facts, scorecard: Scorecard, limits: Limits, score: int | None) -> list[DecisionReason]:
    """What a person must look at."""
    many = facts.bureau is not None and (
        facts.bureau.open_loans > limits.open_loans_review.value
        or facts.bureau.new_loans > limits.new_loans_review.value
    )
    doubts = {
        DecisionReason.SOURCE_UNAVAILABLE: None in (facts.registry, facts.bureau, facts.screening)
        or facts.income is IncomeCheck.UNANSWERED,
        DecisionReason.IDENTITY_NOT_CONFIRMED: _identity_doubtful(facts),
        DecisionReason.SCREENING_BY_PERSON: facts.screening is ScreeningAnswer.POSSIBLE,
        DecisionReason.INTERVIEW_BY_POLICY: facts.interview,
        DecisionReason.SIGNS_BY_PERSON: bool(facts.signs),
        DecisionReason.ASKED_BY_PERSON: facts.asked,
        DecisionReason.FACE_CHECK_BY_PERSON: facts.face_by_person,
        DecisionReason.INCOME_DIFFERS: facts.income is IncomeCheck.DIFFERS,
        DecisionReason.INCOME_BY_PERSON: facts.income is IncomeCheck.NOT_AUTHORISED,
        DecisionReason.REPAYMENT_BURDEN_TOO_HIGH: facts.burden_pct > limits.burden_review_pct.value,
        DecisionReason.LIMIT_REACHED: many,
        DecisionReason.SCORE_BELOW_THRESHOLD: score is not None and score < scorecard.accept_at,
    }
    return [reason for reason, doubtful in doubts.items() if doubtful]


def _fraud(facts: Facts) -> bool:
    """A sign that somebody borrows in another's name: a person looks before anybody is declined for it."""
    return bool(facts.signs) or _denied(facts)


def _identity_doubtful(facts: Facts) -> bool:
    """A portrait unlike the register's is looked at by a person: its photo may be twenty years old."""
    unknown = facts.registry is RegistryAnswer.UNKNOWN or facts.portrait is PortraitAnswer.UNSURE
    return _denied(facts) or unknown or facts.number_corrected


def _denied(facts: Facts) -> bool:
    """Whether the register knows the number under another name, or another face."""
    return facts.registry is RegistryAnswer.MISMATCH or facts.portrait is PortraitAnswer.DIFFERENT


def _lines(facts: Facts, scorecard: Scorecard) -> tuple[Line, ...] | None:
    """The points by line; ``None`` without the bureau's answer."""
    if facts.bureau is None:
        return None
    values: dict[str, Decimal | None] = {
        "burden_pct": facts.burden_pct,
        "monthly_income": facts.monthly_income,
        "overdue_count": Decimal(facts.bureau.overdue_count),
        "open_loans": Decimal(facts.bureau.open_loans),
        "bureau_score": None if facts.bureau.score is None else Decimal(facts.bureau.score),
    }
    return tuple(Line(line.id, points_of(line, values[line.id]), line.reason) for line in scorecard.characteristics)


def points_of(line: Characteristic, value: Decimal | None) -> int:
    """The points of a value: the first band that holds it."""
    if value is None:
        return line.missing
    return next(band.points for band in line.bands if band.up_to is None or value <= band.up_to)


def most_that_passes(
    facts: Facts,
    scorecard: Scorecard,
    limits: Limits,
    amounts: Sequence[Decimal],
    instalment_of: Callable[[Decimal], Decimal],
) -> Decimal | None:
    """The largest of ``amounts`` (rising) that would not be declined today over the same term; ``None`` when none is.

    A smaller amount never judges harder, so it is found by halving.
    """

    def declined(amount: Decimal) -> int:
        other = replace(facts, amount=amount, instalment=instalment_of(amount))
        return int(assess(other, scorecard, limits).outcome is DecisionOutcome.DECLINED)

    place = bisect_right(amounts, 0, key=declined)
    return amounts[place - 1] if place else None
