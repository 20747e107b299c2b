"""A slider over a list of values, moved by mouse and keys alike."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget


class AmountSlider(QSlider):
    """``picked`` comes with the value, not the position; ``values`` in rising order."""

    picked = Signal(int)

    def __init__(self, values: Sequence[int] = (0,), parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._values: tuple[int, ...] = (0,)
        self.set_values(values)
        self.valueChanged.connect(lambda place: self.picked.emit(self._values[place]))

    def set_values(self, values: Sequence[int]) -> None:
        """Slide over these."""
        kept = self.number()
        self._values = tuple(values)
        with QSignalBlocker(self):
            self.setRange(0, len(self._values) - 1)
            self.setPageStep(max(1, len(self._values) // 10))
        self.put(kept)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page: nobody means to borrow more by scrolling."""
        event.ignore()

    def number(self) -> int:
        """The value under the handle."""
        return self._values[min(self.value(), len(self._values) - 1)]

    def put(self, number: int) -> None:
        """Move the handle to the nearest value, without telling."""
        nearest = min(range(len(self._values)), key=lambda place: abs(self._values[place] - number))
        with QSignalBlocker(self):
            self.setValue(nearest)
        self.update()
