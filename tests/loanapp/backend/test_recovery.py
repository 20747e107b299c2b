"""Whoever holds the SIM card alone replaces no password and no second factor, and the owner who lost them can."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from loanapp.backend.auth import passwords, recovery
from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.auth.passwords import SignedIn
from loanapp.backend.auth.tables import AccountRecovery
from loanapp.backend.refusal import RefusedError
from loanapp.backend.staff.tables import StaffRole
from loanapp.backend.store.tables import Application, FaceState, LedgerRow
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.schedule import RepaymentMethod
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend.test_passwords import OTHER, PASSWORD, code_of, code_session, turn_on, whose
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import Walker

FACTOR = "/v1/auth/second-factor"
REMOVAL = FACTOR + "/removal"


@pytest.fixture(autouse=True)
def the_clock_comes_back(clock):
    away = clock.away
    yield
    clock.away = away


@pytest.fixture
def owner(walker):
    """Somebody with a password, on the computer they have always used."""
    one = walker()
    one.sign_in()
    one.done("PUT", "/v1/auth/password", body={"passphrase": PASSWORD})
    return one


@pytest.fixture
def lent(walker, lender, clock):
    """The same, who had a loan long ago."""
    owner = walker()
    owner.borrow(clock, amount="2000.00")
    owner.done("PUT", "/v1/auth/password", body={"passphrase": PASSWORD})
    with lender.services.database.write() as session:
        application = session.get_one(Application, owner.id)
        application.created_at -= timedelta(days=30)
        application.status = ApplicationStatus.SETTLED
    return owner


@pytest.fixture
def handed_in(owner, lender):
    """The same, who once handed in an application with an identity: a branch has something to compare with."""
    now = lender.services.clock.now()
    with lender.services.database.write() as session:
        session.add(
            Application(
                id=str(uuid.uuid4()),
                number=f"T{uuid.uuid4().hex[:12]}",
                borrower_id=whose(owner, lender),
                status=ApplicationStatus.WITHDRAWN,
                product_id="consumer",
                amount=Decimal(2000),
                months=12,
                method=next(iter(RepaymentMethod)),
                purpose=next(iter(LoanPurpose)),
                created_at=now,
                updated_at=now,
                identity_sealed=b"kept under lock",
            )
        )
    return owner


@pytest.fixture
def thief(http, clock):
    """``thief(of)``: somebody on a new computer who gets the owner's text messages, and nothing else."""

    def sim_card(of):
        clock.move(seconds=30)
        one = Walker(http, phone=of.phone)
        one.sign_in()
        one.id = of.id
        return one

    return sim_card


def replace(one, **more):
    return one.call("PUT", "/v1/auth/password", body={"passphrase": OTHER, **more})


def grant(lender, owner):
    """What a member of staff says at a branch to the last thing that was asked."""
    with lender.services.database.read() as session:
        mine = session.query(AccountRecovery).filter_by(borrower_id=whose(owner, lender), ended_at=None)
        last = mine.order_by(AccountRecovery.asked_at.desc()).first().id
    recovery.answer_at_branch(lender.services, last, "member-1", "身份证原件与本人一致", confirmed=True)


def still(owner, password):
    answer = owner.by_password(password)
    if answer.status_code == 201:
        owner.token, owner.refresh_token = answer.json()["access_token"], answer.json()["refresh_token"]
    return answer.status_code == 201


@pytest.mark.attack("the-sim-card-alone-replaces-no-password")
def test_the_sim_card_alone_replaces_no_password(lent, thief, clock):
    stranger = thief(lent)
    told = refused(replace(stranger), 409, "recovery_needed")
    assert len(told["recovery_number"]) == 6
    clock.move(days=4)  # where somebody was verified, no time does it
    stranger.sign_in()
    refused(replace(stranger), 409, "recovery_needed")
    assert still(lent, PASSWORD)


def test_asking_opens_no_look_at_a_face_of_an_earlier_loan(lent, clock):
    body = {"source_kind": "demonstration"}
    clock.move(seconds=30)
    lent.sign_in()
    assert "application_id" not in refused(replace(lent), 409, "recovery_needed")
    key = str(uuid.uuid4())
    refused(lent.call("POST", lent.at("/liveness-sessions"), body=body, key=key), 409, "not_allowed_now")


@pytest.mark.attack("with-the-password-too-a-new-computer-puts-no-older-one-out")
def test_with_the_password_too_a_new_computer_puts_no_older_one_out(owner, thief):
    stranger = thief(owner)
    stranger.done("POST", "/v1/auth/devices/sign-out-others", body={})
    refused(owner.call("GET", "/v1/auth/devices"), 401, "signed_out")
    refused(replace(stranger, current=PASSWORD), 409, "recovery_waits")
    assert still(owner, PASSWORD)  # without the phone, which the thief holds
    assert owner.done("POST", "/v1/auth/recoveries/stop", body={})["recoveries"] == []
    refused(stranger.call("GET", "/v1/auth/devices"), 401, "signed_out")
    assert replace(owner, current=PASSWORD).status_code == 200


