"""The key of this computer: made here, kept where the session is kept, and never sent."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


class DeviceKey:
    """Signs requests (:mod:`loanapp.proof.request_proof`); read when it is first needed."""

    def __init__(self, pem: str) -> None:
        """``pem`` is PKCS #8."""
        self._pem = pem

    @classmethod
    def new(cls) -> "DeviceKey":
        """A key nobody has (EC P-256)."""
        from loanapp.proof.keys import new_signing_key, private_key_pem  # noqa: PLC0415  (never before first paint)

        return cls(private_key_pem(new_signing_key()).decode("ascii"))

    def __repr__(self) -> str:
        return "DeviceKey(...)"

    @property
    def pem(self) -> str:
        """How it is kept."""
        return self._pem

    @property
    def public(self) -> str:
        """How the lender is told of it; raises :class:`loanapp.proof.keys.UnusableKeyError` for a damaged key."""
        from loanapp.proof.request_proof import written_device_key  # noqa: PLC0415  (never before first paint)

        return written_device_key(self._key.public_key())

    def prove(self, method: str, path: str, body: bytes, token: str, at: datetime) -> str:
        """The value of the header that proves a request; ``at`` by the lender's clock."""
        from loanapp.proof.request_proof import RequestLine, prove_request  # noqa: PLC0415  (see above)

        return prove_request(self._key, RequestLine(method, path, token), body, at)

    @cached_property
    def _key(self) -> "EllipticCurvePrivateKey":
        from loanapp.proof.keys import load_contract_key  # noqa: PLC0415  (see above)

        return load_contract_key(self._pem.encode())
