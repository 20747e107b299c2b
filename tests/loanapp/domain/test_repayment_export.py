"""The calendar is read by somebody else's parser, the table by the standard library's."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.repayment_export import REMINDERS, DueDay, calendar_file, table_file
from loanapp.domain.schedule import equal_instalment_schedule

ROWS = equal_instalment_schedule(Decimal(10000), Decimal("14.40"), 12, date(2026, 1, 31)).rows
NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)


def entries(summary="还款 899.75元", description="第 1 期"):
    return [DueDay(row.no, row.due, summary, description) for row in ROWS]


def parsed(data):
    calendar = icalendar.Calendar.from_ical(data)
    assert calendar.errors == []
    return calendar


def test_every_instalment_is_a_whole_day_with_two_reminders():
    calendar = parsed(calendar_file("还款计划", "HT20261122-0001", entries(), NOW))
    assert (calendar["VERSION"], calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("2.0", "PUBLISH", "还款计划")
    events = calendar.walk("VEVENT")
    assert [event.decoded("DTSTART") for event in events] == [row.due for row in ROWS]
    assert all(event.decoded("DTEND") == event.decoded("DTSTART") + timedelta(days=1) for event in events)
    assert all(event.decoded("DTSTAMP") == NOW for event in events)
    assert len({str(event["UID"]) for event in events}) == len(ROWS)
    for event in events:
        assert not any(component.errors for component in event.walk())
        alarms = event.walk("VALARM")
        assert [alarm.decoded("TRIGGER") for alarm in alarms] == list(REMINDERS)
        assert all(str(alarm["ACTION"]) == "DISPLAY" and alarm["DESCRIPTION"] for alarm in alarms)


def test_the_same_loan_exported_again_replaces_its_entries():
    first, second = (parsed(calendar_file("x", "HT1", entries(), at)) for at in (NOW, NOW + timedelta(days=3)))
    assert [event["UID"] for event in first.walk("VEVENT")] == [event["UID"] for event in second.walk("VEVENT")]


def test_lines_are_folded_at_75_octets_and_end_as_the_rfc_says():
    data = calendar_file("还款计划" * 40, "HT1", entries(description="从尾号 0018 的卡扣款，请先存够" * 20), NOW)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert str(parsed(data).walk("VEVENT")[0]["DESCRIPTION"]) == "从尾号 0018 的卡扣款，请先存够" * 20


@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=200))
def test_whatever_the_words_are_they_come_back_and_begin_no_property(text):
    calendar = parsed(calendar_file(text, "HT1", entries(text, text)[:1], NOW))
    (event,) = calendar.walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == (text, text)
    assert set(calendar) == {"VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME"}


def test_a_spreadsheet_in_chinese_reads_the_table():
    headings = ["期", "还款日", "还款（元）", "本金", "利息", "费用", "剩余本金, 元"]
    data = table_file(headings, ROWS)
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head == headings
    assert len(rows) == 12
    assert rows[0] == ["1", "2026-02-28", "899.75", "779.75", "120.00", "0.00", "9220.25"]
    assert sum(Decimal(row[3]) for row in rows) == Decimal(10000)
    assert rows[-1][-1] == "0.00"


@pytest.mark.parametrize("months", [1, 60])
def test_short_and_long_plans(months):
    rows = equal_instalment_schedule(Decimal(5000), Decimal(0), months, date(2024, 2, 29)).rows
    due = [DueDay(row.no, row.due, "x", "y") for row in rows]
    assert len(parsed(calendar_file("x", "HT1", due, NOW)).walk("VEVENT")) == months
    assert len(table_file(["no"], rows).splitlines()) == months + 1
