"""The guided attempt over a live source: two threads, polled by the window.

One thread takes frames from the source and only keeps the newest; the other analyses whatever is newest when it is
free. So the preview never waits for the analysis, and the window never waits for either.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from loanapp.capture.guidance import CapturePhase, Guidance, GuidedAttempt
from loanapp.capture.mailbox import Mailbox
from loanapp.capture.sources import CameraError, Frame, FrameSource
from loanapp.capture.stream_meter import StreamMeter
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, Challenge, FlashColour, HintCode, SourceKind
from loanapp.resource_files import read_toml
from loanapp.vision.frame_analysis import FrameAnalyser, FrameFacts
from loanapp.vision.models import FaceModels

_log = logging.getLogger(__name__)

_POLL_S: Final = 0.2
# A device may need seconds to start; later, silence means that it is gone.
_OPENING_S: Final = 15.0
_SILENT_S: Final = 3.0
# How long stop() waits for a thread that is inside a device's driver.
_JOIN_S: Final = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class CaptureView:
    """What the window paints: the newest frame, the newest facts (of that frame or one just before) and the guidance.

    ``light`` and ``action_progress`` run from 0 to 1; ``ready`` says that the picture has been right for a second and
    an attempt may begin; ``seconds_left`` are those of the action asked; ``flash`` is the colour that the whole page
    shows now, from the moment it is set until it is another or None.
    """

    frame: Frame | None
    facts: FrameFacts | None = field(repr=False)  # no log and no message ever shows a face
    phase: CapturePhase
    hint: HintCode | None
    action: Action | None
    action_progress: float
    done_count: int
    total: int
    light: float
    ready: bool
    seconds_left: float
    error: LoanAppError | None
    flash: FlashColour | None = None


class GuidedCapture:
    """Runs a source through guided attempts. Every method may be called from the window's thread; only ``stop`` blocks.

    After a failed attempt :meth:`begin` with a new challenge starts the next; a lost camera needs a new object.
    """

    def __init__(
        self,
        source: FrameSource,
        *,
        action_timeout_s: float | None = None,
        unhurried: bool = False,
        load_models: Callable[[], FaceModels] = FaceModels.load,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``unhurried``: more time to read; the time for each action is the challenge's.

        ``clock_s`` only ever goes forward: a computer whose time of day is wrong, or set right, ends no attempt.
        """
        self._source = source
        self._load_models = load_models
        self._clock_s = clock_s
        self._expires_s = 0.0
        self._attempt = GuidedAttempt(action_timeout_s, unhurried=unhurried)
        self._meter = StreamMeter()
        self._frozen_s = float(read_toml("vision", "camera.toml")["stream"]["frozen_seconds"])
        self._mailbox: Mailbox[Frame] = Mailbox()
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._facts: FrameFacts | None = None
        self._guidance = self._attempt.guidance
        self._pending: Challenge | None = None
        self._challenge: Challenge | None = None
        self._evidence: bytes | None = None
        self._source_error: LoanAppError | None = None
        self._lit_lock = threading.Lock()
        self._lit: FlashColour | None = None
        self._stopping = threading.Event()
        self._heard = time.monotonic()
        self._threads: list[threading.Thread] = []

    @property
    def source_kind(self) -> SourceKind:
        """Where the frames come from."""
        return self._source.kind

    def start(self) -> None:
        """Open the source and show what it sees; errors appear in :meth:`latest`."""
        if self._threads:
            return
        self._heard = time.monotonic()
        self._threads = [
            threading.Thread(target=self._grab, name="capture-frames", daemon=True),
            threading.Thread(target=self._analyse, name="capture-analysis", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Close the source, end both threads and forget every frame; may be called twice.

        A thread that is stuck in a driver ends by itself later, and keeps nothing either.
        """
        self._stopping.set()
        self._mailbox.close()
        for thread in self._threads:
            thread.join(_JOIN_S)
        self._threads = []
        self._attempt.forget()
        self._meter.forget()
        with self._lock:
            self._frame = self._facts = self._evidence = None

    def begin(self, challenge: Challenge) -> None:
        """Start an attempt: its first action is asked once the picture has been right for 1 s."""
        with self._lock:
            self._pending = challenge
            self._expires_s = self._clock_s() + (challenge.expires_at - challenge.issued_at).total_seconds()
            self._evidence = None
            # At once, so that nobody mistakes the end of the last attempt for that of this one.
            phase = CapturePhase.OPENING if self._frame is None else CapturePhase.GET_READY
            self._guidance = Guidance(phase, light=self._guidance.light, total=len(challenge.actions))

    def latest(self) -> CaptureView:
        """The state now; never blocks."""
        with self._lock:
            frame, facts, now = self._frame, self._facts, self._guidance
            flash = None if self._pending is not None or self._stopping.is_set() else self._attempt.flash
        return CaptureView(
            frame=frame,
            facts=facts,
            phase=now.phase,
            hint=now.hint,
            action=now.action,
            action_progress=now.action_progress,
            done_count=now.done_count,
            total=now.total,
            light=now.light,
            ready=now.ready,
            seconds_left=now.seconds_left,
            error=now.error,
            flash=flash,
        )

    def evidence(self) -> bytes:
        """The packed attempt when the phase is ``DONE``.

        Raises :class:`LoanAppError` with ``NOT_ALLOWED_NOW`` before.
        """
        with self._lock:
            packed = self._evidence
        if packed is None:
            raise LoanAppError(ErrorCode.NOT_ALLOWED_NOW)
        return packed

    def _grab(self) -> None:
        """Thread: source to mailbox."""
        try:
            self._source.open()
            self._pass_frames_on()
        except LoanAppError as error:
            self._source_error = error
        except Exception as error:  # noqa: BLE001 - drivers and foreign sources raise what they like
            _log.warning("the frame source failed: %s", type(error).__name__)
            self._source_error = CameraError(ErrorCode.CAMERA_LOST)
        finally:
            self._illuminate(end=True)
            self._source.close()

    def _pass_frames_on(self) -> None:
        while not self._stopping.is_set():
            frame = self._source.read()
            if frame is None:
                raise CameraError(ErrorCode.CAMERA_LOST)
            self._heard = time.monotonic()
            self._meter.add(frame, self._source.name)
            if self._source.kind is SourceKind.CAMERA and self._meter.still_seconds > self._frozen_s:
                raise CameraError(ErrorCode.CAMERA_FROZEN)
            self._attempt.tick(frame.time_s)
            self._illuminate()
            with self._lock:
                if self._stopping.is_set():
                    return
                self._frame = frame
            self._mailbox.put(frame)

    def _illuminate(self, *, end: bool = False) -> None:
        """Tell the source what the page shows, from whichever thread notices first."""
        with self._lit_lock:
            colour = None if end or self._stopping.is_set() else self._attempt.flash
            if colour is not self._lit:
                self._lit = colour
                self._source.illuminate(colour)

    def _analyse(self) -> None:
        """Thread: mailbox to facts, guidance and evidence. Whatever goes wrong ends the attempt, never the thread."""
        analyser: FrameAnalyser | None = None
        while not self._stopping.is_set():
            try:
                self._take_challenge()
                if analyser is None:
                    analyser = FrameAnalyser(self._load_models())
                self._next_frame(analyser)
            except LoanAppError as error:
                self._give_up(error)
                analyser = None
            except Exception as error:  # noqa: BLE001 - without this thread the window would wait for ever
                # The text of the error may describe a picture; kind and place are enough to find it.
                last = traceback.extract_tb(error.__traceback__)[-1]
                _log.error("the analysis failed: %s at %s:%d", type(error).__name__, last.name, last.lineno)
                self._give_up(LoanAppError(ErrorCode.UNEXPECTED))
                analyser = None

    def _next_frame(self, analyser: FrameAnalyser) -> None:
        frame = self._mailbox.take(_POLL_S)
        if frame is not None:
            facts = analyser.analyse(frame.image, frame.time_s)
            self._attempt.feed(facts, frame.image)
            with self._lock:
                self._facts = None if self._stopping.is_set() else facts
        elif self._source_error is not None:
            self._attempt.fail(self._source_error)
        elif self._is_silent():
            self._attempt.fail(CameraError(ErrorCode.CAMERA_LOST))
        self._publish()

    def _give_up(self, error: LoanAppError) -> None:
        """Show the error, then wait: only a new challenge is worth another try."""
        self._attempt.fail(error)
        self._illuminate()
        with self._lock:
            if self._pending is None:
                self._guidance = self._attempt.guidance
        while not self._stopping.is_set():
            with self._lock:
                if self._pending is not None:
                    return
            self._stopping.wait(_POLL_S)

    def _take_challenge(self) -> None:
        with self._lock:
            pending, self._pending = self._pending, None
        if pending is not None:
            self._challenge = pending
            self._meter.begin()
            self._attempt.begin(pending)

    def _publish(self) -> None:
        running = self._attempt.guidance
        under_way = running.phase not in {CapturePhase.DONE, CapturePhase.FAILED}
        if self._challenge is not None and under_way and self._clock_s() > self._expires_s:
            self._attempt.fail(LoanAppError(ErrorCode.CHALLENGE_EXPIRED))
        packed = None
        if running.phase is CapturePhase.DONE and self._evidence is None:
            packed = self._attempt.evidence(self._source.kind, self._meter.facts())
        guidance: Guidance = self._attempt.guidance
        self._source.prompt(self._attempt.prompt)
        self._illuminate()
        with self._lock:
            if self._pending is None:
                self._evidence = packed or self._evidence
                self._guidance = guidance

    def _is_silent(self) -> bool:
        allowed = _SILENT_S if self._frame is not None else _OPENING_S
        return time.monotonic() - self._heard > allowed
