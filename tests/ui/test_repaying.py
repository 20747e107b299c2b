"""Paying back from the loan's page: what a payment consists of is shown, and nothing is debited before that."""

from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.loan_account import RepaymentKind
from loanapp.domain.prepayment import PrepaymentChoice
from tests.ui.loan_in_hand import JourneyInHand, after, application, loan
from ui.pages.my_loan import MyLoanPage
from ui.pages.repay import RepayDialog
from ui.translations import translator

D = Decimal
K = RepaymentKind


def words(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def open_loan(page_context, qtbot):
    """``open_loan(repay=..., days=...)``: the page so many days after the payout; ``journey.acts`` is what was done."""
    shown = []

    def open_it(*, held=None, repay=None, days=0):
        held = held or loan()
        journey = JourneyInHand(application("active"))
        journey.clock.move(timedelta(days=days))
        journey.answers["loan"] = lambda: held
        journey.answers["repay"] = repay or after
        page = MyLoanPage(page_context(journey))
        qtbot.addWidget(page)
        page.resize(900, 900)
        page.show()
        page.load()
        qtbot.waitUntil(lambda: page._loan is not None)
        shown.append(page)
        return page, journey

    yield open_it
    for page in shown:
        page.leave()
        page.hide()


def question(page, kind):
    page.ways[kind].click()
    return page.findChild(RepayDialog)


def paid_for(journey):
    return [act[2] for act in journey.acts if act[0] == "repay"]


def test_an_instalment_is_shown_in_its_parts_and_debited_on_the_second_press(open_loan, page_context, qtbot):
    page, journey = open_loan()
    said = []
    page.context.messages.notice.connect(said.append)
    dialog = question(page, K.INSTALMENT)
    for part in ("还第 1 期", "779.75元", "120.00元", "899.75元", "尾号 0018", "模拟扣款"):
        assert part in words(dialog), part
    assert "罚息" not in words(dialog)
    assert paid_for(journey) == []
    dialog.pay.click()
    qtbot.waitUntil(lambda: paid_for(journey) != [])
    assert [(what.kind, what.amount) for what in paid_for(journey)] == [(K.INSTALMENT, D("899.75"))]
    qtbot.waitUntil(lambda: "还欠本金 9,220.25元" in words(page))
    assert [(one.key, dict(one.values)) for one in said] == [("my_loan.paid", {"amount": "899.75元"})]


def test_whoever_thinks_better_of_it_pays_nothing(open_loan):
    page, journey = open_loan()
    dialog = question(page, K.PAYOFF)
    assert dialog.keep.hasFocus() or dialog.focusWidget() is dialog.keep
    dialog.keep.click()
    assert paid_for(journey) == []


def test_the_whole_loan_goes_back_free_of_interest_within_the_day_and_for_the_days_after(open_loan):
    page, _ = open_loan()
    assert "10,000.00元" in question(page, K.PAYOFF).pay.text()
    page, _ = open_loan(days=10)
    dialog = question(page, K.PAYOFF)
    assert dialog.what.interest == D("40.00")
    assert "以后少付利息 757.05元" in words(dialog)


def test_a_part_shows_both_ways_and_follows_what_is_typed(open_loan, qtbot):
    page, journey = open_loan()
    dialog = question(page, K.PART)
    assert not dialog.pay.isEnabled()
    qtbot.keyClicks(dialog.part.editor, "3000")
    both = words(dialog)
    assert "每期约 629.83元，最后一期 2027年11月22日" in both
    assert "每期约 899.75元，最后一期 2027年8月22日" in both
    dialog.choice.choose(PrepaymentChoice.KEEP_INSTALMENT.value)
    dialog.choice.chosen.emit(PrepaymentChoice.KEEP_INSTALMENT.value)
    dialog.pay.click()
    qtbot.waitUntil(lambda: paid_for(journey) != [])
    (what,) = paid_for(journey)
    assert (what.kind, what.principal, what.choice) == (K.PART, D("3000.00"), PrepaymentChoice.KEEP_INSTALMENT)


@pytest.mark.parametrize("typed", ["0", "10000", "99999"])
def test_a_part_that_is_none_is_told_beside_the_field(open_loan, qtbot, typed):
    page, _ = open_loan()
    dialog = question(page, K.PART)
    qtbot.keyClicks(dialog.part.editor, typed)
    assert "少于剩余本金" in dialog.part.error.text()
    assert not dialog.pay.isEnabled()


def test_late_ones_show_the_penalty_and_several_can_be_paid_at_once(open_loan):
    page, _ = open_loan(days=40)
    assert page.ways[K.ARREARS].isHidden()
    assert page.ways[K.PART].isHidden()
    assert "罚息" in words(question(page, K.INSTALMENT))
    page, _ = open_loan(days=75)
    assert not page.ways[K.ARREARS].isHidden()
    dialog = question(page, K.ARREARS)
    assert dialog.what.principal == D("779.75") + D("789.11")


def test_a_refused_debit_says_so_and_leaves_everything_owed(open_loan, qtbot):
    def refused(*_):
        raise LoanAppError(ErrorCode.DEBIT_REFUSED)

    page, _ = open_loan(repay=refused)
    question(page, K.INSTALMENT).pay.click()
    qtbot.waitUntil(lambda: "没有扣款成功" in words(page))
    assert "还欠本金 10,000.00元" in words(page)
    assert not page.ways[K.INSTALMENT].isHidden()


def test_while_the_bank_has_not_answered_nothing_more_can_be_paid(open_loan, qtbot):
    page, _ = open_loan(repay=lambda held, what: after(held, what, state="asked"))
    question(page, K.INSTALMENT).pay.click()
    qtbot.waitUntil(lambda: all(way.isHidden() for way in page.ways.values()))
    assert "还欠本金 10,000.00元" in words(page)


def test_a_loan_that_is_over_offers_no_payment(open_loan):
    held = loan()
    page, _ = open_loan(held=after(held, held.account.owed(K.PAYOFF, held.account.plan.disbursed)))
    assert "已经全部还清" in words(page)
    assert all(not way.isVisible() for way in page.ways.values())


def test_the_question_follows_the_language_and_keeps_what_is_typed(open_loan, qtbot):
    page, _ = open_loan()
    dialog = question(page, K.PART)
    qtbot.keyClicks(dialog.part.editor, "3000")
    translator().set_language("en")
    assert dialog.part.value() == D("3000.00")
    assert dialog.pay.text() == "Confirm: CNY\u00a03,000.00"
