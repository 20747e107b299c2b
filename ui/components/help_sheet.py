"""Help in front of a question, where the help beside the page cannot be reached: an article and what it leads on to."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from loanapp.domain.errors import ErrorCode
from ui.components.buttons import SecondaryButton
from ui.components.dialog import Dialog
from ui.components.fields import HELP_ARTICLE, Field
from ui.components.help_views import article_view
from ui.help_text import article_text
from ui.translations import tr, translator

_WIDTH: Final = 520


class HelpSheet(Dialog):
    """Shows ``article``, by its id or by the code it answers; put away, the question is as it was."""

    def __init__(self, parent: QWidget, article: str) -> None:
        super().__init__(parent, width=_WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading.hide()  # the article brings its own
        self.article = article
        self._view: QWidget | None = None
        self.back = SecondaryButton()
        self.back.clicked.connect(self.reject)
        self.answers.addStretch(1)
        self.answers.addWidget(self.back)
        self.show_article(article)

    def show_article(self, article: str) -> None:
        """Show another one in its place."""
        from ui.help_print import print_article

        self.article = article
        shown = article_text(article, translator().language)
        if self._view is not None:
            self.body.removeWidget(self._view)
            self._view.deleteLater()
        self._view = article_view(shown, self.show_article, lambda: print_article(self, shown))
        self.body.addWidget(self._view)
        self.set_heading(shown.title)
        self.back.setText(tr("common.close"))
        self.read_from_the_top(shown.title)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "back"):
            self.show_article(self.article)
        super().changeEvent(event)


def way_to_help(question: QWidget, code: ErrorCode) -> tuple[str, Callable[[], object]]:
    """The words and the act that open the article on ``code`` in front of ``question``."""
    return tr("common.open_help"), lambda: HelpSheet(question, code.value).open()


def give_help(question: Dialog, article: str) -> None:
    """F1 opens ``article`` in front of ``question``, or that of the field one is in; so do the signs of its fields.

    Called once, when the fields are in their place.
    """

    def show(name: str) -> None:
        HelpSheet(question, name).open()

    def asked() -> None:
        here = QApplication.focusWidget()
        while here is not None and here is not question:
            if own := here.property(HELP_ARTICLE):
                show(str(own))
                return
            here = here.parentWidget()
        show(article)

    for field in question.findChildren(Field):
        field.help_wanted.connect(show)
    QShortcut(QKeySequence(Qt.Key.Key_F1), question, asked)
