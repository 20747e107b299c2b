"""Every word a window shows or tells a screen reader, and where the borrower stands in it."""

import re
from collections import Counter
from collections.abc import Iterator

from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTableWidget,
    QWidget,
)

# An identity card's number, a bank card's, a mobile phone's, however they are spaced.
_WHOLE_NUMBER = re.compile(r"(?<![\d*])(?:(?:\d[ -]?){17}[\dX]|(?:\d[ -]?){15,18}\d|1[3-9](?:[ -]?\d){9})(?![\d*])")


def whole_numbers(window: QWidget) -> list[str]:
    """Numbers of a person that are shown or told whole; what was typed into a field is the borrower's own to see."""
    return [
        f"a whole number, ...{found[0][-4:]}, in {words.partition(': ')[0]}"
        for words in words_in_sight(window)
        for found in [_WHOLE_NUMBER.search(words)]
        if found
    ]


def words_in_sight(window: QWidget) -> Counter[str]:
    """What is shown and told, each with the kind of widget that says it; not what was typed."""
    shown = [one for one in window.findChildren(QWidget) if one.isVisible()]
    return Counter(f"{type(one).__name__}: {text}" for one in shown for text in _words(one) if text)


def _words(widget: QWidget) -> Iterator[str]:
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    yield widget.toolTip()
    if isinstance(widget, (QLabel, QAbstractButton)):
        yield widget.text()
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText()
        yield widget.text() if widget.isReadOnly() else ""
    elif isinstance(widget, QComboBox):
        yield from (widget.itemText(place) for place in range(widget.count()))
    elif isinstance(widget, QTableWidget):
        for column in range(widget.columnCount()):
            yield widget.horizontalHeaderItem(column).text()
            yield from (widget.item(row, column).text() for row in range(widget.rowCount()))


def typed(window: QWidget) -> list[tuple[str, object]]:
    """What the borrower has put in: texts with their caret, choices, ticks."""
    found: list[tuple[str, object]] = []
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLineEdit) and not widget.isReadOnly():
            found.append(("line", (widget.text(), widget.cursorPosition())))
        elif isinstance(widget, QPlainTextEdit):
            found.append(("text", widget.toPlainText()))
        elif isinstance(widget, QComboBox):
            found.append(("combo", widget.currentIndex()))
        elif isinstance(widget, QAbstractButton) and widget.isCheckable():
            found.append(("tick", widget.isChecked()))
    return found


def places(window: QWidget) -> list[int]:
    """How far each scroll area in sight is scrolled."""
    return [area.verticalScrollBar().value() for area in window.findChildren(QScrollArea) if area.isVisible()]


def focus_place(window: QWidget) -> tuple[str, int] | None:
    """The kind of widget that has the focus, and which of its kind in the order of the window."""
    focus = QApplication.focusWidget() or window.focusWidget()
    if focus is None:
        return None
    alike = [one for one in window.findChildren(QWidget) if type(one) is type(focus) and one.isVisible()]
    return type(focus).__name__, alike.index(focus) if focus in alike else -1
