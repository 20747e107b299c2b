"""The guard against borrowing too much: by dated lines, with a lighter loan that really fits."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.affordability import BurdenBand, BurdenReason, Household, burden_pct
from loanapp.domain.offer import LoanTerms
from loanapp.domain.schedule import RepaymentMethod, loan_schedule
from loanapp.guard import burden
from loanapp.guard.burden import burden_lines, weigh_loan
from loanapp.resource_files import read_toml

D = Decimal
DAY = date(2026, 11, 26)
RATE, FEE = D("14.40"), D(0)
EQUAL = RepaymentMethod.EQUAL_INSTALMENT


@dataclass(frozen=True)
class Product:
    amounts: range = range(1000, 50001, 100)
    months: tuple[int, ...] = (3, 6, 12, 24)
    annual_rate_pct: Decimal = RATE
    fee_per_instalment: Decimal = FEE


def weigh(income, debts, amount=10000, months=12, **more):
    household = Household(D(income), D(debts), **more)
    return weigh_loan(household, Product(), LoanTerms(D(amount), months, EQUAL), DAY)


@pytest.mark.parametrize(
    ("income", "debts", "band"),
    [
        (15000, 1200, BurdenBand.GREEN),
        (5000, "900.25", BurdenBand.GREEN),  # 36.00 %: the line itself is still within
        (5000, "900.26", BurdenBand.AMBER),
        (5000, "1600.25", BurdenBand.AMBER),  # 50.00 %
        (5000, "1601", BurdenBand.REVIEW),
        (5000, "1850.25", BurdenBand.REVIEW),  # 55.00 %
        (5000, "1851", BurdenBand.REFUSE),
        (0, 0, BurdenBand.REFUSE),
    ],
)
def test_every_line_is_where_the_data_draw_it(income, debts, band):
    assert weigh(income, debts).means.band is band


def test_the_lines_are_dated_and_each_has_a_source(monkeypatch):
    lines, since = burden_lines(DAY)
    assert (lines.green_pct, lines.amber_pct, lines.review_pct) == (D(36), D(50), D(55))
    assert (lines.new_loans, lines.open_loans, since) == (3, 5, date(2026, 11, 22))
    limits = deepcopy(read_toml("policy", "limits.toml"))
    assert all(row["source"] for name in limits if name.startswith("burden_") for row in limits[name])
    limits["burden_green_pct"].append({**limits["burden_green_pct"][0], "value": "30", "from": "2027-01-01"})
    monkeypatch.setattr(burden, "read_toml", lambda *_: limits)
    assert burden_lines(date(2026, 12, 31))[0].green_pct == D(36)
    assert burden_lines(date(2027, 1, 1)) == (burden_lines(date(2027, 6, 1))[0], date(2027, 1, 1))
    assert burden_lines(date(2027, 1, 1))[0].green_pct == D(30)


def test_less_money_or_more_time_is_offered_where_either_fits():
    found = weigh(3000, 500)
    smaller, longer = found.lighter
    assert (smaller.months, longer.amount, longer.months) == (12, D(10000), 24)
    assert smaller.amount < D(10000)


def test_nothing_is_offered_where_the_loan_fits_or_nothing_does():
    assert weigh(15000, 0).lighter == ()
    assert weigh(1000, 900).lighter == ()


@given(
    income=st.integers(1, 30000),
    debts=st.integers(0, 12000),
    amount=st.integers(10, 500),
    months=st.sampled_from([3, 6, 12, 24]),
)
def test_a_lighter_loan_fits_and_its_next_larger_does_not(income, debts, amount, months):
    found = weigh(income, debts, amount * 100, months)
    for one in found.lighter:
        rows = loan_schedule(one.amount, RATE, one.months, EQUAL, DAY).rows
        assert one.instalment == rows[0].total
        assert burden_pct(D(income), D(debts), one.instalment) <= D(36)
        assert (one.amount, -one.months) < (D(amount * 100), -months) or one.months > months
        if one.amount + 100 < D(amount * 100):
            more = loan_schedule(one.amount + 100, RATE, one.months, EQUAL, DAY).rows
            assert burden_pct(D(income), D(debts), more[0].total) > D(36)


def test_what_is_left_is_told_for_every_month_of_the_loan():
    found = weigh(4000, 1000, living=D(2200))
    assert [month.no for month in found.means.months] == list(range(1, 13))
    assert found.means.months[0].left == D(4000) - D(1000) - D(2200) - D("899.75")
    assert all(month.left < 0 for month in found.means.months)


def test_an_own_loan_overdue_stops_everything_and_many_loans_ask_for_a_person():
    late = weigh(15000, 0, has_overdue=True).means
    assert (late.band, late.reasons) == (BurdenBand.REFUSE, (BurdenReason.OWN_LOAN_OVERDUE,))
    many = weigh(15000, 0, new_loans=4, open_loans=6).means
    assert many.band is BurdenBand.REVIEW
    assert many.reasons == (BurdenReason.MANY_NEW_LOANS, BurdenReason.MANY_OPEN_LOANS)
