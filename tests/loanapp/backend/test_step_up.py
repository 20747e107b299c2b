"""Showing once more who one is before money moves: which rows ask for it, what opens the signature, what does not."""

import dataclasses
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from loanapp.backend.applications.store import Card, Sealed
from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.auth.known_computers import long_unused
from loanapp.backend.data_uses.erasure import erase
from loanapp.backend.inference.client import FaceResult
from loanapp.backend.policy import load_policies
from loanapp.backend.policy.step_up import Act, Moment, StepUpPolicy
from loanapp.backend.staff.tables import StaffRole
from loanapp.backend.store.tables import Application, LedgerRow, StepUpRecord
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend.test_passwords import whose
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import Walker, blank_evidence, evidence_path, sealed_evidence

POLICY = load_policies().step_up
HOURS = dict.fromkeys(("known_hours", "unused_days", "wait_hours", "asked_hours", "branch_hours"), 1)
TODAY = date(2026, 11, 28)
LARGE = {"amount": "30000.00", "months": 24}
PASSED = FaceResult("passed", (), {}, "same")
SOMEBODY_ELSE = FaceResult("passed", (), {}, "different")
DOUBTFUL = FaceResult("review", ("flash_not_seen",), {}, "same")


@pytest.mark.parametrize(
    ("seen", "rows"),
    [
        (Moment(Act.PAYOUT, Decimal("29999.99")), []),
        (Moment(Act.PAYOUT, Decimal(30000)), ["large_payout"]),
        (Moment(Act.PAYOUT, Decimal(1000), card_changed=True), ["changed_card"]),
        (Moment(Act.PAYOUT, Decimal(30000), card_changed=True), ["large_payout", "changed_card"]),
        (Moment(Act.PAYOUT, Decimal(1000), new_computer=True), ["new_computer"]),
        (Moment(Act.PAYOUT, Decimal(1000), unused=True), ["long_unused"]),
        (Moment(Act.FORGOTTEN), ["forgotten_password_unverified"]),
        (Moment(Act.FORGOTTEN, verified=True), ["forgotten_password"]),
        (Moment(Act.FACTOR_LOST), ["lost_factor"]),
        (Moment(Act.FACTOR_ENROLMENT), ["new_factor"]),
    ],
)
def test_the_rows_ask_and_say_why(seen, rows):
    found = POLICY.wanted(seen, TODAY)
    assert [rule.id for rule in found] == rows
    assert all((rule.because is not None) is (seen.act is Act.PAYOUT) for rule in found)
    assert POLICY.wanted(seen, TODAY - timedelta(days=2)) == ()  # not yet in force


@pytest.mark.parametrize(
    "change", [{"until": date(2026, 11, 26)}, {"when": {"network": "home"}}, {"mark": "x"}, {"act": "factor_removal"}]
)
def test_a_row_that_does_not_hold_starts_no_lender(change):
    row = {"id": "row", "on": True, "act": "payout", "from": TODAY, "because": {"zh": "因", "en": "why"}}
    row |= {"source": "s", "mark": "CHOICE"}
    whole = {"version": "v", "fresh_minutes": 1, "person_hours": 1, "source": "s", "mark": "m"}
    whole |= HOURS
    StepUpPolicy.model_validate(whole | {"rules": [row]})
    bad = row | ({"to": change["until"]} if "until" in change else change)
    for rows in ([bad], [row, row]):
        with pytest.raises(ValidationError):
            StepUpPolicy.model_validate(whole | {"rules": rows})


@pytest.fixture
def about_to_sign(walker, clock):
    """``about_to_sign(**terms)``: a borrower who has read everything; what a person had to see is seen."""
    made = []

    def make(**terms):
        one = walker()
        one.ready_to_submit(**terms)
        one.act("/submit")
        one.wait("offered")
        one.accept()
        one.read_disclosure(clock)
        made.append(one)
        return one

    yield make
    for one in made:
        if one.get()["status"] == "signing":
            one.act("/withdraw")


