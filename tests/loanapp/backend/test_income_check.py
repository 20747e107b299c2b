"""Stated income is held against social insurance: only for larger loans, only as authorised, and never to decline."""

import dataclasses
from decimal import Decimal

import pytest

from loanapp.backend.adapters.ports import BureauRecord, InsuranceRecord
from loanapp.backend.applications.store import Sealed
from loanapp.backend.origination.assessment import assess
from loanapp.backend.origination.income import IncomeCheck, hold_income, read, written
from loanapp.backend.policy import load_policies
from loanapp.backend.store.tables import Application, Check
from loanapp.backend.verification.withdrawal import take_back
from loanapp.domain.consent import ConsentScope
from loanapp.domain.decision import DecisionOutcome, DecisionReason
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend.test_assessment import CARD, LIMITS, THIN, facts
from tests.loanapp.backend.test_consent_withdrawal import acts, at_the, deleted_by
from tests.loanapp.backend.test_silent_sources import Silent, decisions

INSURANCE = "social_insurance_query"
LARGE = {"amount": "30000.00", "months": 24}


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (InsuranceRecord(12, Decimal(10000)), IncomeCheck.BORNE_OUT),
        (InsuranceRecord(1, Decimal(10000)), IncomeCheck.BORNE_OUT),
        (InsuranceRecord(0, Decimal(10000)), IncomeCheck.DIFFERS),
        (InsuranceRecord(12, Decimal("9999.99")), IncomeCheck.DIFFERS),
        (InsuranceRecord(12, Decimal(5000), capped=True), IncomeCheck.BORNE_OUT),
        (InsuranceRecord(0, None), IncomeCheck.DIFFERS),
    ],
)
def test_an_income_may_be_above_the_base_by_what_the_limits_say(record, found):
    assert LIMITS.income_over_base_pct.value == 30
    assert hold_income(Decimal(13000), record, LIMITS) is found
    assert read(written(record)) == record


@pytest.mark.parametrize("found", IncomeCheck)
@pytest.mark.parametrize("income", [15000, 3000, 1500])
@pytest.mark.parametrize("record", [facts().bureau, THIN, BureauRecord(3, 2, 455)])
def test_it_declines_nobody_earns_no_points_and_only_brings_a_person(found, income, record):
    without = facts(monthly_income=Decimal(income), bureau=record)
    plain = assess(without, CARD, LIMITS)
    held = assess(dataclasses.replace(without, income=found), CARD, LIMITS)
    assert (held.score, held.lines) == (plain.score, plain.lines)
    if plain.outcome is DecisionOutcome.APPROVED and found not in {IncomeCheck.NOT_NEEDED, IncomeCheck.BORNE_OUT}:
        assert held.outcome is DecisionOutcome.REVIEW
    elif found is not IncomeCheck.UNANSWERED:
        assert held.outcome is plain.outcome  # with UNANSWERED, what the small start declines a person may see first


def handed_in(walker, key="approved", *, granted=True, **terms):
    one = walker(key)
    one.ready_to_submit(**terms)
    if not granted:
        one.consent(INSURANCE, granted=False)
    one.act("/submit")
    return one


def test_a_large_loan_has_its_income_borne_out_once_and_the_ledger_says_so(walker, lender, monkeypatch):
    asked = at_the(lender, monkeypatch, "social_insurance", "query", lambda: None)
    one = handed_in(walker, **LARGE)
    offer = one.wait("offered")["offer"]
    assert asked == [(f"{one.id}:income", one.who.identity_number)]
    told = acts(lender, one)
    assert told.index("consent.social_insurance_query") < told.index("share.income") < told.index("check.income")
    first = decisions(lender, one)[0]
    assert {"income_differs", "income_by_person", "source_unavailable"}.isdisjoint(first["reasons"])
    assert "income by large_loan_income" in first["checks"]["needs"]
    assert offer["annual_rate_pct"] == f"{load_policies().products[0].annual_rate_pct:.2f}"
    one.act("/withdraw")


def test_of_a_small_loan_social_insurance_is_not_asked_whatever_was_agreed_to(walker, lender, monkeypatch):
    asked = at_the(lender, monkeypatch, "social_insurance", "query", lambda: None)
    one = walker()
    one.ready_to_submit()
    one.consent(INSURANCE)
    one.act("/submit")
    one.wait("offered")
    assert asked == []
    assert not {"share.income", "check.income"} & set(acts(lender, one))
    one.act("/withdraw")


