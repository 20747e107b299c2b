"""A FIDO2 security key as the second step, from end to end over TLS, and whoever tries to come in without one."""

import base64
import contextlib
import dataclasses
from pathlib import Path

import pytest

from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.auth.key_tables import KeyChallenge, SecurityKey
from loanapp.backend.auth.tables import FailedTry
from loanapp.client.endpoint import Endpoint
from loanapp.client.errors import InputRejectedError
from loanapp.client.hid_security_key import HidSecurityKey
from loanapp.client.reading import JsonObject
from loanapp.client.security_key import KeyQuestion, NewKeyQuestion, Waiting
from loanapp.client.transport import Transport
from loanapp.domain.base64url import written_bytes
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.journey import Journey
from loanapp.journey.pages import Page
from tests.loanapp.backend.test_passwords import PASSWORD, code_of, code_session, turn_on
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import Walker
from tests.virtual_key import VirtualKey

KEYS = "/v1/auth/security-keys"


@pytest.fixture(autouse=True)
def nobody_has_failed_before(lender):
    yield
    with lender.services.database.write() as session:
        session.query(FailedTry).delete()


@pytest.fixture(scope="module")
def owner(http, clock):
    """A borrower with a password, an authenticator, recovery codes and one key."""
    return with_key(http, clock, "13955560001", "蓝色钥匙")


@pytest.fixture(scope="module")
def stranger(http, clock):
    """Somebody else, with an authenticator and a key of their own."""
    return with_key(http, clock, "13955560002", "key")


def with_key(http, clock, phone, label):
    one = Walker(http, phone=phone)
    one.sign_in()
    one.done("PUT", "/v1/auth/password", body={"passphrase": PASSWORD})
    one.totp, one.recovery = turn_on(one, clock)
    one.virtual = VirtualKey()
    add(one, one.virtual, label)
    return one


def asked_to_add(one):
    return NewKeyQuestion.read(JsonObject(one.done("POST", f"{KEYS}/registration", body={"code": one.recovery.pop()})))


def made(asked, virtual, label="key", host="localhost"):
    answer = HidSecurityKey(virtual.plugged_in).make(asked, host, Waiting())
    return {
        "challenge_id": asked.ticket,
        "label": label,
        "client_data": written_bytes(answer.client_data),
        "attestation": written_bytes(answer.attestation),
    }


def add(one, virtual, label="key"):
    return one.done("POST", KEYS, body=made(asked_to_add(one), virtual, label), status=201)["keys"]


def keys(one):
    return one.done("GET", KEYS)["keys"]


def door(one):
    """The same computer, where nobody is signed in."""
    outside = Walker(one.http, phone=one.phone)
    outside.device_key = one.device_key
    return outside


def offered(one):
    """The ticket a sign-in by password is answered with."""
    return refused(door(one).by_password(PASSWORD), 401, "second_factor_needed")["key_challenge"]


def question(one, ticket):
    outside = door(one)
    body = outside.on_device(challenge_id=ticket)
    return KeyQuestion.read(JsonObject(outside.done("POST", f"{KEYS}/authentication", body=body)))


def signed(asked, virtual, ticket, host=None):
    answer = HidSecurityKey(virtual.plugged_in).sign(asked, host or asked.host, Waiting())
    return {
        "challenge_id": ticket,
        "credential_id": written_bytes(answer.credential_id),
        "client_data": written_bytes(answer.client_data),
        "authenticator_data": written_bytes(answer.authenticator_data),
        "signature": written_bytes(answer.signature),
    }


def shown(one, virtual=None):
    """What the owner's key signs for a sign-in that has just begun."""
    ticket = offered(one)
    return signed(question(one, ticket), virtual or one.virtual, ticket)


def by_key(one, security_key):
    outside = door(one)
    body = outside.on_device(phone=one.phone, passphrase=PASSWORD, security_key=security_key)
    return signed_in(one, outside.call("POST", "/v1/auth/password-sessions", body=body))


