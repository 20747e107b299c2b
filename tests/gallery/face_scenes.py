"""The page of face verification at each of its steps, without a camera; and the questions that come in between."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final
from unittest.mock import patch

from loanapp.capture.sources import CameraInfo
from loanapp.client.answers import Verdict
from loanapp.client.secrets import PassphrasePrompt
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, HintCode, VerdictOutcome, VerdictReason
from loanapp.journey.pages import Page
from tests.gallery.page_scenes import journey
from tests.gallery.stage import Room, Scene, settle, until
from tests.ui.face_page import GRANTED, PAPER_GRANTED, once_more
from tests.ui.loan_in_hand import application
from tests.ui.test_face_ways import BRANCHES, FIRST, VISIT, WAYS
from ui.camera.face_words import Step, hint_line
from ui.camera.figures import drawing_for
from ui.camera.ways import Way
from ui.passphrase import PassphraseDialog
from ui.signing_out import ask_to_sign_out
from ui.translations import tr

CAMERAS: Final = [CameraInfo(0, "Integrated Camera"), CameraInfo(2, "IR Camera"), CameraInfo(5, "OBS Virtual Camera")]
_R = VerdictReason


class NoPictures:
    """Stands for devices that are not on this computer."""

    def __init__(self, cameras: object) -> None:
        self.cameras = cameras

    def start(self) -> None:
        """Nothing to open."""

    def latest(self) -> tuple[()]:
        """Nothing to see."""
        return ()

    def stop(self) -> None:
        """Nothing is open."""


def _face(
    act: Callable[[Any], object] | None = None,
    cameras: list[CameraInfo] = CAMERAS,
    status: str = "draft",
    **changes: Any,
) -> Any:
    def set_it(room: Room) -> Any:
        room.enter(patch("loanapp.capture.sources.list_cameras", lambda: list(cameras)))
        room.enter(patch("loanapp.capture.thumbnails.CameraThumbnails", NoPictures))
        held = application(status, **{"consents": GRANTED, "face_ways": WAYS, **changes})
        made = journey(Page.FACE_VERIFICATION, held, branches=lambda: BRANCHES)
        made.lender = replace(made.lender, flash=True)
        page = room.open(Page.FACE_VERIFICATION, made)
        room.rest()
        if act is not None:
            settle(room.shell)
            act(page)
            room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def _ready(page: Any) -> None:
    page.steps.flash.cards.choose("with_flash")
    page.proceed()
    until(lambda: not page.context.operations.active, "the list of cameras")


def _mirror(words: Callable[[], tuple[str, Any, bool]]) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page._enter(Step.MIRROR)
        page.steps.mirror.show_camera_on(on=True)
        page.live._say(words)

    return act


def _acting() -> tuple[str, Any, bool]:
    return tr(f"face_verification.action.{Action.TURN_LEFT.value}"), drawing_for(Action.TURN_LEFT), False


def _hint() -> tuple[str, Any, bool]:
    return hint_line(HintCode.TOO_DARK), drawing_for(HintCode.TOO_DARK), True


def _verdict(outcome: VerdictOutcome, left: int, *reasons: VerdictReason) -> Callable[[Any], None]:
    return lambda page: page.show_verdict(Verdict(outcome, reasons, left))


def _trouble(code: ErrorCode) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page._step = Step.MIRROR
        page.attempt.failed.emit(LoanAppError(code))

    return act


def _branch(page: Any) -> None:
    page._take_way(Way.BRANCH.value)
    until(page.steps.branch.where.isVisible, "the branches")
    page.steps.branch.where.choose("east")
    page.steps.branch.day.choose("2026-11-26")
    page.steps.branch.time.choose(FIRST.isoformat())


def _no_branch(page: Any) -> None:
    page.journey.answers["branches"] = tuple
    page._take_way(Way.BRANCH.value)


def _network(page: Any) -> None:
    page._take_way(Way.NETWORK.value)
    page.steps.network.code.set_text("10000007")


def _network_refused(page: Any) -> None:
    _network(page)
    page.others._refused_code(LoanAppError(ErrorCode.NETWORK_CODE_EXPIRED))
    until(page.steps.network.code.editor.hasFocus, "the field")


def _faces() -> Iterator[tuple[str, Any]]:
    yield "face-flash", _face()
    yield "face-ready", _face(_ready)
    yield "face-no-camera", _face(_ready, cameras=[])
    yield "face-mirror", _face(_mirror(_acting))
    yield "face-hint", _face(_mirror(_hint))
    yield "face-sending", _face(lambda page: page._enter(Step.SENDING))
    yield "face-passed", _face(_verdict(VerdictOutcome.PASSED, 1))
    yield "face-review", _face(_verdict(VerdictOutcome.REVIEW, 1, _R.LIVENESS_UNSURE))
    yield "face-retry", _face(_verdict(VerdictOutcome.RETRY, 2, _R.TOO_DARK_TO_JUDGE, _R.FACE_COVERED))
    yield "face-unlike", _face(_verdict(VerdictOutcome.RETRY, 1, _R.FACE_UNLIKE_DOCUMENT))
    yield "face-no-more", _face(_verdict(VerdictOutcome.RETRY, 0, _R.FLASH_NOT_SEEN))
    yield "face-stuck", _face(_trouble(ErrorCode.LENDER_UNREACHABLE))
    yield "face-camera-busy", _face(_trouble(ErrorCode.CAMERA_BUSY))
    yield "face-ways", _face(lambda page: page._choose_other_way())
    yield "face-manual", _face(lambda page: page._take_way(Way.MANUAL.value))
    yield "face-changed", _face(lambda page: page._take_way(Way.CHANGED.value))
    yield "face-changed-certificate", _face(lambda page: page._take_way(Way.CHANGED.value), consents=PAPER_GRANTED)
    yield "face-network", _face(_network)
    yield "face-network-refused", _face(_network_refused)
    yield "face-branch", _face(_branch)
    yield "face-no-branch", _face(_no_branch)
    yield "face-booked", _face(appointment=VISIT)
    yield "face-once-more", _face(status="signing", step_up=once_more("needed"), face_ways=["camera", "manual"])
    yield "face-once-more-locked", _face(status="signing", step_up=once_more("needed"), face_ways=["manual"])
    before = {"status": "signing", "step_up": once_more("needed"), "face_ways": ["camera", "manual"]}
    yield "face-once-more-passed", _face(_verdict(VerdictOutcome.PASSED, 3), **before)
    yield "face-once-more-review", _face(_verdict(VerdictOutcome.REVIEW, 3, _R.FACE_MATCH_UNSURE), **before)
    yield "face-once-more-unlike", _face(_verdict(VerdictOutcome.RETRY, 2, _R.FACE_UNLIKE_DOCUMENT), **before)
    yield "face-call-ask", _face(lambda page: page._take_way(Way.CALL.value), **before)
    yield "face-call", _face(status="signing", step_up=once_more("waiting"), face_ways=["camera", "manual"])
    visit = {"status": "signing", "face_ways": ["camera", "branch"]}
    yield "face-visit-ask", _face(lambda page: page._take_way(Way.VISIT.value), **visit, step_up=once_more("needed"))
    yield "face-visit", _face(**visit, step_up=once_more("waiting"))
    yield "face-call-refused", _face(status="signing", step_up=once_more("refused"), face_ways=[])
    yield "face-locked", _face(face={"state": "retry", "attempts_left": 0, "locked_seconds": 900})


# questions in between: each is opened in the looks in force, as it is for the borrower


def _consent(given: bool) -> Any:
    def act(page: Any) -> None:
        if given:
            page.consent.open(given=True)

    return _face(act, consents=GRANTED if given else [])


def _sign_out(room: Room) -> Any:
    room.open(Page.ABOUT_YOU, journey(Page.ABOUT_YOU, application("draft")))
    if room.window is not None:
        ask_to_sign_out(room.window)
    return room.shell


def _withdraw(room: Room) -> Any:
    page = room.open(Page.PROGRESS, journey(Page.PROGRESS, application("verifying")))
    page.ask_withdraw()
    return room.shell


def _passphrase(*, first_time: bool) -> Any:
    def set_it(room: Room) -> Any:
        room.open(Page.COST, journey(Page.COST))
        problem = None if first_time else ErrorCode.PASSPHRASE_WRONG
        dialog = PassphraseDialog(PassphrasePrompt(first_time, problem), room.shell)
        dialog.setModal(True)
        dialog.show()
        return room.shell

    return set_it


def _resuming(room: Room) -> Any:
    room.open(Page.COST, journey(Page.COST))
    if room.window is not None:
        room.window.show_waiting("common.resuming")
    return room.shell


def face_scenes() -> tuple[Scene, ...]:
    """Steps of the face page, then the questions."""
    return (
        *(Scene(name, setting) for name, setting in _faces()),
        Scene("resuming", _resuming),
        Scene("question-consent", _consent(given=False), fresh=True),
        Scene("question-consent-given", _consent(given=True), fresh=True),
        Scene("question-sign-out", _sign_out, fresh=True),
        Scene("question-withdraw", _withdraw, fresh=True),
        Scene("question-passphrase", _passphrase(first_time=True), fresh=True),
        Scene("question-passphrase-wrong", _passphrase(first_time=False), fresh=True),
    )
