"""The order in which keys and screen readers go through a window: as it is laid out, not as its widgets were made."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLayout, QWidget

BY_COLUMNS: Final = "read_by_columns"
"""Property of a grid whose columns belong together rather than its rows."""


def arrange(root: QWidget) -> None:
    """Bring the children of ``root`` and of everything in it into the order of their layouts.

    Qt tells a reader of children in the order of stacking, which nothing else depends on where a layout keeps them
    apart.
    """
    for widget in (root, *root.findChildren(QWidget)):
        layout = widget.layout()
        if layout is None:
            continue
        laid_out = [one for one in _in_order(layout) if one.parent() is widget]
        known: set[QObject] = set(laid_out)
        if [child for child in widget.children() if child in known] != laid_out:
            for one in laid_out:
                one.raise_()


def arrange_tabs(window: QWidget) -> None:
    """Let Tab go through ``window`` as it is laid out."""
    wanted = [one for one in _everything(window) if _takes_focus(one)]
    known = set(wanted)
    if [one for one in _chain(window) if one in known] != wanted:
        for before, after in pairwise(wanted):
            QWidget.setTabOrder(before, after)


def _takes_focus(widget: QWidget) -> bool:
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.focusProxy() is None


def _chain(window: QWidget) -> Iterator[QWidget]:
    """What Tab comes to, one after another, until it is round."""
    first = following = window.nextInFocusChain()
    while following is not window:
        yield following
        following = following.nextInFocusChain()
        if following is first:
            return


def _everything(widget: QWidget) -> Iterator[QWidget]:
    """All that is in ``widget``, from its top to its bottom; what no layout holds comes last."""
    layout = widget.layout()
    children = [one for one in _in_order(layout) if one.parent() is widget] if layout is not None else []
    held = set(children)
    children += [one for one in widget.children() if isinstance(one, QWidget) and one not in held]
    for child in children:
        if not child.isWindow():
            yield child
            yield from _everything(child)


def _in_order(layout: QLayout) -> Iterator[QWidget]:
    """The widgets of a column, a row or a grid and of those within; a pile of pages has no order."""
    if isinstance(layout, QGridLayout):
        places = [layout.getItemPosition(place) for place in range(layout.count())]
        first, second = (1, 0) if layout.property(BY_COLUMNS) else (0, 1)
        order = sorted(range(layout.count()), key=lambda place: (places[place][first], places[place][second]))
    elif isinstance(layout, QBoxLayout):
        order = list(range(layout.count()))
    else:
        return
    for place in order:
        item = layout.itemAt(place)
        if item is None:
            continue
        if (inner := item.layout()) is not None:
            yield from _in_order(inner)
        elif (widget := item.widget()) is not None:
            yield widget
