"""A contract is held against the offer twice: by its facts for machines and by what stands on its pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import loanapp.backend.contracts as contracts
from loanapp.backend.contracts import Borrower, ContractData, Lender, LoanPrimeRate, contract_facts, render_contract
from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.errors import ErrorCode
from loanapp.domain.schedule import RepaymentMethod
from loanapp.guard.contracts import Agreed, check_contract
from loanapp.guard.refusal import GuardRefusal
from tests.loanapp.guard.offers_data import TODAY, D, honest, with_row

OFFER = honest()
HASH = "ab" * 32


def data(offer=OFFER, **changes):
    whole = ContractData(
        contract_number="LC20261122-0001",
        application_number="LA20261122-0001",
        made_at=datetime(2026, 11, 22, 3, 0, tzinfo=UTC),
        lender=Lender(name="某机构", licence="L-1", address="某地", phone="400"),
        borrower=Borrower(
            name="测试甲",
            identity_number_masked="1101**********002X",
            phone_masked="138****0001",
            address_masked="北京市****",
            card_masked="**** 0018",
            bank_name="某银行",
        ),
        purpose=LoanPurpose.TRAVEL,
        method=offer.terms.method,
        annual_rate_pct=offer.annual_rate_pct,
        penalty_annual_pct=offer.penalty_annual_pct,
        schedule=offer.schedule,
        start=TODAY,
        cost=annualised_cost(offer.schedule),
        disclosure_sha256=HASH,
        payout=offer.payout,
        free_return_hours=24,
    )
    return replace(whole, **changes)


AGREED = Agreed(
    offer=OFFER,
    disclosure_sha256=HASH,
    contract_number="LC20261122-0001",
    licence="L-1",
    purpose="travel",
    card_last4="0018",
    free_return_hours=24,
)


# What is refused by a reason of its own, and not as a contract that differs somehow.
REASONS = {
    "card": ErrorCode.GUARD_ACCOUNT_NOT_OWN,
    "payout": ErrorCode.GUARD_PAYOUT_DIFFERS,
    "annual_rate": ErrorCode.GUARD_PAGE_RATE_DIFFERS,
    "penalty": ErrorCode.GUARD_PAGE_RATE_DIFFERS,
    "fee_before_payout": ErrorCode.GUARD_FEE_BEFORE_PAYOUT,
    "fee_per_instalment": ErrorCode.GUARD_FEE_NOT_IN_TABLE,
    "due": ErrorCode.GUARD_SCHEDULE_DIFFERS,
    "free_return": ErrorCode.GUARD_FREE_RETURN_DIFFERS,
    "pages.free_return": ErrorCode.GUARD_FREE_RETURN_DIFFERS,
    "totals": ErrorCode.GUARD_SCHEDULE_DIFFERS,
    "6.principal": ErrorCode.GUARD_SCHEDULE_DIFFERS,
    "cost": ErrorCode.GUARD_RATE_DIFFERS,
    "pages.amount_unknown": ErrorCode.GUARD_FEE_NOT_IN_TABLE,
    "pages.rate_missing": ErrorCode.GUARD_PAGE_RATE_DIFFERS,
    "pages.rate_unknown": ErrorCode.GUARD_PAGE_RATE_DIFFERS,
}


def refusal(pdf, agreed=AGREED, today=TODAY):
    with pytest.raises(GuardRefusal) as caught:
        check_contract(pdf, agreed, today)
    assert caught.value.code is REASONS.get(caught.value.what, ErrorCode.GUARD_CONTRACT_DIFFERS)
    return caught.value.what


@pytest.mark.parametrize(
    "offer",
    [
        OFFER,
        honest(months=24),
        honest(fee="10.00", rate="10.00"),
        honest("1000.00", 3),
        *(honest("3000.00", 3, method=method) for method in RepaymentMethod),
        *(honest("3000.00", 6, rate="10.00", fee="3.00", method=method) for method in RepaymentMethod),
    ],
)
def test_an_honest_contract_passes(offer):
    check_contract(render_contract(data(offer)), replace(AGREED, offer=offer), TODAY)


def test_one_made_a_day_after_the_offer_passes():
    tomorrow = TODAY + timedelta(days=1)
    pdf = render_contract(data(honest(day=tomorrow), start=tomorrow))
    check_contract(pdf, AGREED, tomorrow)


def moved_interest():
    """The same totals, but a yuan of interest and principal change places between two rows."""
    sixth, seventh = OFFER.schedule.rows[5:7]
    one = with_row(OFFER, 6, interest=sixth.interest + 1, principal=sixth.principal - 1)
    return with_row(one, 7, interest=seventh.interest - 1, principal=seventh.principal + 1)


OTHERS = {
    "another number": (data(contract_number="LC20261122-0002"), "contract_number"),
    "another lender": (data(lender=Lender(name="某", licence="L-2", address="某", phone="4")), "lender"),
    "another card": (data(borrower=replace(data().borrower, card_masked="**** 9999")), "card"),
    "another purpose": (data(purpose=LoanPurpose.MEDICAL), "purpose"),
    "more principal": (data(honest("12000.00")), "principal"),
    "less paid out": (data(payout=D("9000.00")), "payout"),
    "a higher rate": (data(honest(rate="18.00")), "annual_rate"),
    "a higher penalty": (data(penalty_annual_pct=D("24.00")), "penalty"),
    "a longer term": (data(honest(months=24)), "months"),
    "a fee first": (data(fee_before_payout=D("99.00")), "fee_before_payout"),
    "a fee each month": (data(honest(fee="9.00")), "fee_per_instalment"),
    "an early start": (data(honest(day=TODAY - timedelta(days=20)), start=TODAY - timedelta(days=20)), "start"),
    "due dates of another start": (data(honest(day=TODAY - timedelta(days=5))), "due"),
    "a prettier cost": (data(cost=annualised_cost(honest(rate="7.00").schedule)), "cost"),
    "a row that asks for more": (data(with_row(OFFER, 6, interest=D("99.99"))), "totals"),
    "a row put off": (data(moved_interest()), "6.principal"),
    "no free return": (data(free_return_hours=0), "free_return"),
    "half the time to give it back": (data(free_return_hours=12), "free_return"),
    "a penalty for misuse": (data(misuse_annual_pct=D("28.80")), "misuse"),
    "a rate that follows another": (
        data(prime_rate=LoanPrimeRate(annual_rate_pct=D("3.00"), published=TODAY)),
        "prime_rate",
    ),
    "another table": (data(disclosure_sha256="cd" * 32), "disclosure"),
}


@pytest.mark.attack("any-other-contract-is-refused-by-its-facts")
@pytest.mark.parametrize("name", OTHERS)
def test_any_other_contract_is_refused_by_its_facts(name):
    other, what = OTHERS[name]
    assert refusal(render_contract(other)) == what


@pytest.mark.attack("honest-facts-do-not-cover-dishonest-pages")
@pytest.mark.parametrize(
    ("lie", "what"),
    [
        (data(honest(rate="18.00")), "pages.amount_missing"),
        (data(payout=D("9000.00")), "pages.amount_unknown"),
        (data(fee_before_payout=D("99.00")), "pages.amount_unknown"),
        (data(penalty_annual_pct=D("24.00")), "pages.rate_missing"),
        (data(misuse_annual_pct=D("28.80")), "pages.rate_unknown"),
        (data(disclosure_sha256="cd" * 32), "pages.disclosure"),
        (data(free_return_hours=0), "pages.free_return"),
        (data(free_return_hours=2), "pages.free_return"),
    ],
)
def test_honest_facts_do_not_cover_dishonest_pages(monkeypatch, lie, what):
    facts = contract_facts(data())
    monkeypatch.setattr(contracts, "contract_facts", lambda _: facts)
    assert refusal(render_contract(lie)) == what


TOLD = {
    "a rate that floats": ({"rate_kind": "floating"}, "rate_kind"),
    "a rate before a discount that ends": (
        {"before_discount": {"annual_rate_pct": "23.90", "rows": None}},
        "before_discount",
    ),
    "a plan before a discount": ({"before_discount": {"annual_rate_pct": "14.40", "rows": [{}]}}, "before_discount"),
    "a guarantor nobody named": ({"guarantors": ["某担保公司"]}, "guarantors"),
    "a longer free return than the pages say": ({"free_return_hours": 48}, "free_return"),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_only_machines_are_told_is_refused_too(monkeypatch, name):
    change, what = TOLD[name]
    facts = {**contract_facts(data()), **change}
    monkeypatch.setattr(contracts, "contract_facts", lambda _: facts)
    assert refusal(render_contract(data())) == what


def test_a_contract_that_promises_no_free_return_says_nothing_of_it():
    agreed = replace(AGREED, free_return_hours=0)
    check_contract(render_contract(data(free_return_hours=0)), agreed, TODAY)
    assert refusal(render_contract(data()), agreed) == "free_return"


HIDDEN = {
    "另收服务费 500 元": "amount",
    "an extra fee of 500.00.": "amount",
    "加收 1,234.5 元": "amount",
    "另收伍佰元": "amount",
    "另收伍佰": "amount",
    "另收 ５００ 元": "amount",
    "每月另收 ¥30": "amount",
    "罚息 36％": "rate",
    "每日万分之五": "rate",
    "罚息百分之三十": "rate",
    "月息 5 厘": "rate",
}


@pytest.mark.attack("a-charge-does-not-hide-in-how-it-is-written")
@pytest.mark.parametrize("words", HIDDEN)
def test_a_charge_does_not_hide_in_how_it_is_written(words):
    """The lender's address is held against nothing: whatever stands there, no charge does."""
    lender = replace(data().lender, address=f"某地。{words}")
    assert refusal(render_contract(data(lender=lender))) == f"pages.{HIDDEN[words]}_unknown"


def test_an_address_with_numbers_is_no_charge():
    lender = replace(data().lender, address="北京市朝阳区三元桥路 88 号院 3 单元 1201 室")
    check_contract(render_contract(data(lender=lender)), AGREED, TODAY)


def test_a_rate_between_two_places_is_held_as_it_is_shown():
    """The pages round halves up, as the domain does."""
    offer = honest(rate="7.20505", penalty="10.80005")
    check_contract(render_contract(data(offer)), replace(AGREED, offer=offer), TODAY)


@pytest.mark.parametrize("name", sorted(contract_facts(data())))
def test_a_fact_that_is_missing_or_of_another_kind_is_refused(monkeypatch, name):
    if name in {"application_number", "expires", "simulated"}:
        return  # not held against the offer
    for value in (None, 7, [], {}):
        if value == contract_facts(data())[name]:
            continue  # nothing is what an honest contract says there
        facts = {**contract_facts(data()), name: value}
        monkeypatch.setattr(contracts, "contract_facts", lambda _, facts=facts: facts)
        refusal(render_contract(data()))


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", b"x" * 1000])
def test_what_is_no_contract_is_refused(pdf):
    assert refusal(pdf) == "unreadable"
