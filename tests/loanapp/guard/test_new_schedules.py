"""A new schedule is worked out anew before the borrower is asked, and whenever the lender states it again."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from loanapp.domain.errors import ErrorCode
from loanapp.domain.hardship import Respite, respite_wanted
from loanapp.domain.loan_account import Deferral, RepaymentKind
from loanapp.domain.money import ZERO
from loanapp.domain.schedule import RepaymentMethod
from loanapp.guard.loans import check_account
from loanapp.guard.new_schedules import AcceptedSchedule, StatedSchedule, check_new_schedule
from loanapp.guard.refusal import GuardRefusal
from tests.loanapp.guard.test_accounts import DAY, TERMS

D = Decimal
K = RepaymentKind
LATE = DAY + timedelta(days=45)  # the first row is late
PAID_ONE = DAY + timedelta(days=31)


def stated(account, time):
    new = account.new_schedule(time)
    return StatedSchedule(new.months, new.after, new.penalty)


def asked(account, today, months=2):
    return respite_wanted(today, account.next_row.due, months)


@pytest.mark.parametrize("method", RepaymentMethod)
@pytest.mark.parametrize("months", [1, 2, 3])
@pytest.mark.parametrize("today", [DAY, DAY + timedelta(days=29), LATE])
def test_an_honest_schedule_is_believed(method, months, today):
    account = replace(TERMS, method=method).account(DAY)
    time = asked(account, today, months)
    own = check_new_schedule(stated(account, time), account, time)
    assert own == account.new_schedule(time)


def row(place, /, **changes):
    """Change the row at ``place``, counted from 1; 0 is the last."""

    def lie(schedule):
        rows = list(schedule.rows)
        rows[place - 1] = replace(
            rows[place - 1], **{name: change(rows[place - 1]) for name, change in changes.items()}
        )
        return replace(schedule, rows=tuple(rows))

    return lie


def interest_for_the_months_between(schedule):
    """Capitalised into the first row: what a bank that charges for the extension would ask."""
    first = schedule.rows[0]
    more = first.interest * 2
    dearer = replace(first, interest=first.interest + more, payment=first.payment + more)
    return replace(schedule, rows=(dearer, *schedule.rows[1:]))


LIES = {
    "interest for the months between": (interest_for_the_months_between, "1.payment"),
    "more interest, less principal": (
        row(3, interest=lambda one: one.interest + 1, principal=lambda one: one.principal - 1),
        "3.principal",
    ),
    "a fee for it": (row(1, fees=lambda _: D("30.00")), "1.fees"),
    "a day sooner than promised": (row(1, due=lambda one: one.due - timedelta(days=1)), "1.due"),
    "the last row not moved": (row(0, due=lambda _: DAY + timedelta(days=365)), "12.due"),
    "a balance that grew": (row(2, balance=lambda one: one.balance + 5), "2.balance"),
    "another number": (row(1, no=lambda _: 13), "1.no"),
    "one row more": (lambda one: replace(one, rows=(*one.rows, one.rows[-1])), "rows"),
    "one row less": (lambda one: replace(one, rows=one.rows[:-1]), "rows"),
    "no rows": (lambda one: replace(one, rows=()), "rows"),
    "penalty that never ran": (lambda one: replace(one, penalty=one.penalty + D("0.01")), "penalty"),
    "other months than it moves": (lambda one: replace(one, months=1), "months"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_about_the_new_schedule_is_refused(name):
    lie, what = LIES[name]
    account = TERMS.account(DAY)
    time = asked(account, DAY)
    with pytest.raises(GuardRefusal) as refused:
        check_new_schedule(lie(stated(account, time)), account, time)
    assert (refused.value.code, refused.value.what) == (ErrorCode.GUARD_NEW_SCHEDULE_DIFFERS, what)


def test_a_schedule_where_nothing_changes_is_refused():
    account = TERMS.account(DAY)
    time = asked(account, DAY)
    with pytest.raises(GuardRefusal) as refused:
        check_new_schedule(stated(account, time), account, Respite(DAY, account.next_row.due))
    assert refused.value.what == "rows"


def history():
    """One row paid, then two months accepted, then one row paid on its new day."""
    account = TERMS.account(DAY)
    first = account.owed(K.INSTALMENT, PAID_ONE)
    account = account.after(first)
    time = asked(account, PAID_ONE)
    taken = AcceptedSchedule(Deferral(time, PAID_ONE, 1), stated(account, time))
    account = account.deferred(time)
    second = account.owed(K.INSTALMENT, account.next_row.due)
    return [first, second], taken, account.after(second)


def held(paid, taken, account, **changes):
    following = account.next_row
    said = {"outstanding": account.outstanding, "next_amount": following and following.total, **changes}
    granted = [(taken.deferral.accepted, taken.deferral.time)]
    return check_account(TERMS, DAY, paid, **said, granted=granted, accepted=[taken])


def test_an_accepted_schedule_holds_through_every_payment():
    paid, taken, account = history()
    found = held(paid, taken, account)
    assert found.schedule == account.schedule
    assert [change.months for change in found.changes] == [2]
    assert found.next_row.due == date(2027, 4, 22)


@pytest.mark.parametrize("name", LIES)
def test_an_accepted_schedule_stated_otherwise_later_is_refused(name):
    paid, taken, account = history()
    lie, what = LIES[name]
    with pytest.raises(GuardRefusal) as refused:
        held(paid, replace(taken, stated=lie(taken.stated)), account)
    assert refused.value.code is ErrorCode.GUARD_NEW_SCHEDULE_DIFFERS
    assert refused.value.what.split(".")[-1] == what.split(".")[-1]


@pytest.mark.parametrize("count", [-1, 0, 2, 3])
def test_an_accepted_schedule_cannot_be_put_elsewhere_among_the_payments(count):
    paid, taken, account = history()
    later = [replace(paid[0], on=PAID_ONE - timedelta(days=1)), paid[1]]
    with pytest.raises(GuardRefusal) as refused:
        held(later, replace(taken, deferral=replace(taken.deferral, payments=count)), account)
    assert refused.value.code is ErrorCode.GUARD_NEW_SCHEDULE_DIFFERS


def test_a_penalty_for_the_days_put_off_is_refused():
    paid, taken, account = history()
    dearer = replace(paid[1], penalty=D("3.00"))
    with pytest.raises(GuardRefusal) as refused:
        held([paid[0], dearer], taken, account)
    assert (refused.value.code, refused.value.what) == (ErrorCode.GUARD_SCHEDULE_DIFFERS, "repayment.2")


def test_penalty_that_had_run_is_kept_and_no_more():
    account = TERMS.account(DAY)
    time = asked(account, LATE)
    new = stated(account, time)
    assert new.penalty == account.owed(K.ARREARS, LATE).penalty > ZERO
    with pytest.raises(GuardRefusal):
        check_new_schedule(replace(new, penalty=ZERO), account, time)
