"""What it would take to pay the whole loan off on a day of choice, worked out on this computer."""

from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QWidget

from loanapp.client.answers import Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.loan_account import NothingToPayError, Repayment, RepaymentKind
from ui.components import DateField, Dialog, SecondaryButton, SummaryList, SummaryRow, label
from ui.components.help_sheet import give_help
from ui.formats import day, yuan
from ui.translations import tr

_PARTS: Final = ("principal", "interest", "fees", "penalty")


class PayoffQuoteDialog(Dialog):
    """A day to type, and what that day would take; nothing is debited here."""

    def __init__(self, parent: QWidget, loan: Loan, now: datetime) -> None:
        super().__init__(parent, width=560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._loan, self._now = loan, now
        self.lead = label("")
        self.on = DateField(width=160)
        self.on.set_help("early-payoff")
        self.sum_name = label("", "muted")
        self.sum = label("", "money")
        self.parts = SummaryList(changeable=False)
        self.parts.title.hide()
        self.note = label("", "small")
        for widget in (self.lead, self.on, self.sum_name, self.sum, self.parts, self.note):
            self.body.addWidget(widget)
        self.close_button = SecondaryButton()
        self.close_button.clicked.connect(self.reject)
        self.answers.addStretch(1)
        self.answers.addWidget(self.close_button)
        self.on.set_text(self._today.isoformat())
        self.on.edited.connect(lambda _: self._work_out())
        self._retranslate()
        give_help(self, "early-payoff")
        self.on.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _today(self) -> date:
        return self._now.astimezone(CHINA).date()

    def _retranslate(self) -> None:
        self.set_heading(tr("payoff_quote.title"))
        self.lead.setText(tr("payoff_quote.lead"))
        self.on.set_label(tr("payoff_quote.on"), tr("payoff_quote.on_hint", first=day(self._today)))
        self.sum_name.setText(tr("payoff_quote.sum"))
        self.close_button.setText(tr("payoff_quote.close"))
        self._work_out()

    def _work_out(self) -> None:
        """What that day takes, or why there is no figure for it."""
        on = self.on.value()
        found: Repayment | None = None
        problem = None
        if on is None:
            problem = tr("payoff_quote.no_day") if self.on.text() else None
        elif on < self._today:
            problem = tr("payoff_quote.gone_by")
        else:
            try:
                found = self._owed(on)
            except NothingToPayError:
                problem = tr("payoff_quote.over_by_then")
        self.on.set_error(problem)
        for widget in (self.sum_name, self.sum, self.parts, self.note):
            widget.setVisible(found is not None)
        if found is not None:
            self._show(found)
        self.fit()

    def _owed(self, on: date) -> Repayment:
        """By the moment for today, which may still be free; by the day for any other."""
        if on == self._today:
            return self._loan.owed(self._now, RepaymentKind.PAYOFF)
        if self._loan.account is None:
            raise NothingToPayError(RepaymentKind.PAYOFF)
        return self._loan.account.payoff_on(on, self._today)

    def _show(self, found: Repayment) -> None:
        self.sum.setText(yuan(found.amount, places=2))
        self.sum.setAccessibleName(f"{self.sum_name.text()}: {self.sum.text()}")
        amounts = [(name, getattr(found, name)) for name in _PARTS]
        self.parts.set_rows(
            [
                SummaryRow(tr(f"repay.{name}"), yuan(amount, places=2))
                for name, amount in amounts
                if amount or name in {"principal", "interest"}
            ]
        )
        late = self._loan.account is not None and self._loan.account.in_arrears(self._today)
        self.note.setText(tr("payoff_quote.note_late" if late else "payoff_quote.note"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; what is typed stays."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
