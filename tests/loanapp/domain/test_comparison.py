"""Ways of paying back side by side, and paying off early with an instalment of choice."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.comparison import compare_methods, ended_after
from loanapp.domain.schedule import RepaymentMethod, product_plan

D = Decimal
DAY = date(2026, 12, 5)


def plan_of(months=12, amount=10000, rate="14.40", fee="0"):
    return product_plan(D(amount), D(rate), months, RepaymentMethod.EQUAL_INSTALMENT, DAY, fee_per_instalment=D(fee))


def test_the_four_ways_cost_what_their_schedules_say():
    found = {one.method: one for one in compare_methods(plan_of())}
    interest = [found[method].schedule.total_interest for method in RepaymentMethod]
    assert interest == [D("797.05"), D("780.00"), D("1440.00"), D("1440.00")]
    assert len(found[RepaymentMethod.BULLET].schedule.rows) == 1


def test_paid_off_with_the_sixth():
    plan = plan_of()
    schedule = plan.schedule()
    early = ended_after(plan, schedule, 6)
    assert (early.on, early.amount) == (schedule.rows[5].due, schedule.rows[5].balance)
    assert early.schedule.total_interest == sum(row.interest for row in schedule.rows[:6])
    assert abs(early.cost.simple_total - D("14.40")) < D("0.001")


@pytest.mark.parametrize("no", [0, 13, -1])
def test_an_instalment_there_is_not(no):
    plan = plan_of()
    with pytest.raises(ValueError, match="no instalment"):
        ended_after(plan, plan.schedule(), no)


@given(
    amount=st.integers(1000, 50000),
    months=st.integers(1, 60),
    rate=st.sampled_from(["0", "7.20", "14.40", "24.00"]),
    part=st.floats(0, 1),
)
def test_early_never_costs_more_and_saves_exactly_the_interest(amount, months, rate, part):
    plan = plan_of(months, amount, rate)
    schedule = plan.schedule()
    early = ended_after(plan, schedule, max(1, round(part * months)))
    assert early.saved >= 0
    assert early.schedule.total_repayment == schedule.total_repayment - early.saved
    assert early.schedule.rows[-1].balance == 0
