"""Face verification in the window: consent first, another way always, every trouble with its fix, nothing left."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from loanapp.capture.sources import CameraError
from loanapp.client.answers import Verdict
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Action, HintCode, SourceKind, VerdictOutcome, VerdictReason
from loanapp.journey.pages import Page
from tests.ui.face_page import GRANTED, challenge, texts
from ui.camera.camera_choice import DEMONSTRATION
from ui.camera.consent_dialog import ConsentDialog
from ui.camera.face_words import Step, hint_line
from ui.camera.ways import Way
from ui.theme import theme
from ui.translations import tr, translator

REFUSED = [{**GRANTED[0], "granted": False}]
FEW = (VerdictReason.TOO_FEW_FRAMES,)


class NoCamera:
    """A device that is not there, or not free."""

    kind = SourceKind.CAMERA
    name = "Test camera"

    def __init__(self, code: ErrorCode) -> None:
        self._code = code

    def open(self) -> None:
        raise CameraError(self._code)

    def read(self) -> None:
        return None

    def prompt(self, action: Action | None) -> None:
        """Nobody moves."""

    def illuminate(self, colour: object) -> None:
        pass

    def close(self) -> None:
        """Nothing is open."""


def to_ready(page, qtbot) -> None:
    qtbot.waitUntil(lambda: page.step is Step.READY and page.choice.possible and not page.busy)


def consent_dialog(page, qtbot):
    qtbot.waitUntil(lambda: page.findChild(ConsentDialog) is not None)
    return page.findChild(ConsentDialog)


def without_what_looking_costs(acts) -> list[str]:
    return [act[0] for act in acts if act[0] != "connect"]


def test_consent_comes_first_and_is_recorded_before_any_camera(open_face_page, qtbot):
    page, journey = open_face_page(consents=[])
    dialog = consent_dialog(page, qtbot)
    words = texts(dialog)
    for part in ("本次采集仅用于身份核验", "切勿向他人透露验证码", "用来做什么", "怎么采集", "存在哪里", "怎么保护"):
        assert part in words
    for part in ("谁接收", "保存多久", "不同意会怎样", "演示放款机构（模拟）", "不用于广告", "价格相同"):
        assert part in words
    assert not [box for box in dialog.findChildren(QAbstractButton) if box.isCheckable()]
    assert page.choice.possible is False
    assert without_what_looking_costs(journey.acts) == []
    qtbot.mouseClick(dialog.agree, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.step is Step.READY)
    assert without_what_looking_costs(journey.acts) == ["record_consent"]


def test_the_warning_about_codes_is_red_and_enter_alone_does_not_agree(open_face_page, qtbot, styled):
    page, journey = open_face_page(consents=[])
    dialog = consent_dialog(page, qtbot)
    warning = next(label for label in dialog.findChildren(QLabel) if label.text() == "切勿向他人透露验证码")
    assert warning.palette().color(warning.foregroundRole()).name() == theme().colour("stop").name()
    qtbot.keyClick(dialog.later, Qt.Key.Key_Return)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert journey.acts == []
    assert page.step is Step.CONSENT


def test_not_now_leaves_every_way_open_and_the_dialog_can_be_opened_again(open_face_page, qtbot):
    page, journey = open_face_page(consents=[])
    qtbot.keyClick(consent_dialog(page, qtbot), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.findChild(ConsentDialog) is None)
    assert page.step is Step.CONSENT
    assert "价格相同" in texts(page)
    assert page.scaffold.primary.text() == "查看授权，再决定"
    page.scaffold.primary.click()
    consent_dialog(page, qtbot).another.click()
    assert page.step is Step.WAYS
    page.steps.result.way_buttons[Way.MANUAL].click()
    assert page.step is Step.MANUAL
    assert journey.acts == []


def test_what_was_agreed_to_stays_one_press_away(open_face_page, qtbot):
    page, journey = open_face_page()
    to_ready(page, qtbot)
    page.steps.ready.agreed.pressed.emit()
    dialog = consent_dialog(page, qtbot)
    assert "2026年11月22日 10:00" in texts(dialog)
    assert not dialog.agree.isVisible()
    dialog.later.click()
    assert page.step is Step.READY
    assert without_what_looking_costs(journey.acts) == []


def test_a_consent_given_already_is_not_asked_for_again(open_face_page, qtbot):
    page, journey = open_face_page()
    to_ready(page, qtbot)
    assert "您已同意人脸核验" in texts(page)
    assert page.findChild(ConsentDialog) is None
    assert not [act for act in journey.acts if act[0] == "record_consent"]
    with qtbot.waitSignal(page.back_wanted):
        page.scaffold.back.click()


def test_who_has_refused_is_offered_the_other_way_and_may_still_change_their_mind(open_face_page, qtbot):
    page, journey = open_face_page(consents=REFUSED)
    assert page.step is Step.WAYS
    assert "价格相同" in texts(page)
    page.scaffold.back.click()
    assert page.step is Step.CONSENT
    page.proceed()
    consent_dialog(page, qtbot).agree.click()
    to_ready(page, qtbot)
    assert without_what_looking_costs(journey.acts) == ["record_consent"]


def test_an_agreement_to_an_earlier_text_is_none(open_face_page):
    page, _ = open_face_page(consents=[{**GRANTED[0], "text_version": "2020-01-01"}])
    assert page.step is Step.CONSENT


def test_cancelling_while_the_challenge_is_asked_for_leaves_no_camera_open(open_face_page, qtbot):
    page, journey = open_face_page()
    first, asked = threading.Event(), []

    def begin(_kind, **_wishes):
        asked.append(1)
        if len(asked) == 1:
            first.wait(10)
        return challenge(Action.OPEN_MOUTH)

    journey.answers["begin_liveness"] = begin
    to_ready(page, qtbot)
    page.proceed()
    qtbot.waitUntil(lambda: len(asked) == 1)
    page.cancel.click()
    page.proceed()
    qtbot.waitUntil(lambda: page.steps.mirror.preview.has_frame)
    first.set()
    qtbot.waitUntil(lambda: page.context.operations.active == 0)
    readers = {one.name for one in threading.enumerate() if one.name.startswith("capture-")}
    page.leave()
    assert len(readers) <= 2
    qtbot.waitUntil(lambda: not [one for one in threading.enumerate() if one.name.startswith("capture-")])


def test_the_demonstration_borrower_is_offered_labelled_and_shown(open_face_page, qtbot):
    page, _ = open_face_page()
    to_ready(page, qtbot)
    card = page.steps.ready.cameras.cards[DEMONSTRATION]
    assert list(page.steps.ready.cameras.cards) == [DEMONSTRATION]
    assert card.button.accessibleName() == "演示借款人, 模拟"
    assert card.button.isChecked()
    qtbot.waitUntil(lambda: card.thumbnail.has_picture)


def test_the_other_way_is_one_press_away_and_can_be_left_again(open_face_page, qtbot):
    page, _ = open_face_page()
    to_ready(page, qtbot)
    page.scaffold.aside.click()
    assert page.step is Step.WAYS
    assert "价格相同" in texts(page)
    page.scaffold.back.click()
    assert page.step is Step.READY
    page.scaffold.aside.click()
    page.steps.result.way_buttons[Way.MANUAL].click()
    assert page.step is Step.MANUAL
    with qtbot.waitSignal(page.completed) as done:
        page.scaffold.primary.click()
    assert done.args == [Page.BANK_CARD]


@pytest.mark.parametrize("code", [ErrorCode.CAMERA_NOT_FOUND, ErrorCode.CAMERA_BUSY, ErrorCode.CAMERA_LOST])
def test_a_camera_in_trouble_gives_sentence_fix_retry_and_the_other_way(open_face_page, qtbot, code):
    page, _ = open_face_page(NoCamera(code))
    to_ready(page, qtbot)
    page.proceed()
    qtbot.waitUntil(lambda: page.step is Step.TROUBLE)
    qtbot.waitUntil(lambda: tr(f"codes.{code.value}.sentence") in texts(page))
    assert page.scaffold.primary.text() == "重试"
    qtbot.waitUntil(page.steps.result.way_buttons[Way.MANUAL].isVisible)


def test_from_the_mirror_to_the_verdict(open_face_page, qtbot):
    page, journey = open_face_page()
    journey.answers["send_evidence"] = lambda _challenge, evidence: (
        Verdict(VerdictOutcome.PASSED, (), 3) if evidence else None
    )
    to_ready(page, qtbot)
    page.proceed()
    qtbot.waitUntil(lambda: page.steps.mirror.preview.has_frame)
    assert page.steps.mirror.tag.isVisible()
    words = texts(page)
    assert "本次采集仅用于身份核验" in words
    assert "切勿向他人透露验证码" in words
    qtbot.waitUntil(lambda: page.step is Step.PASSED, timeout=40_000)
    assert not page.steps.mirror.preview.has_frame
    assert page.steps.mirror.camera_on.isHidden()
    assert "0." not in texts(page)
    with qtbot.waitSignal(page.completed):
        page.proceed()


def test_leaving_closes_the_camera_and_forgets_the_frames(open_face_page, qtbot):
    page, _ = open_face_page()
    to_ready(page, qtbot)
    page.proceed()
    qtbot.waitUntil(lambda: page.steps.mirror.preview.has_frame)
    assert page.steps.mirror.camera_on.isVisible()
    assert page.steps.mirror.camera_on.accessibleName() == "摄像头开着，点“取消”马上关掉"
    page.leave()
    assert not page.steps.mirror.preview.has_frame
    assert page.steps.mirror.camera_on.isHidden()
    qtbot.waitUntil(lambda: not [one for one in threading.enumerate() if one.name.startswith("capture-")])


def test_cancelling_leads_back_and_keeps_every_way_open(open_face_page, qtbot):
    page, _ = open_face_page()
    to_ready(page, qtbot)
    page.proceed()
    qtbot.waitUntil(lambda: page.steps.mirror.preview.has_frame)
    assert page.cancel.text() in page.steps.mirror.camera_on.accessibleName()
    page.cancel.click()
    assert page.step is Step.READY
    assert page.steps.mirror.camera_on.isHidden()
    assert page.scaffold.primary.isEnabled()
    qtbot.waitUntil(lambda: not [one for one in threading.enumerate() if one.name.startswith("capture-")])


def beside_a_side_bar(page, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    box = QVBoxLayout(window)
    box.addWidget(QPushButton("side bar"))
    box.addWidget(page)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def test_escape_cancels_the_check_and_sends_nothing(open_face_page, qtbot):
    page, journey = open_face_page()
    window = beside_a_side_bar(page, qtbot)
    to_ready(page, qtbot)
    page.proceed()
    qtbot.waitUntil(lambda: page.steps.mirror.preview.has_frame)
    assert QApplication.focusWidget() is page.cancel
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert page.step is Step.READY
    assert not page.steps.mirror.preview.has_frame
    assert QApplication.focusWidget() is page.scaffold.primary
    qtbot.waitUntil(lambda: not [one for one in threading.enumerate() if one.name.startswith("capture-")])
    assert without_what_looking_costs(journey.acts) == ["begin_liveness"]
    page.setParent(None)


def test_the_focus_stays_on_the_page_while_evidence_is_sent_and_that_cannot_be_cancelled(open_face_page, qtbot):
    page, journey = open_face_page()
    window, answer, sent = beside_a_side_bar(page, qtbot), threading.Event(), threading.Event()

    def send(_challenge, _evidence):
        sent.set()
        answer.wait(10)
        return Verdict(VerdictOutcome.PASSED, (), 3)

    journey.answers["send_evidence"] = send
    to_ready(page, qtbot)
    page.proceed()
    qtbot.waitUntil(sent.is_set, timeout=40_000)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert page.step is Step.SENDING
    assert not page.cancel.isVisible()
    assert page.scaffold.note.text() == "画面已经在送出，这一步不能取消了"
    assert QApplication.focusWidget() is page
    answer.set()
    qtbot.waitUntil(lambda: page.step is Step.PASSED)
    assert QApplication.focusWidget() is page.scaffold.primary
    page.setParent(None)


@pytest.mark.parametrize(
    ("verdict", "step"),
    [
        (Verdict(VerdictOutcome.RETRY, FEW, 2), Step.RETRY),
        (Verdict(VerdictOutcome.RETRY, FEW, 0), Step.NO_MORE),
        (Verdict(VerdictOutcome.REFUSED, (VerdictReason.FACE_UNLIKE_DOCUMENT,), 0), Step.NO_MORE),
        (Verdict(VerdictOutcome.REVIEW, (VerdictReason.FACE_MATCH_UNSURE,), 1), Step.REVIEW),
    ],
)
def test_every_verdict_has_reasons_a_fix_and_a_way_on(open_face_page, qtbot, verdict, step):
    page, _ = open_face_page()
    page.show_verdict(verdict)
    assert page.step is step
    told = [tr(f"codes.{reason.value}.{part}") for reason in verdict.reasons for part in ("sentence", "fix")]
    qtbot.waitUntil(lambda: all(text in texts(page) for text in told))
    ways_on = [page.scaffold.primary, *page.steps.result.way_buttons.values()]
    leading = [way for way in ways_on if not way.isHidden() and way.property("role") == "primary"]
    assert len(leading) == 1
    qtbot.waitUntil(leading[0].isVisible)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_failure_has_a_heading_of_its_own_that_the_banner_does_not_repeat(open_face_page, qtbot, language):
    page, _ = open_face_page()
    translator().set_language(language)
    told = {}
    for verdict in (
        Verdict(VerdictOutcome.RETRY, FEW, 2),
        Verdict(VerdictOutcome.RETRY, (VerdictReason.FACE_UNLIKE_DOCUMENT,), 2),
        Verdict(VerdictOutcome.RETRY, FEW, 0),
        Verdict(VerdictOutcome.REVIEW, FEW, 1),
    ):
        page.show_verdict(verdict)
        told[page.scaffold.title.text()] = texts(page.steps.result)
    for code in (ErrorCode.UNEXPECTED, ErrorCode.CAMERA_LOST, ErrorCode.LENDER_TROUBLE):
        page._step = Step.MIRROR
        page.attempt.failed.emit(LoanAppError(code))
        qtbot.waitUntil(lambda: page.context.operations.active == 0)
        assert page.scaffold.back.isVisible()
        told[page.scaffold.title.text()] = texts(page.steps.result)
    assert len(told) == 7
    assert tr("face_verification.title") not in told
    assert not [heading for heading, words in told.items() if heading in words]
    translator().set_language("zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_hint_and_action_has_its_line(qapp, language):
    translator().set_language(language)
    try:
        for hint in HintCode:
            assert hint_line(hint) != f"face_verification.hint.{hint.value}"
        for action in Action:
            key = f"face_verification.action.{action.value}"
            assert tr(key) != key
    finally:
        translator().set_language("zh")
