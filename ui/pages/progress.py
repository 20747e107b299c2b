"""Waiting: what is checked now, what is done, how long it usually takes, and that the window may be closed."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from loanapp.client.answers import Application, ProgressState, WaitingFor
from loanapp.domain.errors import LoanAppError
from loanapp.domain.status import ApplicationStatus, BorrowerAction
from loanapp.journey.pages import Page
from ui.announce import announce
from ui.components import Banner, Card, CopyLink, ExpectedTime, FlowRow, ProgressLine, Rule, label
from ui.components.progress_line import ProgressState as LineState
from ui.formats import sentences
from ui.messages import Level
from ui.pages.page import JourneyPage
from ui.pages.status_watch import StatusWatch
from ui.translations import error_fix, error_sentence, tr

_MINUTE: Final = 60
_HOUR: Final = 3600


def usual_time(seconds: int) -> str:
    """A stretch of time as people say it."""
    if seconds < _MINUTE:
        return tr("progress.usual.seconds")
    if seconds < _HOUR:
        return tr("progress.usual.minutes", count=-(-seconds // _MINUTE))
    return tr("progress.usual.hours", count=-(-seconds // _HOUR))


def show_wait(wait: ExpectedTime, application: Application, now: Callable[[], datetime]) -> None:
    """How long the application has stood where it stands, and how long that usually takes; hidden where unknown."""
    seconds = application.expected_seconds
    wait.setVisible(seconds is not None and bool(application.timeline))
    if seconds is not None and application.timeline:
        usual = tr("progress.usual", time=usual_time(seconds))
        wait.begin(now, application.timeline[-1].at, seconds, usual)


class ProgressPage(JourneyPage):
    """Nothing to do here but to watch, to close the window, or to withdraw."""

    page_id = Page.PROGRESS

    def build(self) -> None:
        """A card of lines, and what the borrower may count on."""
        self._offline: LoanAppError | None = None
        self.scaffold.simulated.show()
        self.scaffold.illustration.show_drawing("waiting")
        self._card = Card(spacing=0)
        self._now = label("", "strong")
        self._card.body.addWidget(self._now)
        self._wait = ExpectedTime()
        self._card.body.addWidget(self._wait)
        self._card.body.addSpacing(12)
        self._lines: list[ProgressLine] = []
        self._rules: list[Rule] = []
        self.scaffold.add(self._card)
        self._who = label("")
        self.scaffold.add(self._who)
        self._close = Banner(Level.INFORMATION)
        self.scaffold.add(self._close)
        self._number = label("", "small", wrap=False, selectable=True)
        self._copy = CopyLink()
        self._copy.copied.connect(lambda what: self.context.messages.show_toast("components.copied", what=what))
        number = FlowRow(spacing=8)
        number.add(self._number)
        number.add(self._copy)
        number.close_up()
        self.scaffold.add(number)
        self.scaffold.body.addStretch(1)
        self._watch = StatusWatch(self.context, self._came, self._trouble, self.fail_load, self)
        self.scaffold.aside.clicked.connect(self.ask_withdraw)
        self.scaffold.primary.hide()

    def load(self) -> None:
        """Show what is known and go on asking."""
        self._show()
        self._watch.start()

    def leave(self) -> None:
        """Stop asking."""
        self._watch.stop()
        super().leave()

    def proceed(self) -> None:
        """Ask at once: the action shows only while the lender cannot be reached."""
        self._watch.ask_now()

    def focus_first(self) -> None:
        """The page itself, which says its title to who listens; there is nothing to press."""
        self.setFocus()

    def retranslate(self) -> None:
        """Change the words."""
        super().retranslate()
        self._show()

    def _application(self) -> Application | None:
        return self.context.journey.application if self.context.journey else None

    def _came(self, page: Page) -> None:
        if page is not self.page_id:
            self._watch.stop()
            self.done(page)
            return
        self._show()

    def _trouble(self, error: LoanAppError | None) -> None:
        self._offline = error
        self.scaffold.primary.setVisible(error is not None)
        self._say_how_it_goes()

    def _say_how_it_goes(self) -> None:
        error = self._offline
        self._close.set_level(Level.INFORMATION if error is None else Level.LOOK)
        if error is None:
            self._close.say("", tr("progress.may_close"))
            self._close.show_actions()
        else:
            self._close.say(error_sentence(error), sentences(error_fix(error), tr("progress.offline")))
            self._close.show_actions(self.way_to_help(error.code))

    def _show(self) -> None:
        application = self._application()
        self._say_how_it_goes()
        self.scaffold.aside.setText(tr("progress.withdraw"))
        if application is None:
            return
        self.tell_asked()
        title = {
            ApplicationStatus.IN_REVIEW: "progress.title.review",
            ApplicationStatus.NEEDS_MORE: "progress.title.more",
        }.get(application.status, "progress.title")
        self.scaffold.set_title(tr(title))
        self.setAccessibleName(tr(title))
        self._show_lines(application)
        who = application.waiting_for or WaitingFor.LENDER
        self._who.setText(tr(f"progress.{'asked.then' if application.asked is not None else f'who.{who.value}'}"))
        self._number.setText(tr("progress.number", number=application.number))
        self._copy.offer(tr("progress.number_name"), application.number)
        self.scaffold.aside.setVisible(application.allows(BorrowerAction.WITHDRAW))

    def _show_lines(self, application: Application) -> None:
        while len(self._lines) < len(application.progress):
            if self._lines:
                rule = Rule()
                self._rules.append(rule)
                self._card.body.addWidget(rule)
            line = ProgressLine()
            self._lines.append(line)
            self._card.body.addWidget(line)
        for line, known in zip(self._lines, application.progress, strict=False):
            line.set_text(tr(f"progress.step.{known.step.value}"))
            line.set_state(LineState(known.state.value))
        running = next((one for one in application.progress if one.state is ProgressState.RUNNING), None)
        self._now.setVisible(running is not None)
        if running is not None:
            now = tr("progress.now", what=tr(f"progress.doing.{running.step.value}"))
            if now != self._now.text() and self.isVisible():
                announce(self, now)
            self._now.setText(now)
        show_wait(self._wait, application, self.journey.clock.now)
