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


def cut_off(window: QWidget) -> list[str]:
    found = []
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        if label.wordWrap():
            needed = label.heightForWidth(label.width())
            if needed > label.height() + 1:
                found.append(f"label {label.text()[:24]!r} needs {needed} px of height, has {label.height()}")
        elif label.sizeHint().width() > label.width() + 1:
            found.append(f"label {label.text()[:24]!r} needs {label.sizeHint().width()} px, has {label.width()}")
    found.extend(
        f"button {button.text()!r} needs {button.sizeHint().width()} px, has {button.width()}"
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and button.text() and button.sizeHint().width() > button.width() + 1
    )
    return found


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
