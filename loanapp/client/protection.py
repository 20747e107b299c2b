"""What protects an account beside the phone code, as the lender tells it."""

from dataclasses import dataclass
from datetime import datetime

from loanapp.client.reading import JsonObject


@dataclass(frozen=True, slots=True)
class Protection:
    """Since when there is a password and a second factor, ``None`` where there is none."""

    password_set_at: datetime | None
    second_factor_since: datetime | None
    recovery_codes_left: int

    @classmethod
    def read(cls, answer: JsonObject) -> "Protection":
        """From the answer's shape."""
        return cls(
            answer.optional("password_set_at", JsonObject.moment),
            answer.optional("second_factor_since", JsonObject.moment),
            answer.count("recovery_codes_left"),
        )


@dataclass(frozen=True, slots=True)
class NewSecondFactor:
    """What an authenticator needs; never in ``repr``."""

    uri: str
    secret: str

    @classmethod
    def read(cls, answer: JsonObject) -> "NewSecondFactor":
        """From the answer's shape."""
        return cls(answer.text("uri"), answer.text("secret"))

    def __repr__(self) -> str:
        return "NewSecondFactor(...)"
