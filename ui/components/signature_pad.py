"""A pad to sign on by hand, with mouse, pen or finger; whoever does not write leaves it empty."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTabletEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

_HEIGHT = 104
_PEN = 2.4
_LINE_AT = 0.78
_MOST_POINTS = 8000


class SignaturePad(QWidget):
    """``strokes`` are what was written, in parts of the pad's height; ``changed`` comes with each of them."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strokes: list[list[tuple[float, float]]] = []
        self._hint = ""
        self._writing = False
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def strokes(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """What was written."""
        return tuple(tuple(stroke) for stroke in self._strokes)

    def say(self, name: str, hint: str) -> None:
        """What a screen reader calls it, and what stands on it while it is empty."""
        self.setAccessibleName(name)
        self.setAccessibleDescription(hint)
        self._hint = hint
        self.update()

    def clear(self) -> None:
        """Begin anew."""
        self._strokes, self._writing = [], False
        self.update()
        self.changed.emit()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(theme().px(320), theme().px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Room for a name."""
        return QSize(theme().px(200), theme().px(_HEIGHT))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A stroke begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It goes on."""
        self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It ends."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """The same with a pen."""
        kinds = {
            QTabletEvent.Type.TabletPress: lambda: self._begin(event.position()),
            QTabletEvent.Type.TabletMove: lambda: self._go_on(event.position()),
            QTabletEvent.Type.TabletRelease: self._end,
        }
        if act := kinds.get(event.type()):
            act()
        event.accept()

    def _begin(self, at: QPointF) -> None:
        if self.isEnabled() and sum(map(len, self._strokes)) < _MOST_POINTS:
            self._writing = True
            self._strokes.append([self._point(at)])
            self.update()

    def _go_on(self, at: QPointF) -> None:
        if self._writing and sum(map(len, self._strokes)) < _MOST_POINTS:
            self._strokes[-1].append(self._point(at))
            self.update()

    def _end(self) -> None:
        if self._writing:
            self._writing = False
            self.changed.emit()

    def _point(self, at: QPointF) -> tuple[float, float]:
        height = max(1, self.height())
        across, down = min(max(at.x(), 0.0), self.width()), min(max(at.y(), 0.0), height)
        return round(across / height, 4), round(down / height, 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paper with a line to write on, and the strokes."""
        tokens, painter = theme().tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        line = self.height() * _LINE_AT
        painter.setPen(QPen(QColor(tokens.line), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(24, line), QPointF(self.width() - 24, line))
        if not self._strokes:
            painter.setPen(QColor(tokens.muted))
            painter.drawText(self.rect().adjusted(24, 8, -24, -24), int(Qt.AlignmentFlag.AlignCenter), self._hint)
        pen = QPen(QColor(tokens.ink), theme().px(_PEN))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self._strokes:
            places = [QPointF(x * self.height(), y * self.height()) for x, y in stroke]
            if len(places) == 1:
                painter.drawPoint(places[0])
            painter.drawPolyline(QPolygonF(places))
        painter.end()
