"""Small statements the lender signs: challenges and consent receipts."""

from collections.abc import Mapping

from loanapp.domain.errors import ErrorCode
from loanapp.guard.refusal import GuardRefusal


def check_signed(message: Mapping[str, object], public_key: bytes, expected: Mapping[str, object]) -> None:
    """Check that ``message`` is signed with the lender's message key (Ed25519, 32 raw bytes) and says ``expected``.

    Raises :class:`GuardRefusal` with ``GUARD_SIGNATURE_INVALID``.
    """
    from loanapp.proof.signed_message import SignedMessageError, verify_message  # noqa: PLC0415  (cryptography)

    try:
        signed = verify_message(public_key, message)
    except SignedMessageError:
        raise GuardRefusal(ErrorCode.GUARD_SIGNATURE_INVALID, "signature") from None
    for name, value in expected.items():
        if signed.get(name) != value or isinstance(signed.get(name), bool) != isinstance(value, bool):
            raise GuardRefusal(ErrorCode.GUARD_SIGNATURE_INVALID, name)
