"""The security keys of the account: what there is, and the ways to add and remove."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.components import FlowRow, SecondaryButton, label
from ui.components.labels import empty
from ui.formats import day
from ui.translations import error_sentence, tr

if TYPE_CHECKING:
    from loanapp.client.security_key import OwnKey, OwnKeys
    from loanapp.domain.errors import LoanAppError
    from ui.pages.page import PageContext


class KeysPart(QWidget):
    """Asks for the keys once it is known that the second step is on; without it, or without a way to keys, says so."""

    def __init__(self, context: "PageContext", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._on = False
        self._said = ""
        self._error: LoanAppError | None = None
        self.keys: OwnKeys | None = None
        self.buttons: dict[str, SecondaryButton] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self._title, self.text = label("", "strong"), label("", "small-ink")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.add = SecondaryButton()
        self.add.clicked.connect(self._add)
        ways = FlowRow(spacing=16)
        ways.add(self.add)
        ways.close_up()
        box.addWidget(self._title)
        box.addWidget(self.text)
        box.addLayout(self._rows)
        box.addWidget(ways)

    def show_keys(self, *, on: bool) -> None:
        """Ask for the keys anew; ``on``: whether the second step is."""
        self._on, self.keys, self._said, self._error = on, None, "", None
        journey = self._context.journey
        if on and journey is not None:
            self._context.operations.run(
                lambda: journey.security_keys() if journey.keys_here() else None, self._came, self._failed
            )
        self.show_words()

    def _came(self, keys: "OwnKeys | None") -> None:
        self.keys, self._said = keys, "" if keys is not None else "security_key.nowhere"
        self.show_words()

    def _failed(self, error: "LoanAppError") -> None:
        self._error = error
        self.show_words()

    def show_words(self) -> None:
        """Every word in the language in force."""
        found = self.keys
        self._title.setText(tr("security_key.title"))
        self.add.setText(tr("security_key.add"))
        self.add.setVisible(found is not None and len(found.keys) < found.most)
        empty(self._rows)
        self.buttons = {}
        if found is None:
            told = tr(self._said or ("security_key.none" if self._on else "security_key.first"))
            self.text.setText(error_sentence(self._error) if self._error is not None else told)
            return
        full = len(found.keys) >= found.most
        self.text.setText(tr("security_key.full", most=found.most) if full else tr("security_key.none"))
        for one in found.keys:
            self._rows.addWidget(self._row(one))

    def _row(self, one: "OwnKey") -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        head = FlowRow(spacing=12, line_spacing=4)
        head.add(label(one.label), stretch=1)
        button = self.buttons[one.id] = SecondaryButton(tr("security_key.remove"))
        button.setAccessibleName(f"{button.text()} {one.label}")
        button.clicked.connect(partial(self._remove, one))
        head.add(button)
        box.addWidget(head)
        times = {"added": day(one.added_at), "used": day(one.used_at) if one.used_at is not None else ""}
        said = "security_key.used" if one.used_at is not None else "security_key.unused"
        box.addWidget(label(tr(said, **times), "small-ink"))
        return holder

    def _add(self) -> None:
        from ui.my_data.key_dialog import AddKeyDialog

        dialog = AddKeyDialog(self, self._context)
        dialog.added.connect(partial(self._changed, "security_key.added"))
        dialog.open()

    def _remove(self, one: "OwnKey") -> None:
        from ui.my_data.key_dialog import RemoveKeyDialog

        dialog = RemoveKeyDialog(self, self._context, one)
        dialog.removed.connect(partial(self._changed, "security_key.removed"))
        dialog.open()

    def _changed(self, told: str, keys: "OwnKeys") -> None:
        self._came(keys)
        self._context.messages.show_toast(told)
