from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loanapp.domain.clock import CHINA
from loanapp.domain.hardship import Respite
from loanapp.domain.loan_account import LoanAccount, NothingToPayError, RepaymentKind
from loanapp.domain.money import ZERO
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.domain.schedule import RepaymentMethod, RepaymentPlan

D = Decimal
PAYOUT = date(2026, 11, 22)
K = RepaymentKind


def loan(amount="10000.00", months=12, rate="14.40", method=RepaymentMethod.EQUAL_INSTALMENT, day=PAYOUT):
    return LoanAccount.begin(RepaymentPlan(D(amount), D(rate), months, method, day), D("21.60"))


def pay(account, kind, on, *more):
    return account.after(account.owed(kind, on, *more))


def test_who_keeps_to_granted_time_is_not_in_arrears():
    due = loan().schedule.rows[0].due
    late = due + timedelta(days=10)
    assert loan().overdue(late)
    assert loan().in_arrears(late)
    assert not loan().in_arrears(due)
    granted = replace(loan(), respites=(Respite(due, due + timedelta(days=30)),))
    assert granted.overdue(late)  # it still has to be paid
    assert not granted.in_arrears(late)
    assert granted.in_arrears(due + timedelta(days=31))


def test_twelve_instalments_settle_it_and_cost_what_the_schedule_says():
    account, total = loan(), ZERO
    for row in account.schedule.rows:
        asked = account.owed(K.INSTALMENT, row.due)
        assert (asked.amount, asked.penalty) == (row.payment, ZERO)
        total += asked.amount
        account = account.after(asked)
    assert account.settled
    assert account.outstanding == ZERO
    assert total == loan().schedule.total_repayment
    for kind in K:
        with pytest.raises(NothingToPayError):
            account.owed(kind, date(2028, 1, 1), D("1.00"))


def test_the_running_instalment_may_be_paid_before_its_day_and_no_further_one():
    account = pay(loan(), K.INSTALMENT, PAYOUT)
    assert account.paid == 1
    with pytest.raises(NothingToPayError):
        account.owed(K.INSTALMENT, date(2026, 12, 21))
    assert account.owed(K.INSTALMENT, date(2026, 12, 22)).amount == account.schedule.rows[1].payment


def test_a_payoff_on_a_later_day_takes_what_is_due_before_as_paid():
    account = loan()
    rows = account.schedule.rows
    between = rows[3].due + timedelta(days=10)
    found = account.payoff_on(between, PAYOUT)
    assert found.principal == rows[3].balance
    assert found.interest == (rows[3].balance * D("14.40") * 10 / 36000).quantize(D("0.01"))
    on_the_day = account.payoff_on(rows[4].due, PAYOUT)
    assert on_the_day.amount == rows[3].balance + rows[4].interest
    with pytest.raises(NothingToPayError):
        account.payoff_on(rows[-1].due + timedelta(days=1), PAYOUT)
    with pytest.raises(ValueError, match="gone by"):
        account.payoff_on(PAYOUT - timedelta(days=1), PAYOUT)
    late = account.payoff_on(rows[1].due, rows[0].due + timedelta(days=1))
    assert late.penalty > 0


def test_paying_late_costs_simple_interest_on_the_principal_that_was_due():
    account, on = loan(), date(2027, 2, 1)
    first, second = account.schedule.rows[:2]
    assert account.overdue(on) == (first, second)
    asked = account.owed(K.ARREARS, on)
    assert asked.principal == first.principal + second.principal
    assert asked.penalty == sum(
        (row.principal * D("21.60") * (on - row.due).days / 36000).quantize(D("0.01")) for row in (first, second)
    )
    assert account.owed(K.INSTALMENT, on).penalty > 0
    assert pay(account, K.ARREARS, on).overdue(on) == ()


def test_nothing_is_overdue_on_the_very_day():
    account = loan()
    due = account.schedule.rows[0].due
    assert account.overdue(due) == ()
    with pytest.raises(NothingToPayError):
        account.owed(K.ARREARS, due)


