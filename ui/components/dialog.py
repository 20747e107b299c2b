"""A question in front of the page: a heading, what it is about, and the answers, which never scroll away."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.components.labels import label
from ui.reader_language import tell_language
from ui.theme import theme

_MARGIN: Final = 24
_AROUND: Final = 32
# Qt measures wrapped words to within a pixel or two.
_SPARE: Final = 4


class _Inner(QWidget):
    """As high as its words need at the width there is: a wrapped label alone asks for the height of a narrow one."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 1)


class Dialog(QDialog):
    """Put widgets into ``body`` and answers into ``answers``; ``width`` in px at 100 %.

    As large as what it says and never larger than the window behind it; then what it says scrolls.
    """

    def __init__(self, parent: QWidget | None, *, width: int = 480) -> None:
        super().__init__(parent)
        tell_language(self)
        self._widest = width
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = _Inner()
        self.body = QVBoxLayout(self._inner)
        self.body.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self.body.setSpacing(12)
        self.heading = label("", "heading")
        self.body.addWidget(self.heading)
        self._area.setWidget(self._inner)
        self._inner.installEventFilter(self)
        whole.addWidget(self._area, 1)
        self._bar = QFrame()
        self._bar.setProperty("role", "actions")
        self.answers = QHBoxLayout(self._bar)
        self.answers.setContentsMargins(_MARGIN, 12, _MARGIN, 12)
        self.answers.setSpacing(12)
        whole.addWidget(self._bar)

    def set_heading(self, text: str) -> None:
        """Say what it is about; also for who hears it."""
        self.heading.setText(text)
        self.setWindowTitle(text)

    def fit(self) -> None:
        """As large as what it says, within the window behind it."""
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else self.screen().availableSize()
        wanted = max(theme().px(self._widest), self._bar.minimumSizeHint().width())
        width = min(wanted, room.width() - _AROUND)
        self.body.activate()
        height = self.body.totalHeightForWidth(width) + self._bar.sizeHint().height() + _SPARE
        self.resize(width, min(height, room.height() - _AROUND))

    def read_from_the_top(self, name: str) -> None:
        """Show from its beginning what is long enough to be scrolled by keys; ``name`` is said by a screen reader."""
        self._area.setProperty("reading", "true")
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setAccessibleName(name)
        self._area.verticalScrollBar().setValue(0)
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001 - Qt's signature
        """Tab goes through what is there now, from top to bottom."""
        from ui.reader_order import move_focus

        return move_focus(self, forward=next)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Words that change, or an error that appears, change its height, and so does the window behind."""
        inside = watched is self._inner and event.type() == QEvent.Type.LayoutRequest
        if inside or (watched is not self._inner and event.type() == QEvent.Type.Resize and self.isVisible()):
            QTimer.singleShot(0, self, self.fit)
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit once the words have their size."""
        self.fit()
        if (parent := self.parentWidget()) is not None:
            parent.window().installEventFilter(self)  # once, however often: Qt moves a filter it knows
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            tell_language(self)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange) and hasattr(self, "_bar"):
            QTimer.singleShot(0, self, self.fit)
