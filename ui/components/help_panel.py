"""Help beside the page: a line to ask it, what is shown, and the ways to all of it; it folds away."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from ui.components.buttons import LinkButton, QuietButton
from ui.components.flow_row import FlowRow
from ui.components.labels import label
from ui.components.places import show_in
from ui.theme import theme
from ui.translations import tr

if TYPE_CHECKING:
    from ui.help_text import ShownArticle

# After the last key; a query takes a millisecond or two, a list that jumps at each key takes longer to read.
_STILL_TYPING_MS: Final = 120
_NO_LIMIT: Final = (1 << 24) - 1  # Qt's own word for it, which the binding has no name for


class HelpPanel(QFrame):
    """``folded`` comes when the borrower puts it away, ``wanted`` with the id of an article to show.

    ``searched`` comes with what was typed, ``home_wanted``, ``contents_wanted``, ``check_wanted`` and
    ``support_wanted`` with the ways on.
    """

    folded = Signal()
    wanted = Signal(str)
    searched = Signal(str)
    home_wanted = Signal()
    contents_wanted = Signal()
    check_wanted = Signal()
    support_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "help")
        self._alone = False
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 8, 8)
        box.setSpacing(8)
        head = QHBoxLayout()
        self._caption = label("", "small")
        head.addWidget(self._caption, 1)
        self._fold = QuietButton()
        self._fold.clicked.connect(self.folded)
        head.addWidget(self._fold)
        box.addLayout(head)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_STILL_TYPING_MS)
        self._typing.timeout.connect(lambda: self.searched.emit(self.search.text().strip()))
        self.search.textEdited.connect(self._typed)
        self.search.returnPressed.connect(self._search_now)
        box.addWidget(self.search)
        ways = FlowRow(spacing=12)
        self.home, self.contents, self.check, self.support = (LinkButton() for _ in range(4))
        for button, wanted in (
            (self.home, self.home_wanted),
            (self.contents, self.contents_wanted),
            (self.check, self.check_wanted),
            (self.support, self.support_wanted),
        ):
            button.clicked.connect(wanted)
        # Two and two where four have no room: one under another, they would leave none for the article.
        for pair in ((self.home, self.contents), (self.check, self.support)):
            two = QWidget()
            row = QHBoxLayout(two)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(12)
            for button in pair:
                row.addWidget(button)
            ways.add(two)
        ways.close_up()
        box.addWidget(ways)
        self._scroll = QScrollArea()
        self._scroll.setProperty("reading", "true")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.addWidget(self._scroll, 1)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.folded.emit)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._retranslate()
        self._follow_scale()

    def show_article(self, shown: "ShownArticle") -> None:
        """Show an article from its beginning."""
        from ui.components.help_views import article_view

        self.show_view(article_view(shown, self.wanted.emit, lambda: self._print(shown)), shown.title)

    def _print(self, shown: "ShownArticle") -> None:
        from ui.help_print import print_article

        print_article(self, shown)

    def show_view(self, view: QWidget, name: str) -> None:
        """Show anything else in its place; ``name`` is said by a screen reader."""
        show_in(self._scroll, view)
        self._scroll.verticalScrollBar().setValue(0)
        self._scroll.setAccessibleName(name)

    def clear_search(self) -> None:
        """Forget what was typed."""
        self._typing.stop()
        self.search.clear()

    def _typed(self, _text: str) -> None:
        self._typing.start()

    def _search_now(self) -> None:
        self._typing.stop()
        self.searched.emit(self.search.text().strip())

    def _retranslate(self) -> None:
        self._caption.setText(tr("help.caption"))
        self._fold.setText(tr("common.back_to_page" if self._alone else "common.fold"))
        self._fold.setAccessibleName(tr("common.fold_help"))
        self.setAccessibleName(tr("help.caption"))
        self.search.setPlaceholderText(tr("help.ask"))
        self.search.setAccessibleName(tr("help.ask_name"))
        ways = {"home": self.home, "contents": self.contents, "check": self.check, "support": self.support}
        for key, button in ways.items():
            button.setText(tr(f"help.{key}"))
            button.setAccessibleName(tr(f"help.{key}_name"))

    def set_alone(self, *, alone: bool) -> None:
        """In the place of the page, where there is no room beside it."""
        if alone != self._alone:
            self._alone = alone
            self._retranslate()
            self._follow_scale()

    def _follow_scale(self) -> None:
        self.setMinimumWidth(theme().px(240))
        self.setMaximumWidth(_NO_LIMIT if self._alone else theme().px(300))

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "_scroll"):
            self._follow_scale()
        super().changeEvent(event)
