"""A source that is down declines nobody: the real workflow waits for it, and then a person takes over."""

import dataclasses
import json
import time

import pytest

from loanapp.backend.adapters.bank_notices import PATH, SIGNATURE_HEADER, notice_signature
from loanapp.backend.adapters.guarded import guarded
from loanapp.backend.adapters.ports import (
    OrderState,
    PortraitAnswer,
    Receipt,
    RegistryAnswer,
    RegistryReply,
    ScreeningAnswer,
    SourceDownError,
)
from loanapp.backend.policy.sources import SourceName
from loanapp.backend.store.tables import LedgerRow
from loanapp.domain.decision import DecisionReason
from loanapp.domain.status import ApplicationStatus


class Silent:
    """One source of the lender's whose answers fail ``failures`` times; None for always."""

    def __init__(self, lender, monkeypatch, source, method, failures=None):
        port = getattr(lender.services.sources, source)
        self.real, self.failures, self.asked = getattr(port, method), failures, 0
        monkeypatch.setattr(port, method, self)

    def __call__(self, *arguments):
        self.asked += 1
        if self.failures is None or self.asked <= self.failures:
            raise SourceDownError(3)
        return self.real(*arguments)


SOURCES = [("registry", "confirm", "identity"), ("screening", "screen", "screening"), ("bureau", "query", "credit")]


def submitted(walker, **terms):
    one = walker()
    one.ready_to_submit(**terms)
    one.act("/submit")
    return one


def decisions(lender, one):
    with lender.services.database.read() as session:
        rows = session.query(LedgerRow).filter_by(application_id=one.id, kind="decision").order_by(LedgerRow.no)
        return [row.detail for row in rows]


def entries(lender, one):
    with lender.services.database.read() as session:
        rows = session.query(LedgerRow).filter_by(application_id=one.id).order_by(LedgerRow.no)
        return [(row.act, row.detail) for row in rows]


def acts(lender, one):
    return [act for act, _detail in entries(lender, one)]


@pytest.mark.parametrize(("source", "method", "step"), SOURCES)
def test_it_waits_and_goes_on_by_itself(walker, lender, monkeypatch, expect_log, source, method, step):
    silent = Silent(lender, monkeypatch, source, method, failures=2)
    expect_log(f"the source for the check of {step} does not answer")
    one = submitted(walker)
    one.wait("offered")
    assert silent.asked == 3
    told = [detail["asking"] for act, detail in entries(lender, one) if act == f"share.{step}"]
    assert len(set(told)) == len(told) == (0 if step == "screening" else 3)  # asked anew is another act
    reasons = decisions(lender, one)[0]["reasons"]
    assert DecisionReason.SOURCE_UNAVAILABLE not in reasons


@pytest.mark.parametrize(("source", "method", "step"), SOURCES)
def test_one_that_stays_down_brings_a_person_and_no_refusal(
    walker, lender, monkeypatch, expect_log, source, method, step
):
    silent = Silent(lender, monkeypatch, source, method)
    expect_log(f"the source for the check of {step} does not answer")
    one = submitted(walker)
    answer = one.wait("in_review", "offered", "declined")
    assert answer["status"] != "declined"
    first = decisions(lender, one)[0]
    assert first["outcome"] == "review"
    assert DecisionReason.SOURCE_UNAVAILABLE in first["reasons"]
    assert silent.asked == 1 + len(lender.services.policies.sources.waits)
    assert f"check.{step}" in acts(lender, one)
    assert one.wait("offered")["decision"]["outcome"] == "approved"


def test_whoever_withdraws_while_a_source_is_silent_is_asked_about_no_more(walker, lender, monkeypatch, expect_log):
    services = lender.services
    slow = dataclasses.replace(
        services.policies, sources=services.policies.sources.model_copy(update={"waits": (0.6, 0.6)})
    )
    monkeypatch.setattr(type(services), "policies", property(lambda _services: slow), raising=False)
    silent = Silent(lender, monkeypatch, "registry", "confirm")
    expect_log("the source for the check of identity does not answer")
    one = submitted(walker)
    deadline = time.monotonic() + 10
    while not silent.asked and time.monotonic() < deadline:
        time.sleep(0.01)
    assert one.act("/withdraw")["status"] == "withdrawn"
    time.sleep(1.0)
    assert silent.asked == 1
    assert "share.credit" not in acts(lender, one)
    assert one.get()["status"] == "withdrawn"