def signed_in(one, answer):
    """A session on the same computer ends the one before."""
    if answer.status_code == 201:
        one.token, one.refresh_token = answer.json()["access_token"], answer.json()["refresh_token"]
    return answer


def acts(one):
    told = [entry["content"]["act"] for entry in one.done("GET", "/v1/data-uses")["entries"]]
    return [act for act in told if "security_key" in act]


# What it is for


def test_it_is_the_second_step_of_a_sign_in_by_password(owner):
    before = keys(owner)[0]
    assert before["label"] == "蓝色钥匙"
    assert by_key(owner, shown(owner)).status_code == 201
    assert keys(owner)[0]["used_at"] is not None


def test_the_program_itself_signs_in_with_it_and_adds_and_removes_another(owner, http, lender, tmp_path, monkeypatch):
    # This lender's clock is moved, and the server's Date is not.
    monkeypatch.setattr(Transport, "_measure_clock", lambda _self, _date: None)
    endpoint = Endpoint(http.url, Path(http.verify).read_text(encoding="ascii"))
    journey = Journey(lambda: endpoint, tmp_path, clock=lender.services.clock)
    journey.security_key = HidSecurityKey(owner.virtual.plugged_in)
    with contextlib.closing(journey.client):
        journey.resume()
        with pytest.raises(InputRejectedError) as raised:
            journey.sign_in_by_password(owner.phone, PASSWORD)
        assert raised.value.code is ErrorCode.SECOND_FACTOR_NEEDED
        ticket = str(raised.value.details["key_challenge"])
        assert journey.sign_in_by_password_and_key(owner.phone, PASSWORD, ticket, Waiting()) is not Page.SIGN_IN
        spare = VirtualKey(pin="2580")
        asked = journey.begin_key(owner.recovery.pop())
        with pytest.raises(LoanAppError) as known:
            journey.add_key(asked, "again", Waiting())
        assert known.value.code is ErrorCode.SECURITY_KEY_KNOWN
        journey.security_key = HidSecurityKey(spare.plugged_in)
        with pytest.raises(LoanAppError) as wanted:
            journey.add_key(asked, "spare", Waiting())
        assert wanted.value.code is ErrorCode.SECURITY_KEY_PIN
        added = journey.add_key(asked, "spare", Waiting("2580")).keys
        assert [one.label for one in added] == ["蓝色钥匙", "spare"]
        assert len(journey.remove_key(added[1].id, owner.recovery.pop()).keys) == 1


def test_and_of_one_by_code_whose_code_stays_good_meanwhile(owner, clock):
    attempt = code_session(door(owner), clock)
    ticket = refused(attempt(), 401, "second_factor_needed")["key_challenge"]
    answer = attempt(security_key=signed(question(owner, ticket), owner.virtual, ticket))
    assert signed_in(owner, answer).status_code == 201, answer.text


def test_the_authenticator_opens_it_as_well(owner, clock):
    clock.move(seconds=30)
    answer = door(owner).by_password(PASSWORD, second_factor=code_of(owner.totp, clock))
    assert signed_in(owner, answer).status_code == 201


def test_several_are_kept_by_name_and_one_is_removed_with_a_code(stranger, lender):
    add(stranger, VirtualKey(), "spare")
    first, second = keys(stranger)
    assert [first["label"], second["label"]] == ["key", "spare"]
    path = f"{KEYS}/{second['id']}/removal"
    left = stranger.done("POST", path, body={"code": stranger.recovery.pop()})["keys"]
    assert [one["id"] for one in left] == [first["id"]]
    assert acts(stranger)[-3:] == ["check.security_key_added"] * 2 + ["check.security_key_removed"]
    content = b"".join(path.read_bytes() for path in lender.services.database.path.parent.glob("lender.sqlite*"))
    assert "蓝色钥匙".encode() not in content


