"""The one error of the guard."""

from loanapp.domain.errors import ErrorCode, LoanAppError


class GuardRefusal(LoanAppError):  # noqa: N818  (it is not an error of the program: it is the guard doing its work)
    """Something the lender said does not hold; ``details['what']`` names the figure or place, never a person."""

    def __init__(self, code: ErrorCode, what: str, **details: str | int) -> None:
        super().__init__(code, what=what, **details)

    @property
    def what(self) -> str:
        """The figure or place that does not hold."""
        return str(self.details["what"])
