"""The ways besides the face, at the same price: a person with documents and card, a changed face, a branch."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.components import Card, IconView, Rule, SecondaryButton, label
from ui.components.labels import empty, set_role
from ui.translations import tr


class Way(StrEnum):
    """How a borrower proves who they are without the face, or with one that has changed."""

    MANUAL = "manual"
    CHANGED = "changed"
    BRANCH = "branch"


_ICONS: Final = {Way.MANUAL: "document", Way.CHANGED: "person", Way.BRANCH: "home"}


class WaysCard(Card):
    """One row a way: what it is, one sentence, one button. ``wanted`` comes with the way."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, compact: bool = False) -> None:
        """``compact``: only the buttons, side by side, for where the ways are not what is decided."""
        super().__init__(parent, padding=16 if compact else 20, spacing=10 if compact else 12)
        self._compact = compact
        self._heading = label("", "" if compact else "strong")
        self.body.addWidget(self._heading)
        across = QBoxLayout.Direction.LeftToRight if compact else QBoxLayout.Direction.TopToBottom
        self._rows = QBoxLayout(across)
        self._rows.setSpacing(12)
        self.body.addLayout(self._rows)
        self._ways: tuple[Way, ...] = ()
        self.buttons: dict[Way, SecondaryButton] = {}
        self._words: dict[Way, tuple[QLabel, QLabel]] = {}

    def show_ways(self, ways: Iterable[Way], *, lead: bool = False) -> None:
        """Offer these, in this order, in the language in force; with ``lead`` the first is the page's main action."""
        ways = tuple(ways)
        if ways != self._ways:
            self._ways = ways
            empty(self._rows)
            self.buttons, self._words = {}, {}
            for way in ways:
                self._rows.addWidget(self._button(way) if self._compact else self._row(way))
            if self._compact:
                self._rows.addStretch(1)
        self._heading.setText(tr("face_verification.ways.heading"))
        for place, button in enumerate(self.buttons.values()):
            set_role(button, "role", "primary" if lead and not place else "secondary")
        for way, button in self.buttons.items():
            name, text = (tr(f"face_verification.ways.{way.value}.{part}") for part in ("name", "text"))
            short = self._compact and way is Way.CHANGED
            button.setText(name if short else tr(f"face_verification.ways.{way.value}.choose"))
            button.setAccessibleDescription(f"{name}. {text}")
            if way in self._words:
                for view, said in zip(self._words[way], (name, text), strict=True):
                    view.setText(said)
        self._line_up()

    def _line_up(self) -> None:
        """Buttons side by side where there is room, else one under the other."""
        if self._compact and self.isVisible():
            needed = sum(button.sizeHint().width() + 12 for button in self.buttons.values()) + 32
            wide = QBoxLayout.Direction.LeftToRight
            self._rows.setDirection(wide if needed <= self.width() else QBoxLayout.Direction.TopToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._line_up()

    def _button(self, way: Way) -> SecondaryButton:
        button = self.buttons[way] = SecondaryButton()
        button.clicked.connect(lambda _=False: self.wanted.emit(way.value))
        return button

    def _row(self, way: Way) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(Rule())
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(IconView(_ICONS[way], "accent", 24), 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._words[way] = (label(""), label("", "small"))
        for text in self._words[way]:
            words.addWidget(text)
        row.addLayout(words, 1)
        row.addWidget(self._button(way), 0, Qt.AlignmentFlag.AlignVCenter)
        box.addLayout(row)
        return holder
