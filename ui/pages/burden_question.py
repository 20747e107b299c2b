"""Before an application that weighs heavily is handed in: what it means, what would be lighter, and the way on."""

from decimal import Decimal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QWidget

from loanapp.domain.affordability import BurdenBand, FittingLoan
from loanapp.guard.burden import Burden
from ui.components.banner import Banner
from ui.components.burden_card import LighterLoans, verdict_words
from ui.components.buttons import PrimaryButton, SecondaryButton
from ui.components.dialog import Dialog
from ui.components.fields import MoneyField
from ui.components.help_sheet import give_help
from ui.components.labels import label
from ui.formats import yuan
from ui.messages import Level
from ui.translations import tr


def weighs_heavily(burden: Burden) -> bool:
    """Whether the borrower is asked once more: beyond the first line, or a month that does not reach."""
    return burden.means.band is not BurdenBand.GREEN or any(month.left < 0 for month in burden.means.months)


class BurdenQuestion(Dialog):
    """Accepted once the borrower has typed what the loan takes a month, which is the one figure to have seen.

    ``lighter_wanted`` comes with the :class:`FittingLoan` chosen instead.
    """

    lighter_wanted = Signal(object)

    def __init__(self, parent: QWidget, burden: Burden) -> None:
        super().__init__(parent, width=560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._burden = burden
        self.verdict = Banner(Level.LOOK)
        self.text = label("")
        self.lighter = LighterLoans()
        self.lighter.wanted.connect(self._choose)
        for widget in (self.verdict, self.text, self.lighter):
            self.body.addWidget(widget)
        self.typed = MoneyField(width=160)
        self.typed.set_help("borrow-sensibly")
        self.typed.edited.connect(lambda _: self._follow())
        self.body.addWidget(self.typed)
        self.keep = SecondaryButton()
        self.submit = PrimaryButton()
        self.answers.addWidget(self.keep)
        self.answers.addStretch(1)
        self.answers.addWidget(self.submit)
        self.keep.clicked.connect(self.reject)
        self.submit.clicked.connect(self._confirm)
        self._retranslate()
        give_help(self, "borrow-sensibly")
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def _retranslate(self) -> None:
        burden = self._burden
        least = min(month.left for month in burden.means.months)
        self.set_heading(tr("burden.question.title"))
        self.verdict.say(*verdict_words(burden))
        self.text.setText(
            tr(
                "burden.question.text" if least >= 0 else "burden.question.text_short",
                instalment=yuan(burden.means.instalment, places=2),
                left=yuan(abs(least), places=2),
            )
        )
        self.lighter.show_loans(burden.lighter, burden.terms.months)
        self.typed.set_label(tr("burden.question.type"), tr("burden.question.type_hint"))
        self.keep.setText(tr("burden.question.change"))
        self.submit.setText(tr("burden.question.submit", amount=yuan(burden.terms.amount)))
        self._follow()

    @property
    def knows(self) -> bool:
        """Whether what was typed is the monthly amount, or its whole yuan."""
        value, instalment = self.typed.value(), self._burden.means.instalment
        return value is not None and value in (instalment, Decimal(int(instalment)))

    def _follow(self) -> None:
        self.submit.setEnabled(self.knows)
        long_enough = len(self.typed.text().replace(",", "")) >= len(str(int(self._burden.means.instalment)))
        self.typed.set_error(tr("burden.question.wrong") if long_enough and not self.knows else None)
        self.fit()

    def _choose(self, loan: FittingLoan) -> None:
        self.lighter_wanted.emit(loan)
        self.reject()

    def _confirm(self) -> None:
        if self.knows:
            self.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; what is typed stays."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
