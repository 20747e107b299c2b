"""A borrower who cannot pay for a while asks for more time: once, answered by its deadline, and worth what it says."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from loanapp.backend.store.tables import HardshipRecord, LedgerRow
from loanapp.client.loan_answers import Loan as ReadLoan
from loanapp.client.reading import JsonObject
from loanapp.domain.hardship import HardshipState


@pytest.fixture
def borrowed(walker, clock):
    one = walker()
    one.borrow(clock)
    return one


def loan_of(one):
    return one.done("GET", one.at("/loan"))


def ask(one, months=2, *, key=None, reason="illness", status=200):
    body = {"reason": reason, "months": months}
    return one.done("PUT", one.at(f"/loan/hardships/{key or uuid.uuid4()}"), status=status, body=body)


def answered(one, lender):
    """As if the reviewer had taken the time a reviewer takes."""
    takes = timedelta(seconds=lender.services.policies.simulation.reviewer_seconds + 1)
    with lender.services.database.write() as session:
        for record in session.scalars(select(HardshipRecord).where(HardshipRecord.application_id == one.id)):
            record.asked_at -= takes
    return loan_of(one)


def test_a_request_names_its_deadline_and_is_answered_after_a_while(borrowed, lender):
    before = loan_of(borrowed)
    assert (before["hardships"], before["hardship_offer"]) == ([], {"months": [1, 2, 3], "reply_hours": 72})
    (asked,) = ask(borrowed)["hardships"]
    assert (asked["state"], asked["months"], asked["simulated"]) == ("asked", 2, True)
    assert loan_of(borrowed)["hardship_offer"]["months"] == []
    (told,) = answered(borrowed, lender)["hardships"]
    assert told["state"] == "granted"
    assert told["answered_at"] < told["answer_by"]
    due, until = (date.fromisoformat(text) for text in (before["next_due"]["due"], told["until"]))
    assert until.month == (due.month + 1) % 12 + 1
    read = ReadLoan.read(JsonObject(loan_of(borrowed)))
    assert [one.state for one in read.hardships] == [HardshipState.GRANTED]


def test_both_the_request_and_the_answer_stand_in_the_ledger(borrowed, lender):
    ask(borrowed)
    answered(borrowed, lender)
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == borrowed.id)).all()
    assert [(row.act, row.actor) for row in rows][-2:] == [
        ("right.hardship", "borrower"),
        ("right.hardship_answered", "simulated_reviewer"),
    ]


def test_the_same_request_is_one_and_a_second_waits_for_the_first(borrowed, lender):
    key = uuid.uuid4()
    for _ in range(3):
        after = ask(borrowed, key=key)
    assert len(after["hardships"]) == 1
    assert ask(borrowed, 3, key=key, status=422)["code"] == "idempotency_key_reused"
    assert ask(borrowed, status=409)["code"] == "hardship_not_open"
    answered(borrowed, lender)
    assert ask(borrowed, status=409)["code"] == "hardship_not_open"


def test_months_that_are_not_offered_are_refused_by_their_field(borrowed):
    answer = ask(borrowed, 4, status=422)
    assert answer["code"] == "input_invalid"
    assert "months" in answer["fields"]


def test_more_than_a_loan_may_have_is_declined(borrowed, lender):
    ask(borrowed, 3)
    answered(borrowed, lender)
    with lender.services.database.write() as session:
        (record,) = session.scalars(select(HardshipRecord).where(HardshipRecord.application_id == borrowed.id))
        record.months, record.until = 11, record.since - timedelta(days=1)
    ask(borrowed, 2)
    assert [one["state"] for one in answered(borrowed, lender)["hardships"]] == ["granted", "declined"]


def test_days_that_were_granted_cost_no_penalty(borrowed, lender, paid_out_earlier):
    ask(borrowed, 1)
    answered(borrowed, lender)
    with lender.services.database.write() as session:
        (record,) = session.scalars(select(HardshipRecord).where(HardshipRecord.application_id == borrowed.id))
        record.since -= timedelta(days=45)
        record.until = record.since + timedelta(days=90)
    paid_out_earlier(borrowed, 45)
    first = loan_of(borrowed)["schedule"][0]
    after = borrowed.pay("instalment", first["payment"])
    assert after["repayments"][0]["penalty"] == "0.00"
    assert Decimal(after["outstanding"]) == Decimal(first["balance"])


def test_nobody_asks_for_somebody_elses_loan(borrowed, walker):
    other = walker()
    other.ready_to_submit()
    path = borrowed.at(f"/loan/hardships/{uuid.uuid4()}")
    assert other.call("PUT", path, body={"reason": "other", "months": 1}).status_code == 404


def test_a_loan_that_is_over_has_nothing_to_ask_for(borrowed):
    borrowed.pay("payoff", "10000.00")
    assert loan_of(borrowed)["hardship_offer"]["months"] == []
    assert ask(borrowed, status=409)["code"] == "hardship_not_open"
