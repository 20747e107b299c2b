"""A session bound to this computer, renewed without a word, over real TLS; and the real program with a real store."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from loanapp.client.device_key import DeviceKey
from loanapp.client.errors import LenderRefusedError, SignedOutError
from loanapp.client.secrets import SecretName
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from loanapp.proof.request_proof import RequestLine, proof_holds, read_device_key, read_proof
from tests.loanapp.client.tls_lender import Reply, problem
from tests.loanapp.journey.conftest import LastingSecrets
from tests.loanapp.journey.scripted import CODE, LENDER, SESSION, at
from tests.loanapp.journey.states import answer

RENEWED = {
    "access_token": "t-2",
    "refresh_token": "r-2",
    "device_id": "d-1",
    "expires_at": "2099-01-01T00:00:00+08:00",
}
NO_DEVICES = {"devices": []}


def signed_in(desk, **session):
    journey = desk.program()
    desk.says(LENDER, CODE, {**SESSION, **session}, {"applications": [answer()]})
    journey.resume()
    journey.request_code("13800000001")
    journey.sign_in("123456")
    return journey


def holds(request, public, token):
    line = RequestLine(request.method, request.path, token)
    return proof_holds(read_device_key(public), request.headers["LoanApp-Proof"], line)


def test_the_sign_in_and_what_changes_something_are_signed_with_one_key(desk):
    journey = signed_in(desk)
    public = json.loads(desk.asked("/v1/auth/sessions")[0].body)["device_key"]
    assert holds(desk.asked("/v1/auth/sessions")[0], public, "")
    assert "LoanApp-Proof" not in desk.asked("/v1/applications")[0].headers
    desk.says(NO_DEVICES)
    journey.sign_out_others()
    assert holds(desk.asked("/v1/auth/devices/sign-out-others")[0], public, "t-1")


def test_the_key_is_kept_and_the_private_half_never_leaves(desk):
    signed_in(desk)
    pem = desk.secrets.read(SecretName.DEVICE_KEY)
    assert "PRIVATE KEY" in pem
    assert all(pem.splitlines()[1].encode() not in request.body for request in desk.lender.requests)
    again = desk.program()
    desk.says(LENDER, {"applications": [answer()]}, NO_DEVICES)
    again.resume()
    again.sign_out_others()
    public = DeviceKey(pem).public
    assert holds(desk.asked("/v1/auth/devices/sign-out-others")[0], public, "t-1")


def test_a_session_that_ran_out_is_renewed_and_the_act_done_once(desk):
    journey = signed_in(desk)
    desk.says(problem(401, "signed_out"), RENEWED, NO_DEVICES)
    journey.sign_out_others()
    renewal = desk.asked("/v1/auth/refresh")[0]
    assert json.loads(renewal.body) == {"refresh_token": "r-1"}
    assert "Authorization" not in renewal.headers
    assert [one.headers["Authorization"] for one in desk.asked("/v1/auth/devices/sign-out-others")] == [
        "Bearer t-1",
        "Bearer t-2",
    ]
    assert (desk.secrets.read(SecretName.ACCESS_TOKEN), desk.secrets.read(SecretName.REFRESH_TOKEN)) == ("t-2", "r-2")


def test_one_about_to_run_out_is_renewed_before(desk):
    soon = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    journey = desk.program()
    desk.says(LENDER, CODE, {**SESSION, "expires_at": soon}, RENEWED, {"applications": []})
    journey.resume()
    journey.request_code("13800000001")
    journey.sign_in("123456")
    assert [one.headers["Authorization"] for one in desk.asked("/v1/applications")] == ["Bearer t-2"]


def test_after_a_restart_the_kept_token_renews(desk):
    signed_in(desk)
    again = desk.program()
    desk.says(LENDER, problem(401, "signed_out"), RENEWED, {"applications": [answer()]})
    assert again.resume() is not Page.COST
    assert again.signed_in


def test_what_cannot_be_renewed_is_signed_out_with_what_was_typed_kept(desk):
    journey = signed_in(desk)
    journey.remember(Page.ABOUT_YOU, {"monthly_income": "9000"})
    desk.says(problem(401, "signed_out"), problem(401, "signed_out"))
    with pytest.raises(SignedOutError) as caught:
        journey.devices()
    assert caught.value.code is ErrorCode.SIGNED_OUT
    assert journey.remembered(Page.ABOUT_YOU) == {"monthly_income": "9000"}
    assert desk.secrets.read(SecretName.REFRESH_TOKEN) is None
    assert desk.secrets.read(SecretName.DEVICE_KEY) is not None  # the same computer, when they sign in again


def test_a_copied_sign_in_is_told_as_such(desk):
    journey = signed_in(desk)
    desk.says(problem(401, "signed_out"), problem(401, "session_reused"))
    with pytest.raises(SignedOutError) as caught:
        journey.devices()
    assert caught.value.code is ErrorCode.SESSION_REUSED
    assert not journey.signed_in


def test_a_clock_set_meanwhile_is_no_refusal(desk):
    journey = signed_in(desk)
    desk.lender.clock = Later(timedelta(hours=2))
    desk.says(problem(403, "request_unproven", why="stale"), NO_DEVICES)
    journey.sign_out_others()
    first, second = (read_proof(one.headers["LoanApp-Proof"]) for one in desk.asked("/v1/auth/devices/sign-out-others"))
    assert timedelta(minutes=119) < second.at - first.at < timedelta(minutes=121)
    assert first.nonce != second.nonce
    desk.says(problem(403, "request_unproven", why="wrong"))
    with pytest.raises(LenderRefusedError):
        journey.sign_out_others()


class Later:
    def __init__(self, by):
        self.by = by

    def now(self):
        return datetime.now(UTC) + self.by


def test_another_phone_gets_a_key_of_its_own(desk):
    journey = signed_in(desk)
    first = desk.secrets.read(SecretName.DEVICE_KEY)
    desk.says(problem(401, "signed_out"), problem(401, "signed_out"), CODE, SESSION, {"applications": []})
    with pytest.raises(SignedOutError):
        journey.devices()
    journey.request_code("13800000002")
    journey.sign_in("123456")
    assert desk.secrets.read(SecretName.DEVICE_KEY) != first


@pytest.mark.attack("signing-out-leaves-no-secret")
def test_signing_out_leaves_no_secret(desk):
    journey = signed_in(desk)
    desk.says(Reply(204, b""))
    journey.sign_out()
    assert holds(desk.asked("/v1/auth/sessions/current")[0], _public(desk), "t-1")
    assert all(desk.secrets.read(name) is None for name in SecretName)
    assert list(desk.home.iterdir()) == []


def _public(desk):
    return json.loads(desk.asked("/v1/auth/sessions")[0].body)["device_key"]


class Failing(LastingSecrets):
    """A credential store that locks while the program runs."""

    locked = False

    def write(self, name, value):
        if self.locked:
            raise LoanAppError(ErrorCode.KEYRING_UNAVAILABLE)
        super().write(name, value)


def test_a_store_that_locks_meanwhile_costs_no_act(desk):
    desk.secrets = Failing()
    journey = signed_in(desk)
    desk.secrets.locked = True
    desk.says(problem(401, "signed_out"), RENEWED, NO_DEVICES)
    assert journey.devices() == ()
    assert journey.signed_in


def test_a_session_of_an_earlier_version_has_no_key_and_signs_nothing(desk):
    journey = at(desk, answer())
    desk.says(NO_DEVICES)
    journey.devices()
    assert "LoanApp-Proof" not in desk.asked("/v1/auth/devices")[0].headers


A_DAY_WITH_A_STORE = """
import contextlib, sys
from pathlib import Path
from loanapp.client.secrets import SecretName, open_secrets
from loanapp.journey.journey import Journey
from tests.loanapp.journey.conftest import Desk
from tests.loanapp.journey.test_bound_session import NO_DEVICES, signed_in
from tests.loanapp.client.tls_lender import Reply
home = Path(sys.argv[1])
with contextlib.ExitStack() as stack:
    desk = Desk(home / "data", stack)
    desk.secrets = open_secrets(desk.home)
    print(desk.secrets.kind.value)
    journey = signed_in(desk)
    kept = [desk.secrets.read(name) is not None for name in (SecretName.DEVICE_KEY, SecretName.REFRESH_TOKEN)]
    print(*kept)
    files = [path for path in desk.home.rglob("*") if path.is_file()] if desk.home.exists() else []
    on_disk = b"".join(path.read_bytes() for path in files)
    print(b"PRIVATE KEY" in on_disk, b"r-1" in on_disk)
    desk.says(Reply(204, b""))
    journey.sign_out()
    print(any(desk.secrets.read(name) for name in SecretName), list(desk.home.rglob("*")) if desk.home.exists() else [])
"""

SECRET_SERVICE = shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")


@pytest.mark.skipif(not SECRET_SERVICE, reason="needs dbus-run-session and gnome-keyring-daemon")
@pytest.mark.parametrize(
    ("daemon", "kind"),
    [
        ("echo -n p | gnome-keyring-daemon --unlock --components=secrets", "keyring"),
        ("gnome-keyring-daemon --start --components=secrets", "memory"),
        ("true", "memory"),
    ],
    ids=["present", "locked", "absent"],
)
def test_a_day_with_a_real_secret_service(tmp_path, daemon, kind):
    script = f'{daemon} >/dev/null 2>&1; exec "$@"'
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}},
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data-of-the-system"),
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, "sh", sys.executable, "-c", A_DAY_WITH_A_STORE, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # Signed in with a key and a token that renews; neither lies in a file; after signing out there is neither.
    assert done.stdout.splitlines() == [kind, "True True", "False False", "False []"], done.stderr
