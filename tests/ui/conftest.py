"""Window tests run offscreen and leave nothing behind."""

from tests.qt_rules import nothing_left_on_screen

__all__ = ["nothing_left_on_screen"]
