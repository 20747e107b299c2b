"""Before a payout that asks for it the face page says why, leads to the camera or a call, and back to the signature."""

import pytest
from PySide6.QtWidgets import QDialog

from loanapp.client.answers import Verdict
from loanapp.domain.liveness import VerdictOutcome, VerdictReason
from loanapp.journey.pages import Page
from tests.ui.face_page import GRANTED, Kit, once_more, texts
from tests.ui.loan_in_hand import application
from ui.camera.face_words import Step
from ui.camera.ways import Way


@pytest.fixture
def open_page(open_face_page):
    """``open_page(state, ways)``: the page before a payout, as far as the lender says."""

    def make(state="needed", ways=("camera", "manual"), **changes):
        return open_face_page(status="signing", step_up=once_more(state), face_ways=list(ways), **changes)

    return make


def holds(journey, state, **changes):
    journey.application = application("signing", consents=GRANTED, step_up=once_more(state), **changes)


def test_it_says_why_and_that_nothing_is_signed_and_waits_for_the_borrower(open_page):
    page, journey = open_page()
    assert page.step is Step.AGAIN
    assert "和上次不同的银行卡" in texts(page)
    assert "合同还没有签" in texts(page)
    assert page.scaffold.primary.text() == "用摄像头再确认一次"
    assert page.scaffold.back.isHidden()
    assert page.steps.result.way_buttons.keys() == {Way.CALL}
    assert not [act for act in journey.acts if act[0] == "begin_liveness"]


def test_the_camera_is_the_one_of_before_and_the_signature_comes_after(open_page, qtbot):
    page, journey = open_page()
    page.proceed()
    assert page.step is Step.READY
    page.scaffold.back.click()
    assert page.step is Step.AGAIN
    page.show_verdict(Verdict(VerdictOutcome.PASSED, (), 3))
    journey.answers["refresh"] = lambda: Page.SIGNING
    with qtbot.waitSignal(page.completed) as told:
        page.proceed()
    assert told.args == [Page.SIGNING]


def test_without_a_camera_a_call_is_asked_for_waited_for_and_leads_on(open_page, qtbot):
    page, journey = open_page(ways=("manual",))
    assert page.scaffold.primary.isHidden()
    page.context.demonstration = None
    page.steps.result.way_buttons[Way.CALL].click()
    assert page.step is Step.CALL_ASK
    assert journey.lender.support.phone in texts(page)
    assert "人工核验" not in texts(page) + page.scaffold.primary.text()
    page.scaffold.back.click()
    assert page.step is Step.AGAIN
    page.steps.result.way_buttons[Way.CALL].click()

    def asked(**_told):
        holds(journey, "waiting")
        return Page.FACE_VERIFICATION

    journey.answers["choose_manual_verification"] = asked
    journey.answers["refresh"] = lambda: Page.SIGNING
    with qtbot.waitSignal(page.completed) as told:
        page.proceed()
        qtbot.waitUntil(lambda: page.step is Step.CALL)
        assert page.scaffold.primary.isHidden()
    assert told.args == [Page.SIGNING]


def test_where_a_call_proves_nothing_a_branch_is_the_other_way_and_no_word_of_a_call(open_page, qtbot):
    page, journey = open_page(ways=("camera", "branch"))
    page.context.demonstration = None
    assert page.steps.result.way_buttons.keys() == {Way.VISIT}
    page.steps.result.way_buttons[Way.VISIT].click()
    assert page.step is Step.CALL_ASK
    said = page.scaffold.title.text() + texts(page)
    assert journey.application.number in said
    assert "打电话核实" not in said
    journey.answers["choose_manual_verification"] = lambda **_told: (
        holds(journey, "waiting", face_ways=["camera", "branch"]) or Page.FACE_VERIFICATION
    )
    journey.answers["refresh"] = lambda: Page.FACE_VERIFICATION
    page.proceed()
    qtbot.waitUntil(lambda: page.step is Step.CALL)
    assert page.scaffold.title.text() == "等网点工作人员当面核实"
    assert "电话核实" not in texts(page)
    page.show_verdict(Verdict(VerdictOutcome.REVIEW, (VerdictReason.FACE_MATCH_UNSURE,), 3))
    assert "打电话" not in page.scaffold.title.text() + texts(page) + page.scaffold.primary.text()


