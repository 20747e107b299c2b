"""A confirmation to tick: the whole card is the box, and its words wrap."""

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QWidget

from ui.components.labels import label, set_role
from ui.theme import theme

_SIDE: Final = 24


class _Box(QCheckBox):
    """A check box painted in the theme's own hand, the same on every system."""

    def sizeHint(self) -> QSize:
        """A square that grows with the text."""
        return QSize(theme().px(_SIDE), theme().px(_SIDE))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """The whole square answers."""
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box, and the tick when there is one; a second line shows the focus."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / _SIDE, self.height() / _SIDE)
        box = QRectF(3, 3, _SIDE - 6, _SIDE - 6)
        painter.setPen(QPen(look.colour("accent" if self.isChecked() else "border"), 2))
        painter.setBrush(look.colour("accent" if self.isChecked() else "card"))
        painter.drawRoundedRect(box, 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(look.colour("ink"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 5, 5)
        if self.isChecked():
            pen = QPen(look.colour("on_accent"), 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline([QPointF(7.5, 12.5), QPointF(10.8, 15.8), QPointF(16.8, 8.6)])
        painter.end()


class TickBox(QFrame):
    """``toggled`` comes with the new state; the check box inside takes focus and keys. ``tight`` is for columns."""

    toggled = Signal(bool)

    def __init__(self, text: str = "", parent: QWidget | None = None, *, tight: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("role", "choice")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(*((10, 8, 10, 8) if tight else (16, 14, 16, 14)))
        row.setSpacing(10)
        self.box = _Box()
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
