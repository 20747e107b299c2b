"""The wire against real TLS servers: whom it believes, how long it waits, what it sends twice."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from loanapp.client.endpoint import Endpoint
from loanapp.client.errors import (
    InputRejectedError,
    LenderCertificateWrongError,
    LenderTroubleError,
    LenderUnreachableError,
    NotAllowedNowError,
    ProgramOutdatedError,
    SignedOutError,
    TooManyAttemptsError,
)
from loanapp.client.tls import pinned_session
from loanapp.client.transport import Call, RetryPolicy
from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode
from tests.loanapp.client.tls_lender import Reply, problem

GET = Call("GET", "/v1/lender")
POST = Call("POST", "/v1/auth/codes", body=b"{}", repeatable=False)
KEYED = Call("POST", "/v1/applications", body=b"{}", repeatable=False, idempotency_key="k-1")


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TestWhomItBelieves:
    def test_the_lenders_own_root(self, lenders, wire):
        lender = lenders()
        assert wire(lender.endpoint).send(GET).body == b"{}"

    @pytest.mark.attack("another-root-is-refused-at-once")
    def test_another_root_is_refused_at_once(self, lenders, wire):
        lender = lenders()
        stranger = trustme.CA().cert_pem.bytes().decode()
        with pytest.raises(LenderCertificateWrongError):
            wire(lambda: lender.endpoint(ca_pem=stranger)).send(GET)
        assert lender.requests == []

    @pytest.mark.attack("another-host-name-is-refused")
    def test_another_host_name_is_refused(self, lenders, wire):
        lender = lenders(host="lender.example")
        with pytest.raises(LenderCertificateWrongError):
            wire(lender.endpoint).send(GET)
        assert lender.requests == []

    @pytest.mark.attack("tls-1-2-is-refused")
    def test_tls_1_2_is_refused(self, lenders, wire):
        lender = lenders(newest=ssl.TLSVersion.TLSv1_2)
        with pytest.raises(LenderCertificateWrongError):
            wire(lender.endpoint).send(GET)

    @pytest.mark.attack("a-plain-address-is-refused-unsent")
    def test_a_plain_address_is_refused_unsent(self, lenders, wire):
        lender = lenders(plain=True)
        with pytest.raises(LenderCertificateWrongError):
            wire(lender.endpoint).send(GET)
        assert lender.requests == []

    @pytest.mark.attack("plain-http-behind-a-tls-address-is-refused")
    def test_plain_http_behind_a_tls_address_is_refused(self, lenders, wire):
        lender = lenders(plain=True)
        with pytest.raises(LenderCertificateWrongError):
            wire(lambda: lender.endpoint(base_url=f"https://127.0.0.1:{lender.port}")).send(GET)

    @pytest.mark.attack("no-public-root-is-ever-loaded")
    def test_no_public_root_is_ever_loaded(self, lenders):
        lender = lenders()
        with pinned_session(lender.endpoint()) as session:
            assert session.get(lender.endpoint().base_url + "/", timeout=5).status_code == 200
            context = session.get_adapter("https://x").poolmanager.connection_pool_kw["ssl_context"]
            assert len(context.get_ca_certs()) == 1

    @pytest.mark.attack("verification-cannot-be-switched-off")
    def test_verification_cannot_be_switched_off(self, lenders):
        lender = lenders()
        stranger = lender.endpoint(ca_pem=trustme.CA().cert_pem.bytes().decode())
        with pinned_session(stranger) as session, pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            session.get(stranger.base_url + "/", verify=False, timeout=5)

    @pytest.mark.attack("the-systems-proxy-is-not-asked")
    def test_the_systems_proxy_is_not_asked(self, lenders, wire, monkeypatch):
        lender = lenders()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_port()}")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
        assert wire(lender.endpoint).send(GET).status == 200

    @pytest.mark.attack("no-redirect-is-followed")
    def test_no_redirect_is_followed(self, lenders, wire):
        lender, other = lenders(), lenders()
        lender.script.append(Reply(302, headers={"Location": other.endpoint().base_url}))
        with pytest.raises(LenderTroubleError):
            wire(lender.endpoint).send(GET)
        assert other.requests == []

    @pytest.mark.attack("no-cookie-is-kept")
    def test_no_cookie_is_kept(self, lenders, wire):
        lender = lenders()
        lender.script.append(Reply(headers={"Set-Cookie": "who=me"}))
        transport = wire(lender.endpoint)
        transport.send(GET)
        transport.send(GET)
        assert "Cookie" not in lender.requests[1].headers


class TestTheLendersClock:
    def test_every_answer_tells_it_refusals_too(self, lenders, wire):
        lender, clock = lenders(), ManualClock(datetime(2026, 11, 22, 4, tzinfo=UTC))
        lender.clock = ManualClock(clock.now() + timedelta(minutes=11))
        transport = wire(lender.endpoint, clock=clock)
        assert transport.clock_offset is None
        transport.send(GET)
        assert transport.clock_offset == timedelta(minutes=11)
        clock.move(timedelta(minutes=11))
        lender.script.append(problem(409, "not_allowed_now"))
        with pytest.raises(NotAllowedNowError):
            transport.send(GET)
        assert transport.clock_offset == timedelta()

    def test_a_date_nobody_can_read_is_none(self, lenders, wire, monkeypatch):
        lender = lenders()
        monkeypatch.setattr("tests.loanapp.client.tls_lender.Handler.date_time_string", lambda _: "yesterday")
        transport = wire(lender.endpoint)
        transport.send(GET)
        assert transport.clock_offset is None


class TestWhatItSendsTwice:
    def test_a_get_after_a_hang_up(self, lenders, wire):
        lender = lenders()
        lender.script.append(Reply(hang_up=True))
        assert wire(lender.endpoint).send(GET).status == 200
        assert len(lender.requests) == 2

    def test_a_keyed_post_with_the_same_key(self, lenders, wire):
        lender = lenders()
        lender.script.extend([Reply(hang_up=True), Reply(503, b"")])
        assert wire(lender.endpoint).send(KEYED).status == 200
        assert [request.headers["Idempotency-Key"] for request in lender.requests] == ["k-1"] * 3

    def test_never_a_post_without_a_key_that_may_have_arrived(self, lenders, wire):
        lender = lenders()
        lender.script.append(Reply(hang_up=True))
        with pytest.raises(LenderUnreachableError):
            wire(lender.endpoint).send(POST)
        assert len(lender.requests) == 1

    @pytest.mark.parametrize("status", [502, 503, 504])
    def test_never_a_post_without_a_key_that_a_gateway_may_have_passed_on(self, lenders, wire, status):
        lender = lenders()
        lender.script.append(Reply(status, b""))
        with pytest.raises(LenderTroubleError):
            wire(lender.endpoint).send(POST)
        assert len(lender.requests) == 1

    def test_a_post_without_a_key_that_cannot_have_arrived(self, lenders, wire):
        lender = lenders()
        nobody = lender.endpoint(base_url=f"https://127.0.0.1:{unused_port()}")
        endpoints = iter([nobody, lender.endpoint()])
        assert wire(lambda: next(endpoints)).send(POST).status == 200

    def test_only_so_many_times(self, lenders, wire):
        lender = lenders()
        lender.script.extend([Reply(503, b"")] * 9)
        with pytest.raises(LenderTroubleError):
            wire(lender.endpoint).send(GET)
        assert len(lender.requests) == 3

    @pytest.mark.parametrize("status", [400, 404, 409, 422, 500])
    def test_no_answer_that_is_meant(self, lenders, wire, status):
        lender = lenders()
        lender.script.append(Reply(status, b"{}"))
        with pytest.raises(Exception):  # noqa: B017, PT011 - which one is proved below
            wire(lender.endpoint).send(GET)
        assert len(lender.requests) == 1

    def test_pauses_grow_and_are_never_the_same(self):
        policy = RetryPolicy(first_pause_s=1.0, longest_pause_s=4.0)
        for attempt, whole in enumerate([1.0, 2.0, 4.0, 4.0]):
            pauses = {policy.pause(attempt) for _ in range(20)}
            assert len(pauses) > 1
            assert all(whole / 2 <= pause <= whole for pause in pauses)


class TestWhenTheLenderIsNotThere:
    def test_down(self, lenders, wire):
        lender = lenders()
        nobody = lender.endpoint(base_url=f"https://127.0.0.1:{unused_port()}")
        asked = []

        def provider():
            asked.append(1)
            return nobody

        with pytest.raises(LenderUnreachableError):
            wire(provider).send(GET)
        assert len(asked) == 3

    def test_back_on_another_port(self, lenders, wire):
        first = lenders()
        now = [first.endpoint()]
        transport = wire(lambda: now[0])
        transport.send(GET)
        first.close()
        second = lenders(authority=first.authority)
        now[0] = second.endpoint()
        assert transport.send(KEYED).status == 200
        assert len(second.requests) == 1

    @pytest.mark.attack("its-old-port-taken-by-a-stranger")
    def test_its_old_port_taken_by_a_stranger(self, lenders, wire):
        lender, stranger = lenders(), lenders()
        endpoints = iter([lender.endpoint(base_url=stranger.endpoint().base_url)] + [lender.endpoint()] * 3)
        assert wire(lambda: next(endpoints)).send(GET).status == 200
        assert stranger.requests == []

    def test_a_new_instance_token_is_taken_up(self, lenders, wire):
        lender = lenders()
        lender.script.append(problem(403, "instance_token_required"))
        endpoints = iter([lender.endpoint(instance_token="old")] + [lender.endpoint(instance_token="new")] * 3)
        assert wire(lambda: next(endpoints)).send(GET).status == 200
        assert [request.headers["X-LoanApp-Instance"] for request in lender.requests] == ["old", "new"]

    def test_too_slow(self, lenders, wire):
        lender = lenders()
        lender.script.extend([Reply(wait_s=2.0)] * 3)
        started = time.monotonic()
        with pytest.raises(LenderUnreachableError):
            wire(lender.endpoint).send(Call("GET", "/v1/lender", read_timeout_s=0.1))
        assert time.monotonic() - started < 1.5

    @pytest.mark.attack("patience-has-an-end")
    def test_patience_has_an_end(self, lenders, wire):
        lender = lenders()
        lender.script.extend([Reply(503, b"")] * 99)
        policy = RetryPolicy(attempts=99, first_pause_s=0.05, longest_pause_s=0.05, patience_s=0.2)
        with pytest.raises(LenderTroubleError):
            wire(lender.endpoint, retries=policy).send(GET)
        assert 2 <= len(lender.requests) <= 9

    def test_closing_ends_the_waiting(self, lenders, wire):
        lender = lenders()
        slow = RetryPolicy(attempts=9, first_pause_s=60.0, longest_pause_s=60.0, patience_s=600.0)
        transport = wire(lambda: lender.endpoint(base_url=f"https://127.0.0.1:{unused_port()}"), retries=slow)
        transport.close()
        with pytest.raises(LenderUnreachableError):
            transport.send(GET)


class TestAnswers:
    @pytest.mark.attack("one-without-end-is-cut-off")
    def test_one_without_end_is_cut_off(self, lenders, wire):
        lender = lenders()
        lender.script.append(Reply(endless=True))
        with pytest.raises(LenderTroubleError):
            wire(lender.endpoint).send(Call("GET", "/v1/lender", answer_limit=200_000))

    def test_one_beyond_the_limit(self, lenders, wire):
        lender = lenders()
        lender.script.append(Reply(body=b"x" * 1001))
        with pytest.raises(LenderTroubleError):
            wire(lender.endpoint).send(Call("GET", "/v1/lender", answer_limit=1000))

    def test_headers_say_who_and_what(self, lenders, wire):
        lender = lenders()
        transport = wire(lambda: lender.endpoint(instance_token="i"))
        transport.access_token = "t"
        transport.send(KEYED)
        headers = lender.requests[0].headers
        assert headers["Authorization"] == "Bearer t"
        assert headers["X-LoanApp-Instance"] == "i"
        assert headers["User-Agent"].startswith("LoanApp/")

    @pytest.mark.parametrize(
        ("reply", "kind", "code"),
        [
            (problem(401, "signed_out"), SignedOutError, ErrorCode.SIGNED_OUT),
            (Reply(401, b"not json"), SignedOutError, ErrorCode.SIGNED_OUT),
            (problem(401, "code_wrong", attempts_left=2), InputRejectedError, ErrorCode.CODE_WRONG),
            (problem(409, "not_allowed_now"), NotAllowedNowError, ErrorCode.NOT_ALLOWED_NOW),
            (problem(429, "face_attempts_locked"), TooManyAttemptsError, ErrorCode.FACE_ATTEMPTS_LOCKED),
            (problem(426, "program_outdated"), ProgramOutdatedError, ErrorCode.PROGRAM_OUTDATED),
            (problem(503, "card_gateway_down"), LenderTroubleError, ErrorCode.CARD_GATEWAY_DOWN),
            (problem(500, "unexpected"), LenderTroubleError, ErrorCode.UNEXPECTED),
            (problem(418, "a_code_of_tomorrow"), LenderTroubleError, ErrorCode.LENDER_TROUBLE),
            (Reply(404, b"<html>"), LenderTroubleError, ErrorCode.LENDER_TROUBLE),
        ],
    )
    def test_each_refusal_becomes_the_error_one_can_act_on(self, lenders, wire, reply, kind, code):
        lender = lenders()
        lender.script.append(reply)
        with pytest.raises(kind) as caught:
            wire(lender.endpoint).send(GET)
        assert caught.value.code is code
        assert len(lender.requests) == 1

    def test_fields_and_details_come_through_and_nothing_else(self, lenders, wire):
        lender = lenders()
        fields = {"amount": "amount_out_of_range", "months": "a_code_of_tomorrow"}
        lender.script.append(
            problem(422, "input_invalid", fields=fields, maximum="50000.00", detail="张三", minimum="x" * 99)
        )
        with pytest.raises(InputRejectedError) as caught:
            wire(lender.endpoint).send(GET)
        assert caught.value.fields == {
            "amount": ErrorCode.AMOUNT_OUT_OF_RANGE,
            "months": ErrorCode.INPUT_INVALID,
        }
        assert caught.value.details == {"maximum": "50000.00"}

    def test_retry_after_is_read_from_the_header_too(self, lenders, wire):
        lender = lenders()
        lender.script.append(Reply(429, b"", {"Retry-After": "17"}))
        with pytest.raises(TooManyAttemptsError) as caught:
            wire(lender.endpoint).send(GET)
        assert caught.value.retry_after_seconds == 17


def test_an_endpoint_shows_no_secret():
    assert "geheim" not in repr(Endpoint("https://127.0.0.1:1", "pem", "geheim"))


def test_every_address_is_counted_where_calls_leave(lenders, wire):
    lender = lenders()
    address = lender.endpoint().base_url.removeprefix("https://")
    lender.script.append(Reply(body=b'{"answer": 1}'))
    transport = wire(lender.endpoint, retries=RetryPolicy(attempts=1))
    transport.send(Call("POST", "/v1/anything", body=b"12345"))
    lender.close()
    with pytest.raises(LenderUnreachableError):
        transport.send(GET)
    (contact,) = transport.network.contacts()
    assert contact.address == address
    assert (contact.calls, contact.failed, contact.sent, contact.received) == (2, 1, 5, 13)


def test_an_answer_without_end_is_counted_as_a_failed_call_that_sent_what_it_sent(lenders, wire):
    lender = lenders()
    lender.script.append(Reply(body=b"x" * 100))
    transport = wire(lender.endpoint, retries=RetryPolicy(attempts=1))
    with pytest.raises(LenderTroubleError):
        transport.send(Call("POST", "/v1/anything", body=b"12345", answer_limit=10))
    (contact,) = transport.network.contacts()
    assert (contact.calls, contact.failed, contact.sent, contact.received) == (1, 1, 5, 0)
