"""The ways besides the face, at the same price: a person, a changed face, the national service, a branch."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.components import Card, IconView, Rule, SecondaryButton, label
from ui.components.labels import empty, set_role
from ui.translations import tr


class Way(StrEnum):
    """How a borrower proves who they are without the face, or with one that has changed."""

    MANUAL = "manual"
    CHANGED = "changed"
    NETWORK = "network"
    BRANCH = "branch"
    CALL = "call"
    VISIT = "visit"


_ICONS: Final = {
    Way.MANUAL: "document",
    Way.CHANGED: "person",
    Way.NETWORK: "seal",
    Way.BRANCH: "home",
    Way.CALL: "phone",
    Way.VISIT: "home",
}


class WaysCard(Card):
    """One row a way: what it is, one sentence, one button. ``wanted`` comes with the way."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=12)
        self._heading = label("", "strong")
        self.body.addWidget(self._heading)
        self._rows = QVBoxLayout()
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
                self._rows.addWidget(self._row(way))
        self._heading.setText(tr("face_verification.ways.heading"))
        for place, (way, button) in enumerate(self.buttons.items()):
            set_role(button, "role", "primary" if lead and not place else "secondary")
            name, text = (tr(f"face_verification.ways.{way.value}.{part}") for part in ("name", "text"))
            button.setText(tr(f"face_verification.ways.{way.value}.choose"))
            button.setAccessibleDescription(f"{name}. {text}")
            for view, said in zip(self._words[way], (name, text), strict=True):
                view.setText(said)

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
