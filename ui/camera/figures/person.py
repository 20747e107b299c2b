"""One hand for every drawing of a person: a head, shoulders, and what moves, on a canvas of 100 by 100."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

CANVAS: Final = 100.0
HEAD: Final = QRectF(29, 14, 42, 54)
OVAL: Final = QRectF(24, 6, 52, 68)
"""Where the drawn face belongs, as the oval of the mirror."""
_LINE: Final = 1.75


@dataclass(frozen=True, slots=True)
class Ink:
    """The two colours of a drawing and how wide its line is, in canvas units."""

    line: QColor
    accent: QColor
    width: float = _LINE

    def faded(self, share: float) -> "Ink":
        """The same hand with only ``share`` (0 to 1) of its colour."""
        line, accent = QColor(self.line), QColor(self.accent)
        line.setAlphaF(share)
        accent.setAlphaF(share)
        return Ink(line, accent, self.width)

    def within(self, scale: float) -> "Ink":
        """The same hand inside a picture drawn at ``scale``: the line stays as wide as everywhere."""
        return Ink(self.line, self.accent, self.width / scale)


@dataclass(frozen=True, slots=True)
class Pose:
    """How the drawn head stands: -1 to 1 for turns (negative is the left of the picture), 0 to 1 for the rest."""

    turn: float = 0.0
    nod: float = 0.0
    eyes_closed: float = 0.0
    mouth_open: float = 0.0
    tilt: float = 0.0  # degrees, about the neck
    scale: float = 1.0
    shift: QPointF = field(default_factory=QPointF)


Drawing = Callable[[QPainter, Ink, float], None]


def pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen with round ends, as every line here has."""
    return QPen(colour, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def accent(painter: QPainter, ink: Ink) -> None:
    """Draw what matters from here on."""
    painter.setPen(pen(ink.accent, ink.width * 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def plain(painter: QPainter, ink: Ink) -> None:
    """Draw what is only there from here on."""
    painter.setPen(pen(ink.line, ink.width))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def dashed(painter: QPainter, ink: Ink) -> None:
    """Draw where something belongs from here on."""
    painter.setPen(pen(ink.accent, ink.width * 1.2, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def tint(ink: Ink, share: float = 0.22) -> QColor:
    """The accent as a filling through which lines are still seen."""
    colour = QColor(ink.accent)
    colour.setAlphaF(share)
    return colour


@contextmanager
def behind(painter: QPainter, front: QPainterPath) -> Iterator[None]:
    """Draw behind ``front``: nothing is painted where it stands."""
    everything = QPainterPath()
    everything.addRect(QRectF(-CANVAS, -CANVAS, 3 * CANVAS, 3 * CANVAS))
    painter.save()
    painter.setClipPath(everything.subtracted(front), Qt.ClipOperation.IntersectClip)
    yield
    painter.restore()


@contextmanager
def placed(painter: QPainter, pose: Pose) -> Iterator[None]:
    """Draw in the coordinates of a person who stands as ``pose`` says."""
    painter.save()
    painter.translate(QPointF(50, 50) + pose.shift)
    painter.scale(pose.scale, pose.scale)
    painter.translate(-50, -50)
    yield
    painter.restore()


def _leaning(degrees: float) -> QTransform:
    """A head that leans to one side, about the neck."""
    return QTransform().translate(50, 72).rotate(degrees).translate(-50, -72)


def silhouette(pose: Pose) -> QPainterPath:
    """The head's outline on the canvas, for drawing behind a person."""
    head = QPainterPath()
    head.addEllipse(HEAD)
    place = QTransform().translate(50 + pose.shift.x(), 50 + pose.shift.y()).scale(pose.scale, pose.scale)
    return (_leaning(pose.tilt) * place.translate(-50, -50)).map(head)


def paint_person(painter: QPainter, ink: Ink, pose: Pose, *, features: bool = True) -> None:
    """Head and shoulders in ``pose``; what the pose moves is in the accent colour."""
    ink = ink.within(pose.scale)
    head = QPainterPath()
    head.addEllipse(HEAD)
    with placed(painter, pose):
        plain(painter, ink)
        shoulders = QPainterPath(QPointF(10, 97))
        shoulders.cubicTo(12, 80, 30, 78, 42, 74)
        shoulders.lineTo(42, 66)
        shoulders.moveTo(58, 66)
        shoulders.lineTo(58, 74)
        shoulders.cubicTo(70, 78, 88, 80, 90, 97)
        with behind(painter, _leaning(pose.tilt).map(head)):
            painter.drawPath(shoulders)
        painter.setTransform(_leaning(pose.tilt), combine=True)
        painter.drawEllipse(HEAD)
        if features:
            _paint_features(painter, ink, pose)


def _paint_features(painter: QPainter, ink: Ink, pose: Pose) -> None:
    across, down = pose.turn * 13, pose.nod * 9
    blinking, opening = pose.eyes_closed > 0, pose.mouth_open > 0
    for side in (-1, 1):
        narrowing = 1 - 0.45 * max(0.0, side * pose.turn)
        centre = QPointF(50 + side * 9 * narrowing + across, 37 + down)
        half = 4.6 * narrowing
        (accent if blinking else plain)(painter, ink)
        lid = 3.4 * (1 - pose.eyes_closed)
        eye = QPainterPath(centre - QPointF(half, 0))
        eye.quadTo(centre + QPointF(0, -2 * lid), centre + QPointF(half, 0))
        eye.quadTo(centre + QPointF(0, 2 * lid + (3.2 if lid < 0.8 else 0)), centre - QPointF(half, 0))
        painter.drawPath(eye)
        if lid > 1.4:
            painter.setBrush(painter.pen().color())
            painter.drawEllipse(centre + QPointF(pose.turn * 1.5, 0), 1.2, 1.2)
    plain(painter, ink)
    nose = QPainterPath(QPointF(50 + across * 1.1, 39 + down))
    tip = pose.turn or 0.35
    nose.lineTo(50 + across * 1.1 + 3.4 * tip, 47.5 + down * 1.2)
    nose.lineTo(50 + across * 1.1, 48.5 + down * 1.2)
    painter.drawPath(nose)
    mouth = QPointF(50 + across * 0.95, 57 + down * 0.8)
    (accent if opening else plain)(painter, ink)
    if opening:
        painter.drawEllipse(mouth, 5.0 - pose.mouth_open, 0.6 + 5.6 * pose.mouth_open)
    else:
        line = QPainterPath(mouth - QPointF(5, 0))
        line.quadTo(mouth + QPointF(0, 1.6), mouth + QPointF(5, 0))
        painter.drawPath(line)


def arrow(painter: QPainter, path: QPainterPath, end: QPointF, angle: float) -> None:
    """A path with an arrow head at ``end`` pointing along ``angle`` (degrees, 0 is right, 90 is down)."""
    painter.drawPath(path)
    painter.save()
    painter.translate(end)
    painter.rotate(angle)
    painter.drawPolyline([QPointF(-5, -4.5), QPointF(0, 0), QPointF(-5, 4.5)])
    painter.restore()


def sun(painter: QPainter, centre: QPointF, reach: float, radius: float = 7) -> None:
    """A light, with rays ``reach`` long."""
    painter.drawEllipse(centre, radius, radius)
    if reach <= 0:
        return
    for step in range(8):
        painter.save()
        painter.translate(centre)
        painter.rotate(45 * step)
        painter.drawLine(QPointF(radius + 4, 0), QPointF(radius + 4 + reach, 0))
        painter.restore()


def there_and_back(phase: float) -> float:
    """Rest, move, stay a little, come back: 0 to 1 to 0 over one turn of ``phase``."""
    return _along(phase, ((0.0, 0.0), (0.18, 0.0), (0.42, 1.0), (0.66, 1.0), (0.88, 0.0), (1.0, 0.0)))


def mended(phase: float) -> float:
    """How far a fault is mended: seen for a moment, put right, and right to the end.

    Then it begins anew at once: a way back would show the fault being made.
    """
    return _along(phase, ((0.0, 0.0), (0.2, 0.0), (0.5, 1.0), (1.0, 1.0)))


def _along(phase: float, points: tuple[tuple[float, float], ...]) -> float:
    for (start, low), (end, high) in pairwise(points):
        if start <= phase <= end:
            share = (phase - start) / (end - start)
            return low + (high - low) * (share * share * (3 - 2 * share))
    return 0.0
