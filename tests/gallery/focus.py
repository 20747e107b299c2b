"""Whether one sees where the keyboard is, measured on two pictures: without the focus, and with it.

What counts is what changes by 3:1 or more and is two pixels thick both ways; it has to go around the control, or around
what holds it, or fill it. That is the measure of WCAG 2.2, 2.4.13: as much as a line of 2 px around it, 3:1 against the
same pixels without the focus.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QScrollBar, QWidget

from tests.gallery.legibility import name_of
from tests.gallery.stage import in_front, let_it_run, until
from ui.theme.tokens import LEAST_EDGE

_AROUND: Final = 12
_THICK: Final = 2
_LEAST_SIDE: Final = 12
# Of the square around it, a circle has 0.785; rounded corners take less.
_LEAST_SHARE: Final = 0.75
_CARDS: Final = ("choice",)


def stops(window: QWidget) -> list[QWidget]:
    """Everything the Tab and arrow keys can come to."""
    return [
        one
        for one in window.findChildren(QWidget)
        if one.isVisible()
        and one.isEnabled()
        and one.window() is window.window()
        and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.focusProxy() is None
        and not isinstance(one, QScrollBar)
        and not one.size().isEmpty()
    ]


def _whole(widget: QWidget) -> QWidget:
    """The control, or the card around it."""
    holder = widget.parentWidget()
    return holder if holder is not None and holder.property("role") in _CARDS else widget


def _show(widget: QWidget) -> None:
    """Scroll to it, as pages do where Tab comes to it."""
    holder = widget.parentWidget()
    while holder is not None:
        if isinstance(holder, QScrollArea):
            holder.ensureWidgetVisible(_whole(widget))
        holder = holder.parentWidget()


def _room(widget: QWidget, window: QWidget) -> QRect:
    """The control, or the card around it, and a little more."""
    whole = _whole(widget)
    place = whole.rect().translated(whole.mapTo(window, QPoint(0, 0)))
    return place.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND).intersected(window.rect())


def _luminance(window: QWidget, room: QRect) -> NDArray[Any]:
    image = window.grab(room).toImage().convertToFormat(QImage.Format.Format_RGB32)
    whole = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    channels = whole[..., 2::-1] / 255
    light = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.asarray(light @ np.array([0.2126, 0.7152, 0.0722]))


def _thick(changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only what belongs to a square of two pixels that changed."""
    square = changed[:-1, :-1] & changed[1:, :-1] & changed[:-1, 1:] & changed[1:, 1:]
    found = np.zeros_like(changed)
    for down in (0, 1):
        for right in (0, 1):
            found[down : down + square.shape[0], right : right + square.shape[1]] |= square
    return found


def ring(widget: QWidget, window: QWidget) -> tuple[int, int, float]:
    """Width and height of what shows the focus, in px, and its area as a share of a line of 2 px around it."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    _show(widget)
    let_it_run()
    widget.clearFocus()
    let_it_run()
    room = _room(widget, window)
    before = _luminance(window, room)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    if isinstance(widget, QLineEdit):
        widget.deselect()  # What is chosen for the next letter to replace says little in a field with few letters.
    let_it_run()
    if QApplication.focusWidget() is not widget or _room(widget, window) != room:
        return 0, 0, 0.0
    after = _luminance(window, room)
    contrast = (np.maximum(before, after) + 0.05) / (np.minimum(before, after) + 0.05)
    thick = _thick(contrast >= LEAST_EDGE)
    if not thick.any():
        return 0, 0, 0.0
    rows, columns = np.nonzero(thick.any(axis=1))[0], np.nonzero(thick.any(axis=0))[0]
    width, height = int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1
    seen = widget.visibleRegion().boundingRect()
    out_of_sight = (seen.top() > 0) + (seen.bottom() < widget.rect().bottom())
    line = _THICK * (2 * (width + height) - out_of_sight * width) - 4 * _THICK**2
    return width, height, float(thick.sum()) / max(1, line)


def unseen(window: QWidget) -> Iterator[str]:
    """Every control of ``window``, or of the question before it, whose focus is not seen well enough."""
    front = in_front(window) or window
    front.activateWindow()
    until(front.isActiveWindow, "the window to be the one in use")
    for widget in stops(front):
        width, height, share = ring(widget, front)
        if min(width, height) < _LEAST_SIDE or share < _LEAST_SHARE:
            words = widget.accessibleName()[:20]
            yield f"{name_of(widget)} “{words}”: {width} x {height} px, {share:.2f} of a line of {_THICK} px around it"
