"""Rules for every test with windows: offscreen, and no widget or running timer left behind."""

import gc
import os
from collections.abc import Iterator

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid


def _top_level() -> set[int]:
    return {id(widget) for widget in QApplication.topLevelWidgets()}


def _running_timers() -> list[QTimer]:
    timers = (found for found in gc.get_objects() if isinstance(found, QTimer))
    return [timer for timer in timers if isValid(timer) and timer.isActive()]


@pytest.fixture(autouse=True)
def nothing_left_on_screen(qapp) -> Iterator[None]:
    before, timers_before = _top_level(), {id(timer) for timer in _running_timers()}
    yield
    for _ in range(3):
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    widgets = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in before]
    timers = [timer for timer in _running_timers() if id(timer) not in timers_before]
    left = [f"widget {type(widget).__name__} {widget.objectName()}" for widget in widgets]
    left += [f"timer of {type(timer.parent()).__name__}, every {timer.interval()} ms" for timer in timers]
    for timer in timers:
        timer.stop()
    for widget in widgets:
        widget.close()
        widget.deleteLater()
    if left:
        pytest.fail("left behind: " + "; ".join(left), pytrace=False)
