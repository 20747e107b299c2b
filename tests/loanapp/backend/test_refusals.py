"""Bad input, wrong order, other people's things: each gets its own code and changes nothing."""

import base64
import functools
import json
import re
import uuid

import pytest

from loanapp.domain.errors import ErrorCode
from loanapp.proof.envelope import seal
from loanapp.resource_files import resource_path
from tests.loanapp.backend.walk import TERMS, Walker, blank_evidence, sealed_evidence


@pytest.fixture
def drafted(walker):
    one = walker()
    one.sign_in()
    one.create()
    return one


@pytest.fixture(scope="module")
def identified(http):
    """A borrower whose photos were read; shared, because reading takes a second."""
    one = Walker(http, phone="13922220000")
    one.sign_in()
    one.create()
    one.documents()
    one.identify()
    return one


def refused(answer, status, code):
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert str(status) in declared(answer.request), f"{answer.request.method} {answer.request.path_url}"
    return body


@functools.cache
def _operations():
    """Method, pattern of the path and declared statuses of each operation; a path without a variable first."""
    paths = json.loads((resource_path().parent / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    return [
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), set(operation["responses"]))
        for path in sorted(paths, key=lambda path: path.count("{"))
        for method, operation in paths[path].items()
        if isinstance(operation, dict) and "responses" in operation
    ]


def declared(request):
    """The statuses that the published document names for what was asked."""
    path = request.path_url.partition("?")[0]
    found = (said for method, pattern, said in _operations() if method == request.method and pattern.fullmatch(path))
    return next(found, {"404", "405"})


@pytest.mark.attack("signing-in-with-a-wrong-code-counts-down-and-then-ends")
def test_signing_in_with_a_wrong_code_counts_down_and_then_ends(walker, clock):
    one = walker()
    sent = one.done("POST", "/v1/auth/codes", body={"phone": one.phone, "purpose": "sign_in"}, status=201)
    right = sent["simulated_message"]["code"]
    assert right in sent["simulated_message"]["text"]["zh"]
    wrong = one.on_device(challenge_id=sent["challenge_id"], code=f"{(int(right) + 1) % 1000000:06d}")
    left = [refused(one.call("POST", "/v1/auth/sessions", body=wrong), 401, "code_wrong") for _try in range(4)]
    assert [one["attempts_left"] for one in left] == [4, 3, 2, 1]
    refused(one.call("POST", "/v1/auth/sessions", body=wrong), 401, "code_expired")
    refused(one.call("POST", "/v1/auth/sessions", body=wrong | {"code": right}), 401, "code_expired")


@pytest.mark.attack("a-code-expires-works-once-and-is-not-sent-again-at-once")
def test_a_code_expires_works_once_and_is_not_sent_again_at_once(walker, clock):
    one = walker()
    ask = {"phone": one.phone, "purpose": "sign_in"}
    sent = one.done("POST", "/v1/auth/codes", body=ask, status=201)
    again = refused(one.call("POST", "/v1/auth/codes", body=ask), 429, "too_many_attempts")
    assert 0 < again["retry_after_seconds"] <= sent["resend_after_seconds"] + 1
    clock.move(seconds=sent["resend_after_seconds"] + 1)
    newer = one.done("POST", "/v1/auth/codes", body=ask, status=201)
    body = one.on_device(challenge_id=newer["challenge_id"], code=newer["simulated_message"]["code"])
    one.done("POST", "/v1/auth/sessions", body=body, status=201)
    refused(one.call("POST", "/v1/auth/sessions", body=body), 401, "code_expired")
    body = one.on_device(challenge_id=sent["challenge_id"], code=sent["simulated_message"]["code"])
    clock.move(seconds=301)
    refused(one.call("POST", "/v1/auth/sessions", body=body), 401, "code_expired")


@pytest.mark.parametrize("phone", ["12345678901", "1380000000", "１３８０００００００１", "abc", "\ud83d"])
def test_a_phone_that_is_none(walker, phone):
    one = walker()
    refused(one.call("POST", "/v1/auth/codes", body={"phone": phone, "purpose": "sign_in"}), 422, "phone_invalid")