@pytest.fixture
def shows(lender, monkeypatch):
    """``shows(one, result)``: the borrower looks into the camera once more, judged as ``result``; the answer."""

    def look(one, result):
        monkeypatch.setattr(lender.services.inference, "judge", lambda _question: result)
        challenge = one.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
        return one.call(
            "PUT", evidence_path(challenge), content=sealed_evidence(one, challenge, blank_evidence(challenge))
        )

    return look


def checks_of(lender, one):
    with lender.services.database.read() as session:
        rows = session.query(LedgerRow).filter_by(application_id=one.id, kind="check").order_by(LedgerRow.no).all()
        return [row.detail for row in rows]


def test_a_small_loan_to_the_first_card_is_asked_nothing_more(about_to_sign):
    one = about_to_sign(amount="3000.00")
    assert one.get()["step_up"] is None
    assert one.send_signing_code()["contract_number"]


@pytest.mark.attack("a-large-payout-is-not-signed-before-the-face-was-shown-once-more")
def test_a_large_payout_is_not_signed_before_the_face_was_shown_once_more(about_to_sign, shows, lender, clock):
    one = about_to_sign(**LARGE)
    told = one.get()
    assert told["step_up"]["state"] == "needed"
    assert told["step_up"]["because"][0]["zh"].startswith("这笔到账的金额较大")
    assert told["allowed_actions"] == ["start_liveness", "choose_manual_verification", "withdraw"]
    assert told["face_ways"] == ["camera", "manual"]
    for path, body in (
        ("/contract/code", {}),
        ("/contract/code/confirmation", {"challenge_id": str(uuid.uuid4()), "code": "123456"}),
        ("/certificate", {"csr_pem": "x"}),
    ):
        refused(one.call("POST", one.at(path), body=body, key=str(uuid.uuid4())), 409, "step_up_needed")
    refused(one.hand_in(b"%PDF-"), 409, "step_up_needed")
    assert shows(one, PASSED).json()["outcome"] == "passed"
    told = one.get()
    assert told["step_up"]["state"] == "shown"
    assert told["face"]["way"] == "manual"  # what was verified before the offer stays as it was
    assert one.hand_in(one.sign()).status_code == 200
    one.wait("active")
    noted = next(detail for detail in checks_of(lender, one) if detail["check"] == "step_up")
    assert (noted["way"], noted["rules"]) == ("camera", ["large_payout"])


@pytest.mark.attack("another-persons-face-opens-nothing-and-after-some-only-a-person-can")
def test_another_persons_face_opens_nothing_and_after_some_only_a_person_can(about_to_sign, shows, lender, clock):
    one, away = about_to_sign(**LARGE), clock.away
    for _ in range(lender.services.policies.face.lock_failures):
        assert shows(one, SOMEBODY_ELSE).json()["reasons"] == ["face_unlike_document"]
        refused(one.call("POST", one.at("/contract/code"), body={}, key=str(uuid.uuid4())), 409, "step_up_needed")
    told = one.get()
    assert told["face"]["locked_seconds"] > 0
    assert (told["face_ways"], told["step_up"]["state"]) == (["manual"], "needed")
    assert "start_liveness" not in told["allowed_actions"]
    clock.away = away


@pytest.mark.attack("what-was-shown-counts-for-a-while-only")
def test_what_was_shown_counts_for_a_while_only(about_to_sign, shows, lender, clock):
    one, away = about_to_sign(**LARGE), clock.away
    shows(one, PASSED)
    assert one.send_signing_code()["contract_number"]
    clock.move(minutes=lender.services.policies.step_up.fresh_minutes + 1)
    assert one.get()["step_up"]["state"] == "needed"
    refused(one.call("POST", one.at("/contract/code"), body={}, key=str(uuid.uuid4())), 409, "step_up_needed")
    clock.away = away


