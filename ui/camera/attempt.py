"""One attempt from the window's side: ask for a challenge, open the source, look at it often, close it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Challenge, SourceKind
from ui.operations import Operation, Operations

if TYPE_CHECKING:
    from loanapp.capture.guided_capture import CaptureView, GuidedCapture
    from loanapp.capture.sources import FrameSource

# Three looks at each frame of 30 a second: a look at the pace of the camera would miss every other frame at times.
_POLL_MS: Final = 11


class FaceAttempt(QObject):
    """``opened`` comes with whether the source is simulated, ``viewed`` with every new view, then one of the others."""

    opened = Signal(bool)
    viewed = Signal(object)
    acted = Signal()
    failed = Signal(object)

    def __init__(self, operations: Operations, parent: QObject) -> None:
        super().__init__(parent)
        self._operations = operations
        self._capture: GuidedCapture | None = None
        self._preparing: Operation | None = None
        self._seen: object = None
        self._unhurried = False
        self.challenge: Challenge | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look)

    def start(
        self,
        make: "Callable[[], FrameSource] | None",
        begin: Callable[[SourceKind], Challenge],
        *,
        unhurried: bool = False,
    ) -> None:
        """``begin`` asks the lender for a challenge, ``make`` gives the source; both run in a worker.

        ``unhurried``: hints and prompts stay longer.
        """
        self.stop()
        self._unhurried = unhurried

        def prepare() -> "tuple[Challenge, FrameSource]":
            if make is None:
                raise LoanAppError(ErrorCode.CAMERA_NOT_FOUND)
            source = make()
            return begin(source.kind), source

        self._preparing = self._operations.run(prepare, self._prepared, self.failed.emit)

    def _prepared(self, prepared: "tuple[Challenge, FrameSource]") -> None:
        from loanapp.capture.guided_capture import GuidedCapture

        self._preparing = None
        self.challenge, source = prepared
        self.opened.emit(source.kind is not SourceKind.CAMERA)
        self._capture = GuidedCapture(source, unhurried=self._unhurried)
        self._capture.start()
        self._capture.begin(self.challenge)
        self._poll.start()

    def _look(self) -> None:
        from loanapp.capture.guidance import CapturePhase

        capture = self._capture
        if capture is None:
            return
        view = capture.latest()
        if not self._is_new(view):
            return
        self.viewed.emit(view)
        if view.phase is CapturePhase.DONE:
            self._poll.stop()
            self.acted.emit()
        elif view.phase is CapturePhase.FAILED:
            self.stop()
            self.failed.emit(view.error or LoanAppError(ErrorCode.UNEXPECTED))

    def _is_new(self, view: "CaptureView") -> bool:
        seen = (
            view.frame.sequence if view.frame is not None else -1,
            *(view.phase, view.hint, view.action, view.flash, view.action_progress, view.done_count),
        )
        new, self._seen = seen != self._seen, seen
        return new

    def take_evidence(self) -> Callable[[], bytes]:
        """What packs the evidence of what was acted and closes the source, to be called in a worker, once."""
        capture, self._capture = self._capture, None

        def work() -> bytes:
            if capture is None:
                raise LoanAppError(ErrorCode.CHALLENGE_EXPIRED)
            try:
                return capture.evidence()
            finally:
                capture.stop()

        return work

    def stop(self) -> None:
        """Close the source; joining its threads is not the window's work, and is finished even at the end."""
        self._poll.stop()
        preparing, self._preparing = self._preparing, None
        if preparing is not None:
            # A challenge that comes after this must open no camera.
            preparing.cancel()
        capture, self._capture = self._capture, None
        self._seen = None
        if capture is not None:
            self._operations.save(capture.stop)