@pytest.mark.attack("signing-out-ends-the-token")
def test_signing_out_ends_the_token(drafted):
    assert drafted.call("DELETE", "/v1/auth/sessions/current").status_code == 204
    refused(drafted.call("GET", drafted.at()), 401, "signed_out")
    refused(drafted.call("GET", drafted.at(), token="no-such-token"), 401, "signed_out")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": "999.00"}, "amount_out_of_range"),
        ({"amount": "50100.00"}, "amount_out_of_range"),
        ({"amount": "10050.00"}, "amount_out_of_range"),
        ({"amount": "1e4"}, "amount_out_of_range"),
        ({"amount": 10000}, "amount_out_of_range"),
        ({"months": 7}, "term_not_offered"),
        ({"method": "bullet"}, "input_invalid"),
        ({"purpose": "shares"}, "purpose_not_allowed"),
        ({"product_id": "none"}, "input_invalid"),
        ({"surprise": 1}, "input_invalid"),
    ],
)
def test_terms_that_are_not_offered(walker, change, code):
    one = walker()
    one.sign_in()
    answer = one.call("POST", "/v1/applications", body=TERMS | change, key=str(uuid.uuid4()))
    body = refused(answer, 422, code)
    assert list(body["fields"]) == list(change)
    if change.get("amount") == "999.00":
        assert (body["minimum"], body["maximum"], body["step"]) == ("1000.00", "50000.00", "100.00")


def test_one_application_at_a_time(drafted):
    answer = drafted.call("POST", "/v1/applications", body=TERMS, key=str(uuid.uuid4()))
    assert refused(answer, 409, "not_allowed_now")["application_id"] == drafted.id
    drafted.act("/withdraw")
    drafted.create()


def test_the_key_of_an_act_is_needed_and_belongs_to_one_request(walker):
    one = walker()
    one.sign_in()
    missing = refused(one.call("POST", "/v1/applications", body=TERMS), 422, "input_invalid")
    assert missing["fields"] == {"Idempotency-Key": "input_invalid"}
    key = str(uuid.uuid4())
    first = one.call("POST", "/v1/applications", body=TERMS, key=key)
    again = one.call("POST", "/v1/applications", body=TERMS, key=key)
    assert (first.status_code, first.content) == (201, again.content)
    other = one.call("POST", "/v1/applications", body=TERMS | {"months": 6}, key=key)
    refused(other, 422, "idempotency_key_reused")


def test_without_a_sign_in_even_a_bad_request_is_signed_out(http):
    stranger = Walker(http)
    refused(stranger.call("POST", "/v1/applications", body={}), 401, "signed_out")
    refused(stranger.call("GET", f"/v1/applications/{uuid.uuid4()}"), 401, "signed_out")


def test_another_borrowers_application_does_not_exist(drafted, walker):
    stranger = walker("review")
    stranger.sign_in()
    stranger.id = drafted.id
    key = str(uuid.uuid4())
    calls = [
        ("GET", "", None),
        ("PUT", "/terms", TERMS),
        ("PUT", "/profile", {"employment": "other", "monthly_income": "1.00", "monthly_debt": "0.00"}),
        ("PUT", "/identity", stranger.identity_fields()),
        ("PUT", "/bank-card", {"number": stranger.who.card_number, "phone": stranger.who.phone}),
        ("POST", "/submit", {}),
        ("POST", "/withdraw", {}),
        ("POST", "/manual-verification", {}),
        ("POST", "/liveness-sessions", {"source_kind": "camera"}),
        ("POST", "/offer/accept", {"offer_id": "x"}),
        ("GET", "/cost-disclosure", None),
        ("POST", "/contract/code", {}),
        ("POST", "/contract/code/confirmation", {"challenge_id": "x", "code": "000000"}),
        ("POST", "/certificate", {"csr_pem": "x"}),
        ("GET", "/contract", None),
        ("GET", "/loan", None),
    ]
    for method, path, body in calls:
        refused(stranger.call(method, stranger.at(path), body=body, key=key), 404, "not_found")
    assert stranger.upload("front", b"x").status_code == 404
    assert stranger.hand_in(b"%PDF").status_code == 404
    assert stranger.done("GET", "/v1/applications") == {"applications": []}


