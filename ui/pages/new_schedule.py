"""The new repayment plan that comes with granted time: before and after side by side, and the borrower's yes."""

from decimal import Decimal

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from loanapp.client.loan_answers import Loan
from loanapp.domain.errors import ErrorCode
from loanapp.domain.loan_account import NewSchedule
from loanapp.domain.money import ZERO
from loanapp.domain.written_forms import figure
from ui.components import Banner, Card, FlowRow, LinkButton, SecondaryButton, label
from ui.components.figure_table import FigureTable
from ui.formats import day, yuan, yuan_column
from ui.messages import Level
from ui.translations import error_fix, error_sentence, tr


class NewScheduleCard(Card):
    """What this computer worked out, never what the lender sent; ``accepted`` comes once the borrower says yes.

    Nothing changes before that. An accepted one folds its table away. ``help_wanted`` comes with the code of what was
    refused.
    """

    accepted = Signal()
    help_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loan: Loan | None = None
        self._shown: NewSchedule | None = None
        self.title, self.rule = label("", "heading"), label("")
        self.penalty, self.total = label(""), label("", "strong")
        self.table = FigureTable()
        self.keep = label("", "small")
        self.accept = SecondaryButton()
        self.accept.clicked.connect(self.accepted)
        self.fold = LinkButton()
        self.fold.clicked.connect(self._turn)
        self._folded = False
        self.refused = Banner(Level.STOP)
        for widget in (self.refused, self.title, self.rule, self.penalty, self.table, self.total, self.keep):
            self.body.addWidget(widget)
        ways = FlowRow(spacing=16)
        for button in (self.accept, self.fold):
            ways.add(button)
        ways.close_up()
        self.body.addWidget(ways)
        self.hide()

    def show_loan(self, loan: Loan) -> None:
        """The plan to accept, else the last one that was accepted, while the loan runs; else nothing."""
        self._loan = loan
        new, is_open = _to_show(loan)
        if (new, is_open) != (self._shown, not self.accept.isHidden()):
            self._folded = not is_open
        self._shown = new
        self.refused.setVisible(loan.schedule_refused)
        differs = ErrorCode.GUARD_NEW_SCHEDULE_DIFFERS
        self.refused.say(error_sentence(differs), error_fix(differs))
        self.refused.show_actions((tr("common.open_help"), lambda: self.help_wanted.emit(differs.value)))
        self.setVisible(new is not None or loan.schedule_refused)
        for widget in (self.title, self.rule, self.total):
            widget.setVisible(new is not None)
        self.accept.setVisible(new is not None and is_open)
        self.fold.setVisible(new is not None and not is_open)
        self.keep.setVisible(new is not None and is_open)
        self.penalty.setVisible(new is not None and new.penalty > ZERO)
        self.table.setVisible(new is not None and not self._folded)
        if new is not None:
            self._say(new, is_open=is_open)

    def _say(self, new: NewSchedule, *, is_open: bool) -> None:
        self.title.setText(tr("new_schedule.open" if is_open else "new_schedule.accepted"))
        self.rule.setText(
            tr("new_schedule.rule", months=tr("new_schedule.months", count=new.months), rows=len(new.after))
        )
        self.penalty.setText(tr("new_schedule.penalty", amount=yuan(new.penalty, places=2)))
        total = sum((row.total for row in new.after), Decimal(0))
        same = total == sum((row.total for row in new.before), Decimal(0))
        self.total.setText(tr("new_schedule.total", amount=yuan(total, places=2)) if same else "")
        self.keep.setText(tr("new_schedule.keep"))
        self.accept.setText(tr("new_schedule.accept"))
        self.fold.setText(tr("new_schedule.unfold" if self._folded else "new_schedule.fold"))
        headings = [tr(f"new_schedule.{name}") for name in ("no", "before", "after")]
        rows = [
            (str(new_row.no), day(old_row.due), day(new_row.due), figure(new_row.total, places=2))
            for old_row, new_row in zip(new.before, new.after, strict=True)
        ]
        self.table.show_figures([*headings, yuan_column(tr("common.schedule_payment"))], rows)

    def _turn(self) -> None:
        self._folded = not self._folded
        if self._loan is not None:
            self.show_loan(self._loan)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self._loan is not None:
            self.show_loan(self._loan)
        super().changeEvent(event)


def _to_show(loan: Loan) -> tuple[NewSchedule | None, bool]:
    """The schedule, and whether it is still to be accepted."""
    account, asked = loan.account, loan.to_accept()
    if account is None or loan.settled_at is not None:
        return None, False
    if asked is not None:
        return account.new_schedule(asked.time), True
    return (account.changes[-1], False) if account.changes else (None, False)