def test_a_refusal_by_a_person_is_told_without_a_way_round_it(open_page, qtbot):
    page, journey = open_page("waiting")
    assert page.step is Step.CALL

    def refused():
        holds(journey, "refused")
        return Page.FACE_VERIFICATION

    journey.answers["refresh"] = refused
    qtbot.waitUntil(lambda: page.step is Step.CALL_REFUSED)
    assert "您什么都不欠" in texts(page)
    assert page.scaffold.primary.isHidden()
    assert not page.steps.result.way_buttons


@pytest.mark.parametrize("state", ["needed", "waiting", "refused"])
def test_whoever_waits_or_was_refused_can_withdraw_there(open_page, qtbot, state):
    page, journey = open_page(state, ways=())
    journey.answers["withdraw"] = lambda: Page.DECISION
    assert page.scaffold.aside.text() == "撤回申请"
    page.scaffold.aside.click()
    question = page.findChild(QDialog)
    with qtbot.waitSignal(page.completed) as told:
        question.confirm.click()
    assert told.args == [Page.DECISION]


def test_whoever_need_not_wait_takes_the_camera_after_all(open_page, qtbot):
    page, journey = open_page("waiting")
    journey.answers["refresh"] = lambda: Page.FACE_VERIFICATION
    assert page.scaffold.primary.text() == "用摄像头再确认一次"
    page.scaffold.primary.click()
    assert page.step is Step.READY
    page.scaffold.back.click()
    assert page.step is Step.CALL
    page.show_verdict(Verdict(VerdictOutcome.RETRY, (VerdictReason.FACE_UNLIKE_DOCUMENT,), 1))
    page.steps.result.way_buttons[Way.CALL].click()
    assert page.step is Step.CALL


@pytest.mark.parametrize("outcome", [VerdictOutcome.PASSED, VerdictOutcome.REVIEW])
def test_what_follows_is_the_contract_or_a_call_and_nothing_to_fill_in(open_page, outcome):
    page, _ = open_page()
    unsure = () if outcome is VerdictOutcome.PASSED else (VerdictReason.FACE_MATCH_UNSURE,)
    page.show_verdict(Verdict(outcome, unsure, 3))
    said = texts(page) + page.scaffold.title.text() + page.scaffold.primary.text()
    assert [word for word in ("填", "再看一次") if word in said] == []
    assert ("签署合同" if outcome is VerdictOutcome.PASSED else "打电话核实") in page.scaffold.primary.text() + said


def test_the_demonstration_says_before_it_is_asked_that_nobody_really_calls(open_page):
    page, _ = open_page()
    page.context.demonstration = None
    page._take_way(Way.CALL.value)
    assert "不会真的打电话" not in texts(page)
    page.context.demonstration = Kit(None)
    page._take_way(Way.CALL.value)
    assert "不会真的打电话" in texts(page)


def test_a_card_that_cannot_be_changed_any_more_is_not_offered_for_a_look(open_page):
    page, _ = open_page()
    page.show_verdict(Verdict(VerdictOutcome.RETRY, (VerdictReason.FACE_UNLIKE_DOCUMENT,), 1))
    assert not page.steps.result.go_back.isVisible()
    assert "我的样子变了" not in texts(page)
    assert page.steps.result.way_buttons.keys() == {Way.CALL}


def test_leaving_stops_the_watching(open_page, qtbot):
    page, journey = open_page("waiting")
    page.leave()
    before = len(journey.acts)
    qtbot.wait(600)
    assert len(journey.acts) == before
