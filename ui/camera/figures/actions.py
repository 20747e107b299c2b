"""What a challenge asks for, drawn once over: from the person's rest and back to it."""

from math import sin, tau
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath

from loanapp.domain.liveness import Action, HintCode
from ui.camera.figures.person import Drawing, Ink, Pose, accent, arrow, paint_person, there_and_back


def _blink(painter: QPainter, ink: Ink, phase: float) -> None:
    # A drawn blink that lasts as long as the other movements would look like sleep: two short ones instead.
    closed = max(0.0, sin(tau * ((phase * 2) % 1.0)) - 0.25) / 0.75
    paint_person(painter, ink, Pose(eyes_closed=max(0.02, closed)))


def _open_mouth(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(mouth_open=max(0.02, there_and_back(phase))))


def _turn(painter: QPainter, ink: Ink, phase: float, side: int) -> None:
    paint_person(painter, ink, Pose(turn=side * there_and_back(phase)))
    accent(painter, ink)
    path = QPainterPath(QPointF(50 - side * 14, 8))
    path.quadTo(50 + side * 14, 3, 50 + side * 33, 17)
    arrow(painter, path, QPointF(50 + side * 33, 17), 52 if side > 0 else 128)


def _nod(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(nod=there_and_back(phase)))
    accent(painter, ink)
    path = QPainterPath(QPointF(84, 26))
    path.quadTo(91, 40, 84, 55)
    arrow(painter, path, QPointF(84, 55), 118)


def _wrong_direction(painter: QPainter, ink: Ink, phase: float) -> None:
    # Which side is meant stands in the line above; a drawing with one answer would be wrong half of the time.
    other = there_and_back(phase)
    paint_person(painter, ink, Pose(), features=False)
    for side, share in ((-1, 1 - other), (1, other)):
        hand = ink.faded(0.2 + 0.8 * share)
        accent(painter, hand)
        path = QPainterPath(QPointF(50 + side * 8, 32))
        path.quadTo(50 + side * 26, 24, 50 + side * 42, 40)
        arrow(painter, path, QPointF(50 + side * 42, 40), 52 if side > 0 else 128)


def _too_small(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(scale=0.8, shift=QPointF(0, 8)), features=False)
    accent(painter, ink)
    reach = 5 + 16 * there_and_back(phase)
    for side in (-1, 1):
        start, end = QPointF(50 + side * 24, 40), QPointF(50 + side * (24 + reach), 40)
        path = QPainterPath(start)
        path.lineTo(end)
        arrow(painter, path, end, 0 if side > 0 else 180)


ACTIONS: Final[dict[Action, Drawing]] = {
    Action.BLINK: _blink,
    Action.OPEN_MOUTH: _open_mouth,
    # The preview is a mirror: the person's own left is the left of the picture.
    Action.TURN_LEFT: lambda painter, ink, phase: _turn(painter, ink, phase, -1),
    Action.TURN_RIGHT: lambda painter, ink, phase: _turn(painter, ink, phase, 1),
    Action.NOD: _nod,
}

HINTS: Final[dict[HintCode, Drawing]] = {
    HintCode.WRONG_DIRECTION: _wrong_direction,
    HintCode.ACTION_TOO_SMALL: _too_small,
}
