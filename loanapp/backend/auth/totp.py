"""One-time codes of an authenticator (RFC 6238), as every authenticator makes them."""

import hmac
import secrets
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

# 160 bits, SHA-1, six digits, thirty seconds; one step of clock error.
_SECRET_BYTES: Final = 20
_DIGITS: Final = 6
_STEP_SECONDS: Final = 30
_STEPS_OFF: Final = (0, -1, 1)
ISSUER: Final = "LoanApp"


def new_secret() -> bytes:
    """A secret nobody has."""
    return secrets.token_bytes(_SECRET_BYTES)


def provisioning_uri(secret: bytes, account: str) -> str:
    """What an authenticator reads, as a QR code or typed."""
    return _totp(secret).get_provisioning_uri(account, ISSUER)


def step_of(secret: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The time step whose code this is; ``None`` for a wrong code, or one of a step that was used before."""
    totp, current = _totp(secret), int(now.timestamp()) // _STEP_SECONDS
    for off in _STEPS_OFF:
        step = current + off
        expected = totp.generate(step * _STEP_SECONDS)
        if hmac.compare_digest(expected, code.encode("utf-8", "surrogatepass")) and step > last_step:
            return step
    return None


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), _STEP_SECONDS)  # noqa: S303 - what authenticators compute; a keyed MAC
