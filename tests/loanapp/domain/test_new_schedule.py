"""Granted time accepted: every unpaid row later by whole months, and not a cent more than was agreed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanapp.domain.hardship import Respite, respite_wanted
from loanapp.domain.loan_account import Deferral, LoanAccount, NothingToPayError, RepaymentKind
from loanapp.domain.money import ZERO
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.domain.schedule import RepaymentMethod, product_plan

D = Decimal
K = RepaymentKind
PAYOUT = date(2026, 11, 22)


def loan(amount="10000.00", months=12, method=RepaymentMethod.EQUAL_INSTALMENT, day=PAYOUT, fee="0.00"):
    plan = product_plan(D(amount), D("14.40"), months, method, day, fee_per_instalment=D(fee))
    return LoanAccount.begin(plan, D("21.60"))


def granted(account, today, months):
    return respite_wanted(today, account.next_row.due, months)


def amounts(rows):
    return [(row.no, row.payment, row.principal, row.interest, row.fees, row.balance) for row in rows]


def test_every_row_moves_and_every_amount_stays():
    account = loan()
    new = account.new_schedule(granted(account, PAYOUT, 2))
    assert new.months == 2
    assert amounts(new.after) == amounts(new.before) == amounts(account.schedule.rows)
    assert [row.due for row in new.after[:3]] == [date(2027, 2, 22), date(2027, 3, 22), date(2027, 4, 22)]
    assert new.penalty == ZERO
    moved = account.deferred(granted(account, PAYOUT, 2))
    assert moved.schedule.total_repayment == account.schedule.total_repayment
    assert moved.changes == (new,)


def test_the_days_are_counted_from_the_day_of_payout():
    account = loan(day=date(2027, 10, 31))
    moved = account.deferred(granted(account, date(2027, 11, 1), 3))
    assert [row.due for row in moved.schedule.rows[:3]] == [date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]
    again = moved.deferred(granted(moved, date(2028, 2, 29), 1))
    assert again.schedule.rows[0].due == date(2028, 3, 31)
    assert [change.months for change in again.changes] == [3, 1]


def test_what_is_due_after_the_granted_time_does_not_move():
    account = loan()
    assert account.new_schedule(Respite(PAYOUT, account.next_row.due)) is None
    assert account.deferred(Respite(PAYOUT, account.next_row.due)) == account
    over = account.after(account.owed(K.PAYOFF, PAYOUT))
    assert over.new_schedule(Respite(PAYOUT, date(2028, 1, 1))) is None


def test_rows_that_are_late_move_too_and_their_penalty_stays_and_is_paid_once():
    account = loan()
    today = date(2027, 2, 1)  # two rows are late: by 41 days and by 10
    late = account.owed(K.ARREARS, today).penalty
    assert late > ZERO
    time = granted(account, today, 1)
    new = account.new_schedule(time)
    assert new.after[0].due == date(2027, 3, 22)  # the first due date not before 1 March
    assert new.penalty == late
    moved = account.deferred(time)
    assert not moved.overdue(date(2027, 3, 22))
    first = moved.owed(K.INSTALMENT, date(2027, 3, 1))
    assert (first.penalty, first.interest) == (late, account.schedule.rows[0].interest)
    assert moved.after(first).owed(K.INSTALMENT, date(2027, 3, 22)).penalty == ZERO
    with pytest.raises(NothingToPayError):
        moved.owed(K.ARREARS, date(2027, 3, 22))


def test_late_again_after_the_new_day_costs_what_was_agreed():
    account = loan()
    moved = account.deferred(granted(account, PAYOUT, 1))
    due = moved.next_row.due
    assert moved.owed(K.INSTALMENT, due).penalty == ZERO
    on_time, late = loan().owed(K.INSTALMENT, date(2027, 1, 1)), moved.owed(K.INSTALMENT, due + timedelta(days=10))
    assert late.penalty == on_time.penalty  # ten days each


def test_a_part_paid_early_leaves_the_new_days():
    account = loan()
    moved = account.deferred(granted(account, PAYOUT, 2))
    on = date(2027, 1, 5)
    part = moved.owed(K.PART, on, D("2000.00"), PrepaymentChoice.KEEP_TERM)
    after = moved.after(part)
    assert [row.due for row in after.schedule.rows[1:]] == [row.due for row in moved.schedule.rows]
    assert after.outstanding == D("8000.00")
    assert after.schedule.rows[-1].balance == ZERO


def test_payments_and_new_schedules_are_told_in_their_order():
    account = loan()
    first = account.owed(K.INSTALMENT, date(2026, 12, 22))
    paid = account.after(first)
    time = granted(paid, date(2026, 12, 23), 1)
    moved = paid.deferred(time)
    second = moved.owed(K.INSTALMENT, moved.next_row.due)
    deferral = Deferral(time, date(2026, 12, 23), 1)
    assert account.after_all([first, second], [deferral]) == moved.after(second)
    assert account.after_all([first], [deferral]) == moved


METHODS = st.sampled_from(list(RepaymentMethod))


@settings(max_examples=300, deadline=None)
@given(
    method=METHODS,
    amount=st.integers(100_000, 20_000_000),
    months=st.integers(1, 24),
    payout=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    asked=st.integers(0, 400),
    more=st.integers(1, 3),
    later=st.integers(0, 500),
)
def test_nothing_ever_costs_more_than_without_it(method, amount, months, payout, asked, more, later):
    account = loan(D(amount) / 100, months, method, payout, "1.00")
    today = payout + timedelta(days=asked)
    time = granted(account, today, more)
    new = account.new_schedule(time)
    assert new.after[0].due >= time.until
    assert new.months >= more
    assert amounts(new.after) == amounts(new.before)
    moved = account.deferred(time)
    on = today + timedelta(days=later)
    kept_to_the_old = replace(account, respites=(time,))
    assert moved.owed(K.PAYOFF, on).amount <= kept_to_the_old.owed(K.PAYOFF, on).amount
    total, running = ZERO, moved
    while not running.settled:
        made = running.owed(K.INSTALMENT, running.next_row.due)
        total, running = total + made.amount, running.after(made)
    assert total == account.schedule.total_repayment + new.penalty
