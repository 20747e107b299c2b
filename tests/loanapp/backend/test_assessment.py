"""Points by line, a rival beside the scorecard, a small start for a thin file, and nobody judged by who they are."""

import dataclasses
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from loanapp.backend.adapters.ports import BureauRecord, PortraitAnswer, RegistryAnswer, RegistryReply
from loanapp.backend.origination import challenger, fairness
from loanapp.backend.origination.assessment import Facts, assess, most_that_passes
from loanapp.backend.origination.what_changes import Rules, instalment, what_changes
from loanapp.backend.policy import PolicyError, load_policies
from loanapp.backend.policy.loader import check
from loanapp.backend.store.tables import Application, FaceState, LedgerRow
from loanapp.domain.decision import DecisionOutcome, DecisionReason
from loanapp.domain.identity_number import IdentityNumber
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend.test_policies import GOOD

POLICIES = load_policies()
CARD, LIMITS, PRODUCT = POLICIES.scorecard, POLICIES.limits, POLICIES.products[0]
THIN = BureauRecord(overdue_count=0, open_loans=0, score=None)
AMOUNTS = [Decimal(amount) for amount in range(1000, 50001, 100)]


def facts(amount=10000, months=12, **changes):
    """A good borrower's facts for an amount, with the instalment that goes with it."""
    amount = Decimal(amount)
    return dataclasses.replace(GOOD, amount=amount, instalment=instalment(PRODUCT, amount, months), **changes)


def test_every_point_has_its_line():
    found = assess(GOOD, CARD, LIMITS)
    assert found.score == CARD.base_points + sum(line.points for line in found.lines)
    assert {line.characteristic for line in found.lines} == {line.id for line in CARD.characteristics}
    assert found.score == 500 + 60 + 50 + 40 + 20 + 50
    assert assess(dataclasses.replace(GOOD, bureau=None), CARD, LIMITS).lines == ()


class TestThinFile:
    def test_starts_small_and_at_once(self):
        assert assess(facts(5000, bureau=THIN), CARD, LIMITS).outcome is DecisionOutcome.APPROVED
        found = assess(facts(5100, bureau=THIN), CARD, LIMITS)
        assert (found.outcome, found.reasons) == (DecisionOutcome.DECLINED, (DecisionReason.START_SMALL,))

    def test_somebody_the_lender_knows_is_no_stranger(self):
        assert assess(facts(bureau=THIN, paid_before=True), CARD, LIMITS).outcome is DecisionOutcome.APPROVED

    def test_a_bureau_that_was_down_makes_nobody_thin(self):
        assert assess(facts(bureau=None), CARD, LIMITS).reasons == (DecisionReason.SOURCE_UNAVAILABLE,)

    def test_a_person_decides_first_where_there_is_doubt(self):
        found = assess(facts(bureau=THIN, registry=RegistryAnswer.UNKNOWN), CARD, LIMITS)
        assert found.outcome is DecisionOutcome.REVIEW

    def test_a_borrower_learns_the_amount_and_may_come_back_at_once(self, walker, lender, monkeypatch):
        monkeypatch.setattr(lender.services.sources.bureau, "query", lambda *_: THIN)
        monkeypatch.setattr("loanapp.backend.origination.steps.situation", _first_loan)
        one = with_face(walker, lender)
        decision = one.wait("declined")["decision"]
        assert decision["reasons"] == ["start_small"]
        assert decision["changes"] == [
            {"reason": "start_small", "up_to": "5000.00", "income_at_least": None, "after": decision["retry_after"]}
        ]
        again = with_face(walker, lender, amount="5000.00")
        assert again.wait("offered")["offer"]["terms"]["amount"] == "5000.00"
        again.act("/withdraw")


def _first_loan(*_):
    from loanapp.backend.policy.checks import Situation

    return Situation(amount=Decimal(1), months=1, first_loan=True)


def with_face(walker, lender, key="approved", **terms):
    """An application handed in by somebody whose face has passed: no person need look for that."""
    one = walker(key)
    one.ready_to_submit(**terms)
    with lender.services.database.write() as session:
        application = session.get_one(Application, one.id)
        application.face_state, application.face_by_person = FaceState.PASSED, False
    one.act("/submit")
    return one


