"""Shapes the models share: strict requests, plain answers, money and percentages as decimal text."""

from decimal import Decimal
from typing import Annotated, Final, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StringConstraints, WithJsonSchema

from loanapp.domain.consent import ApplicationPhase, WithdrawalEffect
from loanapp.domain.money import to_cents, wire

_MONEY_PATTERN: Final = r"^[0-9]{1,9}(\.[0-9]{1,2})?$"
_MONEY_OUT: Final = r"^-?[0-9]+\.[0-9]{2}$"
_PERCENT_OUT: Final = r"^-?[0-9]+(\.[0-9]+)?$"


class Request(BaseModel):
    """A request body; a field the contract does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class _Bilingual(Protocol):
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


class Answer(BaseModel):
    """An answer body; clients ignore fields they do not know."""

    model_config = ConfigDict(frozen=True)


def _text_only(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("money is written as text")  # noqa: TRY004 - pydantic turns ValueError alone into an answer
    return value


MoneyText = Annotated[
    str,
    BeforeValidator(_text_only),
    StringConstraints(pattern=_MONEY_PATTERN),
    WithJsonSchema({"type": "string", "pattern": _MONEY_PATTERN, "examples": ["10000.00"]}),
]
"""Yuan in a request."""

Yuan = Annotated[
    Decimal,
    PlainSerializer(wire, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _MONEY_OUT, "examples": ["10000.00"]}),
]
"""Yuan in an answer."""

Percent = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PERCENT_OUT, "examples": ["14.40"]}),
]
"""Percent a year in an answer."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Words(Answer):
    """One text in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, words: "_Bilingual") -> "Words":
        """A text of the policies, as it goes out."""
        return cls(zh=words.zh, en=words.en)


def yuan(text: str) -> Decimal:
    """A :data:`MoneyText` as an amount in cents."""
    return to_cents(Decimal(text))


class WithdrawalWords(Answer):
    """What taking an authorisation back does while the application is in ``phase``: what stops, what is kept."""

    phase: ApplicationPhase
    effect: WithdrawalEffect
    stops: Words
    keeps: Words
