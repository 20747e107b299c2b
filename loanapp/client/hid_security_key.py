"""Security keys over USB (CTAP 2 and U2F), by python-fido2; on Windows by the system's own window.

The program is the WebAuthn client: it signs for the host its own connection has proved, whatever the lender says.
"""

import contextlib
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from loanapp.client.errors import LenderCertificateWrongError
from loanapp.client.security_key import KeyQuestion, MadeKey, NewKeyQuestion, SignedByKey, Waiting
from loanapp.domain.errors import ErrorCode, LoanAppError

if TYPE_CHECKING:
    from fido2.client import ClientError, WebAuthnClient
    from fido2.ctap import CtapDevice

_T = TypeVar("_T")
_LOOK_SECONDS: Final = 0.3
_GRACE_S: Final = 5.0  # after the question has ended: for a key to take back what it was asked
_MILLISECONDS: Final = 1000
_HIDRAW: Final = Path("/sys/class/hidraw")
_NONSENSE: Final = (AttributeError, LookupError, TypeError, ValueError, struct.error)
_PREFERRED: Final = "preferred"
_DISCOURAGED: Final = "discouraged"


class HidSecurityKey:
    """The one key that is plugged in; of several, the first."""

    def __init__(
        self,
        devices: "Callable[[], Sequence[CtapDevice]] | None" = None,
        *,
        hidraw: Path = _HIDRAW,
    ) -> None:
        """``devices`` opens what is plugged in; by default every USB key the system shows."""
        self._devices = devices
        self._hidraw = hidraw

    def available(self) -> bool:
        """Whether the system has a layer for such devices."""
        if self._devices is not None or sys.platform == "darwin":
            return True
        return _windows_has_its_own() if sys.platform == "win32" else self._hidraw.is_dir()

    def make(self, asked: NewKeyQuestion, host: str, waiting: Waiting) -> MadeKey:
        """Make a key pair; see :class:`loanapp.client.security_key.SecurityKey`."""
        from fido2 import webauthn as w  # noqa: PLC0415 - asked for by few, and never before the first paint

        question = asked.question
        _require_same(question, host)

        def act(client: "WebAuthnClient", verification: str) -> MadeKey:
            options = w.PublicKeyCredentialCreationOptions(
                rp=w.PublicKeyCredentialRpEntity(id=host, name=host),
                user=w.PublicKeyCredentialUserEntity(
                    id=asked.user_id, name=asked.user_name, display_name=asked.user_name
                ),
                challenge=question.challenge,
                pub_key_cred_params=[
                    w.PublicKeyCredentialParameters(type=w.PublicKeyCredentialType.PUBLIC_KEY, alg=one)
                    for one in asked.algorithms
                ],
                timeout=question.seconds * _MILLISECONDS,
                exclude_credentials=_named(question.known),
                authenticator_selection=w.AuthenticatorSelectionCriteria(
                    authenticator_attachment=w.AuthenticatorAttachment.CROSS_PLATFORM,
                    resident_key=w.ResidentKeyRequirement.DISCOURAGED,
                    user_verification=w.UserVerificationRequirement(verification),
                ),
                attestation=w.AttestationConveyancePreference.NONE,
            )
            made = client.make_credential(options, event=waiting.over).response
            return MadeKey(bytes(made.client_data), bytes(made.attestation_object))

        return self._with_key(act, question, waiting, ErrorCode.SECURITY_KEY_KNOWN)

    def sign(self, asked: KeyQuestion, host: str, waiting: Waiting) -> SignedByKey:
        """Sign what is asked; see :class:`loanapp.client.security_key.SecurityKey`."""
        from fido2 import webauthn as w  # noqa: PLC0415

        _require_same(asked, host)

        def act(client: "WebAuthnClient", verification: str) -> SignedByKey:
            options = w.PublicKeyCredentialRequestOptions(
                challenge=asked.challenge,
                timeout=asked.seconds * _MILLISECONDS,
                rp_id=host,
                allow_credentials=_named(asked.known),
                user_verification=w.UserVerificationRequirement(verification),
            )
            answer = client.get_assertion(options, event=waiting.over).get_response(0)
            said = answer.response
            return SignedByKey(
                bytes(answer.raw_id), bytes(said.client_data), bytes(said.authenticator_data), said.signature
            )

        return self._with_key(act, asked, waiting, ErrorCode.SECURITY_KEY_WRONG)

    def _with_key(
        self,
        act: "Callable[[WebAuthnClient, str], _T]",
        asked: KeyQuestion,
        waiting: Waiting,
        not_eligible: ErrorCode,
    ) -> _T:
        from fido2.client import ClientError  # noqa: PLC0415
        from fido2.ctap import CtapError  # noqa: PLC0415
        from fido2.hid import ConnectionFailure  # noqa: PLC0415

        try:
            with self._client(asked, waiting) as client:
                try:
                    return act(client, _PREFERRED)
                except ClientError as error:
                    # The library asks for a PIN wherever there could be one; a key without one is as good here.
                    if error.code is not ClientError.ERR.CONFIGURATION_UNSUPPORTED:
                        raise
                    return act(client, _DISCOURAGED)
        except ClientError as error:
            code = _code_of(error, not_eligible)
        except PermissionError:
            code = ErrorCode.SECURITY_KEY_FORBIDDEN
        except (OSError, ConnectionFailure, CtapError, *_NONSENSE):
            code = ErrorCode.SECURITY_KEY_NOT_FOUND  # pulled out meanwhile, or what it says is no CTAP
        raise LoanAppError(code)

    @contextlib.contextmanager
    def _client(self, asked: KeyQuestion, waiting: Waiting) -> "Iterator[WebAuthnClient]":
        from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction  # noqa: PLC0415

        class Person(UserInteraction):
            def request_pin(self, permissions: object, rp_id: str | None) -> str | None:  # noqa: ARG002 - theirs
                return waiting.pin or None

        host = asked.host  # held against the connection's own: no list of public suffixes decides here
        collector = DefaultClientDataCollector(f"https://{host}", verify=lambda rp_id, _origin: rp_id == host)
        if sys.platform == "win32" and self._devices is None:
            from fido2.client.windows import WindowsClient  # noqa: PLC0415

            yield WindowsClient(collector)
            return
        devices = self._wait_for(waiting, asked.seconds)
        try:
            yield Fido2Client(devices[0], collector, Person(), extensions=())
        finally:
            for one in devices:
                one.close()

    def _wait_for(self, waiting: Waiting, seconds: float) -> "Sequence[CtapDevice]":
        """The key, plugged in while its question is good: somebody may have to fetch it."""
        if not self.available():
            raise LoanAppError(ErrorCode.SECURITY_KEY_NOWHERE)
        until = time.monotonic() + seconds
        while True:
            last = time.monotonic() + seconds + _GRACE_S
            found = self._devices() if self._devices is not None else _plugged_in(self._hidraw, last)
            if found:
                return found
            if waiting.over.wait(_LOOK_SECONDS):
                raise LoanAppError(ErrorCode.SECURITY_KEY_NOT_TOUCHED)
            if time.monotonic() > until:
                raise LoanAppError(ErrorCode.SECURITY_KEY_NOT_FOUND)


