"""At every visit, without being asked: whether the record of data uses is still the one seen before."""

from typing import TYPE_CHECKING

from loanapp.domain.errors import ErrorCode, LoanAppError

if TYPE_CHECKING:
    from ui.pages.page import PageContext


class HistoryWatch:
    """Looks once for each time somebody signs in or comes back; says something only where it does not hold."""

    def __init__(self, context: "PageContext") -> None:
        self._context = context
        self._looked = False

    def look(self) -> None:
        """A page was shown: look, if nobody has since this borrower is here."""
        journey = self._context.journey
        if journey is None or not journey.signed_in:
            self._looked = False
        elif not self._looked:
            self._looked = True
            self._context.operations.run(journey.data_uses, on_error=self._tell)

    def _tell(self, error: LoanAppError) -> None:
        if error.code is ErrorCode.GUARD_LEDGER_REWRITTEN:
            self._context.messages.show_error(error)
