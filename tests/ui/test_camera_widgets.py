"""The mirror and the drawings of the face page."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPainter

from loanapp.domain.liveness import Action, HintCode
from ui.camera.figures import CAMERA, DONE, FLASH, HOLD_STILL, LOOK, Ink, drawing_for, still_phase
from ui.camera.moving_drawing import MovingDrawing
from ui.camera.preview import CameraPreview, PreviewState
from ui.theme import theme


@pytest.fixture
def preview(qtbot):
    preview = CameraPreview()
    qtbot.addWidget(preview)
    preview.resize(640, 480)
    preview.show()
    return preview


def _half_and_half() -> np.ndarray:
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[:, :320] = (0, 0, 255)  # red on the left, in blue-green-red order
    frame[:, 320:] = (255, 0, 0)
    return frame


def test_the_picture_is_a_mirror_in_true_colours(preview):
    preview.show_frame(_half_and_half())
    picture = preview.grab().toImage()
    assert picture.pixelColor(QPoint(280, 240)).name() == "#0000ff"
    assert picture.pixelColor(QPoint(360, 240)).name() == "#ff0000"


def test_rows_wider_than_the_picture_are_understood(preview):
    wide = np.zeros((480, 1280, 3), np.uint8)
    wide[:, :640] = (0, 255, 0)
    preview.show_frame(wide[:, :640])
    assert preview.grab().toImage().pixelColor(QPoint(320, 240)).name() == "#00ff00"


def test_forgetting_the_frame_leaves_no_picture(preview):
    preview.show_frame(_half_and_half())
    preview.show_frame(None)
    assert not preview.has_frame
    assert preview.grab().toImage().pixelColor(QPoint(280, 240)).name() not in {"#0000ff", "#ff0000"}


def test_the_ring_fills_as_actions_are_done(preview):
    accent = theme().colour("accent").name()

    def coloured(state: PreviewState) -> int:
        preview.show_state(state)
        picture = preview.grab().toImage()
        return sum(picture.pixelColor(x, y).name() == accent for x in range(0, 640, 2) for y in range(0, 480, 2))

    none, one, both = (coloured(PreviewState(done, 2)) for done in (0, 1, 2))
    assert none == 0
    assert 0 < one < both


def test_the_meter_shows_more_light_as_a_longer_arc_and_little_light_in_the_colour_of_a_look(preview):
    def coloured(colour: str, state: PreviewState) -> int:
        preview.show_state(state)
        picture = preview.grab().toImage()
        wanted = theme().colour(colour).name()
        return sum(picture.pixelColor(x, y).name() == wanted for x in range(640) for y in range(0, 480, 2))

    unknown, some, more = (coloured("accent", PreviewState(light=light)) for light in (None, 0.6, 0.9))
    assert unknown == 0
    assert 0 < some < more
    assert coloured("look", PreviewState(light=0.1, dark=True)) > 0
    assert coloured("look", PreviewState(light=0.9)) == 0


def _painted(drawing, phase):
    image = QImage(100, 100, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    drawing(painter, Ink(QColor("black"), QColor("teal")), phase)
    painter.end()
    return bytes(image.constBits())


@pytest.mark.parametrize("what", [*Action, *HintCode])
def test_every_action_and_hint_has_a_drawing_that_moves(what):
    pictures = {_painted(drawing_for(what), phase) for phase in (0.0, 0.3, 0.5, 0.625)}
    assert len(pictures) > 1


def test_no_two_share_a_drawing_or_its_clearest_moment():
    drawings = [drawing_for(what) for what in (*Action, *HintCode)]
    assert len(set(drawings)) == len(drawings)
    assert LOOK not in drawings, "the sign for whatever has no drawing"
    assert len({_painted(drawing, still_phase(drawing)) for drawing in drawings}) == len(drawings)


@pytest.mark.parametrize("drawing", [CAMERA, DONE, FLASH, HOLD_STILL, LOOK])
def test_the_signs_are_painted(drawing):
    assert any(_painted(drawing, 0.5))


def test_a_drawing_leaves_the_painter_as_it_was():
    image = QImage(100, 100, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    for what in (*Action, *HintCode):
        drawing_for(what)(painter, Ink(QColor("black"), QColor("teal")), 0.3)
        assert painter.transform().isIdentity(), what
        assert not painter.hasClipping(), what
    painter.end()


def test_the_drawing_rests_when_hidden_or_when_motion_is_unwanted(qtbot):
    drawing = MovingDrawing()
    qtbot.addWidget(drawing)
    drawing.show_drawing(drawing_for(Action.NOD))
    drawing.show()
    assert drawing.is_moving
    drawing.set_reduced_motion(True)
    assert not drawing.is_moving
    drawing.set_reduced_motion(False)
    drawing.hide()
    assert not drawing.is_moving
