"""What each test identity leads to, and what the borrower is told."""

import dataclasses
import json
import time
import uuid
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from loanapp.backend.origination.steps import review
from loanapp.backend.repeating import Repeating
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, LedgerRow, LivenessSession
from loanapp.backend.verification.review_facts import facts_sha256, review_facts
from loanapp.domain.clock import CHINA
from loanapp.domain.identity_number import check_character
from loanapp.domain.liveness import SourceKind, VerdictOutcome
from loanapp.domain.schedule import due_dates
from loanapp.domain.status import ApplicationStatus
from loanapp.vision.edge_rules import EDGES_MOVE
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import TERMS


def decided(one, *statuses):
    one.ready_to_submit()
    one.act("/submit")
    return one.wait(*statuses)


@pytest.mark.parametrize("key", ["declined_overdue", "declined_burden", "identity_mismatch"])
def test_a_refusal_has_reasons_and_a_day_to_come_back_that_is_held(walker, clock, key):
    one = walker(key)
    shown = decided(one, "declined")
    decision = shown["decision"]
    assert decision["outcome"] == "declined"
    assert decision["reasons"] == [reason.value for reason in one.who.reasons]
    assert decision["retry_after"] > shown["created_at"][:10]
    assert decision["score"] is None
    assert shown["allowed_actions"] == []
    assert shown["offer"] is None
    too_soon = refused(one.call("POST", "/v1/applications", body=TERMS, key=_key()), 409, "application_too_soon")
    assert too_soon["retry_after"] == decision["retry_after"]
    # Another phone is not another person.
    other = walker(key)
    other.sign_in()
    other.create()
    other.documents()
    answer = other.call("PUT", other.at("/identity"), body=other.identity_fields())
    assert refused(answer, 409, "application_too_soon")["retry_after"] == decision["retry_after"]
    assert other.get()["identity"] is None
    away = clock.away
    try:
        clock.move(days=31)
        one.sign_in()
        assert one.create()["status"] == "draft"
    finally:
        clock.away = away


def test_what_one_person_owes_counts_whatever_the_phone(walker, lender):
    from loanapp.backend.applications.standing import Standing

    one, other = walker("review"), walker("review")
    for borrower in (one, other):
        borrower.sign_in()
        borrower.create()
        borrower.documents()
        borrower.identify()
    with lender.services.database.write() as session:
        first, second = session.get_one(Application, one.id), session.get_one(Application, other.id)
        before = Standing(lender.services, session, second.borrower_id, second.identity_index).owed
        for status in (ApplicationStatus.SIGNED, ApplicationStatus.DISBURSING, ApplicationStatus.ACTIVE):
            first.status = status
            session.flush()
            assert (
                Standing(lender.services, session, second.borrower_id, second.identity_index).owed
                == before + first.amount
            )
            assert Standing(lender.services, session, second.borrower_id, None).owed == 0
        session.rollback()


def test_no_income_debt_score_or_credit_record_lies_open_in_any_database(walker, lender):
    one = walker("review")
    one.ready_to_submit()
    one.profile(monthly_income="23456.78", monthly_debt="1234.56")
    one.act("/submit")
    one.wait("offered")
    time.sleep(0.2)
    folder = lender.services.database.path.parent
    content = b"".join(path.read_bytes() for path in folder.glob("*.sqlite*"))
    for told in (b"23456.78", b"1234.56", b"self_employed", b"overdue_count", b"open_loans", b'"score"'):
        assert told not in content, told


def test_a_person_looks_says_that_it_is_simulated_and_approves(walker):
    one = walker("review")
    one.ready_to_submit()
    one.act("/submit")
    waiting = one.wait("in_review", "offered")
    if waiting["status"] == "in_review":
        assert waiting["waiting_for"] == "reviewer"
        assert waiting["expected_seconds"] > 0
        assert "limit_reached" in waiting["decision"]["reasons"]
    shown = one.wait("offered")
    assert shown["decision"]["outcome"] == "approved"
    assert shown["decision"]["reviewer_simulated"] is True


