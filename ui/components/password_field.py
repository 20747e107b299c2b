"""A field for a password: hidden, shown at the press of a button, pasted into like any other, and kept nowhere."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.components.buttons import LinkButton
from ui.components.fields import Field
from ui.translations import tr


class PasswordField(Field):
    """``text`` gives what is typed, spaces and all."""

    def __init__(self, parent: QWidget | None = None, *, width: int = 300) -> None:
        super().__init__(parent=parent, width=width)
        self.show_button = LinkButton()
        self.show_button.setCheckable(True)
        self.show_button.toggled.connect(self._show)
        self.row.insertWidget(1, self.show_button)
        self._name_button()

    def _make_editor(self) -> QWidget:
        edit = QLineEdit()
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        return edit

    def _edit(self) -> QLineEdit:
        assert isinstance(self.editor, QLineEdit)  # noqa: S101 - made above
        return self.editor

    def text(self) -> str:
        """What is typed."""
        return self._edit().text()

    def clear(self) -> None:
        """Forget it, and what an undo would bring back; hidden again."""
        self._edit().clear()
        self.show_button.setChecked(False)

    def _show(self, shown: bool) -> None:  # noqa: FBT001 - a slot
        mode = QLineEdit.EchoMode
        self._edit().setEchoMode(mode.Normal if shown else mode.Password)
        self._name_button()

    def _name_button(self) -> None:
        self.show_button.setText(tr("protection.hide" if self.show_button.isChecked() else "protection.show"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "show_button"):
            self._name_button()
        super().changeEvent(event)
