"""Whether the loan fits the month: what is left, which share goes to debts, what lighter loan would fit."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.domain.affordability import BurdenBand, BurdenReason, FittingLoan
from loanapp.guard.burden import Burden
from ui.components.banner import Banner
from ui.components.buttons import SentenceLink
from ui.components.card import Card
from ui.components.fields import MoneyField
from ui.components.figures import Figures
from ui.components.labels import label
from ui.components.left_chart import LeftChart
from ui.formats import day, percent, yuan
from ui.messages import Level
from ui.translations import tr

_LEVELS: Final = {
    BurdenBand.GREEN: Level.DONE,
    BurdenBand.AMBER: Level.LOOK,
    BurdenBand.REVIEW: Level.LOOK,
    BurdenBand.REFUSE: Level.LOOK,
}


class BurdenCard(Card):
    """``lighter_wanted`` comes with the :class:`FittingLoan` chosen; nothing changes before that.

    With ``asks_living`` there is a field for what living costs; what is typed there stays on this computer.
    """

    lighter_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, asks_living: bool = False) -> None:
        super().__init__(parent, spacing=14)
        self._burden: Burden | None = None
        self.heading = label("", "heading")
        self.body.addWidget(self.heading)
        sums = Figures({"left": ("figure", 3), "share": ("figure", 2)})
        self.captions, self.figures = sums.captions, sums.figures
        self.body.addWidget(sums)
        self.verdict = Banner(Level.DONE)
        self.body.addWidget(self.verdict)
        self.lighter = LighterLoans()
        self.lighter.wanted.connect(self.lighter_wanted)
        self.body.addWidget(self.lighter)
        self.chart = LeftChart()
        self.body.addWidget(self.chart)
        self.living = MoneyField(width=140)
        self.living.set_help("borrow-sensibly")
        if not asks_living:  # shown before it has a parent, it would be a window of its own for a moment
            self.living.hide()
        self.body.addWidget(self.living)
        self.note = label("", "small")
        self.body.addWidget(self.note)
        self.hide()
        self._retranslate()

    def show_burden(self, burden: Burden | None) -> None:
        """Show what the loan means; nothing while that is not known."""
        self._burden = burden
        if burden is not None:
            self._write(burden)
        self.setVisible(burden is not None)

    def _write(self, burden: Burden) -> None:
        least = min(month.left for month in burden.means.months)
        living = burden.household.living
        self.captions["left"].setText(tr("burden.left" if living else "burden.left_before_living"))
        self.figures["left"].setText(yuan(least, places=2))
        share = percent(burden.means.burden_pct, places=0) if burden.household.income > 0 else tr("burden.no_share")
        self.figures["share"].setText(share)
        self.verdict.set_level(Level.LOOK if least < 0 else _LEVELS[burden.means.band])
        self.verdict.say(*verdict_words(burden))
        self.lighter.show_loans(burden.lighter, burden.terms.months)
        self.chart.show_household(burden.household, burden.means.months)
        self.note.setText(
            tr(
                "burden.lines",
                green=percent(burden.lines.green_pct, places=0),
                amber=percent(burden.lines.amber_pct, places=0),
                review=percent(burden.lines.review_pct, places=0),
                date=day(burden.lines_since),
            )
        )

    def _retranslate(self) -> None:
        self.heading.setText(tr("burden.title"))
        self.captions["share"].setText(tr("burden.share"))
        self.living.set_label(tr("burden.living"), tr("burden.living_hint"))
        if self._burden is not None:
            self._write(self._burden)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; what is typed stays."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)


class LighterLoans(QWidget):
    """Lighter loans as ways on; ``wanted`` comes with the one chosen."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ways: list[SentenceLink] = []
        self._loans: tuple[FittingLoan, ...] = ()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self.caption = label("")
        self._box.addWidget(self.caption)
        self.show_loans(())

    def show_loans(self, loans: Sequence[FittingLoan], months: int = 0) -> None:
        """Offer these in place of a loan over ``months``; a way that is there already keeps the focus."""
        self._loans = tuple(loans)
        while len(self.ways) > len(loans):
            way = self.ways.pop()
            way.hide()
            way.deleteLater()
        for place in range(len(self.ways), len(loans)):
            way = SentenceLink()
            way.clicked.connect(lambda _=False, place=place: self.wanted.emit(self._loans[place]))
            self.ways.append(way)
            self._box.addWidget(way)
        for way, loan in zip(self.ways, loans, strict=True):
            way.setText(_lighter_words(loan, longer=loan.months > months))
        self.caption.setText(tr("burden.lighter_loans"))
        self.setVisible(bool(loans))


def verdict_words(burden: Burden) -> tuple[str, str]:
    """How heavy the loan weighs, in a few words and a sentence."""
    band, household = burden.means.band, burden.household
    if household.income <= 0 and BurdenReason.SHARE_OF_INCOME in burden.means.reasons:
        return tr("burden.band_refuse"), tr("burden.why_no_income")
    if min(month.left for month in burden.means.months) < 0 and band in (BurdenBand.GREEN, BurdenBand.AMBER):
        return tr("burden.band_short"), tr("burden.why_short")
    lines = burden.lines
    line = {
        BurdenBand.GREEN: lines.green_pct,
        BurdenBand.AMBER: lines.green_pct,
        BurdenBand.REVIEW: lines.amber_pct,
        BurdenBand.REFUSE: lines.review_pct,
    }[band]
    return tr(f"burden.band_{band.value}"), tr(f"burden.why_{band.value}", line=percent(line, places=0))


def _lighter_words(loan: FittingLoan, *, longer: bool) -> str:
    """A lighter loan, as a way on; more time costs more interest, which is said with it."""
    return tr(
        "burden.lighter_longer" if longer else "burden.lighter",
        amount=yuan(loan.amount),
        months=tr("common.months", count=loan.months),
        instalment=yuan(loan.instalment, places=2),
    )