@pytest.mark.attack("a-call-that-was-answered-signs-nothing-once-a-new-computer-is-signed-in")
def test_a_simulated_person_calls_and_a_new_computer_signs_nothing_by_that(
    about_to_sign, lender, clock, monkeypatch, http
):
    one, away, policies = about_to_sign(**LARGE), clock.away, lender.services.policies
    slow = dataclasses.replace(policies, simulation=policies.simulation.model_copy(update={"reviewer_seconds": 600.0}))
    monkeypatch.setattr(type(lender.services), "policies", property(lambda _services: slow), raising=False)
    one.act("/manual-verification")
    assert one.get()["step_up"]["state"] == "waiting"
    refused(one.call("POST", one.at("/contract/code"), body={}, key=str(uuid.uuid4())), 409, "step_up_needed")
    clock.move(seconds=601)
    assert one.get()["step_up"]["state"] == "shown"
    clock.away = away
    monkeypatch.undo()
    clock.move(seconds=30)
    thief = Walker(http, phone=one.phone)
    thief.sign_in()
    thief.id = one.id
    assert thief.get()["step_up"]["state"] == "needed"
    refused(thief.call("POST", thief.at("/contract/code"), body={}, key=str(uuid.uuid4())), 409, "step_up_needed")
    one.done("POST", "/v1/auth/devices/sign-out-others", body={})
    clock.away = away
    assert one.hand_in(one.sign()).status_code == 200
    one.wait("active")
    assert [detail["way"] for detail in checks_of(lender, one) if detail["check"] == "step_up"] == ["manual"]


@pytest.mark.attack("a-lender-that-is-no-demonstration-never-counts-a-call-nobody-made")
def test_a_lender_that_is_no_demonstration_never_counts_a_call_nobody_made(about_to_sign, lender, clock, monkeypatch):
    one, away, policies = about_to_sign(**LARGE), clock.away, lender.services.policies
    one.act("/manual-verification")
    real = dataclasses.replace(policies, profile=policies.profile.model_copy(update={"simulated": False}))
    monkeypatch.setattr(type(lender.services), "policies", property(lambda _services: real), raising=False)
    clock.move(minutes=2)
    assert one.get()["step_up"]["state"] == "waiting"
    refused(one.call("POST", one.at("/contract/code"), body={}, key=str(uuid.uuid4())), 409, "step_up_needed")
    monkeypatch.undo()
    assert one.get()["step_up"]["state"] == "shown"
    clock.away = away


def test_a_doubtful_look_goes_to_a_person(about_to_sign, shows):
    one = about_to_sign(**LARGE)
    assert shows(one, DOUBTFUL).json()["outcome"] == "review"
    assert one.get()["step_up"]["state"] in {"waiting", "shown"}


@pytest.mark.attack("a-changed-card-is-asked-about-and-the-same-card-is-not")
def test_a_changed_card_is_asked_about_and_the_same_card_is_not(about_to_sign, shows, lender, clock):
    first = about_to_sign(amount="2000.00")
    assert first.hand_in(first.sign()).status_code == 200
    first.wait("active")
    same = about_to_sign(amount="2000.00")
    assert same.get()["step_up"] is None
    services = lender.services
    with services.database.write() as session:
        application = session.get_one(Application, same.id)
        card = Sealed(services, application).card
        Sealed(services, application).card = Card(card.number[:-1] + str((int(card.number[-1]) + 1) % 10), card.phone)
    told = same.get()["step_up"]
    assert (told["state"], told["because"][0]["en"]) == ("needed", "the money would go to another card than last time")
    assert same.get()["face_ways"] == ["camera", "branch"]  # whoever holds the SIM card would answer a call
    refused(same.call("POST", same.at("/contract/code"), body={}, key=str(uuid.uuid4())), 409, "step_up_needed")
    shows(same, PASSED)
    assert same.send_signing_code()["contract_number"]


