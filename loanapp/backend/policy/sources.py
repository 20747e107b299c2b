"""The shape of ``sources.toml``: how outside sources are asked, and what happens while one is silent."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[float, Field(gt=0)]


class SourceName(StrEnum):
    """The sources the lender asks."""

    REGISTRY = "registry"
    BUREAU = "bureau"
    SOCIAL_INSURANCE = "social_insurance"
    NETWORK_IDENTITY = "network_identity"
    SCREENING = "screening"
    GATEWAY = "gateway"
    BANK = "bank"
    AUTHORITY = "authority"
    TIMESTAMPS = "timestamps"


class SourceRules(BaseModel):
    """How one source is asked; durations in seconds, see the head of ``sources.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeout: Seconds
    tries: int = Field(ge=1, le=10)
    pause: Seconds
    longest_pause: Seconds
    failures: int = Field(ge=1)
    open_for: Seconds

    @model_validator(mode="after")
    def _pauses_rise(self) -> "SourceRules":
        if self.longest_pause < self.pause:
            raise ValueError("the longest pause is shorter than the first")
        return self


class PayoutRules(BaseModel):
    """When the bank is asked about an order it has taken, in seconds after the look before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    looks: tuple[Seconds, ...] = Field(min_length=1)
    refused_again: Seconds

    def after(self, looks: int) -> float:
        """How long until the next look, after so many."""
        return self.looks[min(looks, len(self.looks) - 1)]


class SourcePolicy(BaseModel):
    """How all outside sources are asked; every source has its rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    waits: tuple[Seconds, ...]
    compares_portrait: bool
    rules: dict[SourceName, SourceRules]
    payout: PayoutRules
    source: str
    mark: str

    @model_validator(mode="after")
    def _complete(self) -> "SourcePolicy":
        if missing := set(SourceName) - set(self.rules):
            raise ValueError(f"no rules for {sorted(missing)}")
        return self
