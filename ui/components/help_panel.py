"""Help for this very page, at the right; it folds away."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.components.buttons import LinkButton, QuietButton
from ui.components.labels import label
from ui.theme import theme
from ui.translations import tr

if TYPE_CHECKING:
    from ui.help_text import ShownArticle


class HelpPanel(QFrame):
    """Shows one article; ``folded`` comes when the borrower puts it away, ``wanted`` with the id of a related one."""

    folded = Signal()
    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "help")
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
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.addWidget(self._scroll, 1)
        self._retranslate()
        self._follow_scale()

    def show_article(self, shown: "ShownArticle") -> None:
        """Show an article.

        A paragraph that starts with ``#`` is a heading, ``- [ ] `` something to tick off, ``- `` a point.
        """
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 12, 12)
        box.setSpacing(10)
        box.addWidget(label(shown.title, "heading"))
        if shown.drawing:
            from ui.components.help_drawing import HelpDrawing

            box.addWidget(HelpDrawing(shown.drawing, shown.pictured), 0, Qt.AlignmentFlag.AlignHCenter)
        for paragraph in shown.paragraphs:
            self._add_paragraph(box, paragraph)
        if shown.related:
            box.addSpacing(4)
            box.addWidget(label(tr("common.help_on"), "strong"))
            for name, title in shown.related:
                box.addLayout(self._link(name, title))
        box.addStretch(1)
        self._scroll.setWidget(inner)
        self._scroll.verticalScrollBar().setValue(0)
        self._scroll.setAccessibleName(shown.title)

    @staticmethod
    def _add_paragraph(box: QVBoxLayout, paragraph: str) -> None:
        if paragraph.startswith("#"):
            box.addSpacing(4)
            box.addWidget(label(paragraph.lstrip("# "), "strong"))
        elif paragraph.startswith("- [ ] "):
            from ui.components.tick_box import TickBox

            box.addWidget(TickBox(paragraph[len("- [ ] ") :]))
        elif paragraph.startswith(("- ", "* ")):
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(label("·", "small-ink", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label(paragraph[2:], "small-ink"), 1)
            box.addLayout(row)
        else:
            box.addWidget(label(paragraph, "small-ink"))

    def _link(self, name: str, title: str) -> QHBoxLayout:
        """A title, which may wrap, and a press that opens it."""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(title, "small-ink"), 1)
        link = LinkButton(tr("common.help_read"))
        link.setAccessibleName(tr("common.help_read_what", title=title))
        link.clicked.connect(lambda: self.wanted.emit(name))
        row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _retranslate(self) -> None:
        self._caption.setText(tr("common.help_of_page"))
        self._fold.setText(tr("common.fold"))
        self._fold.setAccessibleName(tr("common.fold_help"))
        self.setAccessibleName(tr("common.help_of_page"))

    def _follow_scale(self) -> None:
        self.setMinimumWidth(theme().px(240))
        self.setMaximumWidth(theme().px(300))

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "_scroll"):
            self._follow_scale()
        super().changeEvent(event)
