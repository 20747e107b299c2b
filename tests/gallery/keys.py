"""Walks a window by the Tab key alone: what it comes to, in which order, and whether it comes round."""

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QWidget,
)

_MOST: Final = 120
_TAKES_KEYS: Final = (QAbstractButton, QLineEdit, QComboBox, QAbstractSlider, QPlainTextEdit)


def round_trip(window: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Everything ``key`` comes to until it is round, each once; raises where the focus is lost or never comes round."""
    seen: list[QWidget] = []
    for _ in range(_MOST):
        QTest.keyClick(QApplication.focusWidget() or window, key)
        QApplication.processEvents()
        now = QApplication.focusWidget()
        if now is None:
            raise AssertionError(f"the focus is lost after {seen[-1:]}")
        if now in seen:
            return seen[seen.index(now) :]
        seen.append(now)
    raise AssertionError(f"{key.name} never comes round: {seen[-3:]}")


def missed(window: QWidget, seen: list[QWidget]) -> list[str]:
    """What can be pressed or typed into and is not in ``seen``; of choices that exclude one another Tab needs one."""
    groups = {_group(one) for one in seen}
    found = [one for one in window.findChildren(QWidget) if isinstance(one, _TAKES_KEYS) and one.window() is window]
    usable = [
        one for one in found if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    return [told(one) for one in usable if _group(one) not in groups]


def _takes_keys(widget: QWidget) -> bool:
    """Qt takes the Tab key from buttons of a group by itself, so any focus counts there; a field may be read only."""
    if isinstance(widget, QAbstractButton):
        return widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _group(widget: QWidget) -> object:
    return (widget.group() if isinstance(widget, QRadioButton) else None) or widget


def backwards(seen: list[QWidget]) -> list[str]:
    """Steps that go up again, but for the one round: to what stands wholly above, and not in a column further right."""
    faults = []
    tops = [_place(one).top() if _area(one) is None else _place(_area(one)).top() for one in seen]
    first = (
        max(range(len(seen)), key=lambda place: (tops[place], _place(seen[place]).top(), _place(seen[place]).left()))
        + 1
    )
    seen = [*seen[first:], *seen[:first]]
    for before, after in pairwise(seen):
        if _area(before) is not _area(after):
            continue
        first, second = _place(before), _place(after)
        if second.bottom() < first.top() and second.left() <= first.right():
            faults.append(f"from {told(before)} up to {told(after)}")
    return faults


def told(widget: QWidget) -> str:
    """What it is called, for a message."""
    return f"{type(widget).__name__} “{widget.accessibleName()[:24]}”"


def _area(widget: QWidget) -> QWidget | None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    return parent


def _place(widget: QWidget) -> QRect:
    area = _area(widget)
    around = area.widget() if isinstance(area, QScrollArea) else widget.window()
    return QRect(widget.mapTo(around, QPoint(0, 0)), widget.size())
