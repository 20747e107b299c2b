"""Schedules against vectors worked out independently (50-digit decimals, halves up, last instalment clears)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.schedule import due_dates, equal_instalment_payment, equal_instalment_schedule

START = date(2026, 12, 5)

# V1: 10000.00 at 14.40 % over 12 months: payment, principal, interest, balance.
V1 = """
899.75 779.75 120.00 9220.25
899.75 789.11 110.64 8431.14
899.75 798.58 101.17 7632.56
899.75 808.16 91.59 6824.40
899.75 817.86 81.89 6006.54
899.75 827.67 72.08 5178.87
899.75 837.60 62.15 4341.27
899.75 847.65 52.10 3493.62
899.75 857.83 41.92 2635.79
899.75 868.12 31.63 1767.67
899.75 878.54 21.21 889.13
899.80 889.13 10.67 0.00
"""
# V5: 20000.00 at 8.50 % over 12 months with a fee of 160.00 a month; payment here without the fee.
V5 = """
1744.40 1602.73 141.67 18397.27
1744.40 1614.09 130.31 16783.18
1744.40 1625.52 118.88 15157.66
1744.40 1637.03 107.37 13520.63
1744.40 1648.63 95.77 11872.00
1744.40 1660.31 84.09 10211.69
1744.40 1672.07 72.33 8539.62
1744.40 1683.91 60.49 6855.71
1744.40 1695.84 48.56 5159.87
1744.40 1707.85 36.55 3452.02
1744.40 1719.95 24.45 1732.07
"""
E1 = """
33.33 33.33 0.00 66.67
33.33 33.33 0.00 33.34
33.34 33.34 0.00 0.00
"""


def lines(text):
    return [tuple(Decimal(cell) for cell in line.split()) for line in text.strip().splitlines()]


def figures(schedule):
    return [(row.payment, row.principal, row.interest, row.balance) for row in schedule.rows]


def test_vector_v1_to_the_cent():
    schedule = equal_instalment_schedule(Decimal("10000.00"), Decimal("14.40"), 12, START)
    assert figures(schedule) == lines(V1)
    assert [row.no for row in schedule.rows] == list(range(1, 13))
    assert schedule.total_interest == Decimal("797.05")
    assert schedule.total_repayment == Decimal("10797.05")
    assert schedule.total_fees == 0


def test_the_unrounded_payment_of_v1():
    assert abs(equal_instalment_payment(Decimal(10000), Decimal("14.40"), 12) - Decimal("899.7543327935")) < Decimal(
        "1e-10"
    )


def test_vector_v5_keeps_the_fee_apart_from_the_payment():
    schedule = equal_instalment_schedule(Decimal(20000), Decimal("8.50"), 12, START, Decimal("160.00"))
    assert figures(schedule)[:11] == lines(V5)
    assert {row.fees for row in schedule.rows} == {Decimal("160.00")}
    assert schedule.rows[-1].balance == 0
    assert schedule.total_fees == Decimal("1920.00")
    assert schedule.rows[0].payment + schedule.rows[0].fees == Decimal("1904.40")


def test_vector_e1_no_interest():
    assert figures(equal_instalment_schedule(Decimal(100), Decimal(0), 3, START)) == lines(E1)


def test_vector_e2_one_instalment():
    schedule = equal_instalment_schedule(Decimal("1000.01"), Decimal("9.99"), 1, START)
    assert figures(schedule) == [(Decimal("1008.34"), Decimal("1000.01"), Decimal("8.33"), Decimal("0.00"))]


def test_vector_e3_the_residue_of_a_long_small_loan_falls_on_the_last_instalment():
    schedule = equal_instalment_schedule(Decimal(500), Decimal(24), 60, START)
    assert {row.payment for row in schedule.rows[:-1]} == {Decimal("14.38")}
    assert schedule.rows[-1].payment == Decimal("14.84")
    assert schedule.total_interest == Decimal("363.26")


def test_vector_e4_due_dates_return_to_the_31st():
    expected = (
        "2028-01-31 2028-02-29 2028-03-31 2028-04-30 2028-05-31 2028-06-30 "
        "2028-07-31 2028-08-31 2028-09-30 2028-10-31 2028-11-30 2028-12-31"
    )
    assert [day.isoformat() for day in due_dates(date(2027, 12, 31), 12)] == expected.split()


def test_vector_e5_a_payment_rounded_to_the_cent_keeps_all_twelve_instalments():
    schedule = equal_instalment_schedule(Decimal(130), Decimal(20), 12, START)
    assert len(schedule.rows) == 12
    assert schedule.rows[0].payment == Decimal("12.04")
    assert schedule.rows[-1].payment == Decimal("12.07")


@pytest.mark.parametrize(
    ("principal", "rate", "months"), [("0", "10", 12), ("-1", "10", 12), ("100", "-0.01", 12), ("100", "10", 0)]
)
def test_what_is_no_loan_is_refused(principal, rate, months):
    with pytest.raises(ValueError, match="positive"):
        equal_instalment_schedule(Decimal(principal), Decimal(rate), months, START)


amounts = st.decimals(min_value="10", max_value="200000", places=2)
rates = st.decimals(min_value="0", max_value="36", places=2)


@given(principal=amounts, rate=rates, months=st.integers(1, 60), start=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_schedule_adds_up(principal, rate, months, start):
    schedule = equal_instalment_schedule(principal, rate, months, start)
    balance = principal
    for row in schedule.rows:
        assert row.payment == row.principal + row.interest
        assert row.interest >= 0
        balance -= row.principal
        assert row.balance == balance
        assert row.balance >= 0
    assert balance == 0
    assert sum(row.principal for row in schedule.rows) == principal
    assert schedule.total_repayment == principal + schedule.total_interest
    days = [row.due for row in schedule.rows]
    assert days == sorted(set(days))
    assert days[0] > start
    assert all(day.day in {start.day, 28, 29, 30} for day in days)


@given(principal=amounts, low=rates, high=rates, months=st.integers(1, 60))
def test_a_higher_rate_never_costs_less(principal, low, high, months):
    low, high = sorted((low, high))
    cheap = equal_instalment_schedule(principal, low, months, START).total_interest
    # Each of the instalments may be rounded by half a cent.
    assert cheap <= equal_instalment_schedule(principal, high, months, START).total_interest + months * Decimal("0.01")
