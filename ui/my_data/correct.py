"""Correcting one's data in place: each field that no check rests on, and why the others take a request."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.client.corrections import Corrected, Corrections
from loanapp.domain.errors import LoanAppError
from loanapp.domain.money import wire
from ui.components import Banner, Dialog, PrimaryButton, SecondaryButton, label
from ui.components.choice_cards import Choice
from ui.components.choice_question import ChoiceQuestion
from ui.components.fields import MoneyField
from ui.components.help_sheet import way_to_help
from ui.components.labels import empty
from ui.components.text_field import TextField
from ui.formats import day, yuan
from ui.messages import Level
from ui.reader_language import language_of, tell_language
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from ui.pages.page import PageContext

_WIDTH: Final = 600
_LONGEST_ADDRESS: Final = 200
_MONEY: Final = ("monthly_income", "monthly_debt")
_EMPLOYMENTS: Final = ("employed", "self_employed", "student", "retired", "other")


class CorrectData(Dialog):
    """``saved`` once the lender has it; ``asking`` where what is wrong must be checked first."""

    saved = Signal()
    asking = Signal()

    def __init__(self, parent: QWidget, context: "PageContext", corrections: Corrections) -> None:
        super().__init__(parent, width=_WIDTH)
        self._context, self._corrections = context, corrections
        self._lead = label("", "muted")
        self.problem = Banner(Level.STOP)
        self.problem.hide()
        self.address = TextField(at_most=_LONGEST_ADDRESS)
        self.employment = ChoiceQuestion(3)
        self.money = {name: MoneyField(width=200) for name in _MONEY}
        fields: dict[str, QWidget] = {"address": self.address, "employment": self.employment, **self.money}
        for part in (self._lead, self.problem, *fields.values()):
            self.body.addWidget(part)
        self._rest = QVBoxLayout()
        self._rest.setSpacing(4)
        self.body.addLayout(self._rest)
        now = {one.name for one in corrections.fields if one.at_once}
        for name, widget in fields.items():
            widget.setVisible(name in now)
        self.cancel, self.write, self.save = SecondaryButton(), SecondaryButton(), PrimaryButton()
        self.save.setVisible(bool(now & set(fields)))
        for button in (self.cancel, self.write):
            self.answers.addWidget(button)
        self.answers.addStretch(1)
        self.answers.addWidget(self.save)
        self.cancel.clicked.connect(self.reject)
        self.write.clicked.connect(self._ask)
        self.save.clicked.connect(self._save)
        self._retranslate()
        self._fill()

    def _held(self) -> dict[str, str]:
        return {one.name: one.value for one in self._corrections.fields if one.at_once}

    def _fill(self) -> None:
        held = self._held()
        self.address.set_text(held.get("address", ""))
        self.employment.choose(held.get("employment", ""))
        for name, field in self.money.items():
            field.set_value(_amount(held.get(name, "")))

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """While it is being sent it is not sent again."""
        self.save.set_busy(busy)
        self.save.setEnabled(not busy)

    def show_problem(self, error: LoanAppError | None) -> None:
        """Say what went wrong; what was typed stays."""
        self.problem.setVisible(error is not None)
        if error is not None:
            self.problem.say(error_sentence(error), error_fix(error))
            self.problem.show_actions(way_to_help(self, error.code))

    def changed(self) -> dict[str, str] | None:
        """What differs from what is held, as it is sent; ``None`` where a field holds nothing that can be sent."""
        held, typed = self._held(), {"address": self.address.text(), "employment": self.employment.value()}
        faulty: QWidget | None = None
        for name, field in self.money.items():
            value = field.value()
            if name in held and (value is None or value < 0):
                field.set_error(tr("my_data.correct_amount"))
                faulty = faulty or field.editor
            elif value is not None:
                typed[name] = wire(value)
        if "address" in held and not typed["address"]:
            self.address.set_error(tr("my_data.correct_missing"))
            faulty = self.address
        if faulty is not None:
            faulty.setFocus()
            return None
        return {name: value for name, value in typed.items() if name in held and held[name] != value}

    def _save(self) -> None:
        journey, changed = self._context.journey, self.changed()
        if changed == {}:
            self.problem.setVisible(True)
            self.problem.say(tr("my_data.correct_nothing"), "")
            self.problem.show_actions()
        elif changed and journey is not None:
            work: Callable[[], object] = lambda: journey.correct_my_data(changed)  # noqa: E731 - kept for the worker
            self._context.operations.run(work, lambda _: self._done(), busy=self)

    def _done(self) -> None:
        self.saved.emit()
        self.accept()

    def _ask(self) -> None:
        self.reject()
        self.asking.emit()

    def done(self, result: int) -> None:
        """Whatever is still awaited is dropped; said twice, it is done once."""
        self._context.operations.cancel_for(self)
        super().done(result)
        self.deleteLater()

    def _retranslate(self) -> None:
        self.set_heading(tr("my_data.correct_title"))
        self._lead.setText(tr("my_data.correct_lead"))
        self.address.set_label(tr("my_data.correct_address"), "")
        self.employment.set_question(tr("my_data.correct_employment"))
        self.employment.set_choices([Choice(value, tr(f"common.employment_{value}")) for value in _EMPLOYMENTS])
        for name, field in self.money.items():
            field.set_label(tr(f"my_data.correct_{name}"), "")
        self.cancel.setText(tr("my_data.close"))
        self.write.setText(tr("my_data.request_write"))
        self.save.setText(tr("my_data.correct_save"))
        self._show_rest()

    def _show_rest(self) -> None:
        """What takes a request and why, and what was corrected before, the newest first."""
        empty(self._rest)
        pick = self._context.translator.pick
        later = [one for one in self._corrections.fields if not one.at_once]
        if later:
            self._rest.addWidget(label(tr("my_data.correct_later"), "strong"))
        for one in later:
            words = tr("my_data.correct_why_not", field=tr(f"my_data.correct_{one.name}"), why=pick(one.why_not))
            self._rest.addWidget(label(words, "small-ink"))
        if self._corrections.history:
            self._rest.addWidget(label(tr("my_data.correct_before"), "strong"))
        for was in reversed(self._corrections.history):
            field = tr(f"my_data.correct_{was.name}")
            self._rest.addWidget(label(tr("my_data.correct_was", when=day(was.at), field=field), "small"))
            values = label(tr("my_data.correct_values", before=_shown(was, was.before), after=_shown(was, was.after)))
            tell_language(values, language_of(values.text()))  # as it was typed, whatever language this window speaks
            self._rest.addWidget(values)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "save"):
            self._retranslate()
        super().changeEvent(event)


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _shown(was: Corrected, value: str) -> str:
    if was.name in _MONEY and (amount := _amount(value)) is not None:
        return yuan(amount)
    return tr(f"common.employment_{value}") if was.name == "employment" else value
