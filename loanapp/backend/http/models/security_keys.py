"""Security keys: what one is asked, and what it answers; bytes are base64url without padding."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from loanapp.backend.http.models.common import Answer, Request
from loanapp.backend.http.models.public import Base64Url, OnDevice, SecondFactor, Ticket


class BeginKeyRequest(Request):
    """Add a key; ``code`` of the authenticator or a recovery code, which is used up."""

    code: SecondFactor


Label = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]


class KeyRequest(Request):
    """The key that was made; ``label`` is its owner's own word for it."""

    challenge_id: Ticket
    label: Label
    client_data: Base64Url
    attestation: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,16000}$")]


class KeyRemovalRequest(Request):
    """A code of the authenticator or a recovery code; without one it is asked another way (``recovery_needed``)."""

    code: SecondFactor | None = None


class KeyQuestionRequest(OnDevice):
    """What is to be signed for a sign-in that was answered ``second_factor_needed`` with ``key_challenge``."""

    challenge_id: Ticket


class KeyQuestionAnswer(Answer):
    """What a key is asked: ``known`` are the ids of the account's keys; ``host`` is the relying party's identifier."""

    challenge: str
    host: str
    known: tuple[str, ...]
    seconds: int


class NewKeyQuestionAnswer(KeyQuestionAnswer):
    """What a new key is asked; ``algorithms`` are COSE's numbers, ``known`` are not to be added again."""

    challenge_id: str
    user_id: str
    user_name: str
    algorithms: tuple[int, ...]


class SecurityKeyAnswer(Answer):
    """A key of the account."""

    id: str
    label: str
    added_at: datetime
    used_at: datetime | None


class SecurityKeysAnswer(Answer):
    """All of them, the oldest first; ``most`` may be added."""

    keys: tuple[SecurityKeyAnswer, ...]
    most: int
