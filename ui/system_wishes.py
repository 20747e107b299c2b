"""What the system knows of its user and Qt does not tell: whether things may move, whether a screen reader runs.

Asked once, in a worker, because the bus of a desktop may be slow to answer. Windows tells by
``SPI_GETCLIENTAREAANIMATION`` and ``SPI_GETSCREENREADER``; macOS by ``accessibilityDisplayShouldReduceMotion`` and
``voiceOverEnabled`` of ``NSWorkspace``; other desktops by the settings portal
(https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html, where the key is of 2025;
those before it have GNOME's switch of all animations) and by ``ScreenReaderEnabled`` of ``org.a11y.Status``.
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

_PORTAL: Final = (
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Desktop",
    "org.freedesktop.portal.Settings",
)
_STATUS: Final = ("/org/a11y/bus", "org.a11y.Bus", "org.freedesktop.DBus.Properties")
_PATIENCE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class SystemWishes:
    """``False`` where the system does not tell."""

    less_motion: bool = False
    screen_reader: bool = False


def ask_the_system() -> SystemWishes:
    """What the system tells; takes up to three seconds, so it is for a worker."""
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _macos()
    return _desktop()


def _desktop() -> SystemWishes:
    try:
        from jeepney import DBusErrorResponse
        from jeepney.io.blocking import open_dbus_connection
    except ImportError:
        return SystemWishes()
    try:
        with open_dbus_connection("SESSION") as bus:
            return SystemWishes(
                less_motion=_read(bus, _PORTAL, "Read", ("org.freedesktop.appearance", "reduced-motion")) == 1
                or _read(bus, _PORTAL, "Read", ("org.gnome.desktop.interface", "enable-animations")) is False,
                screen_reader=_read(bus, _STATUS, "Get", ("org.a11y.Status", "ScreenReaderEnabled")) is True,
            )
    except (OSError, KeyError, ValueError, DBusErrorResponse):
        # No desktop, no bus, or one that speaks another way.
        return SystemWishes()


def _read(bus: "DBusConnection", place: tuple[str, str, str], method: str, key: tuple[str, str]) -> object:
    """One value; ``None`` where nobody answers, or answers that there is none."""
    from jeepney import DBusAddress, MessageType, new_method_call

    path, name, interface = place
    question = new_method_call(DBusAddress(path, name, interface), method, "ss", key)
    try:
        answer = bus.send_and_get_reply(question, timeout=_PATIENCE_S)
    except TimeoutError:
        return None
    return _inner(answer.body) if answer.header.message_type is MessageType.method_return else None


def _inner(value: object) -> object:
    """What the variants hold: they come one inside another, each as signature and value."""
    if isinstance(value, tuple) and value:
        return _inner(value[-1])
    return value


def _windows() -> SystemWishes:
    import ctypes

    user = ctypes.WinDLL("user32") if sys.platform == "win32" else None
    client_area_animation, screen_reader = 0x1042, 0x0046

    def told(question: int, otherwise: bool) -> bool:  # noqa: FBT001 - what holds where there is no answer
        answer = ctypes.c_int(otherwise)
        known = user is not None and user.SystemParametersInfoW(question, 0, ctypes.byref(answer), 0)
        return bool(answer.value) if known else otherwise

    return SystemWishes(not told(client_area_animation, True), told(screen_reader, False))  # noqa: FBT003


def _macos() -> SystemWishes:
    import ctypes
    from ctypes.util import find_library

    cocoa, objective = find_library("AppKit"), find_library("objc")
    if cocoa is None or objective is None:
        return SystemWishes()
    ctypes.CDLL(cocoa)
    library = ctypes.CDLL(objective)
    library.objc_getClass.restype = library.sel_registerName.restype = ctypes.c_void_p
    library.objc_getClass.argtypes = library.sel_registerName.argtypes = [ctypes.c_char_p]

    def send(receiver: int | None, message: bytes, result: type) -> object:
        kind = ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_void_p)
        return kind(("objc_msgSend", library))(receiver, library.sel_registerName(message))

    workspace = send(library.objc_getClass(b"NSWorkspace"), b"sharedWorkspace", ctypes.c_void_p)
    if not isinstance(workspace, int):
        return SystemWishes()
    return SystemWishes(
        bool(send(workspace, b"accessibilityDisplayShouldReduceMotion", ctypes.c_bool)),
        bool(send(workspace, b"isVoiceOverEnabled", ctypes.c_bool)),
    )
