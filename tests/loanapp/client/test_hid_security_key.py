"""The program's side of a security key: real CTAP over a key in software, and what stands in the way."""

import os
import socket
import threading
import time
from dataclasses import replace
from hashlib import sha256

import pytest
from fido2 import cbor
from fido2.client import ClientError
from fido2.ctap import CtapError
from fido2.hid import CTAPHID
from fido2.hid.base import FileCtapHidConnection, HidDescriptor
from fido2.webauthn import CollectedClientData

from loanapp.backend.auth.webauthn import (
    Asked,
    CopiedKeyError,
    HeldKey,
    NotSignedError,
    Signed,
    check_signed,
    read_new_key,
)
from loanapp.client import hid_security_key
from loanapp.client.bounded_connection import BoundedConnection
from loanapp.client.errors import LenderCertificateWrongError
from loanapp.client.hid_security_key import HidSecurityKey, forbidden
from loanapp.client.security_key import KeyQuestion, NewKeyQuestion, Waiting
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.relying_party import relying_party
from tests.virtual_key import VirtualKey

HOST = "loans.example.cn"
# The report descriptor of a security key: usage page 0xF1D0, 64 bytes in, 64 bytes out.
FIDO_DESCRIPTOR = bytes.fromhex("06d0f10901a1010920150026ff007508954081020921150026ff00750895409102c0")


def question(*known, host=HOST, seconds=5):
    return KeyQuestion(os.urandom(32), host, known, seconds)


def new(*known, host=HOST, seconds=5):
    return NewKeyQuestion("ticket", question(*known, host=host, seconds=seconds), b"u" * 32, "139****0000", (-7, -8))


def of(virtual, **more):
    return HidSecurityKey(virtual.plugged_in, **more)


def made(virtual, pin=""):
    asked = new()
    answer = of(virtual).make(asked, HOST, Waiting(pin))
    return read_new_key(Asked(asked.question.challenge, HOST), answer.client_data, answer.attestation)


def refused(code, act):
    with pytest.raises(LoanAppError) as raised:
        act()
    assert raised.value.code is code


def signed(virtual, key, host=HOST, pin=""):
    asked = question(key.credential_id, host=host)
    answer = of(virtual).sign(asked, host, Waiting(pin))
    return asked, Signed(answer.client_data, answer.authenticator_data, answer.signature)


@pytest.mark.parametrize("knows_pins", [False, True], ids=["plain", "could have a PIN"])
def test_what_a_key_makes_and_signs_is_right(knows_pins):
    virtual = VirtualKey(knows_pins=knows_pins)
    key = made(virtual)
    asked, shown = signed(virtual, key)
    assert check_signed(Asked(asked.challenge, HOST), HeldKey(key.public_key, key.counter), shown) == 2


def test_a_key_with_a_pin_asks_for_it_and_takes_no_other():
    virtual = VirtualKey(pin="2580")
    refused(ErrorCode.SECURITY_KEY_PIN, lambda: made(virtual))
    refused(ErrorCode.SECURITY_KEY_PIN, lambda: made(virtual, "1111"))
    key = made(virtual, "2580")
    asked, shown = signed(virtual, key, pin="2580")
    assert check_signed(Asked(asked.challenge, HOST), HeldKey(key.public_key, 1), shown) == 2


@pytest.mark.attack("a-key-signs-for-the-host-the-connection-has-proved-alone")
def test_a_key_signs_for_the_host_the_connection_has_proved_alone():
    virtual = VirtualKey()
    with pytest.raises(LenderCertificateWrongError):
        of(virtual).make(new(host="loans.example.cn.evil.cn"), HOST, Waiting())
    with pytest.raises(LenderCertificateWrongError):
        of(virtual).sign(question(b"x", host="loans.example.cn.evil.cn"), HOST, Waiting())
    assert virtual.asked == []


@pytest.mark.attack("a-look-alike-lender-finds-no-key-to-sign-with")
def test_a_look_alike_lender_finds_no_key_to_sign_with():
    virtual = VirtualKey()
    key = made(virtual)
    refused(ErrorCode.SECURITY_KEY_WRONG, lambda: signed(virtual, key, host="loans.examp1e.cn"))