def test_a_name_on_a_list_is_looked_at_by_a_person(walker, lender, monkeypatch):
    monkeypatch.setattr(lender.services.sources.screening, "screen", lambda *_: ScreeningAnswer.POSSIBLE)
    one = submitted(walker)
    one.wait("offered")
    first, last = decisions(lender, one)
    assert (first["outcome"], last["outcome"]) == ("review", "approved")
    assert DecisionReason.SCREENING_BY_PERSON in first["reasons"]


def test_the_portrait_goes_to_the_register_only_where_policy_says_so(walker, lender, monkeypatch):
    sent = []

    def confirm(_name, _number, portrait):
        sent.append(portrait)
        return RegistryReply(
            RegistryAnswer.MATCH, PortraitAnswer.DIFFERENT if portrait else PortraitAnswer.NOT_COMPARED
        )

    monkeypatch.setattr(lender.services.sources.registry, "confirm", confirm)
    one = submitted(walker)
    one.wait("offered")
    assert DecisionReason.IDENTITY_NOT_CONFIRMED not in decisions(lender, one)[0]["reasons"]
    services = lender.services
    comparing = dataclasses.replace(
        services.policies, sources=services.policies.sources.model_copy(update={"compares_portrait": True})
    )
    monkeypatch.setattr(type(services), "policies", property(lambda _services: comparing), raising=False)
    other = submitted(walker)
    other.wait("offered")
    first = decisions(lender, other)[0]
    assert (first["outcome"], DecisionReason.IDENTITY_NOT_CONFIRMED in first["reasons"]) == ("review", True)
    assert sent[0] is None
    assert sent[1].startswith(b"\x89PNG")


