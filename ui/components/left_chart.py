"""What is left of each month's income once debts, living and this loan are paid."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from loanapp.domain.affordability import Household, MonthLeft
from loanapp.domain.money import ZERO
from ui.components.cost_parts import MONTH_PARTS
from ui.components.month_columns import MonthColumn, MonthPicture
from ui.formats import day, yuan
from ui.translations import tr


class LeftChart(MonthPicture):
    """One column a month, as high as the income, or higher where the income does not reach."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(MONTH_PARTS, parent)
        self._months: tuple[MonthLeft, ...] = ()
        self.retranslate()

    def show_household(self, household: Household, months: Sequence[MonthLeft]) -> None:
        """Show these months of ``household``."""
        self._months = tuple(months)
        self.show_months([MonthColumn(month.no, _parts(household, month)) for month in months])

    def name(self) -> str:
        """What is left month by month."""
        return tr("burden.chart")

    def part_name(self, name: str) -> str:
        """The word for a part."""
        return tr(f"burden.part_{name}")

    def sentence(self, place: int) -> str:
        """Number, day, what this loan takes, and what is left or lacking."""
        month = self._months[place]
        return tr(
            "burden.month_left" if month.left >= 0 else "burden.month_short",
            number=month.no,
            day=day(month.due),
            payment=yuan(month.payment, places=2),
            left=yuan(abs(month.left), places=2),
        )


def _parts(household: Household, month: MonthLeft) -> tuple[Decimal, ...]:
    """Within the income first what is spent anyway, then this loan, then what is left; beyond it what lacks."""
    spent = min(household.debts + household.living, household.income)
    loan = min(month.payment, household.income - spent)
    return spent, loan, max(month.left, ZERO), max(-month.left, ZERO)
