"""Light: too little, too much, from behind, from one side."""

from math import cos, pi
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from loanapp.domain.liveness import HintCode
from ui.camera.figures.person import (
    CANVAS,
    Drawing,
    Ink,
    Pose,
    accent,
    mended,
    paint_person,
    plain,
    sun,
    tint,
)


def _too_dark(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(scale=0.84, shift=QPointF(12, 8)), features=False)
    accent(painter, ink)
    lit = mended(phase)
    bulb = QPainterPath(QPointF(15, 33))
    bulb.cubicTo(15, 27, 9, 26, 9, 18)
    bulb.cubicTo(9, 6, 29, 6, 29, 18)
    bulb.cubicTo(29, 26, 23, 27, 23, 33)
    bulb.closeSubpath()
    painter.setBrush(tint(ink, 0.3 * lit))
    painter.drawPath(bulb)
    painter.drawLine(QPointF(16, 38), QPointF(22, 38))
    if lit > 0.1:
        for x, y in ((-1, 0), (-0.7, -0.7), (0.7, -0.7), (1, 0), (0, -1)):
            way = QPointF(x, y)
            painter.drawLine(QPointF(19, 18) + way * 14, QPointF(19, 18) + way * (14 + 5 * lit))


def _too_bright(painter: QPainter, ink: Ink, phase: float) -> None:
    away = mended(phase)
    accent(painter, ink)
    sun(painter, QPointF(20, 22), 9)
    # Its beam falls on where the person sat; they move out of it.
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint(ink, 0.18))
    painter.drawPolygon([QPointF(26, 30), QPointF(31, 22), QPointF(78, 97), QPointF(22, 97)])
    paint_person(painter, ink, Pose(scale=0.62, shift=QPointF(-3 + 30 * away, 16)), features=False)


def _profile(painter: QPainter, ink: Ink, turned: float) -> None:
    """A person from the side, who looks to the right of the picture for 1 and to its left for -1."""
    painter.save()
    painter.translate(54, 0)
    painter.scale(turned if abs(turned) > 0.06 else 0.06, 1)
    plain(painter, ink)
    head = QPainterPath(QPointF(-12, 78))
    head.cubicTo(-10, 72, -10, 66, -12, 60)
    head.cubicTo(-26, 46, -20, 20, 2, 20)
    head.cubicTo(14, 20, 19, 28, 18, 38)
    head.lineTo(24, 48)
    head.lineTo(19, 50)
    head.cubicTo(19, 56, 19, 60, 18, 64)
    head.cubicTo(16, 68, 10, 68, 7, 67)
    head.lineTo(7, 78)
    painter.drawPath(head)
    shoulders = QPainterPath(QPointF(-28, 97))
    shoulders.cubicTo(-27, 84, -18, 80, -12, 78)
    shoulders.moveTo(7, 78)
    shoulders.cubicTo(14, 81, 20, 86, 21, 97)
    painter.drawPath(shoulders)
    painter.restore()


def _backlit(painter: QPainter, ink: Ink, phase: float) -> None:
    accent(painter, ink)
    window = QRectF(5, 14, 19, 50)
    painter.setBrush(tint(ink))
    painter.drawRect(window)
    painter.drawLine(QLineF(window.left(), window.center().y(), window.right(), window.center().y()))
    painter.drawLine(QLineF(window.center().x(), window.top(), window.center().x(), window.bottom()))
    painter.save()
    painter.translate(8, 0)
    _profile(painter, ink, cos(pi * mended(phase)))
    painter.restore()


def _uneven_light(painter: QPainter, ink: Ink, phase: float) -> None:
    even = mended(phase)
    pose = Pose(scale=0.82, shift=QPointF(0, 10))
    # The half in shadow is hardly seen: true on light ground and on dark, where hatching would look bright.
    edge = 50 + 50 * even
    for part, hand in (
        (QRectF(0, 0, edge, CANVAS), ink),
        (QRectF(edge, 0, CANVAS - edge, CANVAS), ink.faded(0.15)),
    ):
        painter.save()
        painter.setClipRect(part)
        paint_person(painter, hand, pose)
        painter.restore()
    accent(painter, ink)
    sun(painter, QPointF(12 + 38 * even, 24 - 12 * even), 4, 6)


LIGHT: Final[dict[HintCode, Drawing]] = {
    HintCode.TOO_DARK: _too_dark,
    HintCode.TOO_BRIGHT: _too_bright,
    HintCode.BACKLIT: _backlit,
    HintCode.UNEVEN_LIGHT: _uneven_light,
}