@pytest.mark.attack("with-the-sim-card-alone-not-even-a-small-sum-is-signed-on-a-new-computer")
def test_with_the_sim_card_alone_not_even_a_small_sum_is_signed_on_a_new_computer(about_to_sign, shows, http, clock):
    one, away = about_to_sign(amount="2000.00"), clock.away
    thief = Walker(http, phone=one.phone)
    clock.move(seconds=30)
    thief.sign_in()
    thief.id = one.id
    told = thief.get()
    assert told["step_up"]["because"][0]["zh"].startswith("您的账户登录在一台不久前才开始用的电脑")
    assert told["face_ways"] == ["camera", "branch"]  # a call would ring in the thief's hand
    refused(thief.call("POST", thief.at("/contract/code"), body={}, key=str(uuid.uuid4())), 409, "step_up_needed")
    one.done("POST", "/v1/auth/devices/sign-out-others", body={})
    assert one.get()["step_up"] is None  # with the thief out, the owner is asked nothing
    clock.move(seconds=30)
    one.sign_in()
    assert one.get()["step_up"] is None  # nor for signing in anew
    clock.away = away


@pytest.mark.attack("an-account-long-unused-is-asked-once-more-whatever-the-sum")
def test_an_account_long_unused_is_asked_once_more_whatever_the_sum(walker, lender, clock):
    one, away = walker(), clock.away
    one.sign_in()
    clock.move(days=40)
    one.sign_in()
    for forgotten in (False, True):  # as long as the old sign-in is on record, and after
        if forgotten:
            forget_old_sign_ins(lender.services)
        with lender.services.database.read() as session:
            assert long_unused(lender.services, session, whose(one, lender))
    clock.move(hours=lender.services.policies.step_up.known_hours + 1)
    with lender.services.database.read() as session:
        assert not long_unused(lender.services, session, whose(one, lender))
    clock.away = away


@pytest.mark.attack("before-there-is-a-contract-no-look-is-open")
def test_before_there_is_a_contract_no_look_is_open(walker, clock):
    one = walker()
    one.ready_to_submit(**LARGE)
    one.act("/submit")
    one.wait("offered")
    body = {"source_kind": "demonstration"}
    refused(one.call("POST", one.at("/liveness-sessions"), body=body, key=str(uuid.uuid4())), 409, "not_allowed_now")
    one.act("/withdraw")


def test_it_goes_with_the_application(about_to_sign, shows, lender):
    one = about_to_sign(**LARGE)
    shows(one, PASSED)
    one.act("/withdraw")
    with lender.services.database.write() as session:
        application = session.get_one(Application, one.id)
        assert application.status is ApplicationStatus.WITHDRAWN
        erase(lender.services, session, application, "request")
        assert session.query(StepUpRecord).filter_by(application_id=one.id).count() == 0


def test_a_row_switched_off_asks_nobody(about_to_sign, lender, monkeypatch):
    one = about_to_sign(**LARGE)
    policies = lender.services.policies
    off = policies.step_up.model_copy(
        update={"rules": tuple(rule.model_copy(update={"on": False}) for rule in policies.step_up.rules)}
    )
    changed = dataclasses.replace(policies, step_up=off)
    monkeypatch.setattr(type(lender.services), "policies", property(lambda _services: changed), raising=False)
    assert one.get()["step_up"] is None


def last_look(one):
    """What an owner of the account reads of whoever looked last."""
    looks = [entry["content"] for entry in one.done("GET", "/v1/data-uses")["entries"]]
    return next((look["act"], look["actor"]) for look in reversed(looks) if look["act"].startswith("access."))


def answer(reviewer, one, said):
    """What a member says with the page before them."""
    path = f"/calls/{one.id}"
    return reviewer.send(path, answer=said, record=reviewer.asked(path))


