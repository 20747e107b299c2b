"""A password beside the phone code, and a second factor: what opens, what is refused, and what refusals tell nobody."""

import base64
import dataclasses
import statistics
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.auth.sessions import digest_of
from loanapp.backend.auth.tables import BorrowerPassword, BorrowerSecondFactor, FailedTry
from loanapp.backend.auth.tries import network_of
from loanapp.backend.store.tables import AccessSession
from loanapp.proof.keys import new_signing_key
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import Walker

PASSWORD = "mian bao che zhan"
OTHER = "hong cha ti zi lan"


@pytest.fixture(autouse=True)
def nobody_has_failed_before(lender):
    yield
    with lender.services.database.write() as session:
        session.query(FailedTry).delete()


@pytest.fixture
def signed_in(walker):
    one = walker()
    one.sign_in()
    return one


@pytest.fixture
def with_password(signed_in):
    signed_in.done("PUT", "/v1/auth/password", body={"passphrase": PASSWORD})
    return signed_in


@pytest.fixture
def with_factor(with_password, clock):
    with_password.totp, with_password.recovery = turn_on(with_password, clock)
    return with_password


def code_of(totp, clock):
    return totp.generate(int(clock.now().timestamp())).decode()


def turn_on(one, clock):
    made = one.done("POST", "/v1/auth/second-factor", body={})
    totp = TOTP(base64.b32decode(made["secret"]), 6, SHA1(), 30)
    path = "/v1/auth/second-factor/confirmation"
    return totp, one.done("POST", path, body={"code": code_of(totp, clock)})["recovery_codes"]


def protection(one):
    return one.done("GET", "/v1/auth/protection")


def code_session(one, clock, **more):
    clock.move(seconds=30)
    sent = one.done("POST", "/v1/auth/codes", body={"phone": one.phone, "purpose": "sign_in"}, status=201)
    body = {"challenge_id": sent["challenge_id"], "code": sent["simulated_message"]["code"]}
    return lambda **factor: one.call("POST", "/v1/auth/sessions", body=one.on_device(**body, **more, **factor))


# The password


def test_it_opens_a_session_on_a_computer_that_was_used_before(with_password):
    answer = with_password.by_password(PASSWORD)
    assert answer.status_code == 201, answer.text
    assert answer.json()["phone_masked"].startswith("139")


@pytest.mark.attack("it-is-kept-by-argon2id-and-nowhere-else")
def test_it_is_kept_by_argon2id_and_nowhere_else(with_password, lender):
    with lender.services.database.read() as session:
        held = session.query(BorrowerPassword).order_by(BorrowerPassword.set_at.desc()).first()
    assert held.password_hash.startswith("$argon2id$")
    content = b"".join(path.read_bytes() for path in lender.services.database.path.parent.glob("lender.sqlite*"))
    assert PASSWORD.encode() not in content


@pytest.mark.attack("alone-it-opens-nothing-on-a-computer-that-is-new-to-the-account")
def test_alone_it_opens_nothing_on_a_computer_that_is_new_to_the_account(with_password):
    thief = Walker(with_password.http, phone=with_password.phone)
    refused(thief.by_password(PASSWORD), 401, "phone_code_needed")


@pytest.mark.attack("nor-on-one-that-was-signed-out-from-elsewhere")
def test_nor_on_one_that_was_signed_out_from_elsewhere(with_password, clock):
    other = Walker(with_password.http, phone=with_password.phone)
    clock.move(seconds=30)
    other.sign_in()
    with_password.done("POST", "/v1/auth/devices/sign-out-others", body={})
    refused(other.by_password(PASSWORD), 401, "phone_code_needed")


@pytest.mark.attack("the-answer-is-the-same-whoever-it-is")
@pytest.mark.parametrize("known", ["nobody", "no password", "wrong"])
def test_the_answer_is_the_same_whoever_it_is(walker, with_password, known, clock):
    one = {"nobody": walker, "wrong": lambda: with_password}.get(known, walker)()
    if known == "no password":
        one.sign_in()
    answer = one.by_password("not the password at all")
    body = refused(answer, 401, "sign_in_wrong")
    assert set(body) == {"type", "title", "status", "code", "detail", "fields", "retry_after_seconds"}
    assert body["fields"] is body["retry_after_seconds"] is None


@pytest.mark.attack("it-takes-as-long-for-a-phone-nobody-has")
def test_it_takes_as_long_for_a_phone_nobody_has(walker, with_password, lender, monkeypatch):
    policies = lender.services.policies
    often = policies.passwords.model_copy(update={"tries_account": 99, "tries_device": 99, "tries_network": 99})
    changed = dataclasses.replace(policies, passwords=often)
    monkeypatch.setattr(type(lender.services), "policies", property(lambda _services: changed), raising=False)
    nobody, took = walker(), {"known": [], "nobody": []}
    for _ in range(5):
        for name, one in (("known", with_password), ("nobody", nobody)):
            begun = time.perf_counter()
            one.by_password("not the password at all")
            took[name].append(time.perf_counter() - begun)
    known, unknown = (statistics.median(took[name]) for name in ("known", "nobody"))
    assert 0.5 < known / unknown < 2


