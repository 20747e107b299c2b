"""Getting ready: what helps, whether the lender can be reached, which camera, and whether to go more slowly."""

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QWidget

from ui.camera.camera_cards import CameraCards
from ui.camera.column import ColumnArea
from ui.camera.linked_line import AgreedLine, LinkedLine
from ui.camera.promises import Promises
from ui.components import EmptyState, FlowRow, IconView, LinkButton, Rule, label
from ui.theme import theme
from ui.translations import tr

# Wider than text: the pictures of two cameras stand side by side.
READY_COLUMN: Final = 840
_LARGE_TEXT: Final = 150


class Connection(StrEnum):
    """What the look at the connection found."""

    LOOKING = "looking"
    GOOD = "good"
    BAD = "bad"
    OUTDATED = "outdated"


CONNECTION_ICONS: Final = {
    Connection.LOOKING: ("running", "muted"),
    Connection.GOOD: ("done", "done"),
    Connection.BAD: ("offline", "look"),
    Connection.OUTDATED: ("look", "look"),
}


class _Tip(QWidget):
    def __init__(self, icon: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self.icon = IconView(icon, "accent", 22)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignVCenter)
        self.words = label("")
        row.addWidget(self.words, 1)


class ReadyStep(ColumnArea):
    """``search_wanted`` asks for the list of cameras again, ``flash_wanted`` for the question about the colours."""

    search_wanted = Signal()
    flash_wanted = Signal()
    _TIPS: Final = (("light", "sun"), ("uncovered", "face"), ("natural", "person"), ("steady", "seal"))

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, widest=READY_COLUMN)
        self.body.setSpacing(12)
        self.promises = Promises(centred=False)
        self.body.addWidget(self.promises)
        tips = QGridLayout()
        tips.setHorizontalSpacing(24)
        tips.setVerticalSpacing(10)
        self._tips = {tip: _Tip(icon) for tip, icon in self._TIPS}
        self._connection = _Tip("running")
        for place, tip in enumerate((*self._tips.values(), self._connection)):
            tips.addWidget(tip, place // 2, place % 2)
        for column in (0, 1):
            tips.setColumnStretch(column, 1)
        self.body.addLayout(tips)
        self.body.addWidget(Rule())
        self._make_switches()
        self.body.addWidget(Rule())
        self._make_cameras()
        self._make_foot()
        self.body.addStretch(1)
        self._state = Connection.LOOKING

    def _make_cameras(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        self._camera_name = label("", "strong")
        head.addWidget(self._camera_name, 1)
        self._again = LinkButton(icon="refresh")
        self._again.clicked.connect(self.search_wanted)
        head.addWidget(self._again)
        self.body.addLayout(head)
        self.cameras = CameraCards()
        self.body.addWidget(self.cameras)
        self._searching = label("", "muted")
        self.body.addWidget(self._searching)
        self._none = EmptyState("camera")
        self._none.hide()
        self.body.addWidget(self._none)

    def _make_switches(self) -> None:
        self._suggesting = self._decided = False
        self.slowly = QCheckBox()
        self.slowly.toggled.connect(self._decide)
        self._voice: QWidget = self.slowly
        self._switches = FlowRow(spacing=32)
        self._switches.add(self.slowly)
        self.body.addWidget(self._switches)

    def _make_foot(self) -> None:
        self._flash = LinkedLine("sun", "accent", "small-ink")
        self._flash.pressed.connect(self.flash_wanted)
        self.body.addWidget(self._flash)
        self.agreed = AgreedLine()
        self.body.addWidget(self.agreed)

    def add_voice(self, switch: QWidget) -> None:
        """Put the switch of the voice beside "more slowly"."""
        self._switches.add(switch)
        self._switches.close_up()
        self._voice = switch

    def _decide(self) -> None:
        self._decided = self._decided or not self._suggesting

    def _suggest_slowly(self) -> None:
        """Who reads large text is offered more time, until they say otherwise."""
        if not self._decided:
            self._suggesting = True
            self.slowly.setChecked(theme().scale >= _LARGE_TEXT)
            self._suggesting = False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "slowly"):
            self._suggest_slowly()

    def retranslate(self) -> None:
        """Change the words."""
        self.promises.retranslate()
        for tip, view in self._tips.items():
            view.words.setText(tr(f"face_verification.ready.{tip}"))
        self._camera_name.setText(tr("face_verification.ready.camera"))
        self.cameras.setAccessibleName(tr("face_verification.ready.camera"))
        self._again.setText(tr("face_verification.ready.again"))
        self._searching.setText(tr("face_verification.ready.searching"))
        self._none.say(tr("face_verification.ready.none"), tr("face_verification.ready.none_why"))
        self.slowly.setText(tr("face_verification.ready.slowly"))
        self._suggest_slowly()
        self.agreed.retranslate()
        self.show_connection(self._state)

    def show_connection(self, state: Connection) -> None:
        """Say what the look at the connection found."""
        self._state = state
        self._connection.icon.show_icon(*CONNECTION_ICONS[state])
        self._connection.words.setText(tr(f"face_verification.connection.{state.value}"))

    def show_flash(self, accepted: bool | None) -> None:  # noqa: FBT001 - what was answered
        """Say what was answered about the colours; ``None`` where the lender shows none."""
        self._flash.setVisible(accepted is not None)
        words = tr(f"face_verification.flash.{'will' if accepted else 'will_not'}")
        self._flash.say(words, tr("face_verification.flash.change"))

    def show_cameras(self, *, searching: bool, found: bool) -> None:
        """Say that cameras are looked for, or that there is none."""
        self._searching.setVisible(searching and not found)
        self._none.setVisible(not searching and not found)
        self.cameras.setVisible(found)
        self._again.setEnabled(not searching)
