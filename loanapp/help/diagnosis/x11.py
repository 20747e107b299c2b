"""The windows of an X11 screen through libxcb, which every window of this program needs there anyway.

Only asked: the tree of windows, whether one is in sight, and the properties ``_NET_WM_NAME``, ``WM_NAME`` and
``WM_CLASS``, as any client may (X Window System Protocol, X11R7; Extended Window Manager Hints 1.5).
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, c_char_p, c_int, c_uint8, c_uint16, c_uint32, c_void_p
from typing import Any, Final, TypeVar

_LIBRARY: Final = "libxcb.so.1"
_VIEWABLE: Final = 2
# The root, frames of a window manager, the windows in them, and one more.
_DEPTH: Final = 3
_MOST_WINDOWS: Final = 4000
_LONGEST: Final = 128  # in units of four bytes
# Where in a reply, by the protocol, the number stands that is asked for.
_ATOM_AT, _MAP_STATE_AT = 8, 26
_WM_NAME, _WM_CLASS = 39, 67  # predefined atoms

T = TypeVar("T")


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Screens(ctypes.Structure):
    _fields_ = (("screen", POINTER(c_uint32)), ("rem", c_int), ("index", c_int))


# What is called: what it takes after the connection, for a request, and for what is read from its reply.
_REQUESTS: Final[dict[str, tuple[Any, ...]]] = {
    "xcb_intern_atom": (c_uint8, c_uint16, c_char_p),
    "xcb_query_tree": (c_uint32,),
    "xcb_get_window_attributes": (c_uint32,),
    "xcb_get_property": (c_uint8, c_uint32, c_uint32, c_uint32, c_uint32, c_uint32),
}


def windows_in_sight() -> list[tuple[str, str]]:
    """Title and class of each window in sight of the screen that ``DISPLAY`` names; none where there is no such."""
    try:
        library = ctypes.CDLL(_LIBRARY)
        free = ctypes.CDLL(None).free
    except (OSError, AttributeError):
        return []
    free.argtypes, free.restype = (c_void_p,), None
    with _connected(library) as connection:
        return _Screen(library, free, connection).windows() if connection else []


@contextmanager
def _connected(library: ctypes.CDLL) -> Iterator[int | None]:
    library.xcb_connect.restype = c_void_p
    library.xcb_connect.argtypes = (c_char_p, c_void_p)
    library.xcb_connection_has_error.argtypes = (c_void_p,)
    library.xcb_disconnect.argtypes, library.xcb_disconnect.restype = (c_void_p,), None
    connection = library.xcb_connect(None, None)
    try:
        yield None if library.xcb_connection_has_error(connection) else connection
    finally:
        library.xcb_disconnect(connection)


class _Screen:
    """One connection; a window that goes meanwhile answers nothing."""

    def __init__(self, library: ctypes.CDLL, free: Callable[[int], None], connection: int) -> None:
        self._library, self._free, self._connection = library, free, connection
        for name, arguments in _REQUESTS.items():
            ask, reply = getattr(library, name), getattr(library, f"{name}_reply")
            ask.restype, ask.argtypes = _Cookie, (c_void_p, *arguments)
            reply.restype, reply.argtypes = c_void_p, (c_void_p, _Cookie, c_void_p)
        library.xcb_get_setup.restype, library.xcb_get_setup.argtypes = c_void_p, (c_void_p,)
        library.xcb_setup_roots_iterator.restype = _Screens
        library.xcb_setup_roots_iterator.argtypes = (c_void_p,)
        library.xcb_query_tree_children.restype = POINTER(c_uint32)
        library.xcb_get_property_value.restype = c_void_p
        for name in ("xcb_query_tree_children", "xcb_query_tree_children_length"):
            getattr(library, name).argtypes = (c_void_p,)
        for name in ("xcb_get_property_value", "xcb_get_property_value_length"):
            getattr(library, name).argtypes = (c_void_p,)

    def windows(self) -> list[tuple[str, str]]:
        """Title and class of each window in sight that has either."""
        utf8_name = self._atom(b"_NET_WM_NAME")
        found: list[tuple[str, str]] = []
        for window in self._in_sight():
            title = (self._text(window, utf8_name) if utf8_name else "") or self._text(window, _WM_NAME)
            words = self._text(window, _WM_CLASS)
            if title or words:
                found.append((title.rstrip("\0"), words.rstrip("\0").rpartition("\0")[2]))
        return found

    def _in_sight(self) -> list[int]:
        setup = self._library.xcb_get_setup(self._connection)
        screens = self._library.xcb_setup_roots_iterator(setup)
        level = [int(screens.screen[0])]
        found: list[int] = []
        for _ in range(_DEPTH):
            level = [child for one in level for child in self._children(one) if self._is_viewable(child)]
            level = level[: _MOST_WINDOWS - len(found)]
            found += level
        return found

    def _children(self, window: int) -> list[int]:
        def read(reply: int) -> list[int]:
            count = self._library.xcb_query_tree_children_length(reply)
            return [int(one) for one in self._library.xcb_query_tree_children(reply)[:count]]

        return self._asked("xcb_query_tree", read, [], window)

    def _is_viewable(self, window: int) -> bool:
        return self._asked(
            "xcb_get_window_attributes",
            lambda reply: c_uint8.from_address(reply + _MAP_STATE_AT).value == _VIEWABLE,
            False,  # noqa: FBT003 - what a window that is gone answers
            window,
        )

    def _atom(self, name: bytes) -> int:
        def read(reply: int) -> int:
            return c_uint32.from_address(reply + _ATOM_AT).value

        return self._asked("xcb_intern_atom", read, 0, 1, len(name), name)

    def _text(self, window: int, atom: int) -> str:
        def read(reply: int) -> str:
            length = self._library.xcb_get_property_value_length(reply)
            value = self._library.xcb_get_property_value(reply)
            return ctypes.string_at(value, length).decode("utf-8", errors="replace") if length else ""

        return self._asked("xcb_get_property", read, "", 0, window, atom, 0, 0, _LONGEST)

    def _asked(self, name: str, read: Callable[[int], T], otherwise: T, *arguments: object) -> T:
        cookie = getattr(self._library, name)(self._connection, *arguments)
        reply = getattr(self._library, f"{name}_reply")(self._connection, cookie, None)
        if not reply:
            return otherwise
        try:
            return read(reply)
        finally:
            self._free(reply)