def test_a_new_computer_that_a_newer_one_signs_out_needs_the_phone_again(owner, thief):
    stranger, newest = thief(owner), thief(owner)
    (one,) = [one for one in newest.done("GET", "/v1/auth/devices")["devices"] if not one["current"]][:1]
    newest.done("POST", f"/v1/auth/devices/{one['device_id']}/sign-out", body={})
    refused(stranger.by_password(PASSWORD), 401, "phone_code_needed")
    assert still(owner, PASSWORD)


def test_whoever_signs_out_and_in_again_is_on_the_computer_they_know(owner):
    owner.call("DELETE", "/v1/auth/sessions/current")
    assert still(owner, PASSWORD)
    assert replace(owner, current=PASSWORD).status_code == 200


@pytest.mark.attack("once-older-sign-ins-are-forgotten-a-new-computer-is-no-first-one")
def test_once_older_sign_ins_are_forgotten_a_new_computer_is_no_first_one(owner, thief, clock, lender):
    clock.move(days=40)
    forget_old_sign_ins(lender.services)
    refused(replace(thief(owner), current=PASSWORD), 409, "recovery_waits")


@pytest.mark.attack("the-sim-card-alone-sets-no-first-password-and-turns-no-factor-on")
def test_the_sim_card_alone_sets_no_first_password_and_turns_no_factor_on(walker, thief, clock, lender):
    owner = walker()
    owner.sign_in()
    stranger = thief(owner)
    refused(replace(stranger), 409, "recovery_waits")
    refused(stranger.call("POST", FACTOR, body={}), 409, "recovery_waits")
    acts = [one["act"] for one in owner.done("GET", "/v1/auth/recoveries")["recoveries"]]
    assert acts == ["password_reset", "factor_enrolment"]
    owner.done("POST", FACTOR, body={})  # not the owner's secret either
    refused(stranger.call("POST", FACTOR + "/confirmation", body={"code": "123456"}), 409, "recovery_waits")
    assert replace(owner).status_code == 200  # on the first computer nothing more is asked
    turn_on(owner, clock)
    refused(stranger.call("GET", "/v1/auth/devices"), 401, "signed_out")


def test_a_second_factor_is_turned_on_on_a_new_computer_once_it_is_proved(handed_in, thief, clock, lender):
    owner = handed_in
    new = thief(owner)
    refused(new.call("POST", FACTOR, body={}), 409, "recovery_needed")
    grant(lender, owner)
    new.done("POST", FACTOR, body={})
    turn_on(new, clock)  # to begin anew uses nothing up


def test_what_was_proved_is_used_up_with_what_it_opens_or_not_at_all(handed_in, thief, lender, monkeypatch):
    owner = handed_in
    new = thief(owner)
    refused(replace(new), 409, "recovery_needed")
    grant(lender, owner)
    (here,) = [one["device_id"] for one in new.done("GET", "/v1/auth/devices")["devices"] if one["current"]]
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "end_all", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            passwords.set_password(lender.services, SignedIn(whose(handed_in, lender), here, ""), OTHER, None)
    assert still(handed_in, PASSWORD)
    assert replace(new).status_code == 200


def test_what_was_proved_at_a_branch_needs_no_fresh_code_hours_later(handed_in, thief, lender, clock):
    owner = handed_in
    new = thief(owner)
    refused(replace(new), 409, "recovery_needed")
    clock.move(hours=2)
    refused(replace(new), 401, "sign_in_wrong")
    grant(lender, owner)
    assert replace(new).status_code == 200


def test_where_none_is_on_nothing_is_asked_about_turning_it_off(owner):
    refused(owner.call("POST", FACTOR + "/removal", body={}), 409, "not_allowed_now")
    owner.done("POST", FACTOR, body={})
    refused(owner.call("POST", FACTOR + "/removal", body={}), 409, "not_allowed_now")
    assert owner.done("GET", "/v1/auth/recoveries")["recoveries"] == []


@pytest.mark.attack("where-nobody-was-verified-no-branch-can-be-talked-into-it")
def test_where_nobody_was_verified_no_branch_can_be_talked_into_it(owner, thief, lender):
    stranger = thief(owner)
    refused(replace(stranger), 409, "recovery_waits")
    with pytest.raises(RefusedError, match="not_found"):
        grant(lender, owner)
    asked = {one.phone for one in recovery.recoveries_at_branch(lender.services)}
    assert owner.phone not in asked
    refused(replace(stranger), 409, "recovery_waits")


