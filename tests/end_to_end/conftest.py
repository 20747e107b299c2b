"""Whole journeys run offscreen and leave nothing behind."""

from tests.qt_rules import no_work_left, nothing_left_on_screen

__all__ = ["no_work_left", "nothing_left_on_screen"]
