"""Codes are throttled by computer and network too, and what a header says of an address counts for nothing."""

import dataclasses
from ipaddress import ip_network
from pathlib import Path

import pytest

from loanapp.backend.auth.tables import FailedTry
from loanapp.backend.http.client_address import client_address, host, proxies
from loanapp.backend.lifecycle import embedded
from loanapp.backend.policy import PolicyError
from loanapp.proof.keys import new_signing_key
from tests.loanapp.backend.test_refusals import refused

PROXIES = (ip_network("192.0.2.0/28"), ip_network("2001:db8::/64"))
CODES = "/v1/auth/codes"
SESSIONS = "/v1/auth/sessions"


@pytest.fixture(autouse=True)
def nobody_has_tried_before(lender):
    def forget():
        with lender.services.database.write() as session:
            session.query(FailedTry).delete()

    forget()
    yield
    forget()


@pytest.fixture
def limits(lender, monkeypatch):
    """``limits(**changes)``: for this test the lender counts otherwise, or has a proxy at this computer's address."""
    usual = lender.services.policies

    def change(*, proxy=None, **changes):
        policies = dataclasses.replace(usual, sign_in=usual.sign_in.model_copy(update=changes))
        monkeypatch.setattr(type(lender.services), "policies", property(lambda _services: policies), raising=False)
        if proxy:
            named = (ip_network(proxy),)
            monkeypatch.setattr(type(lender.services), "proxies", property(lambda _services: named), raising=False)

    return change


def asked(one, **headers):
    body = {"phone": one.phone, "purpose": "sign_in"}
    return one.http.request("POST", CODES, json=body, headers=headers)


def code_for(one):
    sent = asked(one)
    assert sent.status_code == 201, sent.text
    right = sent.json()["simulated_message"]["code"]
    return one.on_device(challenge_id=sent.json()["challenge_id"], code=f"{(int(right) + 1) % 1000000:06d}"), right


@pytest.mark.attack("one-network-cannot-have-messages-sent-to-one-phone-after-another")
def test_one_network_cannot_have_messages_sent_to_one_phone_after_another(walker, limits, clock):
    limits(codes_network_an_hour=3)
    known = walker()
    known.sign_in()
    for _ in range(2):
        assert asked(walker()).status_code == 201
    away = clock.away
    clock.move(seconds=30)
    # The same for a phone with an account and for one without.
    told = [refused(asked(one), 429, "too_many_attempts") for one in (known, walker())]
    assert all(0 < one["retry_after_seconds"] <= 3601 for one in told)
    assert told[0] | {"retry_after_seconds": 0} == told[1] | {"retry_after_seconds": 0}
    clock.move(hours=1)
    assert asked(walker()).status_code == 201
    clock.away = away


@pytest.mark.attack("a-header-opens-no-other-network")
def test_a_header_opens_no_other_network(walker, limits):
    limits(codes_network_an_hour=2)
    for last in (1, 2):
        assert asked(walker(), **{"X-Forwarded-For": f"198.51.{last}.7"}).status_code == 201
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        refused(asked(walker(), **{name: "198.51.9.7"}), 429, "too_many_attempts")


@pytest.mark.attack("behind-a-proxy-that-is-named-each-network-counts-by-itself")
def test_behind_a_proxy_that_is_named_each_network_counts_by_itself(walker, limits):
    limits(proxy="127.0.0.0/8", codes_network_an_hour=1)
    assert asked(walker(), **{"X-Forwarded-For": "198.51.100.7"}).status_code == 201
    # What the client wrote itself stands before what the proxy added.
    refused(asked(walker(), **{"X-Forwarded-For": "203.0.113.9, 198.51.100.8"}), 429, "too_many_attempts")
    assert asked(walker(), **{"X-Forwarded-For": "198.51.101.7"}).status_code == 201


