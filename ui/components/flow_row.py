"""Widgets side by side where there is room for their words, else one below another."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget


class FlowRow(QWidget):
    """``add`` puts a widget in; one with ``stretch`` takes the room that is left."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 16, line_spacing: int = 8) -> None:
        super().__init__(parent)
        self._spacing, self._line_spacing = spacing, line_spacing
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(spacing)
        self._parts: list[QWidget] = []

    def add(self, widget: QWidget, *, stretch: int = 0) -> None:
        """Put ``widget`` at the end."""
        self._parts.append(widget)
        self._box.addWidget(widget, stretch)
        self._fit()

    def close_up(self) -> None:
        """Let what is side by side stand at the left."""
        self._box.addStretch(1)

    def _shown(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]

    def _one_line(self) -> int:
        parts = self._shown()
        return sum(part.sizeHint().width() for part in parts) + self._spacing * max(0, len(parts) - 1)

    def _fit(self) -> None:
        beside = self._one_line() <= self.width()
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._box.direction() != way:
            self._box.setDirection(way)
            self._box.setSpacing(self._spacing if beside else self._line_spacing)
            for part in self._parts:
                grows = bool(part.sizePolicy().expandingDirections() & Qt.Orientation.Horizontal)
                side = Qt.AlignmentFlag(0) if beside or grows else Qt.AlignmentFlag.AlignLeft
                self._box.setAlignment(part, side)
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest: the others go below it."""
        hint = super().minimumSizeHint()
        return QSize(max((part.minimumSizeHint().width() for part in self._shown()), default=0), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Follow what is in it: a longer figure may no longer stand beside the others."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the words and their size, once the widgets have theirs."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LanguageChange) and hasattr(self, "_parts"):
            QTimer.singleShot(0, self, self._fit)
