from datetime import date

import pytest

from loanapp.domain.typed_days import day_as_typed, day_characters, parse_day


@pytest.mark.parametrize(
    "text",
    ["2018-05-10", "2018-5-10", "2018.05.10", "20180510", "2018年5月10日", "２０１８年５月１０日", " 2018/5/10 "],
)
def test_a_day_is_read_however_it_is_written(text):
    assert parse_day(text) == date(2018, 5, 10)


@pytest.mark.parametrize("text", ["", "2018", "2018-13-01", "2018-02-30", "长期", "2018-05-10-11", "18-05-10"])
def test_what_is_no_day_is_none(text):
    assert parse_day(text) is None


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2018", "2018"),
        ("20180", "2018-0"),
        ("20180510", "2018-05-10"),
        ("2018.5.", "2018-05"),
        ("2018年5月1日", "2018-05-01"),
        ("长期", "长期"),
        ("Long term", "Long term"),
        ("201805101", "2018-05-101"),
    ],
)
def test_lines_appear_while_a_day_is_typed(typed, shown):
    assert day_as_typed(day_characters(typed)) == shown
