"""Looking for words in a long text: a field, how many places, and the way from one to the next."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui.announce import announce
from ui.components.buttons import QuietButton
from ui.components.labels import label
from ui.translations import tr

_TYPED_MS = 250
_CHARACTERS = 9  # of what is looked for, to be seen at least; the field's own edges among them


class FindBar(QWidget):
    """``wanted`` comes with the words once typing rests, ``stepped`` with 1 or -1, ``closed`` with Esc."""

    wanted = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._usual_spacing = row.spacing()
        self.field = QLineEdit()
        self.told = label("", "small", wrap=False)
        self.before, self.after, self.close_button = QuietButton(), QuietButton(), QuietButton(icon="close")
        row.addWidget(self.field, 1)
        for widget in (self.told, self.before, self.after, self.close_button):
            row.addWidget(widget)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_TYPED_MS)
        self._typed.timeout.connect(lambda: self.wanted.emit(self.field.text()))
        self.field.textChanged.connect(lambda _: self._typed.start())
        self.field.returnPressed.connect(lambda: self.stepped.emit(1))
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        self.close_button.clicked.connect(self.closed)
        self._place = self._count = 0
        self._short = False
        self._retranslate()
        self.hide()

    def open(self) -> None:
        """Show it with the focus in the field, what was looked for before chosen to be typed over."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def tell(self, place: int, count: int) -> None:
        """``place`` of ``count``, from 0."""
        self._place, self._count = place, count
        self._say()
        announce(self.told, self.told.accessibleName())

    def set_short(self, *, short: bool) -> None:
        """Pictures and figures in place of words, where there is little room."""
        if short != self._short:
            self._short = short
            self._row.setSpacing(0 if short else self._usual_spacing)
            least = self.field.fontInfo().pixelSize() * _CHARACTERS
            self.field.setMinimumWidth(least if short else 0)
            self._retranslate()

    def _say(self) -> None:
        words = ""
        if self.field.text().strip():
            found = tr("contract.found", place=self._place + 1, count=self._count)
            words = found if self._count else tr("contract.found_none")
        self.told.setText(f"{self._place + 1}/{self._count}" if self._short and self._count else words)
        self.told.setAccessibleName(words)
        for button in (self.before, self.after):
            button.setEnabled(self._count > 0)

    def _retranslate(self) -> None:
        self.field.setPlaceholderText(tr("contract.find_words"))
        self.field.setAccessibleName(tr("contract.find_words"))
        for button, name, icon in ((self.before, "before", "back"), (self.after, "after", "forward")):
            words = tr(f"contract.found_{name}")
            button.setText("" if self._short else words)
            button.set_icon_name(icon if self._short else "")
            button.setAccessibleName(words)
            button.setToolTip(words if self._short else "")
        self.close_button.setAccessibleName(tr("common.close"))
        self.close_button.setToolTip(tr("common.close"))
        self._say()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is looked for out of sight."""
        self._typed.stop()
        super().hideEvent(event)