@pytest.mark.attack("what-was-signed-for-another-thing-is-worth-nothing")
@pytest.mark.parametrize("what", ["challenge", "host", "purpose", "signature", "data", "other key"])
def test_what_was_signed_for_another_thing_is_worth_nothing(what):
    virtual = VirtualKey()
    key, other = made(virtual), made(virtual)
    asked, shown = signed(virtual, key)
    right, held = Asked(asked.challenge, HOST), HeldKey(key.public_key, 0)
    check_signed(right, held, shown)
    changed = {
        "challenge": lambda: check_signed(Asked(os.urandom(32), HOST), held, shown),
        "host": lambda: check_signed(Asked(asked.challenge, "loans.examp1e.cn"), held, shown),
        "purpose": lambda: read_new_key(right, shown.client_data, shown.authenticator_data),
        "signature": lambda: check_signed(right, held, replace(shown, signature=flipped(shown.signature))),
        "data": lambda: check_signed(right, held, replace(shown, authenticator_data=flipped(shown.authenticator_data))),
        "other key": lambda: check_signed(right, HeldKey(other.public_key, 0), shown),
    }
    with pytest.raises(NotSignedError):
        changed[what]()


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.attack("neither-origin-nor-relying-party-may-be-anothers")
@pytest.mark.parametrize(("origin", "party"), [("loans.examp1e.cn", HOST), (HOST, "loans.examp1e.cn"), (HOST, HOST)])
def test_neither_origin_nor_relying_party_may_be_anothers(origin, party):
    virtual = VirtualKey()
    key = made(virtual)
    virtual.held[key.credential_id] = (party, virtual.held[key.credential_id][1])
    challenge = os.urandom(32)
    told = bytes(CollectedClientData.create("webauthn.get", challenge, f"https://{origin}"))
    answer = virtual._sign({1: party, 2: sha256(told).digest(), 3: [{"id": key.credential_id, "type": "public-key"}]})
    shown, held = Signed(told, answer[2], answer[3]), HeldKey(key.public_key, key.counter)
    if origin == party:
        assert check_signed(Asked(challenge, HOST), held, shown) == 2
        return
    with pytest.raises(NotSignedError):
        check_signed(Asked(challenge, HOST), held, shown)


@pytest.mark.attack("a-counter-that-went-back-is-a-copied-key")
def test_a_counter_that_went_back_is_a_copied_key():
    virtual = VirtualKey()
    key = made(virtual)
    virtual.counter = 7
    asked, shown = signed(virtual, key)
    with pytest.raises(CopiedKeyError):
        check_signed(Asked(asked.challenge, HOST), HeldKey(key.public_key, 8), shown)


def test_a_key_of_the_account_is_not_added_again():
    virtual = VirtualKey()
    key = made(virtual)
    refused(ErrorCode.SECURITY_KEY_KNOWN, lambda: of(virtual).make(new(key.credential_id), HOST, Waiting()))


def test_nobody_touches_it():
    refused(
        ErrorCode.SECURITY_KEY_NOT_TOUCHED, lambda: of(VirtualKey(touched=False)).make(new(seconds=1), HOST, Waiting())
    )


def test_waiting_can_be_stopped():
    waiting = Waiting()
    timer = threading.Timer(0.1, waiting.stop)
    timer.start()
    refused(ErrorCode.SECURITY_KEY_NOT_TOUCHED, lambda: of(VirtualKey(touched=False)).make(new(), HOST, waiting))
    timer.join()


def test_no_key_is_plugged_in():
    refused(ErrorCode.SECURITY_KEY_NOT_FOUND, lambda: HidSecurityKey(list).make(new(seconds=0), HOST, Waiting()))


def test_a_key_that_is_fetched_meanwhile_is_found():
    virtual, looks = VirtualKey(), iter([[], []])
    later = HidSecurityKey(lambda: next(looks, None) or virtual.plugged_in())
    assert later.make(new(), HOST, Waiting()).attestation


def test_a_key_that_cannot_be_opened_is_closed(monkeypatch, tmp_path):
    closed = []

    class Connection:
        close = staticmethod(lambda: closed.append(True))

    def broken(*_):
        raise OSError("no answer to INIT")

    monkeypatch.setattr("fido2.hid.list_descriptors", lambda: ["one"])
    monkeypatch.setattr("fido2.hid.open_connection", lambda _one: Connection())
    monkeypatch.setattr("fido2.hid.CtapHidDevice", broken)
    refused(ErrorCode.SECURITY_KEY_NOT_FOUND, lambda: HidSecurityKey(hidraw=tmp_path).make(new(), HOST, Waiting()))
    assert closed == [True]


