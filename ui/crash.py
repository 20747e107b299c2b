"""What happens when something unforeseen happens: a plain sentence for the borrower, type and place for the log."""

import logging
import sys
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

_log = logging.getLogger(__name__)
# The dialog on the screen; one at a time, and kept here because it may have no parent to keep it.
_box: "QMessageBox | None" = None


def install() -> None:
    """Take over ``sys.excepthook``."""
    sys.excepthook = _hook


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
    _tell()


def _tell() -> None:
    global _box  # noqa: PLW0603
    from PySide6.QtWidgets import QApplication, QMessageBox

    if _box is not None or not isinstance(QApplication.instance(), QApplication):
        return
    from ui.translations import tr

    box = _box = QMessageBox(QApplication.activeWindow())
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("common.unexpected_title"))
    box.setText(tr("common.unexpected_text"))
    box.addButton(tr("common.close"), QMessageBox.ButtonRole.AcceptRole)
    box.finished.connect(_closed)
    box.open()


def _closed() -> None:
    global _box  # noqa: PLW0603
    _box = None
