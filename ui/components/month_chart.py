"""What each month costs, as columns of principal, interest and fees."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from loanapp.domain.schedule import Instalment
from ui.components.cost_parts import PARTS
from ui.components.month_columns import MonthColumn, MonthPicture
from ui.formats import day, yuan
from ui.translations import tr


class MonthChart(MonthPicture):
    """The same figures stand in a table on whatever page shows this; the arrow keys read them one by one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(PARTS, parent)
        self._rows: tuple[Instalment, ...] = ()
        self.retranslate()

    def show_rows(self, rows: Sequence[Instalment]) -> None:
        """Show these instalments, beginning at the first."""
        self._rows = tuple(rows)
        self.show_months([MonthColumn(row.no, (row.principal, row.interest, row.fees)) for row in rows])

    def name(self) -> str:
        """What each instalment costs."""
        return tr("components.chart")

    def part_name(self, name: str) -> str:
        """Principal, interest, fees."""
        return tr(f"common.part_{name}")

    def sentence(self, place: int) -> str:
        """Number, day, sum and its parts."""
        row = self._rows[place]
        parts = [f"{self.part_name(name)} {yuan(amount, places=2)}" for name, amount in self._amounts(row)]
        return tr(
            "components.chart_month",
            number=row.no,
            day=day(row.due),
            sum=yuan(row.total, places=2),
            parts=" + ".join(parts),
        )

    @staticmethod
    def _amounts(row: Instalment) -> list[tuple[str, Decimal]]:
        amounts = zip((name for name, _ in PARTS), (row.principal, row.interest, row.fees), strict=True)
        return [(name, amount) for name, amount in amounts if amount or name != "fees"]
