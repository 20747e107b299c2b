"""Certified time for what this lender signs, asked through its port."""

from typing import TYPE_CHECKING

from loanapp.backend.adapters.ports import RevocationProofs, SourceDownError
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.domain.errors import ErrorCode

if TYPE_CHECKING:
    from loanapp.proof.timestamp import RemoteAuthority


def time_authority(services: Services) -> "RemoteAuthority":
    """What signatures, statements and heads ask; it raises ``TIME_AUTHORITY_DOWN`` with the seconds to wait."""
    from loanapp.proof.timestamp import RemoteAuthority  # noqa: PLC0415 - loads slowly

    return RemoteAuthority(lambda query: answer_query(services, query))


def answer_query(services: Services, query: bytes) -> bytes:
    """The authority's reply to an RFC 3161 query, both DER; raises ``TIME_AUTHORITY_DOWN``."""
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
