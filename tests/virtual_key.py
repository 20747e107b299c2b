"""A security key in software that speaks CTAPHID and CTAP 2 as one over USB does, with real keys and real signatures.

CTAP 2.1: 6.1 authenticatorMakeCredential, 6.2 authenticatorGetAssertion, 6.4 authenticatorGetInfo, 6.5
authenticatorClientPIN (protocol one), 11.2 CTAPHID.
"""

import hmac
import os
import struct
import time
from collections import deque
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256, CoseKey
from fido2.hid import CAPABILITY, CTAPHID, TYPE_INIT, CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from loanapp.client.hid_security_key import HidSecurityKey
from loanapp.client.security_key import KeyQuestion, NewKeyQuestion, Waiting

_PACKET = 64
_CHANNEL = 0x01020304
_UP, _UV, _AT = 0x01, 0x04, 0x40
_ERRORS = {
    "unsupported_algorithm": 0x26,
    "keepalive_cancel": 0x2D,
    "no_credentials": 0x2E,
    "credential_excluded": 0x19,
    "pin_invalid": 0x31,
    "pin_auth_invalid": 0x33,
    "puat_required": 0x36,
    "invalid_command": 0x01,
}


class CtapRefusedError(Exception):
    """A CTAP error, by its name."""


class VirtualKey(CtapHidConnection):
    """``touched``: whether somebody touches it when it asks; ``pin``: it asks for one, as keys with a PIN do."""

    def __init__(self, *, pin=None, touched=True, knows_pins=False):
        self.pin, self.touched, self.knows_pins = pin, touched, knows_pins or pin is not None
        self.counter = 0
        self.held = {}  # credential id -> (relying party, private key)
        self.asked = []  # the commands that came, in order
        self._out, self._in, self._wanted = deque(), b"", None
        self._cancelled = False
        self._waiting = False
        self._agreement = ec.generate_private_key(ec.SECP256R1())
        self._token = os.urandom(16)

    def plugged_in(self):
        """The devices a computer has that this key is plugged into."""
        self._out.clear()
        descriptor = HidDescriptor("virtual", 0, 0, _PACKET, _PACKET, "virtual", None)
        return [CtapHidDevice(descriptor, self)]

    # CTAPHID

    def close(self):
        pass

    def write_packet(self, data):
        channel, command = struct.unpack_from(">IB", data)
        if command & TYPE_INIT:
            command &= 0x7F
            if command == CTAPHID.CANCEL:
                self._cancelled = True
                return
            (length,) = struct.unpack_from(">H", data, 5)
            self._wanted, self._in = (command, length, channel), data[7:]
        else:
            self._in += data[5:]
        command, length, channel = self._wanted
        if len(self._in) >= length:
            self._answer(channel, command, self._in[:length])

    def read_packet(self):
        if self._out:
            return self._out.popleft()
        if not self._waiting:
            raise OSError("nothing to read")
        if self._cancelled:
            self._waiting = False
            self._say(_CHANNEL, CTAPHID.CBOR, bytes([_ERRORS["keepalive_cancel"]]))
            return self._out.popleft()
        time.sleep(0.01)
        self._say(_CHANNEL, CTAPHID.KEEPALIVE, b"\x02")
        return self._out.popleft()

    def _answer(self, channel, command, data):
        if command == CTAPHID.INIT:
            told = struct.pack(">IBBBBB", _CHANNEL, 2, 1, 0, 0, CAPABILITY.CBOR | CAPABILITY.NMSG)
            self._say(channel, command, data + told)
            return
        self.asked.append(data[0])
        self._cancelled = False
        act = {1: self._make, 2: self._sign, 4: self._info, 6: self._client_pin}.get(data[0], self._unknown)
        try:
            answer = act(cbor.decode(data[1:]) if len(data) > 1 else {})
        except CtapRefusedError as refusal:
            self._say(channel, command, bytes([_ERRORS[str(refusal)]]))
            return
        if answer is None:
            self._waiting = True  # for somebody to touch it
            return
        self._say(channel, command, b"\0" + cbor.encode(answer))

    def _say(self, channel, command, data):
        packet, data = struct.pack(">IBH", channel, TYPE_INIT | command, len(data)) + data[:57], data[57:]
        self._out.append(packet.ljust(_PACKET, b"\0"))
        number = 0
        while data:
            self._out.append((struct.pack(">IB", channel, number) + data[:59]).ljust(_PACKET, b"\0"))
            data, number = data[59:], number + 1

    # CTAP 2

    def _unknown(self, _asked):
        raise CtapRefusedError("invalid_command")

    def _info(self, _asked):
        options = {"rk": False, "up": True, "plat": False}
        if self.knows_pins:
            options["clientPin"] = self.pin is not None
        return {1: ["FIDO_2_0"], 3: bytes(16), 4: options, 5: 1200, 6: [1]}

    def _make(self, asked):
        host = asked[2]["id"]
        verified = self._verified(asked.get(8), asked[1])
        if not self.touched:
            return None
        if any(self.held.get(one["id"], ("",))[0] == host for one in asked.get(5, ())):
            raise CtapRefusedError("credential_excluded")
        if not any(one["alg"] == ES256.ALGORITHM for one in asked[4]):
            raise CtapRefusedError("unsupported_algorithm")
        credential_id, private = os.urandom(32), ec.generate_private_key(ec.SECP256R1())
        self.held[credential_id] = (host, private)
        made = AttestedCredentialData.create(
            bytes(16), credential_id, ES256.from_cryptography_key(private.public_key())
        )
        return {1: "none", 2: self._data(host, _AT | verified, made), 3: {}}

    def _sign(self, asked):
        host = asked[1]
        known = [one["id"] for one in asked.get(3, ()) if self.held.get(one["id"], ("",))[0] == host]
        silent = asked.get(5, {}).get("up") is False
        verified = self._verified(asked.get(6), asked[2]) if asked.get(6) else 0
        if self.pin is not None and not verified and not silent:
            raise CtapRefusedError("puat_required")
        if not known:
            raise CtapRefusedError("no_credentials")
        if not silent and not self.touched:
            return None
        data = self._data(host, verified, up=not silent)
        signature = self.held[known[0]][1].sign(data + asked[2], ec.ECDSA(SHA256()))
        return {1: {"type": "public-key", "id": known[0]}, 2: data, 3: signature}

    def _data(self, host, flags, made=b"", *, up=True):
        self.counter += up
        return bytes(
            AuthenticatorData.create(sha256(host.encode()).digest(), flags | (_UP if up else 0), self.counter, made)
        )

    def _verified(self, shown, client_data_hash):
        if self.pin is None:
            return 0
        if shown is None:
            raise CtapRefusedError("puat_required")
        right = hmac.new(self._token, client_data_hash, sha256).digest()[:16]
        if not hmac.compare_digest(right, shown):
            raise CtapRefusedError("pin_auth_invalid")
        return _UV

    def _client_pin(self, asked):
        if asked[2] == 2:
            return {1: dict(ES256.from_cryptography_key(self._agreement.public_key())) | {3: -25}}
        if asked[2] != 5:
            raise CtapRefusedError("invalid_command")
        theirs = CoseKey.parse(asked[3])
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(theirs[-2], "big"), int.from_bytes(theirs[-3], "big"), ec.SECP256R1()
        )
        shared = sha256(self._agreement.exchange(ec.ECDH(), numbers.public_key())).digest()
        cipher = Cipher(algorithms.AES(shared), modes.CBC(bytes(16)))
        reading = cipher.decryptor()
        if reading.update(asked[6]) + reading.finalize() != sha256(self.pin.encode()).digest()[:16]:
            raise CtapRefusedError("pin_invalid")
        writing = cipher.encryptor()
        return {2: writing.update(self._token) + writing.finalize()}


@dataclass(frozen=True)
class Answered:
    """A question and what a key in software answered: ``answer`` is an attestation object where it made a key."""

    challenge: bytes
    host: str
    client_data: bytes
    answer: bytes = b""
    authenticator_data: bytes = b""
    signature: bytes = b""


@cache
def asked_and_answered(host="loans.example.cn"):
    """A key that was made and what it then signed, each with its question."""
    key = HidSecurityKey(VirtualKey().plugged_in)
    new = NewKeyQuestion("ticket", KeyQuestion(os.urandom(32), host, (), 60), b"u" * 32, "139****0000", (-7,))
    made = key.make(new, host, Waiting())
    credential = AttestationObject(made.attestation).auth_data.credential_data
    asked = KeyQuestion(os.urandom(32), host, (credential.credential_id,), 60)
    signed = key.sign(asked, host, Waiting())
    return (
        Answered(new.question.challenge, host, made.client_data, made.attestation),
        Answered(asked.challenge, host, signed.client_data, b"", signed.authenticator_data, signed.signature),
    )
