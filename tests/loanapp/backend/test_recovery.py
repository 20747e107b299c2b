"""Whoever holds the SIM card alone replaces no password and no second factor, and the owner who lost them can."""

import uuid
from datetime import timedelta

import pytest

from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.auth.tables import AccountRecovery
from loanapp.backend.staff.tables import StaffRole
from loanapp.backend.store.tables import Application, LedgerRow
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend.test_console import desk
from tests.loanapp.backend.test_passwords import OTHER, PASSWORD, code_of, turn_on, whose
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.test_step_up import PASSED, SOMEBODY_ELSE, about_to_sign, shows
from tests.loanapp.backend.walk import Walker

__all__ = ["about_to_sign", "desk", "shows"]

REMOVAL = "/v1/auth/second-factor/removal"


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


def still(owner, password):
    return owner.by_password(password).status_code == 201


@pytest.mark.attack("the-sim-card-alone-replaces-no-password")
def test_the_sim_card_alone_replaces_no_password(lent, thief, clock):
    stranger = thief(lent)
    told = refused(replace(stranger), 409, "recovery_needed")
    assert len(told["recovery_number"]) == 6
    clock.move(days=4)  # where somebody was verified, no time does it
    stranger.sign_in()
    refused(replace(stranger), 409, "recovery_needed")
    assert still(lent, PASSWORD)


@pytest.mark.attack("another-face-than-the-accounts-replaces-no-password")
def test_another_face_than_the_accounts_replaces_no_password(lent, thief, shows):
    stranger = thief(lent)
    body = {"source_kind": "demonstration"}
    path, key = stranger.at("/liveness-sessions"), str(uuid.uuid4())
    refused(stranger.call("POST", path, body=body, key=key), 409, "not_allowed_now")  # nothing was asked here
    assert refused(replace(stranger), 409, "recovery_needed")["application_id"] == lent.id
    assert shows(stranger, SOMEBODY_ELSE).json()["reasons"] == ["face_unlike_document"]
    refused(replace(stranger), 409, "recovery_needed")
    assert still(lent, PASSWORD)


@pytest.mark.attack("the-owners-face-on-one-computer-opens-nothing-on-another")
def test_the_owners_face_opens_it_on_their_own_computer_alone_and_for_a_while(lent, thief, shows, lender, clock):
    stranger = thief(lent)
    refused(replace(stranger), 409, "recovery_needed")
    clock.move(seconds=30)
    lent.sign_in()
    refused(replace(lent), 409, "recovery_needed")
    assert shows(lent, PASSED).json()["outcome"] == "passed"
    refused(replace(stranger), 409, "recovery_needed")
    clock.move(minutes=lender.services.policies.step_up.reset_minutes + 1)
    lent.sign_in()
    refused(replace(lent), 409, "recovery_needed")
    shows(lent, PASSED)
    assert replace(lent).status_code == 200
    refused(stranger.call("GET", "/v1/auth/devices"), 401, "signed_out")
    assert still(lent, OTHER)


@pytest.mark.attack("a-password-that-was-seen-is-not-changed-on-a-new-computer")
def test_a_password_that_was_seen_is_not_changed_on_a_new_computer(lent, thief):
    refused(replace(thief(lent), current=PASSWORD), 409, "recovery_needed")
    assert replace(lent, current=PASSWORD).status_code == 200


@pytest.mark.attack("the-sim-card-alone-turns-no-second-factor-off")
def test_the_sim_card_alone_turns_no_second_factor_off(lent, thief, shows, clock):
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


def test_the_owner_without_codes_turns_it_off_by_their_face(lent, shows, clock):
    turn_on(lent, clock)
    refused(lent.call("POST", REMOVAL, body={}), 409, "recovery_needed")
    shows(lent, PASSED)
    assert lent.done("POST", REMOVAL, body={})["second_factor_since"] is None
    turn_on(lent, clock)
    refused(lent.call("POST", REMOVAL, body={}), 409, "recovery_needed")  # once asked anew, it is shown anew


@pytest.mark.attack("the-wait-is-stopped-by-one-press-on-another-computer")
def test_where_nobody_was_verified_time_does_it_and_another_computer_stops_it(owner, thief, clock):
    stranger = thief(owner)
    assert refused(replace(stranger), 409, "recovery_waits")["retry_at"].endswith("+08:00")
    told = owner.done("GET", "/v1/auth/recoveries")["recoveries"]
    assert [(one["act"], one["here"], one["number"]) for one in told] == [("password_reset", False, "")]
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
    clock.move(days=40)
    forget_old_sign_ins(lender.services)
    with lender.services.database.read() as session:
        assert session.query(AccountRecovery).count() == 0


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
    assert lent.phone in reviewer.page(path)
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
    assert [look["actor"] for look in looks if look["act"] == "access.phone"] == ["staff"] * 3
    with lender.services.database.read() as session:
        rows = session.query(LedgerRow).filter_by(act="check.recovery_granted").all()
    assert [row.actor for row in rows] == ["staff"]
    assert why not in str([row.detail for row in rows])
