"""When somebody must show once more who they are, decided by dated rows of ``step_up.toml`` and explained by them.

As with ``checks.toml``, no row can look at device, network, place, sex or age.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from loanapp.backend.policy.checks import Because


class Act(StrEnum):
    """Before what."""

    PAYOUT = "payout"
    FORGOTTEN = "password_reset"
    FACTOR_LOST = "factor_removal"
    FACTOR_ENROLMENT = "factor_enrolment"


@dataclass(frozen=True, slots=True)
class Moment:
    """What is about to be done, as the rows see it; ``amount`` in yuan, 0 where no money moves."""

    act: Act
    amount: Decimal = Decimal(0)
    card_changed: bool = False
    verified: bool = False
    new_computer: bool = False
    unused: bool = False


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class When(_Row):
    """Every one that is named must hold; without any the row is for everybody."""

    amount_at_least: Decimal | None = None
    card_changed: bool | None = None
    verified: bool | None = None
    new_computer: bool | None = None
    unused: bool | None = None

    def hold(self, seen: Moment) -> bool:
        """Whether all of them hold."""
        enough = self.amount_at_least is None or seen.amount >= self.amount_at_least
        card = self.card_changed in {None, seen.card_changed}
        computer = self.new_computer in {None, seen.new_computer}
        known = self.verified in {None, seen.verified} and self.unused in {None, seen.unused}
        return enough and card and computer and known


class StepUpRule(_Row):
    """One row; see the head of ``step_up.toml``."""

    id: str = Field(pattern=r"^[a-z_]+$")
    on: bool
    act: Act
    since: date = Field(alias="from")
    until: date | None = Field(default=None, alias="to")
    when: When = When()
    by_call: bool = True
    because: Because | None = None
    source: str = Field(min_length=1)
    mark: Literal["SEEN-LAW", "SEEN-2", "MEM", "CHOICE"]

    @model_validator(mode="after")
    def _said_where_it_is_read(self) -> "StepUpRule":
        if (self.because is not None) != (self.act is Act.PAYOUT):
            raise ValueError("a payout says why it is asked for; the refusals of the other acts have their own words")
        return self

    def in_force(self, today: date) -> bool:
        """Whether it is applied on a day in China."""
        return self.on and self.since <= today and (self.until is None or today <= self.until)


class StepUpPolicy(_Row):
    """All rows, and how long what was shown counts."""

    version: str
    fresh_minutes: int = Field(gt=0, le=24 * 60)
    person_hours: int = Field(gt=0, le=72)
    known_hours: int = Field(gt=0, le=30 * 24)
    unused_days: int = Field(gt=0, le=30)
    wait_hours: int = Field(gt=0, le=30 * 24)
    asked_hours: int = Field(gt=0, le=60 * 24)
    branch_hours: int = Field(gt=0, le=72)
    source: str
    mark: str
    rules: tuple[StepUpRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> "StepUpPolicy":
        if len({rule.id for rule in self.rules}) < len(self.rules):
            raise ValueError("a row stands there twice")
        if any(rule.until is not None and rule.until < rule.since for rule in self.rules):
            raise ValueError("a row ends before it begins")
        return self

    def wanted(self, seen: Moment, today: date) -> tuple[StepUpRule, ...]:
        """The rows that ask for it on a day in China; none where nothing more is asked."""
        return tuple(
            rule for rule in self.rules if rule.act is seen.act and rule.in_force(today) and rule.when.hold(seen)
        )
