"""The window: where it stood it stands again, on a screen that is there, whatever the screens and their scales are."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.gallery.clipping import faults
from tests.gallery.face_scenes import face_scenes
from tests.gallery.page_scenes import page_scenes
from tests.gallery.stage import drawn_alike, in_front, let_it_run, settle, staged
from ui.application import Desktop
from ui.home import WindowSettings
from ui.shell import Shell
from ui.translations import translator
from ui.window_place import Rect, fitted, read_place

ROOT = Path(__file__).parents[2]
SMALLEST = (640, 480)
LAPTOP, DESK = Rect(0, 0, 1366, 728), Rect(1366, 0, 1920, 1040)
SCENES = {scene.name: scene for scene in (*page_scenes(), *face_scenes())}
numbers = st.integers(-5000, 9000)
sizes = st.integers(1, 6000)
rects = st.builds(Rect, numbers, numbers, sizes, sizes)
screens = st.lists(st.builds(Rect, numbers, numbers, st.integers(320, 4000), st.integers(320, 3000)), min_size=1)


@given(place=rects, screens=screens)
def test_wherever_it_stood_it_is_whole_on_one_screen(place, screens):
    found = fitted(place, screens, SMALLEST)
    assert any(
        screen.left <= found.left
        and screen.top <= found.top
        and found.left + found.width <= screen.left + screen.width
        and found.top + found.height <= screen.top + screen.height
        for screen in screens
    )
    assert fitted(found, screens, SMALLEST) == found


def test_a_place_that_is_good_is_left_alone():
    place = Rect(1500, 100, 1280, 720)
    assert fitted(place, [LAPTOP, DESK], SMALLEST) == place


def test_on_a_screen_that_was_unplugged_it_comes_to_the_middle_of_the_one_that_is_left():
    assert fitted(Rect(1500, 100, 1280, 640), [LAPTOP], SMALLEST) == Rect(43, 44, 1280, 640)


def test_what_was_larger_than_the_screen_becomes_as_large_as_the_screen():
    assert fitted(Rect(1400, 40, 1800, 1000), [LAPTOP], SMALLEST) == Rect(0, 32, 1366, 696)


def test_a_corner_that_nobody_could_take_hold_of_does_not_count():
    assert fitted(Rect(1300, 700, 800, 600), [LAPTOP], SMALLEST).left == 283


@pytest.mark.parametrize(
    "stored", [None, "x", [1, 2, 3], [0, 0, 0, 5], [1, 2, "3", 4], [1 << 30, 0, 5, 5], [1.5, 0, 5, 5]]
)
def test_a_place_that_cannot_be_read_is_none(stored):
    assert read_place(stored) is None


def test_settings_keep_place_and_size(tmp_path):
    settings = WindowSettings("zh")
    settings.place, settings.maximised = Rect(10, 40, 900, 700), True
    settings.save(tmp_path)
    again = WindowSettings.load(tmp_path)
    assert (again.place, again.maximised) == (Rect(10, 40, 900, 700), True)


@pytest.fixture
def program(own_home, qapp):
    shells = []

    def start() -> Desktop:
        settings = WindowSettings.load(own_home)
        shell = Shell("title")
        shell.take_place(settings.place)
        shells.append(shell)
        desktop = Desktop(own_home, shell, settings)
        shell.furnish(desktop.window)
        shell.open(maximised=settings.maximised)
        return desktop

    yield start
    for shell in shells:
        shell.close()
        shell.deleteLater()
    translator().set_language("zh")


def test_the_program_opens_where_it_was_closed(program, qtbot):
    first = program()
    screen = first.shell.screen().availableGeometry()
    first.shell.setGeometry(screen.left() + 20, screen.top() + 50, 700, 520)
    qtbot.wait(20)
    where = first.shell.place()
    first.shell.close()
    assert program().shell.place() == where == Rect(screen.left() + 20, screen.top() + 50, 700, 520)


def test_a_window_that_filled_the_screen_fills_it_again_and_still_knows_its_own_size(program, qtbot):
    first = program()
    where = first.shell.place()
    first.shell.showMaximized()
    qtbot.waitUntil(first.shell.isMaximized)
    first.shell.close()
    second = program()
    assert second.shell.isMaximized()
    assert second.settings.place is not None
    assert second.settings.place.width <= where.width + 1


def test_a_screen_that_goes_takes_no_window_with_it(program, qtbot):
    shell = program().shell
    shell.setGeometry(9000, 9000, 700, 520)
    application = QGuiApplication.instance()
    application.screenRemoved.emit(application.primaryScreen())
    qtbot.wait(20)
    screen = shell.screen().availableGeometry()
    qtbot.waitUntil(lambda: screen.contains(shell.geometry()))


def test_on_a_smaller_screen_it_is_no_larger_than_the_screen(program, qtbot):
    shell = program().shell
    room = shell.screen().availableGeometry()
    shell.resize(2 * room.width(), 2 * room.height())
    shell.fit_screen()
    qtbot.waitUntil(lambda: shell.size() == room.size())


@pytest.fixture
def stage(qapp):
    with drawn_alike(qapp):
        yield


def rested(window):
    """What is cut off once the window is laid out for good: what passes within half a second is no fault."""
    end = time.monotonic() + 0.5
    while (found := faults(window, window.size())) and time.monotonic() < end:
        let_it_run()
        settle(window)
    if (question := in_front(window)) is not None:
        settle(question)
        found += faults(question)
        if question.width() > window.width() or question.height() > window.height():
            found.append(f"the question is larger than the window: {question.size().toTuple()}")
    return found


@pytest.mark.parametrize("name", SCENES)
def test_the_smallest_window_scrolls_down_and_never_sideways(name, stage):
    with staged(SCENES[name]) as window:
        window.resize(*SMALLEST)
        settle(window)
        # Qt keeps room for the caret behind the last character of a line, and counts it as something to scroll to.
        found = [fault for fault in rested(window) if not re.match("_GrowingEdit.*ways by 6", fault)]
        assert window.size().toTuple() == SMALLEST
        assert found == []


def on_screens(tmp_path, platform: str, *arguments: str, **environment: str) -> list[dict[str, object]]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.ui.on_screens", *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": platform, **environment},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


SEEN = ("cost", "identity-read", "face-branch", "my-loan", "contract")


@pytest.mark.parametrize("factor", ["1.25", "1.5", "2"])
def test_a_screen_of_any_scale_is_drawn_at_its_own_sharpness(factor, tmp_path):
    told = on_screens(tmp_path, "offscreen", "1366", "768", *SEEN, QT_SCALE_FACTOR=factor)
    assert [one["faults"] for one in told] == [[]] * len(SEEN)
    for one in told:
        assert one["ratio"] == float(factor)
        assert one["picture"] == [round(1366 * float(factor)), round(768 * float(factor))]
        assert all(abs(icon - float(factor)) < 0.06 for icon in one["icons"])


def test_from_a_screen_to_one_of_another_scale_and_back(tmp_path):
    screens = [
        {"name": "laptop", "x": 0, "y": 0, "width": 1366, "height": 768, "logicalDpi": 96, "dpr": 1},
        {"name": "desk", "x": 1366, "y": 0, "width": 3840, "height": 2160, "logicalDpi": 96, "dpr": 2},
    ]
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    told = on_screens(
        tmp_path,
        f"offscreen:configfile={file}",
        *("1280", "720", "--move", "desk", "laptop", "--", *SEEN),
        QT_SCREEN_SCALE_FACTORS="laptop=1;desk=2",
    )
    assert [(one["screen"], one["ratio"], one["faults"]) for one in told] == [
        ("desk", 2.0, []),
        ("laptop", 1.0, []),
    ] * len(SEEN)
    for one in told:
        assert len(one["icons"]) >= 5
        assert one["icons"] == [one["ratio"]] * len(one["icons"])
        assert one["picture"] == [round(1280 * one["ratio"]), round(720 * one["ratio"])]
        assert one["stale"] == []
        assert one["inside"]


def test_scales_between_whole_numbers_are_taken_as_they_are(qapp):
    assert QGuiApplication.highDpiScaleFactorRoundingPolicy() is Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
