"""The road in one line, where little else is wanted beside the page: which step of how many, and what it is about."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.components.buttons import QuietButton
from ui.components.labels import label
from ui.components.page_scaffold import COLUMN
from ui.theme import theme
from ui.translations import tr


class _Marks(QWidget):
    """A mark for each step; those that are done and the one underway are full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step, self.count = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap, high = theme().px(6), theme().px(6)
        wide = (self.width() - gap * (self.count - 1)) / max(1, self.count)
        for place in range(self.count):
            painter.setBrush(theme().colour("accent" if place < self.step else "track"))
            box = QRectF(place * (wide + gap), (self.height() - high) / 2, wide, high)
            painter.drawRoundedRect(box, high / 2, high / 2)
        painter.end()


class StepLine(QWidget):
    """``show_step`` names where the borrower is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 12, 0, 0)
        row.setSpacing(16)
        self._title = ""
        self.words = label("", "strong", wrap=False)
        self._marks = _Marks()
        row.addWidget(self.words)
        row.addWidget(self._marks, 1)
        self.again = QuietButton(icon="sound")
        self.again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.again.hide()
        row.addWidget(self.again)
        self._retranslate()
        self._follow_scale()

    def _follow_scale(self) -> None:
        self.setMaximumWidth(theme().px(COLUMN))

    def show_step(self, step: int, count: int, title: str) -> None:
        """Step ``step`` of ``count``, about ``title``."""
        self._marks.step, self._marks.count, self._title = step, count, title
        self._retranslate()
        self._marks.update()

    def _retranslate(self) -> None:
        self.again.setText(tr("common.read_again"))
        if self._marks.count:
            words = tr("common.step_of", step=self._marks.step, count=self._marks.count, title=self._title)
            self.words.setText(words)
            self.setAccessibleName(words)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; whoever names the steps gives the new name."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "words"):
            self._retranslate()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "words"):
            self._follow_scale()
        super().changeEvent(event)
