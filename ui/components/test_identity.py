"""A row that lets somebody without a card of their own take one of the demonstration's test people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QStyledItemDelegate, QVBoxLayout, QWidget

from loanapp.domain.localised import LocalisedText
from ui.components.buttons import SecondaryButton
from ui.components.flow_row import FlowRow
from ui.components.labels import SimulatedTag, label
from ui.rare_characters import prepare_for
from ui.translations import tr, translator

if TYPE_CHECKING:
    from ui.demonstration import DemonstrationPerson


_NOTE: Final = Qt.ItemDataRole.UserRole.value + 1
_EDGES: Final = 48


class _NameAndNote(QStyledItemDelegate):
    """In the open list a person stands with what they lead to; closed, the name is enough."""

    def displayText(self, value: object, _locale: object) -> str:
        """As the list writes it."""
        parent = self.parent()
        box = parent if isinstance(parent, QComboBox) else None
        place = box.findText(str(value)) if box is not None else -1
        note = box.itemData(place, _NOTE) if box is not None and place >= 0 else ""
        return f"{value} · {note}" if note else str(value)


class TestIdentityRow(QFrame):
    """``taken`` comes with the key of the test person."""

    __test__ = False

    taken = Signal(str)

    def __init__(self, key_of_button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._key = key_of_button
        self._people: tuple[DemonstrationPerson, ...] = ()
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 14)
        box.setSpacing(8)
        head = QHBoxLayout()
        self._text = label("", "small")
        head.addWidget(self._text, 1)
        head.addWidget(SimulatedTag())
        box.addLayout(head)
        row = FlowRow(spacing=10)
        self.choice = QComboBox()
        policy = self.choice.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self.choice.setSizePolicy(policy)
        self.choice.setMinimumContentsLength(12)
        # Not by its contents: then it makes itself as narrow as they are, whatever the layout gave it.
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setItemDelegate(_NameAndNote(self.choice))
        self.choice.currentIndexChanged.connect(lambda _: self._show_note())
        row.add(self.choice, stretch=1)
        # On Linux a list is called what it shows, so it needs a label besides.
        self._text.setBuddy(self.choice)
        self.button = SecondaryButton(icon="demonstration")
        self.button.clicked.connect(lambda: self.taken.emit(self.key()))
        row.add(self.button)
        box.addWidget(row)
        self._note = label("", "small")
        box.addWidget(self._note)
        self._retranslate()

    def set_people(self, people: "Sequence[DemonstrationPerson]") -> None:
        """Offer these."""
        self._people = tuple(people)
        self._retranslate()

    def key(self) -> str:
        """The key of the person chosen."""
        return str(self.choice.currentData() or "")

    def person(self) -> "DemonstrationPerson | None":
        """The person chosen."""
        return next((person for person in self._people if person.key == self.key()), None)

    def choose(self, key: str) -> None:
        """Choose the person named ``key``, if there is one."""
        place = self.choice.findData(key)
        if place >= 0:
            self.choice.setCurrentIndex(place)

    def _retranslate(self) -> None:
        kept = self.key()
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for person in self._people:
                note = translator().pick(LocalisedText(person.note["zh"], person.note["en"]))
                prepare_for(person.name)
                self.choice.addItem(person.name, person.key)
                self.choice.setItemData(self.choice.count() - 1, note, _NOTE)
            self.choose(kept)
        self._show_note()
        self._text.setText(tr("common.test_identity"))
        self.choice.setAccessibleName(tr("common.test_identity_choose"))
        self.button.setText(tr(self._key))

    def _show_note(self) -> None:
        note = str(self.choice.currentData(_NOTE) or "")
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.choice.setAccessibleDescription(note)
        view, font = self.choice.view(), self.choice.fontMetrics()
        notes = [f"{person.name} · {self.choice.itemData(place, _NOTE)}" for place, person in enumerate(self._people)]
        view.setMinimumWidth(max((font.horizontalAdvance(text) for text in notes), default=0) + _EDGES)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
