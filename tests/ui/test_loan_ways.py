"""Beside paying: the promise to take the loan back, a quote for any day, the plan for calendar and spreadsheet."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import icalendar
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from loanapp.domain.loan_account import RepaymentKind
from tests.ui.loan_in_hand import SCHEDULE, after, loan, words
from ui.pages.loan_export import calendar_of, table_of
from ui.pages.payoff_quote import PayoffQuoteDialog
from ui.pages.repay import RepayDialog
from ui.translations import translator

D = Decimal


@pytest.fixture
def open_loan(open_my_loan):
    def open_it(*, held=None, **later):
        held = held or loan()
        return open_my_loan(timedelta(**later), loan=lambda: held)

    return open_it


def test_the_promise_stands_with_its_end_and_leads_to_the_question(open_loan):
    page = open_loan(hours=23)
    assert "2026年11月23日 10:00 前可以无偿还回" in words(page.free_return)
    page.free_return._buttons[0].click()
    question = page.findChild(RepayDialog)
    assert (question.what.kind, question.what.amount) == (RepaymentKind.PAYOFF, D("10000.00"))


@pytest.mark.parametrize("why", ["too late", "over", "something was paid"])
def test_the_promise_goes_where_it_does_not_hold(open_loan, why):
    held = loan()
    day = held.account.plan.disbursed
    made = {
        "too late": lambda: open_loan(hours=25),
        "over": lambda: open_loan(held=after(held, held.account.owed(RepaymentKind.PAYOFF, day))),
        "something was paid": lambda: open_loan(held=after(held, held.account.owed(RepaymentKind.INSTALMENT, day))),
    }
    assert not made[why]().free_return.isVisible()


def quote(page):
    page.more_ways.quote.click()
    return page.findChild(PayoffQuoteDialog)


def test_a_quote_for_any_day_assumes_what_is_due_before_is_paid(open_loan):
    dialog = quote(open_loan())
    assert dialog.sum.text() == "10,000.00元"  # today it is still free
    dialog.on.set_text("2026-12-02")
    assert dialog.sum.text() == "10,040.00元"
    dialog.on.set_text(SCHEDULE.rows[5].due.isoformat())
    # the sixth instalment of that day is counted in
    assert dialog.sum.text() == f"{SCHEDULE.rows[4].balance + SCHEDULE.rows[5].interest:,.2f}元"
    assert "按时还了" in dialog.note.text()


@pytest.mark.parametrize(
    ("typed", "said"), [("2026-11-21", "过去"), ("2027-11-23", "还完"), ("2026-13-01", "2027-03-15"), ("", "")]
)
def test_a_day_without_a_figure_says_why(open_loan, typed, said):
    dialog = quote(open_loan())
    dialog.on.set_text(typed)
    assert not dialog.sum.isVisible()
    assert said in dialog.on.error.text()


def test_a_quote_while_something_is_overdue_counts_it_and_says_so(open_loan):
    dialog = quote(open_loan(days=40))
    dialog.on.set_text("2027-02-01")
    assert "罚息" in words(dialog)
    assert "逾期" in dialog.note.text()


def test_the_quote_follows_the_language_and_keeps_the_day(open_loan):
    dialog = quote(open_loan())
    dialog.on.set_text("2026-12-02")
    translator().set_language("en")
    assert dialog.on.value() == date(2026, 12, 2)
    assert dialog.sum.text() == "CNY\u00a010,040.00"


def test_the_calendar_holds_what_is_still_to_pay():
    held = loan()
    held = after(held, held.account.owed(RepaymentKind.INSTALMENT, SCHEDULE.rows[0].due))
    translator().set_language("zh")
    calendar = icalendar.Calendar.from_ical(calendar_of(held, held.disbursed_at))
    events = calendar.walk("VEVENT")
    assert [event.decoded("DTSTART") for event in events] == [row.due for row in SCHEDULE.rows[1:]]
    assert str(events[0]["SUMMARY"]) == "还款 899.75元"
    assert "尾号 0018" in str(events[0]["DESCRIPTION"])
    assert len(events[0].walk("VALARM")) == 2


def test_the_table_speaks_the_language_in_force():
    translator().set_language("zh")
    head, *rows = csv.reader(io.StringIO(table_of(loan()).decode("utf-8-sig"), newline=""))
    assert head[1:3] == ["还款日", "应还（元）"]
    assert len(rows) == 12


@pytest.mark.parametrize(("way", "begin"), [("calendar", b"BEGIN:VCALENDAR\r\n"), ("table", b"\xef\xbb\xbf")])
def test_a_file_is_put_where_the_borrower_says(open_loan, qtbot, tmp_path, way, begin):
    page = open_loan()
    getattr(page.more_ways, way).click()
    dialog = page.findChild(QFileDialog)
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert name.text().startswith("还款计划 HT20261122-0001")
    target = tmp_path / f"mine.{dialog.defaultSuffix()}"
    name.setText(str(target))
    qtbot.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(target.is_file)
    qtbot.waitUntil(lambda: not page.busy)
    assert target.read_bytes().startswith(begin)