@pytest.mark.attack("steps-out-of-order")
def test_steps_out_of_order(drafted):
    one = drafted
    refused(one.call("PUT", one.at("/identity"), body=one.identity_fields()), 409, "not_allowed_now")
    key = str(uuid.uuid4())
    refused(one.call("POST", one.at("/manual-verification"), body={}, key=key), 409, "not_allowed_now")
    liveness = {"source_kind": "demonstration"}
    answer = one.call("POST", one.at("/liveness-sessions"), body=liveness, key=key)
    refused(answer, 409, "not_allowed_now")
    refused(one.card(), 409, "not_allowed_now")
    missing = refused(one.call("POST", one.at("/submit"), body={}, key=key), 409, "not_allowed_now")["missing"]
    assert "identity_document" in missing
    assert "consent_bureau_query" in missing
    refused(one.call("POST", one.at("/offer/accept"), body={"offer_id": "x"}, key=key), 409, "not_allowed_now")
    refused(one.call("GET", one.at("/cost-disclosure")), 409, "not_allowed_now")
    refused(one.call("GET", one.at("/contract")), 404, "not_found")
    refused(one.call("GET", one.at("/loan")), 409, "not_allowed_now")
    refused(one.hand_in(b"%PDF-1.7"), 404, "not_found")


def test_photos_that_cannot_be_used(drafted, lender):
    one = drafted
    public = base64.b64decode(one.lender["vault_public_key"])
    refused(one.upload("front", b"this is no picture"), 422, "photo_not_an_image")
    refused(one.call("PUT", one.at("/document/front"), content=b"not sealed"), 422, "input_invalid")
    elsewhere = seal(public, b"x", f"loanapp/document/v1|{uuid.uuid4()}|front".encode())
    refused(one.call("PUT", one.at("/document/front"), content=elsewhere), 422, "input_invalid")
    limit = lender.services.policies.face.document_limit_bytes
    too_large = refused(one.call("PUT", one.at("/document/front"), content=bytes(limit + 1)), 413, "photo_too_large")
    assert too_large["limit_mb"] == limit >> 20, "the figure the sentence has a place for"
    from tests.loanapp.backend.walk import card_photo

    refused(one.upload("front", card_photo("approved", "back")), 422, "photo_sides_swapped")
    refused(one.upload("back", card_photo("document_expired", "back")), 422, "document_expired")
    assert one.get()["document"] == {"front": False, "back": False}


def test_identity_fields_are_checked_and_corrections_marked(identified, lender):
    one = identified
    good = one.identity_fields()
    bad = good | {"identity_number": good["identity_number"][:-1] + "0", "name": "1", "valid_until": "2020-01-01"}
    fields = refused(one.call("PUT", one.at("/identity"), body=bad), 422, "input_invalid")["fields"]
    assert fields == {
        "name": "name_invalid",
        "identity_number": "identity_number_checksum",
        "valid_until": "input_invalid" if good["valid_from"] > "2020-01-01" else "document_expired",
    }
    child = good | {"identity_number": "110199201503150022"}
    answer = one.call("PUT", one.at("/identity"), body=child)
    assert answer.json()["code"] in {"under_age", "identity_number_checksum"}
    shown = one.done("PUT", one.at("/identity"), body=good | {"address": good["address"] + "1"})
    assert shown["identity"]["identity_number_masked"].count("*") == 10
    assert good["name"] not in str(shown)
    from loanapp.backend.store.tables import Application

    with lender.services.database.read() as session:
        application = session.get_one(Application, one.id)
        assert application.identity_corrections == ["address"]
        assert good["name"].encode() not in application.identity_sealed