@pytest.mark.attack("a-weak-one-is-refused-with-the-reason")
@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "too_short"), ("password", "common"), ("woaini1314", "common"), ("aaaaaaaaaa", "guessable")],
)
def test_a_weak_one_is_refused_with_the_reason(signed_in, password, why):
    answer = signed_in.call("PUT", "/v1/auth/password", body={"passphrase": password})
    assert refused(answer, 422, "password_weak")["why"] == why
    assert protection(signed_in)["password_set_at"] is None


def test_ones_own_phone_number_is_no_password(signed_in):
    refused(signed_in.call("PUT", "/v1/auth/password", body={"passphrase": signed_in.phone}), 422, "password_weak")


def test_changing_it_asks_for_the_current_one_and_signs_out_every_other_computer(with_password, clock):
    other = Walker(with_password.http, phone=with_password.phone)
    clock.move(minutes=16)
    other.sign_in()
    ask = {"passphrase": OTHER}
    refused(with_password.call("PUT", "/v1/auth/password", body=ask), 401, "sign_in_wrong")
    refused(with_password.call("PUT", "/v1/auth/password", body=ask | {"current": "x" * 20}), 401, "sign_in_wrong")
    with_password.done("PUT", "/v1/auth/password", body=ask | {"current": PASSWORD})
    refused(other.call("GET", "/v1/auth/devices"), 401, "signed_out")
    assert with_password.by_password(OTHER).status_code == 201
    refused(with_password.by_password(PASSWORD), 401, "sign_in_wrong")


@pytest.mark.attack("a-sign-in-by-password-is-no-fresh-code")
def test_a_sign_in_by_password_is_no_fresh_code(with_password):
    opened = with_password.by_password(PASSWORD).json()
    with_password.token, with_password.refresh_token = opened["access_token"], opened["refresh_token"]
    refused(with_password.call("PUT", "/v1/auth/password", body={"passphrase": OTHER}), 401, "sign_in_wrong")


def test_a_window_that_covered_itself_asks_for_it(with_password):
    path = "/v1/auth/password-checks"
    assert with_password.call("POST", path, body={"passphrase": PASSWORD}).status_code == 204
    refused(with_password.call("POST", path, body={"passphrase": OTHER}), 401, "sign_in_wrong")


# Guessing


@pytest.mark.attack("after-five-tries-the-account-waits-whatever-computer-is-used")
def test_after_five_tries_the_account_waits_whatever_computer_is_used(with_password, clock):
    for _ in range(5):
        refused(with_password.by_password("guess guess", device_key=new_signing_key()), 401, "sign_in_wrong")
    held = refused(with_password.by_password(PASSWORD, device_key=new_signing_key()), 429, "too_many_attempts")
    assert 0 < held["retry_after_seconds"] <= 901
    clock.move(minutes=16)
    assert with_password.by_password(PASSWORD).status_code == 201


def test_a_phone_nobody_has_waits_just_the_same(walker):
    one = walker()
    for _ in range(5):
        refused(one.by_password("guess guess", device_key=new_signing_key()), 401, "sign_in_wrong")
    refused(one.by_password("guess guess", device_key=new_signing_key()), 429, "too_many_attempts")


@pytest.mark.attack("one-computer-cannot-try-many-accounts")
def test_one_computer_cannot_try_many_accounts(walker):
    key = new_signing_key()
    for _ in range(10):
        refused(walker().by_password("guess guess", device_key=key), 401, "sign_in_wrong")
    refused(walker().by_password("guess guess", device_key=key), 429, "too_many_attempts")


@pytest.mark.attack("one-network-cannot-try-many-accounts-with-many-keys")
def test_one_network_cannot_try_many_accounts_with_many_keys(walker):
    for _ in range(30):
        refused(walker().by_password("guess guess"), 401, "sign_in_wrong")
    refused(walker().by_password("guess guess"), 429, "too_many_attempts")


def test_the_phone_code_stays_a_way_in_meanwhile(with_password, clock):
    for _ in range(5):
        with_password.by_password("guess guess", device_key=new_signing_key())
    clock.move(seconds=30)
    with_password.sign_in()


def test_neighbours_are_one_network():
    assert network_of("192.0.2.7") == network_of("192.0.2.200") != network_of("192.0.3.7")
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("testclient") == "testclient"


# The second factor


def test_it_counts_only_once_a_code_was_shown(signed_in, clock):
    made = signed_in.done("POST", "/v1/auth/second-factor", body={})
    asked = parse_qs(urlsplit(made["uri"]).query)
    assert (asked["secret"], asked["issuer"]) == ([made["secret"]], ["LoanApp"])
    assert signed_in.phone not in made["uri"]
    wrong = {"code": "ABCDEFGHJK"}
    refused(signed_in.call("POST", "/v1/auth/second-factor/confirmation", body=wrong), 401, "second_factor_wrong")
    assert protection(signed_in)["second_factor_since"] is None
    assert code_session(signed_in, clock)().status_code == 201