# Last: from here the lender has people, and nobody is simulated any more.
@pytest.mark.attack("a-yes-to-a-call-is-none-to-a-visit")
def test_a_member_of_staff_calls_the_phone_of_the_account(about_to_sign, desk, lender, clock, http):
    theirs, strangers = about_to_sign(**LARGE), about_to_sign(amount="31000.00", months=24)
    elsewhere = about_to_sign(**LARGE)
    reviewer, payer = desk("caller", StaffRole.REVIEWER), desk("payer", StaffRole.PAYOUT)
    for one in (theirs, strangers, elsewhere):
        one.act("/manual-verification")
    called = reviewer.asked(f"/calls/{elsewhere.id}")
    clock.move(seconds=30)
    Walker(http, phone=elsewhere.phone).sign_in()
    elsewhere.act("/manual-verification")  # with a new computer that is a visit, asked for during the call
    for record in (called, ""):
        told = reviewer.send(f"/calls/{elsewhere.id}", answer="confirm", record=record)
        assert (told.status_code, 'role="alert"' in told.text) == (422, True)
    assert elsewhere.get()["step_up"]["state"] == "waiting"
    clock.move(minutes=1)
    reviewer.sign_in()
    payer.sign_in()
    assert [one.get()["step_up"]["state"] for one in (theirs, strangers)] == ["waiting", "waiting"]
    page, masked = reviewer.page(), f"{theirs.phone[:3]}****{theirs.phone[-4:]}"
    assert theirs.phone not in page
    assert strangers.phone not in page
    assert page.count(masked) == 1
    assert f"{elsewhere.phone[:3]}****{elsewhere.phone[-4:]}" not in page  # to be met at a branch
    visit, who = reviewer.page(f"/calls/{elsewhere.id}"), elsewhere.who
    assert elsewhere.phone not in visit
    assert f"<dd>{who.name}</dd>" in visit  # what the identity card is held against
    assert f"<dd>{'*' * 14}{who.identity_number[-4:]}</dd>" in visit
    assert who.identity_number not in visit
    assert last_look(elsewhere) == ("access.identity", "staff")
    assert answer(reviewer, elsewhere, "confirm").status_code == 303
    assert elsewhere.get()["step_up"]["state"] == "shown"
    assert checks_of(lender, elsewhere)[-1]["check"] == "step_up_visit_confirmed"
    assert masked not in payer.page()
    payer.page(f"/calls/{theirs.id}", 403)
    call = reviewer.page(f"/calls/{theirs.id}")
    assert theirs.phone in call
    assert f"**** {who.card_number[-4:]}</dd>" in call
    assert (who.card_number not in call, who.name not in call) == (True, True)
    assert last_look(theirs) == ("access.call", "staff")
    unsaid = reviewer.send(f"/calls/{theirs.id}")
    assert (unsaid.status_code, 'role="alert"' in unsaid.text) == (422, True)
    assert payer.send(f"/calls/{theirs.id}", answer="confirm").status_code == 403
    assert answer(reviewer, theirs, "confirm").status_code == 303
    assert answer(reviewer, strangers, "refuse").status_code == 303
    assert reviewer.send(f"/calls/{strangers.id}", answer="confirm").status_code == 404
    assert masked not in reviewer.page()
    reviewer.page(f"/calls/{theirs.id}", 404)
    assert theirs.send_signing_code()["contract_number"]
    told = strangers.get()
    assert (told["step_up"]["state"], told["allowed_actions"]) == ("refused", ["withdraw"])
    refused(
        strangers.call("POST", strangers.at("/contract/code"), body={}, key=str(uuid.uuid4())), 409, "step_up_needed"
    )
    again = strangers.call("POST", strangers.at("/manual-verification"), body={}, key=str(uuid.uuid4()))
    refused(again, 409, "not_allowed_now")
    assert "step_up_confirmed" in {detail["check"] for detail in checks_of(lender, theirs)}
    assert "step_up_refused" in {detail["check"] for detail in checks_of(lender, strangers)}
