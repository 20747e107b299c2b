"""Where the session's token, the draft's key and the signing key are kept.

The system's own credential store first; where there is none, a file wrapped by a passphrase the borrower chooses;
where that is declined, memory alone, and nothing of the journey touches the disk (design decision 4).
"""

import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from loanapp.client.vault import PassphraseWrongError, Vault
from loanapp.domain.errors import ErrorCode, LoanAppError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)

SERVICE: Final = "LoanApp"
VAULT_FILE: Final = "secrets.vault"
DRAFT_FILE: Final = "draft.sealed"
# ASVS 5.0, 6.2.1: at least eight characters.
SHORTEST_PASSPHRASE: Final = 8

# Credential stores known to encrypt: the Secret Service of GNOME and KDE, KWallet, the macOS keychain, the Windows
# vault. Any other, above all one that writes plain text, is treated as none.
_TRUSTED: Final = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)


class SecretName(StrEnum):
    """What is kept."""

    ACCESS_TOKEN = "access_token"  # noqa: S105  (a name, not a secret)
    REFRESH_TOKEN = "refresh_token"  # noqa: S105  (a name, not a secret)
    DEVICE_KEY = "device_key"
    DRAFT_KEY = "draft_key"
    SIGNING_KEY = "signing_key"


class SecretsKind(StrEnum):
    """Which of the three ways is in use; the security page says so."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105  (a name, not a secret)
    MEMORY = "memory"


class SecretStore(Protocol):
    """Reads and writes small secrets (text). ``durable``: they outlive the program."""

    @property
    def kind(self) -> SecretsKind:
        """Which way this is."""
        ...

    @property
    def durable(self) -> bool:
        """Whether secrets outlive the program."""
        ...

    def read(self, name: SecretName) -> str | None:
        """The secret, or ``None``."""
        ...

    def write(self, name: SecretName, value: str) -> None:
        """Keep a secret."""
        ...

    def delete(self, name: SecretName) -> None:
        """Forget a secret; no error where there is none."""
        ...


class MemorySecrets:
    """Keeps secrets until the program ends."""

    kind: Final = SecretsKind.MEMORY
    durable: Final = False

    def __init__(self) -> None:
        self._kept: dict[SecretName, str] = {}

    def read(self, name: SecretName) -> str | None:
        """The secret, or ``None``."""
        return self._kept.get(name)

    def write(self, name: SecretName, value: str) -> None:
        """Keep a secret."""
        self._kept[name] = value

    def delete(self, name: SecretName) -> None:
        """Forget a secret."""
        self._kept.pop(name, None)


class KeyringSecrets:
    """Keeps secrets in the system's credential store, under this data folder's own name.

    Every method raises :class:`LoanAppError` with ``KEYRING_UNAVAILABLE`` when the store fails or stays locked.
    """

    kind: Final = SecretsKind.KEYRING
    durable: Final = True

    def __init__(self, backend: "KeyringBackend", home: Path) -> None:
        self._backend = backend
        self._scope = sha256(str(home.resolve()).encode()).hexdigest()[:16]

    def probe(self) -> None:
        """Write, read back and delete something worthless: a store that merely exists may be locked or broken."""
        user, value = f"{self._scope}/probe", secrets.token_hex(8)
        try:
            self._backend.set_password(SERVICE, user, value)
            held = self._backend.get_password(SERVICE, user)
            self._backend.delete_password(SERVICE, user)
        except Exception as error:  # noqa: BLE001  (backends raise what their system raises: D-Bus, COM, ctypes)
            raise _unavailable(error) from None
        if held != value:
            raise LoanAppError(ErrorCode.KEYRING_UNAVAILABLE)

    def read(self, name: SecretName) -> str | None:
        """The secret, or ``None``."""
        try:
            return self._backend.get_password(SERVICE, self._user(name))
        except Exception as error:  # noqa: BLE001  (see probe)
            raise _unavailable(error) from None

    def write(self, name: SecretName, value: str) -> None:
        """Keep a secret."""
        try:
            self._backend.set_password(SERVICE, self._user(name), value)
        except Exception as error:  # noqa: BLE001  (see probe)
            raise _unavailable(error) from None

    def delete(self, name: SecretName) -> None:
        """Forget a secret."""
        from keyring.errors import PasswordDeleteError  # noqa: PLC0415  (keyring takes 80 ms)

        try:
            with contextlib.suppress(PasswordDeleteError):
                self._backend.delete_password(SERVICE, self._user(name))
        except Exception as error:  # noqa: BLE001  (see probe)
            raise _unavailable(error) from None

    def _user(self, name: SecretName) -> str:
        return f"{self._scope}/{name.value}"


class PassphraseSecrets:
    """Keeps secrets in a file only the borrower's passphrase opens."""

    kind: Final = SecretsKind.PASSPHRASE
    durable: Final = True

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def read(self, name: SecretName) -> str | None:
        """The secret, or ``None``."""
        return self._vault.entries.get(name.value)

    def write(self, name: SecretName, value: str) -> None:
        """Keep a secret; raises :class:`LoanAppError` with ``DISK_TROUBLE``."""
        self._vault.save({**self._vault.entries, name.value: value})

    def delete(self, name: SecretName) -> None:
        """Forget a secret; raises :class:`LoanAppError` with ``DISK_TROUBLE``."""
        if name.value in self._vault.entries:
            self._vault.save({key: value for key, value in self._vault.entries.items() if key != name.value})