def test_a_record_that_differs_brings_a_person_and_the_same_price(walker, lender, monkeypatch):
    low = InsuranceRecord(12, Decimal(4000))
    monkeypatch.setattr(lender.services.sources.social_insurance, "query", lambda *_: low)
    one = handed_in(walker, **LARGE)
    offer = one.wait("offered")["offer"]
    first = decisions(lender, one)[0]
    assert (first["outcome"], "income_differs" in first["reasons"]) == ("review", True)
    assert offer["annual_rate_pct"] == f"{load_policies().products[0].annual_rate_pct:.2f}"
    one.act("/withdraw")


def test_whoever_refuses_is_not_asked_about_and_a_person_looks(walker, lender, monkeypatch):
    asked = at_the(lender, monkeypatch, "social_insurance", "query", lambda: None)
    one = handed_in(walker, granted=False, **LARGE)
    one.wait("offered")
    assert asked == []
    assert "income_by_person" in decisions(lender, one)[0]["reasons"]
    assert "share.income" not in acts(lender, one)
    one.act("/withdraw")


def test_a_silent_one_is_asked_again_and_then_a_person_takes_over(walker, lender, monkeypatch, expect_log):
    silent = Silent(lender, monkeypatch, "social_insurance", "query")
    expect_log("the source for the check of income does not answer")
    one = handed_in(walker, **LARGE)
    answer = one.wait("in_review", "offered", "declined")
    assert answer["status"] != "declined"
    assert DecisionReason.SOURCE_UNAVAILABLE in decisions(lender, one)[0]["reasons"]
    assert silent.asked == 1 + len(lender.services.policies.sources.waits)
    one.wait("offered")
    one.act("/withdraw")


def test_taken_back_while_it_is_asked_nothing_is_kept_and_a_person_looks(walker, lender, monkeypatch):
    one, told = walker(), []
    one.ready_to_submit(**LARGE)
    at_the(lender, monkeypatch, "social_insurance", "query", lambda: told.append(one.consent(INSURANCE, granted=False)))
    one.act("/submit")
    one.wait("offered")
    assert told[0]["withdrawal"]["effect"] == "another_way"
    with lender.services.database.read() as session:
        assert session.get_one(Check, (one.id, "income")).answer_sealed is None
    assert "income_by_person" in decisions(lender, one)[0]["reasons"]
    one.act("/withdraw")


def test_taken_back_before_it_is_asked_the_ledger_tells_of_no_use(walker, lender, monkeypatch):
    one = walker()
    one.ready_to_submit(**LARGE)
    at_the(lender, monkeypatch, "bureau", "query", lambda: one.consent(INSURANCE, granted=False))
    asked = at_the(lender, monkeypatch, "social_insurance", "query", lambda: None)
    one.act("/submit")
    one.wait("offered")
    assert asked == []
    assert not {"share.income", "check.income"} & set(acts(lender, one))
    assert "income_by_person" in decisions(lender, one)[0]["reasons"]
    with lender.services.database.read() as session:
        assert session.get(Check, (one.id, "income")) is None
    one.act("/withdraw")


@pytest.mark.parametrize(("amount", "told"), [("10000.00", []), ("30000.00", ["income_by_person"])])
def test_taken_back_under_review_a_person_looks_for_it_only_where_it_is_needed(walker, lender, amount, told):
    one, services = walker(), lender.services
    one.sign_in()
    one.create(amount=amount, months=24)
    with services.database.write() as session:
        application = session.get_one(Application, one.id)
        application.status = ApplicationStatus.IN_REVIEW
        sealed = Sealed(services, application)
        sealed.decision = {"reasons": []}
        take_back(services, session, application, ConsentScope.SOCIAL_INSURANCE_QUERY, services.clock.now())
        assert sealed.decision["reasons"] == told
        session.rollback()
    one.act("/withdraw")


def test_taken_back_under_an_offer_the_record_goes_and_the_offer_stays(walker, lender):
    one = handed_in(walker, **LARGE)
    one.wait("offered")
    receipt = one.consent(INSURANCE, granted=False)
    assert receipt["withdrawal"]["effect"] == "finished_stays"
    assert deleted_by(lender, one, receipt) == ["social_insurance_record"]
    assert one.get()["status"] == "offered"
    one.act("/withdraw")
