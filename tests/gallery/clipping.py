"""What an eye would find amiss in a window: words cut off, shortened or lying one upon another, an action out of sight.

Words are measured in the room their widget really has; words that were shortened ("…") count as cut off. A page may
scroll up and down, never sideways.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QScrollBar,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTableWidget,
    QWidget,
)

# Glyphs are placed in fractions of a pixel, widgets in whole ones.
_ROUNDING: Final = 1
_SHORTENED: Final = ("…", "...")
_WRAP: Final = Qt.TextFlag.TextWordWrap


def faults(window: QWidget, asked: QSize | None = None) -> list[str]:
    """Everything amiss in ``window``, one sentence each; ``asked`` is the size the window was told to have."""
    found = [*_grown(window, asked)]
    shown = [one for one in (window, *window.findChildren(QWidget)) if _in_window(one, window)]
    for widget in shown:
        found += _clipped(widget)
        found += _outside_its_holder(widget)
        found += _scrolls_sideways(widget)
    found += _overlaps(shown)
    found += _texts_on_texts(shown, window)
    found += _main_action(shown, window)
    return found


def clipped(window: QWidget) -> list[str]:
    """Only what is cut off, in ``window`` or any part of it."""
    return [fault for one in window.findChildren(QWidget) if one.isVisible() for fault in _clipped(one)]


def _in_window(widget: QWidget, window: QWidget) -> bool:
    return widget.isVisible() and widget.window() is window.window() and not widget.size().isEmpty()


def _name(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    said = text() if callable(text) and not isinstance(widget, QPlainTextEdit) else ""
    said = said if isinstance(said, str) and said else widget.accessibleName()
    holder = widget.parentWidget()
    if not said and holder is not None:
        said = f"in {type(holder).__name__}"
    kind = type(widget).__name__ if type(widget).__name__ != "QWidget" or holder is None else type(holder).__name__
    return f"{kind} “{' '.join(str(said).split())[:28]}”"


def _grown(window: QWidget, asked: QSize | None) -> Iterator[str]:
    if asked is not None and window.size() != asked:
        has = window.size()
        yield f"the window has {has.width()} x {has.height()} px instead of {asked.width()} x {asked.height()}"


# words in the room they have


def _clipped(widget: QWidget) -> Iterator[str]:
    measure = next((judge for kind, judge in _JUDGES if isinstance(widget, kind)), None)
    if measure is not None:
        yield from measure(widget)
    boxes = getattr(widget, "painted_texts", None)
    if callable(boxes):
        yield from _painted(widget, boxes())


def _too_small(widget: QWidget, needs: QSize, has: QSize) -> Iterator[str]:
    if needs.width() > has.width() + _ROUNDING or needs.height() > has.height() + _ROUNDING:
        sizes = f"{needs.width()} x {needs.height()} px, has {has.width()} x {has.height()}"
        yield f"{_name(widget)} needs {sizes}"


def _shortened(widget: QWidget, text: str) -> Iterator[str]:
    if text.rstrip().endswith(_SHORTENED) and not widget.property("ellipsis"):
        yield f"{_name(widget)} is shortened"


def _label(widget: QLabel) -> Iterator[str]:
    text = widget.text()
    if not text:
        return
    margin = 2 * widget.margin()
    room = widget.contentsRect().size() - QSize(margin, margin)
    if widget.wordWrap():
        bounds = widget.fontMetrics().boundingRect(QRect(0, 0, room.width(), 100_000), _WRAP, text)
    else:
        bounds = widget.fontMetrics().boundingRect(QRect(), 0, text)
    yield from _too_small(widget, bounds.size(), room)
    yield from _shortened(widget, text)


def _button(widget: QAbstractButton) -> Iterator[str]:
    if not widget.text():
        return
    if widget.hasHeightForWidth():
        needs = QSize(widget.minimumSizeHint().width(), widget.heightForWidth(widget.width()))
        yield from _too_small(widget, needs, widget.size())
    else:
        yield from _too_small(widget, widget.sizeHint(), widget.size())
    yield from _shortened(widget, widget.text())


def _marked(widget: QAbstractButton) -> Iterator[str]:
    """Radio buttons and check boxes: their words end at the edge, whatever the mark takes."""
    if widget.text():
        yield from _too_small(widget, widget.sizeHint(), widget.size())
        yield from _shortened(widget, widget.text())


def _line(widget: QLineEdit) -> Iterator[str]:
    if widget.echoMode() != QLineEdit.EchoMode.Normal:
        return  # A passphrase may be as long as its owner likes; nobody reads it.
    option = QStyleOptionFrame()
    widget.initStyleOption(option)
    room = widget.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, widget).size()
    margins = widget.textMargins()
    # QLineEdit leaves two pixels at each side of its words.
    room = QSize(room.width() - margins.left() - margins.right() - 4, room.height())
    metrics = widget.fontMetrics()
    words = widget.displayText() or widget.placeholderText()
    needs = QSize(metrics.horizontalAdvance(words), metrics.height() if words else 0)
    yield from _too_small(widget, needs, room)


def _box(widget: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    widget.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    room = widget.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, widget).size()
    metrics = widget.fontMetrics()
    needs = QSize(metrics.horizontalAdvance(widget.currentText()), metrics.height())
    if needs.width() > room.width() + _ROUNDING:
        yield f"{_name(widget)} “{widget.currentText()[:20]}” needs {needs.width()} px, has {room.width()}"


def _editor(widget: QPlainTextEdit) -> Iterator[str]:
    bar = widget.verticalScrollBar()
    if bar.maximum() > bar.minimum() and widget.property("role") != "document":
        yield f"{_name(widget)} shows only a part of its words"


def _table(widget: QTableWidget) -> Iterator[str]:
    style = widget.style()
    for row in range(widget.rowCount()):
        for column in range(widget.columnCount()):
            item = widget.item(row, column)
            if item is None or widget.isColumnHidden(column) or not item.text():
                continue
            needs = widget.sizeHintForColumn(column) if row == 0 else 0
            if needs > widget.columnWidth(column) + _ROUNDING:
                has = widget.columnWidth(column)
                yield f"{_name(widget)}: column {column} needs {needs} px, has {has}"
            words = widget.fontMetrics().horizontalAdvance(item.text())
            margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, widget) + 1
            if words + 2 * margin > widget.columnWidth(column) + _ROUNDING:
                yield f"{_name(widget)}: “{item.text()}” is cut off"


def _header(widget: QHeaderView) -> Iterator[str]:
    if widget.orientation() != Qt.Orientation.Horizontal:
        return
    for section in range(widget.count()):
        if widget.isSectionHidden(section):
            continue
        needs, has = widget.sectionSizeFromContents(section), widget.sectionSize(section)
        if needs.width() > has + _ROUNDING or needs.height() > widget.height() + _ROUNDING:
            words = widget.model().headerData(section, Qt.Orientation.Horizontal)
            sizes = f"{needs.width()} x {needs.height()} px, has {has} x {widget.height()}"
            yield f"heading “{words}” needs {sizes}"


_JUDGES: Final = (
    (QLabel, _label),
    (QRadioButton, _marked),
    (QCheckBox, _marked),
    (QAbstractButton, _button),
    (QLineEdit, _line),
    (QComboBox, _box),
    (QPlainTextEdit, _editor),
    (QTableWidget, _table),
    (QHeaderView, _header),
)


def _painted(widget: QWidget, boxes: object) -> Iterator[str]:
    """What a widget paints by itself, as ``[(words, where they stand), ...]`` of ``painted_texts()``."""
    places = list(boxes) if isinstance(boxes, list | tuple) else []
    inside = widget.rect().adjusted(-_ROUNDING, -_ROUNDING, _ROUNDING, _ROUNDING)
    for words, place in places:
        if not inside.contains(place.toRect()):
            yield f"“{words}” painted by {type(widget).__name__} is cut off"
    for (words, place), (others, other) in combinations(places, 2):
        if _lap(place.toRect(), other.toRect()):
            yield f"“{words}” and “{others}” painted by {type(widget).__name__} lie one upon another"


# places


def _outside_its_holder(widget: QWidget) -> Iterator[str]:
    holder = widget.parentWidget()
    if holder is None or widget.isWindow() or _is_rolled(holder):
        return
    if not holder.rect().adjusted(-_ROUNDING, -_ROUNDING, _ROUNDING, _ROUNDING).contains(widget.geometry()):
        if widget.property("overlay"):
            return
        place, room = widget.geometry(), holder.rect()
        out = max(-place.left(), -place.top(), place.right() - room.right(), place.bottom() - room.bottom())
        yield f"{_name(widget)} stands {out} px outside of {type(holder).__name__}"


def _is_rolled(holder: QWidget) -> bool:
    """Whether ``holder`` shows what it holds through an opening; sideways is judged by its scroll bar."""
    area = holder.parentWidget()
    return isinstance(area, QAbstractScrollArea) and area.viewport() is holder


def _scrolls_sideways(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QHeaderView):
        bar = widget.horizontalScrollBar()
        if bar.maximum() > bar.minimum() and not widget.property("sideways"):
            yield f"{_name(widget)} scrolls sideways by {bar.maximum() - bar.minimum()} px"


def _lap(one: QRect, other: QRect) -> bool:
    both = one.intersected(other)
    return both.width() > _ROUNDING and both.height() > _ROUNDING


def _overlaps(shown: list[QWidget]) -> Iterator[str]:
    families: dict[int, list[QWidget]] = {}
    for widget in shown:
        if widget.parentWidget() is not None and not widget.isWindow() and not widget.property("overlay"):
            families.setdefault(id(widget.parentWidget()), []).append(widget)
    for children in families.values():
        for one, other in combinations(children, 2):
            if _lap(one.geometry(), other.geometry()):
                yield f"{_name(one)} and {_name(other)} lie one upon another"


def _texts_on_texts(shown: list[QWidget], window: QWidget) -> Iterator[str]:
    """Words upon words, wherever they belong; what an opening hides is not seen."""
    seen = []
    for widget in shown:
        if isinstance(widget, QLabel | QAbstractButton) and widget.text() and not _over(widget):
            visible = widget.visibleRegion().boundingRect()
            if not visible.isEmpty():
                seen.append((widget, visible.translated(widget.mapTo(window, QPoint(0, 0)))))
    for (one, place), (other, there) in combinations(seen, 2):
        apart = one.parentWidget() is not other.parentWidget()
        within = one.isAncestorOf(other) or other.isAncestorOf(one)
        if apart and not within and _lap(place, there):
            yield f"{_name(one)} lies on {_name(other)}"


def _over(widget: QWidget | None) -> bool:
    """Whether a widget, or what holds it, is meant to lie over others."""
    while widget is not None and not widget.isWindow():
        if widget.property("overlay"):
            return True
        widget = widget.parentWidget()
    return False


def _main_action(shown: list[QWidget], window: QWidget) -> Iterator[str]:
    for widget in shown:
        if widget.property("role") == "primary" and not _in_scroll(widget):
            place = widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))
            if not window.rect().contains(place):
                yield f"the main action {_name(widget)} is not inside the window"
            elif widget.visibleRegion().boundingRect() != widget.rect():
                yield f"the main action {_name(widget)} is covered"


def _in_scroll(widget: QWidget) -> bool:
    holder = widget.parentWidget()
    while holder is not None:
        if isinstance(holder, QAbstractScrollArea) and not isinstance(holder, QScrollBar):
            return True
        holder = holder.parentWidget()
    return False
