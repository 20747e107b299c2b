"""The same money paid back in other ways, and the same loan paid off early: what each costs, side by side."""

from decimal import Decimal

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.domain.comparison import EarlyEnd, MethodCost, compare_methods, ended_after
from loanapp.domain.schedule import RepaymentPlan
from ui.components.amount_slider import AmountSlider
from ui.components.card import Card
from ui.components.figure_table import FigureTable
from ui.components.labels import label
from ui.formats import day, percent, yuan
from ui.translations import tr


class CostComparison(QWidget):
    """Two cards; both follow ``show_plan`` at once, the second also its own slider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: RepaymentPlan | None = None
        self._costs: tuple[MethodCost, ...] = ()
        self.methods_card, self.early_card = Card(), Card()
        self.methods_title, self.early_title = label("", "heading"), label("", "heading")
        self.methods_note, self.early_note = label("", "small"), label("", "small")
        self.methods, self.early = FigureTable(), FigureTable()
        for widget in (self.methods_title, self.methods_note, self.methods):
            self.methods_card.body.addWidget(widget)
        self.after = label("", "strong")
        self.after_slider = AmountSlider((1,))
        self.after_slider.picked.connect(lambda _: self._show_early())
        for part in (self.early_title, self.after, self.after_slider, self.early, self.early_note):
            self.early_card.body.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        box.addWidget(self.methods_card)
        box.addWidget(self.early_card)
        self._retranslate()

    def show_plan(self, plan: RepaymentPlan) -> None:
        """Compare with ``plan``; where its number of instalments changes, paying off begins in the middle again."""
        before, self._plan = self._plan, plan
        self._costs = compare_methods(plan)
        if before is None or before.months != plan.months:
            self.after_slider.set_values(range(1, plan.months))
            self.after_slider.put(plan.months // 2)
        self._show_methods()
        self._show_early()

    def _own(self) -> MethodCost:
        """The plan itself among the methods."""
        return next(one for one in self._costs if self._plan is not None and one.method is self._plan.method)

    def _show_methods(self) -> None:
        if self._plan is None:
            return
        names = ("method", "first", "last", "interest", "annual")
        rows = [
            (
                tr(f"common.method_{one.method.value}"),
                yuan(one.schedule.rows[0].total, places=2) if len(one.schedule.rows) > 1 else tr("comparison.none"),
                yuan(one.schedule.rows[-1].total, places=2),
                yuan(one.schedule.total_interest, places=2),
                percent(one.cost.headline),
            )
            for one in self._costs
        ]
        own = [one.method for one in self._costs].index(self._plan.method)
        self.methods.show_figures([tr(f"comparison.{name}") for name in names], rows, strong=own)
        self.methods_note.setText(tr("comparison.methods_note", method=tr(f"common.method_{self._plan.method.value}")))

    def _show_early(self) -> None:
        if self._plan is None:
            return
        own = self._own()
        early = ended_after(self._plan, own.schedule, self.after_slider.number())
        self.after.setText(tr("comparison.after", number=early.no, date=day(early.on)))
        self.after_slider.setAccessibleDescription(self.after.text())
        self.early.show_figures(
            ["", tr("comparison.to_the_end"), tr("comparison.early")],
            [
                (tr("comparison.total"), *_money(own.schedule.total_repayment, early.schedule.total_repayment)),
                (tr("comparison.interest"), *_money(own.schedule.total_interest, early.schedule.total_interest)),
                (tr("comparison.annual"), percent(own.cost.headline), percent(early.cost.headline)),
                (tr("comparison.over"), day(own.schedule.rows[-1].due), day(early.on)),
            ],
            strong=0,
        )
        self.early_note.setText(self._early_words(early))

    @staticmethod
    def _early_words(early: EarlyEnd) -> str:
        return tr(
            "comparison.early_note",
            amount=yuan(early.amount, places=2),
            saved=yuan(early.saved, places=2),
        )

    def _retranslate(self) -> None:
        self.methods_title.setText(tr("comparison.methods_title"))
        self.early_title.setText(tr("comparison.early_title"))
        self.after_slider.setAccessibleName(tr("comparison.after_slider"))
        self._show_methods()
        self._show_early()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)


def _money(*amounts: Decimal) -> list[str]:
    return [yuan(amount, places=2) for amount in amounts]
