"""The all-in yearly cost against the vectors and against pyxirr, another implementation."""

from datetime import date
from decimal import Decimal

import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.internal_rate import NoRateError, monthly_irr
from loanapp.domain.schedule import equal_instalment_schedule

START = date(2026, 12, 5)


def test_vector_v1():
    cost = annualised_cost(equal_instalment_schedule(Decimal(10000), Decimal("14.40"), 12, START))
    assert cost.nominal_irr == Decimal("14.3999")
    assert cost.effective_irr == Decimal("15.3894")
    assert cost.simple_interest == Decimal("14.3999")
    assert cost.simple_fees == 0
    assert cost.simple_total == Decimal("14.3999")
    assert cost.headline == Decimal("14.3999")


def test_vector_v5_fees_push_the_cost_over_what_the_rate_says():
    schedule = equal_instalment_schedule(Decimal(20000), Decimal("8.50"), 12, START, Decimal("160.00"))
    cost = annualised_cost(schedule)
    assert cost.simple_interest < Decimal("8.51")
    assert cost.headline > Decimal("24.00")
    assert cost.headline == max(cost.nominal_irr, cost.simple_total)


def test_vector_v5b_money_held_back_raises_the_rate():
    schedule = equal_instalment_schedule(Decimal(10000), Decimal("12.00"), 12, START)
    cost = annualised_cost(schedule, received=Decimal("9500.00"))
    assert cost.nominal_irr == Decimal("21.8560")
    assert cost.effective_irr == Decimal("24.1840")


def test_no_interest_costs_nothing():
    cost = annualised_cost(equal_instalment_schedule(Decimal(100), Decimal(0), 3, START))
    assert cost.headline == cost.effective_irr == 0


@pytest.mark.parametrize("flows", [["100", "0", "0"], ["0", "0"], ["-100", "50", "60"]])
def test_flows_without_a_rate(flows):
    if flows == ["0", "0"]:
        # Nothing lent and nothing paid is consistent with any rate; it is answered, not refused.
        assert isinstance(monthly_irr([Decimal(flow) for flow in flows]), Decimal)
        return
    with pytest.raises(NoRateError):
        monthly_irr([Decimal(flow) for flow in flows])


@given(
    principal=st.decimals(min_value="100", max_value="200000", places=2),
    rate=st.decimals(min_value="0.5", max_value="36", places=2),
    months=st.integers(2, 60),
    fee=st.decimals(min_value="0", max_value="5", places=2),
)
def test_agrees_with_pyxirr(principal, rate, months, fee):
    schedule = equal_instalment_schedule(principal, rate, months, START, fee)
    flows = [principal, *(-(row.payment + row.fees) for row in schedule.rows)]
    theirs = pyxirr.irr([float(flow) for flow in flows])
    assert theirs is not None
    assert abs(float(monthly_irr(flows)) - theirs) < 1e-9


@given(
    principal=st.decimals(min_value="100", max_value="200000", places=2),
    rate=st.decimals(min_value="0", max_value="36", places=2),
    months=st.integers(1, 60),
)
def test_without_fees_the_cost_is_the_rate_but_for_rounding(principal, rate, months):
    cost = annualised_cost(equal_instalment_schedule(principal, rate, months, START))
    # A cent on each instalment of the smallest principal bounds what rounding can move.
    slack = Decimal(1200) * Decimal("0.02") / principal + Decimal("0.0002")
    assert abs(cost.nominal_irr - rate) <= slack
    assert abs(cost.simple_total - rate) <= slack
