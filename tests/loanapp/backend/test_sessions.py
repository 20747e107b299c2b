"""Sessions bound to a computer: renewed tokens, copied tokens, replayed requests, and signing out elsewhere."""

import inspect
import uuid

import pytest
from sqlalchemy import event

from loanapp.backend.api import applications, contract, other_ways, verification
from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.auth.proofs import key_digest
from loanapp.backend.auth.tables import Device, RefreshToken, RequestNonce
from loanapp.backend.http import dependencies
from loanapp.proof.keys import new_authority_key, new_message_key, new_signing_key
from loanapp.proof.request_proof import PROOF_HEADER, written_device_key
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import TERMS, SignedBy, Walker

DEVICES = "/v1/auth/devices"
OTHERS = "/v1/auth/devices/sign-out-others"


@pytest.fixture
def signed_in(walker):
    one = walker()
    one.sign_in()
    return one


def on_another_computer(one, clock):
    """The same borrower at another computer."""
    other = Walker(one.http, one.who.key, phone=one.phone)
    clock.move(seconds=30)
    other.sign_in()
    return other


def devices(one):
    return one.done("GET", DEVICES)["devices"]


def test_an_access_token_lives_ten_minutes_and_is_renewed(signed_in, clock):
    stale = signed_in.token
    clock.move(minutes=11)
    refused(signed_in.call("GET", DEVICES, token=stale), 401, "signed_out")
    assert len(devices(signed_in)) == 1  # renewed on the way
    assert signed_in.token != stale


@pytest.mark.attack("after-a-day-the-phone-is-asked-again-however-it-was-used")
def test_after_a_day_the_phone_is_asked_again_however_it_was_used(signed_in, clock):
    for _ in range(4):
        clock.move(hours=5, minutes=59)
        assert devices(signed_in)
    clock.move(minutes=5)
    refused(signed_in.refresh(), 401, "signed_out")


def test_unused_for_half_a_day_it_ends(signed_in, clock):
    clock.move(hours=12, minutes=1)
    refused(signed_in.refresh(), 401, "signed_out")


@pytest.mark.attack("a-refresh-token-that-comes-twice-ends-the-whole-sign-in")
def test_a_refresh_token_that_comes_twice_ends_the_whole_sign_in(signed_in, clock):
    copied = signed_in.refresh_token
    first = signed_in.refresh().json()
    clock.move(seconds=61)
    refused(signed_in.refresh(copied), 401, "session_reused")
    refused(signed_in.call("GET", DEVICES, token=first["access_token"]), 401, "signed_out")
    refused(signed_in.refresh(first["refresh_token"]), 401, "signed_out")


def test_it_is_told_where_the_borrower_looks(signed_in, clock):
    other = on_another_computer(signed_in, clock)
    copied = other.refresh_token
    other.refresh()
    clock.move(seconds=61)
    other.refresh(copied)
    ended = next(one for one in devices(signed_in) if not one["current"])
    assert (ended["ended_why"], ended["device_id"]) == ("reused", other.device_id)


def test_an_answer_lost_on_the_way_may_be_asked_for_again_until_its_token_was_used(signed_in):
    token = signed_in.refresh_token
    first, again = signed_in.refresh(token).json(), signed_in.refresh(token).json()
    assert first["refresh_token"] == again["refresh_token"] != token
    assert signed_in.refresh(first["refresh_token"]).status_code == 200
    refused(signed_in.refresh(token), 401, "session_reused")


@pytest.mark.attack("a-stolen-refresh-token-renews-nothing-without-the-key")
def test_a_stolen_refresh_token_renews_nothing_without_the_key(signed_in):
    thief = Walker(signed_in.http)
    refused(thief.refresh(signed_in.refresh_token), 403, "request_unproven")
    assert signed_in.refresh().status_code == 200


@pytest.mark.attack("a-stolen-access-token-changes-nothing-without-the-key")
def test_a_stolen_access_token_changes_nothing_without_the_key(signed_in):
    thief = Walker(signed_in.http)
    answer = thief.call("POST", OTHERS, body={}, token=signed_in.token)
    assert refused(answer, 403, "request_unproven")["why"] == "wrong"


class Tampered(SignedBy):
    """Signs a request, then something of it is changed."""

    def __init__(self, walker, change):
        super().__init__(walker, walker.token)
        self.change = change

    def __call__(self, request):
        return self.change(super().__call__(request)) or request


def other_body(request):
    request.body = b'{"x": 1}'
    request.headers["Content-Length"] = "8"


def other_path(request):
    request.url = request.url.replace("sign-out-others", "00000000-0000-4000-8000-000000000000/sign-out")


def other_query(request):
    request.url += "?all=1"


def no_proof(request):
    del request.headers[PROOF_HEADER]


def half_a_proof(request):
    request.headers[PROOF_HEADER] = request.headers[PROOF_HEADER][:-20]


