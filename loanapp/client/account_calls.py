"""Signing in, and the computers one is signed in on, as typed calls."""

from typing import Final

from loanapp.client.answers import CodeSent, Session
from loanapp.client.device_key import DeviceKey
from loanapp.client.devices import SignedInDevice, read_devices
from loanapp.client.lender_wire import LenderWire, segment, written
from loanapp.client.protection import NewSecondFactor, OpenRecovery, Protection, read_recoveries
from loanapp.client.security_key import KeyQuestion, MadeKey, NewKeyQuestion, OwnKeys, ShownKey
from loanapp.client.transport import Call
from loanapp.domain.base64url import written_bytes
from loanapp.domain.devices import this_system

_KEYS: Final = "/v1/auth/security-keys"


class AccountCalls(LenderWire):
    """Calls about the session; see :class:`loanapp.client.lender_client.LenderClient`."""

    def send_code(self, phone: str) -> CodeSent:
        """Have a one-time code sent; never repeated by itself, lest two codes arrive."""
        return self._send("POST", "/v1/auth/codes", {"phone": phone, "purpose": "sign_in"}, CodeSent.read)

    def create_session(
        self,
        challenge_id: str,
        code: str,
        second_factor: str = "",
        *,
        factor_lost: bool = False,
        key: ShownKey | None = None,
    ) -> Session:
        """Trade a code for a session; never repeated by itself, lest an attempt is lost.

        It is bound to the key of this computer, which is made where there is none yet.
        """
        body: dict[str, object] = {
            "challenge_id": challenge_id,
            "code": code,
            **self._this_device(),
            **_second(second_factor, key),
            **({"second_factor_lost": True} if factor_lost else {}),
        }
        return self._send("POST", "/v1/auth/sessions", body, Session.read, proof_token="")

    def create_session_by_password(
        self, phone: str, password: str, second_factor: str = "", key: ShownKey | None = None
    ) -> Session:
        """Sign in by password; never repeated by itself, lest an attempt is lost."""
        body = {"phone": phone, "passphrase": password, **self._this_device(), **_second(second_factor, key)}
        return self._send("POST", "/v1/auth/password-sessions", body, Session.read, proof_token="")

    def delete_session(self) -> None:
        """End the session."""
        self._wire.send(Call("DELETE", "/v1/auth/sessions/current"))

    def devices(self) -> tuple[SignedInDevice, ...]:
        """Where the borrower is signed in, the latest first."""
        return self._get("/v1/auth/devices", read_devices)

    def sign_out_device(self, device_id: str) -> tuple[SignedInDevice, ...]:
        """End the sign-in on one computer; what is left."""
        return self._send("POST", f"/v1/auth/devices/{segment(device_id)}/sign-out", {}, read_devices)

    def sign_out_others(self) -> tuple[SignedInDevice, ...]:
        """End the sign-in everywhere but here; what is left."""
        return self._send("POST", "/v1/auth/devices/sign-out-others", {}, read_devices)

    def protection(self) -> Protection:
        """What protects the account beside the phone code."""
        return self._get("/v1/auth/protection", Protection.read)

    def set_password(self, password: str, current: str = "") -> Protection:
        """Set or change the password; every other computer is signed out."""
        body = {"passphrase": password, **({"current": current} if current else {})}
        return self._send("PUT", "/v1/auth/password", body, Protection.read)

    def check_password(self, password: str) -> None:
        """Whether this is the borrower's password."""
        body = {"passphrase": password}
        self._out(Call("POST", "/v1/auth/password-checks", body=written(body), repeatable=False), body)

    def begin_second_factor(self) -> NewSecondFactor:
        """A secret for an authenticator."""
        return self._send("POST", "/v1/auth/second-factor", {}, NewSecondFactor.read)

    def confirm_second_factor(self, code: str) -> tuple[str, ...]:
        """Let it count; the recovery codes, told this once."""
        path = "/v1/auth/second-factor/confirmation"
        return self._send("POST", path, {"code": code}, lambda answer: answer.texts("recovery_codes"))

    def remove_second_factor(self, code: str) -> Protection:
        """Turn it off; without a code the lender asks for another proof."""
        return self._send("POST", "/v1/auth/second-factor/removal", {"code": code} if code else {}, Protection.read)

    def security_keys(self) -> OwnKeys:
        """The security keys of the account."""
        return self._get(_KEYS, OwnKeys.read)

    def begin_key(self, code: str) -> NewKeyQuestion:
        """What a new key is asked; a code of the authenticator or a recovery code is used up."""
        return self._send("POST", f"{_KEYS}/registration", {"code": code}, NewKeyQuestion.read)

    def add_key(self, ticket: str, label: str, made: MadeKey) -> OwnKeys:
        """Let a key count that was made; all there are."""
        body = {
            "challenge_id": ticket,
            "label": label,
            "client_data": written_bytes(made.client_data),
            "attestation": written_bytes(made.attestation),
        }
        return self._send("POST", _KEYS, body, OwnKeys.read)

    def remove_key(self, key_id: str, code: str) -> OwnKeys:
        """Remove a key; without a code the lender asks for another proof. What is left."""
        body = {"code": code} if code else {}
        return self._send("POST", f"{_KEYS}/{segment(key_id)}/removal", body, OwnKeys.read)

    def ask_key(self, ticket: str) -> KeyQuestion:
        """What a key is to sign for a sign-in that was answered with this ``key_challenge``."""
        body = {"challenge_id": ticket, **self._this_device()}
        return self._send("POST", f"{_KEYS}/authentication", body, KeyQuestion.read, proof_token="")

    def recoveries(self) -> tuple[OpenRecovery, ...]:
        """What was asked by the phone alone, on whichever computer, and is open."""
        return self._get("/v1/auth/recoveries", read_recoveries)

    def stop_recoveries(self) -> tuple[OpenRecovery, ...]:
        """Stop what other computers asked, and sign them out; what is left."""
        return self._send("POST", "/v1/auth/recoveries/stop", {}, read_recoveries)

    def key_of_this_computer(self) -> DeviceKey:
        """The key a sign-in is bound to, made where there is none yet."""
        if self.device_key is None:
            self.device_key = DeviceKey.new()
        return self.device_key

    def _this_device(self) -> dict[str, str]:
        return {"device_key": self.key_of_this_computer().public, "system": this_system().value}


def _second(second_factor: str, key: ShownKey | None) -> dict[str, object]:
    if key is None:
        return {"second_factor": second_factor} if second_factor else {}
    signed = key.signed
    told = {
        "credential_id": signed.credential_id,
        "client_data": signed.client_data,
        "authenticator_data": signed.authenticator_data,
        "signature": signed.signature,
    }
    return {"security_key": {"challenge_id": key.ticket, **{name: written_bytes(one) for name, one in told.items()}}}