class TestPayout:
    """From the signed contract to the money, by every road a bank may take."""

    @pytest.fixture
    def handed_in(self, walker, clock, lender):
        def hand_in(bank):
            one = walker()
            one.ready_to_submit()
            one.act("/submit")
            one.wait("offered")
            one.accept()
            one.read_disclosure(clock)
            signed = one.sign()
            for name, act in bank.items():
                setattr(lender.services.sources.bank, name, act)
            assert one.hand_in(signed).status_code == 200
            return one

        yield hand_in
        for name in ("pay", "payment"):
            vars(lender.services.sources.bank).pop(name, None)

    @staticmethod
    def paid(lender, one):
        return [key for key, _amount in lender.bank.paid() if key.startswith(one.id)]

    def test_an_order_under_way_is_asked_about_when_the_bank_gives_notice(self, handed_in, lender, monkeypatch):
        # By itself it would look only once this test has given up.
        self._rules(lender, monkeypatch, lender.services.policies.sources.payout.model_copy(update={"looks": (90.0,)}))
        asked = []
        real = lender.services.sources.bank.payment

        def payment(key):
            asked.append(key)
            return real(key)

        card = "6222020000000000018"
        lender.bank._marks[card] = "under_way"
        try:
            one = handed_in({"payment": payment})
            one.wait("active")
        finally:
            lender.bank._marks[card] = "pays"
        assert self.paid(lender, one) == [f"{one.id}:payout:pay"] == list(dict.fromkeys(asked))
        assert one.done("GET", one.at("/loan"))["principal"] == "10000.00"

    def test_a_bank_outside_gives_notice_over_https(self, handed_in, lender, http, monkeypatch):
        self._rules(lender, monkeypatch, lender.services.policies.sources.payout.model_copy(update={"looks": (90.0,)}))
        answers = []

        def notify(key):
            body = json.dumps({"key": key}).encode()
            signature = notice_signature(lender.services.notice_secret, body)
            answers.append(http.post(PATH, data=body, headers={SIGNATURE_HEADER: signature}).status_code)

        monkeypatch.setattr(lender.bank, "notify", notify)
        card = "6222020000000000018"
        lender.bank._marks[card] = "under_way"
        try:
            one = handed_in({})
            one.wait("active")
        finally:
            lender.bank._marks[card] = "pays"
        assert answers == [204]
        assert self.paid(lender, one) == [f"{one.id}:payout:pay"]

    @pytest.mark.parametrize(
        ("body", "signature", "status"),
        [
            (b'{"key": "a:payout:pay"}', "", 403),
            (b'{"key": "a:payout:pay"}', "0" * 64, 403),
            (b'{"key": "' + b"a" * 5000 + b'"}', None, 403),
            (b"no notice", None, 422),
            (b"[]", None, 422),
            (b'{"key": 7}', None, 422),
            (b'{"key": "a:payout:pay"}', None, 204),
        ],
    )
    def test_a_notice_that_is_not_signed_wakes_nothing(self, lender, http, monkeypatch, body, signature, status):
        woken = []
        monkeypatch.setattr(type(lender.services.origination), "payout_notice", lambda _self, key: woken.append(key))
        signature = notice_signature(lender.services.notice_secret, body) if signature is None else signature
        assert http.post(PATH, data=body, headers={SIGNATURE_HEADER: signature}).status_code == status
        assert woken == (["a:payout:pay"] if status == 204 else [])

    def test_a_bank_that_does_not_answer_pays_once_all_the_same(self, handed_in, lender, monkeypatch, expect_log):
        quick = lender.services.policies.sources.payout.model_copy(update={"looks": (0.05,)})
        self._rules(lender, monkeypatch, quick)
        expect_log("the bank does not answer")
        real, calls = lender.services.sources.bank.pay, []

        def pay(*arguments):
            calls.append(1)
            if len(calls) < 4:
                real(*arguments)  # the money goes, and the answer is lost
                raise SourceDownError(3)
            return real(*arguments)

        one = handed_in({"pay": pay})
        one.wait("active")
        assert self.paid(lender, one) == [f"{one.id}:payout:pay"]

    def test_a_refused_order_is_told_and_made_anew_under_another_key(self, handed_in, lender, monkeypatch):
        quick = lender.services.policies.sources.payout.model_copy(update={"refused_again": 0.1})
        self._rules(lender, monkeypatch, quick)
        real = lender.services.sources.bank.pay

        def pay(key, *arguments):
            return real(key, *arguments) if key.endswith(":2") else Receipt("", "", OrderState.REFUSED)

        one = handed_in({"pay": pay})
        one.wait("active")
        assert self.paid(lender, one) == [f"{one.id}:payout:pay:2"]
        assert acts(lender, one).count("check.payout_refused") == 1

    @staticmethod
    def _rules(lender, monkeypatch, rules):
        services = lender.services
        changed = dataclasses.replace(
            services.policies, sources=services.policies.sources.model_copy(update={"payout": rules})
        )
        monkeypatch.setattr(type(services), "policies", property(lambda _services: changed), raising=False)

    def test_a_notice_about_nothing_changes_nothing(self, walker, lender):
        one = submitted(walker)
        before = one.wait("offered")
        for key in ("", "x", f"{one.id}:payout:pay", f"{one.id}:payout:pay:x", f"{one.id}:other"):
            lender.services.origination.payout_notice(key)
        assert one.get()["status"] == before["status"] == ApplicationStatus.OFFERED
        assert self.paid(lender, one) == []


def test_the_lenders_own_sources_are_all_asked_with_patience(lender):
    policies, sources = lender.services.policies, lender.services.sources
    names = {type(getattr(sources, name)).__name__ for name in SourceName}
    assert all(name.startswith("Guarded") for name in names)
    assert type(guarded(sources, policies.sources, lender.services.clock).bank).__name__ == "GuardedBank"