@pytest.mark.attack("a-lender-that-is-no-demonstration-approves-nothing-by-a-simulated-person")
def test_a_lender_that_is_no_demonstration_waits_for_a_person(walker, lender, monkeypatch):
    services, one = lender.services, walker("review")
    one.ready_to_submit()
    policies = services.policies
    real = dataclasses.replace(policies, profile=policies.profile.model_copy(update={"simulated": False}))
    for used, told in ((real, "waiting"), (policies, "approved")):
        monkeypatch.setattr(type(services), "policies", property(lambda _services, now=used: now), raising=False)
        with services.database.write() as session:
            session.get_one(Application, one.id).status = ApplicationStatus.IN_REVIEW
            assert review(services, session, one.id) == told
            session.rollback()


def test_the_reviewer_is_given_the_facts_of_the_face_attempts_and_the_borrower_is_not(walker, lender):
    one = walker("review")
    one.ready_to_submit()
    rule = {"name": EDGES_MOVE, "value": 0.061, "comparison": "at_most", "limit": 0.02}
    now = lender.services.clock.now()
    tried = LivenessSession(
        id=str(uuid.uuid4()),
        application_id=one.id,
        challenge={},
        source_kind=SourceKind.CAMERA,
        issued_at=now,
        expires_at=now,
        outcome=VerdictOutcome.REVIEW,
        reasons=["flash_not_seen"],
        verdict={"rules": [rule | {"passed": False, "reason": None, "outcome": "passed"}]},
    )
    with lender.services.database.write() as session:
        session.add(tried)
    one.act("/submit")
    shown = one.wait("offered")
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id)).all()
        facts = review_facts(session, one.id)
    (decided_by,) = [row for row in rows if row.kind == "decision" and row.actor == "simulated_reviewer"]
    assert facts == [{"outcome": "review", "reasons": ["flash_not_seen"], "notes": [rule]}]
    assert decided_by.detail["face_attempts_sha256"] == facts_sha256(facts)
    assert EDGES_MOVE not in json.dumps(shown)
    assert EDGES_MOVE not in json.dumps([row.detail for row in rows])


@pytest.mark.parametrize("gone", ["taken back", "erased"])
def test_no_figure_of_a_face_outlives_its_row(walker, lender, gone):
    one = walker("review")
    one.ready_to_submit()
    marks = EDGES_MOVE, 0.0619283746
    rule = {"name": marks[0], "value": marks[1], "comparison": "at_most", "limit": 0.02}
    now = lender.services.clock.now()
    with lender.services.database.write() as session:
        session.add(
            LivenessSession(
                id=str(uuid.uuid4()),
                application_id=one.id,
                challenge={},
                source_kind=SourceKind.CAMERA,
                issued_at=now,
                expires_at=now,
                ended_at=now,
                outcome=VerdictOutcome.REVIEW,
                reasons=["flash_not_seen"],
                verdict={"rules": [rule | {"passed": False, "reason": None, "outcome": "passed"}]},
            )
        )
    one.act("/submit")
    one.wait("offered")
    if gone == "taken back":
        one.consent("face_verification", granted=False)
    else:
        one.act("/withdraw")
        assert one.call("POST", one.at("/erasure"), body={}).status_code == 200
    with lender.services.database.read() as session:
        of_one = LedgerRow.application_id == one.id
        told = json.dumps(list(session.scalars(select(LedgerRow.detail).where(of_one))))
    assert "face_attempts_sha256" in told
    assert not any(str(mark) in told for mark in marks)
    lender.services.database.erase_deleted()
    held = str(marks[1]).encode()
    root = lender.services.database.path.parent
    assert not any(held in path.read_bytes() for path in root.glob("lender.sqlite*"))


