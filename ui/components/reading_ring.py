"""A button that waits until something has been read: a ring around it fills with time."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from ui.theme import theme

_TICK_MS: Final = 100
_RING: Final = 3.0
_MARGIN: Final = 7


class ReadingRing(QWidget):
    """Holds a button and counts the time its page has been on screen; time behind another window does not count.

    ``changed`` comes once a second and when the time is over; the page decides when the button is enabled.
    """

    changed = Signal()

    def __init__(self, button: QAbstractButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button = button
        self._needed_s = 0.0
        self._before_s = 0.0
        self._clock = QElapsedTimer()
        self._told = -1
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.addWidget(button)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def begin(self, seconds: float) -> None:
        """Count from nothing; ``seconds`` are the lender's policy."""
        self._needed_s, self._before_s, self._told = seconds, 0.0, -1
        self._clock.invalidate()
        if self.isVisible():
            self._resume()
        self._tick()

    @property
    def seconds_on_screen(self) -> float:
        """How long the page has been in sight since :meth:`begin`."""
        running = self._clock.elapsed() / 1000 if self._clock.isValid() else 0.0
        return self._before_s + running

    @property
    def seconds_left(self) -> int:
        """Whole seconds still to wait."""
        left = self._needed_s - self.seconds_on_screen
        return max(0, int(-(-left // 1)))

    @property
    def time_over(self) -> bool:
        """Whether the reading time has passed."""
        return self._needed_s > 0 and self.seconds_on_screen >= self._needed_s

    def _resume(self) -> None:
        if self._needed_s > 0 and not self._clock.isValid():
            self._clock.start()
            self._timer.start()

    def _tick(self) -> None:
        left = self.seconds_left
        if left != self._told:
            self._told = left
            self.changed.emit()
        if self.time_over:
            self._timer.stop()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Count on."""
        super().showEvent(event)
        self._resume()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop counting: what is not in sight is not read."""
        super().hideEvent(event)
        self._before_s = self.seconds_on_screen
        self._clock.invalidate()
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The ring: a track, and over it the share of the time that has passed."""
        if self._needed_s <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = _RING / 2 + 0.5
        box = QRectF(self.rect()).adjusted(half, half, -half, -half)
        share = min(1.0, self.seconds_on_screen / self._needed_s)
        for colour, part in (("track", 1.0), ("accent", share)):
            pen = QPen(theme().colour(colour), _RING, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            outline = self._outline(box)
            length = outline.length() / _RING
            if part < 1.0:
                pen.setDashPattern([max(0.01, part * length), length * 2])
            painter.setPen(pen)
            painter.drawPath(outline)
        painter.end()

    @staticmethod
    def _outline(box: QRectF) -> QPainterPath:
        """A rounded rectangle drawn clockwise from the middle of its top."""
        radius, middle = 12.0, box.center().x()
        path = QPainterPath()
        path.moveTo(middle, box.top())
        path.lineTo(box.right() - radius, box.top())
        path.arcTo(QRectF(box.right() - 2 * radius, box.top(), 2 * radius, 2 * radius), 90, -90)
        path.arcTo(QRectF(box.right() - 2 * radius, box.bottom() - 2 * radius, 2 * radius, 2 * radius), 0, -90)
        path.arcTo(QRectF(box.left(), box.bottom() - 2 * radius, 2 * radius, 2 * radius), 270, -90)
        path.arcTo(QRectF(box.left(), box.top(), 2 * radius, 2 * radius), 180, -90)
        path.lineTo(middle, box.top())
        return path
