"""Before a signature or money moves: whether somebody else is at this computer, or told the borrower to do it.

Programs are looked for by name on this computer, and nothing of it leaves it. Where one controls or shows the screen,
or the borrower says that somebody told them to, the way on waits: whoever is led by the hand needs time more than
words.
A program that could show it, or a camera that is a program, is only said.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QWidget

from loanapp.domain.errors import LoanAppError
from loanapp.resource_files import read_toml
from ui.announce import announce
from ui.components import Banner, Dialog, LinkButton, PrimaryButton, Rule, SecondaryButton, label
from ui.messages import Level
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.help.diagnosis.onlookers import Onlookers
    from ui.operations import Busy
    from ui.pages.page import PageContext

_WIDTH: Final = 600
_A_SECOND_MS: Final = 1000


class Moment(StrEnum):
    """What is about to be done."""

    SIGNING = "signing"
    PAYOUT = "payout"
    CARD = "card"


def before(parent: QWidget, context: "PageContext", moment: Moment, go: Callable[[], object], busy: "Busy") -> None:
    """Look who else may be at this computer; ``go`` at once where nobody is, else after the pause and a yes."""

    def looked(found: "Onlookers") -> None:
        if not found.stop:
            go()
            return
        dialog = SafeMoment(parent, context, moment, found)
        dialog.accepted.connect(go)
        dialog.open()

    context.operations.run(look, looked, lambda _: go(), busy=busy)


def look() -> "Onlookers":
    """Who else may be at this computer; in a worker."""
    from loanapp.help.diagnosis import onlookers

    return onlookers.look()


def stop_words(found: "Onlookers") -> tuple[str, str]:
    """Title and text that name the programs that control or show the screen; empty where there are none."""
    titles = [
        tr(f"safe_moment.{key}", names=tr("safe_moment.and").join(one or tr("safe_moment.unnamed") for one in names))
        for key, names in (("found", found.remote), ("sharing", found.sharing))
        if names
    ]
    if not titles:
        return "", ""
    both = len(titles) > 1
    title = tr("safe_moment.both", first=titles[0], second=titles[1]) if both else titles[0]
    return title, tr("safe_moment.found_text" if found.remote else "safe_moment.sharing_text")


def meeting_words(found: "Onlookers") -> str:
    """What is said of programs that run and could show the screen; empty where there are none."""
    return tr("safe_moment.meetings", names=tr("safe_moment.and").join(found.meetings)) if found.meetings else ""


def camera_words(found: "Onlookers") -> str:
    """What is said of cameras that are programs; empty where there are none."""
    cameras = found.virtual_cameras
    return tr("safe_moment.cameras", names=tr("safe_moment.and").join(cameras)) if cameras else ""


class SafeNote(Banner):
    """Says on a page who may be looking on or could, and holds nothing up; hidden while nobody is."""

    def __init__(self, context: "PageContext") -> None:
        super().__init__(Level.INFORMATION)
        self._context = context
        self.found: Onlookers | None = None
        self.hide()

    def look(self) -> None:
        """Look anew, in a worker."""
        self._context.operations.run(look, self.show_found, lambda _: None)

    def show_found(self, found: "Onlookers") -> None:
        """Say this; the calm words too where there is more to say."""
        self.found = found
        title, text = stop_words(found)
        self.set_level(Level.STOP if found.stop else Level.INFORMATION)
        notes = (text,) if found.stop else (meeting_words(found), camera_words(found))
        self.say(title, "\n".join(filter(None, notes)))
        self.setVisible(found.stop or found.note)
        if found.stop:
            announce(self, self.accessibleName(), urgent=True)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "found") and self.found is not None:
            self.show_found(self.found)
        super().changeEvent(event)


class SafeMoment(Dialog):
    """A scam card that fits the moment. Without ``found`` it was opened by whoever was told to do this."""

    def __init__(
        self, parent: QWidget, context: "PageContext", moment: Moment, found: "Onlookers | None" = None
    ) -> None:
        super().__init__(parent, width=_WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._moment, self._found = context, moment, found
        self._may_go = self._looked_on
        self._told = not self._may_go
        self._policy = read_toml("policy", "safe_moments.toml")
        self._seconds = 0
        self._clock = QTimer(self)
        self._clock.setInterval(_A_SECOND_MS)
        self._clock.timeout.connect(self._tick)
        self.programs, self.note = Banner(Level.STOP), Banner(Level.INFORMATION)
        self.card, self.told_text = label(""), label("", "strong")
        self.phone, self.hours = label("", "money", selectable=True), label("", "muted")
        self.told, self.more = LinkButton(), LinkButton()
        self.told.clicked.connect(self._was_told)
        self.more.clicked.connect(self._open_help)
        for part in (self.programs, self.card, self.told_text, self.note, Rule(), self.phone, self.hours):
            self.body.addWidget(part)
        for link in (self.told, self.more):
            self.body.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.go_on, self.stop = SecondaryButton(), PrimaryButton()
        self.answers.addWidget(self.go_on)
        self.answers.addStretch(1)
        self.answers.addWidget(self.stop)
        self.go_on.clicked.connect(self.accept)
        self.stop.clicked.connect(self.reject)
        self._wait(self._policy["told_seconds" if self._told else "found_seconds"])
        self._retranslate()
        self.stop.setFocus()
        said = (self.programs.accessibleName(), self.told_text.text() if self._told else self.card.text())
        announce(self, " ".join(said), urgent=True)

    @property
    def seconds_left(self) -> int:
        """Until the way on opens."""
        return self._seconds

    @property
    def _looked_on(self) -> bool:
        return self._found is not None and self._found.stop

    def _wait(self, seconds: int) -> None:
        self._seconds = seconds
        if self._may_go:
            self._clock.start()

    def _tick(self) -> None:
        self._seconds = max(0, self._seconds - 1)
        if not self._seconds:
            self._clock.stop()
        self._show_countdown()

    def _was_told(self) -> None:
        """Somebody told them to: say it plainly, and wait longer."""
        self._told = True
        self._wait(self._policy["told_seconds"])
        self._retranslate()
        self.stop.setFocus()
        announce(self, self.told_text.text(), urgent=True)

    def _look_again(self) -> None:
        """Whoever has ended the program does not wait for it any longer."""
        self._context.operations.run(look, self._looked_again, busy=self)

    def _looked_again(self, found: "Onlookers") -> None:
        self._found = found
        if not found.stop and not self._told:
            self.accept()
            return
        self._retranslate()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """It is looked once at a time."""
        self.again.setEnabled(not busy)

    def show_problem(self, _error: LoanAppError | None) -> None:
        """What could not be looked at stays as it was found."""

    def _open_help(self) -> None:
        self.reject()
        self._context.messages.open_help("scam-screen-sharing" if self._looked_on else "scam-fake-staff")

    def done(self, result: int) -> None:
        """No answer is awaited any more."""
        self._clock.stop()
        self._context.operations.cancel_for(self)
        super().done(result)

    def _show_countdown(self) -> None:
        waiting = self._seconds > 0
        self.go_on.setVisible(self._may_go)
        self.go_on.setEnabled(not waiting)
        said = partial(tr, "safe_moment.go_in", count=self._seconds) if waiting else partial(tr, "safe_moment.go_on")
        self.go_on.setText(said())

    def _retranslate(self) -> None:
        self.set_heading(tr(f"safe_moment.{self._moment.value}_title"))
        self.programs.setVisible(self._looked_on)
        if self._found is not None:
            self.programs.say(*stop_words(self._found))
            self.note.say("", camera_words(self._found))
        self.note.setVisible(bool(self.note.text.text()))
        (self.again,) = self.programs.show_actions((tr("safe_moment.again"), self._look_again))
        self.card.setText(tr(f"safe_moment.{self._moment.value}_text"))
        self.told_text.setText(tr("safe_moment.told_text"))
        self.told_text.setVisible(self._told)
        self.told.setText(tr("safe_moment.told"))
        self.told.setVisible(not self._told)
        self.more.setText(tr("safe_moment.more"))
        self.stop.setText(tr("safe_moment.stop"))
        lender = self._context.journey.lender if self._context.journey is not None else None
        for part in (self.phone, self.hours):
            part.setVisible(lender is not None)
        if lender is not None:
            self.phone.setText(lender.support.phone)
            self.phone.setAccessibleName(" ".join(lender.support.phone))
            self.hours.setText(tr("safe_moment.person", hours=lender.support.hours))
        self._show_countdown()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "stop"):
            self._retranslate()
        super().changeEvent(event)
