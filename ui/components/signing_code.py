"""The one-time code that lets a contract be signed: where it goes, what its message must say, and the field for it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.components.card import Card
from ui.components.labels import label
from ui.components.number_fields import CodeField
from ui.components.resend_countdown import ResendCountdown
from ui.translations import tr


class SigningCodeCard(Card):
    """Once a code was confirmed, the card says so and asks for nothing."""

    changed = Signal()

    def __init__(self, countdown: ResendCountdown, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=12)
        self._confirmed = False
        self._values: dict[str, str] | None = None
        self.countdown = countdown
        self._title = label("", "strong")
        self._compare = label("", "muted")
        self.code = CodeField(width=160)
        self.code.row.insertWidget(1, countdown.button)
        self.code.set_help("one-time-code", after=countdown.button)
        self.code.edited.connect(lambda _: self.changed.emit())
        for widget in (self._title, self._compare, self.code, countdown.note):
            self.body.addWidget(widget)

    @property
    def complete(self) -> bool:
        """Whether a code stands there, or one was confirmed."""
        return self._confirmed or self.code.complete

    def say(self, *, phone: str, tail: str, payout: str, total: str) -> None:
        """Where the code goes and what its message must name."""
        self._values = {"phone": phone, "tail": tail, "payout": payout, "total": total}
        self.retranslate()

    def set_confirmed(self, *, confirmed: bool) -> None:
        """Whether the lender takes the signature without another code."""
        self._confirmed, self.countdown.note_wanted = confirmed, not confirmed
        self.code.setHidden(confirmed)
        self.retranslate()

    def clear(self) -> None:
        """Forget the code."""
        self.code.set_text("")
        self.code.set_error(None)

    def retranslate(self) -> None:
        """Change the words."""
        self._title.setText(tr("signing.code"))
        self.code.set_label(tr("one_time_code.code"), tr("one_time_code.code_hint"))
        if self._confirmed:
            self._compare.setText(tr("signing.code_confirmed"))
        elif self._values is not None:
            known = bool(self._values["phone"])
            self._compare.setText(tr("signing.code_compare" if known else "signing.code_compare_plain", **self._values))
        self.code.editor.setAccessibleDescription(f"{tr('one_time_code.code_hint')} {self._compare.text()}")
        self.countdown.retranslate()
