"""The shape of ``fraud_signals.toml``: what may be a sign that somebody borrows in another's name."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from loanapp.backend.policy.checks import Because


class SignalKind(StrEnum):
    """What is looked for; see the head of ``fraud_signals.toml``."""

    PEOPLE_OF_ONE_COMPUTER = "people_of_one_computer"
    PEOPLE_OF_ONE_NETWORK = "people_of_one_network"
    PEOPLE_OF_ONE_ACCOUNT = "people_of_one_account"
    ACCOUNTS_OF_ONE_PERSON = "accounts_of_one_person"
    APPLICATIONS_OF_ONE_PERSON = "applications_of_one_person"
    PHOTO_OF_ANOTHER = "photo_of_another"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SignalRule(_Row):
    """One row: from how many on, and how far back is looked."""

    id: SignalKind
    on: bool
    since: date = Field(alias="from")
    until: date | None = Field(default=None, alias="to")
    at_least: int = Field(ge=1)
    window_days: int = Field(ge=1)
    because: Because
    source: str = Field(min_length=1)
    mark: Literal["SEEN-LAW", "SEEN-2", "MEM", "CHOICE"]

    @model_validator(mode="after")
    def _says_what_was_counted(self) -> "SignalRule":
        for text in (self.because.zh, self.because.en):
            if "{count}" not in text or "{days}" not in text:
                raise ValueError("staff are told how many and within how many days")
        if self.until is not None and self.until < self.since:
            raise ValueError("a row ends before it begins")
        return self

    def in_force(self, today: date) -> bool:
        """Whether it is looked for on a day in China."""
        return self.on and self.since <= today and (self.until is None or today <= self.until)


class FraudSignalPolicy(_Row):
    """All rows, each kind once."""

    version: str
    rules: tuple[SignalRule, ...]

    @model_validator(mode="after")
    def _each_once(self) -> "FraudSignalPolicy":
        if sorted(rule.id for rule in self.rules) != sorted(SignalKind):
            raise ValueError("every kind of sign has one row")
        return self

    @property
    def longest_window_days(self) -> int:
        """How far back any row looks."""
        return max(rule.window_days for rule in self.rules)
