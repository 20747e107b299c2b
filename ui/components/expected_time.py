"""How long a wait has lasted and how long it usually takes: a bar, and one line that is true."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from ui.announce import announce
from ui.components.labels import label
from ui.translations import tr

_TICK_MS: Final = 1000
_MINUTE: Final = 60
_HOUR: Final = 3600
# The bar never says that it is over: only the lender does.
_FULLEST: Final = 95


def stretch(seconds: float) -> str:
    """A stretch of time as people say it, in whole units."""
    if seconds < _MINUTE:
        return tr("components.seconds", count=int(seconds))
    if seconds < _HOUR:
        return tr("components.minutes", count=int(seconds // _MINUTE))
    return tr("components.hours", count=int(seconds // _HOUR))


class ExpectedTime(QWidget):
    """``begin`` starts the count; it goes on by the clock it was given, and is late rather than wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        self.words = label("", "small")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        box.addWidget(self.words)
        box.addWidget(self.bar)
        self._now: Callable[[], datetime] | None = None
        self._since: datetime | None = None
        self._expected = 0
        self._usual = ""
        self._late = False
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self._show)

    def begin(self, now: Callable[[], datetime], since: datetime, expected_s: int, usual: str) -> None:
        """Count from ``since``; ``usual`` is the sentence about how long it takes, in the language in force."""
        if since != self._since:
            self._late = False
        self._now, self._since, self._expected, self._usual = now, since, expected_s, usual
        self._show()
        if self.isVisible():
            self._ticks.start()

    def _show(self) -> None:
        if self._now is None or self._since is None:
            return
        waited = max(0.0, (self._now() - self._since).total_seconds())
        late = waited > self._expected
        spent = tr("components.waited", time=stretch(waited)) if waited >= 1 else ""
        parts = (tr("components.late") if late else self._usual, spent)
        self.words.setText(tr("components.sentence_gap").join(part for part in parts if part))
        self.bar.setValue(min(_FULLEST, round(100 * waited / max(1, self._expected))))
        self.bar.setAccessibleName(self.words.text())
        if late and not self._late:
            announce(self, tr("components.late"))
        self._late = late

    def showEvent(self, event: QShowEvent) -> None:
        """Count on."""
        super().showEvent(event)
        self._show()
        if self._since is not None:
            self._ticks.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing ticks."""
        super().hideEvent(event)
        self._ticks.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; the page says anew how long it usually takes."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_ticks"):
            self._show()
        super().changeEvent(event)