def other_time(request):
    version, milliseconds, *rest = request.headers[PROOF_HEADER].split(";")
    request.headers[PROOF_HEADER] = ";".join([version, str(int(milliseconds) + 1), *rest])


def other_method(request):
    request.method = "DELETE"
    request.url = request.url.replace("devices/sign-out-others", "sessions/current")


@pytest.mark.attack("what-was-changed-on-the-way-is-refused-and-nothing-is-done")
@pytest.mark.parametrize(
    "change", [other_body, other_path, other_query, no_proof, half_a_proof, other_time, other_method]
)
def test_what_was_changed_on_the_way_is_refused_and_nothing_is_done(signed_in, clock, change):
    other = on_another_computer(signed_in, clock)
    tampered = Tampered(signed_in, change)
    headers = {"Authorization": f"Bearer {signed_in.token}"}
    answer = signed_in.http.request("POST", OTHERS, json={}, headers=headers, auth=tampered)
    refused(answer, 403, "request_unproven")
    assert {one["device_id"] for one in devices(signed_in)} == {signed_in.device_id, other.device_id}


@pytest.mark.attack("a-request-recorded-and-sent-again-is-refused")
def test_a_request_recorded_and_sent_again_is_refused(signed_in):
    recorded = []
    headers = {"Authorization": f"Bearer {signed_in.token}"}
    record = Tampered(signed_in, lambda request: recorded.append(request.copy()))
    answer = signed_in.http.request("POST", OTHERS, json={}, headers=headers, auth=record)
    assert answer.status_code == 200
    again = signed_in.http.send(recorded[0], verify=signed_in.http.verify)
    assert refused(again, 403, "request_unproven")["why"] == "replayed"


def recorded_of(one, path, body):
    """An act's answer, and the request as somebody on the way would have it."""
    recorded = []
    headers = {"Authorization": f"Bearer {one.token}", "Idempotency-Key": str(uuid.uuid4())}
    record = Tampered(one, lambda request: recorded.append(request.copy()))
    return one.http.request("POST", path, json=body, headers=headers, auth=record), recorded[0]


def test_an_act_counts_once_whether_it_was_done_or_refused(signed_in):
    """Refused today it might be done tomorrow, by somebody else's hand."""
    done, first = recorded_of(signed_in, "/v1/applications", TERMS)
    assert done.status_code == 201
    signed_in.id = done.json()["id"]
    answer, second = recorded_of(signed_in, "/v1/applications", TERMS)
    refused(answer, 409, "not_allowed_now")
    signed_in.act("/withdraw")
    answer, third = recorded_of(signed_in, "/v1/applications", TERMS | {"months": "twelve"})
    refused(answer, 422, "term_not_offered")  # before anything was begun
    for request in (first, second, third):
        again = signed_in.http.send(request, verify=signed_in.http.verify)
        assert refused(again, 403, "request_unproven")["why"] == "replayed"


def test_the_request_the_act_and_its_answer_are_one_transaction(signed_in, lender):
    open_ones, committed = {}, []
    engine = lender.services.database.write_engine

    def written(connection, _cursor, statement, *_more):
        if statement.startswith("INSERT INTO "):
            open_ones.setdefault(id(connection), set()).add(statement.split()[2])

    def done(connection):
        committed.append(open_ones.pop(id(connection), set()))

    event.listen(engine, "before_cursor_execute", written)
    event.listen(engine, "commit", done)
    try:
        signed_in.create()
    finally:
        event.remove(engine, "before_cursor_execute", written)
        event.remove(engine, "commit", done)
    (counted,) = [tables for tables in committed if "request_nonce" in tables]
    assert {"application", "ledger_entry", "idempotency"} <= counted


@pytest.mark.attack("one-kept-back-or-made-ahead-is-refused")
@pytest.mark.parametrize("seconds", [-121, 121])
def test_one_kept_back_or_made_ahead_is_refused(signed_in, clock, seconds):
    class Away:
        def now(self):
            from datetime import timedelta

            return clock.now() + timedelta(seconds=seconds)

    wire, signed_in.http.clock = signed_in.http, Away()
    try:
        answer = signed_in.call("POST", OTHERS, body={})
    finally:
        wire.clock = clock
    assert refused(answer, 403, "request_unproven")["why"] == "stale"


@pytest.mark.attack("a-raw-body-is-held-against-what-was-signed")
def test_a_raw_body_is_held_against_what_was_signed(signed_in):
    signed_in.create()

    def other_photo(request):
        request.body = b"y" * len(request.body)

    headers = {"Authorization": f"Bearer {signed_in.token}", "Content-Type": "application/octet-stream"}
    tampered = Tampered(signed_in, other_photo)
    path = signed_in.at("/document/front")
    answer = signed_in.http.request("PUT", path, data=b"x" * 900, headers=headers, auth=tampered)
    assert refused(answer, 403, "request_unproven")["why"] == "wrong"


