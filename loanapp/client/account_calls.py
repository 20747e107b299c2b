"""Signing in, and the computers one is signed in on, as typed calls."""

from loanapp.client.answers import CodeSent, Session
from loanapp.client.device_key import DeviceKey
from loanapp.client.devices import SignedInDevice, read_devices
from loanapp.client.lender_wire import LenderWire, segment
from loanapp.client.transport import Call
from loanapp.domain.devices import this_system


class AccountCalls(LenderWire):
    """Calls about the session; see :class:`loanapp.client.lender_client.LenderClient`."""

    def send_code(self, phone: str) -> CodeSent:
        """Have a one-time code sent; never repeated by itself, lest two codes arrive."""
        return self._send("POST", "/v1/auth/codes", {"phone": phone, "purpose": "sign_in"}, CodeSent.read)

    def create_session(self, challenge_id: str, code: str) -> Session:
        """Trade a code for a session; never repeated by itself, lest an attempt is lost.

        It is bound to the key of this computer, which is made where there is none yet.
        """
        body = {"challenge_id": challenge_id, "code": code, **self._this_device()}
        return self._send("POST", "/v1/auth/sessions", body, Session.read, proof_token="")

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

    def _this_device(self) -> dict[str, str]:
        if self.device_key is None:
            self.device_key = DeviceKey.new()
        return {"device_key": self.device_key.public, "system": this_system().value}
