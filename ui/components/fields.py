"""A field: its label above with a count beside it, a hint under the label, the editor, and its error below."""

from decimal import Decimal
from typing import Final

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from loanapp.domain.money import parse_money
from loanapp.domain.written_forms import figure
from ui.announce import announce
from ui.components.buttons import LinkButton
from ui.components.icons import IconView
from ui.components.labels import label, set_role
from ui.composition import watch_composition
from ui.formats import around_money
from ui.rare_characters import prepare_for
from ui.theme import theme
from ui.theme.tokens import TARGET
from ui.translations import tr

HELP_ARTICLE: Final = "help_article"
"""The property that names a field's own article."""
# A count of what may still be written is told only when most of the room is taken.
_COUNT_FROM: Final = 0.75


class _HelpSign(LinkButton):
    """A sign without words, as high as what is pressed has to be in the large mode."""

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return hint.expandedTo(QSize(0, TARGET["large"])) if theme().large else hint

    def minimumSizeHint(self) -> QSize:
        """It asks for no room of its own: where there is none the field does without it, and F1 stays."""
        return QSize(0, super().minimumSizeHint().height())


class Field(QWidget):
    """Label, hint, editor, error. ``edited`` comes with the text after every change by hand or by program.

    ``exactly`` counts what is missing until there are so many characters, ``at_most`` what may still be written.
    """

    edited = Signal(str)
    help_wanted = Signal(str)
    """Somebody asks what this field wants: the help article that says it."""

    def __init__(
        self,
        text: str = "",
        hint: str = "",
        editor: QWidget | None = None,
        parent: QWidget | None = None,
        *,
        width: int = 0,
        exactly: int = 0,
        at_most: int = 0,
    ) -> None:
        super().__init__(parent)
        self._width = width
        self._exactly, self._at_most = exactly, at_most
        self._help: LinkButton | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        # The name of a number is short, and its count stands beside it.
        self.caption = label(text, wrap=not exactly)
        head.addWidget(self.caption, 0 if exactly else 1)
        self.counter = label("", "small", wrap=False)
        head.addWidget(self.counter, 1 if exactly else 0)
        self.counter.hide()
        box.addLayout(head)
        self.hint = label(hint, "small")
        self.hint.setVisible(bool(hint))
        box.addWidget(self.hint)
        self.editor: QWidget = editor if editor is not None else self._make_editor()
        self.row = QHBoxLayout()
        self.row.setSpacing(12)
        self.row.addWidget(self.editor, 1 if not width else 0)
        if width:
            self.row.addStretch(1)
            self._follow_scale()
        box.addLayout(self.row)
        self._error_row = QWidget()
        error_box = QHBoxLayout(self._error_row)
        error_box.setContentsMargins(0, 0, 0, 0)
        error_box.setSpacing(6)
        error_box.addWidget(IconView("stop", "stop", 16), 0, Qt.AlignmentFlag.AlignTop)
        self.error = label("", "error")
        error_box.addWidget(self.error, 1)
        self._error_row.hide()
        box.addWidget(self._error_row)
        watch_composition(self.editor)
        self.caption.setBuddy(self.editor)
        self.setFocusProxy(self.editor)
        if isinstance(self.editor, QLineEdit):
            self.editor.textChanged.connect(self._on_edited)
        self._name_editor()

    def _make_editor(self) -> QWidget:
        return QLineEdit()

    def _on_edited(self, text: str) -> None:
        prepare_for(text)
        self.set_error(None)
        self._count()
        self.edited.emit(text)

    def _count(self) -> None:
        """Say how many are missing or may follow; in the colour of "stop" when there are too many."""
        typed, wanted = len(self.text()), self._exactly or self._at_most
        quiet = bool(self.error.text()) or (self._at_most and typed < wanted * _COUNT_FROM)
        if not typed or not wanted or (quiet and typed <= wanted):
            self.counter.hide()
            return
        key = "over" if typed > wanted else "room" if self._at_most else "left" if typed < wanted else "whole"
        count = typed if key == "whole" else abs(wanted - typed)
        self.counter.setText(tr(f"components.count_{key}", count=count))
        set_role(self.counter, "role", {"over": "error", "whole": "small-done"}.get(key, "small"))
        self.counter.show()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - as Qt has it
        """Show what is not to be changed here: it can be read, selected and copied, and the keyboard passes by it."""
        if isinstance(self.editor, QLineEdit | QPlainTextEdit):
            self.editor.setReadOnly(read_only)
            policy = Qt.FocusPolicy.ClickFocus if read_only else Qt.FocusPolicy.StrongFocus
            self.editor.setFocusPolicy(policy)

    def set_label(self, text: str, hint: str = "") -> None:
        """Set the words."""
        self.caption.setText(text)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self._name_editor()

    def set_help(self, article: str, *, sign: bool = True, after: QWidget | None = None) -> None:
        """Name the article about this field: F1 opens it from here, and so does the sign beside the editor.

        Called once, when everything else stands in the row; Tab comes to the sign ``after`` what stands before it.
        """
        self.setProperty(HELP_ARTICLE, article)
        if sign:
            self._help = _HelpSign(icon="help")
            policy = self._help.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Maximum)
            policy.setRetainSizeWhenHidden(True)  # its place is kept, so that it comes back with the room for it
            self._help.setSizePolicy(policy)
            self._help.clicked.connect(lambda: self.help_wanted.emit(article))
            # Before what stretches, where the editor has a width of its own.
            self.row.insertWidget(self.row.count() - (1 if self._width else 0), self._help)
            QWidget.setTabOrder(after or self.editor, self._help)
            self._name_editor()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the sign where it is whole: once the layout is done, which its own parts must not set off again."""
        super().resizeEvent(event)
        if self._help is not None:
            QTimer.singleShot(0, self, self._fit_help)

    def _fit_help(self) -> None:
        if self._help is not None:
            self._help.setVisible(self._help.width() >= self._help.sizeHint().width())

    def _name_editor(self) -> None:
        self.editor.setAccessibleName(self.caption.text())
        if self._help is not None:
            self._help.setAccessibleName(tr("help.field", field=self.caption.text()))
            self._help.setToolTip(tr("help.field_key", field=self.caption.text()))
        self.editor.setAccessibleDescription(" ".join(filter(None, (self.hint.text(), self.error.text()))))

    def text(self) -> str:
        """What is typed, without spaces around it."""
        return self.editor.text().strip() if isinstance(self.editor, QLineEdit) else ""

    def set_text(self, text: str) -> None:
        """Put ``text`` into the editor."""
        if isinstance(self.editor, QLineEdit) and self.editor.text() != text:
            self.editor.setText(text)

    def set_error(self, text: str | None) -> None:
        """Show what is wrong beside the field, or nothing."""
        if (text or "") == self.error.text():
            return
        self.error.setText(text or "")
        self._error_row.setVisible(bool(text))
        set_role(self.editor, "invalid", "true" if text else "false")
        self._name_editor()
        self._count()
        announce(self.editor, self.error.text())

    def _follow_scale(self) -> None:
        if self._width:
            self.editor.setMinimumWidth(theme().px(self._width))

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "editor"):
            self._follow_scale()
        elif event.type() == QEvent.Type.LanguageChange and hasattr(self, "counter"):
            self._count()
        super().changeEvent(event)


class _MoneyEdit(QLineEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that typing has ended."""
        super().focusOutEvent(event)
        self.left.emit()


