"""A page that nobody touches does nothing: what lays itself out for ever warms the computer and holds every scroll."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from tests.gallery.combinations import ONE, Combination
from tests.gallery.scenes import all_scenes
from tests.gallery.stage import drawn_alike, put, staged
from tests.ui.scene_parameters import variations_slowly

SCENES = {scene.name: scene for scene in all_scenes() if not scene.name.startswith("component-")}
# What a change asks for goes up the window level by level.
_LEVELS = 20
_ROUNDS = 6
LARGE = Combination("en", "light", 200, (1366, 768))


@pytest.fixture(scope="module", autouse=True)
def looks(qapp):
    with drawn_alike(qapp):
        yield


class LayoutsAsked(QObject):
    """Counts, by widget, how often a layout was asked for."""

    def __init__(self):
        super().__init__()
        self.asked = {}

    def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.LayoutRequest:
            name = type(watched).__name__
            self.asked[name] = self.asked.get(name, 0) + 1
        return False


@pytest.mark.parametrize("name", variations_slowly(SCENES))
def test_nothing_is_laid_out_for_ever(name, qapp):
    assert laid_out_for_ever(name, qapp, ONE) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_nor_in_large_type(name, qapp):
    assert laid_out_for_ever(name, qapp, LARGE) == {}


def laid_out_for_ever(name, qapp, combination):
    combination.put_in_force()
    with staged(SCENES[name]) as window:
        put(window, combination)
        for _ in range(_LEVELS):
            QApplication.processEvents()
        asked = LayoutsAsked()
        qapp.installEventFilter(asked)
        for _ in range(_ROUNDS):
            QApplication.processEvents()
        qapp.removeEventFilter(asked)
        return {widget: count for widget, count in asked.asked.items() if count >= _ROUNDS - 1}
