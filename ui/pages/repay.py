"""What a payment consists of, worked out on this computer, before the bound card is debited for it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QWidget

from loanapp.domain.loan_account import LoanAccount, Repayment, RepaymentKind
from loanapp.domain.money import ZERO
from loanapp.domain.prepayment import PrepaymentChoice
from ui.components import Dialog, MoneyField, PrimaryButton, SecondaryButton, SummaryList, SummaryRow, label
from ui.components.choice_cards import Choice
from ui.components.choice_question import ChoiceQuestion
from ui.components.help_sheet import give_help
from ui.formats import day, yuan
from ui.translations import tr

Owed = Callable[[RepaymentKind, Decimal, PrepaymentChoice | None], Repayment]
"""What such a payment is today; raises what :meth:`LoanAccount.owed_at` raises."""

_PARTS: Final = ("principal", "interest", "fees", "penalty")
_LEAST: Final = Decimal("0.01")
_HELP: Final = {
    RepaymentKind.INSTALMENT: "how-to-repay",
    RepaymentKind.ARREARS: "overdue",
    RepaymentKind.PART: "early-payoff",
    RepaymentKind.PAYOFF: "early-payoff",
}


class RepayDialog(Dialog):
    """Shows every part of the amount; nothing is debited before the button that names it is pressed."""

    def __init__(self, parent: QWidget, kind: RepaymentKind, account: LoanAccount, owed: Owed, last4: str) -> None:
        super().__init__(parent, width=560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._kind, self._account, self._owed, self._last4 = kind, account, owed, last4
        self.what: Repayment | None = None
        self.lead = label("")
        self.body.addWidget(self.lead)
        self.part = MoneyField(width=200)
        self.part.set_help("early-payoff")
        self.choice = ChoiceQuestion(1)
        for widget in (self.part, self.choice):
            widget.setVisible(kind is RepaymentKind.PART)
            self.body.addWidget(widget)
        self.parts = SummaryList(changeable=False)
        self.parts.title.hide()
        self.body.addWidget(self.parts)
        self.saving = label("", "small-done")
        self.body.addWidget(self.saving)
        self.note = label("", "small")
        self.body.addWidget(self.note)
        self.keep = SecondaryButton()
        self.pay = PrimaryButton()
        self.answers.addWidget(self.keep)
        self.answers.addStretch(1)
        self.answers.addWidget(self.pay)
        self.keep.clicked.connect(self.reject)
        self.pay.clicked.connect(self._confirmed)
        self.part.edited.connect(lambda _: self._work_out())
        self.choice.chosen.connect(lambda _: self._work_out())
        self._retranslate()
        give_help(self, _HELP[kind])
        if kind is RepaymentKind.PART:
            self.choice.choose(PrepaymentChoice.KEEP_TERM.value)
            self.part.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def _retranslate(self) -> None:
        kind, row = self._kind.value, self._account.next_row
        self.set_heading(tr(f"repay.{kind}.title", no=row.no if row is not None else 0))
        self.lead.setText(tr(f"repay.{kind}.lead"))
        self.note.setText(tr("repay.note", last4=self._last4))
        self.keep.setText(tr("repay.keep"))
        self.part.set_label(tr("repay.part.amount"), tr("repay.part.hint", most=yuan(self._account.outstanding)))
        self.choice.set_question(tr("repay.part.choice"))
        self._work_out()

    def _work_out(self) -> None:
        """Every figure anew."""
        part, choice = self.part.value() or ZERO, PrepaymentChoice(self.choice.value() or PrepaymentChoice.KEEP_TERM)
        if self._kind is RepaymentKind.PART:
            self.choice.set_choices([self._way(one, part) for one in PrepaymentChoice])
        try:
            self.what = self._owed(self._kind, part, choice if self._kind is RepaymentKind.PART else None)
        except ValueError:
            self.what = None
        self.part.set_error(tr("repay.part.wrong") if self.what is None and self.part.text() else None)
        self.parts.setVisible(self.what is not None)
        self.pay.setEnabled(self.what is not None)
        if self.what is None:
            self.saving.hide()
            self.pay.setText(tr("repay.pay_nothing"))
        else:
            self._show(self.what)
        self.fit()

    def _way(self, choice: PrepaymentChoice, part: Decimal) -> Choice:
        """One of both ways, with what it leaves."""
        words = ""
        try:
            what = self._owed(RepaymentKind.PART, part, choice)
            rows = self._account.after(what).schedule.rows
        except ValueError:
            pass
        else:
            left = next(row for row in rows if row.due > what.on)
            words = tr("repay.part.leaves", amount=yuan(left.total, places=2), date=day(rows[-1].due))
        return Choice(choice.value, tr(f"repay.part.{choice.value}"), words)

    def _show(self, what: Repayment) -> None:
        amounts = [(name, getattr(what, name)) for name in _PARTS]
        rows = [
            SummaryRow(tr(f"repay.{name}"), yuan(amount, places=2))
            for name, amount in amounts
            if amount or name in {"principal", "interest"}
        ]
        self.parts.set_rows([*rows, SummaryRow(tr("repay.total"), yuan(what.amount, places=2))])
        saved = self._saved(what)
        self.saving.setText(tr("repay.saved", amount=yuan(saved, places=2)))
        self.saving.setVisible(saved > ZERO)
        self.pay.setText(tr("repay.pay", amount=yuan(what.amount, places=2)))

    def _saved(self, what: Repayment) -> Decimal:
        """The interest that need not be paid any more."""
        if what.kind not in {RepaymentKind.PART, RepaymentKind.PAYOFF}:
            return ZERO
        return self._account.schedule.total_interest - self._account.after(what).schedule.total_interest

    def _confirmed(self) -> None:
        if self.what is not None:
            self.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; what is typed stays."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)


def open_ways(owed: Owed) -> list[RepaymentKind]:
    """Which payments are possible today; all that is overdue only where that is more than the next instalment."""
    ways: dict[RepaymentKind, Decimal] = {}
    for kind in RepaymentKind:
        try:
            ways[kind] = owed(kind, _LEAST, None).amount
        except ValueError:  # nothing of the kind to pay, or no part of a loan of a cent
            continue
    if ways.get(RepaymentKind.ARREARS) == ways.get(RepaymentKind.INSTALMENT):
        ways.pop(RepaymentKind.ARREARS, None)
    return list(ways)
