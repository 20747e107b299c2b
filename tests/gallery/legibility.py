"""Whether what a window shows can be seen, measured on its picture: words, icons and the edges of what is filled in.

Qt paints the window twice: once onto a device that only notes where words and icons are put, and once as a picture of
three pixels for each one of the screen, where even a thin stroke has its full colour in its middle. What stands there
is measured against what is painted around it, by the relative luminances of WCAG 2.2; no token is asked.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPaintDevice, QPaintEngine, QPixmap, QTextItem, QTransform
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from tests.gallery.stage import in_front
from ui.theme.contrast import contrast
from ui.theme.tokens import LEAST_CONTRAST, LEAST_EDGE, Appearance

Pixels = NDArray[np.uint32]
SHARPNESS: Final = 3
# Larger pictures are photographs, pages and drawings.
_LARGEST_ICON: Final = 64
_GROUND_SHARE: Final = 0.15
_SEEN_SHARE: Final = 0.6
_CORE_SHARE: Final = 0.1
_FIELDS: Final = (QLineEdit, QComboBox, QPlainTextEdit)


class Mark(NamedTuple):
    """Words, or with none an icon, and where they stand in the window, in px; ``owner`` painted them."""

    words: str
    place: QRectF
    owner: QWidget


class _Listener(QPaintEngine):
    """Paints nothing and keeps a list of what it was told to."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.marks: list[Mark] = []
        self.owner: QWidget | None = None
        self._moved = QTransform()

    def begin(self, _device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: Any) -> None:  # noqa: N802 - Qt's name
        if state.state() & QPaintEngine.DirtyFlag.DirtyTransform:
            self._moved = state.transform()

    def _note(self, words: str, place: QRectF) -> None:
        if self.owner is not None:
            self.marks.append(Mark(words, self._moved.mapRect(place), self.owner))

    def drawTextItem(self, at: Any, item: QTextItem) -> None:  # noqa: N802 - Qt's name
        if item.text().strip():
            place = QRectF(at.x(), at.y() - item.ascent(), item.width(), item.ascent() + item.descent())
            self._note(item.text().strip(), place)

    def drawPixmap(self, place: QRectF, _pixmap: QPixmap, _part: QRectF) -> None:  # noqa: N802 - Qt's name
        if max(place.width(), place.height()) <= _LARGEST_ICON:
            self._note("", QRectF(place))

    def drawImage(self, *_: object) -> None: ...  # noqa: N802 - Qt's name
    def drawPath(self, *_: object) -> None: ...  # noqa: N802 - Qt's name
    def drawPolygon(self, *_: object) -> None: ...  # noqa: N802 - Qt's name
    def drawRects(self, *_: object) -> None: ...  # noqa: N802 - Qt's name
    def drawLines(self, *_: object) -> None: ...  # noqa: N802 - Qt's name
    def drawEllipse(self, *_: object) -> None: ...  # noqa: N802 - Qt's name


class _Ear(QPaintDevice):
    def __init__(self, size: QSize) -> None:
        super().__init__()
        self.engine, self._size = _Listener(), size

    def paintEngine(self) -> QPaintEngine:  # noqa: N802 - Qt's name
        return self.engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        kind = QPaintDevice.PaintDeviceMetric
        values = {
            kind.PdmWidth: self._size.width(),
            kind.PdmHeight: self._size.height(),
            kind.PdmDevicePixelRatio: 1,
            kind.PdmDevicePixelRatioScaled: round(QPaintDevice.devicePixelRatioFScale()),
            kind.PdmDepth: 32,
            kind.PdmNumColors: 1 << 24,
        }
        return values.get(metric, 96)


class _WhoPaints(QObject):
    def __init__(self, listener: _Listener) -> None:
        super().__init__()
        self._listener = listener

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self._listener.owner = watched
        return False


def marks(window: QWidget) -> list[Mark]:
    """Everything written and every icon drawn in ``window``, whoever paints it."""
    application = QApplication.instance()
    assert application is not None
    ear = _Ear(window.size())
    who = _WhoPaints(ear.engine)
    application.installEventFilter(who)
    try:
        window.render(ear)
    finally:
        application.removeEventFilter(who)
    return ear.engine.marks


def pixels(window: QWidget, sharpness: int = SHARPNESS) -> Pixels:
    """The picture of ``window`` as ``0xRRGGBB``, ``sharpness`` pixels for each px in both directions."""
    image = QImage(window.size() * sharpness, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(sharpness)
    window.render(image)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) & 0xFFFFFF


def _hex(colour: int) -> str:
    return f"#{colour:06X}"


def _between(one: int, other: int) -> float:
    return contrast(_hex(one), _hex(other))


