"""Nothing is signed before the cost table was read, whatever the lender's answer says."""

from loanapp.domain.errors import ErrorCode
from loanapp.guard.refusal import GuardRefusal


def check_reading_before_signing(
    table_sha256: str, read_here: str | None, *, confirmed: bool, begun_here: bool
) -> None:
    """Refuse to sign unless this very table was read to its end.

    ``read_here``: the hash of the table confirmed on this machine. Where the application was begun on this machine only
    that counts; one that was begun on another machine rests on the lender's word that it was ``confirmed`` there.
    Raises :class:`GuardRefusal` with ``GUARD_SIGNING_BEFORE_READING``.
    """
    if not confirmed:
        raise GuardRefusal(ErrorCode.GUARD_SIGNING_BEFORE_READING, "not_confirmed")
    if read_here is None and begun_here:
        raise GuardRefusal(ErrorCode.GUARD_SIGNING_BEFORE_READING, "not_read")
    if read_here is not None and read_here != table_sha256:
        raise GuardRefusal(ErrorCode.GUARD_SIGNING_BEFORE_READING, "another_table")
