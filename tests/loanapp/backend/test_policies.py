"""Policies are checked before anybody can borrow by them; the scorecard decides as its table says."""

import contextlib
import dataclasses
import json
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest

from loanapp.backend.adapters.ports import BureauRecord, PortraitAnswer, RegistryAnswer, ScreeningAnswer
from loanapp.backend.origination.assessment import Facts, assess
from loanapp.backend.policy import PolicyError, load_policies, loader
from loanapp.backend.policy.loader import check
from loanapp.domain.bank_card import issuer_of
from loanapp.domain.consent import ApplicationPhase, ConsentScope, WithdrawalEffect
from loanapp.domain.decision import DecisionOutcome, DecisionReason
from loanapp.proof.signing_times import signing_times
from loanapp.resource_files import read_toml, resource_path

POLICIES = load_policies()
GOOD = Facts(
    registry=RegistryAnswer.MATCH,
    bureau=BureauRecord(overdue_count=0, open_loans=1, score=700),
    screening=ScreeningAnswer.CLEAR,
    face_by_person=False,
    number_corrected=False,
    age=34,
    monthly_income=Decimal(15000),
    monthly_debt=Decimal(1000),
    instalment=Decimal("899.75"),
    amount=Decimal(10000),
    outstanding=Decimal(0),
)


def test_the_committed_policies_hold():
    check(POLICIES)
    face = POLICIES.consent(ConsentScope.FACE_VERIFICATION)
    assert "本次采集仅用于身份核验" in face.text.zh
    assert face.text_sha256("zh") != face.text_sha256("en")
    assert issuer_of("6222020000000000018", {key: row.bank for key, row in POLICIES.issuers.prefixes.items()}) == "icbc"


def test_every_authorisation_promises_the_withdrawal_the_lender_allows():
    zh, en = (
        json.loads(resource_path("translations", one, "my_data.json").read_text(encoding="utf-8"))
        for one in ("zh_CN", "en")
    )
    for consent in POLICIES.consents:
        at = f"您可以撤回：随时可以，在“{zh['title']}”的“{zh['consents']}”里，与同意一样点一下。"
        assert at in consent.text.zh, consent.scope
        way = f"You may withdraw: at any time, under {en['title']}, {en['consents']}, with one press"
        assert way in consent.text.en, consent.scope
    assert all(word in POLICIES.consent(ConsentScope.FACE_VERIFICATION).text.zh for word in "眨张点转")


def test_the_message_names_its_sender_in_both_languages():
    sender = POLICIES.sign_in.message.sender
    assert sender.en.isascii()
    assert not sender.zh.isascii()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"annual_rate_pct": Decimal("24.50")}, "costs more than the cap"),
        ({"fee_per_instalment": Decimal("900.00")}, "costs more than the cap"),
        ({"penalty_annual_pct": Decimal("36.00")}, "penalty"),
        ({"amount_max": Decimal(300000)}, "amounts"),
        ({"months_default": 9}, "usual term"),
    ],
)
def test_a_product_that_breaks_a_limit_stops_the_start(change, named):
    product = POLICIES.products[0].model_copy(update=change)
    with pytest.raises(PolicyError, match=named):
        check(dataclasses.replace(POLICIES, products=(product,)))


@pytest.mark.parametrize(
    ("scope", "phase", "effect", "named"),
    [
        ("bureau_query", "deciding", "another_way", "no other way"),
        ("bank_account_check", "lent", "application_ends", "nothing can end"),
        ("face_verification", "lent", None, "every phase"),
    ],
)
def test_a_withdrawal_that_cannot_be_kept_stops_the_start(scope, phase, effect, named):
    def changed(consent):
        if consent.scope != scope:
            return consent
        others = tuple(one for one in consent.withdrawals if one.phase != phase)
        row = consent.withdrawal(ApplicationPhase(phase))
        rows = others if effect is None else (*others, row.model_copy(update={"effect": WithdrawalEffect(effect)}))
        return consent.model_copy(update={"withdrawals": rows})

    with pytest.raises(PolicyError, match=named):
        check(dataclasses.replace(POLICIES, consents=tuple([changed(one) for one in POLICIES.consents])))


def test_no_lender_lets_sign_longer_after_the_code_than_its_evidence_holds():
    longest = int(signing_times().code_to_signature.total_seconds())
    for seconds, holds in ((longest, contextlib.nullcontext()), (longest + 1, pytest.raises(PolicyError))):
        with holds:
            sign_in = POLICIES.sign_in.model_copy(update={"signing_seconds": seconds})
            check(dataclasses.replace(POLICIES, sign_in=sign_in))


