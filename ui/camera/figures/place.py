"""Who is in the picture, where, and how they hold themselves."""

from math import sin, tau
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from loanapp.domain.liveness import HintCode
from ui.camera.figures.person import (
    CANVAS,
    OVAL,
    Drawing,
    Ink,
    Pose,
    accent,
    arrow,
    behind,
    dashed,
    mended,
    paint_person,
    placed,
    plain,
    silhouette,
)


def _no_face(painter: QPainter, ink: Ink, phase: float) -> None:
    dashed(painter, ink)
    painter.drawEllipse(OVAL)
    there = mended(phase)
    paint_person(painter, ink.faded(0.25 + 0.75 * there), Pose(shift=QPointF(58 * (1 - there), 0)), features=False)


def _several_faces(painter: QPainter, ink: Ink, phase: float) -> None:
    gone = mended(phase)
    me = Pose(scale=0.78, shift=QPointF(-14 + 14 * gone, 8))
    leaving = Ink(ink.accent, ink.accent, ink.width).faded(max(0.0, 1 - 1.1 * gone))
    with behind(painter, silhouette(me)):
        paint_person(painter, leaving, Pose(scale=0.6, shift=QPointF(24 + 26 * gone, 8)), features=False)
    paint_person(painter, ink, me, features=False)


def _another_face(painter: QPainter, ink: Ink, phase: float) -> None:
    back = mended(phase)
    dashed(painter, ink)
    painter.drawEllipse(OVAL)
    other = Ink(ink.accent, ink.accent, ink.width).faded(max(0.0, 1 - 1.1 * back))
    pose = Pose(scale=0.92, shift=QPointF(62 * back, 0))
    paint_person(painter, other, pose, features=False)
    with placed(painter, pose):
        # Somebody else: told from the first by a knot of hair, by no trait of a face.
        plain(painter, other.within(pose.scale))
        painter.drawEllipse(QPointF(50, 9), 7, 6)
    paint_person(painter, ink.faded(back), Pose(scale=0.92, shift=QPointF(-62 * (1 - back), 0)), features=False)


def _cut_off(painter: QPainter, ink: Ink, phase: float) -> None:
    away = 1 - mended(phase)
    frame = QRectF(10, 12, 80, 72)
    accent(painter, ink)
    painter.drawRoundedRect(frame, 5, 5)
    inside = QPainterPath()
    inside.addRoundedRect(frame, 5, 5)
    pose = Pose(scale=0.8, shift=QPointF(-24 * away, 12 - 30 * away))
    with behind(painter, inside):
        paint_person(painter, ink.faded(0.22), pose, features=False)
    painter.save()
    painter.setClipPath(inside)
    paint_person(painter, ink, pose, features=False)
    painter.restore()


def _distance(painter: QPainter, ink: Ink, phase: float, *, nearer: bool) -> None:
    dashed(painter, ink)
    painter.drawEllipse(OVAL)
    done = mended(phase)
    scale = 0.5 + 0.47 * done if nearer else 1.42 - 0.45 * done
    painter.save()
    painter.setClipRect(QRectF(0, 0, CANVAS, CANVAS))
    paint_person(painter, ink, Pose(scale=scale, shift=QPointF(0, -1)), features=False)
    painter.restore()
    accent(painter, ink)
    for side in (-1, 1):
        # Outwards, as the head grows, or inwards, as it shrinks.
        start, end = (50 + side * 31, 50 + side * 45) if nearer else (50 + side * 47, 50 + side * 33)
        path = QPainterPath(QPointF(start, 40))
        path.lineTo(end, 40)
        arrow(painter, path, QPointF(end, 40), 0 if (side > 0) == nearer else 180)


def _off_centre(painter: QPainter, ink: Ink, phase: float) -> None:
    dashed(painter, ink)
    painter.drawEllipse(OVAL)
    away = 1 - mended(phase)
    paint_person(painter, ink, Pose(scale=0.92, shift=QPointF(-24 * away, 8 * away)), features=False)
    accent(painter, ink)
    path = QPainterPath(QPointF(78, 88))
    path.lineTo(94, 88)
    arrow(painter, path, QPointF(94, 88), 0)


def _not_frontal(painter: QPainter, ink: Ink, phase: float) -> None:
    away = 1 - mended(phase)
    paint_person(painter, ink, Pose(turn=-away))
    accent(painter, ink)
    path = QPainterPath(QPointF(20, 17))
    path.quadTo(34, 4, 52, 6)
    arrow(painter, path, QPointF(52, 6), 8)


def _tilted(painter: QPainter, ink: Ink, phase: float) -> None:
    away = 1 - mended(phase)
    with behind(painter, silhouette(Pose(tilt=-21 * away))):
        dashed(painter, ink)
        painter.drawLine(QPointF(50, 2), QPointF(50, 30))
    paint_person(painter, ink, Pose(tilt=-21 * away))
    accent(painter, ink)
    path = QPainterPath(QPointF(16, 24))
    path.quadTo(22, 10, 36, 5)
    arrow(painter, path, QPointF(36, 5), -20)


def _eyes_closed(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(eyes_closed=max(0.02, 1 - mended(phase))))


def _mouth_open(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose(mouth_open=max(0.02, 1 - mended(phase))))


def _moving(painter: QPainter, ink: Ink, phase: float) -> None:
    restless = 1 - mended(phase)
    swing = 9 * restless * sin(tau * 3 * phase)
    if restless > 0.05:
        for side in (-1, 1):
            ghost = Ink(ink.accent, ink.accent, ink.width).faded(0.55 * restless)
            head = silhouette(Pose(scale=0.9, shift=QPointF(side * 15, 4)))
            with behind(painter, silhouette(Pose(scale=0.9, shift=QPointF(swing, 4)))):
                plain(painter, ghost)
                painter.drawPath(head)
    paint_person(painter, ink, Pose(scale=0.9, shift=QPointF(swing, 4)), features=False)


PLACE: Final[dict[HintCode, Drawing]] = {
    HintCode.NO_FACE: _no_face,
    HintCode.SEVERAL_FACES: _several_faces,
    HintCode.ANOTHER_FACE: _another_face,
    HintCode.CUT_OFF: _cut_off,
    HintCode.TOO_FAR: lambda painter, ink, phase: _distance(painter, ink, phase, nearer=True),
    HintCode.TOO_NEAR: lambda painter, ink, phase: _distance(painter, ink, phase, nearer=False),
    HintCode.OFF_CENTRE: _off_centre,
    HintCode.TILTED: _tilted,
    HintCode.NOT_FRONTAL: _not_frontal,
    HintCode.EYES_CLOSED: _eyes_closed,
    HintCode.MOUTH_OPEN: _mouth_open,
    HintCode.MOVING: _moving,
}
