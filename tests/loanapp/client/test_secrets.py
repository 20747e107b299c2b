"""Where secrets are kept: a store that really encrypts, a passphrase, or nothing at all."""

import json
import os
import shutil
import subprocess
import sys

import keyring
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.SecretService import Keyring as SecretService

from loanapp.client.drafts import Draft, DraftFile
from loanapp.client.secrets import (
    VAULT_FILE,
    KeyringSecrets,
    MemorySecrets,
    PassphrasePrompt,
    SecretName,
    SecretsKind,
    open_secrets,
)
from loanapp.domain.errors import ErrorCode, LoanAppError

GOOD = "正确的马 电池 订书钉"


class LastingSecrets(MemorySecrets):
    """What a credential store is to two starts."""

    durable = True


class PlainText(KeyringBackend):
    """A store that writes secrets as they are."""

    priority = -1
    kept: dict

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


def answers(*typed):
    """An asker that types these in turn, and records what it was asked."""
    waiting, asked = list(typed), []

    def ask(prompt):
        asked.append(prompt)
        return waiting.pop(0)

    ask.asked = asked
    return ask


@pytest.fixture
def no_keyring(monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)


class TestWithoutACredentialStore:
    @pytest.mark.attack("a-store-that-does-not-protect-is-none")
    @pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring, PlainText])
    def test_a_store_that_does_not_protect_is_none(self, tmp_path, monkeypatch, backend):
        monkeypatch.setattr(keyring, "get_keyring", backend)
        assert open_secrets(tmp_path).kind is SecretsKind.MEMORY

    def test_one_that_fails_is_none(self, tmp_path, monkeypatch, expect_log):
        expect_log("the credential store failed")

        def locked(*_):
            raise keyring.errors.KeyringLocked("张三")

        monkeypatch.setattr(keyring, "get_keyring", SecretService)
        monkeypatch.setattr(SecretService, "set_password", locked)
        assert open_secrets(tmp_path).kind is SecretsKind.MEMORY

    def test_a_passphrase_keeps_secrets_over_starts(self, tmp_path, no_keyring):
        first = answers(GOOD)
        store = open_secrets(tmp_path, first)
        store.write(SecretName.ACCESS_TOKEN, "t-1")
        store.write(SecretName.SIGNING_KEY, "k-1")
        store.delete(SecretName.SIGNING_KEY)
        assert first.asked == [PassphrasePrompt(first_time=True)]
        second = answers("wrong", GOOD)
        again = open_secrets(tmp_path, second)
        assert again.kind is SecretsKind.PASSPHRASE
        assert again.read(SecretName.ACCESS_TOKEN) == "t-1"
        assert again.read(SecretName.SIGNING_KEY) is None
        assert second.asked == [
            PassphrasePrompt(first_time=False),
            PassphrasePrompt(first_time=False, problem=ErrorCode.PASSPHRASE_WRONG),
        ]

    def test_a_short_passphrase_is_asked_for_again(self, tmp_path, no_keyring):
        ask = answers("short", GOOD)
        open_secrets(tmp_path, ask)
        assert ask.asked[1].problem is ErrorCode.PASSPHRASE_TOO_SHORT

    def test_declined_means_nothing_on_disk(self, tmp_path, no_keyring):
        store = open_secrets(tmp_path, answers(None))
        store.write(SecretName.ACCESS_TOKEN, "t-1")
        assert store.kind is SecretsKind.MEMORY
        assert not store.durable
        assert list(tmp_path.iterdir()) == []

    def test_a_vault_that_exists_stays_in_use(self, tmp_path, monkeypatch, no_keyring):
        open_secrets(tmp_path, answers(GOOD)).write(SecretName.ACCESS_TOKEN, "t-1")
        monkeypatch.setattr(keyring, "get_keyring", lambda: pytest.fail("looked elsewhere"))
        assert open_secrets(tmp_path, answers(GOOD)).read(SecretName.ACCESS_TOKEN) == "t-1"

    def test_a_draft_whose_key_is_in_the_credential_store_is_not_locked_out(self, tmp_path, monkeypatch):
        store = LastingSecrets()
        DraftFile(tmp_path, store).save(Draft(phone="1"))
        monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
        with pytest.raises(LoanAppError) as caught:
            open_secrets(tmp_path, lambda _: pytest.fail("asked for a new passphrase"))
        assert caught.value.code is ErrorCode.KEYRING_UNAVAILABLE
        assert not (tmp_path / VAULT_FILE).exists()
        assert DraftFile(tmp_path, store).load() == (Draft(phone="1"), None)

    def test_the_file_tells_nothing(self, tmp_path, no_keyring):
        open_secrets(tmp_path, answers(GOOD)).write(SecretName.ACCESS_TOKEN, "geheim-1")
        whole = (tmp_path / VAULT_FILE).read_text()
        assert "geheim" not in whole
        if os.name == "posix":
            assert (tmp_path / VAULT_FILE).stat().st_mode & 0o777 == 0o600

    @pytest.mark.attack("a-changed-file-does-not-open")
    @pytest.mark.parametrize("part", ["salt", "nonce", "sealed"])
    def test_a_changed_file_does_not_open(self, tmp_path, no_keyring, part):
        open_secrets(tmp_path, answers(GOOD)).write(SecretName.ACCESS_TOKEN, "t-1")
        path = tmp_path / VAULT_FILE
        whole = json.loads(path.read_text())
        whole[part] = ("B" if whole[part][0] == "A" else "A") + whole[part][1:]
        path.write_text(json.dumps(whole))
        ask = answers(GOOD, None)
        assert open_secrets(tmp_path, ask).kind is SecretsKind.MEMORY
        assert ask.asked[1].problem is ErrorCode.PASSPHRASE_WRONG


