"""Windows that show codes or numbers are left out of pictures of the screen, where the system can be asked to.

Windows: ``SetWindowDisplayAffinity`` with ``WDA_EXCLUDEFROMCAPTURE`` (10 version 2004), else ``WDA_MONITOR``: black.
macOS: ``NSWindow.sharingType`` none. X11 lets every program read every window, and Wayland leaves it to the compositor,
without a request for it: there nothing can be done, and :func:`can_keep_out` says so. A camera held before the screen
sees it anyhow.
"""

import ctypes
import sys
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from loanapp.journey.pages import Page
from loanapp.resource_files import read_toml

_SHOWN: Final = 0x0
_BLACK: Final = 0x1
_LEFT_OUT: Final = 0x11
_SHARING_NONE, _SHARING_READ_ONLY = 0, 1


def can_keep_out() -> bool:
    """Whether this system can be asked at all."""
    return sys.platform in {"win32", "darwin"} and QGuiApplication.platformName() in {"windows", "cocoa"}


def keep_out_of_capture(window: QWidget, *, hidden: bool) -> bool:
    """Ask that ``window`` be left out of pictures of the screen, or be in them again; whether the system said yes."""
    if not can_keep_out():
        return False
    handle = int(window.window().winId())
    if sys.platform == "win32":
        return _windows(handle, hidden=hidden)
    if sys.platform == "darwin":
        return _macos(handle, hidden=hidden)
    return False


if sys.platform == "win32":

    def _windows(handle: int, *, hidden: bool) -> bool:
        ask = ctypes.windll.user32.SetWindowDisplayAffinity
        ask.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        ask.restype = ctypes.c_int
        wanted = (_LEFT_OUT, _BLACK) if hidden else (_SHOWN,)
        return any(bool(ask(handle, one)) for one in wanted)


if sys.platform == "darwin":

    def _macos(view: int, *, hidden: bool) -> bool:
        """``[[view window] setSharingType:]``, through the runtime every Mac has."""
        objc = ctypes.cdll.LoadLibrary("/usr/lib/libobjc.dylib")
        objc.sel_registerName.restype = ctypes.c_void_p
        objc.sel_registerName.argtypes = (ctypes.c_char_p,)
        address = ctypes.cast(objc.objc_msgSend, ctypes.c_void_p).value
        if address is None:
            return False
        window = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(address)(
            view, objc.sel_registerName(b"window")
        )
        if not window:
            return False
        set_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)(address)
        kind = _SHARING_NONE if hidden else _SHARING_READ_ONLY
        set_type(window, objc.sel_registerName(b"setSharingType:"), kind)
        return True


class CaptureGuard(QObject):
    """Asks for the pages that ``local_safety.toml`` names, and takes it back on every other page."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._pages = frozenset(read_toml("policy", "local_safety.toml")["kept_from_capture"])
        self.hidden = False

    def follow(self, page: Page) -> None:
        """``page`` is in view now."""
        hidden = page.value in self._pages
        if hidden != self.hidden:
            self.hidden = hidden
            keep_out_of_capture(self._window, hidden=hidden)