def _require_same(asked: KeyQuestion, host: str) -> None:
    if not host or asked.host != host:
        raise LenderCertificateWrongError


def _named(known: Sequence[bytes]) -> Sequence[Any] | None:
    from fido2.webauthn import PublicKeyCredentialDescriptor, PublicKeyCredentialType  # noqa: PLC0415

    kind = PublicKeyCredentialType.PUBLIC_KEY
    return [PublicKeyCredentialDescriptor(type=kind, id=one) for one in known] or None


def _code_of(error: "ClientError", not_eligible: ErrorCode) -> ErrorCode:
    from fido2.client import ClientError, PinRequiredError  # noqa: PLC0415
    from fido2.ctap import CtapError  # noqa: PLC0415

    cause = error.cause.code if isinstance(error.cause, CtapError) else None
    if cause in {CtapError.ERR.PIN_BLOCKED, CtapError.ERR.PIN_AUTH_BLOCKED}:
        return ErrorCode.SECURITY_KEY_LOCKED
    if isinstance(error, PinRequiredError) or (cause is not None and "PIN" in cause.name) or _wants_pin(cause):
        return ErrorCode.SECURITY_KEY_PIN
    if error.code is ClientError.ERR.TIMEOUT or cause is CtapError.ERR.OPERATION_DENIED:
        return ErrorCode.SECURITY_KEY_NOT_TOUCHED
    return not_eligible if error.code is ClientError.ERR.DEVICE_INELIGIBLE else ErrorCode.SECURITY_KEY_WRONG


def _wants_pin(cause: object) -> bool:
    from fido2.ctap import CtapError  # noqa: PLC0415

    return cause in {CtapError.ERR.PUAT_REQUIRED, CtapError.ERR.UV_BLOCKED, CtapError.ERR.UV_INVALID}


def _plugged_in(hidraw: Path, until: float) -> "Sequence[CtapDevice]":
    """What is plugged in, which answers until then or not at all."""
    from fido2.hid import CtapHidDevice, list_descriptors, open_connection  # noqa: PLC0415

    from loanapp.client.bounded_connection import BoundedConnection  # noqa: PLC0415

    found = list_descriptors()[:1]  # type: ignore[no-untyped-call]
    if not found and sys.platform == "linux" and forbidden(hidraw):
        raise LoanAppError(ErrorCode.SECURITY_KEY_FORBIDDEN)
    with contextlib.ExitStack() as unless_opened:
        opened = []
        for one in found:
            connection = open_connection(one)  # type: ignore[no-untyped-call]
            unless_opened.callback(connection.close)
            opened.append(CtapHidDevice(one, BoundedConnection(connection, until)))
        unless_opened.pop_all()
    return opened


def forbidden(hidraw: Path, devices: Path = Path("/dev")) -> bool:
    """Whether a key is plugged in that Linux does not let this account at: udev's rules are then missing."""
    from fido2.hid.base import parse_report_descriptor  # noqa: PLC0415

    for one in sorted(hidraw.glob("hidraw*")):
        try:
            parse_report_descriptor((one / "device" / "report_descriptor").read_bytes())
        except (OSError, ValueError, struct.error, IndexError):
            continue  # not a security key
        if not os.access(devices / one.name, os.R_OK | os.W_OK):
            return True
    return False


def _windows_has_its_own() -> bool:
    from fido2.client.windows import WindowsClient  # noqa: PLC0415

    return bool(WindowsClient.is_available())
