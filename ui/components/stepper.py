"""The road at the left: six groups, what is done, where one is; done pages can be opened again."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui.components.labels import label
from ui.components.places import show_in
from ui.theme import theme
from ui.translations import tr

_WIDEST: Final = 300
_EDGES: Final = 2


class StepPage(NamedTuple):
    """A page of a group; ``state`` is done, current or ahead."""

    page_id: str
    title: str
    state: str
    opens: bool


class StepGroupView(NamedTuple):
    """A group of pages."""

    title: str
    state: str
    pages: tuple[StepPage, ...]


class _Mark(QWidget):
    """A ring with the number, a filled ring where one is, a tick when done."""

    def __init__(self, number: int, state: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._state = number, state
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(28), theme().px(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = theme().px(1.75)
        box = QRectF(self.rect()).adjusted(line, line, -line, -line)
        if self._state == "current":
            painter.setBrush(theme().colour("accent"))
            painter.setPen(Qt.PenStyle.NoPen)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().colour("done" if self._state == "done" else "border"), line))
        painter.drawEllipse(box)
        if self._state == "done":
            tick = QPainterPath()
            width, height = box.width(), box.height()
            tick.moveTo(box.x() + width * 0.29, box.y() + height * 0.53)
            tick.lineTo(box.x() + width * 0.44, box.y() + height * 0.68)
            tick.lineTo(box.x() + width * 0.72, box.y() + height * 0.36)
            pen = QPen(theme().colour("done"), theme().px(2))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPath(tick)
        else:
            painter.setPen(theme().colour("on_accent" if self._state == "current" else "muted"))
            painter.setFont(theme().font(14))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


class Stepper(QFrame):
    """``opened`` comes with the id of a page the borrower wants to see again."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "stepper")
        self._groups: tuple[StepGroupView, ...] = ()
        self._compact = False
        self._scrolls = False
        self._buttons: dict[str, QPushButton] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._make_room_for_the_bar)
        outer.addWidget(self._scroll)
        self._retranslate()

    def set_steps(self, groups: Sequence[StepGroupView]) -> None:
        """Show these groups."""
        if tuple(groups) != self._groups:
            self._groups = tuple(groups)
            self._rebuild()

    def set_compact(self, *, compact: bool) -> None:
        """Only the marks, where there is little room."""
        if compact != self._compact:
            self._compact = compact
            self._rebuild()

    def _rebuild(self) -> None:
        standing_on = next((page for page, button in self._buttons.items() if button.hasFocus()), None)
        self._buttons = {}
        inner = QWidget()
        box = QVBoxLayout(inner)
        side = 12 if self._compact else 20
        box.setContentsMargins(side, 28, side if self._compact else 12, 16)
        box.setSpacing(4)
        for number, group in enumerate(self._groups, start=1):
            box.addWidget(self._head(number, group))
            if not self._compact and group.state != "ahead" and self._shows_pages(group):
                for page in group.pages:
                    box.addWidget(self._page_button(page))
            box.addSpacing(8)
        box.addStretch(1)
        show_in(self._scroll, inner)
        if standing_on in self._buttons:
            self._buttons[standing_on].setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow_scale()

    @staticmethod
    def _shows_pages(group: StepGroupView) -> bool:
        return len(group.pages) > 1 and (group.state == "current" or any(page.opens for page in group.pages))

    def _head(self, number: int, group: StepGroupView) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(2)
        row.addWidget(_Mark(number, group.state))
        spoken = tr(f"common.step_{group.state}", step=group.title, number=number)
        head.setAccessibleName(spoken)
        if self._compact:
            head.setToolTip(group.title)
            return head
        only = group.pages[0] if len(group.pages) == 1 else None
        if only is not None and only.opens:
            button = self._page_button(only, indent=0)
            button.setText(group.title)
            button.setAccessibleName(tr(f"common.page_{only.state}", page=group.title))
            button.setProperty("role", "step-head")
            row.addWidget(button, 1)
        else:
            text = label(group.title, {"current": "strong", "ahead": "muted"}.get(group.state, ""))
            text.setContentsMargins(8, 0, 0, 0)
            row.addWidget(text, 1)
        return head

    def _page_button(self, page: StepPage, indent: int = 32) -> QPushButton:
        button = QPushButton(page.title)
        button.setProperty("role", "step")
        button.setProperty("state", page.state)
        button.setEnabled(page.opens)
        button.setAccessibleName(tr(f"common.page_{page.state}", page=page.title))
        if page.opens:
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.opened.emit(page.page_id))
        self._buttons[page.page_id] = button
        if indent:
            button.setStyleSheet(f"margin-left: {theme().px(indent)}px;")
        return button

    def _retranslate(self) -> None:
        self.setAccessibleName(tr("common.stepper"))

    def _follow_scale(self) -> None:
        # As wide as its longest words ask for, between bounds.
        if self._compact:
            self.setMinimumWidth(theme().px(28) + 28)
            self.setMaximumWidth(theme().px(28) + 28)
        else:
            inner = self._scroll.widget()
            needed = inner.minimumSizeHint().width() + _EDGES if inner is not None else 0
            if self._scrolls:
                needed += self._scroll.verticalScrollBar().sizeHint().width()
            width = min(max(needed, theme().px(200)), theme().px(_WIDEST))
            self.setMinimumWidth(width)
            self.setMaximumWidth(max(width, theme().px(220)))

    def _make_room_for_the_bar(self, _least: int, most: int) -> None:
        """Kept for good: words that go into fewer lines would take the bar away, and without it it would come again."""
        if most > 0 and not self._scrolls:
            self._scrolls = True
            self._follow_scale()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "_scroll"):
            self._follow_scale()
        super().changeEvent(event)
