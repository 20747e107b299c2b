"""The cost table in front of everything: read to its end and for the time the rules ask, or put away for later."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from loanapp.client.answers import CostDisclosure
from ui.announce import announce
from ui.components import Dialog, PrimaryButton, SecondaryButton, label
from ui.components.reading_ring import ReadingRing
from ui.pages.disclosure_sheet import SHEET_WIDTH, DisclosureSheet
from ui.translations import tr

_END_TOLERANCE_PX: Final = 12
_SETTLE_MS: Final = 200


class DisclosureDialog(Dialog):
    """Modal for the whole program, as the rule has it, and no trap: Escape and "later" put it away at any moment.

    Confirming waits for two things, and says which: the end of the sheet in sight, and the reading time. ``confirmed``
    comes with the seconds it was on screen and whether the end was reached.
    """

    confirmed = Signal(float, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width=SHEET_WIDTH + 80)
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self._table: CostDisclosure | None = None
        self._end_reached = False
        self._busy = False
        self.heading.hide()  # the sheet has it
        self.sheet = DisclosureSheet()
        self.body.setContentsMargins(16, 16, 16, 16)
        self.body.addWidget(self.sheet)
        self.scroll = self._area
        self.scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scroll.setProperty("reading", "true")
        self.later, self.confirm = SecondaryButton(), PrimaryButton()
        self.note = label("", "small")
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.ring = ReadingRing(self.confirm)
        beside = QVBoxLayout()  # in one line with the button inside the ring
        beside.setContentsMargins(0, self.ring.layout().contentsMargins().top(), 0, 0)
        beside.addWidget(self.later, 0, Qt.AlignmentFlag.AlignTop)
        self.answers.addLayout(beside)
        self.answers.addWidget(self.note, 1)
        self.answers.addWidget(self.ring)
        for button in (self.later, self.confirm):
            button.setAutoDefault(False)  # Enter, pressed while reading, does nothing
        self.later.clicked.connect(self.reject)
        self.confirm.clicked.connect(self._confirm)
        self.ring.changed.connect(self._follow)
        # A new sheet finds its height over a few events; until then its end only seems to be in sight.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._scrolled)
        bar = self.scroll.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(lambda *_: self._settled.start())
        self._retranslate()

    def show_table(self, table: CostDisclosure, seconds: float) -> None:
        """A table to read, for at least so many seconds; they run while it is on screen."""
        self._table, self._end_reached = table, False
        self.sheet.write(table)
        self.scroll.verticalScrollBar().setValue(0)
        self.ring.begin(seconds)
        self._follow()

    def forget(self) -> None:
        """No table, and nothing read."""
        self._table, self._end_reached = None, False
        self._settled.stop()
        self.hide()

    def focus_first(self) -> None:
        """The sheet itself, so that the arrow keys and End read it."""
        self.scroll.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as of a page
        """While the answer to a confirmation is on its way, there is nothing to press."""
        self._busy = busy
        self._follow()

    @property
    def end_reached(self) -> bool:
        """Whether the last line has been in sight."""
        return self._end_reached

    @property
    def scrolls_on(self) -> bool:
        """Whether there is more of the sheet than the window shows."""
        return self.scroll.verticalScrollBar().maximum() > 0

    def missing(self) -> str:
        """What confirming still waits for."""
        left = self.ring.seconds_left
        if left and not self._end_reached:
            return tr("cost_disclosure.wait.both", count=left)
        if left:
            return tr("cost_disclosure.wait.seconds", count=left)
        return "" if self._end_reached else tr("cost_disclosure.wait.end")

    def _confirm(self) -> None:
        if self._table is not None and not self.missing() and not self._busy:
            self.confirmed.emit(self.ring.seconds_on_screen, self._end_reached)

    def _scrolled(self) -> None:
        if self._table is None or not self.isVisible():
            return
        bar = self.scroll.verticalScrollBar()
        if bar.value() >= bar.maximum() - _END_TOLERANCE_PX and not self._settled.isActive():
            self._end_reached = True
            self._follow()

    def _follow(self) -> None:
        missing = self.missing() if self._table is not None else tr("common.working")
        ready = not missing and not self._busy
        if self.confirm.isEnabled() != ready:
            self.confirm.setEnabled(ready)
            if ready and self.isVisible():
                announce(self, tr("common.can_go_on", action=self.confirm.text()))
        self.note.setText(missing or tr("cost_disclosure.ready"))

    def _retranslate(self) -> None:
        self.set_heading(tr("cost_disclosure.sheet.title"))
        self.later.setText(tr("cost_disclosure.later"))
        self.confirm.setText(tr("cost_disclosure.action"))
        self.scroll.setAccessibleName(tr("cost_disclosure.sheet.title"))
        self.scroll.setAccessibleDescription(f"{tr('cost_disclosure.keys')} {tr('cost_disclosure.later_hint')}")
        self.later.setAccessibleDescription(tr("cost_disclosure.later_hint"))
        if self._table is not None:
            self.sheet.write(self._table)
        self._follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End beside the keys a scroll area knows by itself; Enter presses the button with the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QAbstractButton) and not event.isAutoRepeat():
                focus.click()
            return
        bar = self.scroll.verticalScrollBar()
        goals = {Qt.Key.Key_Home: bar.minimum(), Qt.Key.Key_End: bar.maximum()}
        if (goal := goals.get(Qt.Key(event.key()))) is not None:
            bar.setValue(goal)
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin, or go on, at the sheet."""
        super().showEvent(event)
        self._settled.start()
        self.focus_first()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; what was read stays read."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_settled"):
            self._retranslate()
        super().changeEvent(event)
