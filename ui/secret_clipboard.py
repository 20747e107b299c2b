"""A copied secret leaves the clipboard after a while, where it is still ours; clipboard managers are told to skip it.

Whatever the borrower copies from a field or a text that holds a secret counts, by keys, by menu or by a button.
"""

import weakref
from collections.abc import Callable
from typing import Any, Final, TypeVar

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from loanapp.resource_files import read_toml

W = TypeVar("W", bound=QWidget)

# A part of a secret is one too, unless it is so short that it says nothing.
_SHORTEST: Final = 6
# What systems and their clipboard managers look for: KDE, Windows' history and cloud, nspasteboard.org.
_HINTS: Final = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': b"\0\0\0\0",
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': b"\0\0\0\0",
    "org.nspasteboard.ConcealedType": b"",
}


class SecretClipboard(QObject):
    """One for the program; ``guard`` tells it which widgets show secrets."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._secrets: list[tuple[weakref.ReferenceType[QWidget], Callable[[Any], str]]] = []
        self._copied = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(1000 * int(read_toml("policy", "local_safety.toml")["clipboard_seconds"]))
        self._timer.timeout.connect(self.clear)
        QGuiApplication.clipboard().dataChanged.connect(self._changed)

    def guard(self, widget: W, secret: Callable[[W], str]) -> None:
        """What ``secret`` says of ``widget`` while that lives, or a part of it, does not stay on the clipboard.

        ``secret`` is a function of the widget, not bound to it: nothing here keeps a widget that is done with.
        """
        self._secrets = [(one, told) for one, told in self._secrets if _living(one) is not None]
        self._secrets.append((weakref.ref(widget), secret))

    def clear(self) -> None:
        """Take it off now, if it is still there: what somebody copied since is theirs."""
        self._timer.stop()
        board, copied, self._copied = QGuiApplication.clipboard(), self._copied, ""
        if copied and board.ownsClipboard() and board.text() == copied:
            board.clear(QClipboard.Mode.Clipboard)

    def _changed(self) -> None:
        board = QGuiApplication.clipboard()
        # What another program copied is not looked at: it is none of ours, and another program's secret perhaps.
        text = board.text() if board.ownsClipboard() else ""
        if text and text == self._copied:
            return
        self._copied = ""
        self._timer.stop()
        if not self._is_secret(text):
            return
        self._copied = text
        data = QMimeData()
        data.setText(text)
        for name, value in _HINTS.items():
            data.setData(name, value)
        board.setMimeData(data)
        self._timer.start()

    def _is_secret(self, text: str) -> bool:
        bare = _bare(text)
        if len(bare) < _SHORTEST:
            return False
        living = ((_living(widget), told) for widget, told in self._secrets)
        return any(bare in _bare(told(widget)) for widget, told in living if widget is not None)


def _living(widget: weakref.ReferenceType[QWidget]) -> QWidget | None:
    """It, where Qt still has it: a page thrown away may be known to Python a while longer, and says nothing more."""
    known = widget()
    return known if known is not None and isValid(known) else None


def _bare(text: str) -> str:
    return "".join(one for one in text if one.isalnum()).upper()


_boards: list[SecretClipboard] = []


def secret_clipboard() -> SecretClipboard:
    """The program's own; made at the first call, and let go with the application."""
    application = QGuiApplication.instance()
    if not _boards:
        _boards.append(SecretClipboard(application))
        if application is not None:
            application.aboutToQuit.connect(_let_go)
    return _boards[0]


def _let_go() -> None:
    """Nothing is left behind for whoever comes after the program."""
    while _boards:
        _boards.pop().clear()
