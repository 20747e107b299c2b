"""A column of text that scrolls: the shape of every step of the face page but the mirror."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui.components.page_scaffold import COLUMN
from ui.theme import theme


class _Holder(QWidget):
    """As high as its words need at the width there is: a wrapped label alone asks for the height of a narrow one."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 1)


class ColumnArea(QScrollArea):
    """A column of at most 680 px in the middle; scrolls when the text is large, never cuts."""

    def __init__(self, parent: QWidget | None = None, *, widest: int = COLUMN) -> None:
        super().__init__(parent)
        self._widest = widest
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = _Holder()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        self._column = QWidget()
        self._column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body = QVBoxLayout(self._column)
        self.body.setContentsMargins(0, 0, 4, 4)
        self.body.setSpacing(16)
        row.addStretch(1)
        row.addWidget(self._column, 1000)
        row.addStretch(1)
        self.setWidget(holder)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Whatever has the focus is in view."""
        if now is not None and self.isVisible() and self._column.isAncestorOf(now):
            QTimer.singleShot(0, now, lambda: self.ensureWidgetVisible(now, 0, theme().px(24)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines readable: no wider than the column."""
        self._fit()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_column"):
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        self._column.setMaximumWidth(theme().px(self._widest))
