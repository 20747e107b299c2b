"""Grey bars where words will be, while the lender is asked: the page keeps its shape and says what it waits for."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme
from ui.theme.tokens import MOTION_MS
from ui.translations import tr

# Width of each bar as a share of the room, and its height in px at 100 %.
_BARS: Final = ((0.28, 14), (0.45, 32), (0.9, 14), (0.82, 14), (0.6, 14))
_GAP: Final = 16
_PADDING: Final = 24
_BREATH_MS: Final = MOTION_MS["breath"]
_FRAME_MS: Final = 50
_FAINTEST: Final = 0.45


class Skeleton(QWidget):
    """Breathes slowly; stands still where motion is unwanted, and out of sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._clock = QElapsedTimer()
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME_MS)
        self._frames.timeout.connect(self.update)
        self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(tr("components.loading"))

    def sizeHint(self) -> QSize:
        """A card with its bars."""
        height = 2 * _PADDING + sum(height for _, height in _BARS) + _GAP * (len(_BARS) - 1)
        return QSize(theme().px(320), theme().px(height))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint, however narrow."""
        return QSize(theme().px(120), self.sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to breathe."""
        super().showEvent(event)
        self._clock.start()
        if not theme().reduced_motion:
            self._frames.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._frames.stop()

    def _strength(self) -> float:
        if not self._frames.isActive():
            return 1.0
        phase = (self._clock.elapsed() % _BREATH_MS) / _BREATH_MS
        return _FAINTEST + (1 - _FAINTEST) * abs(2 * phase - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The outline of a card, and the bars in it."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("line"), 1))
        painter.setBrush(look.colour("card"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("line"))
        painter.setOpacity(self._strength())
        padding, top = look.px(_PADDING), float(look.px(_PADDING))
        room = self.width() - 2 * padding
        for share, height in _BARS:
            painter.drawRoundedRect(QRectF(padding, top, room * share, look.px(height)), 4, 4)
            top += look.px(height + _GAP)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)
