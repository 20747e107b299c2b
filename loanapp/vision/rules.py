"""The rules of a verdict: each a measured value, a comparison and a threshold, kept as they were applied."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from loanapp.domain.liveness import VerdictOutcome, VerdictReason


class Comparison(StrEnum):
    """How a measured value must stand to its threshold."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Rule:
    """One comparison as it was made.

    ``outcome`` is the best that an attempt can get when the rule is not met; ``PASSED`` marks what is only a note for
    whoever reviews it. ``reason`` is what the borrower is told then; a note has none.
    """

    name: str
    value: float
    comparison: Comparison
    limit: float
    passed: bool
    reason: VerdictReason | None
    outcome: VerdictOutcome

    def as_json(self) -> dict[str, Any]:
        """Plain values, to store beside a verdict."""
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "comparison": self.comparison.value,
            "limit": self.limit,
            "passed": self.passed,
            "reason": None if self.reason is None else self.reason.value,
            "outcome": self.outcome.value,
        }


# What stands before what where several rules are not met: who may simply try again need not wait for a person to look.
_GRAVITY: Final = {
    VerdictOutcome.PASSED: 0,
    VerdictOutcome.REVIEW: 1,
    VerdictOutcome.RETRY: 2,
    VerdictOutcome.REFUSED: 3,
}


class RuleBook:
    """Collects rules while a verdict is made, and what follows from them together."""

    def __init__(self) -> None:
        self.measures: Final[dict[str, float]] = {}
        self._rules: Final[list[Rule]] = []

    def at_least(
        self,
        name: str,
        value: float,
        limit: float,
        reason: VerdictReason | None = None,
        outcome: VerdictOutcome = VerdictOutcome.RETRY,
    ) -> bool:
        """Ask for ``value >= limit``; whether it is."""
        return self._add(Rule(name, float(value), Comparison.AT_LEAST, float(limit), value >= limit, reason, outcome))

    def at_most(
        self,
        name: str,
        value: float,
        limit: float,
        reason: VerdictReason | None = None,
        outcome: VerdictOutcome = VerdictOutcome.RETRY,
    ) -> bool:
        """Ask for ``value <= limit``; whether it is."""
        return self._add(Rule(name, float(value), Comparison.AT_MOST, float(limit), value <= limit, reason, outcome))

    def holds(
        self, name: str, *, true: bool, reason: VerdictReason, outcome: VerdictOutcome = VerdictOutcome.RETRY
    ) -> bool:
        """Ask for a fact: 1 where it is true, 0 where it is not."""
        return self.at_least(name, float(true), 1.0, reason, outcome)

    def measure(self, name: str, value: float) -> None:
        """Keep a value that no rule asks about."""
        self.measures[name] = float(value)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule applied, in order."""
        return tuple(self._rules)

    @property
    def outcome(self) -> VerdictOutcome:
        """Passed where every rule is met but notes; else what the gravest of the others leads to."""
        return max((rule.outcome for rule in self._rules if not rule.passed), key=_GRAVITY.__getitem__, default=_PASSED)

    @property
    def reasons(self) -> tuple[VerdictReason, ...]:
        """Of every rule that is not met, once each, in the order of the rules."""
        return tuple(dict.fromkeys(rule.reason for rule in self._rules if not rule.passed and rule.reason is not None))

    def _add(self, rule: Rule) -> bool:
        if rule.reason is None:
            rule = replace(rule, outcome=VerdictOutcome.PASSED)
        self._rules.append(rule)
        self.measures[rule.name] = rule.value
        return rule.passed


_PASSED: Final = VerdictOutcome.PASSED
