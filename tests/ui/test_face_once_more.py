"""Before a payout that asks for it the face page says why, leads to the camera or a call, and back to the signature."""

import pytest
from PySide6.QtWidgets import QDialog

from loanapp.client.answers import Verdict
from loanapp.domain.liveness import VerdictOutcome
from loanapp.journey.pages import Page
from tests.ui.face_page import GRANTED, once_more, texts
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
    page._take_way(Way.CALL.value)
    assert page.step is Step.MANUAL
    assert journey.lender.support.phone in texts(page)

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


@pytest.mark.parametrize("state", ["waiting", "refused"])
def test_whoever_waits_or_was_refused_can_withdraw_there(open_page, qtbot, state):
    page, journey = open_page(state, ways=())
    journey.answers["withdraw"] = lambda: Page.DECISION
    assert page.scaffold.aside.text() == "撤回申请"
    page.scaffold.aside.click()
    question = page.findChild(QDialog)
    with qtbot.waitSignal(page.completed) as told:
        question.confirm.click()
    assert told.args == [Page.DECISION]


def test_leaving_stops_the_watching(open_page, qtbot):
    page, journey = open_page("waiting")
    page.leave()
    before = len(journey.acts)
    qtbot.wait(600)
    assert len(journey.acts) == before
