"""What can be done about one's data: a copy, deletion, and the way to every other right."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.components import Banner, Card, LinkButton, Rule, SecondaryButton, label
from ui.messages import Level
from ui.my_data.view import DataView
from ui.translations import tr

# Rights that are exercised elsewhere, by the article that says where.
_ELSEWHERE: Final = {
    "correct": "data-rights",
    "withdraw": "withdraw-consent",
    "explain": "decision-source",
    "review": "human-review",
    "leak": "after-a-leak",
    "complain": "complain",
}


class Rights(DataView):
    """Copy and deletion at the press of a button; for the rest, what to do."""

    def build(self) -> None:
        """Make the widgets."""
        self.result = Banner(Level.DONE)
        self.result.hide()
        self.body.addWidget(self.result)
        card = Card(padding=20, spacing=12)
        self.copy, self.delete = SecondaryButton(), SecondaryButton()
        self.copy.clicked.connect(self._save_copy)
        self.delete.clicked.connect(self._ask_to_delete)
        self._words: dict[str, tuple[Callable[[str], None], Callable[[str], None]]] = {}
        self._add(card, "copy", self.copy)
        self._add(card, "delete", self.delete)
        self.links: dict[str, LinkButton] = {}
        for name, article in _ELSEWHERE.items():
            link = self.links[name] = LinkButton()
            link.clicked.connect(partial(self._open_help, article))
            self._add(card, name, link)
        self.body.addWidget(card)

    def _add(self, card: Card, name: str, button: QWidget) -> None:
        if self._words:
            card.body.addWidget(Rule())
        block = QVBoxLayout()
        block.setSpacing(4)
        title, text = label("", "strong"), label("", "small-ink")
        for part in (title, text):
            block.addWidget(part)
        block.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addLayout(block)
        self._words[name] = title.setText, text.setText

    def load(self) -> bool:
        """What may be done now."""
        self.result.hide()
        self.show_words()
        return False

    def show_words(self) -> None:
        """Every word in the language in force."""
        journey = self.context.journey
        signed_in = journey is not None and journey.signed_in
        may_erase = journey is not None and signed_in and bool(journey.may_erase())
        for name, (title, text) in self._words.items():
            title(tr(f"my_data.right_{name}"))
            kept = name == "delete" and not may_erase
            text(tr("my_data.right_delete_kept" if kept else f"my_data.right_{name}_text"))
        self.copy.setText(tr("my_data.right_copy_do"))
        self.copy.setEnabled(signed_in)
        self.delete.setText(tr("my_data.right_delete_do"))
        self.delete.setVisible(may_erase)
        for name, link in self.links.items():
            link.setText(tr("my_data.how"))
            link.setAccessibleName(f"{link.text()} {tr(f'my_data.right_{name}')}")
        self.result.say(tr("my_data.deleted"), tr("my_data.deleted_text"))

    def _save_copy(self) -> None:
        from ui.my_data.save import save_file

        journey, readme = self.context.journey, tr("my_data.copy_readme")
        if journey is not None:
            save_file(self, "my_data.copy_name", lambda: journey.copy_of_my_data(readme))

    def _ask_to_delete(self) -> None:
        from ui.pages.confirm import Question, ask

        words = ("my_data.delete_title", "my_data.delete_text", "my_data.right_delete_do", "my_data.delete_keep")
        ask(self, Question(*words), self._delete)

    def _delete(self) -> None:
        if self.context.journey is not None:
            self.ask(self.context.journey.erase_application, lambda _: self._deleted())

    def _deleted(self) -> None:
        self.show_words()
        self.result.show()
        self.changed.emit()

    def _open_help(self, article: str) -> None:
        self.window().close()
        self.context.messages.help_wanted.emit(article)
