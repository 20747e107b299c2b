"""Paying back through the API: once, from the bound card, and only what the borrower saw."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from loanapp.backend.adapters.ports import DebitRefusedError, SourceDownError
from loanapp.backend.repayment.account import has_overdue
from loanapp.backend.repayment.collecting import collect_pending
from loanapp.backend.store.tables import Application, ContractRecord, LedgerRow, Loan, RepaymentRecord, RepaymentState
from loanapp.domain.clock import CHINA

D = Decimal


@pytest.fixture
def borrowed(walker, clock):
    """``borrowed(**terms)``: a borrower with money paid out."""

    def borrow(**terms):
        one = walker()
        one.borrow(clock, **terms)
        return one

    return borrow


def loan_of(one):
    return one.done("GET", one.at("/loan"))


def debits(lender, key):
    return [amount for name, amount in lender.bank.debited() if name == f"repayment:{key}"]


def test_an_instalment_is_debited_once_however_often_it_is_asked_for(borrowed, lender):
    one, key = borrowed(), uuid.uuid4()
    before = loan_of(one)
    assert (before["outstanding"], before["repayments"], before["settled_at"]) == ("10000.00", [], None)
    for _ in range(3):
        after = one.pay("instalment", before["next_due"]["amount"], key=key)
    assert debits(lender, key) == [D("899.75")]
    assert [(made["kind"], made["amount"], made["state"]) for made in after["repayments"]] == [
        ("instalment", "899.75", "paid")
    ]
    assert after["repayments"][0]["reference"].startswith("SIMD")
    assert after["next_due"]["no"] == 2
    assert after["outstanding"] == before["schedule"][0]["balance"]
    assert one.get()["allowed_actions"] == ["view_loan", "repay"]


def test_a_person_with_a_day_gone_by_is_known_under_any_phone(borrowed, lender, clock, paid_out_earlier):
    one = borrowed()
    today = clock.now().astimezone(CHINA).date()
    with lender.services.database.read() as session:
        person = session.get_one(Application, one.id).identity_index
    assert person is not None

    def late(borrower, index):
        with lender.services.database.read() as session:
            return has_overdue(session, borrower, index, today)

    assert not late("another phone", person)
    paid_out_earlier(one, 40)
    assert late("another phone", person)
    assert not late("another phone", "another person")
    assert late("another phone", None) is False


def test_the_same_id_cannot_pay_for_something_else(borrowed, lender):
    one, key = borrowed(), uuid.uuid4()
    one.pay("instalment", "899.75", key=key)
    assert one.pay("payoff", "9100.25", key=key, status=422)["code"] == "idempotency_key_reused"
    assert debits(lender, key) == [D("899.75")]


def test_within_a_day_the_whole_loan_goes_back_at_no_cost_and_is_over(borrowed, lender):
    one = borrowed()
    assert one.pay("payoff", "10000.01", status=409)["code"] == "repayment_amount_changed"
    after = one.pay("payoff", "10000.00")
    assert (after["outstanding"], after["next_due"]) == ("0.00", None)
    assert after["settled_at"] is not None
    assert one.get()["status"] == "settled"
    assert one.get()["allowed_actions"] == ["view_loan"]
    assert one.pay("payoff", "10000.00", status=409)["code"] == "repayment_not_open"
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id)).all()
    assert [row.kind for row in rows][-2:] == ["repayment", "status"]


def test_after_that_day_interest_is_for_the_days_that_passed(borrowed, paid_out_earlier):
    one = borrowed()
    paid_out_earlier(one, 10)
    assert one.pay("payoff", "10000.00", status=409)["code"] == "repayment_amount_changed"
    after = one.pay("payoff", "10040.00")  # 10,000 at 14.4 % over 10 days of 360
    assert after["repayments"][-1]["interest"] == "40.00"


def test_what_is_overdue_costs_the_penalty_of_the_contract(borrowed, lender, paid_out_earlier):
    one = borrowed()
    paid_out_earlier(one, 45)
    loan = loan_of(one)
    with lender.services.database.read() as session:
        stored = session.get_one(Loan, one.id)
        first = stored.schedule[0]
    late = 45 - 30  # the month between has 30 or 31 days
    for days in (late, late - 1):
        penalty = (D(first["principal"]) * D("21.60") * days / 36000).quantize(D("0.01"))
        answer = one.call(
            "PUT",
            one.at(f"/loan/repayments/{uuid.uuid4()}"),
            body={"kind": "arrears", "total": str(D(first["payment"]) + penalty)},
        )
        if answer.status_code == 200:
            break
    assert answer.status_code == 200, answer.text
    assert answer.json()["repayments"][-1]["penalty"] == f"{penalty:.2f}" != "0.00"
    assert answer.json()["next_due"]["no"] == loan["next_due"]["no"] + 1


@pytest.mark.parametrize(("choice", "shorter"), [("keep_term", False), ("keep_instalment", True)])
def test_a_part_leaves_the_term_or_the_instalment(borrowed, choice, shorter):
    one = borrowed()
    after = one.pay("part", "3000.00", part="3000.00", choice=choice)
    assert after["outstanding"] == "7000.00"
    assert (after["next_due"]["amount"] == "899.75") is shorter


@pytest.mark.parametrize("part", ["0.00", "10000.00", "20000.00"])
def test_a_part_that_is_nothing_or_everything_is_refused(borrowed, part):
    one = borrowed()
    assert one.pay("part", part, part=part, choice="keep_term", status=422)["code"] == "part_out_of_range"


def test_the_loan_goes_back_free_for_as_long_as_its_contract_says_whatever_the_product_says_since(borrowed, lender):
    one = borrowed()
    with lender.services.database.write() as session:
        session.get_one(ContractRecord, loan_of(one)["contract_number"]).free_return_hours = 36
    given, until = (datetime.fromisoformat(loan_of(one)[name]) for name in ("disbursed_at", "free_return_until"))
    assert until - given == timedelta(hours=36)


def test_a_bank_that_refuses_leaves_everything_owed_and_the_next_try_free(borrowed, lender, monkeypatch):
    one, key = borrowed(), uuid.uuid4()

    def empty(*_):
        raise DebitRefusedError

    with monkeypatch.context() as here:
        here.setattr(lender.services.sources.bank, "debit", empty)
        assert one.pay("instalment", "899.75", key=key, status=409)["code"] == "debit_refused"
    assert loan_of(one)["outstanding"] == "10000.00"
    assert one.pay("instalment", "899.75", key=key, status=409)["code"] == "debit_refused"  # that one stays refused
    assert one.pay("instalment", "899.75")["next_due"]["no"] == 2
    assert debits(lender, key) == []


def test_a_payment_cut_off_between_bank_and_book_is_booked_at_the_next_start(borrowed, lender, monkeypatch):
    one, key = borrowed(), uuid.uuid4()
    real = lender.services.sources.bank.debit

    def cut_off(*arguments):
        real(*arguments)
        raise SourceDownError(retry_after_seconds=3)

    with monkeypatch.context() as here:
        here.setattr(lender.services.sources.bank, "debit", cut_off)
        waiting = one.pay("instalment", "899.75", key=key)
    assert (waiting["repayments"][-1]["state"], waiting["outstanding"]) == ("asked", "10000.00")
    assert one.pay("payoff", "10000.00", status=409)["code"] == "repayment_not_open"  # one after the other
    with lender.services.database.read() as session:
        assert session.get_one(RepaymentRecord, str(key)).state is RepaymentState.ASKED
    collect_pending(lender.services)
    assert debits(lender, key) == [D("899.75")]
    assert loan_of(one)["next_due"]["no"] == 2


def test_nobody_pays_or_sees_somebody_elses_loan(borrowed, walker):
    one, stranger = borrowed(), walker()
    stranger.sign_in()
    path = one.at("/loan")
    assert stranger.call("GET", path).status_code == 404
    body = {"kind": "instalment", "total": "899.75"}
    assert stranger.call("PUT", f"{path}/repayments/{uuid.uuid4()}", body=body).status_code == 404


def test_nothing_can_be_paid_before_the_payout(walker):
    one = walker()
    one.ready_to_submit()
    assert one.pay("instalment", "899.75", status=409)["code"] == "not_allowed_now"
