"""What was paid out is held against what was signed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import loanapp.proof.contract_facts as contract_facts
from loanapp.backend.contracts import render_contract
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode
from loanapp.guard.loans import SignedTerms, check_free_return, check_loan
from loanapp.guard.refusal import GuardRefusal
from tests.loanapp.guard.offers_data import D, honest, with_row
from tests.loanapp.guard.test_contracts import data

OFFER = honest()


@pytest.fixture(scope="module")
def signed():
    return SignedTerms.of_contract(render_contract(data()))


def test_the_loan_of_the_contract_passes_on_another_day(signed):
    later = honest(day=OFFER.schedule.rows[0].due)
    check_loan("LC20261122-0001", D("10000.00"), later.schedule, "0018", signed)


OTHERS = [
    ("LC-2", "10000.00", OFFER.schedule, "0018", ErrorCode.GUARD_PAYOUT_DIFFERS),
    ("LC20261122-0001", "9000.00", OFFER.schedule, "0018", ErrorCode.GUARD_PAYOUT_DIFFERS),
    ("LC20261122-0001", "10000.00", OFFER.schedule, "9999", ErrorCode.GUARD_ACCOUNT_NOT_OWN),
    ("LC20261122-0001", "10000.00", honest(rate="15.00").schedule, "0018", ErrorCode.GUARD_SCHEDULE_DIFFERS),
    ("LC20261122-0001", "10000.00", honest(months=6).schedule, "0018", ErrorCode.GUARD_SCHEDULE_DIFFERS),
    (
        "LC20261122-0001",
        "10000.00",
        with_row(OFFER, 3, interest=D("1.001")).schedule,
        "0018",
        ErrorCode.GUARD_SCHEDULE_DIFFERS,
    ),
]


@pytest.mark.parametrize(("number", "principal", "schedule", "last4", "code"), OTHERS)
def test_any_other_loan_is_refused(signed, number, principal, schedule, last4, code):
    with pytest.raises(GuardRefusal) as caught:
        check_loan(number, D(principal), schedule, last4, signed)
    assert caught.value.code is code


PAID_OUT = datetime(2026, 11, 24, 1, 30, 0, 250_000, tzinfo=UTC)
OTHER_ENDS = {
    "a minute less": timedelta(hours=24, minutes=-1),
    "the day of the offer": timedelta(hours=-14),
    "over at once": timedelta(0),
    "more than the contract holds": timedelta(hours=48),
    "a second more": timedelta(hours=24, seconds=1),
}


@pytest.mark.parametrize("zone", [UTC, CHINA])
def test_the_free_return_ends_as_many_hours_after_the_payout_as_the_contract_says(signed, zone):
    check_free_return((PAID_OUT + timedelta(hours=24)).astimezone(zone), PAID_OUT, signed)
    nothing = replace(signed, free_return_hours=0)
    check_free_return(PAID_OUT.astimezone(zone), PAID_OUT, nothing)


@pytest.mark.parametrize("name", OTHER_ENDS)
def test_another_end_of_the_free_return_is_refused(signed, name):
    with pytest.raises(GuardRefusal) as caught:
        check_free_return(PAID_OUT + OTHER_ENDS[name], PAID_OUT, signed)
    assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_FREE_RETURN_DIFFERS, "free_return_until")


def test_the_terms_are_kept_as_text(signed):
    assert SignedTerms.from_text(signed.to_text()) == signed


@pytest.mark.parametrize("text", ["", "7", "[]", "[1, 2]", '["a", "x", [], "0018"]', '["a", "1.00", 7, "0018"]', "{"])
def test_what_are_no_terms_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        SignedTerms.from_text(text)


@pytest.mark.parametrize("facts", [{}, {"contract_number": "LC-1", "payout": "x"}, {"rows": 7}])
def test_a_contract_without_terms_is_refused(monkeypatch, facts):
    monkeypatch.setattr(contract_facts, "read_facts", lambda _: facts)
    with pytest.raises(GuardRefusal) as caught:
        SignedTerms.of_contract(b"%PDF-")
    assert caught.value.code is ErrorCode.GUARD_CONTRACT_DIFFERS
