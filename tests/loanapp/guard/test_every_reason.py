"""The whole of it: lies beyond sixty, each for its own reason, and forty honest loans from offer to contract."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from loanapp.backend.contracts import render_contract
from loanapp.domain.errors import ErrorCode
from loanapp.domain.schedule import RepaymentMethod
from loanapp.guard.contracts import check_contract
from loanapp.guard.disclosures import check_disclosure
from loanapp.guard.loans import SignedTerms, check_loan
from loanapp.guard.offers import check_offer, check_shown_rate
from tests.loanapp.guard import (
    test_contracts,
    test_disclosures,
    test_loans,
    test_new_schedules,
    test_offers,
    test_order_of_things,
)
from tests.loanapp.guard.offers_data import disclosure, honest

E = ErrorCode
# The reasons the guard has for an offer, a table, a contract and what follows; consents and permissions have theirs.
WANTED = {
    E.GUARD_SCHEDULE_DIFFERS,
    E.GUARD_NEW_SCHEDULE_DIFFERS,
    E.GUARD_FREE_RETURN_DIFFERS,
    E.GUARD_RATE_DIFFERS,
    E.GUARD_PAYOUT_DIFFERS,
    E.GUARD_FEE_BEFORE_PAYOUT,
    E.GUARD_FEE_NOT_IN_TABLE,
    E.GUARD_COST_OVER_CAP,
    E.GUARD_PENALTY_OVER_CAP,
    E.GUARD_TABLE_INCOMPLETE,
    E.GUARD_DISCLOSURE_DIFFERS,
    E.GUARD_PAGE_RATE_DIFFERS,
    E.GUARD_CONTRACT_DIFFERS,
    E.GUARD_SIGNING_BEFORE_READING,
    E.GUARD_ACCOUNT_NOT_OWN,
    E.GUARD_OFFER_NOT_AS_ASKED,
}


def lies():
    """Where each lie of this folder's tables is found out, and the reason that has to be given."""
    yield from (("offer", name, code) for name, (_, code) in test_offers.DISHONEST.items())
    yield from (("table", str(change), E.GUARD_DISCLOSURE_DIFFERS) for change in test_disclosures.LIES)
    yield from (("table", str(change), E.GUARD_TABLE_INCOMPLETE) for change in test_disclosures.INCOMPLETE)
    yield "table", "a fee it forgets", E.GUARD_FEE_NOT_IN_TABLE
    for name, (_, what) in test_contracts.OTHERS.items():
        yield "contract", name, test_contracts.REASONS.get(what, E.GUARD_CONTRACT_DIFFERS)
    for words, kind in test_contracts.HIDDEN.items():
        yield "contract", words, test_contracts.REASONS[f"pages.{kind}_unknown"]
    yield from (("order", name, E.GUARD_SIGNING_BEFORE_READING) for name in test_order_of_things.UNREAD)
    yield from (("order", name, case[-1]) for name, case in test_order_of_things.TOO_SOON.items())
    yield from (("new schedule", name, E.GUARD_NEW_SCHEDULE_DIFFERS) for name in test_new_schedules.LIES)
    yield from (("loan", name, E.GUARD_FREE_RETURN_DIFFERS) for name in test_loans.OTHER_ENDS)
    for name, (_, what) in test_contracts.TOLD.items():
        yield "contract", name, test_contracts.REASONS.get(what, E.GUARD_CONTRACT_DIFFERS)
    yield from (("loan", str(case), case[-1]) for case in test_loans.OTHERS)


def test_there_are_enough_lies_and_every_reason_has_some():
    told = list(lies())
    assert len(set(told)) == len(told) >= 60
    assert {code for _, _, code in told} == WANTED


LOANS = (
    ("1000.00", 3, "0.00", "0.00", date(2026, 11, 22)),
    ("12345.67", 12, "14.40", "0.00", date(2027, 1, 31)),
    ("50000.00", 24, "8.50", "3.00", date(2028, 2, 29)),
    ("9999.99", 6, "21.00", "0.00", date(2027, 12, 31)),
    ("2000.00", 1, "7.20", "1.00", date(2027, 2, 28)),
    ("3000.00", 2, "12.00", "0.00", date(2027, 8, 30)),
    ("20000.00", 9, "23.50", "0.00", date(2026, 12, 31)),
    ("7777.70", 18, "10.80", "1.50", date(2027, 8, 29)),
    ("30000.00", 36, "14.40", "0.00", date(2027, 3, 31)),
    ("200000.00", 60, "9.99", "0.00", date(2028, 1, 30)),
)
FORTY = list(product(RepaymentMethod, LOANS))


def test_there_are_forty_honest_loans():
    assert len(set(FORTY)) >= 40


@pytest.mark.parametrize(("method", "loan"), FORTY, ids=str)
def test_an_honest_loan_is_never_refused(method, loan):
    amount, months, rate, fee, day = loan
    offer = honest(amount, months, rate, fee, day, method=method)
    check_offer(offer, offer.terms, day, offer.schedule.total_repayment)
    check_shown_rate(offer, offer.annual_rate_pct)
    check_disclosure(disclosure(offer), offer)
    pdf = render_contract(test_contracts.data(offer, start=day))
    check_contract(pdf, replace(test_contracts.AGREED, offer=offer), day)
    terms = SignedTerms.of_contract(pdf)
    check_loan(terms.contract_number, offer.payout, offer.schedule, "0018", terms)
