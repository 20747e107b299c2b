"""Base64url without padding, as WebAuthn writes bytes (RFC 4648, section 5)."""

import base64


def written_bytes(value: bytes) -> str:
    """The text."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def read_bytes(text: str) -> bytes:
    """The bytes; raises ``ValueError`` for what is no base64url."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
