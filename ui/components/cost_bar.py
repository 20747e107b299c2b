"""The price as a sum anyone can follow: principal, interest, fees as one bar with its parts named below."""

from decimal import Decimal

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.components.cost_parts import PARTS, Swatch, fill_part
from ui.components.flow_row import FlowRow
from ui.components.labels import label
from ui.formats import yuan
from ui.theme import theme
from ui.translations import tr


class _Bar(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.values: tuple[Decimal, ...] = (Decimal(1), Decimal(0), Decimal(0))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(200), theme().px(20))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(80), theme().px(20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(box, theme().px(4), theme().px(4))
        painter.setClipPath(shape)
        painter.fillRect(box, theme().colour("track"))
        total = sum(self.values) or Decimal(1)
        x, gap = 0.0, 2.0
        for value, (_, token) in zip(self.values, PARTS, strict=True):
            width = float(value / total) * box.width()
            if value:
                fill_part(painter, QRectF(x, 0, max(width - gap, gap), box.height()), token)
            x += width
        painter.end()


class CostBar(QWidget):
    """``show_sum`` sets the parts; the words follow the language."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        self._bar = _Bar()
        box.addWidget(self._bar)
        parts = FlowRow(spacing=24, line_spacing=4)
        self._labels = []
        for _, token in PARTS:
            part = QWidget()
            row = QHBoxLayout(part)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            row.addWidget(Swatch(token))
            text = label("", "small-ink", wrap=False)
            self._labels.append(text)
            row.addWidget(text)
            parts.add(part)
        parts.close_up()
        box.addWidget(parts)
        self.setAccessibleName("-")

    def show_sum(self, principal: Decimal, interest: Decimal, fees: Decimal) -> None:
        """Show the three parts, in yuan."""
        self._bar.values = (principal, interest, fees)
        self._bar.update()
        self._retranslate()

    def _retranslate(self) -> None:
        spoken = []
        for (name, _), text, value in zip(PARTS, self._labels, self._bar.values, strict=True):
            text.setText(f"{tr(f'common.part_{name}')} {yuan(value)}")
            spoken.append(text.text())
        self.setAccessibleName(" + ".join(spoken))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