@pytest.mark.attack("a-password-that-was-seen-is-not-changed-on-a-new-computer")
def test_a_password_that_was_seen_is_not_changed_on_a_new_computer(lent, thief):
    refused(replace(thief(lent), current=PASSWORD), 409, "recovery_needed")
    assert replace(lent, current=PASSWORD).status_code == 200


@pytest.mark.attack("the-sim-card-alone-turns-no-second-factor-off")
def test_the_sim_card_alone_turns_no_second_factor_off(lent, thief, clock):
    stranger = thief(lent)
    totp, _recovery = turn_on(lent, clock)
    clock.move(seconds=30)
    sent = stranger.done("POST", "/v1/auth/codes", body={"phone": lent.phone, "purpose": "sign_in"}, status=201)
    body = {"challenge_id": sent["challenge_id"], "code": sent["simulated_message"]["code"]}
    refused(stranger.call("POST", REMOVAL, body={}), 409, "recovery_needed")  # on a sign-in from before it was on
    new = Walker(lent.http, phone=lent.phone)
    refused(new.call("POST", "/v1/auth/sessions", body=new.on_device(**body)), 401, "second_factor_needed")
    clock.move(minutes=1)
    assert lent.by_password(PASSWORD, second_factor=code_of(totp, clock)).status_code == 201


def test_the_owner_without_codes_turns_it_off_at_a_branch(lent, lender, clock):
    turn_on(lent, clock)
    refused(lent.call("POST", REMOVAL, body={}), 409, "recovery_needed")
    grant(lender, lent)
    assert lent.done("POST", REMOVAL, body={})["second_factor_since"] is None
    turn_on(lent, clock)
    refused(lent.call("POST", REMOVAL, body={}), 409, "recovery_needed")  # once asked anew, it is shown anew


@pytest.mark.attack("a-lost-factor-lets-nobody-in-by-the-phone-alone")
def test_a_lost_factor_is_asked_about_at_the_door_and_proved_there(handed_in, http, lender, clock):
    owner = handed_in
    turn_on(handed_in, clock)
    door, other = Walker(http, phone=owner.phone), Walker(http, phone=owner.phone)
    lost = {"second_factor_lost": True}
    opens = code_session(door, clock)
    refused(opens(**lost), 409, "recovery_needed")
    refused(opens(**lost), 401, "code_expired")
    (told,) = owner.done("GET", "/v1/auth/recoveries")["recoveries"]
    assert (told["act"], told["may_stop"]) == ("factor_removal", True)
    grant(lender, owner)
    refused(code_session(other, clock)(**lost), 409, "recovery_needed")  # another computer has proved nothing
    refused(code_session(door, clock)(), 401, "second_factor_needed")
    clock.move(seconds=61)
    assert code_session(door, clock)(**lost).status_code == 201
    assert owner.done("GET", "/v1/auth/protection")["second_factor_since"] is None
    turn_on(handed_in, clock)
    refused(code_session(door, clock)(**lost), 409, "recovery_needed")  # it was used up


def test_the_wait_at_the_door_is_stopped_as_any_other(owner, http, lender, clock):
    turn_on(owner, clock)
    door = Walker(http, phone=owner.phone)
    refused(code_session(door, clock)(second_factor_lost=True), 409, "recovery_waits")
    assert owner.done("POST", "/v1/auth/recoveries/stop", body={})["recoveries"] == []
    clock.move(hours=lender.services.policies.step_up.wait_hours)
    refused(code_session(door, clock)(second_factor_lost=True), 409, "recovery_waits")


@pytest.mark.attack("the-wait-is-stopped-by-one-press-on-another-computer")
def test_where_nobody_was_verified_time_does_it_and_another_computer_stops_it(owner, thief, clock):
    stranger = thief(owner)
    assert refused(replace(stranger), 409, "recovery_waits")["retry_at"].endswith("+08:00")
    told = owner.done("GET", "/v1/auth/recoveries")["recoveries"]
    assert [(one["act"], one["here"], one["number"]) for one in told] == [("password_reset", False, "")]
    assert told[0]["may_stop"]
    refused(stranger.call("POST", "/v1/auth/recoveries/stop", body={}), 409, "not_allowed_now")
    assert owner.done("POST", "/v1/auth/recoveries/stop", body={})["recoveries"] == []
    refused(stranger.call("GET", "/v1/auth/devices"), 401, "signed_out")
    clock.move(days=4)
    stranger.sign_in()
    refused(replace(stranger), 409, "recovery_waits")
    refused(stranger.call("POST", "/v1/auth/recoveries/stop", body={}), 409, "not_allowed_now")
    assert still(owner, PASSWORD)


