"""Titles and classes of the windows in sight, as the system tells every program without a permission."""

import os
import sys
from dataclasses import dataclass

from loanapp.help.diagnosis import x11


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window in sight. Title and class stay in memory as long as they are compared, and are never shown or logged."""

    title: str
    kind: str = ""

    def __repr__(self) -> str:
        """Nothing of it: a title may name anybody."""
        return "OpenWindow()"


def open_windows() -> list[OpenWindow]:
    """The windows in sight; none where the system does not tell.

    X11 and Windows tell. macOS tells titles to whoever may record the screen, which this program does not ask for;
    Wayland tells nobody, but for the windows that are shown through X11.
    """
    if sys.platform == "win32":
        return _of_windows()
    if sys.platform == "darwin" or not os.environ.get("DISPLAY"):
        return []
    return [OpenWindow(title, kind) for title, kind in x11.windows_in_sight()]


def _of_windows() -> list[OpenWindow]:
    if sys.platform != "win32":
        return []
    import ctypes  # noqa: PLC0415 - only here
    from ctypes import wintypes  # noqa: PLC0415

    user32 = ctypes.windll.user32
    found: list[OpenWindow] = []
    text = ctypes.create_unicode_buffer(512)

    @ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
    def each(window: int, _: int) -> bool:
        if user32.IsWindowVisible(window):
            # Of another process's window this reads what the system keeps, and does not wait for that process.
            title = text.value if user32.GetWindowTextW(window, text, len(text)) else ""
            kind = text.value if user32.GetClassNameW(window, text, len(text)) else ""
            found.append(OpenWindow(title, kind))
        return True

    user32.EnumWindows(each, 0)
    return found
