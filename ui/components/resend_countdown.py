"""The button that sends a one-time code, the seconds until it may send another, the line that says one was sent."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from ui.components.buttons import SecondaryButton
from ui.components.labels import label
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.answers import CodeSent
    from loanapp.domain.errors import LoanAppError

_A_SECOND_MS = 1000


class ResendCountdown(QObject):
    """``button`` and ``note`` are for the page to place; the page sends, and says how it went."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.button = SecondaryButton()
        self.note = label("", "small")
        self.note.hide()
        self.code_sent, self.note_wanted = False, True
        self._requesting = False
        self._seconds, self._minutes = 0, 1
        self._clock = QTimer(self)
        self._clock.setInterval(_A_SECOND_MS)
        self._clock.timeout.connect(self._tick)

    def requesting(self) -> None:
        """A code is being asked for."""
        self._requesting = True
        self.button.setEnabled(False)

    def sent(self, sent: "CodeSent", now: datetime) -> None:
        """A code is on its way."""
        self._requesting = False
        self.code_sent = True
        self._minutes = max(1, round((sent.expires_at - now).total_seconds() / 60))
        self._wait(sent.resend_after_seconds)

    def failed(self, error: "LoanAppError") -> None:
        """None is; where the lender says how long to wait, that runs down."""
        self._requesting = False
        wait = error.details.get("retry_after_seconds")
        self._wait(wait if isinstance(wait, int) else 0)

    def forget(self) -> None:
        """The page is left: the seconds run on, the line goes."""
        self.code_sent = False
        self.retranslate()

    def retranslate(self) -> None:
        """Change the words."""
        waiting = self._seconds > 0
        self.button.setEnabled(not waiting and not self._requesting)
        again = tr("one_time_code.send_again") if self.code_sent else tr("one_time_code.send")
        self.button.setText(tr("one_time_code.send_in", count=self._seconds) if waiting else again)
        self.note.setText(tr("one_time_code.sent", count=self._minutes))
        self.note.setVisible(self.code_sent and self.note_wanted)

    def _wait(self, seconds: int) -> None:
        self._seconds = seconds
        if seconds:
            self._clock.start()
        self.retranslate()

    def _tick(self) -> None:
        self._seconds = max(0, self._seconds - 1)
        if not self._seconds:
            self._clock.stop()
        self.retranslate()
