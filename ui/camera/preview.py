"""The mirror: the camera's picture, an oval for the face, a ring of actions and a meter of light."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.camera.mirror_image import mirrored
from ui.theme import theme

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_OVAL_HEIGHT_SHARE: Final = 0.80
_OVAL_ASPECT: Final = 0.76
_RING_WIDTH: Final = 8.0
_RING_GAP_DEGREES: Final = 7.0
_VEIL_OPACITY: Final = 0.80
_LIGHT_LOW: Final = 0.34
_CORNER: Final = 8.0
_CROP_AT_MOST: Final = 1.12


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What the overlay tells: actions done of all, how far the present one is (0 to 1), light (0 to 1, or unknown).

    ``dark`` says that the light is what has to change now.
    """

    done: int = 0
    total: int = 0
    action_progress: float = 0.0
    light: float | None = None
    dark: bool = False
    finished: bool = False
    attention: bool = False


class CameraPreview(QWidget):
    """Paints frames mirrored, as a mirror would, because that is how people know to move."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels: npt.NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self._state = PreviewState()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 120)

    def sizeHint(self) -> QSize:
        """Room enough for a face; the layout gives more."""
        return QSize(680, 420)

    def show_frame(self, pixels: "npt.NDArray[np.uint8] | None") -> None:
        """Show a frame: ``(height, width, 3)`` BGR bytes, or ``None`` to forget the last one."""
        self._pixels, self._image = pixels, None
        self.update()

    def show_state(self, state: PreviewState) -> None:
        """Change ring and meter."""
        if state != self._state:
            self._state = state
            self.update()

    @property
    def state(self) -> PreviewState:
        """What the overlay shows now."""
        return self._state

    @property
    def pixels(self) -> "npt.NDArray[np.uint8] | None":
        """The frame that is held."""
        return self._pixels

    @property
    def has_frame(self) -> bool:
        """Whether a picture is held."""
        return self._pixels is not None

    def changeEvent(self, event: QEvent) -> None:
        """Repaint when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def oval(self) -> QRectF:
        """Where the face belongs, in the widget's pixels."""
        height = self.height() * _OVAL_HEIGHT_SHARE
        width = min(height * _OVAL_ASPECT, self.width() * 0.8)
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Picture, veil, ring, meter."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()), _CORNER, _CORNER)
        painter.setClipPath(whole)
        paper = theme().colour("paper")
        painter.fillRect(self.rect(), paper)
        if self._pixels is None:
            self._paint_nobody(painter)
        else:
            self._paint_mirror(painter, self._pixels)
        self._paint_veil(painter, whole, paper)
        self._paint_ring(painter)
        if self._state.light is not None:
            self._paint_light(painter, self._state.light)
        if self._state.finished:
            self._paint_tick(painter)
        painter.end()

    def _paint_mirror(self, painter: QPainter, pixels: "npt.NDArray[np.uint8]") -> None:
        # The whole height of the frame shows, so that the oval means the same to the eye as to the engine.
        tall, wide = pixels.shape[:2]
        scale = max(self.height() / tall, min(self.width() / wide, _CROP_AT_MOST * self.height() / tall))
        width, height = round(wide * scale), round(tall * scale)
        ratio = self.devicePixelRatioF()
        if self._image is None or self._image.deviceIndependentSize().toSize() != QSize(width, height):
            self._image = mirrored(pixels, width, height, ratio)
        left, top = (self.width() - width) / 2, (self.height() - height) / 2
        painter.save()
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(left, 0, width, self.height()), _CORNER, _CORNER)
        painter.setClipPath(frame)
        painter.drawImage(QPointF(left, top), self._image)
        painter.restore()

    def _paint_nobody(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("sunken"))
        painter.drawEllipse(self.oval())

    def _paint_veil(self, painter: QPainter, whole: QPainterPath, paper: QColor) -> None:
        oval = QPainterPath()
        oval.addEllipse(self.oval())
        veil = QColor(paper)
        veil.setAlphaF(_VEIL_OPACITY)
        painter.fillPath(whole.subtracted(oval), veil)

    def _paint_ring(self, painter: QPainter) -> None:
        state = self._state
        ring = self.oval().adjusted(-_RING_WIDTH, -_RING_WIDTH, _RING_WIDTH, _RING_WIDTH)
        track = theme().colour("track")
        full = theme().colour("done") if state.finished else theme().colour("accent")
        pen = QPen(track, _RING_WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state.total <= 0:
            pen.setColor(theme().colour("look" if state.attention else "line"))
            pen.setWidthF(3)
            painter.setPen(pen)
            painter.drawEllipse(ring)
            return
        share = 360 / state.total
        for place in range(state.total):
            filled = 1.0 if place < state.done else (state.action_progress if place == state.done else 0.0)
            start = 90 - place * share - _RING_GAP_DEGREES / 2
            length = share - _RING_GAP_DEGREES
            for colour, part in ((track, 1.0), (full, min(1.0, max(0.0, filled)))):
                if part > 0:
                    pen.setColor(colour)
                    painter.setPen(pen)
                    painter.drawArc(ring, round(start * 16), round(-length * part * 16))

    def _paint_light(self, painter: QPainter, light: float) -> None:
        box = self.oval().adjusted(-34, -34, 34, 34)
        span, bottom = 56, -28
        low = self._state.dark or light < _LIGHT_LOW
        pen = QPen(theme().colour("track"), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(box, bottom * 16, span * 16)
        pen.setColor(theme().colour("look") if low else theme().colour("accent"))
        painter.setPen(pen)
        painter.drawArc(box, bottom * 16, round(span * min(1.0, max(0.03, light)) * 16))
        self._paint_sun(painter, QPointF(box.right() + 2, box.center().y() + box.height() * 0.29), pen.color())

    @staticmethod
    def _paint_sun(painter: QPainter, centre: QPointF, colour: QColor) -> None:
        painter.save()
        painter.translate(centre)
        painter.setPen(QPen(colour, 1.75, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(0, 0), 4, 4)
        for _ in range(8):
            painter.rotate(45)
            painter.drawLine(QPointF(7, 0), QPointF(9.5, 0))
        painter.restore()

    def _paint_tick(self, painter: QPainter) -> None:
        centre = QPointF(self.oval().center().x(), self.oval().bottom() + _RING_WIDTH)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("done"))
        painter.drawEllipse(centre, 18, 18)
        painter.setPen(QPen(Qt.GlobalColor.white, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline([centre + QPointF(-7, 0), centre + QPointF(-2, 6), centre + QPointF(8, -6)])
