"""Besides the camera: the question about flashing light, the ways after a failure, a changed face, a visit."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QRadioButton

from loanapp.client.answers import Branch, Verdict
from loanapp.client.errors import InputRejectedError, TooManyAttemptsError
from loanapp.domain.clock import CHINA
from loanapp.domain.consent import ASKED_BESIDE, ConsentScope
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import VerdictOutcome, VerdictReason
from loanapp.domain.localised import LocalisedText
from loanapp.journey.pages import Page
from tests.ui.face_page import GRANTED, PAPER_GRANTED, texts
from tests.ui.loan_in_hand import BOTH, NOW, application
from ui.camera.branch import visit_time
from ui.camera.face_words import Step
from ui.camera.ways import Way
from ui.pages.confirm import ConfirmDialog
from ui.theme import theme
from ui.translations import tr

WAYS = ["camera", "manual", "network_identity", "branch"]
NAME = LocalisedText(**BOTH)
FIRST, SECOND = (datetime(2026, 11, 26, 10, 0, tzinfo=CHINA), datetime(2026, 11, 27, 9, 30, tzinfo=CHINA))
BRANCHES = (
    Branch(
        "east", NAME, LocalisedText("东区 1 号", "1 East"), LocalisedText("9:00", "9:00"), 30, True, (FIRST, SECOND)
    ),
    Branch("west", NAME, LocalisedText("西区 8 号", "8 West"), LocalisedText("10:00", "10:00"), 30, True, (SECOND,)),
)
VISIT = {
    "branch_id": "east",
    "name": BOTH,
    "address": {"zh": "东区 1 号", "en": "1 East"},
    "hours": {"zh": "9:00", "en": "9:00"},
    "slot": FIRST.isoformat(),
    "minutes": 30,
    "state": "booked",
    "simulated": True,
}


@pytest.fixture
def open_page(open_face_page):
    """The page for a lender with every other way, branches among them."""

    def make(**changes):
        page, journey = open_face_page(**{"face_ways": WAYS, **changes})
        journey.answers["branches"] = lambda: BRANCHES
        return page, journey

    return make


def act_of(journey, name):
    return [act for act in journey.acts if act[0] == name]


# the question about flashing light


@pytest.mark.parametrize(("choice", "accepted"), [("with_flash", True), ("without_flash", False)])
def test_the_colours_are_asked_about_before_the_challenge_and_the_answer_goes_with_it(
    open_page, qtbot, choice, accepted
):
    page, journey = open_page(flash=True)
    assert page.step is Step.FLASH
    assert "有没有因为闪光头晕、抽搐或癫痫发作过？" in texts(page)
    assert "不加钱，也不会因此被拒" in texts(page)
    assert page.steps.flash.answer() is None
    assert not page.scaffold.primary.isEnabled()
    page.steps.flash.cards.choose(choice)
    page.scaffold.primary.click()
    qtbot.waitUntil(lambda: page.step is Step.READY and page.choice.possible and not page.busy)
    page.steps.ready.slowly.setChecked(True)
    page.proceed()
    qtbot.waitUntil(lambda: act_of(journey, "begin_liveness") != [])
    assert act_of(journey, "begin_liveness")[0][2:] == (accepted, True)


def test_the_harmless_answer_stands_first_and_has_the_keyboard_without_looking_chosen(open_page, qtbot):
    page, _ = open_page(flash=True)
    first, second = page.steps.flash.cards.findChildren(QRadioButton)
    assert first.text() == tr("face_verification.flash.without_flash")
    first.setFocus()
    first.focused.emit(True)
    card, other = first.parentWidget(), second.parentWidget()
    assert (card.property("focused"), card.property("chosen")) == ("true", None)
    second.setChecked(True)
    assert (other.property("focused"), other.property("chosen")) == (None, "true")


def test_the_answer_is_kept_for_this_application_and_no_other(open_page, qtbot):
    page, journey = open_page(flash=True)
    page.steps.flash.cards.choose("without_flash")
    page.scaffold.primary.click()
    page.load()
    assert page.step is Step.READY
    journey.application = replace(journey.application, id="application-2")
    page.load()
    assert page.step is Step.FLASH
    assert page.steps.flash.answer() is None


def test_a_lender_without_colours_asks_nothing_about_them(open_page):
    page, _ = open_page()
    assert page.step is Step.READY
    assert "闪几种颜色" not in texts(page)


@pytest.mark.parametrize(("scale", "slowly"), [(100, False), (150, True), (200, True)])
def test_large_text_offers_more_time_until_the_borrower_says_otherwise(open_page, styled, scale, slowly):
    theme().choose(scale=scale)
    page, _ = open_page()
    assert page.steps.ready.slowly.isChecked() is slowly
    page.steps.ready.slowly.click()
    page.retranslate()
    assert page.steps.ready.slowly.isChecked() is not slowly


# after a failure


def test_after_three_failures_the_other_ways_come_first_and_the_face_may_be_tried_once_more(open_page, qtbot):
    page, _ = open_page()
    page.show_verdict(Verdict(VerdictOutcome.RETRY, (VerdictReason.ACTION_NOT_SEEN,), 0))
    assert page.step is Step.NO_MORE
    qtbot.waitUntil(page.steps.result.way_buttons[Way.MANUAL].isVisible)
    first = page.steps.result.way_buttons[Way.MANUAL]
    reason = next(label for label in page.findChildren(QLabel) if label.text() == "有一个动作没有看清")
    assert first.mapTo(page, first.rect().topLeft()).y() < reason.mapTo(page, reason.rect().topLeft()).y()
    assert page.scaffold.aside.text() == "再试一次"
    page.scaffold.aside.click()
    assert page.step is Step.READY


def test_a_lock_says_until_when_and_that_the_rest_goes_on(open_page, qtbot):
    page, _ = open_page(face={"state": "retry", "attempts_left": 0, "locked_seconds": 1500}, face_ways=WAYS[1:])
    assert page.step is Step.NO_MORE
    qtbot.waitUntil(lambda: "其他步骤不受影响" in texts(page))
    assert "人脸核验暂停到 " in texts(page)
    assert not page.scaffold.aside.isVisible()
    qtbot.waitUntil(page.steps.result.way_buttons[Way.BRANCH].isVisible)


def test_a_face_unlike_the_card_names_possible_causes_and_what_to_check_again(open_page, qtbot):
    page, journey = open_page()
    journey.answers["open_page"] = lambda page: page
    page.show_verdict(Verdict(VerdictOutcome.RETRY, (VerdictReason.FACE_UNLIKE_DOCUMENT,), 1))
    assert page.scaffold.title.text() == "和身份证照片不够像"
    parts = (
        "请选“我的样子变了”",
        "可能的原因",
        "卸妆",
        "证件照可能是很久以前拍的",
        "整容或受伤",
        "测**",
        "1101**********0015",
    )
    qtbot.waitUntil(lambda: all(part in texts(page) for part in parts))
    assert next(iter(page.steps.result.way_buttons)) is Way.CHANGED
    assert page.steps.result.leading_way is page.steps.result.way_buttons[Way.CHANGED]
    assert page.scaffold.aside.text() == "再试一次"
    with qtbot.waitSignal(page.open_page) as opened:
        page.steps.result.go_back.click()
    assert opened.args == [Page.IDENTITY_DOCUMENT]


@pytest.mark.parametrize(
    ("code", "told"),
    [(ErrorCode.LENDER_UNREACHABLE, "请检查网线或无线网络"), (ErrorCode.PROGRAM_OUTDATED, "程序版本太旧")],
)
def test_what_is_stuck_is_looked_up_and_said(open_page, qtbot, code, told):
    page, journey = open_page()
    qtbot.waitUntil(lambda: page.choice.possible and not page.busy)

    def refuse(*_, **__):
        raise LoanAppError(code)

    journey.answers["begin_liveness"] = journey.answers["connect"] = refuse
    page.proceed()
    qtbot.waitUntil(lambda: page.step is Step.TROUBLE and told in texts(page))
    assert "核验卡住了" in texts(page)
    journey.answers["connect"] = lambda: journey.lender
    page.connection.check(journey.connect)
    qtbot.waitUntil(lambda: "程序版本可以使用" in texts(page))


def test_every_failure_is_one_press_from_help_and_from_a_person(open_page, qtbot):
    page, _ = open_page()
    page.show_verdict(Verdict(VerdictOutcome.RETRY, (VerdictReason.FACE_COVERED,), 2))
    messages = page.context.messages
    qtbot.waitUntil(page.steps.result.support.isVisible)
    with qtbot.waitSignal(messages.support_wanted):
        page.steps.result.support.click()
    with qtbot.waitSignal(messages.help_wanted) as wanted:
        page.steps.result.help_buttons[0].click()
    assert wanted.args == ["face_covered"]
    assert page.scaffold.aside.text() == "换一种方式核验"


def test_a_lock_that_comes_with_the_challenge_is_told_as_such(open_page, qtbot):
    page, journey = open_page()

    def refuse(*_, **__):
        raise TooManyAttemptsError(ErrorCode.FACE_ATTEMPTS_LOCKED, retry_after_seconds=60)

    journey.answers["begin_liveness"] = refuse
    qtbot.waitUntil(lambda: page.choice.possible and not page.busy)
    page.proceed()
    qtbot.waitUntil(lambda: page.step is Step.NO_MORE)
    assert "人脸核验暂停到 " in texts(page)


# a changed face


def test_a_changed_face_needs_no_certificate(open_page, qtbot):
    page, journey = open_page()
    page._take_way(Way.CHANGED.value)
    assert "没有也可以办" in texts(page)
    assert "预约网点" in texts(page)
    with qtbot.waitSignal(page.completed):
        page.scaffold.primary.click()
    assert act_of(journey, "choose_manual_verification") == [("choose_manual_verification", True, None)]


def test_a_certificate_is_read_when_it_is_sent_and_one_that_is_none_is_told_beside_it(open_page, qtbot, tmp_path):
    page, journey = open_page(consents=PAPER_GRANTED)
    page._take_way(Way.CHANGED.value)
    page.steps.changed.show_file(Path(tmp_path / "missing.pdf"))
    page.scaffold.primary.click()
    qtbot.waitUntil(page.steps.changed.error.isVisible)
    assert page.step is Step.CHANGED
    file = tmp_path / "certificate.pdf"
    file.write_bytes(b"%PDF-1.7 of a hospital")
    page.steps.changed.show_file(file)
    assert not page.steps.changed.error.isVisible()
    with qtbot.waitSignal(page.completed):
        page.scaffold.primary.click()
    assert act_of(journey, "choose_manual_verification")[-1][1:] == (True, b"%PDF-1.7 of a hospital")


def test_a_certificate_is_chosen_only_under_an_authorisation_of_its_own(open_page, qtbot, tmp_path):
    page, journey = open_page()
    scope = ConsentScope.CHANGED_FACE_CERTIFICATE
    text = journey.lender.consent(scope)

    def record(answered, granted, version, _digest, _language):
        told = {"scope": answered.value, "granted": granted, "text_version": version, "recorded_at": NOW}
        journey.application = application("draft", consents=[*GRANTED, told], face_ways=WAYS)

    journey.answers["record_consent"] = record
    page._take_way(Way.CHANGED.value)
    step = page.steps.changed
    assert not step.consent.yes.isChecked()
    assert not step.consent.no.isChecked()
    assert not step.choose.isVisible()
    file = tmp_path / "certificate.pdf"
    file.write_bytes(b"%PDF-1.7 of a hospital")
    step.show_file(file)  # as dropped there by whatever means: without the authorisation it is none
    assert step.file is None
    step.consent.yes.click()
    qtbot.waitUntil(lambda: step.choose.isVisible() and not page.busy)
    answer = (scope, True, text.version, text.sha256.zh, "zh")
    assert act_of(journey, "record_consent") == [("record_consent", *answer)]
    step.show_file(file)
    assert step.file == file
    step.consent.no.click()
    qtbot.waitUntil(lambda: step.consent.no.isChecked() and not page.busy)
    assert not step.choose.isVisible()
    with qtbot.waitSignal(page.completed):
        page.scaffold.primary.click()
    assert act_of(journey, "choose_manual_verification") == [("choose_manual_verification", True, None)]


def test_an_answer_that_was_not_recorded_counts_as_none(open_page, qtbot):
    page, journey = open_page()

    def refuse(*_):
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    journey.answers["record_consent"] = refuse
    page._take_way(Way.CHANGED.value)
    step = page.steps.changed
    step.consent.yes.click()
    qtbot.waitUntil(lambda: page.scaffold.problem.isVisible() and not page.busy)
    assert not step.consent.yes.isChecked()
    assert not step.choose.isVisible()


def test_a_lender_that_takes_no_certificate_asks_for_none(open_page):
    page, journey = open_page()
    others = tuple(one for one in journey.lender.consents if one.scope not in ASKED_BESIDE)
    journey.lender = replace(journey.lender, consents=others)
    page._take_way(Way.CHANGED.value)
    assert not page.steps.changed.consent.isVisible()
    assert not page.steps.changed.choose.isVisible()


# the national network identity


def refuse_code(code, **more):
    def refuse(_code):
        raise InputRejectedError(code, {"code": code}, **more)

    return refuse


def test_a_code_of_the_national_app_goes_to_the_lender_and_is_forgotten(open_page, qtbot):
    page, journey = open_page()
    page._take_way(Way.NETWORK.value)
    step = page.steps.network
    assert page.step is Step.NETWORK
    said = texts(page)
    assert step._tag.isVisible()
    assert "1 开头的 8 位数字通过一次" in said
    assert "价格相同" in said
    assert "放款机构只保存结果和时间，不保存认证码" in said
    assert not page.scaffold.primary.isEnabled()
    assert page.window().focusWidget() is step.code.editor
    step.code.set_text("1000 0007")
    assert page.scaffold.primary.isEnabled()
    journey.answers["present_network_code"] = lambda _code: Page.BANK_CARD
    page.scaffold.primary.click()
    qtbot.waitUntil(lambda: act_of(journey, "present_network_code") != [] and not page.busy)
    assert act_of(journey, "present_network_code") == [("present_network_code", "10000007")]
    assert step.code.text() == ""


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (ErrorCode.NETWORK_CODE_WRONG, "认证码不对"),
        (ErrorCode.NETWORK_CODE_EXPIRED, "认证码已过期"),
        (ErrorCode.NETWORK_CODE_USED, "认证码已经用过"),
        (ErrorCode.NETWORK_CODE_MISMATCH, "不是身份证上这个人的"),
    ],
)
def test_a_code_that_is_refused_is_told_with_what_to_do_and_another_way(open_page, qtbot, code, reason):
    page, journey = open_page()
    page._take_way(Way.NETWORK.value)
    step = page.steps.network
    step.code.set_text("20000000")
    journey.answers["present_network_code"] = refuse_code(code)
    page.scaffold.primary.click()
    qtbot.waitUntil(lambda: reason in texts(page) and not page.busy)
    assert "换一种方式" in texts(page)
    step.code.set_text("10000001")  # typing anew takes the fault away
    assert reason not in texts(page)
    page.scaffold.back.click()
    assert page.step is Step.WAYS


@pytest.mark.parametrize("code", [ErrorCode.NETWORK_IDENTITY_DOWN, ErrorCode.TOO_MANY_ATTEMPTS])
def test_a_silent_service_or_too_many_tries_leave_the_other_ways(open_page, qtbot, code):
    page, journey = open_page()
    page._take_way(Way.NETWORK.value)
    page.steps.network.code.set_text("10000001")

    def refuse(_code):
        raise TooManyAttemptsError(code, retry_after_seconds=600)

    journey.answers["present_network_code"] = refuse
    page.scaffold.primary.click()
    qtbot.waitUntil(lambda: page.scaffold.problem.isVisible() and not page.busy)
    assert page.steps.network.code.text() == "10000001"
    page.scaffold.back.click()
    assert {Way.MANUAL, Way.NETWORK, Way.BRANCH} <= set(page.others.ways())


def test_a_lender_without_that_service_does_not_offer_it(open_page):
    page, _ = open_page(face_ways=["camera", "manual"])
    assert Way.NETWORK not in page.others.ways()


# a visit to a branch


def book(page, qtbot):
    page._take_way(Way.BRANCH.value)
    branch = page.steps.branch
    qtbot.waitUntil(branch.where.isVisible)
    assert not page.scaffold.primary.isEnabled()
    assert not branch.day.isVisible()
    branch.where.choose("east")
    branch.day.choose("2026-11-26")
    branch.time.choose(FIRST.isoformat())
    qtbot.waitUntil(page.scaffold.primary.isEnabled)
    assert visit_time(FIRST, 30) == "2026年11月26日 周四 10:00，约 30 分钟"
    assert page.scaffold.note.text() == f"{BOTH['zh']}，{visit_time(FIRST, 30)}"


def test_a_visit_is_booked_shown_and_led_on_from(open_page, qtbot):
    page, journey = open_page()

    def booked(_branch, _slot):
        journey.application = application("draft", consents=GRANTED, face_ways=WAYS, appointment=VISIT)
        return Page.BANK_CARD

    journey.answers["book_branch"] = booked
    book(page, qtbot)
    page.scaffold.primary.click()
    qtbot.waitUntil(lambda: page.step is Step.BOOKED and not page.busy)
    assert act_of(journey, "book_branch") == [("book_branch", "east", FIRST)]
    for part in ("2026年11月26日 周四 10:00", "东区 1 号", "身份证"):
        assert part in texts(page)
    with qtbot.waitSignal(page.completed) as done:
        page.scaffold.primary.click()
    assert done.args == [Page.BANK_CARD]


def test_a_time_taken_meanwhile_is_said_and_the_free_ones_are_asked_for_again(open_page, qtbot):
    page, journey = open_page()

    def taken(_branch, _slot):
        raise InputRejectedError(ErrorCode.INPUT_INVALID, {"slot": ErrorCode.INPUT_INVALID})

    journey.answers["book_branch"] = taken
    book(page, qtbot)
    page.scaffold.primary.click()
    qtbot.waitUntil(lambda: "刚刚被别人约走了" in texts(page) and not page.busy)
    assert len(act_of(journey, "branches")) == 2
    assert page.step is Step.BRANCH


def test_a_booked_visit_can_be_changed_or_cancelled_later(open_page, qtbot):
    page, journey = open_page(appointment=VISIT, face={"state": "manual", "attempts_left": 3, "way": "branch"})

    def cancelled():
        journey.application = application("draft", consents=GRANTED, face_ways=WAYS)
        return Page.FACE_VERIFICATION

    journey.answers["cancel_branch"] = cancelled
    assert page.step is Step.BOOKED
    page.steps.booked.change.click()
    assert page.step is Step.BRANCH
    qtbot.waitUntil(lambda: not page.busy)
    page.scaffold.back.click()
    assert page.step is Step.BOOKED
    page.steps.booked.cancel.click()
    asked = page.findChild(ConfirmDialog)
    assert (
        asked.confirm.text()
        == tr("face_verification.branch.cancel_confirm")
        != "face_verification.branch.cancel_confirm"
    )
    asked.confirm.click()
    qtbot.waitUntil(lambda: page.step is Step.WAYS and not page.busy)
    page.scaffold.back.click()
    assert page.step is Step.READY
