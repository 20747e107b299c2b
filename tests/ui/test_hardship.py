"""Asking for more time from the loan's page: what it means is said first, and the answer comes by itself."""

from datetime import timedelta

import pytest

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.hardship import HardshipReason
from loanapp.domain.loan_account import RepaymentKind
from tests.ui.loan_in_hand import hardship, loan, words
from ui.pages import hardship as hardship_page
from ui.pages.hardship import HardshipDialog
from ui.translations import translator


def waiting(state="asked"):
    return loan(hardships=[hardship(state)], hardship_offer={"months": [], "reply_hours": 72})


@pytest.fixture
def open_loan(open_my_loan, monkeypatch):
    monkeypatch.setattr(hardship_page, "_LOOK_AGAIN_MS", 40)

    def open_it(held=None, days=0):
        return open_my_loan(timedelta(days=days), loan=lambda: held or loan(), ask_for_time=lambda *_: waiting())

    return open_it


def question(page):
    page.more_ways.hardship.click()
    return page.findChild(HardshipDialog)


def test_what_can_be_had_is_said_before_anything_is_asked(open_loan):
    dialog = question(open_loan())
    for part in (
        "不收罚息",
        "不另收费",
        "2027年1月22日 以前还就行",
        "2027年3月22日 以前还就行",
        "3 天内答复",
        "模拟审核",
    ):
        assert part in words(dialog), part
    dialog.ask.click()
    assert "请选择遇到了什么" in words(dialog)
    assert "请选择缓多久" in words(dialog)
    assert dialog.isVisible()


def test_the_request_goes_off_once_and_its_answer_comes_by_itself(open_loan, qtbot):
    page = open_loan()
    journey = page.journey
    dialog = question(page)
    dialog.reason.choose("illness")
    dialog.months.choose("2")
    journey.answers["loan"] = waiting
    dialog.ask.click()
    qtbot.waitUntil(lambda: "缓还申请已收到" in words(page))
    assert [act[2:] for act in journey.acts if act[0] == "ask_for_time"] == [(HardshipReason.ILLNESS, 2)]
    assert "2026年11月25日 10:00" in words(page.hardship)
    assert page.more_ways.hardship.isHidden()
    journey.answers["loan"] = lambda: waiting("granted")
    qtbot.waitUntil(lambda: "已同意缓还，到 2027年2月22日" in words(page), timeout=5000)
    looked = len(journey.acts)
    qtbot.wait(150)
    assert len(journey.acts) == looked


def test_a_look_that_fails_says_nothing_and_looks_again(open_loan, qtbot):
    page = open_loan(waiting())

    def fails():
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    page.journey.answers["loan"] = fails
    before = len(page.journey.acts)
    qtbot.waitUntil(lambda: len(page.journey.acts) > before + 1, timeout=5000)
    assert not page.scaffold.problem.isVisible()


def test_a_day_gone_by_within_the_granted_time_costs_nothing_and_is_not_pressed(open_loan):
    page = open_loan(waiting("granted"), days=40)
    assert "已同意缓还" in page._next_date.text()
    assert page._owed_now(RepaymentKind.INSTALMENT).penalty == 0
    page = open_loan(days=40)
    assert page._owed_now(RepaymentKind.INSTALMENT).penalty > 0


def test_one_that_was_declined_names_another_way(open_loan):
    assert "客服电话" in words(open_loan(waiting("declined")).hardship)


def test_what_is_over_is_not_shown_any_more(open_loan):
    assert not open_loan(waiting("granted"), days=100).hardship.isVisible()


def test_question_and_notice_follow_the_language(open_loan):
    page = open_loan(waiting("granted"))
    translator().set_language("en")
    assert "More time is granted, until 22 February 2027" in words(page.hardship)
    translator().set_language("zh")
    dialog = question(open_loan())
    dialog.reason.choose("family")
    translator().set_language("en")
    assert dialog.reason.value() == "family"
    assert dialog.ask.text() == "Ask for more time"
