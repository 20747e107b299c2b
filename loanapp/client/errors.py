"""One type of error for each thing a borrower can do about it."""

from collections.abc import Mapping
from types import MappingProxyType

from loanapp.client.reading import AnswerUnreadableError
from loanapp.domain.errors import ErrorCode, LoanAppError

__all__ = [
    "AnswerUnreadableError",
    "InputRejectedError",
    "LenderCertificateWrongError",
    "LenderRefusedError",
    "LenderTroubleError",
    "LenderUnreachableError",
    "NotAllowedNowError",
    "ProgramOutdatedError",
    "ProxyRefusedError",
    "SignedOutError",
    "TooManyAttemptsError",
]


class LenderUnreachableError(LoanAppError):
    """Nobody answers: check the network, try again; nothing is lost."""

    def __init__(self, code: ErrorCode = ErrorCode.LENDER_UNREACHABLE) -> None:
        super().__init__(code)


class ProxyRefusedError(LenderUnreachableError):
    """The proxy that the system names lets nothing through to the lender, and neither does the way without it."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.PROXY_REFUSED)


class LenderCertificateWrongError(LoanAppError):
    """Somebody answers who cannot prove to be the lender: stop, do not go on from this network."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.LENDER_CERTIFICATE_WRONG)


class LenderTroubleError(LoanAppError):
    """The lender, or somebody it depends on, has a fault of its own: wait and try again."""

    def __init__(self, code: ErrorCode = ErrorCode.LENDER_TROUBLE, **details: str | int) -> None:
        super().__init__(code, **details)

    @property
    def retry_after_seconds(self) -> int | None:
        """When it makes sense to try again, if the lender said so."""
        return _seconds(self.details)


class SignedOutError(LoanAppError):
    """The session has ended: sign in again; everything typed is kept."""

    def __init__(self, code: ErrorCode = ErrorCode.SIGNED_OUT) -> None:
        super().__init__(code)


class InputRejectedError(LoanAppError):
    """Something typed or chosen has to be changed; ``fields`` names each field and what is wrong with it."""

    def __init__(self, code: ErrorCode, fields: Mapping[str, ErrorCode], **details: str | int) -> None:
        super().__init__(code, **details)
        self.fields: Mapping[str, ErrorCode] = MappingProxyType(dict(fields))


class NotAllowedNowError(LoanAppError):
    """The application has moved on: look again where it stands (``Journey.refresh``)."""

    def __init__(self, code: ErrorCode = ErrorCode.NOT_ALLOWED_NOW, **details: str | int) -> None:
        super().__init__(code, **details)


class TooManyAttemptsError(LoanAppError):
    """Wait; ``retry_after_seconds`` says how long."""

    def __init__(self, code: ErrorCode, **details: str | int) -> None:
        super().__init__(code, **details)

    @property
    def retry_after_seconds(self) -> int | None:
        """How long to wait, if the lender said so."""
        return _seconds(self.details)


class ProgramOutdatedError(LoanAppError):
    """The lender no longer speaks with this version: update the program."""

    def __init__(self, minimum: str = "") -> None:
        super().__init__(ErrorCode.PROGRAM_OUTDATED, minimum=minimum)


class LenderRefusedError(LoanAppError):
    """Any other refusal; the code's sentence says what to do."""


def _seconds(details: Mapping[str, str | int]) -> int | None:
    value = details.get("retry_after_seconds")
    return value if isinstance(value, int) else None
