"""Certified time for what this lender signs, asked through its port."""

import logging
from typing import TYPE_CHECKING, Final

from loanapp.backend.adapters.ports import RevocationProofs, SourceDownError
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.domain.errors import ErrorCode

if TYPE_CHECKING:
    from loanapp.proof.timestamp import RemoteAuthority

log = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 5


def time_authority(services: Services) -> "RemoteAuthority":
    """What signatures, statements and heads ask; it raises ``TIME_AUTHORITY_DOWN`` with the seconds to wait."""
    from loanapp.proof.timestamp import RemoteAuthority  # noqa: PLC0415 - loads slowly

    return RemoteAuthority(lambda query: _own_answer(services, query))


def answer_query(services: Services, query: bytes) -> bytes:
    """The reply to a borrower's RFC 3161 query, both DER; raises ``TIME_AUTHORITY_DOWN``.

    A query that does not hold is refused here: sent on, it might look like the authority's failure to everybody.
    """
    from loanapp.proof.timestamp import refusal_of  # noqa: PLC0415 - loads slowly

    return refusal_of(query) or _asked(services, query)


def _own_answer(services: Services, query: bytes) -> bytes:
    """What is said to a query of the lender's own, which is sound: to be refused is to have no authority now."""
    from loanapp.proof.issued_timestamp import refuses  # noqa: PLC0415 - loads slowly

    reply = _asked(services, query)
    if refuses(reply):
        log.warning("the time-stamping authority refuses a query of the lender's own")
        raise _down(SourceDownError(_RETRY_SECONDS))
    return reply


def _asked(services: Services, query: bytes) -> bytes:
    try:
        return services.sources.timestamps.answer(query)
    except SourceDownError as error:
        raise _down(error) from None


def time_revocation(services: Services) -> RevocationProofs:
    """What proves that the authority's certificates are not revoked now; raises ``TIME_AUTHORITY_DOWN``."""
    try:
        return services.sources.timestamps.revocation()
    except SourceDownError as error:
        raise _down(error) from None


def _down(error: SourceDownError) -> RefusedError:
    return RefusedError(ErrorCode.TIME_AUTHORITY_DOWN, retry_after_seconds=error.retry_after_seconds)
