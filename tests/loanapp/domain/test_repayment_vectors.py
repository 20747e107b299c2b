"""Every vector of ``repayment_vectors.json``, worked out independently in fifty digits, to the cent."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from loanapp.domain.affordability import BurdenBand, BurdenLimits, Household, burden_pct, fitting_loan
from loanapp.domain.annualised_cost import annualised_cost, effective_by_days, itemised_cost
from loanapp.domain.bank_card import luhn_valid
from loanapp.domain.errors import LoanAppError
from loanapp.domain.fees import Fee, FeeTiming
from loanapp.domain.identity_number import check_character, parse_identity_number
from loanapp.domain.interest import DayCount, annual_from_daily, interest_for_days, overdue_penalty
from loanapp.domain.internal_rate import yearly_irr
from loanapp.domain.money import to_cents
from loanapp.domain.prepayment import PrepaymentChoice, payoff_quote, prepay
from loanapp.domain.schedule import RepaymentMethod, RepaymentPlan, due_dates, equal_instalment_payment

D = Decimal
M = RepaymentMethod
VECTORS = json.loads((Path(__file__).parent / "repayment_vectors.json").read_text(encoding="utf-8"))
START = date(2026, 12, 5)
V1_PLAN = RepaymentPlan(D("10000.00"), D("14.40"), 12, M.EQUAL_INSTALMENT, START)


def plan_of(vector, method, **parts):
    given = vector["input"]
    principal = D(given.get("principal") or given["contract_principal"])
    parts = {"disbursed": START, **parts}
    return RepaymentPlan(principal, D(given["annual_rate_pct"]), given["months"], method, **parts)


def hold_rows(rows, expected):
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        for name in ("payment", "principal", "interest", "balance"):
            assert getattr(row, name) == D(wanted[name]), (row.no, name)
        assert row.due.isoformat() == wanted.get("due", row.due.isoformat())


def hold_rates(vector, schedule, received=None):
    cost = annualised_cost(schedule, received)
    assert f"{cost.nominal_irr:f}" == vector["nominal_annual_12x_pct"]
    assert f"{cost.effective_irr:f}" == vector["effective_annual_pct"]
    if "simple_on_occupied_principal_pct" in vector:
        assert f"{cost.simple_total:f}" == vector["simple_on_occupied_principal_pct"]
    return cost


def test_every_vector_of_the_file_has_its_test():
    held = {"V1", "V2", "V2b", "V3", "V4", "V5", "V5b", "V6", "V6b", *(f"E{number}" for number in range(1, 7))}
    held |= {"G1", "C1", "C2"}
    assert {name.split("_")[0] for name in VECTORS if not name.startswith("_")} == held


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("V1_equal_instalment", M.EQUAL_INSTALMENT),
        ("V2_equal_principal", M.EQUAL_PRINCIPAL),
        ("V2b_equal_principal_indivisible", M.EQUAL_PRINCIPAL),
    ],
)
def test_monthly_vectors(name, method):
    vector = VECTORS[name]
    schedule = plan_of(vector, method).schedule()
    hold_rows(schedule.rows, vector["rows"])
    assert schedule.total_interest == D(vector["total_interest"])
    assert schedule.total_repayment == D(vector["total_repay"])
    if "nominal_annual_12x_pct" in vector:
        hold_rates(vector, schedule)
        opening = [schedule.principal, *(row.balance for row in schedule.rows[:-1])]
        assert sum(opening) == D(vector["sum_of_period_opening_balances"])


def test_v1_by_days():
    vector = VECTORS["V1_equal_instalment"]
    assert f"{effective_by_days(V1_PLAN.schedule(), START):f}" == vector["xirr_365_pct_disbursed_2026-12-05"]


def test_v3_interest_first_by_days():
    vector = VECTORS["V3_interest_first_ACT360"]
    start = date.fromisoformat(vector["input"]["disbursed"])
    schedule = plan_of(vector, M.INTEREST_FIRST, disbursed=start, day_count=DayCount.ACT_360).schedule()
    hold_rows(schedule.rows, vector["rows"])
    assert schedule.total_interest == D(vector["total_interest"])
    assert schedule.total_repayment == D(vector["total_repay"])
    hold_rates(vector, schedule)
    assert f"{effective_by_days(schedule, start):f}" == vector["xirr_365_pct"]
    other = plan_of(vector, M.INTEREST_FIRST, disbursed=start, day_count=DayCount.ACT_365).schedule()
    assert other.total_interest == D(vector["ACT/365F_total_interest_for_comparison"])


def test_v4_a_daily_rate_for_ninety_days():
    vector = VECTORS["V4_bullet_daily"]
    given = vector["input"]
    principal, daily = D(given["principal"]), D(given["daily_rate_pct"])
    start, due = date.fromisoformat(given["disbursed"]), date.fromisoformat(given["due"])
    days = (due - start).days
    assert days == vector["days"]
    for count, name in ((DayCount.ACT_360, "360"), (DayCount.ACT_365, "365")):
        annual = annual_from_daily(daily, count)
        assert annual == D(vector[f"simple_annual_{name}_pct"])
        interest = interest_for_days(principal, annual, days, count)
        assert interest == D(vector["interest"])
    assert principal + interest == D(vector["total_repay"])
    rate = yearly_irr([(start, principal), (due, -(principal + interest))]) * 100
    assert f"{rate:.4f}" == vector["effective_annual_365_pct"] == vector["pyxirr_pct"]


def test_v4_as_a_schedule_of_three_months_of_ninety_days():
    plan = RepaymentPlan(D(5000), D(18), 3, M.BULLET, date(2026, 11, 30), DayCount.ACT_360)
    (row,) = plan.schedule().rows
    assert (row.due, row.interest, row.payment) == (date(2027, 2, 28), D("225.00"), D("5225.00"))


def with_fee(vector, amount):
    fee = Fee("guarantee_fee", D(amount), FeeTiming.PER_INSTALMENT)
    return plan_of(vector, M.EQUAL_INSTALMENT, fees=(fee,)).schedule()


def test_v5_a_fee_beside_the_rate():
    vector = VECTORS["V5_fee_makes_offer_illegal_to_show"]
    schedule = with_fee(vector, "160.00")
    for row, wanted in zip(schedule.rows, vector["rows"], strict=True):
        assert row.payment + row.fees == D(wanted["payment"])
        assert row.fees == D(wanted["fee"])
        for name in ("principal", "interest", "balance"):
            assert getattr(row, name) == D(wanted[name])
    assert schedule.rows[0].payment == D(vector["interest_only_payment"])
    assert schedule.total_fees == D(vector["total_fee"])
    assert schedule.total_repayment == D(vector["total_repay"])
    cost = hold_rates(vector, schedule)
    itemised = vector["itemised_simple_pct"]
    assert f"{cost.simple_interest:f}" == itemised["interest"]
    assert [f"{item.simple_annual_pct:f}" for item in itemised_cost(schedule)] == [itemised["guarantee_fee"]]
    assert f"{cost.simple_total:f}" == itemised["sum"]


def test_v5_the_larger_of_both_methods_meets_the_cap():
    vector = VECTORS["V5_fee_makes_offer_illegal_to_show"]
    by_irr, by_sum = (
        D(vector["largest_monthly_fee_allowed_at_24pct"]),
        D(vector["largest_monthly_fee_allowed_at_24pct_by_simple_method"]),
    )
    cent, cap = D("0.01"), D(24)
    assert f"{annualised_cost(with_fee(vector, by_irr)).nominal_irr:f}" == vector["check_at_max_fee"]
    assert f"{annualised_cost(with_fee(vector, by_irr + cent)).nominal_irr:f}" == vector["check_at_max_fee_plus_0.01"]
    assert annualised_cost(with_fee(vector, by_sum)).headline <= cap
    between = annualised_cost(with_fee(vector, by_sum + cent))
    assert between.nominal_irr <= cap < between.simple_total == between.headline


def test_v5b_interest_taken_in_advance():
    vector = VECTORS["V5b_upfront_deduction_kantouxi"]
    received = D(vector["input"]["received"])
    plan = plan_of(vector, M.EQUAL_INSTALMENT)
    schedule = plan.schedule()
    assert schedule.rows[0].payment == D(vector["payment_as_contracted"])
    hold_rates(vector, schedule, received)
    as_fee = plan_of(
        vector, M.EQUAL_INSTALMENT, fees=(Fee("", plan.principal - received, FeeTiming.UPFRONT),)
    ).schedule()
    hold_rates(vector, as_fee)
    lawful = RepaymentPlan(received, plan.annual_rate_pct, plan.months, plan.method, START).schedule()
    assert lawful.rows[0].payment == D(vector["payment_on_9500"])
    assert lawful.total_repayment == D(vector["total_repay_on_9500"])
    assert schedule.total_repayment - lawful.total_repayment == D(vector["overcharge"])


def test_v6_settled_early():
    vector = VECTORS["V6_early_full"]
    on, paid = date.fromisoformat(vector["input"]["payoff_date"]), vector["input"]["paid_instalments"]
    schedule = V1_PLAN.schedule()
    quote = payoff_quote(V1_PLAN, schedule, on, paid)
    assert (quote.outstanding, quote.days) == (D(vector["outstanding_principal"]), vector["days"])
    assert quote.accrued == D(vector["accrued_interest_ACT360"])
    assert quote.amount == D(vector["payoff_amount"])
    assert quote.saved == D(vector["interest_saved_vs_schedule"])
    by_365 = payoff_quote(V1_PLAN, schedule, on, days_of=DayCount.ACT_365)
    assert by_365.accrued == D(vector["accrued_interest_ACT365F"])
    assert payoff_quote(V1_PLAN, schedule, on, fee_pct=D(1)).amount == D(vector["payoff_with_1pct_fee"])


@pytest.mark.parametrize(
    ("choice", "name"),
    [(PrepaymentChoice.KEEP_TERM, "option_A_keep_term"), (PrepaymentChoice.KEEP_INSTALMENT, "option_B_keep_payment")],
)
def test_v6b_a_part_paid_early(choice, name):
    vector = VECTORS["V6b_early_partial"]
    schedule = V1_PLAN.schedule()
    on = schedule.rows[vector["input"]["after_instalment"] - 1].due
    assert schedule.rows[5].balance == D(vector["balance_before"])
    part = prepay(V1_PLAN, schedule, on, D(vector["input"]["extra_principal"]), choice)
    assert part.accrued == 0
    assert part.after.rows[5].balance == D(vector["balance_after"])
    rest = part.after.rows[6:]
    hold_rows(rest, vector[name]["rows"])
    assert [row.no for row in rest] == list(range(7, 7 + len(rest)))
    assert sum(row.interest for row in rest) == D(vector[name]["remaining_interest"])
    assert part.saved == D(vector["interest_if_no_prepay"]) - D(vector[name]["remaining_interest"])


def test_e1_to_e3_and_e5():
    for name in ("E1_zero_rate", "E2_one_instalment"):
        hold_rows(plan_of(VECTORS[name], M.EQUAL_INSTALMENT).schedule().rows, VECTORS[name]["rows"])
    long, twelve = VECTORS["E3_long_small_rounding_residue"], VECTORS["E5_frappe_1449_regression"]
    schedule = plan_of(long, M.EQUAL_INSTALMENT).schedule()
    raw = equal_instalment_payment(D(500), D(24), 60)
    assert f"{raw:.6f}" == long["raw_payment"]
    assert {row.payment for row in schedule.rows[:-1]} == {D(long["payment"])}
    assert schedule.rows[-1].payment == D(long["last_payment"])
    assert schedule.total_interest == D(long["total_interest"])
    rows = plan_of(twelve, M.EQUAL_INSTALMENT).schedule().rows
    assert (len(rows), rows[0].payment, rows[-1].payment) == (
        twelve["rows_count"],
        D(twelve["correct_payment"]),
        D(twelve["last_payment"]),
    )


def test_e4_due_dates():
    vector = VECTORS["E4_due_dates_anchor_31"]
    days = due_dates(date.fromisoformat(vector["disbursed"]), len(vector["dues"]))
    assert [day.isoformat() for day in days] == vector["dues"]


def test_e6_penalty():
    vector = VECTORS["E6_overdue_penalty"]
    given = vector["input"]
    annual = D(given["base_rate_pct"]) * D(given["penalty_multiplier"])
    assert annual == D(vector["penalty_annual_pct"])
    penalty = overdue_penalty(D(given["overdue_principal"]), annual, given["days"], DayCount.ACT_360)
    assert penalty == D(vector["penalty"])


def test_g1_share_of_income_and_the_loan_that_fits():
    vector = VECTORS["G1_dti_guard"]
    limits = BurdenLimits(D(36), D(50), D(55), new_loans=3, open_loans=5)
    bands = []
    for case in vector["cases"]:
        share = burden_pct(D(case["income"]), D(case["existing_monthly_debt"]), D(case["new_payment"]))
        assert to_cents(share) == D(case["dti_pct"])
        bands.append(limits.band(share))
    assert bands == [BurdenBand.GREEN, BurdenBand.REFUSE]

    def instalment(amount, months):
        return RepaymentPlan(amount, D("14.40"), months, M.EQUAL_INSTALMENT, START).schedule().rows[0].payment

    case = vector["cases"][1]
    home = Household(D(case["income"]), D(case["existing_monthly_debt"]))
    hundreds = [D(amount) for amount in range(100, 50_001, 100)]
    fitting = fitting_loan(home, D(50), hundreds, 12, instalment)
    assert fitting.amount == D(vector["max_principal_for_case2_at_50pct_12m_14.4"])
    cents = [D(amount) / 100 for amount in range(550_000, 560_000)]
    # The vector's figure is of the unrounded instalment.
    unfloored = fitting_loan(
        home, D(50), cents, 12, lambda amount, months: equal_instalment_payment(amount, D("14.40"), months)
    )
    assert unfloored.amount == D(vector["max_principal_unfloored"])


def test_c1_and_c2():
    identity, cards = VECTORS["C1_id_checksum"], VECTORS["C2_luhn"]
    today = date(2026, 11, 22)
    for number in identity["valid"]:
        assert check_character(number[:17]) == number[17]
    assert parse_identity_number(identity["valid"][0], today)  # the other was born in 1880: nobody living
    for row in identity["invalid"]:
        with pytest.raises(LoanAppError):
            parse_identity_number(row["id"], today)
    assert all(map(luhn_valid, cards["valid"]))
    assert not any(map(luhn_valid, cards["invalid"]))