def _by_share(part: Pixels) -> list[tuple[int, float]]:
    """Colours and the share each has, the most frequent first."""
    colours, counts = np.unique(part, return_counts=True)
    order = np.argsort(-counts)
    return [(int(colours[place]), float(counts[place]) / part.size) for place in order]


def _ink_and_grounds(part: Pixels) -> tuple[int, list[int]]:
    """What is written in ``part``, and what on: what there is most of, and much else that lies along its upper edge."""
    shares = _by_share(part)
    above = {colour for colour, share in _by_share(part[:2]) if share >= _GROUND_SHARE}
    grounds = [shares[0][0], *(colour for colour, share in shares[1:] if share >= _GROUND_SHARE and colour in above)]
    ink = next((colour for colour, _ in shares if colour not in grounds), grounds[0])
    return ink, grounds


def _line_of_icon(part: Pixels) -> tuple[int, list[int]]:
    """The colour in the middle of an icon's thin lines, which run softly into their ground, and that ground."""
    shares = _by_share(part)
    ground = shares[0][0]
    drawn = sorted((_between(colour, ground), colour, share) for colour, share in shares[1:])
    left = sum(share for *_, share in drawn) * (1 - _CORE_SHARE)
    for _, colour, share in drawn:
        left -= share
        if left <= 0:
            return colour, [ground]
    return ground, [ground]


def _cut(picture: Pixels, place: QRect) -> Pixels:
    left, top = max(0, place.left() * SHARPNESS), max(0, place.top() * SHARPNESS)
    return picture[top : (place.bottom() + 1) * SHARPNESS, left : (place.right() + 1) * SHARPNESS]


def _in_sight(mark: Mark, window: QWidget) -> QRect:
    """Where it can be seen; empty where an opening hides too much of it to tell."""
    seen = mark.owner.visibleRegion().boundingRect().translated(mark.owner.mapTo(window, QPoint(0, 0)))
    whole = mark.place.toAlignedRect()
    part = whole.intersected(seen)
    return part if part.height() >= _SEEN_SHARE * whole.height() and part.width() > SHARPNESS else QRect()


def name_of(widget: QWidget) -> str:
    """Its kind, and the kind of what holds it."""
    holder = widget.parentWidget()
    return f"{type(widget).__name__} in {type(holder).__name__}" if holder is not None else type(widget).__name__


def _faint_marks(window: QWidget, picture: Pixels, least: float) -> Iterator[str]:
    for mark in marks(window):
        part = _cut(picture, _in_sight(mark, window))
        if part.size == 0:
            continue
        ink, grounds = (_ink_and_grounds if mark.words else _line_of_icon)(part)
        needed = least if mark.words else LEAST_EDGE
        for ground in grounds:
            has = _between(ink, ground)
            if has < needed:
                what = f"“{mark.words[:20]}”" if mark.words else "an icon"
                yield f"{what} of {name_of(mark.owner)}: {_hex(ink)} on {_hex(ground)} is {has:.2f}, needs {needed:g}"


def _filled_in(widget: QWidget) -> bool:
    """Whether it can be written in or chosen from now: then its edge says where."""
    if not isinstance(widget, _FIELDS) or not widget.isVisible() or not widget.isEnabled():
        return False
    return isinstance(widget, QComboBox) or not widget.isReadOnly()


def _faint_edges(window: QWidget, picture: Pixels) -> Iterator[str]:
    for widget in window.findChildren(QWidget):
        if widget.window() is not window.window() or not _filled_in(widget) or isinstance(widget.parent(), QComboBox):
            continue
        place = widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))
        if widget.visibleRegion().boundingRect() != widget.rect() and not isinstance(widget, QAbstractScrollArea):
            continue
        middle = QRect(place.center().x() - place.width() // 4, place.top(), place.width() // 2, 1)
        outside = _by_share(_cut(picture, middle.translated(0, -2)))[0][0]
        for side, line in (("upper", middle), ("lower", middle.translated(0, place.height() - 1))):
            edge = _by_share(_cut(picture, line))[0][0]
            has = _between(edge, outside)
            if has < LEAST_EDGE:
                where = f"the {side} edge of {name_of(widget)}"
                yield f"{where}: {_hex(edge)} on {_hex(outside)} is {has:.2f}, needs {LEAST_EDGE}"


def faint(window: QWidget, appearance: Appearance) -> list[str]:
    """What cannot be seen well enough in ``window`` and in the question before it, one sentence each.

    Words need 4.5:1, in high contrast 7:1, whatever their size; icons and the edges of fields 3:1.
    """
    found = []
    for one in (window, in_front(window)):
        if one is not None:
            picture = pixels(one)
            found += _faint_marks(one, picture, LEAST_CONTRAST[appearance])
            found += _faint_edges(one, picture)
    return found
