"""Another branch or time for a visit that the lender's staff booked, asked in a dialog above the page."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from loanapp.client.answers import Branch
from loanapp.domain.errors import LoanAppError
from loanapp.journey.pages import Page
from ui.act_dialog import ActDialog
from ui.camera.branch import slots_by_day
from ui.components import ChoiceQuestion, label
from ui.components.choice_cards import Choice
from ui.formats import clock, short_day
from ui.translations import tr, translator

if TYPE_CHECKING:
    from ui.pages.page import PageContext

_DAYS_ACROSS: Final = 5
_TIMES_ACROSS: Final = 6


class MoveVisitDialog(ActDialog):
    """Which branch, which day, what time; accepted once the lender holds it. Until then the visit stays as it was."""

    def __init__(self, parent: QWidget, context: "PageContext") -> None:
        super().__init__(parent, context, width=720)
        self._branches: tuple[Branch, ...] = ()
        self._looking = True
        self.note = label("")
        self.where, self.day, self.time = ChoiceQuestion(1), ChoiceQuestion(_DAYS_ACROSS), ChoiceQuestion(_TIMES_ACROSS)
        for part in (self.problem, self.lead, self.note, self.where, self.day, self.time):
            self.body.addWidget(part)
        self.where.chosen.connect(lambda _value: self._fill_days())
        self.day.chosen.connect(lambda _value: self._fill_times())
        self.retranslate()
        self.load()

    def load(self) -> None:
        """Ask which branches and times are free."""
        if self.context.journey is not None:
            self.context.operations.run(self.context.journey.branches, self._came, self._trouble, busy=self)

    def show_problem(self, error: LoanAppError | None) -> None:
        """What stands in the way; nothing any more where there is none."""
        self.problem.setVisible(error is not None)
        if error is not None:
            self.say_problem(error)

    def proceed(self) -> None:
        """Move it, or ask for what was not chosen."""
        for question, name in ((self.where, "where"), (self.day, "day"), (self.time, "time")):
            if question.isVisible() and not question.value():
                question.set_error(tr(f"progress.asked.move_{name}"))
                question.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        journey, branch = self.context.journey, self._branch()
        slots = branch.slots if branch is not None else ()
        slot = next((one for one in slots if one.isoformat() == self.time.value()), None)
        if journey is None or branch is None or slot is None:
            return
        branch_id, wanted = branch.id, slot
        self.problem.hide()
        self.context.operations.run(
            lambda: journey.book_branch(branch_id, wanted), self._was_moved, self._not_moved, busy=self
        )

    def _came(self, branches: Sequence[Branch]) -> None:
        self._branches, self._looking = tuple(branches), False
        self.retranslate()
        if self._branches:
            self.where.setFocus(Qt.FocusReason.OtherFocusReason)

    def _trouble(self, error: LoanAppError) -> None:
        self._looking = False
        self.retranslate()
        self.show_problem(error)

    def _was_moved(self, _page: Page) -> None:
        self.context.messages.show_toast("progress.asked.moved")
        self.accept()

    def _not_moved(self, error: LoanAppError) -> None:
        if {"slot", "branch_id"} & set(getattr(error, "fields", {})):
            self.time.set_error(tr("face_verification.branch.taken"))
            self.load()
        else:
            self.show_problem(error)

    def _branch(self) -> Branch | None:
        return next((one for one in self._branches if one.id == self.where.value()), None)

    def retranslate(self) -> None:
        """Every word in the language in force; what is chosen stays where it is still free."""
        super().retranslate()
        self.set_heading(tr("progress.asked.move_title"))
        self.lead.setText(tr("progress.asked.move_lead"))
        self.cancel.setText(tr("progress.asked.move_keep"))
        self.go_on.setText(tr("progress.asked.move_confirm"))
        self.note.setText(tr(f"progress.asked.move_{'looking' if self._looking else 'none'}"))
        self.note.setVisible(not self._branches)
        self.go_on.setVisible(bool(self._branches))
        for question, name in ((self.where, "where"), (self.day, "day"), (self.time, "time")):
            question.set_question(tr(f"face_verification.branch.{name}"))
        pick = translator().pick
        self.where.set_choices(
            [Choice(one.id, pick(one.name), f"{pick(one.address)}\n{pick(one.hours)}") for one in self._branches]
        )
        self.where.setVisible(bool(self._branches))
        self._fill_days()

    def _fill_days(self) -> None:
        days = slots_by_day(self._branch())
        self.day.set_choices([Choice(one.isoformat(), short_day(one)) for one in days])
        self.day.setVisible(bool(days))
        self._fill_times()

    def _fill_times(self) -> None:
        day = self.day.value()
        slots = slots_by_day(self._branch()).get(date.fromisoformat(day), []) if day else []
        self.time.set_choices([Choice(one.isoformat(), clock(one)) for one in slots])
        self.time.setVisible(bool(slots))
        self.fit()