class SilentDevice(FileCtapHidConnection):
    """Takes what it is sent and answers nothing, or that it is busy for ever."""

    def __init__(self):
        self._mine, self._theirs = socket.socketpair()
        self.handle = self._mine.fileno()
        self.descriptor = HidDescriptor("silent", 0, 0, 64, 64, "silent", None)

    def close(self):
        self._mine.close()
        self._theirs.close()


@pytest.mark.attack("a-device-that-falls-silent-holds-nobody-up")
def test_a_device_that_falls_silent_holds_nobody_up(monkeypatch, tmp_path):
    silent = SilentDevice()
    monkeypatch.setattr("fido2.hid.list_descriptors", lambda: [silent.descriptor])
    monkeypatch.setattr("fido2.hid.open_connection", lambda _one: silent)
    monkeypatch.setattr(BoundedConnection.__init__, "__defaults__", (0.1,))
    began = time.monotonic()
    refused(ErrorCode.SECURITY_KEY_NOT_FOUND, lambda: HidSecurityKey(hidraw=tmp_path).make(new(), HOST, Waiting()))
    assert time.monotonic() - began < 2
    assert silent._mine.fileno() == -1  # closed


@pytest.mark.attack("a-device-that-is-busy-for-ever-has-an-end")
def test_a_device_that_is_busy_for_ever_has_an_end():
    busy = VirtualKey(touched=False)  # says ten times and more a second that it waits for somebody
    bounded = BoundedConnection(busy, time.monotonic() + 0.3)
    (device,) = busy.plugged_in()
    device._connection = bounded
    with pytest.raises(TimeoutError):
        device.call(CTAPHID.CBOR, b"\x01" + cbor.encode({1: bytes(32), 2: {"id": HOST}, 3: {}, 4: [{"alg": -7}]}))


@pytest.mark.parametrize("why", ["PIN_BLOCKED", "PIN_AUTH_BLOCKED"])
def test_a_key_that_locked_itself_is_not_asked_for_its_pin_again(why):
    error = ClientError.ERR.BAD_REQUEST(CtapError(CtapError.ERR[why]))
    assert hid_security_key._code_of(error, ErrorCode.SECURITY_KEY_WRONG) is ErrorCode.SECURITY_KEY_LOCKED


def test_a_key_that_is_pulled_out_is_missing_and_nothing_worse():
    virtual = VirtualKey()
    virtual.read_packet = lambda: (_ for _ in ()).throw(OSError("gone"))
    refused(ErrorCode.SECURITY_KEY_NOT_FOUND, lambda: made(virtual))


@pytest.mark.parametrize("said", [{}, {1: "none"}, {1: 2, 2: 3, 3: 4}, {2: b"", 3: {}}, [1], 7], ids=str)
def test_a_key_that_answers_nonsense_is_missing_and_nothing_worse(said):
    virtual = VirtualKey()
    virtual._make = lambda _asked: said
    refused(ErrorCode.SECURITY_KEY_NOT_FOUND, lambda: made(virtual))


def test_a_key_that_the_system_keeps_to_itself_is_named_as_that(tmp_path):
    place, devices = tmp_path / "hidraw0" / "device", tmp_path / "dev"
    place.mkdir(parents=True)
    devices.mkdir()
    (place / "report_descriptor").write_bytes(FIDO_DESCRIPTOR)
    assert forbidden(tmp_path, devices)
    (devices / "hidraw0").touch()
    assert not forbidden(tmp_path, devices)
    (place / "report_descriptor").write_bytes(b"\x05\x01\x09\x02")  # a mouse
    (devices / "hidraw0").unlink()
    assert not forbidden(tmp_path, devices)


def test_without_a_layer_for_such_devices_there_are_no_keys(tmp_path):
    nowhere = HidSecurityKey(hidraw=tmp_path / "none")
    assert not nowhere.available()
    refused(ErrorCode.SECURITY_KEY_NOWHERE, lambda: nowhere.make(new(), HOST, Waiting()))
    assert HidSecurityKey(hidraw=tmp_path).available()


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://127.0.0.1:8443", "localhost"), ("https://[::1]/", "localhost"), (f"https://{HOST}:8443/x", HOST)],
)
def test_whom_a_key_signs_for(url, host):
    assert relying_party(url) == host
