"""What the face page says at each step, for each frame and for each outcome."""

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from loanapp.client.answers import Verdict
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import HintCode
from ui.camera.figures import CAMERA, DONE, HOLD_STILL, Drawing, drawing_for
from ui.camera.steps import ResultStep
from ui.messages import Level
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from loanapp.capture.guided_capture import CaptureView


class Step(StrEnum):
    """Where on the face page the borrower is."""

    CONSENT = "consent"
    READY = "ready"
    MIRROR = "mirror"
    SENDING = "sending"
    PASSED = "passed"
    REVIEW = "review"
    RETRY = "retry"
    NO_MORE = "no_more"
    TROUBLE = "trouble"
    MANUAL = "manual"


_CAMERA_ERRORS: Final = frozenset(
    {ErrorCode.CAMERA_NOT_FOUND, ErrorCode.CAMERA_BUSY, ErrorCode.CAMERA_LOST, ErrorCode.CAMERA_BLACK}
)
_TITLES: Final = {
    Step.CONSENT: "consent.title",
    Step.READY: "ready.title",
    Step.MANUAL: "manual.title",
    Step.PASSED: "passed.title",
}
_ACTIONS: Final = {
    Step.CONSENT: "consent.agree",
    Step.READY: "ready.start",
    Step.PASSED: "passed.next",
    Step.REVIEW: "review.next",
    Step.RETRY: "retry.again",
    Step.NO_MORE: "other_way",
    Step.TROUBLE: "trouble.retry",
    Step.MANUAL: "manual.confirm",
}


def title_of(step: Step) -> str:
    """The page's title at ``step``."""
    return tr(f"face_verification.{_TITLES.get(step, 'title')}")


def action_of(step: Step) -> str:
    """What the main button says at ``step``; empty where there is none."""
    return tr(f"face_verification.{_ACTIONS[step]}") if step in _ACTIONS else ""


def hint_line(hint: HintCode) -> str:
    """The one line of a hint."""
    return tr(f"face_verification.hint.{hint.value}")


def line_for(view: "CaptureView") -> tuple[str, Drawing | None, bool]:
    """The one line beneath the mirror, its drawing, and whether it is something to mend."""
    from loanapp.capture.guidance import CapturePhase

    if view.hint is not None:
        return hint_line(view.hint), drawing_for(view.hint), True
    if view.phase is CapturePhase.ACTING and view.action is not None:
        return tr(f"face_verification.action.{view.action.value}"), drawing_for(view.action), False
    key, drawing = {
        CapturePhase.OPENING: ("opening", CAMERA),
        CapturePhase.GET_READY: ("steady" if view.facts is not None else "get_ready", HOLD_STILL),
        CapturePhase.NEUTRAL: ("neutral", HOLD_STILL),
        CapturePhase.HOLD_STILL: ("hold_still", HOLD_STILL),
        CapturePhase.DONE: ("done", DONE),
    }.get(view.phase, ("get_ready", HOLD_STILL))
    return tr(f"face_verification.line.{key}"), drawing, False


def show_result(
    result: ResultStep, step: Step, verdict: Verdict | None, error: LoanAppError | None, *, simulated: bool
) -> None:
    """Fill the result step: what came of it, each reason with what helps, and the other way where it is due."""
    reasons = [(error_sentence(reason), error_fix(reason)) for reason in verdict.reasons] if verdict else []
    if step is Step.PASSED:
        result.show_result(Level.DONE, "", tr("face_verification.passed.lead"))
    elif step is Step.REVIEW:
        lead = tr("face_verification.review.lead")
        result.show_result(Level.LOOK, tr("face_verification.review.title"), lead, reasons=reasons)
    elif step is Step.RETRY:
        left = tr("face_verification.retry.left", count=verdict.attempts_left if verdict else 0)
        title = tr("face_verification.retry.title")
        result.show_result(Level.LOOK, title, "", reasons=reasons, note=left, other_way=True)
    elif step is Step.NO_MORE:
        if error is not None:
            title, text = error_sentence(error), error_fix(error)
        else:
            title, text = tr("face_verification.refused.title"), tr("face_verification.retry.no_left")
        result.show_result(Level.LOOK, title, text, reasons=reasons, other_way=True)
    elif step is Step.TROUBLE and error is not None:
        kind = "title" if error.code in _CAMERA_ERRORS else "stopped"
        why = [(error_sentence(error), error_fix(error))]
        result.show_result(Level.LOOK, tr(f"face_verification.trouble.{kind}"), "", reasons=why, other_way=True)
    elif step is Step.MANUAL:
        who = tr(f"face_verification.manual.{'simulated' if simulated else 'real'}")
        result.show_result(Level.INFORMATION, "", tr("face_verification.manual.text", simulated=who))
