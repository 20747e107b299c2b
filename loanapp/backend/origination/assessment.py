"""The decision: two gates round a documented scorecard, with the reasons the borrower is told.

It sees declared income and debts, the bureau's record and what the checks said; nothing about the device, the
network, the region, sex or age moves it.
"""

from dataclasses import dataclass
from decimal import Decimal

from loanapp.backend.adapters.ports import BureauRecord, PortraitAnswer, RegistryAnswer, ScreeningAnswer
from loanapp.backend.policy.models import Characteristic, Limits, Scorecard
from loanapp.domain.affordability import burden_pct
from loanapp.domain.decision import DecisionOutcome, DecisionReason


@dataclass(frozen=True, slots=True)
class Facts:
    """What is decided by; money in yuan a month. ``None`` answers: the source was down.

    ``number_corrected``: the borrower changed the identity number that was read from the card.
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

    @property
    def burden_pct(self) -> Decimal:
        """Debts a month, this loan included, in percent of income."""
        return burden_pct(self.monthly_income, self.monthly_debt, self.instalment)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What came of it; ``score`` is kept for the file and never shown."""

    outcome: DecisionOutcome
    reasons: tuple[DecisionReason, ...]
    score: int | None


def assess(facts: Facts, scorecard: Scorecard, limits: Limits) -> Assessment:
    """Approve, decline with reasons, or send to a person. A source that was down never declines anybody."""
    score, costly = _score(facts, scorecard)
    if refusals := _first_gate(facts, scorecard, limits):
        return Assessment(DecisionOutcome.DECLINED, tuple(refusals), score)
    if score is not None and score < scorecard.review_at:
        below = DecisionReason.SCORE_BELOW_THRESHOLD
        plain = tuple(reason for reason in costly if reason != below)
        return Assessment(DecisionOutcome.DECLINED, plain or (below,), score)
    if doubts := _second_gate(facts, scorecard, limits, score):
        return Assessment(DecisionOutcome.REVIEW, tuple(doubts), score)
    return Assessment(DecisionOutcome.APPROVED, (), score)


def _first_gate(facts: Facts, scorecard: Scorecard, limits: Limits) -> list[DecisionReason]:
    """What no score can outweigh."""
    gates = {
        DecisionReason.IDENTITY_NOT_CONFIRMED: facts.registry is RegistryAnswer.MISMATCH,
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
        DecisionReason.SOURCE_UNAVAILABLE: None in (facts.registry, facts.bureau, facts.screening),
        DecisionReason.IDENTITY_NOT_CONFIRMED: _identity_doubtful(facts),
        DecisionReason.SCREENING_BY_PERSON: facts.screening is ScreeningAnswer.POSSIBLE,
        DecisionReason.INTERVIEW_BY_POLICY: facts.interview,
        DecisionReason.FACE_CHECK_BY_PERSON: facts.face_by_person,
        DecisionReason.REPAYMENT_BURDEN_TOO_HIGH: facts.burden_pct > limits.burden_review_pct.value,
        DecisionReason.LIMIT_REACHED: many,
        DecisionReason.SCORE_BELOW_THRESHOLD: score is not None and score < scorecard.accept_at,
    }
    return [reason for reason, doubtful in doubts.items() if doubtful]


def _identity_doubtful(facts: Facts) -> bool:
    """A portrait unlike the register's is looked at by a person: its photo may be twenty years old."""
    unlike = facts.portrait in {PortraitAnswer.UNSURE, PortraitAnswer.DIFFERENT}
    return facts.registry is RegistryAnswer.UNKNOWN or facts.number_corrected or unlike


def _score(facts: Facts, scorecard: Scorecard) -> tuple[int | None, list[DecisionReason]]:
    """The points and the reasons that cost points, dearest first; ``None`` without the bureau's answer."""
    if facts.bureau is None:
        return None, []
    values: dict[str, Decimal | None] = {
        "burden_pct": facts.burden_pct,
        "monthly_income": facts.monthly_income,
        "overdue_count": Decimal(facts.bureau.overdue_count),
        "open_loans": Decimal(facts.bureau.open_loans),
        "bureau_score": None if facts.bureau.score is None else Decimal(facts.bureau.score),
    }
    lines = [(points_of(line, values[line.id]), line.reason) for line in scorecard.characteristics]
    costly = [reason for points, reason in sorted(lines, key=lambda line: line[0]) if points < 0]
    return scorecard.base_points + sum(points for points, _reason in lines), costly


def points_of(line: Characteristic, value: Decimal | None) -> int:
    """The points of a value: the first band that holds it."""
    if value is None:
        return line.missing
    return next(band.points for band in line.bands if band.up_to is None or value <= band.up_to)
