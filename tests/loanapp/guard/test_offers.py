"""Every dishonest offer is refused, each for its own reason; every honest one passes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.errors import ErrorCode
from loanapp.domain.schedule import RepaymentMethod
from loanapp.guard import offers
from loanapp.guard.offers import check_offer, check_shown_rate, cost_cap_pct, same_percent
from loanapp.guard.refusal import GuardRefusal
from tests.loanapp.guard.offers_data import TODAY, D, honest, with_cost, with_row, with_rows

E = ErrorCode
BASE = honest()
FIRST, SIXTH, LAST = BASE.schedule.rows[0], BASE.schedule.rows[5], BASE.schedule.rows[-1]
DAY = timedelta(days=1)


def recosted(offer, received=None):
    """The same offer with a cost that is honest for its schedule, so that only the lie at hand is left."""
    return replace(offer, cost=annualised_cost(offer.schedule, received))


def moved(days):
    """Every instalment is due so many days earlier."""
    return with_rows(BASE, [replace(row, due=row.due - timedelta(days=days)) for row in BASE.schedule.rows])


DISHONEST = {
    "a fee below nothing": (replace(BASE, fee_per_instalment=D("-1.00")), E.GUARD_SCHEDULE_DIFFERS),
    "a fee of half a cent": (replace(BASE, fee_per_instalment=D("0.005")), E.GUARD_SCHEDULE_DIFFERS),
    "a rate below nothing": (replace(BASE, annual_rate_pct=D("-1.00")), E.GUARD_SCHEDULE_DIFFERS),
    "another method": (honest(method=RepaymentMethod.BULLET), E.GUARD_OFFER_NOT_AS_ASKED),
    "due when the calendar begins": (
        with_rows(BASE, [replace(FIRST, due=date.min), *BASE.schedule.rows[1:]]),
        E.GUARD_SCHEDULE_DIFFERS,
    ),
    "due when it ends": (
        with_rows(BASE, [replace(FIRST, due=date.max), *BASE.schedule.rows[1:]]),
        E.GUARD_SCHEDULE_DIFFERS,
    ),
    "less than asked": (replace(BASE, terms=replace(BASE.terms, amount=D("9000.00"))), E.GUARD_OFFER_NOT_AS_ASKED),
    "more than asked": (honest("20000.00"), E.GUARD_OFFER_NOT_AS_ASKED),
    "a longer term": (honest(months=24), E.GUARD_OFFER_NOT_AS_ASKED),
    "a shorter term": (honest(months=6), E.GUARD_OFFER_NOT_AS_ASKED),
    "a deposit first": (replace(BASE, fee_before_payout=D("200.00")), E.GUARD_FEE_BEFORE_PAYOUT),
    "a deposit of a cent": (replace(BASE, fee_before_payout=D("0.01")), E.GUARD_FEE_BEFORE_PAYOUT),
    "a head cut off": (replace(BASE, payout=D("9000.00")), E.GUARD_PAYOUT_DIFFERS),
    "interest taken in advance": (
        recosted(replace(BASE, payout=BASE.payout - BASE.schedule.total_interest), D("9211.04")),
        E.GUARD_PAYOUT_DIFFERS,
    ),
    "more paid out than owed": (replace(BASE, payout=D("10000.01")), E.GUARD_PAYOUT_DIFFERS),
    "a schedule of another principal": (
        replace(BASE, schedule=replace(BASE.schedule, principal=D("10100.00"))),
        E.GUARD_PAYOUT_DIFFERS,
    ),
    "a payment a cent higher": (with_row(BASE, 6, payment=SIXTH.payment + D("0.01")), E.GUARD_SCHEDULE_DIFFERS),
    "interest counted higher": (with_row(BASE, 1, interest=FIRST.interest + 1), E.GUARD_SCHEDULE_DIFFERS),
    "principal counted lower": (with_row(BASE, 1, principal=FIRST.principal - 1), E.GUARD_SCHEDULE_DIFFERS),
    "a fee in one row": (with_row(BASE, 12, fees=D("9.90")), E.GUARD_SCHEDULE_DIFFERS),
    "a balance left at the end": (with_row(BASE, 12, balance=D("100.00")), E.GUARD_SCHEDULE_DIFFERS),
    "a number out of order": (with_row(BASE, 6, no=7), E.GUARD_SCHEDULE_DIFFERS),
    "one row more": (
        with_rows(BASE, [*BASE.schedule.rows, replace(LAST, no=13, due=LAST.due + 31 * DAY)]),
        E.GUARD_SCHEDULE_DIFFERS,
    ),
    "one row less": (with_rows(BASE, BASE.schedule.rows[:-1]), E.GUARD_SCHEDULE_DIFFERS),
    "no rows": (with_rows(BASE, []), E.GUARD_SCHEDULE_DIFFERS),
    "the first payment tomorrow": (moved(29), E.GUARD_SCHEDULE_DIFFERS),
    "due dates before today": (moved(60), E.GUARD_SCHEDULE_DIFFERS),
    "due dates counted from next week": (moved(-7), E.GUARD_SCHEDULE_DIFFERS),
    "one due date earlier": (with_row(BASE, 6, due=SIXTH.due - DAY), E.GUARD_SCHEDULE_DIFFERS),
    "a schedule at a higher rate than stated": (
        replace(honest(rate="18.00"), annual_rate_pct=D("14.40")),
        E.GUARD_SCHEDULE_DIFFERS,
    ),
    "a fee in the schedule nobody stated": (
        replace(honest(fee="20.00"), fee_per_instalment=D("0.00")),
        E.GUARD_SCHEDULE_DIFFERS,
    ),
    "a stated fee that is not in the schedule": (
        replace(BASE, fee_per_instalment=D("20.00")),
        E.GUARD_SCHEDULE_DIFFERS,
    ),
    "a nominal rate too low": (with_cost(BASE, nominal_irr=D("12.0000")), E.GUARD_RATE_DIFFERS),
    "an effective rate too low": (with_cost(BASE, effective_irr=D("14.4000")), E.GUARD_RATE_DIFFERS),
    "a simple rate too low": (with_cost(BASE, simple_total=D("7.8000")), E.GUARD_RATE_DIFFERS),
    "the flat rate, half the truth": (with_cost(BASE, simple_interest=D("7.8900")), E.GUARD_RATE_DIFFERS),
    "fees that cost nothing": (with_cost(honest(fee="20.00"), simple_fees=D("0.0000")), E.GUARD_RATE_DIFFERS),
    "over the cap by interest": (honest(rate="24.10"), E.GUARD_COST_OVER_CAP),
    "over the cap by fees": (honest(rate="14.40", fee="80.00"), E.GUARD_COST_OVER_CAP),
    "a penalty over the cap": (replace(BASE, penalty_annual_pct=D("36.00")), E.GUARD_PENALTY_OVER_CAP),
}


@pytest.mark.attack("a-dishonest-offer-is-refused-for-its-own-reason")
@pytest.mark.parametrize("lie", DISHONEST)
def test_a_dishonest_offer_is_refused_for_its_own_reason(lie):
    offer, code = DISHONEST[lie]
    with pytest.raises(GuardRefusal) as caught:
        check_offer(offer, BASE.terms, TODAY)
    assert caught.value.code is code
    assert caught.value.what


def test_the_reasons_cover_every_code_of_the_offer():
    assert {code for _, code in DISHONEST.values()} == {
        E.GUARD_OFFER_NOT_AS_ASKED,
        E.GUARD_FEE_BEFORE_PAYOUT,
        E.GUARD_PAYOUT_DIFFERS,
        E.GUARD_SCHEDULE_DIFFERS,
        E.GUARD_RATE_DIFFERS,
        E.GUARD_COST_OVER_CAP,
        E.GUARD_PENALTY_OVER_CAP,
    }


def test_a_total_stated_beside_the_schedule_has_to_fit():
    check_offer(BASE, BASE.terms, TODAY, BASE.schedule.total_repayment)
    with pytest.raises(GuardRefusal) as caught:
        check_offer(BASE, BASE.terms, TODAY, BASE.schedule.total_repayment - 1)
    assert caught.value.what == "total_repayment"


HONEST = {
    "as asked": BASE,
    "three months": honest(months=3),
    "two years": honest(months=24),
    "the smallest": honest("1000.00"),
    "the largest": honest("50000.00"),
    "no interest": honest(rate="0.00"),
    "just under the cap": honest(rate="23.99"),
    "with a fee under the cap": honest(rate="10.00", fee="10.00"),
    "one month": honest(months=1),
    "an odd amount": honest("12345.67"),
    "two decimals in the rates": with_cost(
        BASE,
        **{
            name: round(getattr(BASE.cost, name), 2)
            for name in ("nominal_irr", "effective_irr", "simple_interest", "simple_fees", "simple_total")
        },
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_offer_passes(name):
    offer = HONEST[name]
    check_offer(offer, offer.terms, TODAY, offer.schedule.total_repayment)


@pytest.mark.parametrize("day", [date(2027, 1, 31), date(2028, 1, 30), date(2027, 2, 28), date(2028, 2, 29), TODAY])
@pytest.mark.parametrize("age", [0, 1, 8])
def test_an_honest_offer_passes_at_the_end_of_a_month_and_days_later(day, age):
    offer = honest(day=day)
    check_offer(offer, offer.terms, day + age * DAY)


def test_an_offer_gets_too_old():
    with pytest.raises(GuardRefusal):
        check_offer(BASE, BASE.terms, TODAY + 9 * DAY)


def test_the_cap_is_the_dated_one(monkeypatch):
    assert cost_cap_pct(TODAY) == Decimal("24.00")
    rows = [{"value": "20.00", "from": "2027-07-01"}, {"value": "24.00", "from": "2025-10-01"}]
    monkeypatch.setattr(offers, "read_toml", lambda *_: {"cost_cap_pct": rows})
    caps = [cost_cap_pct(day) for day in (date(2020, 1, 1), date(2027, 6, 30), date(2027, 7, 1))]
    assert caps == [Decimal("24.00"), Decimal("24.00"), Decimal("20.00")]


def test_the_cap_is_not_relied_on_beyond_its_last_day(monkeypatch):
    rows = [{"value": "24.00", "from": "2025-10-01", "to": "2026-11-22"}]
    real = offers.read_toml
    monkeypatch.setattr(offers, "read_toml", lambda *path: {**real(*path), "cost_cap_pct": rows})
    check_offer(BASE, BASE.terms, TODAY)
    with pytest.raises(GuardRefusal) as caught:
        check_offer(BASE, BASE.terms, TODAY + DAY)
    assert (caught.value.code, caught.value.what) == (E.GUARD_CAP_EXPIRED, "cost_cap_pct")


def test_no_more_is_charged_than_the_page_showed():
    for shown in ("14.40", "18.00"):
        check_shown_rate(BASE, D(shown))
    with pytest.raises(GuardRefusal) as caught:
        check_shown_rate(BASE, D("14.39"))
    assert caught.value.code is E.GUARD_PAGE_RATE_DIFFERS


def test_a_clock_before_every_row_is_no_crash():
    day = date(2019, 12, 31)
    offer = honest(day=day)
    check_offer(offer, offer.terms, day)


def test_a_schedule_of_another_principal_is_refused():
    other = replace(BASE, schedule=replace(BASE.schedule, principal=D("9000.00")))
    with pytest.raises(GuardRefusal) as caught:
        check_offer(other, BASE.terms, TODAY)
    assert caught.value.code is E.GUARD_PAYOUT_DIFFERS


@pytest.mark.parametrize(("stated", "own"), [("7.21", "7.205"), ("7.2050", "7.205"), ("0.13", "0.125"), ("3.0", "3")])
def test_a_percentage_is_rounded_halves_up(stated, own):
    assert same_percent(D(stated), D(own))


def test_a_percentage_rounded_down_is_another():
    assert not same_percent(D("0.12"), D("0.125"))


@pytest.mark.attack("any-cent-added-to-any-row-is-found")
@given(
    amount=st.integers(100_000, 20_000_000),
    months=st.integers(1, 36),
    rate=st.integers(0, 2390),
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    data=st.data(),
)
def test_any_cent_added_to_any_row_is_found(amount, months, rate, day, data):
    offer = honest(str(D(amount) / 100), months, str(D(rate) / 100), day=day)
    check_offer(offer, offer.terms, day)
    number = data.draw(st.integers(1, months))
    column = data.draw(st.sampled_from(["payment", "principal", "interest", "fees", "balance"]))
    row = offer.schedule.rows[number - 1]
    lie = with_row(offer, number, **{column: getattr(row, column) + D("0.01")})
    with pytest.raises(GuardRefusal) as caught:
        check_offer(recosted(lie), offer.terms, day)
    assert caught.value.code is E.GUARD_SCHEDULE_DIFFERS