class TestTheSystemsStore:
    def test_two_data_folders_do_not_meet(self, tmp_path):
        backend = PlainText()
        one, other = KeyringSecrets(backend, tmp_path / "a"), KeyringSecrets(backend, tmp_path / "b")
        one.write(SecretName.ACCESS_TOKEN, "t-1")
        assert other.read(SecretName.ACCESS_TOKEN) is None
        other.delete(SecretName.ACCESS_TOKEN)
        assert one.read(SecretName.ACCESS_TOKEN) == "t-1"

    def test_the_probe_leaves_nothing(self, tmp_path):
        backend = PlainText()
        KeyringSecrets(backend, tmp_path).probe()
        assert backend.kept == {}

    def test_a_store_that_locks_later_is_told(self, tmp_path, expect_log):
        expect_log("the credential store failed: KeyringLocked$")

        class Locked(PlainText):
            def get_password(self, service, username):
                raise keyring.errors.KeyringLocked("a name that is nobody's business")

        with pytest.raises(LoanAppError) as caught:
            KeyringSecrets(Locked(), tmp_path).read(SecretName.ACCESS_TOKEN)
        assert caught.value.code is ErrorCode.KEYRING_UNAVAILABLE


ASK_THE_STORE = """
import sys
from pathlib import Path
from loanapp.client.secrets import SecretName, open_secrets
home = Path(sys.argv[1])
store = open_secrets(home)
print(store.kind.value)
if store.durable:
    store.write(SecretName.SIGNING_KEY, "k-1")
    print(open_secrets(home).read(SecretName.SIGNING_KEY))
    store.delete(SecretName.SIGNING_KEY)
    print(store.read(SecretName.SIGNING_KEY))
"""

SECRET_SERVICE = shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")


@pytest.mark.skipif(not SECRET_SERVICE, reason="needs dbus-run-session and gnome-keyring-daemon")
@pytest.mark.parametrize(
    ("state", "daemon", "told"),
    [
        ("unlocked", "echo -n p | gnome-keyring-daemon --unlock --components=secrets", ["keyring", "k-1", "None"]),
        ("locked", "gnome-keyring-daemon --start --components=secrets", ["memory"]),
        ("absent", "true", ["memory"]),
    ],
)
def test_a_real_secret_service(tmp_path, state, daemon, told):
    script = f'{daemon} >/dev/null 2>&1; exec "$@"'
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}},
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, "sh", sys.executable, "-c", ASK_THE_STORE, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == told, done.stderr


def test_memory_forgets():
    store = MemorySecrets()
    store.write(SecretName.ACCESS_TOKEN, "t")
    store.delete(SecretName.ACCESS_TOKEN)
    store.delete(SecretName.ACCESS_TOKEN)
    assert store.read(SecretName.ACCESS_TOKEN) is None
