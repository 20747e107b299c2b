"""A borrower who cannot pay for a while asks for more time, and sees what became of it."""

from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from loanapp.client.loan_answers import Hardship, Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.hardship import HardshipReason, HardshipState, respite_wanted
from ui.components import Banner, ChoiceQuestion, Dialog, PrimaryButton, SecondaryButton, label
from ui.components.choice_cards import Choice
from ui.components.help_sheet import give_help
from ui.formats import day, moment
from ui.messages import Level
from ui.translations import tr

_LOOK_AGAIN_MS: Final = 3000


class HardshipDialog(Dialog):
    """Why and how long, with what each choice would mean; accepted with both."""

    def __init__(self, parent: QWidget, loan: Loan, now: datetime) -> None:
        super().__init__(parent, width=600)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._loan, self._now = loan, now
        self.lead, self.promise = label(""), label("", "small")
        self.reason, self.months = ChoiceQuestion(3), ChoiceQuestion(1)
        for widget in (self.lead, self.reason, self.months, self.promise):
            self.body.addWidget(widget)
        self.keep, self.ask = SecondaryButton(), PrimaryButton()
        self.answers.addWidget(self.keep)
        self.answers.addStretch(1)
        self.answers.addWidget(self.ask)
        self.keep.clicked.connect(self.reject)
        self.ask.clicked.connect(self._confirm)
        self._retranslate()
        give_help(self, "cannot-repay")
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def what(self) -> tuple[HardshipReason, int] | None:
        """Reason and months, once both are chosen."""
        reason, months = self.reason.value(), self.months.value()
        return (HardshipReason(reason), int(months)) if reason and months else None

    def _retranslate(self) -> None:
        self.set_heading(tr("hardship.title"))
        self.lead.setText(tr("hardship.lead"))
        self.reason.set_question(tr("hardship.reason"))
        self.reason.set_choices([Choice(one.value, tr(f"hardship.reason_{one.value}")) for one in HardshipReason])
        self.months.set_question(tr("hardship.months"))
        self.months.set_choices(
            [
                Choice(str(count), tr("common.months", count=count), tr("hardship.until", date=day(self._until(count))))
                for count in self._loan.hardship_offer.months
            ]
        )
        simulated = tr("hardship.simulated") if self._loan.simulated else ""
        days = -(-self._loan.hardship_offer.reply_hours // 24)
        self.promise.setText("\n".join(filter(None, (tr("hardship.promise", count=days), simulated))))
        self.keep.setText(tr("hardship.keep"))
        self.ask.setText(tr("hardship.ask"))

    def _until(self, months: int) -> date:
        today = self._now.astimezone(CHINA).date()
        due = self._loan.next_due.due if self._loan.next_due is not None else today
        return respite_wanted(today, due, months).until

    def _confirm(self) -> None:
        """Ask, or say beside the question what is missing."""
        for question, key in ((self.reason, "reason"), (self.months, "months")):
            if not question.value():
                question.set_error(tr(f"hardship.{key}_missing"))
        if self.what is not None:
            self.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; what is chosen stays."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)


class HardshipNotice(Banner):
    """The latest request and its answer; while that is waited for, ``look_again`` comes every few seconds."""

    look_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Level.INFORMATION, parent=parent)
        self._loan: Loan | None = None
        self._today: date | None = None
        self._awaited = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self.look_again)
        self.hide()

    def show_loan(self, loan: Loan, today: date) -> None:
        """Nothing where nothing was asked, or what was granted is over."""
        self._loan, self._today = loan, today
        latest = loan.hardships[-1] if loan.hardships else None
        waits = latest is not None and latest.state is HardshipState.ASKED
        told = latest is not None and loan.settled_at is None and (waits or today <= latest.time.until)
        if latest is not None and told:
            self.set_level(_LEVELS[latest.state])
            self.say(*_words(latest))
        self.setVisible(told)
        self._awaited = waits and told
        if self._awaited:
            self._timer.start()
        else:
            self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """In sight again, it is looked for again."""
        super().showEvent(event)
        if self._awaited:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight, nothing is asked."""
        self._timer.stop()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self._loan is not None and self._today is not None:
            self.show_loan(self._loan, self._today)
        super().changeEvent(event)


_LEVELS: Final = {
    HardshipState.ASKED: Level.INFORMATION,
    HardshipState.GRANTED: Level.DONE,
    HardshipState.DECLINED: Level.LOOK,
}


def _words(request: Hardship) -> tuple[str, str]:
    state = request.state.value
    text = tr(f"hardship.{state}_text", time=moment(request.answer_by), date=day(request.time.until))
    if request.simulated:
        text = f"{text}\n{tr('hardship.simulated' if state == 'asked' else 'hardship.simulated_answer')}"
    return tr(f"hardship.{state}", count=request.months, date=day(request.time.until)), text
