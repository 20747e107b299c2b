"""What happens when something unforeseen happens: a plain sentence for the borrower, type and place for the log."""

import logging
import sys
from types import TracebackType

_log = logging.getLogger(__name__)
_shown = False


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
    global _shown  # noqa: PLW0603
    from PySide6.QtWidgets import QApplication, QMessageBox

    if _shown or not isinstance(QApplication.instance(), QApplication):
        return
    _shown = True
    from ui.translations import tr

    box = QMessageBox(QApplication.activeWindow())
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("common.unexpected_title"))
    box.setText(tr("common.unexpected_text"))
    box.addButton(tr("common.close"), QMessageBox.ButtonRole.AcceptRole)
    box.finished.connect(_closed)
    box.open()


def _closed() -> None:
    global _shown  # noqa: PLW0603
    _shown = False
