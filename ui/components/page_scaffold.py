"""The shape of every page: title and lead, a body that scrolls, and a bar of actions that never leaves view."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui.components.banner import Banner
from ui.components.buttons import LinkButton, PrimaryButton, SecondaryButton
from ui.components.error_summary import ErrorSummary
from ui.components.illustration import Illustration
from ui.components.labels import SimulatedTag, label
from ui.messages import Level
from ui.theme import theme

COLUMN = 680
_MARGIN = 32

# By then a page has laid out what was shown with the change.
_LAID_OUT_MS: Final = 60


class PageScaffold(QWidget):
    """Put widgets into ``body``; ``primary``, ``back`` and ``aside`` are the actions.

    ``wide`` lets the column take the whole width (pictures, tables, documents); ``scrolls=False`` gives the body the
    height that is left (camera, document) instead of a scroll bar. ``titled`` comes with every new title.
    """

    titled = Signal(str)
    lined_up = Signal()
    """The scroll bar has come or gone."""

    def __init__(self, parent: QWidget | None = None, *, wide: bool = False, scrolls: bool = True) -> None:
        super().__init__(parent)
        self._wide = wide
        self._widest: int | None = None if wide else COLUMN
        self._skeleton: QWidget | None = None
        self.bar_width = 0
        """How much of the width the scroll bar takes, in px."""
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.column = QWidget()
        self._content = QVBoxLayout(self.column)
        self._content.setContentsMargins(0, 24, 0, 20)
        self._content.setSpacing(16)
        self._fill_head()
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        self._content.addLayout(self.body, 0 if scrolls else 1)
        holder = self._holder = self._centred(self.column)
        if scrolls:
            self._content.addStretch(1)
            self.scroll: QScrollArea | None = QScrollArea()
            self.scroll.setWidgetResizable(True)
            self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.scroll.setWidget(holder)
            self.scroll.verticalScrollBar().rangeChanged.connect(self._line_up)
            whole.addWidget(self.scroll, 1)
        else:
            self.scroll = None
            whole.addWidget(holder, 1)
        whole.addWidget(self._make_actions())
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)
        self._follow_scale()

    def _fill_head(self) -> None:
        self.error_summary = ErrorSummary()
        self.problem = Banner(Level.STOP)
        self.problem.hide()
        self._content.addWidget(self.problem)
        self._content.addWidget(self.error_summary)
        head = QVBoxLayout()
        head.setSpacing(6)
        self.title = label("", "title")
        head.addWidget(self.title)
        self.lead = label("", "lead")
        self.lead.hide()
        head.addWidget(self.lead)
        self.meanwhile = label("", "lead")
        self.meanwhile.hide()
        head.addWidget(self.meanwhile)
        head.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addLayout(head, 1)
        self.illustration = Illustration()
        top.addWidget(self.illustration, 0, Qt.AlignmentFlag.AlignVCenter)
        self.simulated = SimulatedTag()
        self.simulated.hide()
        top.addWidget(self.simulated, 0, Qt.AlignmentFlag.AlignTop)
        self._content.addLayout(top)
        self.asked = Banner(Level.LOOK)
        self.asked.hide()
        self._content.addWidget(self.asked)

    def _centred(self, column: QWidget) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        row.setSpacing(0)
        policy = column.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred if self._wide else QSizePolicy.Policy.Expanding)
        column.setSizePolicy(policy)
        row.addStretch(0 if self._wide else 1)
        row.addWidget(column, 1 if self._wide else 1000)
        row.addStretch(0 if self._wide else 1)
        return holder

    def _make_actions(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "actions")
        self._action_column = QWidget()
        row = QHBoxLayout(self._action_column)
        row.setContentsMargins(0, 12, 0, 12)
        row.setSpacing(12)
        self.back = SecondaryButton()
        self.back.hide()
        row.addWidget(self.back)
        self._action_row = row
        self.aside = LinkButton()
        self.aside.hide()
        self._asides = QVBoxLayout()
        self._asides.setSpacing(0)
        self._asides.addWidget(self.aside)
        row.addLayout(self._asides)
        self.note = label("", "small")
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.note, 1)
        self.primary = PrimaryButton()
        self.primary.setDefault(True)
        row.addWidget(self.primary)
        outer = QVBoxLayout(bar)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._centred(self._action_column))
        self.action_bar = bar
        self._action_outer = outer
        return bar

    @property
    def upper(self) -> QWidget:
        """What lies above the bar of actions."""
        return self.scroll if self.scroll is not None else self._holder

    def show_skeleton(self, *, shown: bool) -> None:
        """Show grey bars at the top of the body while its content is on the way."""
        if self._skeleton is None:
            if not shown:
                return
            from ui.components.skeleton import Skeleton

            self._skeleton = Skeleton()
            self.body.insertWidget(0, self._skeleton)
        self._skeleton.setVisible(shown)

    def set_title(self, title: str, lead: str = "") -> None:
        """Set the page's title and the sentence under it."""
        self.lead.setText(lead)
        self.lead.setVisible(bool(lead))
        if title != self.title.text():
            self.title.setText(title)
            self.titled.emit(title)

    def set_note(self, text: str) -> None:
        """Say beside the main action what is still missing."""
        self.note.setText(text)

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Whatever has the focus is in view, also when the program put it there."""
        if now is not None and self.isVisible() and self.column.isAncestorOf(now):
            card = now.parentWidget()
            # Of a choice the whole card shows where the focus is.
            shown = card if card is not None and card.property("role") == "choice" else now
            QTimer.singleShot(0, now, lambda: self.reveal(shown))

    def add_aside(self, button: LinkButton) -> None:
        """Put another quiet action under ``aside``: side by side they would press the main action in long words."""
        self._asides.addWidget(button)

    def keep_in_view(self, widget: QWidget) -> None:
        """Put ``widget`` into the bar of actions, before them: it is seen however far the page scrolls."""
        self._action_row.insertWidget(0, widget, 1)
        self._action_row.setStretch(self._action_row.indexOf(self.note), 0)

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Add a widget to the body and give it back."""
        self.body.addWidget(widget, stretch)
        return widget

    def set_column(self, widest: int | None) -> None:
        """Let the column be at most ``widest`` px at 100 %, or with ``None`` as wide as the page."""
        if widest != self._widest:
            self._widest = widest
            self._follow_scale()

    def _line_up(self, _least: int, most: int) -> None:
        """Keep the actions under the column while a scroll bar takes its share of the width."""
        self.bar_width = self.scroll.verticalScrollBar().sizeHint().width() if self.scroll is not None and most else 0
        self._action_outer.setContentsMargins(0, 0, self.bar_width, 0)
        self.lined_up.emit()

    def reveal(self, widget: QWidget) -> None:
        """Scroll so far that ``widget`` is in view."""
        if self.scroll is not None:
            self.scroll.ensureWidgetVisible(widget, 0, theme().px(40))

    def reveal_top(self, widget: QWidget) -> None:
        """Scroll so far that ``widget`` begins at the top, once the focus has been followed."""
        scroll = self.scroll
        if scroll is None:
            return
        bar = scroll.verticalScrollBar()

        def go() -> None:
            bar.setValue(widget.mapTo(scroll.widget(), QPoint(0, 0)).y() - theme().px(16))

        def again(before: int) -> None:
            """What was just shown has found its room by now, unless the borrower scrolled meanwhile."""
            if bar.value() == before:
                go()

        def first() -> None:
            go()
            stood = bar.value()
            QTimer.singleShot(_LAID_OUT_MS, widget, lambda: again(stood))

        QTimer.singleShot(0, widget, first)

    def show_top(self) -> None:
        """Scroll to the top."""
        if self.scroll is not None:
            self.scroll.verticalScrollBar().setValue(0)

    def _follow_scale(self) -> None:
        # A widest width, not a fixed one: narrow windows and large text make the column narrower.
        widest = 16_777_215 if self._widest is None else theme().px(self._widest)
        self.column.setMaximumWidth(widest)
        self._action_column.setMaximumWidth(widest)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drawings go where the window becomes small, and come back."""
        for drawing in self.findChildren(Illustration):
            drawing.fit()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_action_column"):
            self._follow_scale()
        super().changeEvent(event)
