"""A confirmation to tick: the whole card is the box, and its words wrap."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QWidget

from ui.components.labels import label, set_role


class TickBox(QFrame):
    """``toggled`` comes with the new state; the check box inside takes focus and keys."""

    toggled = Signal(bool)

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "choice")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(10)
        self.box = QCheckBox()
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        self.words = label(text)
        row.addWidget(self.words, 1)
        self.box.toggled.connect(self._toggled)
        self.setFocusProxy(self.box)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Set the words, for eyes and screen readers alike."""
        self.words.setText(text)
        self.box.setAccessibleName(text)

    def isChecked(self) -> bool:
        """Whether it is ticked."""
        return self.box.isChecked()

    def setChecked(self, checked: bool) -> None:  # noqa: FBT001 - Qt's signature
        """Tick it, or not."""
        self.box.setChecked(checked)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The whole card answers."""
        if self.rect().contains(event.position().toPoint()):
            self.box.toggle()
            self.box.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mouseReleaseEvent(event)

    def _toggled(self, checked: bool) -> None:  # noqa: FBT001 - a slot
        set_role(self, "chosen", "true" if checked else "false")
        self.toggled.emit(checked)