@pytest.mark.parametrize("choice", PrepaymentChoice)
def test_a_part_leaves_a_shorter_or_a_lighter_loan(choice):
    before = pay(loan(), K.INSTALMENT, date(2026, 12, 22))
    after = pay(before, K.PART, date(2027, 1, 5), D("3000.00"), choice)
    assert after.outstanding == before.outstanding - D("3000.00")
    assert after.schedule.total_interest < before.schedule.total_interest
    left = [row for row in after.schedule.rows if row.due > date(2027, 1, 5)]
    if choice is PrepaymentChoice.KEEP_TERM:
        assert len(left) == 11
        assert left[0].payment < before.schedule.rows[1].payment
    else:
        assert len(left) < 11
        assert left[0].payment == before.schedule.rows[1].payment


def test_a_part_waits_for_what_is_due_and_for_an_instalment_paid_ahead():
    late, ahead = loan(), pay(loan(), K.INSTALMENT, PAYOUT)
    with pytest.raises(NothingToPayError):
        late.owed(K.PART, date(2026, 12, 23), D("1000.00"))
    with pytest.raises(NothingToPayError):
        ahead.owed(K.PART, date(2026, 12, 21), D("1000.00"))
    assert ahead.owed(K.PART, date(2026, 12, 22), D("1000.00")).principal == D("1000.00")


@pytest.mark.parametrize("part", ["0.00", "-1.00", "10000.00", "10000.01", "1.001"])
def test_a_part_is_more_than_nothing_and_less_than_everything(part):
    with pytest.raises(ValueError, match="part"):
        loan().owed(K.PART, PAYOUT, D(part))


def test_a_payoff_on_the_day_of_payout_is_the_principal():
    assert loan().owed(K.PAYOFF, PAYOUT).amount == D("10000.00")


def test_given_back_by_the_hour_agreed_it_costs_nothing_and_a_second_later_it_does():
    until = datetime(2026, 11, 25, 10, tzinfo=CHINA)
    free = loan().owed_at(until, K.PAYOFF, free_until=until)
    late = loan().owed_at(until + timedelta(seconds=1), K.PAYOFF, free_until=until)
    assert (free.amount, late.amount) == (D("10000.00"), D("10012.00"))
    assert loan().owed_at(until, K.INSTALMENT, free_until=until).interest == D("120.00"), "the whole loan alone"


def test_a_payoff_after_missed_instalments_pays_for_them_too():
    account, on = loan(), date(2027, 2, 1)
    asked = account.owed(K.PAYOFF, on)
    first, second = account.schedule.rows[:2]
    running = (account.schedule.rows[1].balance * D("14.40") * 10 / 36000).quantize(D("0.01"))
    assert asked.principal == D("10000.00")
    assert asked.interest == first.interest + second.interest + running
    assert asked.penalty == account.owed(K.ARREARS, on).penalty
    assert account.after(asked).settled


def test_interest_may_be_forgiven_and_principal_may_not():
    account = loan()
    asked = account.owed(K.PAYOFF, date(2026, 12, 1))
    assert account.after(replace(asked, interest=ZERO)).settled
    with pytest.raises(ValueError, match="principal"):
        account.after(replace(asked, principal=D("9999.99")))


_STEPS = st.lists(
    st.tuples(st.sampled_from(K), st.integers(0, 45), st.integers(1, 99), st.sampled_from(PrepaymentChoice)),
    max_size=12,
)


@settings(max_examples=300)
@given(
    steps=_STEPS,
    amount=st.integers(100_000, 20_000_000).map(lambda cents: D(cents) / 100),
    months=st.integers(1, 60),
    rate=st.decimals(0, 24, places=2),
    method=st.sampled_from(RepaymentMethod),
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
)
def test_whatever_is_paid_principal_comes_back_once_and_nothing_is_negative(steps, amount, months, rate, method, day):
    account = LoanAccount.begin(RepaymentPlan(amount, rate, months, method, day), D("24.00"))
    today, returned, made = day, ZERO, []
    for kind, later, percent, choice in steps:
        today += timedelta(days=later)
        part = (account.outstanding * percent / 100).quantize(D("0.01"))
        try:
            asked = account.owed(kind, today, part, choice)
        except (NothingToPayError, ValueError):
            continue
        assert min(asked.principal, asked.interest, asked.fees, asked.penalty) >= 0
        made.append(asked)
        account = account.after(asked)
        returned += asked.principal
        assert account.outstanding == amount - returned
        assert account.settled == (account.outstanding == ZERO)
    assume(made)
    begun = LoanAccount.begin(RepaymentPlan(amount, rate, months, method, day), D("24.00"))
    assert begun.after_all(made) == account
