"""Moving drawings for the face page: one of its own for every action and every hint, all by one hand.

A drawing is a function of a painter on a canvas of 100 by 100, two colours and a phase from 0 to 1.
"""

from math import sin, tau
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from loanapp.domain.liveness import Action, HintCode
from ui.camera.figures import actions
from ui.camera.figures.actions import ACTIONS
from ui.camera.figures.covering import COVERING
from ui.camera.figures.devices import DEVICES, camera, flash
from ui.camera.figures.light import LIGHT
from ui.camera.figures.person import CANVAS, OVAL, Drawing, Ink, Pose, accent, paint_person, pen
from ui.camera.figures.place import PLACE

__all__ = [
    "ACTIONS",
    "CAMERA",
    "CANVAS",
    "DONE",
    "FLASH",
    "HINTS",
    "HOLD_STILL",
    "LOOK",
    "Drawing",
    "Ink",
    "drawing_for",
    "still_phase",
]


def _look(painter: QPainter, ink: Ink, phase: float) -> None:
    pulse = 1 + 0.04 * sin(tau * phase)
    accent(painter, ink)
    painter.drawEllipse(QPointF(50, 50), 30 * pulse, 30 * pulse)
    painter.drawLine(QPointF(50, 34), QPointF(50, 54))
    painter.drawPoint(QPointF(50, 64))


def _hold_still(painter: QPainter, ink: Ink, phase: float) -> None:
    paint_person(painter, ink, Pose())
    ring = QColor(ink.accent)
    ring.setAlphaF(0.35 + 0.65 * abs(sin(tau * phase / 2)))
    painter.setPen(pen(ring, ink.width * 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(OVAL).adjusted(-2, 1, 2, 1))


def _done(painter: QPainter, ink: Ink, phase: float) -> None:  # noqa: ARG001 - every drawing takes the phase
    accent(painter, ink)
    painter.drawEllipse(QPointF(50, 50), 32, 32)
    painter.drawPolyline([QPointF(35, 51), QPointF(46, 62), QPointF(66, 39)])


HINTS: Final[dict[HintCode, Drawing]] = {**DEVICES, **PLACE, **LIGHT, **COVERING, **actions.HINTS}

CAMERA: Final[Drawing] = camera
FLASH: Final[Drawing] = flash
LOOK: Final[Drawing] = _look
HOLD_STILL: Final[Drawing] = _hold_still
DONE: Final[Drawing] = _done


def drawing_for(what: Action | HintCode) -> Drawing:
    """The moving drawing of an action or a hint; every one has its own."""
    return ACTIONS[what] if isinstance(what, Action) else HINTS[what]


def still_phase(drawing: Drawing) -> float:
    """The moment that says most where nothing is to move: of a fault as it begins to be mended, of an action done."""
    return 0.32 if drawing in HINTS.values() else 0.625
