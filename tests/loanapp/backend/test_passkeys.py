"""Passkeys of the lender's people over HTTPS, and whoever tries to come in with one that is not theirs."""

import html
import json
import os
import re
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData, AuthenticatorData
from sqlalchemy import select

from loanapp.backend.data_uses.retention import sweep
from loanapp.backend.staff.members import end_member
from loanapp.backend.staff.tables import StaffChallengeUsed, StaffMember, StaffPasskey, StaffRole, StaffSession
from loanapp.domain.base64url import read_bytes, written_bytes

_UP, _UV, _AT = 0x01, 0x04, 0x40
OTHER = "https://console.loans.example.com"


class Passkey:
    """An authenticator that keeps one passkey and does whatever it is told, right or wrong."""

    def __init__(self, origin):
        self.origin, self.host = origin, "localhost"
        self.id, self.private, self.counter, self.user = os.urandom(32), ec.generate_private_key(ec.SECP256R1()), 0, b""

    def _client(self, kind, challenge, origin=None):
        told = {"type": kind, "challenge": challenge, "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, host, flags, made=b""):
        self.counter += 1
        return bytes(AuthenticatorData.create(sha256((host or self.host).encode()).digest(), flags, self.counter, made))

    def make(self, asked, *, origin=None, host=None, flags=_UP | _UV):
        public = ES256.from_cryptography_key(self.private.public_key())
        made = AttestedCredentialData.create(bytes(16), self.id, public)
        self.user = read_bytes(asked["user"]["id"])
        whole = {"fmt": "none", "attStmt": {}, "authData": self._data(host, flags | _AT, made)}
        client = self._client("webauthn.create", asked["challenge"], origin)
        return {"client_data": written_bytes(client), "attestation": written_bytes(cbor.encode(whole))}

    def sign(self, asked, *, origin=None, host=None, flags=_UP | _UV, **changed):
        client, data = self._client("webauthn.get", asked["challenge"], origin), self._data(host, flags)
        signature = self.private.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        shown = {
            "credential_id": self.id,
            "user": self.user,
            "client_data": client,
            "authenticator_data": data,
            "signature": signature,
        }
        return {name: written_bytes(value) for name, value in (shown | changed).items()}


def asked_on(page, act):
    return json.loads(html.unescape(re.search('data-asked="([^"]+)"', page)[1]))[act]


def asked_to_make(one, label="蓝色钥匙", code=None):
    answer = one.send("/passkeys/new", label=label, code=code or one.code())
    assert answer.status_code == 200, answer.text
    return asked_on(answer.text, "create")


def added(one, passkey, label="蓝色钥匙"):
    made = passkey.make(asked_to_make(one, label))
    return one.send("/passkeys", label=label, **made).status_code


def question(one):
    return asked_on(one.page("/sign-in"), "get")


def come_in(one, shown):
    """The status of a sign-in from a browser without a session."""
    before = one.wire.cookies.copy()
    one.wire.cookies.clear()
    answer = one.wire.post("/console/sign-in/passkey", data=shown, allow_redirects=False)
    came = one.wire.cookies.get("__Host-console")
    one.wire.cookies = before
    assert (answer.status_code == 303) is (came is not None)
    return answer.status_code


@pytest.fixture(scope="module")
def origin(http):
    return http.url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def anna(desk, clock, origin):
    """A member with one passkey; the code that let them add it is another than the one they signed in with."""
    return with_passkey(desk("anna", StaffRole.REVIEWER), clock, origin)


@pytest.fixture(scope="module")
def berta(desk, clock, origin):
    return with_passkey(desk("berta", StaffRole.REVIEWER), clock, origin)


def with_passkey(one, clock, origin):
    away, one.passkey = clock.away, Passkey(origin)
    clock.move(minutes=1)
    assert added(one, one.passkey) == 303
    clock.away = away
    return one


def test_a_passkey_signs_in_without_name_password_or_code(anna, lender):
    assert "还没用过" in anna.page("/passkeys")
    assert come_in(anna, anna.passkey.sign(question(anna))) == 303
    assert "还没用过" not in anna.page("/passkeys")
    asked = question(anna)
    assert (asked["userVerification"], asked["rpId"]) == ("required", "localhost")
    with lender.services.database.read() as session:
        stored = session.scalars(select(StaffPasskey)).first()
    assert "蓝色钥匙".encode() not in stored.label_sealed


@pytest.mark.attack("a-passkey-answers-the-consoles-own-page-alone")
@pytest.mark.parametrize("wrong", [{"origin": OTHER}, {"origin": "http://localhost"}, {"host": "loans.example.com"}])
def test_a_passkey_answers_the_consoles_own_page_alone(anna, wrong, clock):
    assert come_in(anna, anna.passkey.sign(question(anna), **wrong)) == 401
    away = clock.away
    try:
        clock.move(minutes=2 + ["origin", "host"].index(next(iter(wrong))))
        made = Passkey(anna.passkey.origin).make(asked_to_make(anna), **wrong)
        assert anna.send("/passkeys", label="x", **made).status_code == 422
    finally:
        clock.away = away
        forget_codes_shown(anna)


@pytest.mark.attack("what-a-passkey-signed-is-taken-once")
def test_what_a_passkey_signed_is_taken_once(anna):
    shown = anna.passkey.sign(asked := question(anna))
    assert come_in(anna, shown) == 303
    assert come_in(anna, shown) == 401
    assert come_in(anna, anna.passkey.sign(asked)) == 401, "nor does a new signature answer an old question"


@pytest.mark.attack("a-challenge-the-console-did-not-ask-opens-nothing")
def test_a_challenge_the_console_did_not_ask_opens_nothing(anna, clock, lender):
    challenge = read_bytes(question(anna)["challenge"])
    later = challenge[:32] + (int.from_bytes(challenge[32:40], "big") + 3600).to_bytes(8, "big") + challenge[40:]
    for forged in (os.urandom(72), later, b"", challenge[:40]):
        assert come_in(anna, anna.passkey.sign({"challenge": written_bytes(forged)})) == 401
    away, late = clock.away, question(anna)
    try:
        clock.move(seconds=lender.services.policies.staff.passkey_seconds + 1)
        assert come_in(anna, anna.passkey.sign(late)) == 401
    finally:
        clock.away = away


@pytest.mark.attack("another-members-passkey-is-nobody-elses")
def test_another_members_passkey_is_nobody_elses(anna, berta, clock):
    asked = question(anna)
    assert come_in(anna, berta.passkey.sign(asked, credential_id=anna.passkey.id)) == 401, "not signed by that key"
    assert come_in(anna, anna.passkey.sign(question(anna), user=berta.passkey.user)) == 401, "not that member's"
    assert come_in(anna, Passkey(anna.passkey.origin).sign(question(anna))) == 401, "nobody's"
    away = clock.away
    try:
        clock.move(minutes=5)
        theirs = anna.passkey.user
        assert added(berta, anna.passkey) == 422, "one that is somebody's already"
        anna.passkey.user = theirs
        clock.move(minutes=1)
        asked = asked_to_make(berta)
        assert anna.send("/passkeys", label="x", **Passkey(anna.passkey.origin).make(asked)).status_code == 422
        mine = re.search(r"/passkeys/([0-9a-f-]{36})/removal", anna.page("/passkeys"))[1]
        assert berta.send(f"/passkeys/{mine}/removal").status_code == 404
    finally:
        clock.away = away
        forget_codes_shown(berta)
    assert come_in(anna, anna.passkey.sign(question(anna))) == 303


@pytest.mark.attack("a-passkey-that-did-not-ask-who-touches-it-opens-nothing")
def test_a_passkey_that_did_not_ask_who_touches_it_opens_nothing(anna, clock):
    for flags in (_UP, _UV, 0):
        assert come_in(anna, anna.passkey.sign(question(anna), flags=flags)) == 401
    away = clock.away
    try:
        clock.move(minutes=8)
        made = Passkey(anna.passkey.origin).make(asked_to_make(anna), flags=_UP)
        assert anna.send("/passkeys", label="x", **made).status_code == 422
    finally:
        clock.away = away
        forget_codes_shown(anna)


@pytest.mark.attack("a-passkey-whose-counter-does-not-go-on-was-copied")
def test_a_passkey_whose_counter_does_not_go_on_was_copied(anna):
    assert come_in(anna, anna.passkey.sign(question(anna))) == 303
    anna.passkey.counter -= 1
    assert come_in(anna, anna.passkey.sign(question(anna))) == 401
    assert come_in(anna, anna.passkey.sign(question(anna))) == 303


@pytest.mark.attack("an-unattended-session-adds-no-passkey-without-a-code")
def test_an_unattended_session_adds_no_passkey_without_a_code(berta, lender):
    for _ in range(lender.services.policies.staff.tries):
        assert berta.send("/passkeys/new", label="x", code="000000").status_code == 422
    assert berta.send("/passkeys/new", label="x", code=berta.code()).status_code == 422, "held back"
    sealed = {"client_data": "e30", "attestation": "oA"}
    assert berta.send("/passkeys", label="x", **sealed).status_code == 422
    assert berta.send("/passkeys", label="x", client_data="%", attestation="").status_code == 422
    assert come_in(berta, berta.passkey.sign(question(berta))) == 303, "a passkey is nothing to guess"
    with lender.services.database.write() as session:
        session.scalars(select(StaffMember).where(StaffMember.login == "berta")).one().locked_until = None


def test_there_are_as_many_as_may_be_and_they_can_be_removed(berta, clock, lender, origin):
    away, most = clock.away, lender.services.policies.staff.passkeys
    try:
        for _ in range(most - 1):
            clock.move(minutes=1)
            assert added(berta, Passkey(origin), "another") == 303
        clock.move(minutes=1)
        assert berta.send("/passkeys/new", label="one more", code=berta.code()).status_code == 409
        shown = berta.page("/passkeys")
        assert "通行密钥已经够多了" in shown
        assert come_in(berta, berta.passkey.sign(question(berta))) == 303
        assert open_sessions(berta) > 1
        for found in re.findall(r"/passkeys/([0-9a-f-]{36})/removal", shown):
            assert berta.send(f"/passkeys/{found}/removal").status_code == 303
        assert open_sessions(berta) == 1  # a lost one may have begun the other
    finally:
        clock.away = away
        forget_codes_shown(berta)
    assert come_in(berta, berta.passkey.sign(question(berta))) == 401


def test_whoever_works_here_no_more_has_no_passkey_and_old_challenges_are_forgotten(desk, anna, clock, lender, origin):
    gone, away = with_passkey(desk("gone", StaffRole.REVIEWER), clock, origin), clock.away
    asked = question(gone)
    end_member(lender.services, "gone")
    assert come_in(gone, gone.passkey.sign(asked)) == 401
    with lender.services.database.read() as session:
        assert session.scalars(select(StaffPasskey).where(StaffPasskey.credential_id == gone.passkey.id)).all() == []
        assert session.scalars(select(StaffChallengeUsed)).first() is not None
    try:
        clock.move(hours=1)
        sweep(lender.services)
        with lender.services.database.read() as session:
            assert session.scalars(select(StaffChallengeUsed)).all() == []
    finally:
        clock.away = away


@pytest.mark.attack("another-sites-page-signs-nobody-in-here")
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/passkey"])
def test_another_sites_page_signs_nobody_in_here(anna, path):
    statuses = {
        site: anna.wire.post(f"/console{path}", headers={"Sec-Fetch-Site": site}).status_code
        for site in ("cross-site", "same-site", "same-origin", "none")
    }
    assert statuses == {"cross-site": 403, "same-site": 403, "same-origin": 401, "none": 401}


def open_sessions(one):
    with one.lender.services.database.read() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.login == one.login)).one()
        mine = select(StaffSession).where(StaffSession.member_id == member.id, StaffSession.ended_at.is_(None))
        return len(session.scalars(mine).all())


def forget_codes_shown(one):
    """The clock goes back: codes of before are new again."""
    with one.lender.services.database.write() as session:
        session.scalars(select(StaffMember).where(StaffMember.login == one.login)).one().totp_last_step = 0