@dataclass(frozen=True, slots=True)
class PassphrasePrompt:
    """What to ask the borrower for: a new passphrase (``first_time``) or the known one, and what was wrong before."""

    first_time: bool
    problem: ErrorCode | None = None


AskPassphrase = Callable[[PassphrasePrompt], str | None]
"""Returns what was typed, or ``None`` where the borrower declines; called in the worker that opens the store."""


def open_secrets(home: Path, passphrase: AskPassphrase | None = None) -> SecretStore:
    """The best store this computer has: credential store, else passphrase, else memory.

    A vault the borrower once chose is used again, whatever else appears, so nothing in it is lost. A draft without a
    vault has its key in the credential store: while that cannot be opened no other store is begun, which would lock
    the draft out for good. Blocking: run it in a worker. Raises :class:`LoanAppError` with ``KEYRING_UNAVAILABLE``
    (try again once it is unlocked, or go on with :class:`MemorySecrets`) or ``DISK_TROUBLE``.
    """
    path = home / VAULT_FILE
    if not path.exists():
        found = _system_store(home)
        if found is not None:
            return found
        if (home / DRAFT_FILE).exists():
            raise LoanAppError(ErrorCode.KEYRING_UNAVAILABLE)
    if passphrase is None:
        return MemorySecrets()
    return _ask(path, passphrase) or MemorySecrets()


def _ask(path: Path, passphrase: AskPassphrase) -> PassphraseSecrets | None:
    first_time = not path.exists()
    prompt = PassphrasePrompt(first_time)
    while (typed := passphrase(prompt)) is not None:
        if first_time and len(typed) < SHORTEST_PASSPHRASE:
            prompt = PassphrasePrompt(first_time, ErrorCode.PASSPHRASE_TOO_SHORT)
            continue
        try:
            return PassphraseSecrets(Vault.create(path, typed) if first_time else Vault.open(path, typed))
        except PassphraseWrongError:
            prompt = PassphrasePrompt(first_time, ErrorCode.PASSPHRASE_WRONG)
    return None


def _system_store(home: Path) -> KeyringSecrets | None:
    import keyring  # noqa: PLC0415  (80 ms: never before the first paint)

    for backend in _candidates(keyring.get_keyring()):
        kind = type(backend)
        if f"{kind.__module__}.{kind.__qualname__}" not in _TRUSTED:
            continue
        store = KeyringSecrets(backend, home)
        try:
            store.probe()
        except LoanAppError:
            continue
        return store
    return None


def _candidates(backend: "KeyringBackend") -> "list[KeyringBackend]":
    """The backend, or those a chain would try."""
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415  (keyring takes 80 ms)

    if isinstance(backend, ChainerBackend):
        return list(backend.backends)
    return [backend]


def _unavailable(error: Exception) -> LoanAppError:
    _log.warning("the credential store failed: %s", type(error).__name__)
    return LoanAppError(ErrorCode.KEYRING_UNAVAILABLE)