def test_authorisations_need_the_very_text_and_come_before_what_they_allow(identified):
    one = identified
    one.identify()
    key = str(uuid.uuid4())
    liveness = {"source_kind": "demonstration"}
    answer = one.call("POST", one.at("/liveness-sessions"), body=liveness, key=key)
    assert refused(answer, 403, "consent_missing")["scope"] == "face_verification"
    refused(one.card(), 403, "consent_missing")
    wrong = one.consent("face_verification", text_sha256="0" * 64, status=422)
    assert wrong["fields"] == {"text_sha256": "input_invalid"}
    one.consent("face_verification")
    challenge = one.act("/liveness-sessions", liveness, status=201)
    assert {"turn_left", "turn_right"} <= set(challenge["actions"])
    one.consent("face_verification", granted=False)
    refused(one.call("POST", one.at("/liveness-sessions"), body=liveness, key=key), 403, "consent_missing")


def test_evidence_that_is_none_and_a_challenge_that_is_over(identified, clock):
    one = identified
    one.identify()
    one.consents()
    challenge = one.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    path = f"/v1/liveness-sessions/{challenge['session_id']}/evidence"
    refused(one.call("PUT", path, content=b"not sealed"), 422, "evidence_invalid")
    refused(one.call("PUT", path, content=sealed_evidence(one, challenge, b"no frames")), 422, "evidence_invalid")
    newer = one.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    answer = one.call("PUT", path, content=sealed_evidence(one, challenge, b"no frames"))
    refused(answer, 409, "challenge_expired")
    clock.move(seconds=181)
    path = f"/v1/liveness-sessions/{newer['session_id']}/evidence"
    refused(one.call("PUT", path, content=sealed_evidence(one, newer, b"no frames")), 409, "challenge_expired")
    refused(one.call("PUT", f"/v1/liveness-sessions/{uuid.uuid4()}/evidence", content=b"x"), 404, "not_found")


def test_cards_that_cannot_be_bound(identified):
    one = identified
    one.identify()
    one.consents()
    both = refused(one.card("123", "123"), 422, "input_invalid")
    assert both["fields"] == {"number": "card_number_invalid", "phone": "phone_invalid"}
    refused(one.card("6217000000000000020"), 422, "card_mismatch")
    refused(one.card("6222300000000086"), 422, "card_not_debit")
    assert one.get()["bank_card"] is None


def test_the_gateway_is_down_once_and_nothing_is_lost(walker):
    one = walker("card_gateway_down")
    one.sign_in()
    one.create()
    one.documents()
    one.identify()
    one.consents()
    assert refused(one.card(), 503, "card_gateway_down")["retry_after_seconds"] == 3
    assert one.card().status_code == 200


def test_unknown_routes_and_methods_are_problems_too(http):
    stranger = Walker(http)
    refused(stranger.call("GET", "/v1/nothing"), 404, "not_found")
    refused(stranger.call("PATCH", "/v1/health"), 405, "input_invalid")
    answer = http.request("POST", "/v1/auth/codes", data=b"{broken", headers={"Content-Type": "application/json"})
    refused(answer, 422, "input_invalid")
    assert "traceback" not in answer.text.lower()


def test_every_code_a_refusal_can_carry_is_in_the_domain():
    from loanapp.backend.http.problems import STATUS_OF

    assert all(isinstance(code, ErrorCode) for code in STATUS_OF)


@pytest.mark.parametrize("kind", ["text/json", "application/octet-stream", "application/pdf", ""])
def test_a_body_that_never_ends_is_cut_off_whatever_it_calls_itself(kind):
    import asyncio

    from loanapp.backend.http.middleware import BodyLimit

    chunk, read = bytes(64 * 1024), []

    async def reads_everything(scope, receive, send):
        while (await receive())["more_body"]:
            read.append(1)

    async def endless():
        assert len(read) < 100, "read on and on"
        return {"type": "http.request", "body": chunk, "more_body": True}

    sent = []

    async def keep(message):
        sent.append(message)

    scope = {"type": "http", "path": "/v1/auth/codes", "headers": [(b"content-type", kind.encode())]}
    asyncio.run(BodyLimit(reads_everything)(scope, endless, keep))
    assert sent[0]["status"] == 422
    assert b"input_invalid" in sent[1]["body"]
    assert len(read) == 4


