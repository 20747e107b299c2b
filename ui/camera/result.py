"""What came of it: a sentence, each reason with what helps, what to check again, and the ways on."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.camera.column import ColumnArea
from ui.camera.figures import DONE
from ui.camera.linked_line import SupportLine
from ui.camera.moving_drawing import MovingDrawing
from ui.camera.promises import Promises
from ui.camera.ways import Way, WaysCard
from ui.components import Banner, Card, IconView, LinkButton, Rule, label
from ui.components.labels import empty
from ui.messages import Level
from ui.theme import theme
from ui.translations import tr


@dataclass(frozen=True, slots=True)
class Reason:
    """What was amiss, what helps, and the code whose article says more."""

    what: str
    helps: str
    code: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything the result says. ``ways_first`` puts the other ways before the reasons, the first as the main action.

    ``promises`` shows the two sentences that stay in sight wherever something is given to a person or a camera;
    ``help_code`` is the code whose article says more about what the banner says.
    ``recheck`` are fields of the identity document as (name, value); ``causes`` are sentences about what may have
    changed a face; ``checking`` says that the connection is being looked at, ``connection`` what was found.
    """

    level: Level
    title: str = ""
    text: str = ""
    help_code: str = ""
    reasons: tuple[Reason, ...] = ()
    causes: tuple[str, ...] = ()
    recheck: tuple[tuple[str, str], ...] = ()
    connection: tuple[tuple[str, str, str], ...] = ()
    note: str = ""
    ways: tuple[Way, ...] = ()
    ways_first: bool = False
    support: bool = False
    promises: bool = False


