"""What covers a face, and how it is taken away."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from loanapp.domain.liveness import HintCode
from ui.camera.figures.person import HEAD, Drawing, Ink, Pose, accent, behind, mended, paint_person, placed, plain, tint


def _cover(painter: QPainter, ink: Ink, shape: QPainterPath, pose: Pose | None = None) -> None:
    """A face behind ``shape``."""
    with behind(painter, shape):
        paint_person(painter, ink, pose or Pose())
    accent(painter, ink)
    painter.setBrush(tint(ink))
    painter.drawPath(shape)


def _mask(painter: QPainter, ink: Ink, phase: float) -> None:
    off = mended(phase)
    mask = QPainterPath(QPointF(32, 46))
    mask.quadTo(50, 38, 68, 46)
    mask.lineTo(66, 58)
    mask.quadTo(60, 68, 50, 69)
    mask.quadTo(40, 68, 34, 58)
    mask.closeSubpath()
    mask.translate(0, 27 * off)
    _cover(painter, ink, mask)
    if off < 0.5:
        painter.drawLine(QPointF(32, 46 + 27 * off), QPointF(29, 40))
        painter.drawLine(QPointF(68, 46 + 27 * off), QPointF(71, 40))
    for line in (52.0, 58.0):
        painter.drawLine(QPointF(42, line + 27 * off), QPointF(58, line + 27 * off))


def _hand() -> QPainterPath:
    """An open hand from the wrist up, fingers together."""
    hand = QPainterPath(QPointF(40, 96))
    hand.lineTo(40, 80)
    hand.cubicTo(34, 74, 30, 68, 28, 61)
    hand.cubicTo(27, 56, 33, 54, 36, 58)
    hand.lineTo(41, 65)
    for left, top in ((41, 44), (47.5, 40), (54, 42), (60.5, 48)):
        hand.lineTo(left, top + 3)
        hand.cubicTo(left, top - 2, left + 6.5, top - 2, left + 6.5, top + 3)
        hand.lineTo(left + 6.5, 60)
    hand.lineTo(67, 72)
    hand.cubicTo(67, 78, 62, 80, 62, 86)
    hand.lineTo(62, 96)
    return hand


def _hand_on_face(painter: QPainter, ink: Ink, phase: float) -> None:
    hand = _hand()
    hand.translate(0, 46 * mended(phase))
    _cover(painter, ink, hand)


def _sunglasses(painter: QPainter, ink: Ink, phase: float) -> None:
    off = mended(phase)
    lift = -27 * off
    lenses = QPainterPath()
    for left in (31.0, 52.0):
        lenses.addRoundedRect(QRectF(left, 30 + lift, 17, 14), 5, 5)
    with behind(painter, lenses):
        paint_person(painter, ink, Pose())
    accent(painter, ink)
    painter.setBrush(tint(ink, 0.75))
    painter.drawPath(lenses)
    painter.drawLine(QPointF(48, 34 + lift), QPointF(52, 34 + lift))
    painter.drawLine(QPointF(31, 34 + lift), QPointF(28, 32 + lift))
    painter.drawLine(QPointF(69, 34 + lift), QPointF(72, 32 + lift))


def _brows(painter: QPainter, ink: Ink) -> None:
    plain(painter, ink)
    for side in (-1, 1):
        brow = QPainterPath(QPointF(50 + side * 4, 30))
        brow.quadTo(50 + side * 9, 26, 50 + side * 14, 30)
        painter.drawPath(brow)


def _brows_covered(painter: QPainter, ink: Ink, phase: float) -> None:
    off = mended(phase)
    cap = QPainterPath(QPointF(24, 33))
    cap.lineTo(76, 33)
    cap.quadTo(77, 28, 72, 27)
    cap.cubicTo(74, 2, 26, 2, 28, 27)
    cap.quadTo(23, 28, 24, 33)
    cap.translate(0, -17 * off)
    pose = Pose(scale=0.86, shift=QPointF(0, 7))
    ink = ink.within(pose.scale)
    with placed(painter, pose):
        with behind(painter, cap):
            paint_person(painter, ink, Pose())
            _brows(painter, ink)
        accent(painter, ink)
        painter.setBrush(tint(ink))
        painter.drawPath(cap)


def _glare(painter: QPainter, ink: Ink, phase: float) -> None:
    lowered = mended(phase)
    paint_person(painter, ink, Pose(nod=0.75 * lowered))
    down = 6.8 * lowered
    plain(painter, ink)
    for left in (32.0, 52.5):
        painter.drawRoundedRect(QRectF(left, 30 + down, 15.5, 14), 5, 5)
    painter.drawLine(QPointF(47.5, 35 + down), QPointF(52.5, 35 + down))
    painter.drawLine(QPointF(32, 35 + down), QPointF(HEAD.left(), 34 + down))
    painter.drawLine(QPointF(68, 35 + down), QPointF(HEAD.right(), 34 + down))
    accent(painter, ink.faded(max(0.0, 1 - 1.3 * lowered)))
    for left in (32.0, 52.5):
        painter.drawLine(QPointF(left + 4, 41 + down), QPointF(left + 10, 33 + down))
        painter.drawLine(QPointF(left + 8.5, 41 + down), QPointF(left + 12.5, 35.5 + down))
    accent(painter, ink)
    painter.drawPolyline([QPointF(80, 36 + down), QPointF(85, 41 + down), QPointF(90, 36 + down)])
    painter.drawLine(QPointF(85, 26 + down), QPointF(85, 41 + down))


COVERING: Final[dict[HintCode, Drawing]] = {
    HintCode.MASK: _mask,
    HintCode.HAND_ON_FACE: _hand_on_face,
    HintCode.SUNGLASSES: _sunglasses,
    HintCode.BROWS_COVERED: _brows_covered,
    HintCode.GLARE: _glare,
}
