"""A lender that runs somewhere else: there is nothing to start, only somebody to ask."""

from PySide6.QtCore import QObject, QTimer, Signal


class DistantLender(QObject):
    """What :class:`EmbeddedLender` is to the demonstration; whether it answers is found out by asking."""

    ready = Signal(str)
    lost = Signal()
    failed = Signal(object)

    running = True
    process_id = 0

    def start(self) -> None:
        """Let it be asked."""
        QTimer.singleShot(0, self, lambda: self.ready.emit(""))

    def retry(self) -> None:
        """Let it be asked again."""
        self.start()

    def stop(self) -> None:
        """It goes on without this program."""