@pytest.mark.attack("signing-in-by-code-asks-for-it-and-the-code-stays-good-meanwhile")
def test_signing_in_by_code_asks_for_it_and_the_code_stays_good_meanwhile(with_factor, clock):
    session = code_session(with_factor, clock)
    refused(session(), 401, "second_factor_needed")
    assert session(second_factor=code_of(with_factor.totp, clock)).status_code == 201


def test_guessing_it_at_the_door_is_held_back_though_the_code_stays_good(with_factor, clock):
    session = code_session(with_factor, clock)
    for _ in range(5):
        refused(session(second_factor="ABCDEFGHJK"), 401, "second_factor_wrong")
    refused(session(second_factor=code_of(with_factor.totp, clock)), 429, "too_many_attempts")


def test_guessed_passwords_keep_nobody_with_an_authenticator_out(with_factor, clock):
    for _ in range(5):
        with_factor.by_password("guess guess", device_key=new_signing_key())
    clock.move(seconds=30)
    assert code_session(with_factor, clock)(second_factor=code_of(with_factor.totp, clock)).status_code == 201


@pytest.mark.attack("with-it-the-password-opens-a-new-computer")
def test_with_it_the_password_opens_a_new_computer(with_factor, clock):
    new = Walker(with_factor.http, phone=with_factor.phone)
    refused(new.by_password(PASSWORD), 401, "second_factor_needed")
    clock.move(seconds=30)
    code = code_of(with_factor.totp, clock)
    refused(new.by_password(OTHER, second_factor=code), 401, "sign_in_wrong")
    assert new.by_password(PASSWORD, second_factor=code).status_code == 201
    refused(new.by_password(PASSWORD, second_factor=code), 401, "second_factor_wrong")  # a code counts once


@pytest.mark.attack("an-old-code-is-refused")
def test_an_old_code_is_refused(with_factor, clock):
    old = code_of(with_factor.totp, clock)
    clock.move(minutes=2)
    refused(with_factor.by_password(PASSWORD, second_factor=old), 401, "second_factor_wrong")


def test_each_recovery_code_works_once_however_it_is_written(with_factor, clock):
    first = with_factor.recovery[0]
    assert len(set(with_factor.recovery)) == 10
    written = f"{first[:5]}-{first[5:]}".lower()
    assert with_factor.by_password(PASSWORD, second_factor=written).status_code == 201
    refused(with_factor.by_password(PASSWORD, second_factor=first), 401, "second_factor_wrong")
    with_factor.token = with_factor.by_password(PASSWORD, second_factor=with_factor.recovery[1]).json()["access_token"]
    assert protection(with_factor)["recovery_codes_left"] == 8


@pytest.mark.attack("it-is-turned-off-by-a-code-of-it-alone")
def test_it_is_turned_off_by_a_code_of_it_alone(with_factor, clock):
    path = "/v1/auth/second-factor/removal"
    refused(with_factor.call("POST", path, body={"code": "ABCDEFGHJK"}), 401, "second_factor_wrong")
    refused(with_factor.call("POST", "/v1/auth/second-factor", body={}), 409, "not_allowed_now")
    clock.move(seconds=60)
    left = with_factor.done("POST", path, body={"code": code_of(with_factor.totp, clock)})
    assert left["second_factor_since"] is None
    assert left["recovery_codes_left"] == 0


@pytest.mark.attack("guessing-it-is-held-back")
def test_guessing_it_is_held_back(with_factor):
    path = "/v1/auth/second-factor/removal"
    for _ in range(5):
        refused(with_factor.call("POST", path, body={"code": "ABCDEFGHJK"}), 401, "second_factor_wrong")
    refused(with_factor.call("POST", path, body={"code": "ABCDEFGHJK"}), 429, "too_many_attempts")


@pytest.mark.attack("neither-secret-nor-recovery-code-lies-open-in-the-database")
def test_neither_secret_nor_recovery_code_lies_open_in_the_database(with_factor, lender):
    content = b"".join(path.read_bytes() for path in lender.services.database.path.parent.glob("lender.sqlite*"))
    assert all(one.encode() not in content for one in with_factor.recovery)


def test_with_the_account_both_go(with_factor, lender):
    borrower_id = whose(with_factor, lender)
    assert with_factor.call("POST", "/v1/account/closure", body={}).status_code == 200
    with lender.services.database.read() as session:
        for table in (BorrowerPassword, BorrowerSecondFactor):
            assert session.query(table).filter_by(borrower_id=borrower_id).count() == 0


def whose(one, lender):
    with lender.services.database.read() as session:
        return session.get(AccessSession, digest_of(one.token)).borrower_id


def test_what_is_counted_no_longer_is_forgotten(walker, lender, clock):
    walker().by_password("guess guess")
    clock.move(minutes=16)
    forget_old_sign_ins(lender.services)
    with lender.services.database.read() as session:
        assert session.query(FailedTry).count() == 0
