"""The inference process itself: answers one question after the other, and ends when its parent does.

It holds the models and nothing else: no database, no keys, no network. Pictures arrive through the pipe and are
forgotten with the answer.
"""

import os
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final

from loanapp.domain.errors import LoanAppError

DONE: Final = "done"
REFUSED: Final = "refused"
FAILED: Final = "failed"


def serve(connection: Connection) -> None:
    """Answer until the pipe closes, which it does when the parent ends, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The web process must not load these.
    from loanapp.backend.inference.early import IDLE_SECONDS  # noqa: PLC0415
    from loanapp.backend.inference.engine import Engine  # noqa: PLC0415

    engine = Engine()
    work: dict[str, Callable[..., Any]] = {
        "preload": engine.preload,
        "read_document": engine.read_document,
        "watch": engine.watch,
        "forget": engine.forget,
        "judge": engine.judge,
    }
    while True:
        try:
            while not connection.poll(IDLE_SECONDS):
                engine.tidy()
            name, arguments = connection.recv()
            connection.send(_answer(work[name], arguments))
        except (EOFError, OSError):
            os._exit(0)


def _answer(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return DONE, work(*arguments)
    except LoanAppError as error:
        return REFUSED, (error.code.value, dict(error.details))
    except Exception as error:  # noqa: BLE001 - one bad picture must not end the process
        last = traceback.extract_tb(error.__traceback__)[-1]
        # The text of the error may hold what was read; kind and place are enough to find it.
        return FAILED, f"{type(error).__name__} at {last.name}:{last.lineno}"
