"""The gallery's window: every component in all its states, in any language, colours and size of text."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from tests.gallery.combinations import LANGUAGES, SCALES, appearances
from tests.gallery.component_scenes import BUILDS
from tests.gallery.sheet import Sheet
from ui.components.labels import label
from ui.theme import theme
from ui.translations import translator

_START: Final = (1366, 768)


class Viewer(QWidget):
    """Names at the left, the component at the right, the looks above; a change of looks builds the component anew."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("LoanApp gallery")
        self.setProperty("ground", "paper")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(*_START)
        whole = QVBoxLayout(self)
        looks = QHBoxLayout()
        self.language, self.appearance, self.scale = QComboBox(), QComboBox(), QComboBox()
        for choice, name, entries in (
            (self.language, "Language", [(one, one) for one in LANGUAGES]),
            (self.appearance, "Colours", [(one, one) for one in appearances()]),
            (self.scale, "Size of text", [(f"{one}%", one) for one in SCALES]),
        ):
            for words, value in entries:
                choice.addItem(words, value)
            choice.setAccessibleName(name)
            looks.addWidget(label(name, "small", wrap=False))
            looks.addWidget(choice)
            choice.currentIndexChanged.connect(self._change)
        looks.addStretch(1)
        whole.addLayout(looks)
        row = QHBoxLayout()
        self.names = QListWidget()
        self.names.setAccessibleName("Components")
        self.names.addItems(list(BUILDS))
        self.names.setMaximumWidth(240)
        self.names.currentTextChanged.connect(lambda _: self._show())
        row.addWidget(self.names)
        self._place = QVBoxLayout()
        row.addLayout(self._place, 1)
        whole.addLayout(row, 1)
        self.sheet: Sheet | None = None
        self.names.setCurrentRow(0)

    def _change(self) -> None:
        theme().choose(mode=self.appearance.currentData(), scale=self.scale.currentData())
        translator().set_language(self.language.currentData())
        self._show()

    def _show(self) -> None:
        name = self.names.currentItem().text()
        if self.sheet is not None:
            self.sheet.hide()
            self.sheet.deleteLater()
        self.sheet = Sheet(name, BUILDS[name])
        self._place.addWidget(self.sheet)
