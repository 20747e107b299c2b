"""Whether the system asks for less motion; asked in a worker, because the bus of a desktop may be slow to answer.

Qt tells it of no system, so each is asked in its own way: Windows by ``SPI_GETCLIENTAREAANIMATION``, macOS by
``NSWorkspace.accessibilityDisplayShouldReduceMotion``, other desktops by the settings portal
(https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html), whose key is of 2025;
desktops before it have GNOME's switch of all animations.
"""

import sys
from typing import Final

_BUS_NAME: Final = "org.freedesktop.portal.Desktop"
_BUS_PATH: Final = "/org/freedesktop/portal/desktop"
_BUS_INTERFACE: Final = "org.freedesktop.portal.Settings"
# Setting, key, and the value that asks for less motion.
_KEYS: Final = (
    ("org.freedesktop.appearance", "reduced-motion", 1),
    ("org.gnome.desktop.interface", "enable-animations", False),
)
_PATIENCE_S: Final = 1.0


def system_wants_less_motion() -> bool:
    """What the system asks for; ``False`` where it does not tell. Takes up to two seconds: for a worker."""
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _macos()
    return _portal()


def _portal() -> bool:
    try:
        from jeepney import DBusAddress, DBusErrorResponse, new_method_call
        from jeepney.io.blocking import open_dbus_connection
    except ImportError:
        return False
    address = DBusAddress(_BUS_PATH, _BUS_NAME, _BUS_INTERFACE)
    try:
        with open_dbus_connection("SESSION") as connection:
            for setting, key, less in _KEYS:
                question = new_method_call(address, "Read", "ss", (setting, key))
                try:
                    answer = connection.send_and_get_reply(question, timeout=_PATIENCE_S)
                except TimeoutError:
                    return False
                if answer.header.message_type.name == "method_return" and _inner(answer.body) == less:
                    return True
    except (OSError, KeyError, ValueError, DBusErrorResponse):
        # No desktop, no bus, or one that speaks another way.
        return False
    return False


def _inner(value: object) -> object:
    """What the variants hold: ``Read`` answers with one inside another, each as signature and value."""
    if isinstance(value, tuple) and value:
        return _inner(value[-1])
    return value


def _windows() -> bool:
    import ctypes

    animated = ctypes.c_int(1)
    client_area_animation = 0x1042
    user = ctypes.WinDLL("user32") if sys.platform == "win32" else None
    told = user is not None and user.SystemParametersInfoW(client_area_animation, 0, ctypes.byref(animated), 0)
    return bool(told) and not animated.value


def _macos() -> bool:
    import ctypes
    from ctypes.util import find_library

    cocoa, objective = find_library("AppKit"), find_library("objc")
    if cocoa is None or objective is None:
        return False
    ctypes.CDLL(cocoa)
    library = ctypes.CDLL(objective)
    library.objc_getClass.restype = library.sel_registerName.restype = ctypes.c_void_p
    library.objc_getClass.argtypes = library.sel_registerName.argtypes = [ctypes.c_char_p]

    def send(receiver: int | None, message: bytes, result: type) -> object:
        kind = ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_void_p)
        return kind(("objc_msgSend", library))(receiver, library.sel_registerName(message))

    workspace = send(library.objc_getClass(b"NSWorkspace"), b"sharedWorkspace", ctypes.c_void_p)
    if not isinstance(workspace, int):
        return False
    return bool(send(workspace, b"accessibilityDisplayShouldReduceMotion", ctypes.c_bool))
