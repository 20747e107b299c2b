"""Walks a window as an eye and a screen reader would: what is cut off, what has no name."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTableWidget,
    QWidget,
)

from tests.gallery.clipping import clipped as cut_off

__all__ = ["CONTROLS", "controls", "cut_off", "frames", "inside", "markup", "nameless"]

CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSlider, QPlainTextEdit, QTableWidget)


def controls(window: QWidget) -> list[QWidget]:
    found = [widget for widget in window.findChildren(QWidget) if isinstance(widget, CONTROLS) and widget.isVisible()]
    return [
        widget for widget in found if not isinstance(widget, QScrollBar) and not widget.objectName().startswith("qt_")
    ]


def nameless(window: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in controls(window)
        if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]


def markup(window: QWidget) -> list[str]:
    """Labels that would turn text into markup."""
    labels = [label for label in window.findChildren(QLabel) if not label.objectName().startswith("qt_")]
    return [label.text()[:24] for label in labels if label.textFormat() is not Qt.TextFormat.PlainText]


def inside(widget: QWidget, window: QWidget) -> bool:
    """Whether all of ``widget`` lies inside ``window``."""
    place = widget.mapTo(window, widget.rect().topLeft())
    return window.rect().contains(widget.rect().translated(place))


def frames(window: QWidget, role: str) -> list[QFrame]:
    return [frame for frame in window.findChildren(QFrame) if frame.property("role") == role and frame.isVisible()]