def test_somebody_who_is_in_no_table_goes_to_a_person_and_not_to_a_crash(walker):
    one = walker()
    one.sign_in()
    one.create()
    one.documents()
    number = "11019919900101001" + check_character("11019919900101001")
    one.done("PUT", one.at("/identity"), body=one.identity_fields() | {"identity_number": number, "name": "某某"})
    one.profile()
    one.consents()
    one.act("/manual-verification")
    # The card of a test identity is not theirs; any other debit card is.
    refused(one.card(), 422, "card_mismatch")
    bound = one.card("6222020000000000993", "13912345678")
    assert bound.status_code == 200
    assert bound.json()["luhn_ok"] is False
    one.act("/submit")
    shown = one.wait("offered")
    assert "in_review" in [entry["status"] for entry in shown["timeline"]]


def test_an_offer_runs_out_and_a_new_application_may_begin(walker, clock, lender):
    one = walker()
    decided(one, "offered")
    away = clock.away
    try:
        clock.move(hours=25)
        one.sign_in()
        assert one.get()["status"] == "expired"
        offer = one.get()["offer"]
        answer = one.call("POST", one.at("/offer/accept"), body={"offer_id": offer["offer_id"]}, key=_key())
        refused(answer, 409, "not_allowed_now")
        assert one.create()["status"] == "draft"
    finally:
        clock.away = away


def test_withdrawing_before_the_contract_is_signed(walker, lender):
    one = walker()
    decided(one, "offered")
    one.accept()
    assert one.act("/withdraw")["status"] == "withdrawn"
    assert not [key for key, _amount in lender.bank.paid() if key.startswith(one.id)]


