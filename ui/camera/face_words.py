"""What the face page says at each step, for each frame and for each outcome."""

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from loanapp.domain.liveness import Action, HintCode
from ui.camera.figures import CAMERA, DONE, FLASH, HOLD_STILL, Drawing, drawing_for
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.capture.guided_capture import CaptureView


class Step(StrEnum):
    """Where on the face page the borrower is."""

    CONSENT = "consent"
    FLASH = "flash"
    READY = "ready"
    MIRROR = "mirror"
    SENDING = "sending"
    PASSED = "passed"
    REVIEW = "review"
    RETRY = "retry"
    NO_MORE = "no_more"
    TROUBLE = "trouble"
    WAYS = "ways"
    MANUAL = "manual"
    CHANGED = "changed"
    NETWORK = "network"
    BRANCH = "branch"
    BOOKED = "booked"
    AGAIN = "again"
    CALL_ASK = "call_ask"
    CALL = "call"
    CALL_REFUSED = "call_refused"


_TITLES: Final = {
    Step.CONSENT: "consent.page_title",
    Step.FLASH: "flash.title",
    Step.READY: "ready.title",
    Step.WAYS: "ways.title",
    Step.MANUAL: "manual.title",
    Step.CHANGED: "changed.title",
    Step.NETWORK: "network.title",
    Step.BRANCH: "branch.title",
    Step.BOOKED: "branch.booked_title",
    Step.PASSED: "passed.title",
    Step.REVIEW: "review.title",
    Step.RETRY: "retry.title",
    Step.NO_MORE: "refused.title",
    Step.TROUBLE: "trouble.stopped",
    Step.AGAIN: "once_more.title",
    Step.CALL_ASK: "ways.call.name",
    Step.CALL: "once_more.call_title",
    Step.CALL_REFUSED: "once_more.refused_title",
}
_ACTIONS: Final = {
    Step.CONSENT: "consent.decide",
    Step.FLASH: "flash.go_on",
    Step.READY: "ready.start",
    Step.PASSED: "passed.next",
    Step.REVIEW: "review.next",
    Step.RETRY: "retry.again",
    Step.TROUBLE: "trouble.retry",
    Step.MANUAL: "manual.confirm",
    Step.CHANGED: "changed.confirm",
    Step.NETWORK: "network.confirm",
    Step.BRANCH: "branch.confirm",
    Step.BOOKED: "passed.next",
    Step.AGAIN: "once_more.camera",
    Step.CALL: "once_more.camera",
    Step.CALL_ASK: "once_more.call_confirm",
}
# Before a payout the application is filled in already: what follows is the contract, or a call.
_ACTIONS_ONCE_MORE: Final = {**_ACTIONS, Step.PASSED: "once_more.passed_next", Step.REVIEW: "once_more.review_next"}
_ACTIONS_VISIT: Final = {**_ACTIONS_ONCE_MORE, Step.REVIEW: "once_more.visit_review_next"}


def title_of(step: Step) -> str:
    """The page's title at ``step``."""
    return tr(f"face_verification.{_TITLES.get(step, 'title')}")


def action_of(step: Step, *, once_more: bool = False, visit: bool = False) -> str:
    """What the main button says at ``step``; empty where there is none.

    ``once_more``: before a payout; ``visit``: there, a branch is the other way, and no call.
    """
    actions = _ACTIONS_VISIT if visit else _ACTIONS_ONCE_MORE if once_more else _ACTIONS
    return tr(f"face_verification.{actions[step]}") if step in actions else ""


def hint_line(hint: HintCode) -> str:
    """The one line of a hint."""
    return tr(f"face_verification.hint.{hint.value}")


def line_for(view: "CaptureView", *, flash_comes: bool) -> tuple[str, Drawing | None, bool]:
    """The one line beneath the mirror, its drawing, and whether it is something to mend.

    ``flash_comes``: after the last action the screen will show colours, which is said before it does.
    """
    from loanapp.capture.guidance import CapturePhase

    if view.hint is not None:
        return hint_line(view.hint), drawing_for(view.hint), True
    if view.phase is CapturePhase.ACTING and view.action is not None:
        return tr(f"face_verification.action.{view.action.value}"), drawing_for(view.action), False
    acted = flash_comes and view.total > 0 and view.done_count >= view.total
    key, drawing = {
        CapturePhase.OPENING: ("opening", CAMERA),
        CapturePhase.GET_READY: ("steady" if view.facts is not None else "get_ready", HOLD_STILL),
        CapturePhase.NEUTRAL: ("flash_next", FLASH) if acted else ("neutral", HOLD_STILL),
        CapturePhase.FLASH: ("flash_next", FLASH),
        CapturePhase.HOLD_STILL: ("hold_still", HOLD_STILL),
        CapturePhase.DONE: ("done", DONE),
    }.get(view.phase, ("get_ready", HOLD_STILL))
    return tr(f"face_verification.line.{key}"), drawing, False


def spoken_for(view: "CaptureView", *, flash_comes: bool) -> tuple[str, bool]:
    """What is read aloud, and whether it is urgent: an action's prompt cuts what is being said."""
    from loanapp.capture.guidance import CapturePhase

    if view.hint is not None:
        return tr(f"voice.hint.{view.hint.value}"), False
    if view.phase is CapturePhase.ACTING and isinstance(view.action, Action):
        return tr(f"voice.action.{view.action.value}"), True
    text, _drawing, _look = line_for(view, flash_comes=flash_comes)
    return text, False
