"""A virtual X11 screen, and windows with a title on it, made by the protocol's own library."""

import contextlib
import ctypes
import os
import subprocess
from ctypes import c_char_p, c_int16, c_uint8, c_uint16, c_uint32, c_void_p

SCREEN = ("-screen", "0", "320x240x24", "-nolisten", "tcp", "-noreset")
WM_NAME, WM_CLASS, STRING = 39, 67, 31


@contextlib.contextmanager
def virtual_screen():
    """``DISPLAY`` of an empty screen, gone afterwards."""
    reading, writing = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), *SCREEN], pass_fds=(writing,), stderr=subprocess.DEVNULL
    ) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


@contextlib.contextmanager
def titled_window(display, title, kind, *, shown=True, inside=None):
    """A window with this title and class; ``inside`` another, as a window manager frames them. Gives its number."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = c_void_p
    xcb.xcb_connect.argtypes = (c_char_p, c_void_p)
    for name in ("xcb_get_setup", "xcb_flush", "xcb_disconnect", "xcb_generate_id", "xcb_get_input_focus"):
        getattr(xcb, name).argtypes = (c_void_p,)
    xcb.xcb_get_setup.restype = xcb.xcb_setup_roots_iterator.restype = c_void_p
    xcb.xcb_setup_roots_iterator.argtypes = (c_void_p,)
    xcb.xcb_generate_id.restype = c_uint32
    sizes = (c_int16, c_int16, c_uint16, c_uint16, c_uint16, c_uint16)
    xcb.xcb_create_window.argtypes = (c_void_p, c_uint8, c_uint32, c_uint32, *sizes, c_uint32, c_uint32, c_void_p)
    xcb.xcb_change_property.argtypes = (c_void_p, c_uint8, *[c_uint32] * 3, c_uint8, c_uint32, c_char_p)
    xcb.xcb_map_window.argtypes = (c_void_p, c_uint32)
    xcb.xcb_get_input_focus_reply.restype = c_void_p
    xcb.xcb_get_input_focus_reply.argtypes = (c_void_p, c_uint32, c_void_p)
    xcb.xcb_get_input_focus.restype = c_uint32
    connection = xcb.xcb_connect(display.encode(), None)
    try:
        root = c_uint32.from_address(xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(connection))).value
        window = xcb.xcb_generate_id(connection)
        xcb.xcb_create_window(connection, 0, window, inside or root, 0, 0, 90, 20, 0, 1, 0, 0, None)
        for atom, text in ((WM_NAME, title.encode()), (WM_CLASS, f"own\0{kind}\0".encode())):
            xcb.xcb_change_property(connection, 0, window, atom, STRING, 8, len(text), text)
        if shown:
            xcb.xcb_map_window(connection, window)
        # An answer means that all before it has been done.
        xcb.xcb_get_input_focus_reply(connection, xcb.xcb_get_input_focus(connection), None)
        yield window
    finally:
        xcb.xcb_disconnect(connection)
