"""One attempt step by step, without threads and without a window: get ready, act, be neutral, colours, hold still."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from loanapp.capture.camera_trouble import CameraTrouble
from loanapp.capture.evidence_recorder import LEAST_BEFORE_FRAMES, EvidenceRecorder, Sampler
from loanapp.capture.flash_sequence import FlashSequence
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, Challenge, FlashColour, HintCode, SourceKind
from loanapp.resource_files import read_toml
from loanapp.vision.actions import ActionDetector
from loanapp.vision.arrays import Image
from loanapp.vision.asked_action import ActionWatch
from loanapp.vision.events import ActionEvent
from loanapp.vision.evidence import DeviceFacts
from loanapp.vision.frame_analysis import FrameFacts
from loanapp.vision.hint_filter import HintFilter
from loanapp.vision.light_meter import light_level

# Nothing starts before the picture was right for this long.
CLEAN_SECONDS: Final = 1.0
# Neutral again after an action (liveness_flutter), a face gone or a second one (Baidu): seconds until the attempt ends.
NEUTRAL_TIMEOUT_SECONDS: Final = 10.0
FACE_LOST_SECONDS: Final = 1.0
HOLD_STILL_SECONDS: Final = 0.5
# Chosen: whoever is not neutral by then is told what is still in the way.
_PATIENCE_SECONDS: Final = 1.5
# The lender learns the person's neutral from what was recorded before the first action.
_SEEN_BEFORE_SECONDS: Final = 0.8


class CapturePhase(StrEnum):
    """Where an attempt is."""

    OPENING = "opening"
    GET_READY = "get_ready"
    ACTING = "acting"
    NEUTRAL = "neutral"
    FLASH = "flash"
    HOLD_STILL = "hold_still"
    DONE = "done"
    FAILED = "failed"


_UNDER_WAY: Final = frozenset({CapturePhase.ACTING, CapturePhase.NEUTRAL, CapturePhase.FLASH, CapturePhase.HOLD_STILL})
_ENDED: Final = frozenset({CapturePhase.DONE, CapturePhase.FAILED})
# What the light of the colours itself would set off.
_BY_LIGHT: Final = frozenset(
    {
        *(HintCode.TOO_DARK, HintCode.TOO_BRIGHT, HintCode.BACKLIT, HintCode.UNEVEN_LIGHT, HintCode.BLURRED),
        *(HintCode.MASK, HintCode.HAND_ON_FACE, HintCode.SUNGLASSES, HintCode.BROWS_COVERED, HintCode.GLARE),
    }
)
# What is told of an action is over with it, and a slow camera is no reason to wait for.
_OF_ACTION: Final = frozenset({HintCode.WRONG_DIRECTION, HintCode.ACTION_TOO_SMALL})
_NO_OBSTACLE: Final = frozenset({None, HintCode.CAMERA_SLOW, *_OF_ACTION})


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the borrower is to be told now. ``light`` and ``action_progress`` run from 0 to 1.

    ``flash`` is the colour that the whole page shows now; None: it looks as always.
    """

    phase: CapturePhase
    hint: HintCode | None = None
    action: Action | None = None
    action_progress: float = 0.0
    done_count: int = 0
    total: int = 0
    light: float = 0.0
    ready: bool = False
    seconds_left: float = 0.0
    error: LoanAppError | None = None
    flash: FlashColour | None = None


