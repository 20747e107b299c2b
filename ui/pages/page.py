"""The one contract of a page: title, complete or what is missing, busy, where the focus starts, its help."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, runtime_checkable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from loanapp.domain.clock import Clock, SystemClock
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.status import ApplicationStatus
from loanapp.journey.pages import Page
from ui.announce import announce
from ui.components.buttons import PrimaryButton, SecondaryButton
from ui.components.error_summary import FieldError
from ui.components.fields import Field
from ui.components.page_scaffold import PageScaffold
from ui.composition import is_composing
from ui.messages import MessageBridge
from ui.operations import Operation, Operations
from ui.theme import Theme
from ui.translations import Texts, Translator, error_fix, error_sentence, tr
from ui.window_keys import BACK, GO_ON

if TYPE_CHECKING:
    from loanapp.journey.journey import Journey
    from ui.demonstration import DemonstrationKit

_SAVE_AFTER_MS = 250
# What comes sooner needs no stand-in: it would only flicker.
_SKELETON_AFTER_MS = 200
# What is over sooner is not worth a word.
_SAY_BUSY_AFTER_MS = 700

_COMPUTERS_CLOCK = SystemClock()

T = TypeVar("T")


@runtime_checkable
class _Marked(Protocol):
    """What says beside itself what is wrong with it: a field, a question."""

    error: QLabel

    def set_error(self, text: str | None) -> None: ...


@dataclass(slots=True)
class PageContext:
    """What every page works with; the window makes one. ``journey`` is there before any page but the first loads."""

    journey: "Journey | None"
    operations: Operations
    messages: MessageBridge
    translator: Translator
    theme: Theme
    demonstration: "DemonstrationKit | None" = None
    clock: Clock = _COMPUTERS_CLOCK
    lock_minutes: int = 5


class JourneyPage(QWidget):
    """Base of all pages. A subclass sets ``page_id``, builds its widgets in ``build`` and fills them in ``load``.

    Words: ``<page_id>.title`` and ``<page_id>.lead`` of the translations, and whatever ``self.texts.bind`` binds.
    """

    page_id: ClassVar[Page]
    wide: ClassVar[bool] = False
    scrolls: ClassVar[bool] = True

    completed = Signal(object)
    """The page is done; carries the :class:`Page` to show next."""
    open_page = Signal(object)
    """The borrower wants to see another page, done already."""
    back_wanted = Signal()
    busy_changed = Signal(bool)
    problem = Signal(object)
    retry_wanted = Signal()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.texts = Texts()
        self._busy = 0
        self._give_focus_back = False
        self._unsaved = False
        self._problem: LoanAppError | None = None
        self._load_failed = False
        self._fetching: Operation | None = None
        self._loading = False
        self.at_work: PrimaryButton | SecondaryButton | None = None
        self._errors: list[FieldError] = []
        self._find_errors: Callable[[], Sequence[FieldError]] | None = None
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._save_timer.setInterval(_SAVE_AFTER_MS)
        self._save_timer.timeout.connect(self.save_now)
        self._skeleton_timer = QTimer(self)
        self._skeleton_timer.setSingleShot(True)
        self._skeleton_timer.setInterval(_SKELETON_AFTER_MS)
        self._skeleton_timer.timeout.connect(lambda: self.show_skeleton(shown=True))
        self._busy_timer = QTimer(self)
        self._busy_timer.setSingleShot(True)
        self._busy_timer.setInterval(_SAY_BUSY_AFTER_MS)
        self._busy_timer.timeout.connect(lambda: announce(self, tr("common.working")))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.scaffold = PageScaffold(wide=self.wide, scrolls=self.scrolls)
        box.addWidget(self.scaffold)
        self.scaffold.back.clicked.connect(self.back_wanted)
        self.scaffold.primary.clicked.connect(lambda: self._by_hand(self.proceed))
        self.build()
        for field in self.findChildren(Field):
            field.help_wanted.connect(context.messages.open_help)
        self.retranslate()

    # What a subclass fills in

    def build(self) -> None:
        """Make the widgets; called once."""

    def load(self) -> None:
        """Enter the page: read the journey, show what is remembered."""

    def leave(self) -> None:
        """Leave the page; what is typed is saved, timers and sources are stopped, an answer awaited is dropped."""
        self._drop_fetching()
        self.save_now()

    def values(self) -> Mapping[str, str]:
        """What is typed, by name; saved in the encrypted draft."""
        return {}

    @property
    def window_name(self) -> str:
        """The title as the list of open windows may show it: a figure of the borrower's stays in the page."""
        title = self.scaffold.title.text()
        return tr(f"common.step_name_{self.page_id.value}") if any(map(str.isdigit, title)) else title

    def missing(self) -> list[str]:
        """Sentences about what is still missing; empty when the page is complete."""
        return []

    def proceed(self) -> None:
        """Do the main action."""

    def take_code(self, code: str) -> None:
        """Take the code of a simulated message, where this page has a field for one."""

    @property
    def speaks_itself(self) -> bool:
        """Whether the page has a voice of its own at the moment, which nothing else may talk over."""
        return False

    def focus_first(self) -> None:
        """Put the focus where the borrower starts."""
        if self._load_failed and not self.scaffold.primary.isVisible():
            self.scaffold.problem.focus_first_way()
        else:
            self.scaffold.primary.setFocus()

    def help_article(self) -> str:
        """The id of the article beside this page."""
        return f"page-{self.page_id.value}"

    def retranslate(self) -> None:
        """Change every word to the language in force; what is typed stays."""
        title, lead = f"{self.page_id.value}.title", f"{self.page_id.value}.lead"
        self.scaffold.set_title(tr(title), tr(lead) if self.context.translator.has(lead) else "")
        self.scaffold.back.setText(tr("common.back"))
        self.scaffold.primary.setText(tr(f"{self.page_id.value}.action"))
        self.scaffold.back.setToolTip(BACK)
        self.scaffold.primary.setToolTip(GO_ON)
        self.setAccessibleName(self.scaffold.title.text())
        self.texts.apply()
        self.tell_asked()
        if self.busy:
            self.scaffold.set_note(tr("common.working"))
        self._say_errors_again()
        if self._problem is not None:
            self.tell_problem(self._problem)
            self._say_meanwhile()

    # What every page has

    @property
    def journey(self) -> "Journey":
        """The journey; asked for only once it is there."""
        if self.context.journey is None:
            raise RuntimeError("the journey is not open yet")
        return self.context.journey

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing()

    @property
    def busy(self) -> bool:
        """Whether an operation of this page is under way."""
        return self._busy > 0

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """Count operations; the main action waits while one is under way."""
        self._busy = max(0, self._busy + (1 if busy else -1))
        primary = self.scaffold.primary
        if self.at_work is not None:
            # While a page is only being filled, no button is at work.
            self.at_work.set_busy(self.busy and not self._loading)
            self.at_work = self.at_work if self.busy else None
        if self.busy and primary.hasFocus():
            # Before it is disabled: else Qt hands the focus on to a field, which a reader would read out.
            self._give_focus_back = True
            self.setFocus()
        primary.setEnabled(not self.busy)
        if not self.busy and self._give_focus_back:
            self._give_focus_back = False
            if self.hasFocus():
                primary.setFocus()
        self.scaffold.set_note(tr("common.working") if self.busy else "")
        if not self.busy:
            self._busy_timer.stop()
        elif not self._busy_timer.isActive():
            self._busy_timer.start()
        self.busy_changed.emit(self.busy)

    def _by_hand(self, act: Callable[[], object]) -> None:
        """Do what the borrower asked for by the main action, which shows that it is at work."""
        self.at_work = self.scaffold.primary
        act()
        if not self.busy:
            self.at_work = None

    def show_problem(self, error: LoanAppError | None) -> None:
        """Show what went wrong above the page, with what to do and its help article; ``None`` takes it away."""
        self._load_failed = False
        self.scaffold.illustration.show_instead("")
        self._set_problem(error)
        self._say_meanwhile()

    def _set_problem(self, error: LoanAppError | None) -> None:
        self._problem = error
        self.tell_problem(error)
        if error is not None:
            self.scaffold.show_top()
            announce(self.scaffold.problem, self.scaffold.problem.accessibleName(), urgent=True)
        self.problem.emit(error)

    def tell_problem(self, error: LoanAppError | None) -> None:
        """Say it in the language in force; nobody but the borrower is told."""
        banner = self.scaffold.problem
        banner.setVisible(error is not None)
        if error is not None:
            banner.say(error_sentence(error), error_fix(error))
            banner.show_actions(
                *([(tr("common.retry"), self.load_again)] if self._load_failed else []),
                self.way_to_help(error.code),
            )

    def way_to_help(self, code: ErrorCode) -> tuple[str, Callable[[], object]]:
        """The words and the act that open the article on ``code`` beside the page."""
        return tr("common.open_help"), lambda: self.context.messages.open_help(code.value)

    # What a page shows comes from the lender

    def fetch(self, work: Callable[[], T], on_done: Callable[[T], object]) -> None:
        """Ask for what the page shows; where it does not come, the page says why and offers to ask again."""
        self._drop_fetching()
        self._loading = True
        self._skeleton_timer.start()

        def came(found: T) -> None:
            self._end_loading()
            on_done(found)

        self._fetching = self.context.operations.run(work, came, self.fail_load, busy=self)

    def _drop_fetching(self) -> None:
        fetching, self._fetching = self._fetching, None
        if fetching is not None:
            fetching.cancel()
        self._end_loading()

    def _end_loading(self) -> None:
        self._loading = False
        self._skeleton_timer.stop()
        self.show_skeleton(shown=False)

    def show_skeleton(self, *, shown: bool) -> None:
        """Show grey bars where the lender's answer will be, or put them away."""
        self.scaffold.show_skeleton(shown=shown)

    def fail_load(self, error: LoanAppError) -> None:
        """What the page shows did not come: say why, with a way to ask again."""
        self._end_loading()
        self._load_failed = True
        self._set_problem(error)
        self.scaffold.illustration.show_instead("offline" if error.code is ErrorCode.LENDER_UNREACHABLE else "")
        self.scaffold.set_note("")
        self._say_meanwhile()
        at_work = QApplication.focusWidget()
        if self.isVisible() and (at_work is None or self.isAncestorOf(at_work)):
            self.focus_first()

    def _say_meanwhile(self) -> None:
        """Nobody has to sit before an empty page: what stays as it is, and whom to call."""
        lender = self.context.journey.lender if self.context.journey is not None else None
        problem = self._problem.code if self._load_failed and self._problem is not None else None
        said = lender.support if lender is not None and problem is ErrorCode.LENDER_UNREACHABLE else None
        self.scaffold.meanwhile.setVisible(said is not None)
        if said is not None:
            self.scaffold.meanwhile.setText(tr("common.meanwhile", phone=said.phone, hours=said.hours))

    @property
    def load_failed(self) -> bool:
        """Whether what the page shows did not come."""
        return self._load_failed

    def load_again(self) -> None:
        """Ask once more for what the page shows."""
        self.show_problem(None)
        self.load()

    def show_errors(self, find: Callable[[], Sequence[FieldError]] | None) -> bool:
        """Sum up what is to be mended, with the focus there; ``True`` when there is something.

        ``find`` looks for it now, and again when the language changes; ``None`` takes the summary away.
        """
        self._find_errors = find
        self._errors = list(find()) if find is not None else []
        self.scaffold.error_summary.show_errors(self._errors)
        if self._errors:
            self.scaffold.show_top()
        return bool(self._errors)

    def _say_errors_again(self) -> None:
        """In the language in force; what has been mended since is left out, and the focus stays where it is."""
        if not self._errors or self._find_errors is None:
            return
        parts = [part for part in self.findChildren(QWidget) if isinstance(part, _Marked)]
        marked = [part for part in parts if part.error.text()]
        told = {id(error.widget) for error in self._errors}
        self._errors = [error for error in self._find_errors() if id(error.widget) in told]
        for part in parts:
            if part not in marked:
                part.set_error(None)
        self.scaffold.error_summary.show_errors(self._errors, take_focus=False)

    def reject(self, error: LoanAppError, fields: Mapping[str, Field]) -> None:
        """Show a refusal beside the fields it names, and in the summary; what names no field goes above the page."""
        named: Mapping[str, ErrorCode] = getattr(error, "fields", {})
        known = [(fields[name], LoanAppError(code, **error.details)) for name, code in named.items() if name in fields]
        self.mark(*known)
        self.show_problem(None if known else error)

    def mark(self, *refused: tuple[Field, LoanAppError]) -> None:
        """Say beside each field, and in the summary, why it was refused, until it is changed."""
        untouched = {id(field): field.text() for field, _ in refused}

        def find() -> list[FieldError]:
            errors = []
            for field, error in refused:
                if field.text() == untouched[id(field)]:
                    field.set_error(error_sentence(error))
                    errors.append(FieldError(error_sentence(error), field.editor))
            return errors

        self.show_errors(find)

    def tell_can_go_on(self) -> None:
        """Say to who listens that what had to be waited for is there, and the main action can be pressed."""
        announce(self, tr("common.can_go_on", action=self.scaffold.primary.text()))

    def done(self, page: Page) -> None:
        """Go on to ``page``."""
        self.show_problem(None)
        self.show_errors(None)
        self.completed.emit(page)

    def ask_withdraw(self) -> None:
        """Withdraw the application, if the borrower says so twice."""
        from ui.pages.confirm import Question, ask

        words = Question(*(f"progress.withdraw.{part}" for part in Question._fields))
        ask(self, words, lambda: self.context.operations.run(self.journey.withdraw, self.done, busy=self))

    def remember_soon(self) -> None:
        """Save what is typed, shortly after the last change."""
        self._unsaved = True
        self._save_timer.start()

    def all_saved(self) -> None:
        """What the fields show is what is remembered: nothing to save until the next change."""
        self._save_timer.stop()
        self._unsaved = False

    def save_now(self) -> None:
        """Save what is typed at once, off the GUI thread."""
        self._save_timer.stop()
        journey = self.context.journey
        if not self._unsaved or journey is None:
            return
        self._unsaved = False
        values = dict(self.values())
        self.context.operations.save(lambda: journey.remember(self.page_id, values))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button with the focus; from a field, or a choice already made, it does the main action."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            focus = self.focusWidget()
            if is_composing(focus):
                return
            chosen = isinstance(focus, QRadioButton) and focus.isChecked()
            if isinstance(focus, QAbstractButton) and not chosen:
                focus.click()
                return
            if chosen and self.scaffold.primary.isVisible() and self.scaffold.primary.isEnabled():
                self._by_hand(self.proceed)
                return
            if isinstance(focus, QLineEdit | QPlainTextEdit) and not self.busy:
                self._by_hand(lambda: self.enter_pressed(focus))
                return
        super().keyPressEvent(event)

    def enter_pressed(self, _field: QWidget) -> None:
        """Enter in a field does the main action."""
        self.proceed()

    def tell_asked(self) -> None:
        """Say what a member of the lender's staff asks for, where one does."""
        journey = self.context.journey
        application = journey.application if journey is not None else None
        if journey is None or application is None or application.asked is None:
            self.scaffold.asked.hide()
            return
        from ui.pages.asked import show_asked

        support = journey.lender.support if journey.lender is not None else None
        show_asked(self.scaffold.asked, application, support)
        filling = application.status is ApplicationStatus.NEEDS_MORE
        way = ("progress.withdraw", self.ask_withdraw) if filling else ("progress.asked.move", self.ask_move)
        self.scaffold.asked.show_actions((tr(way[0]), way[1]))

    def ask_move(self) -> None:
        """Ask for another time for the visit that staff booked."""
        from ui.pages.move_visit import MoveVisitDialog

        dialog = MoveVisitDialog(self, self.context)
        dialog.accepted.connect(self.tell_asked)
        dialog.open()

    def showEvent(self, event: QShowEvent) -> None:
        """Whoever comes to the page reads it."""
        self.tell_asked()
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