class TestWhatChanges:
    NUMBER = IdentityNumber("110199199203150020", "110199", date(1992, 3, 15), "female")
    AGAIN = date(2026, 12, 27)

    def changes(self, seen):
        found = assess(seen, CARD, LIMITS)
        assert found.outcome is DecisionOutcome.DECLINED
        rules = Rules(CARD, LIMITS, PRODUCT, 12)
        told = what_changes(found.reasons, seen, rules, self.NUMBER, self.AGAIN)
        return {one["reason"]: one for one in told}

    def test_the_amount_named_passes_and_the_next_does_not(self):
        seen = facts(50000, monthly_income=Decimal(6000), monthly_debt=Decimal(1000))
        up_to = Decimal(self.changes(seen)["repayment_burden_too_high"]["up_to"])
        for amount, declined in ((up_to, False), (up_to + 100, True)):
            other = dataclasses.replace(seen, amount=amount, instalment=instalment(PRODUCT, amount, 12))
            assert (assess(other, CARD, LIMITS).outcome is DecisionOutcome.DECLINED) is declined

    def test_no_amount_is_named_where_none_passes(self):
        seen = facts(monthly_income=Decimal(6000), monthly_debt=Decimal(4200))
        assert self.changes(seen)["repayment_burden_too_high"]["up_to"] is None

    def test_a_smaller_amount_never_judges_harder(self):
        for income, debt, record in (
            (6000, 1000, BureauRecord(0, 1, 700)),
            (4000, 500, BureauRecord(1, 3, 560)),
            (9000, 2500, BureauRecord(0, 4, 480)),
            (5000, 0, THIN),
        ):
            seen = facts(monthly_income=Decimal(income), monthly_debt=Decimal(debt), bureau=record)
            step = AMOUNTS[::7]
            outcomes = [
                assess(
                    dataclasses.replace(seen, amount=one, instalment=instalment(PRODUCT, one, 12)), CARD, LIMITS
                ).outcome
                is DecisionOutcome.DECLINED
                for one in step
            ]
            assert outcomes == sorted(outcomes)
            most = most_that_passes(seen, CARD, LIMITS, step, lambda one: instalment(PRODUCT, one, 12))
            assert most == next((one for one, no in reversed(list(zip(step, outcomes, strict=True))) if not no), None)

    def test_income_age_and_overdue_have_their_own(self):
        told = self.changes(facts(1000, monthly_income=Decimal(1500), monthly_debt=Decimal(0), own_overdue=True))
        assert told["income_too_low"]["income_at_least"] == "2000.00"
        assert told["own_loan_overdue"]["after"] is None  # the day it is paid
        young = IdentityNumber("110199201002280029", "110199", date(2008, 2, 29), "female")
        seen = facts(age=17)
        (told,) = what_changes(
            assess(seen, CARD, LIMITS).reasons, seen, Rules(CARD, LIMITS, PRODUCT, 12), young, date(2025, 12, 1)
        )
        assert told["after"] == "2026-03-01"


class TestSecondLook:
    @pytest.mark.parametrize("sign", [{"registry": RegistryAnswer.MISMATCH}, {"portrait": PortraitAnswer.DIFFERENT}])
    def test_a_sign_of_fraud_declines_nobody_by_itself(self, sign):
        bad = BureauRecord(overdue_count=3, open_loans=2, score=455)
        for record in (GOOD.bureau, bad):
            found = assess(dataclasses.replace(GOOD, bureau=record, **sign), CARD, LIMITS)
            assert found.outcome is DecisionOutcome.REVIEW
            assert DecisionReason.IDENTITY_NOT_CONFIRMED in found.reasons

    def test_a_person_declines_after_the_second_look(self, walker, lender, monkeypatch):
        reply = RegistryReply(RegistryAnswer.MISMATCH)
        monkeypatch.setattr(lender.services.sources.registry, "confirm", lambda *_: reply)
        one = walker("review")
        one.ready_to_submit()
        one.act("/submit")
        decision = one.wait("declined")["decision"]
        assert (decision["reasons"], decision["reviewer_simulated"]) == (["identity_not_confirmed"], True)
        with lender.services.database.read() as session:
            rows = session.query(LedgerRow).filter_by(application_id=one.id, kind="decision").order_by(LedgerRow.no)
            first, second = ((row.detail["outcome"], row.actor) for row in rows)
        assert (first, second) == (("review", "lender"), ("declined", "simulated_reviewer"))
        with lender.services.database.write() as session:
            # Whoever is declined may not come back today, and other tests need this person.
            session.get_one(Application, one.id).status = ApplicationStatus.WITHDRAWN


