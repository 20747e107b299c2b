"""Says to a screen reader what the eye sees appear: a toast, an error, the end of a wait."""

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


class _Said(QObject):
    text = Signal(str, bool)


@cache
def _said() -> _Said:
    return _Said()


def hear(listener: Callable[[str, bool], object]) -> None:
    """Give ``listener``, a method of a ``QObject``, all that may be said aloud in a room, and whether it is urgent."""
    _said().text.connect(listener)


def announce(widget: QWidget, text: str, *, urgent: bool = False, private: bool = False) -> None:
    """Have ``text`` read out once, after what is being read, or with ``urgent`` at once. Costs nothing unheard.

    What is ``private`` (a code) goes to the borrower's own screen reader alone, and to no loudspeaker of ours.
    """
    if not text:
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
    if not private:
        _said().text.emit(text, urgent)