def test_no_more_than_so_many(stranger, lender):
    most = lender.services.policies.passwords.security_keys
    with lender.services.database.write() as session:
        held = session.query(SecurityKey).filter_by(label_sealed=b"").count()
        assert held == 0
        mine = session.get_one(SecurityKey, keys(stranger)[0]["id"])
        for number in range(most - 1):
            more = {"borrower_id": mine.borrower_id, "credential_id": b"%d" % number, "public_key": b"", "counter": 0}
            session.add(SecurityKey(id=f"more-{number}", label_sealed=b"", added_at=mine.added_at, **more))
    answer = stranger.call("POST", f"{KEYS}/registration", body={"code": stranger.recovery.pop()})
    with lender.services.database.write() as session:
        session.query(SecurityKey).filter_by(label_sealed=b"").delete()
    refused(answer, 409, "not_allowed_now")


# Whoever has no key of the account


@pytest.mark.attack("a-password-alone-does-not-tell-of-keys-before-it-is-right")
def test_a_password_alone_does_not_tell_of_keys_before_it_is_right(owner):
    assert "key_challenge" not in refused(door(owner).by_password("not the password at all"), 401, "sign_in_wrong")


@pytest.mark.attack("a-signature-opens-once")
def test_a_signature_opens_once(owner):
    key = shown(owner)
    assert by_key(owner, key).status_code == 201
    refused(by_key(owner, key), 401, "security_key_timeout")


@pytest.mark.attack("a-challenge-is-spent-by-a-wrong-answer-too")
def test_a_challenge_is_spent_by_a_wrong_answer_too(owner):
    key = shown(owner)
    refused(by_key(owner, {**key, "signature": "AAAA"}), 401, "security_key_wrong")
    refused(by_key(owner, key), 401, "security_key_timeout")


@pytest.mark.attack("a-signature-over-another-challenge-opens-nothing")
def test_a_signature_over_another_challenge_opens_nothing(owner):
    old, ticket = shown(owner), offered(owner)
    refused(by_key(owner, {**old, "challenge_id": ticket}), 401, "security_key_wrong")


@pytest.mark.attack("an-older-challenge-is-worth-nothing-once-another-is-asked-for")
def test_an_older_challenge_is_worth_nothing_once_another_is_asked_for(owner):
    old = shown(owner)
    offered(owner)
    refused(by_key(owner, old), 401, "security_key_timeout")


@pytest.mark.attack("a-challenge-is-too-old-after-five-minutes")
def test_a_challenge_is_too_old_after_five_minutes(owner, clock, lender):
    key, away = shown(owner), clock.away
    clock.move(seconds=lender.services.policies.passwords.security_key_seconds + 1)
    refused(by_key(owner, key), 401, "security_key_timeout")
    forget_old_sign_ins(lender.services)
    clock.away = away
    with lender.services.database.read() as session:
        assert session.query(KeyChallenge).count() == 0


@pytest.mark.attack("a-challenge-counts-on-the-computer-it-was-asked-on-alone")
def test_a_challenge_counts_on_the_computer_it_was_asked_on_alone(owner):
    key = shown(owner)
    thief = Walker(owner.http, phone=owner.phone)
    refused(by_key(thief, key), 401, "security_key_timeout")
    body = thief.on_device(challenge_id=key["challenge_id"])
    refused(thief.call("POST", f"{KEYS}/authentication", body=body), 401, "security_key_timeout")


@pytest.mark.attack("what-was-asked-to-add-a-key-signs-nobody-in")
def test_what_was_asked_to_add_a_key_signs_nobody_in(owner):
    asked = asked_to_add(owner)
    known = KeyQuestion(asked.question.challenge, "localhost", asked.question.known, 60)
    refused(by_key(owner, signed(known, owner.virtual, asked.ticket)), 401, "security_key_timeout")


