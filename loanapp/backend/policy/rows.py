"""What every policy file is made of."""

from pydantic import BaseModel, ConfigDict, Field


class PolicyError(ValueError):
    """A policy file is missing, malformed or contradicts another."""


class Row(BaseModel):
    """A frozen row that knows every one of its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Words(Row):
    """One text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
