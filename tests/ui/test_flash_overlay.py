"""The colours of the flash over the whole window: what is painted, what can be pressed, and that it always ends."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, FlashColour
from loanapp.vision.flash_colours import screen_colour
from tests.ui.face_page import challenge
from tests.ui.test_face_verification import to_ready
from ui.camera.face_words import Step
from ui.camera.flash_overlay import FlashOverlay
from ui.theme import theme
from ui.translations import tr, translator

PROMISES = ("only_for_identity", "never_tell_code")
COLOURS = (FlashColour.BLUE, FlashColour.GREEN, FlashColour.MAGENTA, FlashColour.CYAN)


class Window(QWidget):
    """A page between other things that can be pressed."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        self.above, self.below, self.page = QPushButton("above"), QPushButton("below"), QWidget()
        self.page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for widget in (self.above, self.page, self.below):
            box.addWidget(widget)
        self.overlay = FlashOverlay(self.page)


@pytest.fixture
def window(qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def corners(window):
    picture = window.grab().toImage()
    places = (QPoint(3, 3), QPoint(1362, 3), QPoint(3, 764), QPoint(1362, 764), QPoint(683, 20))
    return {picture.pixelColor(place).name() for place in places}


@pytest.mark.parametrize("colour", FlashColour)
def test_the_whole_window_is_painted_in_each_colour_and_given_back(window, colour):
    before = window.grab().toImage()
    window.overlay.show_colour(colour)
    assert corners(window) == {QColor(*screen_colour(colour)).name()}
    window.overlay.show_colour(None)
    assert window.overlay.isHidden()
    assert window.grab().toImage() == before


def test_a_window_that_grows_stays_covered(window, qtbot):
    window.overlay.show_colour(FlashColour.BLUE)
    window.resize(1500, 900)
    qtbot.waitUntil(lambda: window.overlay.size() == window.size())
    window.overlay.show_colour(None)


def luminance(colour: QColor) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scale", [100, 200])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_line_and_the_way_out_are_whole_and_stand_out_on_every_colour(window, qapp, scale, language):
    theme().choose(mode="light", scale=scale)
    translator().set_language(language)
    try:
        overlay = window.overlay
        overlay.show_simulated(True)
        plates = set()
        for colour in COLOURS:
            overlay.show_colour(colour)
            qapp.processEvents()
            picture = overlay.grab().toImage()
            place = overlay.line.mapTo(overlay, QPoint(0, 2))
            plates.add(picture.pixelColor(place - QPoint(4, 0)).name())
            sentences = overlay.promises.findChildren(QLabel)
            assert [one.text() for one in sentences] == [tr(f"face_verification.{key}") for key in PROMISES]
            for widget in (overlay.line, overlay.tag, *sentences, overlay.cancel):
                assert overlay.rect().contains(widget.rect().translated(widget.mapTo(overlay, QPoint(0, 0))))
                assert widget.sizeHint().width() <= widget.width() + 1
        assert len(plates) == 1
        plate = luminance(QColor(plates.pop()))
        assert (1.0 + 0.05) / (plate + 0.05) >= 7
        assert overlay.accessibleName() == overlay.line.text() != ""
        assert overlay.cancel.accessibleName()
        overlay.show_colour(None)
    finally:
        translator().set_language("zh")
        theme().choose(mode="light", scale=100)
        qapp.setStyleSheet("")


def test_the_keyboard_stays_on_the_way_out_and_comes_back_to_the_page(window, qtbot):
    window.overlay.show_colour(FlashColour.GREEN)
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Tab):
        assert QApplication.focusWidget() is window.overlay.cancel
        qtbot.keyClick(QApplication.focusWidget(), key)
    with qtbot.waitSignal(window.overlay.cancelled):
        qtbot.keyClick(window.overlay.cancel, Qt.Key.Key_Space)
    window.overlay.show_colour(None)
    assert QApplication.focusWidget() is window.page


def test_the_small_mirror_shows_the_frame_and_forgets_it(window):
    overlay = window.overlay
    frame = np.full((720, 1280, 3), (0, 0, 200), np.uint8)  # red, in blue-green-red order
    overlay.show_frame(frame)
    overlay.show_colour(FlashColour.CYAN)
    middle = QPoint(683, round(768 * 0.3))
    assert window.grab().toImage().pixelColor(middle).name() == QColor(*screen_colour(FlashColour.CYAN)).name()
    overlay.show_frame(frame)
    assert window.grab().toImage().pixelColor(middle).name() == "#c80000"
    overlay.show_colour(None)
    overlay.show_colour(FlashColour.CYAN)
    assert window.grab().toImage().pixelColor(middle).name() == QColor(*screen_colour(FlashColour.CYAN)).name()
    overlay.show_colour(None)


def test_the_colours_are_announced_shown_and_ended_by_escape(open_face_page, qtbot):
    page, journey = open_face_page()
    lit = replace(challenge(Action.OPEN_MOUTH), flash=COLOURS, flash_colour_ms=450)
    journey.answers["begin_liveness"] = lambda _kind, **_wishes: lit
    to_ready(page, qtbot)
    said = set()
    page.attempt.viewed.connect(lambda _view: said.add(page.steps.mirror.line.text()))
    page.proceed()
    qtbot.waitUntil(lambda: page.overlay.colour is not None, timeout=30_000)
    assert "屏幕会变几种颜色，请看着镜头" in said
    assert page.overlay.isVisible()
    assert page.overlay.tag.isVisible()
    assert page.overlay.size() == page.window().size()
    qtbot.keyClick(page.window(), Qt.Key.Key_Escape)
    assert page.step is Step.READY
    assert page.overlay.isHidden()
    assert page.overlay.parent() is page
    assert "send_evidence" not in {act[0] for act in journey.acts}


@pytest.mark.parametrize("end", ["failed", "leave"])
def test_no_end_leaves_the_window_coloured(open_face_page, end):
    page, _ = open_face_page()
    page._step = Step.MIRROR
    page.overlay.show_colour(FlashColour.YELLOW)
    if end == "failed":
        page.attempt.failed.emit(LoanAppError(ErrorCode.FACE_LOST))
        assert page.step is Step.TROUBLE
    else:
        page.leave()
    assert page.overlay.isHidden()