def test_only_the_routes_that_take_raw_bytes_limit_their_bodies_themselves():
    from loanapp.backend.http.middleware import takes_raw_body
    from loanapp.backend.openapi import openapi_document

    raw = set()
    paths = openapi_document()["paths"]
    for path, operations in paths.items():
        kinds = {kind for one in operations.values() for kind in one.get("requestBody", {}).get("content", {})}
        if kinds - {"application/json"}:
            raw.add(path)
    assert len(raw) == 6
    assert {path for path in paths if takes_raw_body(path)} == raw


@pytest.mark.attack("what-fails-inside-leaves-no-trace-outside")
def test_what_fails_inside_leaves_no_trace_outside(expect_log):
    import asyncio

    from loanapp.backend.http.middleware import Net

    async def broken(scope, receive, send):
        raise RuntimeError("13800000001")

    sent = []

    async def keep(message):
        sent.append(message)

    expect_log("request failed: RuntimeError at")
    asyncio.run(Net(broken)({"type": "http", "headers": []}, None, keep))
    assert sent[0]["status"] == 500
    assert b"lender_trouble" in sent[1]["body"]
    assert b"13800000001" not in sent[1]["body"]


def test_evidence_being_judged_does_not_pass_on_another_portrait_or_without_the_authorisation(
    identified, lender, monkeypatch
):
    from loanapp.backend.inference.client import FaceResult

    one = identified
    one.identify()
    one.consents()

    def while_judging(act):
        def judge(*_asked):
            act()
            return FaceResult("passed", (), {}, "same")

        monkeypatch.setattr(lender.services.inference, "judge", judge)
        challenge = one.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
        path = f"/v1/liveness-sessions/{challenge['session_id']}/evidence"
        sealed = sealed_evidence(one, challenge, blank_evidence(challenge))
        refused(one.call("PUT", path, content=sealed), 409, "challenge_expired")
        assert one.get()["face"]["state"] == "none"

    while_judging(lambda: one.upload("front"))
    one.identify()
    while_judging(lambda: one.consent("face_verification", granted=False))


def test_a_photo_read_while_the_application_is_withdrawn_is_not_kept(drafted, lender, monkeypatch):
    one = drafted
    real = lender.services.inference.read_document

    def read(photo, side):
        found = real(photo, side)
        one.act("/withdraw")
        return found

    monkeypatch.setattr(lender.services.inference, "read_document", read)
    refused(one.upload("front"), 409, "not_allowed_now")
    assert lender.services.vault.load(one.id, "document_front") is None
    assert lender.services.vault.load(one.id, "portrait") is None


def test_three_failures_put_the_other_way_first_and_five_lock_the_face(identified, clock):
    one = identified
    one.identify()
    one.consents()
    left = []
    for _failure in range(5):
        challenge = one.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
        sealed = sealed_evidence(one, challenge, blank_evidence(challenge))
        path = f"/v1/liveness-sessions/{challenge['session_id']}/evidence"
        verdict = one.done("PUT", path, content=sealed)
        assert verdict["outcome"] == "retry", verdict
        left.append(verdict["attempts_left"])
        actions = one.get()["allowed_actions"]
        if len(left) in {3, 4}:
            assert actions.index("choose_manual_verification") < actions.index("start_liveness")
    assert left == [2, 1, 0, 0, 0]
    answer = one.call(
        "POST", one.at("/liveness-sessions"), body={"source_kind": "demonstration"}, key=str(uuid.uuid4())
    )
    assert refused(answer, 429, "face_attempts_locked")["retry_after_seconds"] > 1700
    assert "start_liveness" not in one.get()["allowed_actions"]
    # Neither the lock nor the count goes with the application they came in.
    one.act("/withdraw")
    one.create()
    one.documents()
    one.identify()
    one.consents()
    answer = one.call(
        "POST", one.at("/liveness-sessions"), body={"source_kind": "demonstration"}, key=str(uuid.uuid4())
    )
    assert refused(answer, 429, "face_attempts_locked")["retry_after_seconds"] > 1700
    assert one.get()["face"]["attempts_left"] == 0
    away = clock.away
    clock.move(seconds=1801)
    one.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    clock.away = away
    assert one.act("/manual-verification")["face"]["state"] == "manual"
