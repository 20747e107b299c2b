"""Granted time brings a new schedule: nothing changes before the borrower accepts the very one they saw."""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from loanapp.backend.data_uses.erasure import erase_assessment
from loanapp.backend.repayment.account import account_of, hardships
from loanapp.backend.store.tables import Application, LedgerRow, Loan, RepaymentRecord, RepaymentState
from loanapp.client.loan_answers import Loan as ReadLoan
from loanapp.client.reading import JsonObject
from loanapp.domain.hardship import HardshipReason
from loanapp.proof.new_schedule import new_schedule_sha256
from tests.loanapp.backend.test_hardship import answered, ask, loan_of


@pytest.fixture
def granted(walker, clock, lender):
    """A loan with two months granted."""
    one = walker()
    one.borrow(clock)
    ask(one, 2)
    answered(one, lender)
    return one


def offered(one):
    return loan_of(one)["hardships"][-1]


def own(one, lender):
    """The new schedule as the borrower's machine works it out."""
    with lender.services.database.read() as session:
        account = account_of(session, session.get_one(Application, one.id), session.get_one(Loan, one.id))
    read = ReadLoan.read(JsonObject(loan_of(one)))
    return account.new_schedule(read.hardships[-1].time)


def accept(one, sha256, *, key=None, status=200):
    path = one.at(f"/loan/hardships/{key or offered(one)['id']}/schedule")
    return one.done("PUT", path, status=status, body={"sha256": sha256})


def test_the_new_schedule_comes_with_the_grant_and_changes_nothing_by_itself(granted, lender):
    told = loan_of(granted)
    new = offered(granted)["new_schedule"]
    assert (new["months"], new["penalty"], new["accepted_at"]) == (2, "0.00", None)
    assert [row["payment"] for row in new["rows"]] == [row["payment"] for row in told["schedule"]]
    assert new["rows"][0]["due"] == told["hardships"][-1]["until"]
    assert told["next_due"]["due"] == told["schedule"][0]["due"]
    read = ReadLoan.read(JsonObject(told))
    assert read.to_accept().new_schedule.rows == own(granted, lender).after


def test_accepting_it_moves_what_is_due_once_and_stands_in_the_ledger(granted, lender):
    before = loan_of(granted)
    sha256 = new_schedule_sha256(own(granted, lender))
    for _ in range(3):
        after = accept(granted, sha256)
    new = after["hardships"][-1]["new_schedule"]
    assert (new["payments_before"], new["accepted_at"] is not None) == (0, True)
    assert after["next_due"] == {**before["next_due"], "due": new["rows"][0]["due"]}
    assert after["schedule"] == before["schedule"]  # the contract's, as it was signed
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == granted.id)).all()
    assert [(row.act, row.actor) for row in rows].count(("right.new_schedule", "borrower")) == 1


def test_paying_goes_on_by_the_new_days(granted, lender):
    accept(granted, new_schedule_sha256(own(granted, lender)))
    after = granted.pay("instalment", "899.75")
    new = after["hardships"][-1]["new_schedule"]
    assert after["next_due"]["due"] == new["rows"][1]["due"]
    assert after["repayments"][0]["penalty"] == "0.00"
    assert after["hardships"][-1]["new_schedule"]["payments_before"] == 0


def test_granted_time_stays_without_its_reason_as_long_as_the_loan_it_changed(granted, lender):
    accept(granted, new_schedule_sha256(own(granted, lender)))
    granted.pay("instalment", "899.75")
    with lender.services.database.write() as session:
        application, loan = session.get_one(Application, granted.id), session.get_one(Loan, granted.id)
        before = account_of(session, application, loan)
        erase_assessment(lender.services, session, application)
        session.expire_all()
        assert account_of(session, application, loan) == before
        assert [one.reason for one in hardships(session, loan)] == [HardshipReason.OTHER]
        session.rollback()


def test_another_schedule_than_the_one_seen_is_not_accepted(granted, lender):
    seen = own(granted, lender)
    dearer = replace(seen, penalty=Decimal("9.00"))
    assert accept(granted, new_schedule_sha256(dearer), status=409)["code"] == "new_schedule_not_open"
    granted.pay("instalment", "899.75")  # what was seen moved twelve rows, and eleven are left
    assert accept(granted, new_schedule_sha256(seen), status=409)["code"] == "new_schedule_not_open"
    assert offered(granted)["new_schedule"]["accepted_at"] is None
    accept(granted, new_schedule_sha256(own(granted, lender)))
    assert offered(granted)["new_schedule"]["payments_before"] == 1


def test_nothing_is_accepted_while_the_bank_has_not_answered_a_payment(granted, lender):
    sha256 = new_schedule_sha256(own(granted, lender))
    granted.pay("instalment", "899.75")
    with lender.services.database.write() as session:
        record = session.scalars(select(RepaymentRecord).where(RepaymentRecord.application_id == granted.id)).one()
        record.state = RepaymentState.ASKED
    assert offered(granted)["new_schedule"] is None
    assert accept(granted, sha256, status=409)["code"] == "new_schedule_not_open"


def test_only_granted_time_that_runs_has_one(walker, clock, lender):
    one = walker()
    one.borrow(clock)
    ask(one, 2)
    assert offered(one)["new_schedule"] is None
    assert accept(one, "0" * 64, status=409)["code"] == "new_schedule_not_open"
    assert accept(one, "0" * 64, key=uuid.uuid4(), status=404)["code"] == "not_found"
    answered(one, lender)
    assert offered(one)["new_schedule"] is not None
    one.pay("payoff", "10000.00")
    assert offered(one)["new_schedule"] is None


def test_nobody_accepts_for_somebody_else(granted, walker):
    other = walker()
    other.ready_to_submit()
    path = granted.at(f"/loan/hardships/{offered(granted)['id']}/schedule")
    assert other.call("PUT", path, body={"sha256": "0" * 64}).status_code == 404


def test_rows_already_late_move_and_their_penalty_is_asked_for_once(walker, clock, lender, paid_out_earlier):
    one = walker()
    one.borrow(clock)
    paid_out_earlier(one, 45)
    ask(one, 1)
    answered(one, lender)
    new = offered(one)["new_schedule"]
    assert Decimal(new["penalty"]) > 0
    accept(one, new_schedule_sha256(own(one, lender)))
    total = Decimal(new["rows"][0]["payment"]) + Decimal(new["penalty"])
    after = one.pay("instalment", str(total))
    assert after["repayments"][0]["penalty"] == new["penalty"]
    assert one.pay("payoff", "1.00", status=409)["code"] == "repayment_amount_changed"
    with lender.services.database.read() as session:
        account = account_of(session, session.get_one(Application, one.id), session.get_one(Loan, one.id))
    assert (account.kept_penalty, account.next_row.due.isoformat()) == (0, new["rows"][1]["due"])