def test_an_authorisation_that_is_missing_stops_the_start():
    with pytest.raises(PolicyError, match="every scope"):
        check(dataclasses.replace(POLICIES, consents=POLICIES.consents[:2]))


@pytest.mark.parametrize(
    ("change", "outcome", "reasons"),
    [
        ({}, DecisionOutcome.APPROVED, []),
        ({"registry": RegistryAnswer.MISMATCH}, DecisionOutcome.REVIEW, [DecisionReason.IDENTITY_NOT_CONFIRMED]),
        ({"registry": RegistryAnswer.UNKNOWN}, DecisionOutcome.REVIEW, [DecisionReason.IDENTITY_NOT_CONFIRMED]),
        ({"number_corrected": True}, DecisionOutcome.REVIEW, [DecisionReason.IDENTITY_NOT_CONFIRMED]),
        ({"registry": None}, DecisionOutcome.REVIEW, [DecisionReason.SOURCE_UNAVAILABLE]),
        ({"screening": None}, DecisionOutcome.REVIEW, [DecisionReason.SOURCE_UNAVAILABLE]),
        (
            {"screening": ScreeningAnswer.POSSIBLE},
            DecisionOutcome.REVIEW,
            [DecisionReason.SCREENING_BY_PERSON],
        ),
        ({"portrait": PortraitAnswer.SAME}, DecisionOutcome.APPROVED, []),
        ({"portrait": PortraitAnswer.DIFFERENT}, DecisionOutcome.REVIEW, [DecisionReason.IDENTITY_NOT_CONFIRMED]),
        ({"bureau": None}, DecisionOutcome.REVIEW, [DecisionReason.SOURCE_UNAVAILABLE]),
        ({"face_by_person": True}, DecisionOutcome.REVIEW, [DecisionReason.FACE_CHECK_BY_PERSON]),
        ({"age": 66}, DecisionOutcome.DECLINED, [DecisionReason.AGE_OUTSIDE_POLICY]),
        ({"outstanding": Decimal(195000)}, DecisionOutcome.DECLINED, [DecisionReason.LIMIT_REACHED]),
        (
            {"monthly_income": Decimal(1500), "monthly_debt": Decimal(0)},
            DecisionOutcome.DECLINED,
            [DecisionReason.INCOME_TOO_LOW, DecisionReason.REPAYMENT_BURDEN_TOO_HIGH],
        ),
        ({"monthly_debt": Decimal(6800)}, DecisionOutcome.REVIEW, [DecisionReason.REPAYMENT_BURDEN_TOO_HIGH]),
        ({"monthly_income": Decimal(0)}, DecisionOutcome.DECLINED, None),
        (
            {"bureau": BureauRecord(overdue_count=3, open_loans=2, score=455)},
            DecisionOutcome.DECLINED,
            [DecisionReason.CREDIT_RECORD_OVERDUE],
        ),
        (
            {"bureau": BureauRecord(overdue_count=0, open_loans=0, score=None)},
            DecisionOutcome.DECLINED,
            [DecisionReason.START_SMALL],
        ),
        (
            {"bureau": BureauRecord(overdue_count=0, open_loans=0, score=None), "amount": Decimal(5000)},
            DecisionOutcome.APPROVED,
            [],
        ),
        ({"bureau": BureauRecord(0, 5, 700, new_loans=3)}, DecisionOutcome.APPROVED, []),
        ({"bureau": BureauRecord(0, 5, 700, new_loans=4)}, DecisionOutcome.REVIEW, [DecisionReason.LIMIT_REACHED]),
        ({"own_overdue": True}, DecisionOutcome.DECLINED, [DecisionReason.OWN_LOAN_OVERDUE]),
    ],
)
def test_the_decision_and_its_reasons(change, outcome, reasons):
    found = assess(dataclasses.replace(GOOD, **change), POLICIES.scorecard, POLICIES.limits)
    assert found.outcome is outcome
    if reasons is not None:
        assert list(found.reasons) == reasons


def test_a_limit_that_changes_holds_from_its_day(monkeypatch):
    limits = deepcopy(read_toml("policy", "limits.toml"))
    limits["retry_after_days"].append({**limits["retry_after_days"][0], "value": "60", "from": "2027-01-01"})
    real = loader.read_toml
    monkeypatch.setattr(loader, "read_toml", lambda *parts: limits if parts[-1] == "limits.toml" else real(*parts))
    chosen = [load_policies(today=day).limits.retry_after_days.value for day in (date(2026, 12, 31), date(2027, 1, 1))]
    assert chosen == [Decimal(30), Decimal(60)]
    limits["retry_after_days"][1]["mark"] = "heard"
    with pytest.raises(PolicyError, match="limits"):
        load_policies(today=date(2026, 12, 31))
