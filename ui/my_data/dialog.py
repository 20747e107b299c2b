"""One window in front of the page, with a view for each question a borrower asks about their data."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.components import Banner, Dialog, FlowRow, SecondaryButton, Skeleton, label
from ui.components.buttons import AnswerButton
from ui.components.help_sheet import way_to_help
from ui.messages import Level
from ui.my_data.view import DataView
from ui.theme import theme
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from ui.pages.page import PageContext

_WIDTH: Final = 880
_AROUND: Final = 32


def _views() -> tuple[tuple[str, Callable[["PageContext"], DataView]], ...]:
    from ui.my_data.asked import Asked
    from ui.my_data.consents import Consents
    from ui.my_data.network import Network
    from ui.my_data.rights import Rights
    from ui.my_data.security import Security
    from ui.my_data.uses import WhoUsed

    return (
        ("uses", WhoUsed),
        ("asked", Asked),
        ("consents", Consents),
        ("network", Network),
        ("rights", Rights),
        ("security", Security),
    )


class MyDataDialog(Dialog):
    """Each view asks anew when it is opened; ``changed``: the page behind shows what is no more."""

    changed = Signal()
    closing_wanted = Signal()
    """The account is to be closed; it was asked whether that is meant."""

    def __init__(self, parent: QWidget, context: "PageContext", *, first: str = "uses") -> None:
        super().__init__(parent, width=_WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._row = FlowRow(spacing=8)
        self._group = QButtonGroup(self)
        self.tabs: dict[str, AnswerButton] = {}
        self.views: dict[str, DataView] = {}
        self.lead = label("", "muted")
        self.problem = Banner(Level.STOP)
        self.problem.hide()
        self._waiting = Skeleton()
        for name, make in _views():
            tab = self.tabs[name] = AnswerButton()
            self._group.addButton(tab)
            tab.clicked.connect(lambda _=False, name=name: self.show_view(name))
            self._row.add(tab)
            view = self.views[name] = make(context)
            view.problem.connect(self._show_problem)
            view.came.connect(self._came)
            view.changed.connect(self.changed)
            view.closing_wanted.connect(self.closing_wanted)
            view.view_wanted.connect(self.show_view)
        self._row.close_up()
        for part in (self._row, self.lead, self.problem, self._waiting, *self.views.values()):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.answers.addStretch(1)
        self.close_button = SecondaryButton()
        self.close_button.clicked.connect(self.accept)
        self.answers.addWidget(self.close_button)
        self._shown = first
        self._retranslate()
        self.tabs[first].setChecked(True)
        self.show_view(first)
        self.tabs[first].setFocus()

    @property
    def view(self) -> DataView:
        """The view in sight."""
        return self.views[self._shown]

    def show_view(self, name: str) -> None:
        """Open a view and let it ask anew."""
        self._shown = name
        self.tabs[name].setChecked(True)
        for other, view in self.views.items():
            view.setVisible(other == name)
        self.lead.setText(tr(f"my_data.{name}_lead"))
        self.problem.hide()
        self._waiting.setVisible(self.view.load())
        self.fit()

    def _came(self) -> None:
        self._waiting.hide()
        self.problem.hide()

    def _show_problem(self, error: LoanAppError) -> None:
        self._waiting.hide()
        self.problem.say(error_sentence(error), error_fix(error))
        self.problem.show_actions((tr("my_data.again"), self._load_again), way_to_help(self, error.code))
        self.problem.show()

    def _load_again(self) -> None:
        self.problem.hide()
        self._waiting.setVisible(self.view.load_again())

    def refuse_closing(self, error: LoanAppError) -> None:
        """Say why the account was not closed, and what to do instead."""
        if error.code is ErrorCode.NOT_ALLOWED_NOW:
            self.problem.say(tr("my_data.right_close"), tr("my_data.right_close_kept"))
            self.problem.show_actions()
        else:
            self.problem.say(error_sentence(error), error_fix(error))
            self.problem.show_actions((tr("my_data.again"), self.closing_wanted.emit), way_to_help(self, error.code))
        self.problem.show()

    def fit(self) -> None:
        """As large as the window lets it be: its views differ in height, and it does not jump between them."""
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else self.screen().availableSize()
        self.resize(min(theme().px(_WIDTH), room.width() - _AROUND), room.height() - _AROUND)

    def done(self, result: int) -> None:
        """Answers still awaited are dropped."""
        for view in self.views.values():
            self._context.operations.cancel_for(view)
        super().done(result)

    def _retranslate(self) -> None:
        self.set_heading(tr("my_data.title"))
        for name, tab in self.tabs.items():
            tab.setText(tr(f"my_data.{name}"))
        self.lead.setText(tr(f"my_data.{self._shown}_lead"))
        self.close_button.setText(tr("my_data.close"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "close_button"):
            self._retranslate()
            QTimer.singleShot(0, self, self.fit)
        super().changeEvent(event)
