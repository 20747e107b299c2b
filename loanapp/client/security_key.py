"""A FIDO2 security key, as the program sees it: what it is asked, what it answers, and how long it is waited for."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from loanapp.client.reading import AnswerUnreadableError, JsonObject
from loanapp.domain.base64url import read_bytes


def _bytes(text: str, name: str) -> bytes:
    try:
        return read_bytes(text)
    except ValueError:
        raise AnswerUnreadableError(name) from None


@dataclass(frozen=True, slots=True)
class KeyQuestion:
    """What a key is to sign; ``host`` is whom the lender says it is, ``known`` are the ids of the account's keys."""

    challenge: bytes
    host: str
    known: tuple[bytes, ...]
    seconds: int

    @classmethod
    def read(cls, answer: JsonObject) -> "KeyQuestion":
        """From the answer's shape."""
        known = tuple(_bytes(one, "known") for one in answer.texts("known"))
        return cls(_bytes(answer.text("challenge"), "challenge"), answer.text("host"), known, answer.count("seconds"))


@dataclass(frozen=True, slots=True)
class NewKeyQuestion:
    """What a new key is asked; the keys ``known`` in ``question`` are not to be added again."""

    ticket: str
    question: KeyQuestion
    user_id: bytes
    user_name: str
    algorithms: tuple[int, ...]

    @classmethod
    def read(cls, answer: JsonObject) -> "NewKeyQuestion":
        """From the answer's shape."""
        return cls(
            answer.text("challenge_id"),
            KeyQuestion.read(answer),
            _bytes(answer.text("user_id"), "user_id"),
            answer.text("user_name"),
            _algorithms(answer),
        )


def _algorithms(answer: JsonObject) -> tuple[int, ...]:
    told = answer.raw().get("algorithms")
    if not isinstance(told, list) or not all(isinstance(one, int) for one in told):
        raise AnswerUnreadableError(answer.place("algorithms"))
    return tuple(told)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """What a new key answers."""

    client_data: bytes
    attestation: bytes


@dataclass(frozen=True, slots=True)
class SignedByKey:
    """What a key has signed."""

    credential_id: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class ShownKey:
    """What a key has signed, and the ticket it was asked by."""

    ticket: str
    signed: SignedByKey


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key of the account; ``label`` is its owner's own word for it."""

    id: str
    label: str
    added_at: datetime
    used_at: datetime | None

    @classmethod
    def read(cls, answer: JsonObject) -> "OwnKey":
        """From the answer's shape."""
        return cls(
            answer.text("id"),
            answer.text("label"),
            answer.moment("added_at"),
            answer.optional("used_at", JsonObject.moment),
        )


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """All keys of the account; ``most`` may be added."""

    keys: tuple[OwnKey, ...]
    most: int

    @classmethod
    def read(cls, answer: JsonObject) -> "OwnKeys":
        """From the answer's shape."""
        return cls(answer.objects("keys", OwnKey.read), answer.count("most"))


@dataclass(slots=True)
class Waiting:
    """Waiting for a person at a key: ``pin`` of the key where it has one; :meth:`stop` ends it from another thread."""

    pin: str = field(default="", repr=False)
    stopped: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Wait no longer."""
        self.stopped = True
        self.over.set()


class SecurityKey(Protocol):
    """The key that is plugged in. ``host`` is whom the program speaks to, as its own connection proves.

    Both calls wait for a key and for its being touched, and raise :class:`LoanAppError` with
    ``SECURITY_KEY_NOT_FOUND``, ``SECURITY_KEY_FORBIDDEN`` where this computer does not let the program at it,
    ``SECURITY_KEY_NOWHERE`` where it has no way to keys, ``SECURITY_KEY_NOT_TOUCHED``, ``SECURITY_KEY_PIN`` where its
    PIN is wanted or wrong, ``SECURITY_KEY_LOCKED`` after several wrong ones, ``SECURITY_KEY_WRONG``, and
    ``LENDER_CERTIFICATE_WRONG`` where the question is another lender's.
    """

    def available(self) -> bool:
        """Whether this computer has a way to security keys at all."""
        ...

    def make(self, asked: NewKeyQuestion, host: str, waiting: Waiting) -> MadeKey:
        """Make a key pair for the account; raises ``SECURITY_KEY_KNOWN`` where it has one."""
        ...

    def sign(self, asked: KeyQuestion, host: str, waiting: Waiting) -> SignedByKey:
        """Sign what is asked with a key of the account; ``SECURITY_KEY_WRONG`` where it has none."""
        ...
