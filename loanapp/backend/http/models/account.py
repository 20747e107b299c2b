"""Sessions, and the computers a borrower is signed in on."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from loanapp.backend.http.models.common import Answer, Request
from loanapp.domain.devices import DeviceEnd, DeviceSystem


class RefreshRequest(Request):
    """Renew a session; the token counts once."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TokensAnswer(Answer):
    """A renewed session."""

    access_token: str
    expires_at: datetime
    refresh_token: str
    device_id: str


class DeviceAnswer(Answer):
    """One computer; ``current`` is the one that asks."""

    device_id: str
    system: DeviceSystem
    signed_in_at: datetime
    used_at: datetime
    ended_at: datetime | None
    ended_why: DeviceEnd | None
    current: bool


class DevicesAnswer(Answer):
    """Where the borrower is signed in, the latest first; and what ended lately because a token had been copied."""

    devices: tuple[DeviceAnswer, ...]


class NothingRequest(Request):
    """An act that needs no more than its address."""