class TestChallenger:
    def test_what_it_would_have_said_is_kept_and_decides_nothing(self, walker, lender, monkeypatch):
        one = with_face(walker, lender, "approved_long_term")
        one.wait("offered")
        with lender.services.database.read() as session:
            row = session.query(LedgerRow).filter_by(application_id=one.id, kind="decision").first()
            found = challenger.compared(session)
        assert row.detail["challenger"] == f"consumer {POLICIES.challenger.version}"
        assert row.detail["challenger_outcome"] == "approved"
        assert found.total() >= 1
        one.act("/withdraw")

    def test_the_report_names_what_differs_first(self):
        found = Counter({("a 1", "b 1", "approved", "approved"): 7, ("a 1", "b 1", "approved", "declined"): 2})
        assert challenger.lines(found) == [
            "a 1: approved   b 1: declined   2",
            "a 1: approved   b 1: approved   7",
            "decisions: 9, of which differ: 2",
        ]

    def test_the_command(self, lender, capsys):
        assert challenger.main([str(lender.services.database.path.parent)]) == 0
        assert "of which differ" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "change",
        [
            {"version": CARD.version},
            {"review_at": 600},
            {"characteristics": (CARD.characteristics[0].model_copy(update={"id": "device"}),)},
            {"characteristics": (CARD.characteristics[0], CARD.characteristics[0])},
        ],
    )
    def test_one_that_does_not_hold_stops_the_start(self, change):
        with pytest.raises(PolicyError, match="scorecard_challenger"):
            check(dataclasses.replace(POLICIES, challenger=POLICIES.challenger.model_copy(update=change)))


class TestFairness:
    PEOPLE = fairness.population(4000, 7, POLICIES)

    def test_the_same_figures_are_judged_alike_whoever_they_are_of(self):
        # Nothing of a person but these fields reaches the decision; sex and region are none of them.
        assert not {"sex", "region", "address", "device", "network", "ip"} & {
            one.name for one in dataclasses.fields(Facts)
        }
        for person in self.PEOPLE[:500]:
            outcomes = {
                assess(dataclasses.replace(person.facts, age=age), CARD, LIMITS).outcome for age in (18, 30, 45, 65)
            }
            assert len(outcomes) == 1

    def test_a_report_of_every_group(self):
        groups = fairness.report(self.PEOPLE, POLICIES)
        assert Counter(one.dimension for one in groups) == {"sex": 2, "age": 5, "region": 4}
        for one in groups:
            assert one.approved + one.review + one.small + one.declined == pytest.approx(1)
        assert sum(one.people for one in groups if one.dimension == "age") == 4000
        assert max(one.ratio for one in groups if one.dimension == "region") == 1

    def test_it_finds_a_group_that_is_worse_off(self):
        poor = [
            dataclasses.replace(one, facts=dataclasses.replace(one.facts, monthly_income=one.facts.monthly_income / 3))
            if one.region == "west"
            else one
            for one in self.PEOPLE
        ]
        west = next(one for one in fairness.report(poor, POLICIES) if one.name == "west")
        assert west.ratio < fairness.FOUR_FIFTHS
        (line,) = [line for line in fairness.lines([west]) if "west" in line]
        assert line.endswith("< 4/5")

    def test_the_command_says_the_same_for_the_same_seed(self, capsys):
        said = []
        for _time in range(2):
            assert fairness.main(["--size", "300", "--seed", "3"]) == 0
            said.append(capsys.readouterr().out)
        assert said[0] == said[1]
        assert len(said[0].splitlines()) == 13


def test_neither_device_nor_network_moves_a_price(walker, http):
    offers = []
    for headers in (
        {"User-Agent": "LoanApp/1 (Windows; old laptop)"},
        {"User-Agent": "LoanApp/1 (macOS; new)", "X-Forwarded-For": "203.0.113.9", "Accept-Language": "en"},
    ):
        one = walker("approved_long_term")
        before = dict(http.headers)
        http.headers.update(headers)
        try:
            one.ready_to_submit()
            one.act("/submit")
            offer = one.wait("offered")["offer"]
        finally:
            http.headers.clear()
            http.headers.update(before)
        offers.append({name: value for name, value in offer.items() if name not in {"offer_id", "valid_until"}})
        one.act("/withdraw")
    assert offers[0] == offers[1]
