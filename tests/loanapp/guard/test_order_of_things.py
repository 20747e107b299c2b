"""Reading comes before signing, and the payout before any payment."""

import pytest

from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus
from loanapp.guard.payments import check_payment_request
from loanapp.guard.reading import check_reading_before_signing
from loanapp.guard.refusal import GuardRefusal
from tests.loanapp.guard.offers_data import D

S = ApplicationStatus
READ = "a" * 64

UNREAD = {
    "the lender says it was not confirmed": ((READ, READ, False, True), "not_confirmed"),
    "the lender says it was, and nobody read it here": ((READ, None, True, True), "not_read"),
    "another table was read": ((READ, "b" * 64, True, True), "another_table"),
    "another table was read on a second machine": ((READ, "b" * 64, True, False), "another_table"),
}
TOO_SOON = {
    "before a decision": (S.SUBMITTED, "200.00", "0.00", ErrorCode.GUARD_FEE_BEFORE_PAYOUT),
    "with the offer": (S.OFFERED, "0.01", "0.00", ErrorCode.GUARD_FEE_BEFORE_PAYOUT),
    "before signing": (S.SIGNING, "200.00", "200.00", ErrorCode.GUARD_FEE_BEFORE_PAYOUT),
    "while the money is on its way": (S.DISBURSING, "899.75", "899.75", ErrorCode.GUARD_FEE_BEFORE_PAYOUT),
    "more than is owed": (S.ACTIVE, "899.76", "899.75", ErrorCode.GUARD_SCHEDULE_DIFFERS),
    "less than nothing": (S.ACTIVE, "-1.00", "899.75", ErrorCode.GUARD_SCHEDULE_DIFFERS),
    "after the end": (S.SETTLED, "1.00", "0.00", ErrorCode.GUARD_SCHEDULE_DIFFERS),
}


def reading(table, here, confirmed, begun):
    check_reading_before_signing(table, here, confirmed=confirmed, begun_here=begun)


@pytest.mark.parametrize("name", UNREAD)
def test_signing_before_reading_is_refused(name):
    case, what = UNREAD[name]
    with pytest.raises(GuardRefusal) as caught:
        reading(*case)
    assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_SIGNING_BEFORE_READING, what)


@pytest.mark.parametrize("case", [(READ, READ, True, True), (READ, READ, True, False), (READ, None, True, False)])
def test_a_table_that_was_read_lets_sign(case):
    reading(*case)


@pytest.mark.parametrize("name", TOO_SOON)
def test_a_payment_that_must_not_be_asked_for_is_refused(name):
    status, asked, owed, code = TOO_SOON[name]
    with pytest.raises(GuardRefusal) as caught:
        check_payment_request(status, D(asked), D(owed))
    assert (caught.value.code, caught.value.what) == (code, "payment")


@pytest.mark.parametrize(
    "case", [(S.ACTIVE, "899.75", "899.75"), (S.ACTIVE, "100.00", "899.75"), (S.OFFERED, "0", "0")]
)
def test_a_payment_that_is_owed_may_be_asked_for(case):
    status, asked, owed = case
    check_payment_request(status, D(asked), D(owed))