@pytest.mark.parametrize(
    "key", ["", "x", "AAAA", "new_authority_key", "new_message_key"], ids=["none", "x", "short", "P-384", "Ed25519"]
)
def test_a_sign_in_needs_a_key_of_its_own(walker, key):
    one = walker()
    made = {"new_authority_key": new_authority_key, "new_message_key": new_message_key}
    if key in made:
        from base64 import b64encode

        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = made[key]().public_key()
        key = b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    sent = one.done("POST", "/v1/auth/codes", body={"phone": one.phone, "purpose": "sign_in"}, status=201)
    body = one.on_device(challenge_id=sent["challenge_id"], code=sent["simulated_message"]["code"])
    refused(one.call("POST", "/v1/auth/sessions", body=body | {"device_key": key}), 422, "input_invalid")
    # Somebody else's key is no key of one's own: its holder did not sign.
    elses = written_device_key(new_signing_key().public_key())
    refused(one.call("POST", "/v1/auth/sessions", body=body | {"device_key": elses}), 403, "request_unproven")
    assert one.call("POST", "/v1/auth/sessions", body=body).status_code == 201


@pytest.mark.attack("one-computer-or-all-others-can-be-signed-out-from-here")
def test_one_computer_or_all_others_can_be_signed_out_from_here(signed_in, clock):
    second, third = on_another_computer(signed_in, clock), on_another_computer(signed_in, clock)
    told = devices(signed_in)
    assert [one["device_id"] for one in told] == [third.device_id, second.device_id, signed_in.device_id]
    assert [one["current"] for one in told] == [False, False, True]
    path = f"{DEVICES}/{second.device_id}/sign-out"
    left = signed_in.done("POST", path, body={})["devices"]
    assert {one["device_id"] for one in left} == {signed_in.device_id, third.device_id}
    refused(second.call("GET", DEVICES), 401, "signed_out")
    assert len(signed_in.done("POST", OTHERS, body={})["devices"]) == 1
    refused(third.refresh(), 401, "signed_out")
    assert signed_in.call("GET", DEVICES).status_code == 200


def test_signing_out_takes_the_refresh_token_along(signed_in):
    assert signed_in.call("DELETE", "/v1/auth/sessions/current").status_code == 204
    refused(signed_in.refresh(), 401, "signed_out")


def test_signing_in_again_on_one_computer_leaves_one_sign_in(signed_in, clock):
    earlier = signed_in.device_id
    clock.move(seconds=30)
    signed_in.sign_in()
    assert [one["device_id"] for one in devices(signed_in)] != [earlier]
    assert len(devices(signed_in)) == 1


def test_what_can_open_nothing_any_more_is_forgotten(signed_in, clock, lender):
    services = lender.services
    assert signed_in.call("POST", OTHERS, body={}).status_code == 200
    clock.move(days=32)
    forget_old_sign_ins(services)
    with services.database.read() as session:
        own = key_digest(written_device_key(signed_in.device_key.public_key()))
        for left in (
            session.query(RequestNonce).filter_by(key_sha256=own),
            session.query(RefreshToken).filter_by(device_id=signed_in.device_id),
            session.query(Device).filter_by(id=signed_in.device_id),
        ):
            assert left.count() == 0


@pytest.mark.attack("a-token-never-stands-in-the-database")
def test_a_token_never_stands_in_the_database(signed_in, lender):
    content = b"".join(path.read_bytes() for path in lender.services.database.path.parent.glob("lender.sqlite*"))
    for token in (signed_in.token, signed_in.refresh_token):
        assert token.encode() not in content


@pytest.mark.attack("requests-of-another-shape-are-proofs-of-nothing")
def test_requests_of_another_shape_are_proofs_of_nothing():
    from loanapp.proof.request_proof import read_proof

    for header in ("", ";;;;", "v1;1;2;3;4", "v2;" + "1" * 13, "é" * 200, "v1;" + "9" * 13 + ";" + "0" * 500):
        assert read_proof(header) is None


def test_only_an_act_that_is_all_an_endpoint_does_counts_its_request():
    def asked(dependant):
        return {dependant.call}.union(*[asked(one) for one in dependant.dependencies])

    routers = (applications.router, contract.router, other_ways.router, verification.router)
    uncounted = {
        route.endpoint
        for router in routers
        for route in router.routes
        if dependencies._caller in asked(route.dependant) and dependencies._borrower not in asked(route.dependant)
    }
    assert len(uncounted) > 5
    for endpoint in uncounted:
        source = inspect.getsource(endpoint)
        assert "idempotency: IdempotencyDep" in source, endpoint
        assert "idempotency.run(" in source or "act_on_application(" in source, endpoint
        assert "idempotency.replay()" not in source, endpoint