class ResultStep(ColumnArea):
    """Shows an :class:`Outcome`; the score is never among it, because it never comes here."""

    way_wanted = Signal(str)
    help_wanted = Signal(str)
    recheck_wanted = Signal()
    support_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.help_buttons: list[LinkButton] = []
        self.promises = Promises(centred=False)
        self.body.addWidget(self.promises)
        self._drawing = MovingDrawing(side=132)
        self.body.addWidget(self._drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        self._banner = Banner(Level.LOOK)
        self.body.addWidget(self._banner)
        self._above = WaysCard()
        self.body.addWidget(self._above)
        self._heading = label("", "heading")
        self.body.addWidget(self._heading)
        self._card = Card(padding=20, spacing=14)
        self.body.addWidget(self._card)
        self._make_causes()
        self._make_recheck()
        self._connection = Card(padding=20, spacing=12)
        self.body.addWidget(self._connection)
        self._note = label("", "muted")
        self.body.addWidget(self._note)
        self._below = WaysCard()
        self.body.addWidget(self._below)
        self._support = SupportLine()
        self._support.pressed.connect(self.support_wanted)
        self.support = self._support.button
        self.body.addWidget(self._support)
        self.body.addStretch(1)
        for ways in (self._above, self._below):
            ways.wanted.connect(self.way_wanted)

    def _make_causes(self) -> None:
        self._causes = Card(padding=20, spacing=8)
        self._causes_name = label("", "strong")
        self._causes.body.addWidget(self._causes_name)
        self._causes_rows = QVBoxLayout()
        self._causes_rows.setSpacing(6)
        self._causes.body.addLayout(self._causes_rows)
        self.body.addWidget(self._causes)

    def _make_recheck(self) -> None:
        self._recheck = Card(padding=20, spacing=10)
        self._recheck_name = label("", "strong")
        self._recheck.body.addWidget(self._recheck_name)
        self._fields = QGridLayout()
        self._fields.setHorizontalSpacing(20)
        self._fields.setVerticalSpacing(6)
        self._fields.setColumnStretch(1, 1)
        self._recheck.body.addLayout(self._fields)
        self.go_back = LinkButton()
        self.go_back.clicked.connect(self.recheck_wanted)
        self._recheck.body.addWidget(self.go_back, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._recheck)

    @property
    def way_buttons(self) -> dict[Way, QWidget]:
        """The buttons of the other ways that are in sight."""
        card = self._above if not self._above.isHidden() else self._below
        return dict(card.buttons) if not card.isHidden() else {}

    @property
    def leading_way(self) -> QWidget | None:
        """The button of the way that is the main action; ``None`` where the page's own button is."""
        return next(iter(self._above.buttons.values()), None) if not self._above.isHidden() else None

    def show_outcome(self, outcome: Outcome) -> None:
        """Show it, in the language it is written in."""
        self.promises.retranslate()
        self.promises.setVisible(outcome.promises)
        passed = outcome.level is Level.DONE
        self._drawing.setVisible(passed)
        self._drawing.set_reduced_motion(theme().reduced_motion)
        self._drawing.show_drawing(DONE if passed else None, theme().colour("done"))
        self._banner.set_level(outcome.level)
        self._banner.say(outcome.title, outcome.text)
        self._show_help(outcome)
        self._banner.setVisible(bool(outcome.title or outcome.text))
        self._show_reasons(outcome.reasons)
        self._show_causes(outcome.causes)
        self._show_recheck(outcome.recheck)
        self._show_connection(outcome.connection)
        self._note.setText(outcome.note)
        self._note.setVisible(bool(outcome.note))
        for card, shown in ((self._above, outcome.ways_first), (self._below, not outcome.ways_first)):
            card.setVisible(shown and bool(outcome.ways))
            card.show_ways(outcome.ways if shown else (), lead=outcome.ways_first)
        self._support.setVisible(outcome.support)
        self._support.retranslate()
        self.verticalScrollBar().setValue(0)

    def _show_help(self, outcome: Outcome) -> None:
        """The article about what the banner says, one press away."""
        words = tr("face_verification.reason_help")
        ways = [(words, lambda: self.help_wanted.emit(outcome.help_code))] if outcome.help_code else []
        self.help_buttons = list(self._banner.show_actions(*ways))
        for more in self.help_buttons:
            more.setAccessibleName(f"{words}: {outcome.title or outcome.text}")

    def _show_reasons(self, reasons: Sequence[Reason]) -> None:
        empty(self._card.body)
        for place, reason in enumerate(reasons):
            if place:
                self._card.body.addWidget(Rule())
            self._card.body.addWidget(self._reason_row(reason))
        self._heading.setText(tr("face_verification.reasons"))
        self._heading.setVisible(bool(reasons))
        self._card.setVisible(bool(reasons))

    def _reason_row(self, reason: Reason) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(reason.what, "strong"))
        words.addWidget(label(reason.helps, "muted"))
        row.addLayout(words, 1)
        more = LinkButton(tr("face_verification.reason_help"))
        more.setAccessibleName(f"{more.text()}: {reason.what}")
        more.clicked.connect(lambda _=False: self.help_wanted.emit(reason.code))
        self.help_buttons.append(more)
        row.addWidget(more, 0, Qt.AlignmentFlag.AlignVCenter)
        return holder

    def _show_causes(self, causes: Sequence[str]) -> None:
        empty(self._causes_rows)
        for cause in causes:
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            row.addWidget(label("·", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label(cause), 1)
            self._causes_rows.addWidget(holder)
        self._causes_name.setText(tr("face_verification.causes.title"))
        self._causes.setVisible(bool(causes))

    def _show_recheck(self, fields: Sequence[tuple[str, str]]) -> None:
        empty(self._fields)
        for place, (name, value) in enumerate(fields):
            self._fields.addWidget(label(name, "muted", wrap=False), place, 0)
            self._fields.addWidget(label(value), place, 1)
        self._recheck_name.setText(tr("face_verification.recheck.title"))
        self.go_back.setText(tr("face_verification.recheck.back"))
        self._recheck.setVisible(bool(fields))

    def _show_connection(self, lines: Sequence[tuple[str, str, str]]) -> None:
        empty(self._connection.body)
        for icon, token, words in lines:
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(10)
            row.addWidget(IconView(icon, token, 20), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label(words), 1)
            self._connection.body.addWidget(holder)
        self._connection.setVisible(bool(lines))
