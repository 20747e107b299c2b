"""One hand for every drawing of a person: a head, shoulders, and what moves, on a canvas of 100 by 100."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from math import sin, tau
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from loanapp.domain.liveness import Action, HintCode

CANVAS: Final = 100.0
_LINE: Final = 1.75
_HEAD: Final = QRectF(29, 14, 42, 54)


@dataclass(frozen=True, slots=True)
class Ink:
    """The two colours of a drawing and how wide its line is, in canvas units."""

    line: QColor
    accent: QColor
    width: float = _LINE


@dataclass(frozen=True, slots=True)
class Pose:
    """How the drawn head stands: -1 to 1 for turns (negative is the left of the picture), 0 to 1 for the rest."""

    turn: float = 0.0
    nod: float = 0.0
    eyes_closed: float = 0.0
    mouth_open: float = 0.0
    scale: float = 1.0
    shift: QPointF = field(default_factory=QPointF)


def _pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    return QPen(colour, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _accent(painter: QPainter, ink: Ink) -> None:
    painter.setPen(_pen(ink.accent, ink.width * 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _plain(painter: QPainter, ink: Ink) -> None:
    painter.setPen(_pen(ink.line, ink.width))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_person(painter: QPainter, ink: Ink, pose: Pose, *, features: bool = True) -> None:
    """Head and shoulders in ``pose``; what the pose moves is in the accent colour."""
    painter.save()
    painter.translate(QPointF(50, 50) + pose.shift)
    painter.scale(pose.scale, pose.scale)
    painter.translate(-50, -50)
    _plain(painter, ink)
    shoulders = QPainterPath(QPointF(10, 97))
    shoulders.cubicTo(12, 80, 30, 78, 42, 74)
    shoulders.lineTo(42, 66)
    shoulders.moveTo(58, 66)
    shoulders.lineTo(58, 74)
    shoulders.cubicTo(70, 78, 88, 80, 90, 97)
    painter.drawPath(shoulders)
    painter.drawEllipse(_HEAD)
    if features:
        _paint_features(painter, ink, pose)
    painter.restore()


def _paint_features(painter: QPainter, ink: Ink, pose: Pose) -> None:
    across, down = pose.turn * 13, pose.nod * 9
    blinking, opening = pose.eyes_closed > 0, pose.mouth_open > 0
    for side in (-1, 1):
        narrowing = 1 - 0.45 * max(0.0, side * pose.turn)
        centre = QPointF(50 + side * 9 * narrowing + across, 37 + down)
        half = 4.6 * narrowing
        (_accent if blinking else _plain)(painter, ink)
        lid = 3.4 * (1 - pose.eyes_closed)
        eye = QPainterPath(centre - QPointF(half, 0))
        eye.quadTo(centre + QPointF(0, -2 * lid), centre + QPointF(half, 0))
        eye.quadTo(centre + QPointF(0, 2 * lid + (3.2 if lid < 0.8 else 0)), centre - QPointF(half, 0))
        painter.drawPath(eye)
        if lid > 1.4:
            painter.setBrush(painter.pen().color())
            painter.drawEllipse(centre + QPointF(pose.turn * 1.5, 0), 1.2, 1.2)
    _plain(painter, ink)
    nose = QPainterPath(QPointF(50 + across * 1.1, 39 + down))
    tip = pose.turn or 0.35
    nose.lineTo(50 + across * 1.1 + 3.4 * tip, 47.5 + down * 1.2)
    nose.lineTo(50 + across * 1.1, 48.5 + down * 1.2)
    painter.drawPath(nose)
    mouth = QPointF(50 + across * 0.95, 57 + down * 0.8)
    (_accent if opening else _plain)(painter, ink)
    if opening:
        painter.drawEllipse(mouth, 5.0 - pose.mouth_open, 0.6 + 5.6 * pose.mouth_open)
    else:
        line = QPainterPath(mouth - QPointF(5, 0))
        line.quadTo(mouth + QPointF(0, 1.6), mouth + QPointF(5, 0))
        painter.drawPath(line)


def _arrow(painter: QPainter, path: QPainterPath, end: QPointF, angle: float) -> None:
    """A path with an arrow head at ``end`` pointing along ``angle`` (degrees, 0 is right, 90 is down)."""
    painter.drawPath(path)
    painter.save()
    painter.translate(end)
    painter.rotate(angle)
    painter.drawPolyline([QPointF(-5, -4.5), QPointF(0, 0), QPointF(-5, 4.5)])
    painter.restore()


def _there_and_back(phase: float) -> float:
    """Rest, move, stay a little, come back: 0 to 1 to 0 over one turn of ``phase``."""
    points = ((0.0, 0.0), (0.18, 0.0), (0.42, 1.0), (0.66, 1.0), (0.88, 0.0), (1.0, 0.0))
    for (start, low), (end, high) in pairwise(points):
        if start <= phase <= end:
            share = (phase - start) / (end - start)
            return low + (high - low) * (share * share * (3 - 2 * share))
    return 0.0


def _blink(painter: QPainter, ink: Ink, phase: float) -> None:
    # A drawn blink that lasts as long as the other movements would look like sleep: two short ones instead.
    closed = max(0.0, sin(tau * ((phase * 2) % 1.0)) - 0.25) / 0.75
    paint_person(painter, ink, Pose(eyes_closed=max(0.02, closed)))


def _open_mouth(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(mouth_open=max(0.02, _there_and_back(phase))))


def _turn(painter: QPainter, ink: Ink, phase: float, side: int) -> None:
    moved = _there_and_back(phase)
    paint_person(painter, ink, Pose(turn=side * moved))
    _accent(painter, ink)
    path = QPainterPath(QPointF(50 - side * 14, 8))
    path.quadTo(50 + side * 14, 3, 50 + side * 33, 17)
    _arrow(painter, path, QPointF(50 + side * 33, 17), 52 if side > 0 else 128)


def _nod(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(nod=_there_and_back(phase)))
    _accent(painter, ink)
    path = QPainterPath(QPointF(84, 26))
    path.quadTo(91, 40, 84, 55)
    _arrow(painter, path, QPointF(84, 55), 118)


def _no_face(painter: QPainter, ink: Ink, phase: float) -> None:
    painter.setPen(_pen(ink.accent, ink.width * 1.2, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(24, 6, 52, 70))
    paint_person(painter, ink, Pose(shift=QPointF(26 * (1 - _there_and_back(phase)), 0), scale=0.92), features=False)


def _several_faces(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(scale=0.78, shift=QPointF(-14, 8)), features=False)
    faded = QColor(ink.accent)
    faded.setAlphaF(1 - 0.85 * _there_and_back(phase))
    leaving = Ink(faded, faded, ink.width)
    shift = QPointF(24 + 10 * _there_and_back(phase), 6)
    paint_person(painter, leaving, Pose(scale=0.6, shift=shift), features=False)


def _too_dark(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(scale=0.84, shift=QPointF(12, 8)), features=False)
    _accent(painter, ink)
    centre = QPointF(18, 20)
    painter.drawEllipse(centre, 7, 7)
    reach = 4 + 4 * _there_and_back(phase)
    for step in range(8):
        painter.save()
        painter.translate(centre)
        painter.rotate(45 * step)
        painter.drawLine(QPointF(11, 0), QPointF(11 + reach, 0))
        painter.restore()


def _distance(painter: QPainter, ink: Ink, phase: float, *, nearer: bool) -> None:
    painter.setPen(_pen(ink.accent, ink.width * 1.2, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(26, 8, 48, 64))
    moved = _there_and_back(phase)
    scale = 0.55 + 0.42 * moved if nearer else 1.3 - 0.33 * moved
    painter.setClipRect(QRectF(0, 0, CANVAS, CANVAS))
    paint_person(painter, ink, Pose(scale=scale, shift=QPointF(0, -1)), features=False)


def _off_centre(painter: QPainter, ink: Ink, phase: float) -> None:
    painter.setPen(_pen(ink.accent, ink.width * 1.2, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(26, 8, 48, 64))
    away = 1 - _there_and_back(phase)
    paint_person(painter, ink, Pose(scale=0.92, shift=QPointF(-20 * away, 8 * away)), features=False)


def _not_frontal(painter: QPainter, ink: Ink, phase: float) -> None:
    away = 1 - _there_and_back(phase)
    paint_person(painter, ink, Pose(turn=-away))
    _accent(painter, ink)
    path = QPainterPath(QPointF(24, 10))
    path.quadTo(36, 3, 48, 6)
    _arrow(painter, path, QPointF(48, 6), 12)


def _camera(painter: QPainter, ink: Ink, phase: float) -> None:
    _plain(painter, ink)
    painter.drawRoundedRect(QRectF(18, 24, 64, 48), 8, 8)
    painter.drawLine(QPointF(50, 72), QPointF(50, 84))
    painter.drawLine(QPointF(34, 84), QPointF(66, 84))
    painter.drawEllipse(QPointF(50, 48), 15, 15)
    _accent(painter, ink)
    slide = 30 * _there_and_back(phase)
    cover = QColor(ink.accent)
    cover.setAlphaF(0.25)
    painter.setBrush(cover)
    painter.drawRoundedRect(QRectF(31 + slide, 29, 38, 38), 6, 6)


def _look(painter: QPainter, ink: Ink, phase: float) -> None:
    pulse = 1 + 0.04 * sin(tau * phase)
    _accent(painter, ink)
    painter.drawEllipse(QPointF(50, 50), 30 * pulse, 30 * pulse)
    painter.drawLine(QPointF(50, 34), QPointF(50, 54))
    painter.drawPoint(QPointF(50, 64))


def _hold_still(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose())
    ring = QColor(ink.accent)
    ring.setAlphaF(0.35 + 0.65 * abs(sin(tau * phase / 2)))
    painter.setPen(_pen(ring, ink.width * 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(22, 7, 56, 68))


def _done(painter: QPainter, ink: Ink, phase: float) -> None:  # noqa: ARG001 - every drawing takes the phase
    _accent(painter, ink)
    painter.drawEllipse(QPointF(50, 50), 32, 32)
    painter.drawPolyline([QPointF(35, 51), QPointF(46, 62), QPointF(66, 39)])


Drawing = Callable[[QPainter, Ink, float], None]

ACTIONS: Final[dict[Action, Drawing]] = {
    Action.BLINK: _blink,
    Action.OPEN_MOUTH: _open_mouth,
    # The preview is a mirror: the person's own left is the left of the picture.
    Action.TURN_LEFT: lambda painter, ink, phase: _turn(painter, ink, phase, -1),
    Action.TURN_RIGHT: lambda painter, ink, phase: _turn(painter, ink, phase, 1),
    Action.NOD: _nod,
}

HINTS: Final[dict[HintCode, Drawing]] = {
    HintCode.CAMERA_BLACK: _camera,
    HintCode.NO_FACE: _no_face,
    HintCode.SEVERAL_FACES: _several_faces,
    HintCode.TOO_DARK: _too_dark,
    HintCode.TOO_FAR: lambda painter, ink, phase: _distance(painter, ink, phase, nearer=True),
    HintCode.TOO_NEAR: lambda painter, ink, phase: _distance(painter, ink, phase, nearer=False),
    HintCode.OFF_CENTRE: _off_centre,
    HintCode.NOT_FRONTAL: _not_frontal,
}

CAMERA: Final[Drawing] = _camera
LOOK: Final[Drawing] = _look
HOLD_STILL: Final[Drawing] = _hold_still
DONE: Final[Drawing] = _done


def drawing_for(what: Action | HintCode) -> Drawing:
    """The moving drawing of an action or a hint; a hint without one of its own gets the sign for "look"."""
    if isinstance(what, Action):
        return ACTIONS[what]
    return HINTS.get(what, _look)