class MoneyField(Field):
    """Yuan: shows thousands when left, takes any sensible way of typing."""

    value_changed = Signal(object)

    def __init__(
        self, text: str = "", hint: str = "", parent: QWidget | None = None, *, width: int = 160, places: int = 0
    ) -> None:
        super().__init__(text, hint, None, parent, width=width)
        self._places = places
        self._units = (label("", "muted", wrap=False), label("", "muted", wrap=False))
        self.row.insertWidget(0, self._units[0])
        self.row.insertWidget(2, self._units[1])
        self._show_unit()
        self.edited.connect(lambda _: self.value_changed.emit(self.value()))

    def _make_editor(self) -> QWidget:
        edit = _MoneyEdit()
        edit.left.connect(self._tidy)
        return edit

    def _show_unit(self) -> None:
        """Before or after the figure, as the language has it."""
        for unit, text in zip(self._units, around_money(), strict=True):
            unit.setText(text)
            unit.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._show_unit()
        super().changeEvent(event)

    def value(self) -> Decimal | None:
        """Yuan with two places, or ``None`` while it is no amount."""
        try:
            return parse_money(self.text()) if self.text() else None
        except ValueError:
            return None

    def set_value(self, amount: Decimal | None) -> None:
        """Show an amount."""
        self.set_text("" if amount is None else self._written(amount))

    def _written(self, amount: Decimal) -> str:
        places = 2 if amount != amount.to_integral_value() else self._places
        return figure(amount, places=places)

    def _tidy(self) -> None:
        amount = self.value()
        if amount is not None and self._written(amount) != self.text():
            with QSignalBlocker(self.editor):
                self._rewrite(self._written(amount))

    def _rewrite(self, text: str) -> None:
        """As if it had been typed: Ctrl+Z still gives back what was there before."""
        if isinstance(self.editor, QLineEdit):
            self.editor.selectAll()
            self.editor.insert(text)
