"""Money, percentages, days and times in both languages, and what an error's sentence makes of them."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from loanapp.commands.language import code_sentence, forms
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.money import parse_money
from loanapp.domain.written_forms import counted, figure

ZH, EN = forms("zh"), forms("en")


@pytest.mark.parametrize(
    ("amount", "places", "zh", "en"),
    [
        ("10797.05", None, "10,797.05元", "CNY 10,797.05"),
        ("10000", None, "10,000元", "CNY 10,000"),
        ("10000", 2, "10,000.00元", "CNY 10,000.00"),
        ("0.5", None, "0.50元", "CNY 0.50"),
        ("1234567.005", None, "1,234,567.01元", "CNY 1,234,567.01"),
    ],
)
def test_money(amount, places, zh, en):
    assert ZH.money(Decimal(amount), places=places) == zh
    assert EN.money(Decimal(amount), places=places) == en
    assert parse_money(zh) == parse_money(en)


def test_a_figure_goes_without_its_currency_where_the_heading_names_it():
    assert figure(Decimal("9220.2"), places=2) == "9,220.20"
    assert ZH.money_column("本金") == "本金（元）"
    assert EN.money_column("Principal") == "Principal\n(CNY)"
    assert ZH.around_money() == ("", "元")
    assert EN.around_money() == ("CNY", "")


def test_percentages_round_halves_up():
    assert ZH.percent(Decimal("14.4")) == EN.percent(Decimal("14.395")) == "14.40%"
    assert EN.percent(Decimal("7.2075"), places=4) == "7.2075%"


def test_days_and_moments():
    day = date(2026, 11, 26)
    assert (ZH.day(day), EN.day(day)) == ("2026年11月26日", "26 November 2026")
    assert (ZH.short_day(day), EN.short_day(day)) == ("11月26日 周四", "Thu 26 Nov")
    assert (ZH.short_month(day), EN.short_month(day)) == ("11月", "Nov")
    evening = datetime(2026, 11, 26, 20, 5, tzinfo=timezone(timedelta(hours=0)))
    assert (ZH.moment(evening), EN.moment(evening)) == ("2026年11月27日 04:05", "27 November 2026, 04:05")


def test_every_month_and_weekday_has_its_words():
    days = [date(2026, month, 1) for month in range(1, 13)]
    assert len({EN.day(day) for day in days} | {EN.short_day(day) for day in days}) == 24
    assert [ZH.weekday(date(2026, 11, 23) + timedelta(days=more)) for more in range(7)] == [
        f"周{name}" for name in "一二三四五六日"
    ]


def test_an_error_writes_its_amounts_days_and_numbers_out():
    amounts = LoanAppError(ErrorCode.AMOUNT_OUT_OF_RANGE, minimum="1000.00", maximum="50000.00")
    assert "1,000元 至 50,000元" in code_sentence("zh", amounts)
    assert "CNY 1,000 and CNY 50,000" in code_sentence("en", amounts)
    soon = LoanAppError(ErrorCode.APPLICATION_TOO_SOON, retry_after="2026-12-22")
    assert "2026年12月22日" in code_sentence("zh", soon)
    assert "22 December 2026" in code_sentence("en", soon)
    assert "wait 1 second." in code_sentence("en", LoanAppError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=1))
    assert "wait 2 seconds." in code_sentence("en", LoanAppError(ErrorCode.TOO_MANY_ATTEMPTS, retry_after_seconds=2))


def test_a_sentence_whose_number_is_not_known_is_not_said():
    forms_of_it = {"one": "wait {seconds} second", "other": "wait {seconds} seconds"}
    assert counted(forms_of_it, {"seconds": 1}) == forms_of_it["one"]
    assert counted(forms_of_it, {"seconds": 0}) == forms_of_it["other"]
    assert counted(forms_of_it, {}) is None
    assert counted("no number", {}) == "no number"
