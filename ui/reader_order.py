"""The order in which keys and screen readers go through a window: as it is laid out, not as its widgets were made."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QGridLayout, QLayout, QRadioButton, QStackedWidget, QWidget

BY_COLUMNS: Final = "read_by_columns"
"""Property of a grid whose columns belong together rather than its rows."""


def arrange(root: QWidget) -> None:
    """Bring the children of ``root`` and of everything in it into the order of their layouts.

    Qt tells a reader of children in the order of stacking, which nothing else depends on where a layout keeps them
    apart. Of a pile of pages only the one in view is gone through: the others wait until they are.
    """
    for widget in _in_view(root):
        layout = widget.layout()
        if layout is None:
            continue
        children = _children(widget)
        laid_out = list(_in_order(layout, children))
        known = set(laid_out)
        if [child for child in children if child in known] != laid_out:
            for one in laid_out:
                one.raise_()


def _in_view(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    if isinstance(widget, QStackedWidget):
        children = [widget.currentWidget()] if widget.currentWidget() is not None else []
    else:
        children = _children(widget)
    for child in children:
        yield from _in_view(child)


def _children(widget: QWidget) -> list[QWidget]:
    return [one for one in widget.children() if isinstance(one, QWidget)]


def move_focus(window: QWidget, *, forward: bool) -> bool:
    """Give the focus to what comes next in ``window`` as it is laid out, and round again; whether anything took it.

    Qt's own order is that in which widgets were made, and one that holds a field stands in it twice.
    """
    everything = list(_everything(window))
    here = window.focusWidget()
    place = everything.index(here) if here in everything else -1 if forward else len(everything)
    after, before = everything[place + 1 :], everything[: max(place, 0)]
    way = [*after, *before] if forward else [*reversed(before), *reversed(after)]
    following = next((one for one in way if one is not window and _is_stop(one)), None)
    if following is not None:
        following.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    return following is not None


def focus_first_in(part: QWidget) -> bool:
    """Give the focus to the first stop of ``part``; whether there is one."""
    first = next((one for one in _everything(part) if _is_stop(one)), None)
    if first is not None:
        first.setFocus(Qt.FocusReason.TabFocusReason)
    return first is not None


def _is_stop(widget: QWidget) -> bool:
    """Of choices that exclude one another Tab stops at the one chosen, or at the first; arrow keys go on from there.

    Two answers beside each other are both stops, although Qt passes by the one not given.
    """
    if widget.focusProxy() is not None or not widget.isVisible() or not widget.isEnabled():
        return False
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    if group is None:
        return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    if not isinstance(widget, QRadioButton):
        return widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    usable = [one for one in group.buttons() if one.isVisible() and one.isEnabled()]
    return widget is (group.checkedButton() if group.checkedButton() in usable else usable[0])


def _everything(widget: QWidget) -> Iterator[QWidget]:
    """All that is in ``widget``, from its top to its bottom; what no layout holds comes last."""
    layout, children = widget.layout(), _children(widget)
    laid_out = list(_in_order(layout, children)) if layout is not None else []
    held = set(laid_out)
    for child in [*laid_out, *(one for one in children if one not in held)]:
        if not child.isWindow():
            yield child
            yield from _everything(child)


def _in_order(layout: QLayout, widgets: list[QWidget]) -> Iterator[QWidget]:
    """Those of ``widgets`` in a column, a row or a grid and in those within; a pile of pages has no order.

    Found by their places, never by ``itemAt``: what that returns lives on in Python when Qt has deleted the item, and
    ends the process once another object lies at its address.
    """
    if not isinstance(layout, (QBoxLayout, QGridLayout)):
        return
    parts = [one for one in layout.children() if isinstance(one, QLayout)] + widgets
    held = {place: part for part in parts if (place := layout.indexOf(part)) >= 0}
    order = sorted(held)
    if isinstance(layout, QGridLayout):
        places = {place: layout.getItemPosition(place) for place in held}
        first, second = (1, 0) if layout.property(BY_COLUMNS) else (0, 1)
        order.sort(key=lambda place: (places[place][first], places[place][second]))
    for place in order:
        part = held[place]
        if isinstance(part, QLayout):
            yield from _in_order(part, widgets)
        else:
            yield part
