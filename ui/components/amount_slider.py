"""A slider over the values there are, moved by mouse, keys and screen readers alike."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

_PAGE = 10


class AmountSlider(QSlider):
    """``picked`` comes with the value; ``values`` in rising order.

    Its position is the value itself, because that is what a screen reader reads; between two values it never rests.
    """

    picked = Signal(int)

    def __init__(self, values: Sequence[int] = (0,), parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._values: tuple[int, ...] = (0,)
        self.set_values(values)
        self.actionTriggered.connect(self._step)
        self.valueChanged.connect(self._changed)

    def set_values(self, values: Sequence[int]) -> None:
        """Slide over these."""
        kept = self.value()
        self._values = tuple(values)
        with QSignalBlocker(self):
            self.setRange(self._values[0], self._values[-1])
            self.setSingleStep(min((after - before for before, after in pairwise(self._values)), default=1))
        self.put(kept)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page: nobody means to borrow more by scrolling."""
        event.ignore()

    def number(self) -> int:
        """The value under the handle."""
        return self._nearest(self.value())

    def put(self, number: int) -> None:
        """Move the handle to the nearest value, without telling."""
        with QSignalBlocker(self):
            self.setValue(self._nearest(number))
        self.update()

    def _nearest(self, number: int) -> int:
        after = bisect_left(self._values, number)
        near = self._values[max(0, after - 1) : after + 1]
        return min(near, key=lambda value: abs(value - number))

    def _step(self, action: int) -> None:
        """By one value, or a tenth of them, however far they lie apart."""
        kind, page = QSlider.SliderAction, max(1, len(self._values) // _PAGE)
        by = {
            kind.SliderSingleStepAdd.value: 1,
            kind.SliderSingleStepSub.value: -1,
            kind.SliderPageStepAdd.value: page,
            kind.SliderPageStepSub.value: -page,
        }.get(action)
        if by is None:
            self.setSliderPosition(self._nearest(self.sliderPosition()))
        else:
            place = self._values.index(self.number()) + by
            self.setSliderPosition(self._values[min(max(place, 0), len(self._values) - 1)])

    def _changed(self, value: int) -> None:
        if value in self._values:
            self.picked.emit(value)
        else:
            self.setValue(self._nearest(value))