@pytest.mark.attack("signing-the-asking-computer-out-stops-it-for-good")
def test_signing_the_asking_computer_out_stops_it_for_good(owner, thief, clock):
    stranger = thief(owner)
    refused(replace(stranger), 409, "recovery_waits")
    owner.done("POST", "/v1/auth/devices/sign-out-others", body={})
    assert owner.done("GET", "/v1/auth/recoveries")["recoveries"] == []
    clock.move(days=4)
    stranger.sign_in()
    refused(replace(stranger), 409, "recovery_waits")


def test_the_honest_owner_waits_and_finishes(owner, clock, lender):
    clock.move(minutes=16)
    owner.sign_in()
    refused(replace(owner), 409, "recovery_waits")
    clock.move(hours=lender.services.policies.step_up.wait_hours)
    owner.sign_in()
    assert replace(owner).status_code == 200
    acts = [entry["content"]["act"] for entry in owner.done("GET", "/v1/data-uses")["entries"]]
    assert [act for act in acts if "recovery" in act] == ["check.recovery_asked", "check.recovery_used"]
    mine = {"borrower_id": whose(owner, lender)}
    clock.move(days=40)
    forget_old_sign_ins(lender.services)
    with lender.services.database.read() as session:
        assert session.query(AccountRecovery).filter_by(**mine).count() == 0


@pytest.mark.attack("an-identity-handed-in-later-is-not-what-a-card-is-held-against")
def test_an_identity_handed_in_later_is_not_what_a_card_is_held_against(handed_in, lender):
    with lender.services.database.write() as session:
        first = recovery.verified_application(session, whose(handed_in, lender))
        columns = {column.name: getattr(first, column.name) for column in Application.__table__.columns}
        own = {"id": "0" * 36, "number": "T-later", "created_at": first.created_at + timedelta(days=1)}
        session.add(Application(**columns | own | {"face_state": FaceState.PASSED, "identity_sealed": b"the thief's"}))
        session.flush()
        assert recovery.verified_application(session, whose(handed_in, lender)).id == first.id
        session.rollback()


# Last: from here the lender has people.
@pytest.mark.attack("a-branch-grants-it-to-the-computer-whose-number-was-said")
def test_a_branch_grants_it_to_the_computer_whose_number_was_said(lent, thief, desk, lender, clock):
    stranger = thief(lent)
    refused(replace(stranger), 409, "recovery_needed")
    clock.move(seconds=30)
    lent.sign_in()
    number = refused(replace(lent), 409, "recovery_needed")["recovery_number"]
    reviewer, payer = desk("branch", StaffRole.REVIEWER), desk("payer", StaffRole.PAYOUT)
    page = reviewer.page()
    assert number in page
    assert lent.phone not in page
    with lender.services.database.read() as session:
        asked = session.query(AccountRecovery).filter_by(borrower_id=whose(lent, lender), number=number).one().id
    path, why = f"/recoveries/{asked}", "身份证原件与本人一致，编号相符"
    assert payer.send(path, answer="confirm", why=why).status_code == 403
    shown = reviewer.page(path)
    assert lent.phone in shown
    assert f"<dd>{lent.who.name}</dd>" in shown  # what the identity card is held against
    assert f"<dd>{'*' * 14}{lent.who.identity_number[-4:]}</dd>" in shown
    assert lent.who.identity_number not in shown
    payer.page(path, 403)
    for half in ({"answer": "confirm", "why": "太短"}, {"answer": "", "why": why}):
        shown = reviewer.send(path, **half)
        assert (shown.status_code, 'role="alert"' in shown.text, f">{half['why']}</textarea>" in shown.text) == (
            422, True, True,
        )  # fmt: skip
    refused(replace(lent), 409, "recovery_needed")  # without a reason nothing was granted
    reviewer.send(path, answer="confirm", why=why)
    assert reviewer.send(path, answer="refuse", why=why).status_code == 404
    reviewer.page(path, 404)
    refused(replace(stranger), 409, "recovery_needed")
    assert replace(lent).status_code == 200
    looks = [entry["content"] for entry in lent.done("GET", "/v1/data-uses")["entries"]]
    for act in ("access.phone", "access.identity"):
        assert [look["actor"] for look in looks if look["act"] == act] == ["staff"] * 3
    with lender.services.database.read() as session:
        mine = {"act": "check.recovery_granted", "borrower_id": whose(lent, lender)}
        rows = session.query(LedgerRow).filter_by(**mine).all()
    assert [row.actor for row in rows] == ["staff"]
    assert why not in str([row.detail for row in rows])
