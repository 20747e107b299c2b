"""The plan that granted time brings, on the page of the loan: seen before and after, taken by the borrower alone."""

import csv
import io
from dataclasses import replace
from datetime import date

import icalendar
import pytest
from PySide6.QtCore import Qt

from loanapp.domain.errors import ErrorCode, LoanAppError
from tests.ui.loan_in_hand import hardship, loan, new_schedule, rows, words
from ui.pages.loan_export import calendar_of, table_of
from ui.translations import translator


def with_plan(*, accepted=False):
    new = new_schedule(accepted=accepted)
    due = (new["rows"] if accepted else rows())[0]["due"]
    return loan(
        hardships=[hardship("granted", new)],
        hardship_offer={"months": [], "reply_hours": 72},
        next_due={"no": 1, "due": due, "amount": "899.75"},
    )


@pytest.fixture
def open_loan(open_my_loan):
    def open_it(held, **answers):
        return open_my_loan(loan=lambda: held, **answers)

    return open_it


def test_before_and_after_stand_side_by_side_with_the_rule(open_loan, qtbot):
    page = open_loan(with_plan())
    card = page.new_schedule
    qtbot.waitUntil(lambda: "2028年1月22日" in words(card))
    said = words(card)
    for part in (
        "没还的 12 期都往后挪 2 个月",
        "一分不变",
        "不收利息，也不收罚息",
        "2026年12月22日",
        "2027年2月22日",
        "2028年1月22日",
        "10,797.05",
        "不接受也可以",
    ):
        assert part in said, part
    assert not card.penalty.isVisible()
    cell = card.table._cells[1][2]
    assert cell.accessibleName() == "1, 新的还款日: 2027年2月22日"
    assert "2026年12月22日" in page._next_date.text()  # nothing has changed yet


def test_it_is_accepted_by_the_keyboard_and_then_holds_everywhere(open_loan, qtbot):
    page = open_loan(with_plan(), accept_schedule=lambda _: with_plan(accepted=True))
    page.new_schedule.accept.setFocus()
    qtbot.keyClick(page.new_schedule.accept, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "2027年2月22日" in page._next_date.text())
    assert [act[0] for act in page.journey.acts].count("accept_schedule") == 1
    assert "现在按新的还款计划还" in words(page.new_schedule)
    assert page.new_schedule.accept.isHidden()
    assert page.new_schedule.table.isHidden()
    page.new_schedule.fold.click()
    assert page.new_schedule.table.isVisible()
    assert page._table._rows[0].due == date(2027, 2, 22)


def test_one_that_is_refused_says_why_and_the_loan_stays(open_loan):
    page = open_loan(replace(with_plan(), schedule_refused=True))
    assert "新的还款计划和本机算出的不一致" in words(page.new_schedule)
    assert "原来的计划照旧" in words(page.new_schedule)
    assert page.new_schedule.accept.isHidden()
    assert not page.new_schedule.table.isVisible()
    assert "2026年12月22日" in page._next_date.text()


def test_one_the_lender_does_not_take_any_more_says_so(open_loan, qtbot):
    def changed(_):
        raise LoanAppError(ErrorCode.NEW_SCHEDULE_NOT_OPEN)

    page = open_loan(with_plan(), accept_schedule=changed)
    page.new_schedule.accept.click()
    qtbot.waitUntil(page.scaffold.problem.isVisible)
    assert "现在不能接受" in words(page.scaffold.problem)


def test_without_granted_time_there_is_no_card(open_loan):
    assert not open_loan(loan()).new_schedule.isVisible()


@pytest.mark.parametrize("accepted", [False, True])
def test_calendar_and_table_follow_the_plan_that_holds(qapp, accepted):
    held = with_plan(accepted=accepted)
    want = [row["due"] for row in (new_schedule()["rows"] if accepted else rows())]
    entries = icalendar.Calendar.from_ical(calendar_of(held, held.disbursed_at)).walk("VEVENT")
    assert [entry.decoded("dtstart").isoformat() for entry in entries] == want
    plain = loan()
    before = icalendar.Calendar.from_ical(calendar_of(plain, plain.disbursed_at)).walk("VEVENT")
    assert [entry["uid"] for entry in entries] == [
        entry["uid"] for entry in before
    ]  # saved again, each replaces its own
    table = list(csv.reader(io.StringIO(table_of(held).decode("utf-8-sig"))))
    assert [line[1] for line in table[1:]] == want


def test_the_card_follows_the_language(open_loan):
    page = open_loan(with_plan(accepted=True))
    translator().set_language("en")
    assert page.new_schedule.title.text() == "You now pay by the new plan"
    assert "moves 2 months later" in page.new_schedule.rule.text()
