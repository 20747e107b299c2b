"""Every page in every state, gone through by the Tab key: nothing left out, from top to bottom, and round again."""

import pytest
from PySide6.QtCore import Qt

from tests.gallery.combinations import ONE
from tests.gallery.keys import backwards, missed, round_trip, told
from tests.gallery.scenes import all_scenes
from tests.gallery.stage import drawn_alike, in_front, put, settle, staged
from tests.ui.scene_parameters import variations_slowly

PAGES = {scene.name: scene for scene in all_scenes() if not scene.name.startswith("component-")}


@pytest.fixture(scope="module", autouse=True)
def looks(qapp):
    with drawn_alike(qapp):
        yield


@pytest.mark.parametrize("name", variations_slowly(PAGES))
def test_tab_goes_through_all_of_it_from_top_to_bottom_and_round(name):
    with staged(PAGES[name]) as shell:
        put(shell, ONE)
        window = in_front(shell) or shell
        window.activateWindow()
        settle(window)
        forth = round_trip(window)
        assert missed(window, forth) == []
        assert backwards(forth) == []
        back = round_trip(window, Qt.Key.Key_Backtab)
        assert sorted(map(told, back)) == sorted(map(told, forth))
        there = back.index(forth[0])
        assert [*back[there + 1 :], *back[: there + 1]] == [*reversed(forth)]
