"""Which loan needs which check, decided by dated rows of ``checks.toml`` and explained by them.

What a row may look at is what :class:`Situation` holds. It holds nothing about device, network, place, sex or age: no
row can ask more of somebody for those.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Check(StrEnum):
    """What a loan may need before it is decided."""

    FACE = "face"
    INTERVIEW = "interview"
    BRANCH = "branch"
    INCOME = "income"


@dataclass(frozen=True, slots=True)
class Situation:
    """One application as the rows see it: yuan, months, days; ``None`` days where it never happened."""

    amount: Decimal
    months: int
    first_loan: bool
    settled: int = 0
    verified_days: int | None = None
    quiet_days: int | None = None
    upgraded: bool = False
    partner: str = ""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Because(_Row):
    """The half sentence that ends "this loan needs ... because"."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Conditions(_Row):
    """Every one that is named must hold; without any the row is for everybody."""

    first_loan: bool | None = None
    amount_at_least: Decimal | None = None
    amount_at_most: Decimal | None = None
    months_at_most: Annotated[int, Field(gt=0)] | None = None
    settled_at_least: Annotated[int, Field(gt=0)] | None = None
    verified_days_at_most: Annotated[int, Field(gt=0)] | None = None
    quiet_days_at_least: Annotated[int, Field(gt=0)] | None = None
    upgraded: bool | None = None
    partner: str | None = None

    def hold(self, seen: Situation) -> bool:
        """Whether all of them hold."""
        return all(self._each(seen))

    @property
    def particular(self) -> int:
        """How many conditions are named."""
        return len(self.model_dump(exclude_none=True))

    def _each(self, seen: Situation) -> Iterator[bool]:
        yield self.first_loan in {None, seen.first_loan}
        yield self.amount_at_least is None or seen.amount >= self.amount_at_least
        yield self.amount_at_most is None or seen.amount <= self.amount_at_most
        yield self.months_at_most is None or seen.months <= self.months_at_most
        yield self.settled_at_least is None or seen.settled >= self.settled_at_least
        most = self.verified_days_at_most
        yield most is None or (seen.verified_days is not None and seen.verified_days <= most)
        least = self.quiet_days_at_least
        yield least is None or (seen.quiet_days is not None and seen.quiet_days >= least)
        yield self.upgraded in {None, seen.upgraded}
        yield self.partner in {None, seen.partner}


class Rule(_Row):
    """One row; see the head of ``checks.toml``."""

    id: str = Field(pattern=r"^[a-z_]+$")
    on: bool
    firm: bool = False
    since: date = Field(alias="from")
    until: date | None = Field(default=None, alias="to")
    when: Conditions = Conditions()
    needs: tuple[Check, ...] = ()
    waives: tuple[Check, ...] = ()
    because: Because
    source: str = Field(min_length=1)
    mark: Literal["SEEN-LAW", "SEEN-2", "MEM", "CHOICE"]

    @model_validator(mode="after")
    def _does_one_thing(self) -> "Rule":
        if bool(self.needs) == bool(self.waives):
            raise ValueError(f"{self.id} must need something or waive something, and not both")
        if self.waives and (self.firm or self.when == Conditions()):
            raise ValueError(f"{self.id} lightens, so it is not firm and says for whom")
        low, high = self.when.amount_at_least, self.when.amount_at_most
        if low is not None and high is not None and low > high:
            raise ValueError(f"{self.id} can never hold")
        if self.until is not None and self.until < self.since:
            raise ValueError(f"{self.id} ends before it begins")
        return self


class CheckPolicy(_Row):
    """All rows; whoever applies them asks :meth:`demands`."""

    version: str
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "CheckPolicy":
        if len({rule.id for rule in self.rules}) < len(self.rules):
            raise ValueError("a row stands there twice")
        base = [rule for rule in self.rules if rule.on and rule.when == Conditions() and Check.FACE in rule.needs]
        if not base:
            raise ValueError("one row that is on must ask of everybody who they are")
        return self

    def demands(self, seen: Situation, today: date) -> "Demands":
        """What a loan needs on a day in China, and by which rows."""
        applying = [rule for rule in self.rules if rule.on and _in_force(rule, today) and rule.when.hold(seen)]
        needed: list[Demand] = []
        waived: list[Demand] = []
        for check in Check:
            asking = tuple(rule for rule in applying if check in rule.needs)
            lighter = tuple(rule for rule in applying if check in rule.waives)
            if asking and lighter and not any(rule.firm for rule in asking):
                waived.append(Demand(check, lighter))
            elif asking:
                needed.append(Demand(check, asking))
        return Demands(tuple(needed), tuple(waived), self.version)

    def switched(self, on: Sequence[str] = (), off: Sequence[str] = ()) -> "CheckPolicy":
        """The same rows with some switched; raises ``ValueError`` for an id that is none, or rows that hold no more."""
        if unknown := {*on, *off} - {rule.id for rule in self.rules}:
            raise ValueError(f"there is no row {sorted(unknown)}")
        rows = [
            rule.model_dump(by_alias=True) | {"on": (rule.on or rule.id in on) and rule.id not in off}
            for rule in self.rules
        ]
        return CheckPolicy.model_validate({"version": self.version, "rules": rows})


def _in_force(rule: Rule, today: date) -> bool:
    return rule.since <= today and (rule.until is None or today <= rule.until)


@dataclass(frozen=True, slots=True)
class Demand:
    """One check with the rows that ask for it, or lift it; the last of them says most."""

    check: Check
    rules: tuple[Rule, ...]

    @property
    def because(self) -> Because:
        """Why, in words for the borrower: of the most particular row."""
        return max(self.rules, key=lambda rule: rule.when.particular).because


@dataclass(frozen=True, slots=True)
class Demands:
    """What one loan needs and what was lifted, under a version of the rows."""

    needed: tuple[Demand, ...]
    waived: tuple[Demand, ...]
    version: str

    def needs(self, check: Check) -> bool:
        """Whether the loan needs it."""
        return any(demand.check is check for demand in self.needed)

    def as_written(self) -> dict[str, object]:
        """For the ledger: ids of checks and rows, nothing personal."""
        return {
            "policy": f"checks {self.version}",
            "needs": [f"{one.check} by {rule.id}" for one in self.needed for rule in one.rules],
            "waived": [f"{one.check} by {rule.id}" for one in self.waived for rule in one.rules],
        }
