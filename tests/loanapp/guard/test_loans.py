"""What was paid out is held against what was signed."""

import pytest

import loanapp.proof.contract_facts as contract_facts
from loanapp.backend.contracts import render_contract
from loanapp.domain.errors import ErrorCode
from loanapp.guard.loans import SignedTerms, check_loan
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
