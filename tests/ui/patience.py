"""How long a window test waits for what must happen: a busy machine is slow, not wrong."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

_PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """pytest-qt's own robot, with more patience than its five seconds unless a test names a figure."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = _PATIENCE_MS) -> None:  # noqa: N802 - its name in pytest-qt
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(  # noqa: N802 - its name in pytest-qt
        self, signal: Any, *, timeout: int = _PATIENCE_MS, **options: Any
    ) -> AbstractContextManager[Any]:
        return super().waitSignal(signal, timeout=timeout, **options)


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)