@pytest.mark.attack("one-computer-cannot-guess-the-codes-of-many-phones")
def test_one_computer_cannot_guess_the_codes_of_many_phones(walker, limits, clock):
    limits(wrong_codes_device=6)
    key = new_signing_key()

    def guess():
        one = walker()
        one.device_key = key
        wrong, right = code_for(one)
        return one, wrong, right

    one, wrong, _ = guess()
    for _ in range(4):
        refused(one.call("POST", SESSIONS, body=wrong), 401, "code_wrong")
    one, wrong, right = guess()
    for _ in range(2):
        refused(one.call("POST", SESSIONS, body=wrong), 401, "code_wrong")
    held = refused(one.call("POST", SESSIONS, body=wrong | {"code": right}), 429, "too_many_attempts")
    assert 0 < held["retry_after_seconds"] <= 901
    # Only whoever guessed waits: the phone's owner signs in elsewhere with the very same code.
    one.device_key = new_signing_key()
    right_again = one.on_device(challenge_id=wrong["challenge_id"], code=right)
    assert one.call("POST", SESSIONS, body=right_again).status_code == 201


@pytest.mark.attack("one-network-cannot-guess-codes-with-many-keys")
def test_one_network_cannot_guess_codes_with_many_keys(walker, limits):
    limits(wrong_codes_network=3)
    for _ in range(3):
        one = walker()
        wrong, _right = code_for(one)
        refused(one.call("POST", SESSIONS, body=wrong), 401, "code_wrong")
    one = walker()
    wrong, right = code_for(one)
    refused(one.call("POST", SESSIONS, body=wrong | {"code": right}), 429, "too_many_attempts")


@pytest.mark.attack("guessing-at-messages-nobody-was-sent-counts-as-well")
def test_guessing_at_messages_nobody_was_sent_counts_as_well(walker, limits):
    limits(wrong_codes_network=2)
    one = walker()
    made_up = one.on_device(challenge_id="0b1d2c3e-0000-4000-8000-000000000000", code="123456")
    for _ in range(2):
        refused(one.call("POST", SESSIONS, body=made_up), 401, "code_expired")
    refused(one.call("POST", SESSIONS, body=made_up), 429, "too_many_attempts")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", ["198.51.100.7"], "203.0.113.5"),
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "198.51.100.7"),
        ("192.0.2.1", ["10.0.0.1, 198.51.100.7"], "198.51.100.7"),
        ("192.0.2.1", ["10.0.0.1", "198.51.100.7, 192.0.2.9"], "198.51.100.7"),
        ("192.0.2.1", ["198.51.100.7, not an address"], "192.0.2.1"),
        ("192.0.2.1", ["192.0.2.2"], "192.0.2.2"),
        ("2001:db8::1", ["2001:db8:1::7"], "2001:db8:1::7"),
        ("", ["198.51.100.7"], ""),
    ],
)
def test_the_address_is_the_last_that_no_proxy_of_the_lenders_has(peer, forwarded, address):
    assert client_address(peer, forwarded, PROXIES) == address


def test_no_file_names_no_proxy_and_a_wrong_one_starts_no_lender(tmp_path):
    assert proxies(tmp_path) == ()
    file = tmp_path / "network.toml"
    file.write_text('proxies = ["192.0.2.0/28", "2001:db8::/64"]')
    assert proxies(tmp_path) == PROXIES
    assert host(tmp_path) == "localhost"
    file.write_text('host = "loans.example.cn"')
    assert (proxies(tmp_path), host(tmp_path)) == ((), "loans.example.cn")
    for wrong in ('host = "192.0.2.1:8443"', 'host = "Loans.example.cn"', 'host = "lender"', "host = 3", 'hosts = ""'):
        file.write_text(wrong)
        with pytest.raises(PolicyError):
            host(tmp_path)
    for wrong in (
        "proxies = 3",
        'proxies = ["192.0.2.1/28"]',
        'proxies = ["everybody"]',
        'trust = ["::/0"]',
        "proxies =",
    ):
        file.write_text(wrong)
        with pytest.raises(PolicyError):
            proxies(tmp_path)


def test_the_server_itself_believes_no_header():
    assert "proxy_headers=False" in Path(embedded.__file__).read_text(encoding="utf-8")
