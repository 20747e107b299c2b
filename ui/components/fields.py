"""A field: its label above, a hint under the label, the editor, and its error beside it."""

from decimal import Decimal

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from loanapp.domain.money import parse_money
from loanapp.domain.written_forms import figure
from ui.components.icons import IconView
from ui.components.labels import label, set_role
from ui.formats import around_money
from ui.theme import theme


class Field(QWidget):
    """Label, hint, editor, error. ``edited`` comes with the text after every change by hand or by program."""

    edited = Signal(str)

    def __init__(
        self,
        text: str = "",
        hint: str = "",
        editor: QWidget | None = None,
        parent: QWidget | None = None,
        *,
        width: int = 0,
    ) -> None:
        super().__init__(parent)
        self._width = width
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.caption = label(text)
        head.addWidget(self.caption, 1)
        self.side = QHBoxLayout()
        head.addLayout(self.side)
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
        self.caption.setBuddy(self.editor)
        self.setFocusProxy(self.editor)
        if isinstance(self.editor, QLineEdit):
            self.editor.textChanged.connect(self._on_edited)
        self._name_editor()

    def _make_editor(self) -> QWidget:
        return QLineEdit()

    def _on_edited(self, text: str) -> None:
        self.set_error(None)
        self.edited.emit(text)

    def set_label(self, text: str, hint: str = "") -> None:
        """Set the words."""
        self.caption.setText(text)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self._name_editor()

    def _name_editor(self) -> None:
        self.editor.setAccessibleName(self.caption.text())
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

    def _follow_scale(self) -> None:
        if self._width:
            self.editor.setMinimumWidth(theme().px(self._width))

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "editor"):
            self._follow_scale()
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
                self.set_text(self._written(amount))


class CodeField(Field):
    """Six digits from a text message."""

    def _make_editor(self) -> QWidget:
        edit = QLineEdit()
        edit.setMaxLength(6)
        edit.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        return edit
