"""Rules for every test with windows: offscreen, and no widget, running timer or worker at work left behind."""

import gc
import os
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Whatever fonts this computer has, and however it smooths them: windows look the same in every test.
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))

from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.operations import Operations

# Every timer that was ever started: asking the garbage collector for them takes a second in a large program.
_started: "weakref.WeakSet[QTimer]" = weakref.WeakSet()
_start = QTimer.start
# Python sees a worker of Qt's pools as a nameless thread, which the rule about threads cannot judge: the pools can.
_operations: "weakref.WeakSet[Operations]" = weakref.WeakSet()
_make_operations = Operations.__init__
_GRACE_SECONDS = 3.0


def _noted_start(timer: QTimer, *interval: int) -> None:
    _started.add(timer)
    _start(timer, *interval)


def _noted_operations(operations: Operations, *arguments: object) -> None:
    _make_operations(operations, *arguments)
    _operations.add(operations)


QTimer.start = _noted_start
Operations.__init__ = _noted_operations


def _workers() -> int:
    pools = [QThreadPool.globalInstance()]
    for operations in list(_operations):
        if isValid(operations):
            pools += [operations._pool, operations._saving]
    return sum(pool.activeThreadCount() for pool in pools)


def _running_timers() -> list[QTimer]:
    return [timer for timer in list(_started) if isValid(timer) and timer.isActive()]


def _left(widgets_before: set[int], timers_before: set[int]) -> tuple[list[QWidget], list[QTimer]]:
    """Windows and timers that the test made and that are still there; deletions asked for are carried out first."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    widgets = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in widgets_before]
    return widgets, [timer for timer in _running_timers() if id(timer) not in timers_before]


@pytest.fixture(autouse=True)
def no_work_left(qapp) -> Iterator[None]:
    yield
    until = time.monotonic() + _GRACE_SECONDS
    while workers := _workers():
        if time.monotonic() > until:
            pytest.fail(f"workers left at work: {workers}", pytrace=False)
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def nothing_left_on_screen(qapp) -> Iterator[None]:
    widgets_before = {id(widget) for widget in QApplication.topLevelWidgets()}
    timers_before = {id(timer) for timer in _running_timers()}
    yield
    widgets, timers = _left(widgets_before, timers_before)
    for _ in range(3):
        if not widgets and not timers:
            return
        # Collecting is slow, so only where something is left: a cycle may be all that holds it.
        del widgets, timers
        gc.collect()
        widgets, timers = _left(widgets_before, timers_before)
    names = [f"widget {type(widget).__name__} {widget.objectName()}" for widget in widgets]
    names += [f"timer of {type(timer.parent()).__name__}, every {timer.interval()} ms" for timer in timers]
    for timer in timers:
        timer.stop()
    for widget in widgets:
        widget.close()
        widget.deleteLater()
    if names:
        pytest.fail("left behind: " + "; ".join(names), pytrace=False)


@pytest.fixture(autouse=True)
def words_and_looks_as_at_the_start():
    """Each test finds the language and the looks of a fresh program, whatever the one before chose."""
    yield
    from ui.theme import theme
    from ui.translations import translator

    translator().set_language("zh")
    look = theme()
    if (look.mode, look.chosen_scale, look.large) != ("light", 100, False):
        look.choose(mode="light", scale=100, large=False)
