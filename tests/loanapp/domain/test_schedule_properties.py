"""What holds for every loan by every method, over thousands of them, and against other implementations."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loanapp.domain.annualised_cost import annualised_cost, effective_by_days, itemised_cost, months_until, payments
from loanapp.domain.comparison import compare_methods
from loanapp.domain.fees import Fee, FeeTiming
from loanapp.domain.interest import DayCount, interest_for_days, overdue_penalty
from loanapp.domain.internal_rate import NoRateError, monthly_irr, yearly_irr
from loanapp.domain.prepayment import PrepaymentChoice, payoff_quote, prepay, settled
from loanapp.domain.schedule import RepaymentMethod, RepaymentPlan, due_dates

D = Decimal
CENT = D("0.01")
START = date(2026, 12, 5)

principals = st.integers(1000, 20_000_000).map(lambda cents: D(cents) / 100)
rates = st.integers(0, 3600).map(lambda hundredths: D(hundredths) / 100)
fee_amounts = st.integers(0, 5000).map(lambda cents: D(cents) / 100)


def over_many(**strategies):
    """Hold a property over some cases, and as a slow test of its own over thousands."""

    def make(holds):
        many = settings(max_examples=3000)(given(**strategies)(holds))
        globals()[f"{holds.__name__}_over_thousands"] = pytest.mark.slow(pytest.mark.timeout(900)(many))
        return settings(max_examples=120)(given(**strategies)(holds))

    return make


@st.composite
def plans(draw, fees=True, methods=tuple(RepaymentMethod)):
    plan = RepaymentPlan(
        draw(principals),
        draw(rates),
        draw(st.integers(1, 60)),
        draw(st.sampled_from(methods)),
        draw(st.dates(date(2000, 1, 1), date(2100, 1, 1))),
        draw(st.sampled_from(DayCount)),
    )
    if not fees:
        return plan
    day = draw(st.dates(plan.disbursed + timedelta(days=1), plan.due_dates()[-1]))
    charged = (
        Fee("each", draw(fee_amounts), FeeTiming.PER_INSTALMENT),
        Fee("first", min(draw(fee_amounts), plan.principal / 2).quantize(CENT), FeeTiming.UPFRONT),
        Fee("once", draw(fee_amounts), FeeTiming.ON_DATE, day),
        Fee("late", draw(fee_amounts), FeeTiming.ON_EVENT),
    )
    return replace(plan, fees=tuple(draw(st.lists(st.sampled_from(charged), unique=True, max_size=4))))


def hold_sums(schedule):
    balance = schedule.principal
    for row in schedule.rows:
        assert row.payment == row.principal + row.interest
        assert min(row.principal, row.interest, row.fees, row.balance) >= 0
        balance -= row.principal
        assert row.balance == balance
    assert balance == 0
    whole = schedule.principal + schedule.total_interest + schedule.total_fees
    assert schedule.total_repayment == whole


@over_many(plan=plans())
def test_every_schedule_adds_up(plan):
    schedule = plan.schedule()
    hold_sums(schedule)
    assert schedule.months == plan.months
    days = [row.due for row in schedule.rows]
    assert days == sorted(set(days))
    assert days[-1] == due_dates(plan.disbursed, plan.months)[-1]
    named = sum((item.total for item in itemised_cost(schedule)), D(0))
    assert named == schedule.total_fees
    assert sum(paid for _, paid in payments(schedule)) == schedule.total_repayment - schedule.upfront_fees
    assert [row.no for row in schedule.rows] == list(range(1, len(schedule.rows) + 1))


@over_many(plan=plans(fees=False), other=rates)
def test_a_higher_rate_never_costs_less(plan, other):
    low, high = sorted((plan.annual_rate_pct, other))
    cheap, dear = (replace(plan, annual_rate_pct=rate).schedule().total_interest for rate in (low, high))
    assert cheap <= dear + plan.months * CENT  # each row rounds by half a cent at most, and carries it on


@over_many(plan=plans(fees=False, methods=(RepaymentMethod.EQUAL_INSTALMENT,)))
def test_equal_instalments_are_equal_but_for_the_last(plan):
    rows = plan.schedule().rows
    assume(all(row.principal for row in rows))
    assert len({row.payment for row in rows[:-1]}) <= 1


@over_many(plan=plans(fees=False))
def test_the_sooner_principal_returns_the_less_interest(plan):
    by = {found.method: found.schedule.total_interest for found in compare_methods(plan)}
    slack = plan.months * CENT
    assert by[RepaymentMethod.EQUAL_PRINCIPAL] <= by[RepaymentMethod.EQUAL_INSTALMENT] + slack
    assert by[RepaymentMethod.EQUAL_INSTALMENT] <= by[RepaymentMethod.INTEREST_FIRST] + slack
    assert abs(by[RepaymentMethod.INTEREST_FIRST] - by[RepaymentMethod.BULLET]) <= slack


def flows_of(plan, schedule):
    flows = [schedule.principal - schedule.upfront_fees, *([D(0)] * plan.months)]
    for position, row in enumerate(schedule.rows, start=1):
        flows[position * schedule.months_per_row] -= row.payment + row.fees
    return flows


@over_many(plan=plans())
def test_rates_agree_with_pyxirr(plan):
    plan = replace(plan, fees=tuple(fee for fee in plan.fees if fee.timing is not FeeTiming.ON_DATE))
    schedule = plan.schedule()
    theirs = pyxirr.irr([float(flow) for flow in flows_of(plan, schedule)])
    assume(theirs is not None and theirs < 9)
    assert abs(float(monthly_irr(flows_of(plan, schedule))) - theirs) < 1e-9
    assert abs(float(annualised_cost(schedule).nominal_irr) - theirs * 1200) < 1e-4


@over_many(plan=plans())
def test_dated_rates_agree_with_pyxirr(plan):
    schedule = plan.schedule()
    dated = [(plan.disbursed, schedule.principal - schedule.upfront_fees)]
    dated += [(day, -paid) for day, paid in payments(schedule)]
    assume(any(flow < 0 for _, flow in dated))
    theirs = pyxirr.xirr([day for day, _ in dated], [float(flow) for _, flow in dated])
    assume(theirs is not None and theirs < 1e6)
    assert float(yearly_irr(dated)) == pytest.approx(theirs, abs=1e-8, rel=1e-8)
    assert float(effective_by_days(schedule, plan.disbursed)) == pytest.approx(theirs * 100, abs=1e-4, rel=1e-6)


@over_many(plan=plans(fees=False), data=st.data())
def test_a_fee_costs_more_the_sooner_it_is_taken(plan, data):
    plan = replace(plan, principal=plan.principal + 1000)
    term = (plan.due_dates()[-1] - plan.disbursed).days
    sooner = data.draw(st.integers(1, term))
    later = data.draw(st.integers(sooner, term))

    def cost(day):
        fee = Fee("once", D("10.00"), FeeTiming.ON_DATE, plan.disbursed + timedelta(days=day))
        return annualised_cost(replace(plan, fees=(fee,)).schedule()).nominal_irr

    assert cost(sooner) >= cost(later)
    upfront = Fee("once", D("10.00"), FeeTiming.UPFRONT)
    assert annualised_cost(replace(plan, fees=(upfront,)).schedule()).nominal_irr >= cost(sooner)


@given(plan=plans(), months=st.integers(0, 60))
def test_months_are_counted_from_the_day_of_payout(plan, months):
    days = (plan.disbursed, *due_dates(plan.disbursed, 61))
    assert months_until(plan.disbursed, days[months]) == months
    following = months_until(plan.disbursed, days[months] + timedelta(days=1))
    assert months < following <= months + 1


@over_many(plan=plans(), data=st.data())
def test_settling_early_never_costs_more_than_staying(plan, data):
    schedule = plan.schedule()
    on = data.draw(st.dates(plan.disbursed, plan.due_dates()[-1]))
    quote = payoff_quote(plan, schedule, on)
    assert min(quote.outstanding, quote.days, quote.accrued, quote.arrears, quote.fee, quote.saved) >= 0
    ended = settled(schedule, quote)
    hold_sums(ended)
    assert ended.total_interest + quote.saved == schedule.total_interest
    assert ended.total_repayment <= schedule.total_repayment
    late = payoff_quote(plan, schedule, on, paid=0)
    assert late.outstanding == schedule.principal
    assert late.amount >= quote.amount


@over_many(plan=plans(), share=st.integers(1, 99), choice=st.sampled_from(PrepaymentChoice), data=st.data())
def test_paying_a_part_early_saves_interest_and_adds_up(plan, share, choice, data):
    schedule = plan.schedule()
    on = data.draw(st.dates(plan.disbursed, plan.due_dates()[-1] - timedelta(days=1)))
    done = [row for row in schedule.rows if row.due <= on]
    balance = done[-1].balance if done else schedule.principal
    amount = (balance * share / 100).quantize(CENT)
    assume(0 < amount < balance)
    part = prepay(plan, schedule, on, amount, choice)
    hold_sums(part.after)
    assert part.accrued >= 0
    # Rounding to the cent may cost a cent a row where next to nothing is prepaid.
    assert part.saved >= -len(schedule.rows) * CENT
    assert [row.due for row in part.after.rows] == sorted(row.due for row in part.after.rows)
    again = [row for row in part.after.rows if row.due <= on][-1].balance
    if again > CENT:
        twice = prepay(plan, part.after, on, CENT, choice)
        hold_sums(twice.after)
        assert twice.accrued >= 0


@over_many(
    plan=plans(fees=False, methods=(RepaymentMethod.EQUAL_INSTALMENT,)), share=st.integers(5, 90), data=st.data()
)
def test_keeping_the_instalment_saves_more_than_keeping_the_term(plan, share, data):
    schedule = plan.schedule()
    reached = data.draw(st.integers(1, len(schedule.rows)))
    row = schedule.rows[reached - 1]
    amount = (row.balance * share / 100).quantize(CENT)
    assume(0 < amount < row.balance)
    by = {choice: prepay(plan, schedule, row.due, amount, choice) for choice in PrepaymentChoice}
    term, kept = by[PrepaymentChoice.KEEP_TERM], by[PrepaymentChoice.KEEP_INSTALMENT]
    assert kept.saved >= term.saved - plan.months * CENT
    assert plan.months >= len(term.after.rows) >= len(kept.after.rows)


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2028, 2, 29), date(2027, 12, 31)])
def test_leap_days_and_month_ends_count_their_days(day):
    plan = RepaymentPlan(D(36000), D(10), 60, RepaymentMethod.INTEREST_FIRST, day, DayCount.ACT_360)
    schedule = plan.schedule()
    opening = day
    for row in schedule.rows:
        assert row.interest == (D(row.due.toordinal() - opening.toordinal()) * 10).quantize(CENT)
        opening = row.due


def test_a_penalty_counts_days_and_nothing_else():
    assert overdue_penalty(D(1000), D(18), 0, DayCount.ACT_360) == 0
    assert overdue_penalty(D(1000), D(18), 20, DayCount.ACT_360) == D("10.00")
    with pytest.raises(ValueError, match="negative"):
        interest_for_days(D(1000), D(18), -1, DayCount.ACT_360)
    with pytest.raises(ValueError, match="no days"):
        interest_for_days(D(1000), D(18), 1, DayCount.MONTHLY)


def test_an_instalment_not_paid_is_owed_with_its_interest():
    plan = RepaymentPlan(D(10000), D("14.40"), 12, RepaymentMethod.EQUAL_INSTALMENT, START)
    schedule = plan.schedule()
    quote = payoff_quote(plan, schedule, date(2027, 3, 10), paid=1)
    late = schedule.rows[1:3]
    assert quote.outstanding == schedule.rows[0].balance
    assert quote.arrears == sum(row.interest for row in late)
    assert quote.days == 5
    ahead = payoff_quote(plan, schedule, date(2027, 3, 10), paid=5)
    assert (ahead.days, ahead.accrued, ahead.amount) == (0, 0, schedule.rows[4].balance)
    over = payoff_quote(plan, schedule, date(2030, 1, 1))
    assert (over.amount, over.saved) == (0, 0)


PLAN = RepaymentPlan(D(10000), D("14.40"), 12, RepaymentMethod.EQUAL_INSTALMENT, START)


@pytest.mark.parametrize(("day", "paid"), [(START - timedelta(days=1), None), (START, -1), (START, 13)])
def test_a_payoff_that_cannot_be(day, paid):
    with pytest.raises(ValueError, match="no loan to settle"):
        payoff_quote(PLAN, PLAN.schedule(), day, paid)


@pytest.mark.parametrize("amount", ["0", "-1", "10000.00", "99999", "1.005"])
def test_a_part_that_cannot_be(amount):
    with pytest.raises(ValueError, match="a part"):
        prepay(PLAN, PLAN.schedule(), START, D(amount), PrepaymentChoice.KEEP_TERM)


@pytest.mark.parametrize("day", [START - timedelta(days=1), PLAN.due_dates()[-1]])
def test_a_day_on_which_no_part_is_paid(day):
    with pytest.raises(ValueError, match="no instalment"):
        prepay(PLAN, PLAN.schedule(), day, D(100), PrepaymentChoice.KEEP_TERM)


@pytest.mark.parametrize(
    "fee",
    [
        lambda: Fee("", D("-0.01"), FeeTiming.UPFRONT),
        lambda: Fee("", D("0.001"), FeeTiming.UPFRONT),
        lambda: Fee("", D(1), FeeTiming.ON_DATE),
        lambda: Fee("", D(1), FeeTiming.UPFRONT, START),
    ],
)
def test_what_is_no_fee(fee):
    with pytest.raises(ValueError, match="fee"):
        fee()


def test_a_fee_after_the_end_is_no_fee_of_the_loan():
    with pytest.raises(ValueError, match="after the last"):
        replace(PLAN, fees=(Fee("", D(1), FeeTiming.ON_DATE, date(2030, 1, 1)),))


def test_payments_that_no_rate_explains():
    with pytest.raises(NoRateError):
        yearly_irr([(START, D(100)), (START + timedelta(days=30), D(-0))])