def test_the_cost_table_must_be_read_and_the_very_contract_signed(walker, clock, lender):
    one = walker()
    decided(one, "offered")
    early = one.call("POST", one.at("/offer/accept"), body={"offer_id": "another"}, key=_key())
    refused(early, 409, "not_allowed_now")
    one.accept()
    table = one.done("GET", one.at("/cost-disclosure"))
    body = {"sha256": table["sha256"], "seconds_on_screen": 16, "end_reached": True}
    confirm = one.at("/cost-disclosure/confirmation")
    # The client's word is not enough: the lender's own clock has seen no reading time.
    told = refused(one.call("POST", confirm, body=body, key=_key()), 422, "reading_time_not_reached")
    assert told["needed_seconds"] == 15
    answer = one.call("POST", one.at("/certificate"), body={"csr_pem": "x"}, key=_key())
    refused(answer, 422, "reading_time_not_reached")
    clock.move(seconds=16)
    for change in ({"seconds_on_screen": 3}, {"end_reached": False}):
        refused(one.call("POST", confirm, body=body | change, key=_key()), 422, "reading_time_not_reached")
    refused(one.call("POST", confirm, body=body | {"sha256": "0" * 64}, key=_key()), 422, "input_invalid")
    one.done("POST", confirm, body=body, key=_key())
    one.authorise()
    refused(one.call("POST", one.at("/certificate"), body={"csr_pem": "no"}, key=_key()), 422, "input_invalid")
    contract = one.call("GET", one.at("/contract")).content
    refused(one.hand_in(contract), 409, "not_allowed_now")
    signed = one.sign()
    flipped = bytearray(signed)
    flipped[len(contract) // 2] ^= 1
    for bad in (b"no pdf", contract, bytes(flipped), signed + b"%%EOF\n", signed[:-200]):
        refused(one.hand_in(bad), 422, "contract_signature_invalid")
    # A key certified later takes the place of the first; what the first signed counts no more.
    newer = one.sign()
    refused(one.hand_in(signed), 422, "contract_signature_invalid")
    assert one.hand_in(newer).status_code == 200
    one.wait("active")
    with lender.services.database.read() as session:
        kinds = [row.kind for row in session.query(LedgerRow).filter_by(application_id=one.id)]
        assert kinds.count("payout") == 1
        assert ledger.first_broken(session) is None


def test_the_days_count_from_the_payout_and_the_offered_money_is_paid(walker, clock, lender):
    one = walker()
    offered = decided(one, "offered")["offer"]
    away = clock.away
    try:
        clock.move(hours=23)
        one.sign_in()
        one.accept()
        one.read_disclosure(clock)
        signed = one.sign()
        with lender.services.database.write() as session:
            session.get_one(Application, one.id).amount = Decimal(9999)  # what was asked for counts no more
        assert one.hand_in(signed).status_code == 200
        one.wait("active")
        loan = one.done("GET", one.at("/loan"))
    finally:
        clock.away = away
    day = datetime.fromisoformat(loan["disbursed_at"]).astimezone(CHINA).date()
    dues = [date.fromisoformat(row["due"]) for row in loan["schedule"]]
    assert tuple(dues) == due_dates(day, len(dues))
    plain = [{**row, "due": ""} for row in loan["schedule"]]
    assert plain == [{**row, "due": ""} for row in offered["schedule"]]
    assert loan["next_due"]["due"] == loan["schedule"][0]["due"]
    assert loan["principal"] == "10000.00"
    assert [amount for key, amount in lender.bank.paid() if key.startswith(one.id)] == [Decimal(offered["payout"])]


def test_a_review_that_failed_is_taken_up_again(walker, lender, monkeypatch, expect_log):
    from loanapp.backend.origination import steps

    real, calls = steps.review, []

    def failing(*arguments):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("13800000001")
        return real(*arguments)

    monkeypatch.setattr(steps, "review", failing)
    expect_log("a workflow stopped: RuntimeError at .*test_outcomes")
    one = walker("review")
    decided(one, "in_review")
    deadline = time.monotonic() + 10
    while len(calls) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
        lender.services.origination.advance(one.id)
    one.wait("offered")


def test_a_bank_that_fails_is_asked_again_without_a_restart(walker, clock, lender, monkeypatch):
    one = walker()
    decided(one, "offered")
    one.accept()
    one.read_disclosure(clock)
    signed = one.sign()
    real, calls = lender.services.sources.bank.pay, []

    def failing(*arguments):
        calls.append(1)
        if len(calls) == 1:
            raise OSError("13800000001")
        return real(*arguments)

    monkeypatch.setattr(lender.services.sources.bank, "pay", failing)
    assert one.hand_in(signed).status_code == 200
    one.wait("active")
    assert len(calls) == 2
    assert len([key for key, _amount in lender.bank.paid() if key.startswith(one.id)]) == 1


def test_a_workflow_that_failed_is_found_without_being_asked(walker, lender, monkeypatch, expect_log):
    from loanapp.backend.origination import engine

    real, calls = lender.services.sources.registry.confirm, []

    def failing(*arguments):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("13800000001")
        return real(*arguments)

    monkeypatch.setattr(lender.services.sources.registry, "confirm", failing)
    expect_log("a workflow stopped: RuntimeError at .*test_outcomes")
    looking = Repeating("looking", 0.1, engine._engine().resume)
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    looking.start()
    try:
        one.wait("offered")
    finally:
        looking.stop()


def _key():
    return str(uuid.uuid4())


def test_a_workflow_that_failed_is_begun_again_and_pays_once(walker, clock, lender, monkeypatch, expect_log):
    one = walker()
    real = lender.services.sources.registry.confirm
    calls, broken = [], [True]

    def failing(name, number, portrait):
        calls.append(number)
        if broken:  # for as long as the test looks: the lender's own timer may begin it again at any moment
            raise RuntimeError("13800000001")
        return real(name, number, portrait)

    monkeypatch.setattr(lender.services.sources.registry, "confirm", failing)
    expect_log("a workflow stopped: RuntimeError at .*test_outcomes")
    one.ready_to_submit()
    one.act("/submit")
    deadline = 200
    while not calls and deadline:
        time.sleep(0.02)
        deadline -= 1
    time.sleep(0.2)
    assert one.get()["status"] == "verifying"
    failed = len(calls)
    broken.clear()
    lender.services.origination.advance(one.id)
    one.wait("offered")
    assert len(calls) == failed + 1