@pytest.mark.attack("another-accounts-key-opens-nothing")
def test_another_accounts_key_opens_nothing(owner, stranger):
    ticket = offered(owner)
    asked = question(owner, ticket)
    theirs = next(iter(stranger.virtual.held))
    forged = KeyQuestion(asked.challenge, asked.host, (theirs,), 60)
    refused(by_key(owner, signed(forged, stranger.virtual, ticket)), 401, "security_key_wrong")


@pytest.mark.attack("nor-does-a-challenge-of-another-account")
def test_nor_does_a_challenge_of_another_account(owner, stranger):
    """On one computer, where the challenge of the one could be shown for the other."""
    both = Walker(owner.http, phone=stranger.phone)
    ticket = refused(both.by_password(PASSWORD), 401, "second_factor_needed")["key_challenge"]
    asked = question(both, ticket)
    both.phone = owner.phone
    forged = KeyQuestion(asked.challenge, asked.host, (next(iter(owner.virtual.held)),), 60)
    refused(by_key(both, signed(forged, owner.virtual, ticket)), 401, "security_key_wrong")


@pytest.mark.attack("what-was-signed-for-another-lender-opens-nothing")
def test_what_was_signed_for_another_lender_opens_nothing(owner):
    """The key was made to sign for a look-alike, which hands on what it was given."""
    ticket = offered(owner)
    asked = question(owner, ticket)
    fake = "1ocalhost"
    credential_id, (_, private) = next(iter(owner.virtual.held.items()))
    owner.virtual.held[credential_id] = (fake, private)
    try:
        elsewhere = KeyQuestion(asked.challenge, fake, asked.known, 60)
        key = signed(elsewhere, owner.virtual, ticket)
    finally:
        owner.virtual.held[credential_id] = ("localhost", private)
    refused(by_key(owner, key), 401, "security_key_wrong")


@pytest.mark.attack("a-copied-key-is-told-by-its-counter")
def test_a_copied_key_is_told_by_its_counter(owner):
    assert by_key(owner, shown(owner)).status_code == 201
    went_to, owner.virtual.counter = owner.virtual.counter, 0
    refused(by_key(owner, shown(owner)), 401, "security_key_copied")
    owner.virtual.counter = went_to
    assert acts(owner)[-1] == "check.security_key_copied"
    assert by_key(owner, shown(owner)).status_code == 201


@pytest.mark.attack("wrong-keys-are-counted-as-wrong-digits-are")
def test_wrong_keys_are_counted_as_wrong_digits_are(owner, lender, monkeypatch):
    policies = lender.services.policies
    few = dataclasses.replace(policies, passwords=policies.passwords.model_copy(update={"tries_account": 2}))
    monkeypatch.setattr(type(lender.services), "policies", property(lambda _services: few), raising=False)
    for _ in range(2):
        refused(by_key(owner, {**shown(owner), "signature": "AAAA"}), 401, "security_key_wrong")
    refused(door(owner).by_password(PASSWORD), 429, "too_many_attempts")


# Whoever would add one, or take one away


@pytest.mark.attack("a-signed-in-computer-alone-adds-no-key")
def test_a_signed_in_computer_alone_adds_no_key(owner):
    refused(owner.call("POST", f"{KEYS}/registration", body={"code": "000000"}), 401, "second_factor_wrong")
    refused(owner.call("POST", f"{KEYS}/registration", body={}), 422, "input_invalid")


@pytest.mark.attack("without-an-authenticator-there-is-no-key")
def test_without_an_authenticator_there_is_no_key(walker):
    one = walker()
    one.sign_in()
    refused(one.call("POST", f"{KEYS}/registration", body={"code": "000000"}), 409, "not_allowed_now")


