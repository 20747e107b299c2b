"""The camera and the computer: covered, stuck, slow, smeared; and the screen that shows colours."""

from math import sin, tau
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from loanapp.domain.liveness import HintCode
from ui.camera.figures.person import Drawing, Ink, accent, behind, mended, pen, plain, tint


def _webcam(painter: QPainter, ink: Ink, body: QRectF, lens: float) -> None:
    plain(painter, ink)
    painter.drawRoundedRect(body, 8, 8)
    painter.drawEllipse(body.center(), lens, lens)
    painter.drawEllipse(body.center(), lens * 0.36, lens * 0.36)


def camera(painter: QPainter, ink: Ink, phase: float) -> None:
    """A camera whose cover slides open."""
    plain(painter, ink)
    painter.drawRoundedRect(QRectF(18, 24, 64, 48), 8, 8)
    painter.drawLine(QPointF(50, 72), QPointF(50, 84))
    painter.drawLine(QPointF(34, 84), QPointF(66, 84))
    painter.drawEllipse(QPointF(50, 48), 15, 15)
    accent(painter, ink)
    painter.setBrush(tint(ink, 0.3))
    painter.drawRoundedRect(QRectF(31 + 30 * mended(phase), 29, 38, 38), 6, 6)


def _frozen(painter: QPainter, ink: Ink, phase: float) -> None:
    # Out and in again.
    out = 16 * sin(tau * phase / 2) ** 2
    _webcam(painter, ink, QRectF(28, 8, 44, 32), 10)
    cable = QPainterPath(QPointF(50, 40))
    cable.cubicTo(50, 60, 12, 50, 12, 68)
    cable.cubicTo(12, 76, 18, 78, 28, 78)
    plain(painter, ink)
    painter.drawRoundedRect(QRectF(72, 62, 20, 32), 4, 4)
    painter.drawLine(QPointF(72, 72), QPointF(77, 72))
    painter.drawLine(QPointF(72, 84), QPointF(77, 84))
    accent(painter, ink)
    painter.setBrush(tint(ink))
    painter.drawRoundedRect(QRectF(44 - out, 70, 18, 16), 3, 3)
    painter.drawLine(QPointF(62 - out, 74), QPointF(71 - out, 74))
    painter.drawLine(QPointF(62 - out, 82), QPointF(71 - out, 82))
    plain(painter, ink)
    painter.drawPath(cable)
    painter.drawLine(QPointF(28, 78), QPointF(44 - out, 78))


def _blurred(painter: QPainter, ink: Ink, phase: float) -> None:
    clean = mended(phase)
    swing = 15 * sin(tau * 2 * phase) * (1 - clean)
    cloth = QPainterPath()
    cloth.addRoundedRect(QRectF(38 + swing + 25 * clean, 44 + 18 * clean, 34, 32), 6, 6)
    with behind(painter, cloth):
        plain(painter, ink)
        painter.drawRoundedRect(QRectF(14, 14, 72, 62), 9, 9)
        painter.drawEllipse(QPointF(50, 45), 23, 23)
        painter.drawEllipse(QPointF(50, 45), 8, 8)
        painter.setPen(pen(ink.faded(max(0.0, 1 - 1.3 * clean)).line, ink.width, Qt.PenStyle.DotLine))
        for offset in (-8, -2, 4):
            painter.drawLine(QPointF(35, 45 + offset), QPointF(52, 33 + offset))
    accent(painter, ink)
    painter.setBrush(tint(ink))
    painter.drawPath(cloth)
    if clean > 0.8:
        for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0)):
            painter.drawLine(QPointF(40 + 2.5 * x, 32 + 2.5 * y), QPointF(40 + 6.5 * x, 32 + 6.5 * y))


def _slow(painter: QPainter, ink: Ink, phase: float) -> None:
    # Other programs' windows close one after the other; the camera keeps the computer to itself.
    _webcam(painter, ink, QRectF(10, 52, 50, 38), 11)
    gone = mended(phase)
    front = QRectF(30, 24, 42, 32)
    back = QRectF(46, 8, 42, 32)
    near = QPainterPath()
    near.addRoundedRect(front, 3, 3)
    for body, share in ((back, 1 - 2 * max(0.0, gone - 0.5)), (front, 1 - 2 * min(0.5, gone))):
        hand = ink.faded(max(0.0, share))
        accent(painter, hand)
        painter.save()
        if body is back and gone < 0.5:
            everything = QPainterPath()
            everything.addRect(QRectF(0, 0, 100, 100))
            painter.setClipPath(everything.subtracted(near))
        painter.setBrush(tint(ink, 0.2 * max(0.0, share)))
        painter.drawRoundedRect(body, 3, 3)
        cross = body.topRight() + QPointF(-7, 7)
        painter.drawLine(cross + QPointF(-3, -3), cross + QPointF(3, 3))
        painter.drawLine(cross + QPointF(-3, 3), cross + QPointF(3, -3))
        painter.restore()


def flash(painter: QPainter, ink: Ink, phase: float) -> None:
    """A screen that shines: colours follow one another, the person only looks on."""
    plain(painter, ink)
    painter.drawRoundedRect(QRectF(14, 22, 72, 48), 5, 5)
    painter.drawLine(QPointF(50, 70), QPointF(50, 82))
    painter.drawLine(QPointF(34, 82), QPointF(66, 82))
    lit = int(phase * 4) % 4
    for place in range(4):
        accent(painter, ink.faded(1.0 if place == lit else 0.35))
        painter.setBrush(tint(ink, 0.75 if place == lit else 0.1))
        painter.drawRoundedRect(QRectF(21 + 15 * place, 34, 12, 24), 3, 3)


DEVICES: Final[dict[HintCode, Drawing]] = {
    HintCode.CAMERA_BLACK: camera,
    HintCode.CAMERA_FROZEN: _frozen,
    HintCode.BLURRED: _blurred,
    HintCode.CAMERA_SLOW: _slow,
}
