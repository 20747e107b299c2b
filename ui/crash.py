"""What happens when something unforeseen happens: a plain sentence for the borrower, type and place for the log.

Nothing is sent. What somebody may want to send is shown whole, and the program can be opened again where the borrower
was.
"""

import logging
import sys
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.crash_dialog import CrashDialog

_log = logging.getLogger(__name__)
# The dialog on the screen; one at a time, and kept here because it may have no parent to keep it.
_box: "CrashDialog | None" = None
_again = False


def install() -> None:
    """Take over ``sys.excepthook``."""
    sys.excepthook = _hook


def wants_to_open_again() -> bool:
    """Whether the borrower asked for the program to be opened again once it has ended."""
    return _again


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    # The text of the exception may hold what was typed; file, function and line cannot.
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    _log.error("unexpected: type=%s at=%s", kind.__name__, " > ".join(places[-6:]))
    _tell(kind.__name__, places[-6:])


def _tell(kind: str, places: list[str]) -> None:
    global _box  # noqa: PLW0603
    from PySide6.QtWidgets import QApplication

    if _box is not None or not isinstance(QApplication.instance(), QApplication):
        return
    from ui.crash_dialog import CrashDialog

    box = _box = CrashDialog(kind, places, QApplication.activeWindow())
    box.again.clicked.connect(open_again)
    box.finished.connect(_closed)
    box.open()


def open_again() -> None:
    """Close as the borrower would, so that everything is saved; who started the program then starts it anew."""
    global _again  # noqa: PLW0603
    from PySide6.QtWidgets import QApplication

    _again = True
    QApplication.closeAllWindows()
    QApplication.quit()


def _closed() -> None:
    global _box  # noqa: PLW0603
    _box = None