@pytest.mark.attack("a-key-made-for-another-lender-or-twice-is-not-added")
def test_a_key_made_for_another_lender_or_twice_is_not_added(owner):
    asked = asked_to_add(owner)
    elsewhere = NewKeyQuestion(
        asked.ticket, KeyQuestion(asked.question.challenge, "1ocalhost", (), 60), b"u" * 32, "x", (-7,)
    )
    body = made(elsewhere, VirtualKey(), host="1ocalhost")
    refused(owner.call("POST", KEYS, body=body), 401, "security_key_wrong")
    body = made(asked_to_add(owner), VirtualKey())
    owner.done("POST", KEYS, body=body, status=201)
    refused(owner.call("POST", KEYS, body=body), 401, "security_key_timeout")


@pytest.mark.attack("a-key-of-another-account-is-not-taken-over")
def test_a_key_of_another_account_is_not_taken_over(owner, stranger):
    """Its id in a registration of one's own would make the owner's sign-in find the thief's public key."""
    credential_id = next(iter(owner.virtual.held))
    body = made(asked_to_add(stranger), VirtualKey())
    theirs = base64.urlsafe_b64decode(body["attestation"] + "==")
    own = next(one for one in range(len(theirs)) if theirs[one : one + 2] == b"\x00\x20") + 2
    forged = theirs[:own] + credential_id + theirs[own + 32 :]
    refused(stranger.call("POST", KEYS, body={**body, "attestation": written_bytes(forged)}), 409, "security_key_known")


@pytest.mark.attack("nobody-removes-anothers-key")
def test_nobody_removes_anothers_key(owner, stranger):
    key = keys(owner)[0]["id"]
    body = {"code": stranger.recovery[-1]}
    refused(stranger.call("POST", f"{KEYS}/{key}/removal", body=body), 404, "not_found")
    assert key in {one["id"] for one in keys(owner)}
    # Nor is a code used up by it.
    stranger.done("POST", f"{KEYS}/registration", body={"code": stranger.recovery.pop()})


@pytest.mark.attack("a-signed-in-computer-alone-removes-no-key")
def test_a_signed_in_computer_alone_removes_no_key(owner):
    path = f"{KEYS}/{keys(owner)[0]['id']}/removal"
    refused(owner.call("POST", path, body={"code": "000000"}), 401, "second_factor_wrong")
    # Nothing was lent and nobody verified: time shows who it is, as for the authenticator itself.
    refused(owner.call("POST", path, body={}), 409, "recovery_waits")


@pytest.mark.attack("what-cannot-be-read-is-refused-and-no-worse")
@pytest.mark.parametrize("field", ["client_data", "attestation"])
@pytest.mark.parametrize("sent", ["A", "AAAA", "n" * 4000, "gICAgICA", "oWhhdXRoRGF0YQ"])
def test_what_cannot_be_read_is_refused_and_no_worse(stranger, lender, field, sent):
    with lender.services.database.write() as session:
        session.query(FailedTry).delete()
    if "asked" not in vars(stranger):
        stranger.asked = made(asked_to_add(stranger), VirtualKey())
    body = {**stranger.asked, field: sent}
    answer = stranger.call("POST", KEYS, body=body)
    assert (answer.status_code, answer.json()["code"][:12]) == (401, "security_key"), answer.text


def test_turning_the_second_step_off_takes_the_keys_with_it(http, clock):
    one = Walker(http, phone="13955560003")
    one.sign_in()
    one.totp, one.recovery = turn_on(one, clock)
    add(one, VirtualKey())
    one.done("POST", "/v1/auth/second-factor/removal", body={"code": one.recovery.pop()})
    assert keys(one) == []


def test_nobody_at_the_key_is_the_programs_to_say(owner):
    asked = question(owner, offered(owner))
    short = KeyQuestion(asked.challenge, asked.host, asked.known, 1)
    virtual = VirtualKey(touched=False)
    virtual.held = owner.virtual.held
    with pytest.raises(LoanAppError) as raised:
        HidSecurityKey(virtual.plugged_in).sign(short, "localhost", Waiting())
    assert raised.value.code is ErrorCode.SECURITY_KEY_NOT_TOUCHED
