"""Waiting, and the answer: an offer as a sum, a refusal with its reasons, who looks at it now."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel

from loanapp.client.errors import InputRejectedError, LenderUnreachableError
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import JourneyInHand, application
from tests.ui.test_face_ways import BRANCHES, VISIT
from tests.ui.typed_journey import TypedJourney
from ui.components import LinkButton, ProgressLine
from ui.translations import translator


def texts(page) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if not label.isHidden())


def mending(page):
    """The ways from what is told to its article."""
    return [one for one in page.findChildren(LinkButton) if one.text() == "怎样解决" and one.isVisible()]


def helped(page, qtbot, place):
    with qtbot.waitSignal(page.context.messages.help_wanted) as wanted:
        mending(page)[place].click()
    return wanted.args


@pytest.fixture
def show(qtbot, page_context):
    def make(kind, journey):
        page = kind(page_context(journey))
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        page.load()
        return page

    return make


@pytest.fixture
def progress(show):
    from ui.pages.progress import ProgressPage

    journey = JourneyInHand(application("verifying"))
    journey.answers["refresh"] = lambda: Page.PROGRESS
    page = show(ProgressPage, journey)
    yield page
    page.leave()


def test_waiting_says_what_is_done_and_that_the_window_may_be_closed(progress):
    words = texts(progress)
    assert "向银行核对银行卡" in words
    assert "可以关闭窗口，进度会保留" in words
    assert len(progress.findChildren(ProgressLine)) == 5
    assert progress.scaffold.primary.isHidden()


def test_waiting_follows_the_language_while_it_waits(progress):
    translator().set_language("en")
    assert "You may close the window" in texts(progress)
    translator().set_language("zh")


def test_waiting_moves_on_by_itself(progress, qtbot):
    journey = progress.context.journey
    journey.answers["refresh"] = lambda: Page.DECISION
    with qtbot.waitSignal(progress.completed) as done:
        pass
    assert done.args == [Page.DECISION]


def test_a_lender_out_of_reach_is_asked_again_and_nothing_is_lost(progress, qtbot):
    journey = progress.context.journey

    def unreachable():
        raise LenderUnreachableError

    journey.answers["refresh"] = unreachable
    qtbot.waitUntil(lambda: not progress.scaffold.primary.isHidden())
    assert "资料已经保存" in texts(progress)
    assert helped(progress, qtbot, 0) == ["lender_unreachable"]
    journey.answers["refresh"] = lambda: Page.PROGRESS
    progress.proceed()
    qtbot.waitUntil(progress.scaffold.primary.isHidden)
    assert mending(progress) == []


def test_withdrawing_asks_first(progress, qtbot):
    journey = progress.context.journey
    journey.answers["withdraw"] = lambda: Page.DECISION
    progress.scaffold.aside.click()
    dialog = progress.findChild(QDialog)
    assert dialog.isVisible()
    dialog.keep.click()
    assert not [act for act in journey.acts if act[0] == "withdraw"]
    progress.scaffold.aside.click()
    with qtbot.waitSignal(progress.completed):
        next(found for found in progress.findChildren(QDialog) if found.isVisible()).confirm.click()


def test_an_offer_is_a_sum_anyone_can_follow(show, qtbot):
    from ui.pages.decision import DecisionPage

    offered = application("offered")
    journey = JourneyInHand(offered)
    journey.answers.update(offer=lambda: offered.offer, accept_offer=lambda: Page.COST_DISCLOSURE)
    page = show(DecisionPage, journey)
    qtbot.waitUntil(page.scaffold.primary.isVisible)
    # What is laid out anew is in sight a moment later.
    for part in ("10,000元", "899.75元", "10,797.05元", "14.40%", "2026年12月22日", "放款前不收任何费用"):
        qtbot.waitUntil(lambda part=part: part in texts(page))
    with qtbot.waitSignal(page.completed) as done:
        page.scaffold.primary.click()
    assert done.args == [Page.COST_DISCLOSURE]
    page.leave()


def test_an_offer_the_guard_refuses_cannot_be_accepted(show, qtbot):
    from ui.pages.decision import DecisionPage

    journey = JourneyInHand(application("offered"))

    def refuse():
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "row 3")

    journey.answers["offer"] = refuse
    page = show(DecisionPage, journey)
    qtbot.waitUntil(page.scaffold.problem.isVisible)
    assert page.scaffold.primary.isHidden()
    assert page.scaffold.title.text() == "这份报价有问题，已为您拦下"
    assert "不收任何费用" in texts(page)
    page.proceed()
    assert not [act for act in journey.acts if act[0] == "accept_offer"]
    page.leave()


def test_a_refusal_gives_at_most_three_reasons_and_the_next_way(show, qtbot):
    from ui.pages.decision import DecisionPage

    reasons = ["repayment_burden_too_high", "credit_record_overdue", "income_too_low", "limit_reached"]
    decision = {"outcome": "declined", "reasons": reasons, "retry_after": "2026-12-22"}
    page = show(DecisionPage, JourneyInHand(application("declined", decision=decision, allowed_actions=[])))
    words = texts(page)
    assert "2026年12月22日" in words
    assert "400-000-0000" in words
    assert words.count("codes.") == 0
    assert page.scaffold.primary.isHidden()
    assert page.scaffold.aside.isHidden()
    qtbot.waitUntil(lambda: len(mending(page)) == 3)
    assert [helped(page, qtbot, place) for place in range(3)] == [[reason] for reason in reasons[:3]]
    names = [one.accessibleName() for one in mending(page)]
    assert len(set(names)) == len(names) == 3, "told apart by ear"
    page.leave()


def test_a_reason_says_what_would_change_it_and_from_when(show):
    from ui.pages.decision import DecisionPage

    changes = [
        {"reason": "repayment_burden_too_high", "up_to": "6400.00", "income_at_least": None, "after": "2026-12-22"},
        {"reason": "income_too_low", "up_to": None, "income_at_least": "2000.00", "after": "2026-12-22"},
        {"reason": "age_outside_policy", "up_to": None, "income_at_least": None, "after": "2027-03-01"},
    ]
    reasons = [change["reason"] for change in changes]
    decision = {"outcome": "declined", "reasons": reasons, "retry_after": "2026-12-22", "changes": changes}
    page = show(DecisionPage, JourneyInHand(application("declined", decision=decision, allowed_actions=[])))
    words = texts(page)
    assert "同样的期限，借6,400元以内不会因为这一条被拒。" in words
    assert "每月收入要不低于2,000元" in words
    assert "2027年3月1日起可以再申请" in words
    assert "2026年12月22日起可以再申请" not in words  # the day for the whole decision stands once, below
    page.leave()


def test_a_small_start_can_be_made_at_once(show):
    from ui.pages.decision import DecisionPage

    change = {"reason": "start_small", "up_to": "5000.00", "income_at_least": None, "after": "2026-11-22"}
    decision = {"outcome": "declined", "reasons": ["start_small"], "retry_after": "2026-11-22", "changes": [change]}
    page = show(DecisionPage, JourneyInHand(application("declined", decision=decision, allowed_actions=[])))
    assert "5,000元以内不会因为这一条被拒。" in texts(page)
    assert not page.scaffold.primary.isHidden()
    page.leave()


def test_a_new_application_is_offered_from_the_day_named_and_not_before(show):
    from ui.pages.decision import DecisionPage

    decision = {"outcome": "declined", "reasons": ["income_too_low"], "retry_after": "2026-11-22"}
    journey = JourneyInHand(application("declined", decision=decision, allowed_actions=[]))
    page = show(DecisionPage, journey)
    assert not page.scaffold.primary.isHidden()
    assert page.scaffold.primary.text() == "重新算一笔，看能借多少"
    page.leave()


def test_a_person_looking_at_it_is_watched(show, qtbot):
    from ui.pages.decision import DecisionPage

    decision = {"outcome": "review", "reasons": ["face_check_by_person"], "retry_after": None}
    journey = JourneyInHand(application("in_review", waiting_for="reviewer", decision=decision))
    journey.answers["refresh"] = lambda: Page.PROGRESS
    page = show(DecisionPage, journey)
    assert "接下来由核验人员查看" in texts(page)
    with qtbot.waitSignal(page.completed):
        pass
    page.leave()


def test_a_visit_that_staff_booked_is_told_with_place_time_and_their_words(show, qtbot):
    from ui.pages.progress import ProgressPage

    journey = JourneyInHand(application("in_review"))
    journey.answers["refresh"] = lambda: Page.PROGRESS
    page = show(ProgressPage, journey)
    assert page.scaffold.asked.isHidden()
    asked = {"text": "<b>请带</b>身份证来", "at": "2026-11-25T10:00:00+08:00"}
    journey.application = application("in_review", asked=asked, appointment=VISIT | {"simulated": False})
    qtbot.waitUntil(page.scaffold.asked.isVisible)  # the page asks by itself
    words = page.scaffold.asked.text.text()
    for told in (VISIT["name"]["zh"], VISIT["address"]["zh"], "写给您：<b>请带</b>身份证来", "或打"):
        assert told in words
    assert page.scaffold.asked.text.textFormat() is Qt.TextFormat.PlainText
    journey.application = application("in_review", asked=asked, appointment=VISIT)
    page.retranslate()
    assert "来过网点以后" in texts(page)
    assert "不用做什么" not in texts(page)
    assert "模拟的柜员" in page.scaffold.asked.text.text()
    page.leave()


def test_the_borrower_moves_a_visit_that_staff_booked(show, qtbot):
    from ui.pages.move_visit import MoveVisitDialog
    from ui.pages.progress import ProgressPage

    asked = {"text": "请带身份证来", "at": "2026-11-25T10:00:00+08:00"}
    journey = JourneyInHand(application("in_review", asked=asked, appointment=VISIT))
    taken, looked = iter([True, False]), []

    def book(_branch, slot):
        if next(taken):
            raise InputRejectedError(ErrorCode.INPUT_INVALID, fields={"slot": ErrorCode.INPUT_INVALID})
        journey.application = application("in_review", asked=asked, appointment=VISIT | {"slot": slot.isoformat()})
        return Page.PROGRESS

    journey.answers.update(
        refresh=lambda: Page.PROGRESS, branches=lambda: looked.append(1) or BRANCHES, book_branch=book
    )
    page = show(ProgressPage, journey)
    page.tell_asked()
    before = page.scaffold.asked.text.text()
    (move,) = [one for one in page.scaffold.asked.findChildren(LinkButton) if one.text() == "换个时间"]
    move.click()
    (dialog,) = page.findChildren(MoveVisitDialog)
    qtbot.waitUntil(dialog.where.isVisible)
    dialog.go_on.click()
    assert dialog.where.error.text() == "请选一个网点"
    branch = BRANCHES[0]
    slot = max(branch.slots)
    dialog.where.choose(branch.id)
    dialog.day.choose(slot.astimezone(CHINA).date().isoformat())
    dialog.time.choose(slot.isoformat())
    dialog.go_on.click()
    qtbot.waitUntil(lambda: "刚刚被别人约走" in dialog.time.error.text() and len(looked) == 2)
    qtbot.waitUntil(dialog.go_on.isEnabled)
    dialog.time.choose(slot.isoformat())
    with qtbot.waitSignal(dialog.accepted):
        dialog.go_on.click()
    assert page.scaffold.asked.text.text() != before
    assert [act[1:] for act in journey.acts if act[0] == "book_branch"] == [(branch.id, slot)] * 2
    page.leave()


def test_what_staff_ask_for_stands_above_the_page_that_asks_it(show):
    from ui.pages.about_you import AboutYouPage

    asked = {"text": "收入和流水对不上", "at": "2026-11-25T10:00:00+08:00"}
    more = application("needs_more", asked=asked, profile=None, erased_at="2026-12-25T10:00:00+08:00")
    page = show(AboutYouPage, TypedJourney(more))
    assert page.scaffold.asked.title.text() == "工作人员请您补充"
    assert "写给您：收入和流水对不上" in page.scaffold.asked.text.text()
    assert "2026年12月25日" in page.scaffold.asked.text.text()
    translator().set_language("en")
    assert "Withdraw the application" in [one.text() for one in page.scaffold.asked.findChildren(LinkButton)]
    assert page.scaffold.asked.title.text() == "A member of staff asks you for more"
    translator().set_language("zh")
    page.leave()


def test_an_unexpected_error_is_told_and_kept_on_the_page(show, qtbot):
    from ui.pages.decision import DecisionPage

    offered = application("offered")
    journey = JourneyInHand(offered)

    def trouble():
        raise LoanAppError(ErrorCode.LENDER_TROUBLE)

    journey.answers.update(offer=lambda: offered.offer, accept_offer=trouble)
    page = show(DecisionPage, journey)
    qtbot.waitUntil(page.scaffold.primary.isVisible)
    page.scaffold.primary.click()
    qtbot.waitUntil(page.scaffold.problem.isVisible)
    assert page.scaffold.primary.isVisible()
    page.leave()
