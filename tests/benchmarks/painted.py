"""How long until a widget shows what happened, measured in a child of its own for Qt."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

PATIENCE_S = 20.0


def in_child(module: str) -> Iterator[tuple[str, float, str, float]]:
    """What ``module`` prints as its last line when it is run: name, milliseconds and baseline of each figure."""
    quiet = {"QT_QPA_PLATFORM": "offscreen", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    environment = {**os.environ, **quiet}
    # An installed program comes with its bytecode.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-m", module], cwd=root, env=environment, check=True, capture_output=True
    ).stdout
    for name, value, baseline in json.loads(told.splitlines()[-1]):
        yield name, value, "ms", baseline


def print_figures(figures: Callable[[], object]) -> int:
    """What a module run by :func:`in_child` does: its figures as one line of JSON, with an application for them."""
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    print(json.dumps(figures()))
    del application
    return 0


@cache
def _painted_class() -> type:
    """Made once: classes made again and again, and collected while Qt still has objects of them, end the process."""
    from PySide6.QtCore import QEvent, QObject

    class Painted(QObject):
        """Counts the pictures of one widget."""

        def __init__(self, widget: Any) -> None:
            super().__init__(widget)
            self.count = 0
            widget.installEventFilter(self)

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            self.count += event.type() == QEvent.Type.Paint
            return False

    return Painted


def until_painted(widget: Any, act: Callable[[], object]) -> float:
    """Milliseconds from ``act`` to the widget's next picture."""
    from PySide6.QtWidgets import QApplication

    painted = None if callable(widget) else _painted_class()(widget)
    started = time.perf_counter()
    act()
    if painted is None:
        painted = _painted_class()(widget())
    while not painted.count:
        QApplication.processEvents()
        if time.perf_counter() - started > PATIENCE_S:
            raise TimeoutError("nothing is painted")
    took = (time.perf_counter() - started) * 1000
    painted.deleteLater()
    return took
