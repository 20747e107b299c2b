"""Password and second factor: what is set, and the ways to set, change and turn off."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.components import Card, FlowRow, Rule, SecondaryButton, SectionHeading, label
from ui.formats import day
from ui.my_data.security_keys import KeysPart
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.protection import Protection
    from ui.pages.page import PageContext


class ProtectionCard(QWidget):
    """``changed``: it is to be asked anew what protects the account."""

    changed = Signal()

    def __init__(self, context: "PageContext", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._protection: Protection | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.heading = SectionHeading()
        box.addWidget(self.heading)
        card = Card(padding=20, spacing=12)
        self._password, self.password = label("", "small-ink"), SecondaryButton()
        self._factor_title = label("", "strong")
        self._factor, self.factor = label("", "small-ink"), SecondaryButton()
        self.password.clicked.connect(self._set_password)
        self.factor.clicked.connect(self._switch_factor)
        for part in (self._password, _at_left(self.password), Rule(), self._factor_title, self._factor):
            card.body.addWidget(part)
        card.body.addWidget(_at_left(self.factor))
        card.body.addWidget(Rule())
        self.keys = KeysPart(context)
        card.body.addWidget(self.keys)
        box.addWidget(card)

    def show_protection(self, protection: "Protection | None") -> None:
        """Show what protects the account; nothing before it is known."""
        self._protection = protection
        self.setVisible(protection is not None)
        if protection is not None:
            self.keys.show_keys(on=protection.second_factor_since is not None)
        self.show_words()

    def show_words(self) -> None:
        """Every word in the language in force."""
        found = self._protection
        if found is None:
            return
        self.heading.setText(tr("protection.heading"))
        self.keys.show_words()
        since, on = found.password_set_at, found.second_factor_since
        self._password.setText(tr("protection.since", day=day(since)) if since else tr("protection.none"))
        self.password.setText(tr("protection.change" if since else "protection.set"))
        self._factor_title.setText(tr("protection.factor_title"))
        left = found.recovery_codes_left
        self._factor.setText(
            tr("protection.factor_on", day=day(on), count=left) if on is not None else tr("protection.factor_off")
        )
        self.factor.setText(tr("protection.turn_off" if on is not None else "protection.turn_on"))
        self.factor.setAccessibleName(f"{self.factor.text()} {self._factor_title.text()}")

    def _set_password(self) -> None:
        from ui.my_data.password_dialog import PasswordDialog

        found = self._protection
        dialog = PasswordDialog(self, self._context, change=found is not None and found.password_set_at is not None)
        dialog.saved.connect(lambda _: self._say("protection.saved"))
        dialog.open()

    def _switch_factor(self) -> None:
        from ui.my_data.second_factor_dialog import TurnOffDialog, TurnOnDialog

        on = self._protection is not None and self._protection.second_factor_since is not None
        dialog = (TurnOffDialog if on else TurnOnDialog)(self, self._context)
        dialog.done_with.connect(lambda: self._say("protection.turned_off" if on else "protection.turned_on"))
        dialog.open()

    def _say(self, key: str) -> None:
        self._context.messages.show_toast(key)
        self.changed.emit()


def _at_left(button: QWidget) -> FlowRow:
    row = FlowRow(spacing=16)
    row.add(button)
    row.close_up()
    return row
