"""What protects an account beside the phone code, as the lender tells it."""

from dataclasses import dataclass
from datetime import datetime

from loanapp.client.reading import JsonObject
from loanapp.domain.protection import ProtectionAct


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
class OpenRecovery:
    """What was asked by the phone alone and is open; ``ready_at`` is when it can be done, where nothing else is needed.

    ``here``: on this computer. ``may_stop``: this computer came before the one that asked.
    """

    act: ProtectionAct
    asked_at: datetime
    ready_at: datetime | None
    here: bool
    may_stop: bool

    @classmethod
    def read(cls, answer: JsonObject) -> "OpenRecovery":
        """From the answer's shape."""
        return cls(
            act=answer.member("act", ProtectionAct),
            asked_at=answer.moment("asked_at"),
            ready_at=answer.optional("ready_at", JsonObject.moment),
            here=answer.flag("here"),
            may_stop=answer.flag("may_stop"),
        )


def read_recoveries(answer: JsonObject) -> tuple[OpenRecovery, ...]:
    """All of them."""
    return answer.objects("recoveries", OpenRecovery.read)


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
