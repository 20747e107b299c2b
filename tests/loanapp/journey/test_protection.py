"""Signing in by password and second factor, and setting both: the real client and journey before a scripted lender."""

import json

import pytest

from loanapp.backend.policy.step_up import Act
from loanapp.client.device_key import DeviceKey
from loanapp.client.errors import InputRejectedError, NotAllowedNowError
from loanapp.client.secrets import SecretName
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.protection import ProtectionAct
from loanapp.guard.permissions import check_outgoing
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.pages import Page
from tests.loanapp.client.tls_lender import Reply, problem
from tests.loanapp.journey.scripted import CODE, LENDER, SESSION
from tests.loanapp.journey.states import answer
from tests.loanapp.journey.test_bound_session import holds, signed_in

NOTHING = {"password_set_at": None, "second_factor_since": None, "recovery_codes_left": 0}
BOTH = {
    "password_set_at": "2026-11-27T10:00:00+08:00",
    "second_factor_since": "2026-11-27T10:05:00+08:00",
    "recovery_codes_left": 10,
}


def body_of(desk, path, place=0):
    return json.loads(desk.asked(path)[place].body)


@pytest.fixture
def at_the_door(desk):
    journey = desk.program()
    desk.says(LENDER)
    journey.resume()
    return journey


def test_by_password_one_is_where_one_was(desk, at_the_door):
    desk.says(SESSION, {"applications": [answer()]})
    assert at_the_door.sign_in_by_password("13800000001", "mian bao che zhan") is not Page.SIGN_IN
    sent = body_of(desk, "/v1/auth/password-sessions")
    assert (sent["phone"], sent["passphrase"]) == ("13800000001", "mian bao che zhan")
    assert holds(desk.asked("/v1/auth/password-sessions")[0], sent["device_key"], "")
    assert desk.secrets.read(SecretName.REFRESH_TOKEN) == "r-1"


def test_a_password_is_kept_nowhere_on_this_computer(desk, at_the_door):
    desk.says(SESSION, {"applications": [answer()]})
    at_the_door.sign_in_by_password("13800000001", "mian bao che zhan")
    files = b"".join(path.read_bytes() for path in desk.home.rglob("*") if path.is_file())
    assert b"mian bao" not in files
    assert "mian bao" not in str(at_the_door.draft.__dict__)
    assert all("mian bao" not in (desk.secrets.read(name) or "") for name in SecretName)


def test_the_second_factor_is_asked_for_and_the_same_code_stays_good(desk, at_the_door):
    desk.says(CODE, problem(401, "second_factor_needed"), SESSION, {"applications": [answer()]})
    at_the_door.request_code("13800000001")
    with pytest.raises(InputRejectedError) as caught:
        at_the_door.sign_in("123456")
    assert caught.value.code is ErrorCode.SECOND_FACTOR_NEEDED
    at_the_door.sign_in("123456", "314159")
    first, second = body_of(desk, "/v1/auth/sessions"), body_of(desk, "/v1/auth/sessions", 1)
    assert "second_factor" not in first
    assert (second["code"], second["second_factor"]) == ("123456", "314159")
    assert first["device_key"] == second["device_key"]


def test_without_a_factor_it_is_asked_another_way_on_the_key_that_asked_whenever_one_comes_back(desk, at_the_door):
    desk.says(CODE, problem(409, "recovery_needed", recovery_number="271828"))
    at_the_door.request_code("13800000001")
    with pytest.raises(NotAllowedNowError) as caught:
        at_the_door.sign_in("123456", factor_lost=True)
    assert caught.value.details["recovery_number"] == "271828"
    at_the_door.close()
    again = desk.program()
    desk.says(LENDER, CODE, SESSION, {"applications": [answer()]})
    again.resume()
    again.request_code("13800000001")
    assert again.sign_in("654321", factor_lost=True) is not Page.SIGN_IN
    first, second = body_of(desk, "/v1/auth/sessions"), body_of(desk, "/v1/auth/sessions", 1)
    assert first["second_factor_lost"]
    assert first["device_key"] == second["device_key"]


def test_a_program_that_died_while_signing_in_comes_back_as_the_same_computer(desk, at_the_door):
    desk.says(CODE, Reply(500, b""))
    at_the_door.request_code("13800000001")
    with pytest.raises(LoanAppError):
        at_the_door.sign_in("123456")
    sent = body_of(desk, "/v1/auth/sessions")["device_key"]
    assert DeviceKey(desk.secrets.read(SecretName.DEVICE_KEY)).public == sent


@pytest.mark.parametrize("code", ["sign_in_wrong", "phone_code_needed", "second_factor_wrong"])
def test_a_refusal_signs_nobody_in(desk, at_the_door, code):
    desk.says(problem(401, code))
    with pytest.raises(InputRejectedError) as caught:
        at_the_door.sign_in_by_password("13800000001", "mian bao che zhan")
    assert caught.value.code.value == code
    assert not at_the_door.signed_in
    assert desk.secrets.read(SecretName.ACCESS_TOKEN) is None


def test_what_protects_the_account_is_seen_set_and_turned_off(desk):
    journey = signed_in(desk)
    desk.says(NOTHING, BOTH)
    assert journey.protection().password_set_at is None
    assert journey.set_password("mian bao che zhan").recovery_codes_left == 10
    assert body_of(desk, "/v1/auth/password") == {"passphrase": "mian bao che zhan"}
    desk.says({"uri": "otpauth://totp/x", "secret": "ABC"}, {"recovery_codes": ["A" * 10]}, NOTHING)
    assert journey.begin_second_factor().secret == "ABC"
    assert journey.confirm_second_factor("314159") == ("A" * 10,)
    assert journey.remove_second_factor("314159").second_factor_since is None


def test_what_another_computer_asked_by_the_phone_alone_is_told_and_stopped(desk):
    journey = signed_in(desk)
    times = {"asked_at": "2026-11-27T10:00:00+08:00", "ready_at": None}
    one = {"act": "factor_enrolment", "number": "", "here": False, "may_stop": True, **times}
    desk.says({"recoveries": [one]}, {"recoveries": []})
    (told,) = journey.recoveries()
    assert (told.act, told.may_stop) == (ProtectionAct.FACTOR_ENROLMENT, True)
    assert journey.stop_recoveries() == ()
    assert body_of(desk, "/v1/auth/recoveries/stop") == {}


def test_every_act_the_lender_may_name_is_known_here():
    assert set(ProtectionAct) == {act.value for act in Act} - {Act.PAYOUT.value}


def test_a_covered_window_asks_the_lender_whether_the_password_is_right(desk):
    journey = signed_in(desk)
    desk.says(Reply(204, b""))
    assert journey.check_password("mian bao che zhan") is journey.current_page()
    desk.says(problem(401, "sign_in_wrong"))
    with pytest.raises(InputRejectedError):
        journey.check_password("something else")
    assert journey.signed_in  # a wrong password ends no session


def test_the_guard_still_lets_no_secret_of_a_card_out():
    for name in ("password", "card_password", "pin"):
        with pytest.raises(GuardRefusal):
            check_outgoing({name: "1"})
