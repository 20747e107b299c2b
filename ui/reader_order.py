"""The order in which a screen reader goes through a page: as it is laid out, not as its widgets were made."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QObject
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
