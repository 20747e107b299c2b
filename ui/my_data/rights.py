"""What can be done about one's data: a copy, deletion, and the way to every other right."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.client.application import Kept
from loanapp.client.corrections import Corrections
from loanapp.client.rights import RightRequest
from loanapp.domain.rights import RightKind, RightState
from loanapp.domain.status import FILLING, ApplicationStatus
from ui.components import Banner, Card, FlowRow, LinkButton, Rule, SecondaryButton, label
from ui.components.labels import empty
from ui.formats import day
from ui.messages import Level
from ui.my_data.view import DataView
from ui.reader_language import language_of, tell_language
from ui.translations import tr

# What is asked in writing, and what each is called here.
_ASKED: Final = {
    "correct": RightKind.CORRECTION,
    "explain": RightKind.EXPLANATION,
    "review": RightKind.HUMAN_REVIEW,
    "leak": RightKind.LEAK_REPORT,
    "complain": RightKind.COMPLAINT,
}
# The article that says more of each right.
_ELSEWHERE: Final = {
    "correct": "data-rights",
    "withdraw": "withdraw-consent",
    "explain": "decision-source",
    "review": "human-review",
    "leak": "after-a-leak",
    "complain": "complain",
}


class Rights(DataView):
    """Copy, deletion and the end of the account at the press of a button; the rest is asked here, and answered here."""

    def build(self) -> None:
        """Make the widgets."""
        self._done = "deleted"  # what the line at the top says was done
        self.result = Banner(Level.DONE)
        self.result.hide()
        self.body.addWidget(self.result)
        self.asked = Card(padding=20, spacing=8)
        self.asked.hide()
        self.body.addWidget(self.asked)
        self._requests: tuple[RightRequest, ...] = ()
        self._typed: dict[RightKind, str] = {}  # what was written and put away before it was sent
        card = Card(padding=20, spacing=12)
        self.copy, self.delete = SecondaryButton(), SecondaryButton()
        self.copy.clicked.connect(self._save_copy)
        self.delete.clicked.connect(self._ask_to_delete)
        self._words: dict[str, tuple[Callable[[str], None], Callable[[str], None]]] = {}
        self._add(card, "copy", self.copy)
        self._add(card, "delete", self.delete)
        self.links: dict[str, LinkButton] = {}
        self.writing: dict[str, SecondaryButton] = {}
        for name, article in _ELSEWHERE.items():
            link = self.links[name] = LinkButton()
            link.clicked.connect(partial(self._open_help, article))
            ways = FlowRow(spacing=16)
            if name == "correct":
                self.correct = SecondaryButton()
                self.correct.clicked.connect(self._correct)
                ways.add(self.correct)
            if name in _ASKED:
                self.writing[name] = SecondaryButton()
                self.writing[name].clicked.connect(partial(self._write, _ASKED[name]))
                ways.add(self.writing[name])
            if name == "withdraw":
                self.withdraw = SecondaryButton()
                self.withdraw.clicked.connect(lambda: self.view_wanted.emit("consents"))
                ways.add(self.withdraw)
            ways.add(link)
            ways.close_up()
            self._add(card, name, ways)
        self.close_account = SecondaryButton()
        self.close_account.clicked.connect(self._ask_to_close)
        self._add(card, "close", self.close_account)
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
        journey = self.context.journey
        if journey is None or not journey.signed_in:
            return False
        self.ask(journey.my_requests, self._came)
        return True

    def _came(self, requests: tuple[RightRequest, ...]) -> None:
        self._requests = requests
        self._show_requests()

    def _show_requests(self) -> None:
        """Each request with its number, its day and its answer."""
        empty(self.asked.body)
        self.asked.setVisible(bool(self._requests))
        if self._requests:
            self.asked.body.addWidget(label(tr("my_data.requests"), "strong"))
        for one in self._requests:
            name = tr(f"my_data.request_{one.kind.value}")
            self.asked.body.addWidget(label(tr("my_data.request_line", name=name, number=one.number)))
            self.asked.body.addWidget(label(_how_far(one), "small-ink"))
            if one.answer:
                words = label(one.answer, "small-ink", selectable=True)
                tell_language(words, language_of(one.answer))
                self.asked.body.addWidget(words)

    def show_words(self) -> None:
        """Every word in the language in force."""
        journey = self.context.journey
        signed_in = journey is not None and journey.signed_in
        may_erase = journey is not None and signed_in and bool(journey.may_erase())
        may_close = journey is not None and signed_in and bool(journey.may_close_account())
        for name, (title, text) in self._words.items():
            title(tr(f"my_data.right_{name}"))
            kept = (name == "delete" and not may_erase) or (name == "close" and signed_in and not may_close)
            said = tr(f"my_data.right_{name}_kept" if kept else f"my_data.right_{name}_text")
            law = self._law()
            if law is not None and name == "close" and may_close:
                said = tr("my_data.right_close_kept_by_law", **self._told_of_law())
            elif law is not None and name == "delete" and not may_erase:
                said = tr("my_data.kept_until" if law.fixed else "my_data.kept_as_planned", **self._told_of_law())
            goes = journey.application.erased_at if name == "delete" and journey and journey.application else None
            if goes is not None and journey is not None:
                left = max(0, (goes - journey.clock.now()).days)
                draft = journey.application is not None and journey.application.status in FILLING
                key = "my_data.right_delete_countdown" if draft else "my_data.right_delete_goes"
                said = f"{said} {tr(key, day=day(goes), count=left)}"
            text(said)
        self.copy.setText(tr("my_data.right_copy_do"))
        self.copy.setEnabled(signed_in)
        self.delete.setText(tr("my_data.right_delete_do"))
        self.delete.setVisible(may_erase)
        self.close_account.setText(tr("my_data.right_close_do"))
        self.close_account.setVisible(may_close)
        handed_in = bool(journey and journey.application and journey.application.status is not ApplicationStatus.DRAFT)
        self.correct.setText(tr("my_data.right_correct_do"))
        self.correct.setVisible(signed_in and handed_in)
        self.withdraw.setText(tr("my_data.right_withdraw_do"))
        self.withdraw.setVisible(signed_in)
        for name, button in self.writing.items():
            button.setText(tr("my_data.request_write"))
            button.setAccessibleName(f"{button.text()} {tr(f'my_data.right_{name}')}")
            button.setVisible(signed_in)
        self._show_requests()
        for name, link in self.links.items():
            link.setText(tr("my_data.how"))
            link.setAccessibleName(f"{link.text()} {tr(f'my_data.right_{name}')}")
        self.result.say(tr(f"my_data.{self._done}"), tr(f"my_data.{self._done}_text"))

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
        self._say("deleted")
        self.changed.emit()

    def _say(self, done: str) -> None:
        self._done = done
        self.show_words()
        self.result.show()

    def _correct(self) -> None:
        if self.context.journey is not None:
            self.ask(self.context.journey.my_corrections, self._show_corrections)

    def _show_corrections(self, corrections: Corrections | None) -> None:
        from ui.my_data.correct import CorrectData

        if corrections is not None:
            dialog = CorrectData(self, self.context, corrections)
            dialog.saved.connect(self._corrected)
            dialog.asking.connect(lambda: self._write(RightKind.CORRECTION))
            dialog.open()

    def _corrected(self) -> None:
        self.load()
        self._say("correct_saved")
        self.changed.emit()

    def _write(self, kind: RightKind) -> None:
        from ui.my_data.ask_right import AskRight

        dialog = AskRight(self, self.context, kind, self._typed.get(kind, ""))
        dialog.sent.connect(lambda: self._sent(kind))
        dialog.kept.connect(partial(self._typed.__setitem__, kind))
        dialog.help_wanted.connect(self._open_help)
        dialog.open()

    def _sent(self, kind: RightKind) -> None:
        self._typed.pop(kind, None)
        self.context.messages.show_toast("my_data.request_sent")
        self.load()

    def _ask_to_close(self) -> None:
        from ui.pages.confirm import Question, ask

        text = "my_data.close_text" if self._law() is None else "my_data.close_text_kept"
        words = ("my_data.close_title", text, "my_data.right_close_do", "my_data.close_keep")
        ask(self, Question(*words), self.closing_wanted.emit, self._told_of_law)

    def _law(self) -> Kept | None:
        journey = self.context.journey
        return journey.application.kept if journey is not None and journey.application is not None else None

    def _told_of_law(self) -> dict[str, str]:
        """The day until which law keeps records, and which law it is."""
        law = self._law()
        return {} if law is None else {"day": day(law.until), "law": self.context.translator.pick(law.law)}

    def _open_help(self, article: str) -> None:
        self.window().close()
        self.context.messages.help_wanted.emit(article)


def _how_far(one: RightRequest) -> str:
    """Where a request stands, in a sentence."""
    if one.state is RightState.RECEIVED:
        return tr("my_data.request_waits", day=day(one.answer_by))
    if one.simulated:
        return tr("my_data.request_simulated", day=day(one.answered_at or one.answer_by))
    return tr("my_data.request_answered", day=day(one.answered_at or one.answer_by))
