"""The frame around every page: who lends, the road, the page, its help, and the lines that stay in sight.

It fills the program's one window (:mod:`ui.shell`), which is on the screen before this module is even imported.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page, place
from ui.announce import announce
from ui.components.frame_lines import BottomLine, TopLine
from ui.components.notice_area import NoticeArea
from ui.components.places import hold_places
from ui.components.step_line import StepLine
from ui.components.stepper import Stepper
from ui.failures import FailureCount
from ui.pages.page import JourneyPage, PageContext
from ui.pages.registry import load_ahead, make_page
from ui.reader_language import tell_language
from ui.reader_order import arrange
from ui.signing_out import ask_to_sign_out
from ui.step_views import step_views
from ui.translations import tr
from ui.window_keys import WindowKeys

if TYPE_CHECKING:
    from loanapp.client.answers import LenderProfile
    from ui.components.help_panel import HelpPanel
    from ui.components.toast import Toast
    from ui.help_desk import HelpDesk
    from ui.messages import Notice
    from ui.products import LocalLender
    from ui.reading_aloud import PageReader

# Width in px at 100 % below which the help folds by itself, and below which the stepper shows only its marks.
_ROOM_FOR_HELP = 1180
_ROOM_FOR_STEPPER = 880
# Below which a page beside its help would be narrower than the narrowest it is drawn for: then the help stands alone.
_ROOM_BESIDE_HELP = 920
_MARGIN = 32
_SIGNED_OUT = frozenset({ErrorCode.SIGNED_OUT, ErrorCode.SESSION_REUSED})
_MOVED_ON = frozenset({ErrorCode.NOT_ALLOWED_NOW, ErrorCode.OFFER_EXPIRED, ErrorCode.STEP_UP_NEEDED})


class MainWindow(QWidget):
    """Shows one page at a time; knows nothing of lender processes or drafts."""

    page_shown = Signal(object)
    unreachable = Signal()
    start_wanted = Signal()

    def __init__(self, context: PageContext, *, help_open: bool = True) -> None:
        super().__init__()
        self.context = context
        self.help_open = help_open
        self._pages: dict[Page, JourneyPage] = {}
        self._page: JourneyPage | None = None
        self._entered = self._covered = False
        self._application_id = ""
        self._lender: LenderProfile | None = None
        self._help: HelpPanel | None = None
        self._toast: Toast | None = None
        self._desk: HelpDesk | None = None
        self.failures = FailureCount()
        self._help_article = ""
        self._waiting: QWidget | None = None
        self._reader: PageReader | None = None
        self._local_lender: LocalLender | None = None
        self._build()
        self.keys = WindowKeys(self)
        self._retranslate()
        messages = context.messages
        messages.error.connect(self.notices.show_error)
        messages.notice.connect(self.notices.show_notice)
        messages.toast.connect(self._show_toast)
        messages.simulated_message.connect(self.notices.show_simulated_message)
        messages.help_wanted.connect(self.open_help)
        messages.support_wanted.connect(self._show_support)
        messages.error.connect(self._count_failure)
        context.theme.changed.connect(self._looks_changed)

    def _build(self) -> None:
        self.setProperty("ground", "paper")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.top = TopLine()
        self.top.help_wanted.connect(lambda: self.set_help_open(is_open=True))
        whole.addWidget(self.top)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self.stepper = Stepper()
        self.stepper.opened.connect(lambda page: self.open_again(Page(page)))
        self._middle.addWidget(self.stepper)
        self._column = QWidget()
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.step_line = StepLine()
        self.step_line.hide()
        self.step_line.again.clicked.connect(self._read_again)
        self.notices = NoticeArea()
        self.notices.fill_code.connect(self._fill_code)
        self.notices.copied.connect(lambda what: self.context.messages.show_toast("components.copied", what=what))
        self.notices.help_wanted.connect(self.open_help)
        self.notices.write_wanted.connect(self.write_to_support)
        self._above: list[QHBoxLayout] = []
        for widget in (self.step_line, self.notices):
            centred = QHBoxLayout()
            self._above.append(centred)
            centred.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
            centred.addStretch(1)
            centred.addWidget(widget, 1000)
            centred.addStretch(1)
            column.addLayout(centred)
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        self._middle.addWidget(self._column, 1)
        whole.addLayout(self._middle, 1)
        self.bottom = BottomLine()
        self.bottom.support_wanted.connect(self._show_support)
        self.bottom.sign_out_wanted.connect(lambda: ask_to_sign_out(self))
        self.bottom.sound_chosen.connect(self._set_sound)
        whole.addWidget(self.bottom)

    # Pages

    @property
    def page(self) -> JourneyPage | None:
        """The page in view."""
        return self._page

    def show_page(self, wanted: Page) -> JourneyPage:
        """Leave the page in view, enter ``wanted``."""
        if self._page is not None:
            self._page.leave()
        self._forget_what_was_before()
        page = self._pages.get(wanted)
        if page is None:
            page = make_page(wanted, self.context)
            page.completed.connect(self.show_page)
            page.open_page.connect(self.show_page)
            page.back_wanted.connect(self.go_back)
            page.scaffold.lined_up.connect(self._line_up)
            page.problem.connect(self._page_problem)
            page.problem.connect(self._count_failure)
            page.retry_wanted.connect(self.start_wanted)
            page.scaffold.titled.connect(lambda _, page=page: self._titled(page))
            self._pages[wanted] = page
            self.stack.addWidget(page)
        self._page = page
        self._entered = False
        self._drop_waiting()
        # Else Qt hands the focus on from one control to the next while pages change, and each would be read out.
        if (focus := self.focusWidget()) is not None and self.stack.isAncestorOf(focus):
            focus.clearFocus()
        self.stack.setCurrentWidget(page)
        self._line_up()
        page.scaffold.show_top()
        page.show_problem(None)
        page.show_errors(None)
        page.load()
        self._after_page_change(page)
        return page

    def _line_up(self) -> None:
        """Keep what stands above the page over its column while a scroll bar takes its share of the width."""
        if self._page is not None:
            for layout in self._above:
                layout.setContentsMargins(_MARGIN, 0, _MARGIN + self._page.scaffold.bar_width, 0)

    def _after_page_change(self, page: JourneyPage) -> None:
        earlier = any(place(other) < place(page.page_id) for other in self._revisitable())
        page.scaffold.back.setVisible(earlier)
        journey = self.context.journey
        self.bottom.show_signed_in(signed_in=journey is not None and journey.signed_in)
        self._show_steps()
        self._help_article = page.help_article()
        self._fit_width()
        self._show_title()
        if self.isVisible():
            QTimer.singleShot(0, self, lambda: self.enter(page))
        self._show_help()
        if (reader := self._page_reader()) is not None:
            reader.enter(page)
        load_ahead(page.page_id, self.context)
        self.page_shown.emit(page.page_id)

    def enter(self, page: JourneyPage) -> None:
        """Put the focus where ``page`` starts, and say to who listens where they are."""
        if self._page is page:
            arrange(self)
            page.focus_first()
            self._entered = True
            announce(page, " ".join(filter(None, (page.scaffold.title.text(), page.scaffold.lead.text()))))

    def _titled(self, page: JourneyPage) -> None:
        """A page says something else than before: an answer has come, or its next step."""
        if self._page is page:
            self._show_title()
            if self._entered and not self._covered:
                announce(page, page.scaffold.title.text())

    def _show_title(self) -> None:
        """The page in view names the window, as it does in the list of open windows; covered, nothing is told."""
        page, program = None if self._covered else self._page, tr("common.program")
        self.window().setWindowTitle(f"{page.window_name} · {program}" if page is not None else program)

    def set_covered(self, *, covered: bool) -> None:
        """Take everything out of sight, out of the title and out of hearing, or bring it back as it was."""
        self._covered = covered
        if self._reader is not None:
            self._reader.stop()
        self.setHidden(covered)
        self._show_title()

    def _forget_what_was_before(self) -> None:
        """Another application, or none any more: what pages show of the one before is nobody's to see."""
        application = self.context.journey.application if self.context.journey is not None else None
        now = application.id if application is not None else ""
        if self._application_id not in ("", now):
            self.forget_pages()
        self._application_id = now

    def forget_pages(self) -> None:
        """Throw every page away, with what it shows and what it waits for."""
        self._page = None
        for key in list(self._pages):
            self._drop(key)

    def _drop(self, key: Page) -> None:
        page = self._pages.pop(key)
        self.context.operations.cancel_for(page)
        self.stack.removeWidget(page)
        page.deleteLater()

    def show_waiting(self, key: str) -> None:
        """Say what is being done where the page will be: the sentences ``key`` and ``key_about``."""
        from ui.components.waiting_view import WaitingView

        self._drop_waiting()
        self._waiting = WaitingView(key)
        self.stack.addWidget(self._waiting)
        self.stack.setCurrentWidget(self._waiting)

    def _drop_waiting(self) -> None:
        if self._waiting is not None:
            self.stack.removeWidget(self._waiting)
            self._waiting.deleteLater()
            self._waiting = None

    def _revisitable(self) -> frozenset[Page]:
        journey = self.context.journey
        return journey.revisitable_pages() if journey is not None else frozenset()

    def open_again(self, page: Page) -> None:
        """Open a page that is done already."""
        if self._page is not None and self.context.journey is not None:
            journey = self.context.journey
            self.context.operations.run(lambda: journey.open_page(page), self.show_page, busy=self._page)

    def go_back(self) -> None:
        """Open the page before, if it may be opened."""
        if self._page is not None and self.context.journey is not None:
            self.context.operations.run(self.context.journey.go_back, self.show_page, busy=self._page)

    def _show_steps(self) -> None:
        here = self._page.page_id if self._page is not None else Page.COST
        views = step_views(here, self._revisitable())
        self.stepper.set_steps(views)
        at = next((number for number, view in enumerate(views, start=1) if view.state == "current"), 0)
        if at:
            self.step_line.show_step(at, len(views), views[at - 1].title)

    # Read aloud

    def _page_reader(self) -> "PageReader | None":
        """Who reads aloud, made when the large and simple mode first asks for it."""
        if not self.context.theme.large:
            if self._reader is not None:
                self._reader.stop()
            return None
        if self._reader is None:
            from ui.reading_aloud import PageReader

            self._reader = PageReader(self)
        return self._reader

    def _looks_changed(self) -> None:
        """The large and simple mode begins by reading the page in view, and ends in silence."""
        reader = self._page_reader()
        if reader is not None and self._page is not None and not reader.reading:
            reader.enter(self._page)
            reader.read()
        self._tell_sound()

    def _read_again(self) -> None:
        if (reader := self._page_reader()) is not None:
            reader.read()

    def _set_sound(self, on: bool) -> None:  # noqa: FBT001 - a slot
        if (reader := self._page_reader()) is not None:
            reader.set_sound(on=on)
        self._tell_sound()

    def _tell_sound(self) -> None:
        voice = self._reader.voice if self._reader is not None else None
        can = voice is not None and voice.available and self.context.theme.large
        on = voice is not None and voice.enabled
        self.bottom.show_sound(shown=can, on=on)
        self.step_line.again.setVisible(can and on)

    # Who lends

    def show_lender(self, lender: "LenderProfile | None") -> None:
        """Name the lender in the top line, from now on in both languages."""
        self._lender = lender
        self._retranslate_lender()

    def show_local_lender(self, lender: "LocalLender") -> None:
        """Name the lender of the installed profile, before anybody has answered."""
        self._local_lender = lender
        self._retranslate_lender()

    @property
    def lender(self) -> "LenderProfile | LocalLender | None":
        """Who lends: by their own answer, or by the installed profile until that has come."""
        return self._lender or self._local_lender

    def _retranslate_lender(self) -> None:
        lender = self.lender
        if lender is not None:
            name = self.context.translator.pick(lender.name)
            self.top.show_lender(name, lender.licence, simulated=lender.simulated)

    # Messages

    def _fill_code(self, code: str) -> None:
        if self._page is not None:
            self._page.take_code(code)

    def _page_problem(self, error: LoanAppError | None) -> None:
        if error is not None and error.code in _SIGNED_OUT and self.context.journey is not None:
            page = self.show_page(Page.SIGN_IN)
            with QSignalBlocker(page):
                page.show_problem(error)
        elif error is not None and error.code in {ErrorCode.LENDER_UNREACHABLE, ErrorCode.PROXY_REFUSED}:
            self.unreachable.emit()
        elif error is not None and error.code in _MOVED_ON:
            self._look_again(error if error.code is ErrorCode.STEP_UP_NEEDED else None)

    def _look_again(self, why: LoanAppError | None) -> None:
        """The application has moved on: show the page it stands on now, and say why, or that it moved."""
        journey = self.context.journey
        if journey is None:
            return

        def moved(page: Page) -> None:
            if self._page is not None and page is not self._page.page_id:
                self.show_page(page)
                self.context.messages.show_error(why or LoanAppError(ErrorCode.NOT_ALLOWED_NOW))

        # A second error would only hide the first, which the borrower still sees.
        self.context.operations.run(journey.refresh, moved, lambda _: None)

    def _show_toast(self, notice: "Notice") -> None:
        from ui.components.toast import Toast

        if self._toast is None:
            self._toast = Toast(self)
        over = self._page.scaffold.upper if self._page is not None else self.stack
        self._toast.say(tr(notice.key, **dict(notice.values)), over)

    def _show_support(self) -> None:
        lender = self.lender
        if lender is not None and self.context.theme.large:
            from ui.components.call_person import CallPerson

            where = self._page.scaffold.title.text() if self._page is not None else ""
            person = CallPerson(self, lender.support, where)
            person.write_wanted.connect(self.write_to_support)
            person.open()
            return
        self.notices.show_support(lender.support if lender is not None else None)

    def write_to_support(self) -> None:
        """Open what may be told to support."""
        from ui.support_desk import SupportDesk

        SupportDesk(self).open()

    # Help

    def open_help(self, article: str) -> None:
        """Open the help at an article, or at the article of an error code."""
        self._help_article = article
        self.set_help_open(is_open=True)
        self._show_help()

    def set_help_open(self, *, is_open: bool) -> None:
        """Unfold or fold; remembered for the next page."""
        self.help_open = is_open
        self._fit_width(asked=is_open)

    @property
    def help_panel(self) -> "HelpPanel | None":
        """The help, once it has been wanted."""
        return self._help

    def _show_help(self) -> None:
        if self._help is not None and self._desk is not None and not self._help.isHidden():
            self._desk.set_home(self._help_article)

    def check_computer(self) -> None:
        """Open the help at the checks of this computer."""
        self.set_help_open(is_open=True)
        if self._desk is not None:
            self._desk.check()

    def _count_failure(self, error: LoanAppError | None) -> None:
        """At the second failure of a kind that the computer may be to blame for, the checks offer themselves."""
        if error is not None and self.failures.again(error.code):
            self.notices.offer("common.check_offer", "common.check_offer_action", self.check_computer)

    def _fit_width(self, *, asked: bool = False) -> None:
        """Fold help and stepper where there is no room for them; what is asked for is always shown."""
        room = self.width() * 100 / self.context.theme.scale
        wide = self._page is not None and self._page.wide
        # Before the first page there is nothing to help with: an empty name would open the article on the unexpected.
        helpless = not self._help_article
        fold = (
            helpless
            or not self.help_open
            or (not asked and (wide or room < _ROOM_FOR_HELP or self.context.theme.large))
        )
        large = self.context.theme.large
        self.stepper.setHidden(large)
        self.step_line.setVisible(large)
        self.stepper.set_compact(compact=room < _ROOM_FOR_STEPPER or (not fold and room < _ROOM_FOR_HELP))
        if not fold and self._help is None:
            self._make_help()
        alone = not fold and self._help is not None and room < (_ROOM_FOR_HELP if wide else _ROOM_BESIDE_HELP)
        if self._help is not None:
            self._help.set_alone(alone=alone)
        if self._help is not None and self._help.isHidden() == (not fold):
            self._help.setVisible(not fold)
            if not fold:
                self._show_help()
        self._column.setHidden(alone)
        self.top.help.setVisible(fold and not helpless)

    def _make_help(self) -> None:
        if not self.isVisible():
            # The first picture of the window does not wait for an article from the disk.
            QTimer.singleShot(0, self, self._fit_width)
            return
        from ui.components.help_panel import HelpPanel
        from ui.help_desk import HelpDesk

        self._help = HelpPanel()
        self._help.hide()
        self._help.folded.connect(self.keys.fold_help)
        self._help.support_wanted.connect(self.write_to_support)
        self._desk = HelpDesk(self._help, self.context.operations, self.context.translator)
        self._middle.addWidget(self._help)

    # Qt

    def _retranslate(self) -> None:
        tell_language(self)
        self._show_title()
        self._retranslate_lender()
        self._show_steps()
        if self._desk is not None:
            self._desk.show_again()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            hold_places(self)
            self._retranslate()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "bottom"):
            QTimer.singleShot(0, self, self._fit_width)
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what has no room."""
        super().resizeEvent(event)
        self._fit_width()

    def leave(self) -> None:
        """Save what is typed: the window is closing."""
        if self._page is not None:
            self._page.leave()