class GuidedAttempt:
    """Follows the facts of a stream through a challenge; times are those of the frames, in seconds."""

    def __init__(self, action_timeout_s: float | None = None, *, unhurried: bool = False) -> None:
        """``unhurried``: hints stay longer, and there is a pause between actions (``camera.toml``)."""
        slow = read_toml("vision", "camera.toml")["unhurried"]
        self._hint_s: float | None = float(slow["hint_seconds"]) if unhurried else None
        self._pause_s = float(slow["pause_seconds"]) if unhurried else 0.0
        self._neutral_s = float(slow["neutral_seconds"]) if unhurried else NEUTRAL_TIMEOUT_SECONDS
        self._timeout_override = action_timeout_s
        self._timeout = action_timeout_s or 0.0
        self._phase = CapturePhase.OPENING
        self._challenge: Challenge | None = None
        self._done = 0
        self._phase_since = 0.0
        self._face_seen = 0.0
        self._several = False
        self._now = self._began = 0.0
        self._light = 0.0
        self._clean = 0.0
        self._error: LoanAppError | None = None
        self._flash = FlashSequence()
        self._reset_watching()

    @property
    def prompt(self) -> Action | None:
        """The action asked just now."""
        return self._action if self._phase is CapturePhase.ACTING else None

    @property
    def flash(self) -> FlashColour | None:
        """The colour to show just now. Any thread."""
        return self._flash.colour

    def tick(self, time_s: float) -> None:
        """A frame was taken at ``time_s``: the colours go on, however long its analysis takes. Any thread."""
        self._flash.advance(time_s)

    @property
    def guidance(self) -> Guidance:
        """What to show now."""
        acting = self._phase is CapturePhase.ACTING
        left = self._timeout - (self._now - self._phase_since) if acting else 0.0
        return Guidance(
            phase=self._phase,
            hint=self._hint,
            action=self.prompt,
            action_progress=self._detector.progress(self._action) if acting and self._action else 0.0,
            done_count=self._done,
            total=len(self._challenge.actions) if self._challenge else 0,
            light=self._light,
            ready=self._clean >= CLEAN_SECONDS and self._detector.at_rest,
            seconds_left=max(0.0, left),
            error=self._error,
            flash=self.flash,
        )

    def begin(self, challenge: Challenge) -> None:
        """Start, or start again, with a challenge; its first action is asked once the picture was right for 1 s."""
        self._challenge = challenge
        self._timeout = self._timeout_override or float(challenge.action_timeout_seconds)
        self._done = 0
        self._error = None
        self._began = self._now
        self._trouble.begin()
        self._flash.stop()
        self._recorder.rest()
        self._enter(CapturePhase.GET_READY if self._phase is not CapturePhase.OPENING else CapturePhase.OPENING)

    def fail(self, error: LoanAppError) -> None:
        """End the attempt and forget its frames; the next :meth:`begin` starts another."""
        if self._phase is not CapturePhase.DONE:
            self._error = error
            self.forget()
            self._enter(CapturePhase.FAILED)

    def forget(self) -> None:
        """Keep no frame and show no colour."""
        self._flash.stop()
        self._recorder.forget()

    def evidence(self, source_kind: SourceKind, device: DeviceFacts | None = None) -> bytes:
        """The packed attempt; ``device`` is what was noticed of the camera.

        Raises :class:`LoanAppError` with ``NOT_ALLOWED_NOW`` before it is done. An attempt that cannot be packed has
        failed.
        """
        if self._phase is not CapturePhase.DONE or self._challenge is None:
            raise LoanAppError(ErrorCode.NOT_ALLOWED_NOW)
        packed: bytes | None = None
        try:
            packed = self._recorder.pack(self._challenge, source_kind, device)
        finally:
            if packed is None:
                self._enter(CapturePhase.FAILED)
        return packed

    def feed(self, facts: FrameFacts, image: Image) -> None:
        """Take the next analysed frame."""
        self._now = facts.time_s
        self.tick(self._now)
        self._light = light_level(facts)
        if self._phase is CapturePhase.OPENING:
            self._began = self._now
            self._enter(CapturePhase.GET_READY)
        self._several = facts.faces > 1
        if facts.face is not None and not self._several:
            self._face_seen = self._now
        events: list[ActionEvent] = []
        if self._sampler.takes(self._now):
            # The same frames that the lender will see, so that both sides see the same actions.
            events = self._detector.feed(facts)
            if facts.face is not None and self._phase not in _ENDED:
                self._recorder.add(image, facts.face, self._now)
        asked = self._watch.feed(self._now, self.prompt, self._detector.progress)
        self._hints.feed(facts, pose=self._at_rest_wanted, asked=asked)
        self._clean = self._hints.clean_seconds(self._now)
        self._step(events)

    @property
    def _at_rest_wanted(self) -> bool:
        """Whether posture, expression and what covers the face matter now."""
        if self._phase is CapturePhase.NEUTRAL:
            return self._now - self._phase_since > self._pause_s + _PATIENCE_SECONDS
        return self._phase not in {CapturePhase.ACTING, CapturePhase.HOLD_STILL}

    def _step(self, events: list[ActionEvent]) -> None:
        if self._phase in _ENDED:
            return
        trouble = self._trouble.feed(self._now, self._hints.held)
        if trouble is not None:
            self.fail(LoanAppError(trouble))
        elif self._challenge is not None and self._now - self._began > _lifetime(self._challenge):
            self.fail(LoanAppError(ErrorCode.CHALLENGE_EXPIRED))
        elif self._phase in _UNDER_WAY and self._now - self._face_seen > FACE_LOST_SECONDS:
            self.fail(LoanAppError(ErrorCode.FACE_NOT_ALONE if self._several else ErrorCode.FACE_LOST))
        else:
            self._go_through(events)

    def _go_through(self, events: list[ActionEvent]) -> None:
        if self._phase is CapturePhase.GET_READY:
            self._get_ready()
        elif self._phase is CapturePhase.ACTING:
            self._act(events)
        elif self._phase is CapturePhase.NEUTRAL:
            self._be_neutral()
        elif self._phase is CapturePhase.FLASH:
            self._be_lit()
        elif self._phase is CapturePhase.HOLD_STILL and self._now - self._phase_since >= HOLD_STILL_SECONDS:
            self._enter(CapturePhase.DONE)

    def _get_ready(self) -> None:
        seen = self._recorder.before_seconds >= _SEEN_BEFORE_SECONDS
        seen = seen and self._recorder.before_frames >= LEAST_BEFORE_FRAMES
        if self._challenge is not None and self._clean >= CLEAN_SECONDS and seen and self._detector.at_rest:
            self._recorder.start(self._challenge)
            self._enter(CapturePhase.ACTING)

    def _be_neutral(self) -> None:
        elapsed = self._now - self._phase_since
        if self._detector.at_rest and self._hints.shown in _NO_OBSTACLE and elapsed >= self._pause_s:
            self._go_on()
        elif elapsed > self._neutral_s:
            self.fail(LoanAppError(ErrorCode.ACTION_TIMEOUT))

    def _be_lit(self) -> None:
        shown = self._flash.shown
        if shown is not None and self._now >= shown[-1].until_s:
            self._recorder.flash(shown)
            self._enter(CapturePhase.HOLD_STILL)

    def _go_on(self) -> None:
        """The person is neutral again: the next action, or the colours, or the end."""
        challenge = self._challenge
        if challenge is not None and self._done < len(challenge.actions):
            self._enter(CapturePhase.ACTING)
        elif challenge is not None and challenge.flash:
            self._flash.start(challenge.flash, challenge.flash_colour_ms, self._now)
            self._recorder.light_up(self._now)
            self._enter(CapturePhase.FLASH)
        else:
            self._enter(CapturePhase.HOLD_STILL)

    def _act(self, events: list[ActionEvent]) -> None:
        action = self._action
        seen = [
            event for event in events if event.counts and event.action is action and event.start_s >= self._phase_since
        ]
        if action is not None and seen:
            self._recorder.window(action, self._phase_since, self._now, seen[0].start_s)
            self._done += 1
            self._enter(CapturePhase.NEUTRAL)
        elif self._now - self._phase_since > self._timeout:
            self.fail(LoanAppError(ErrorCode.ACTION_TIMEOUT))

    @property
    def _hint(self) -> HintCode | None:
        hint = self._hints.shown
        over = hint in _OF_ACTION and self._phase is not CapturePhase.ACTING
        own_light = hint in _BY_LIGHT and self._phase is CapturePhase.FLASH
        return None if over or own_light or self._phase in _ENDED else hint

    @property
    def _action(self) -> Action | None:
        actions = self._challenge.actions if self._challenge else ()
        return actions[self._done] if self._done < len(actions) else None

    def _enter(self, phase: CapturePhase) -> None:
        self._phase = phase
        self._phase_since = self._now

    def _reset_watching(self) -> None:
        self._detector = ActionDetector()
        self._watch = ActionWatch()
        self._trouble = CameraTrouble()
        self._hints = HintFilter(self._hint_s)
        self._sampler = Sampler()
        self._recorder = EvidenceRecorder()


def _lifetime(challenge: Challenge) -> float:
    return (challenge.expires_at - challenge.issued_at).total_seconds()
