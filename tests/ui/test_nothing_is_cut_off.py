"""Every page and component in every state: no word cut off or shortened, nothing one upon another, every control named.

Quick: the combinations in which something is cut off first. Slow: all of them.
"""

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from tests.gallery.combinations import all_combinations, worst
from tests.gallery.scenes import all_scenes
from tests.gallery.stage import drawn_alike, in_front
from tests.gallery.sweep import sweep
from tests.ui.looking import markup, nameless
from tests.ui.scene_parameters import is_variation
from tests.ui.words_in_sight import whole_numbers

SCENES = {scene.name: scene for scene in all_scenes()}


@pytest.fixture(scope="module", autouse=True)
def looks(qapp):
    with drawn_alike(qapp):
        yield


@pytest.fixture
def judged(qapp):
    """Faults of a scene: what the eye finds, and what a screen reader would miss."""

    def judge(name, combinations):
        unnamed = []

        def listen(scene, combination, window):
            front = in_front(window) or window
            unnamed.extend(f"{combination.name}: {one} has no name" for one in nameless(front))
            unnamed.extend(f"{combination.name}: {one} is markup" for one in markup(front))
            if not name.startswith("component-"):  # fields by themselves, with what somebody typed
                unnamed.extend(f"{combination.name}: {one}" for one in whole_numbers(front))

        return [*sweep(SCENES[name], combinations, listen), *unnamed]

    return judge


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_cut_off_where_it_is_cut_off_first(name, judged):
    *first, wide = worst()
    assert judged(name, first if is_variation(name, SCENES) else (*first, wide)) == []


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("身份证 110199199203150020", True),
        ("11019919920315002X", True),
        ("6222 0000 0000 0000 018", True),
        ("手机 139 1111 0000", True),
        ("1391****000", False),
        ("尾号 0018", False),
        ("合同 LA20261122-0001, 10,797.05 元, 400-000-0000", False),
    ],
)
def test_a_number_that_is_shown_whole_is_found_and_a_masked_one_is_not(qtbot, words, whole):
    window = QLabel(words)
    outer = QWidget()
    window.setParent(outer)
    qtbot.addWidget(outer)
    outer.show()
    assert bool(whole_numbers(outer)) is whole


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_cut_off_in_any_combination(name, judged):
    assert judged(name, all_combinations()) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_whole_loan_with_the_real_lender_is_cut_off_nowhere(qapp):
    from tests.gallery.walk import MOVING, walk

    seen = walk(worst())
    assert seen.faults == []
    assert len(seen.seen) > len(MOVING) + 15
