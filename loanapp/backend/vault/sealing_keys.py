"""The key borrowers seal to: changed without losing what is on its way, wherever the change is cut off.

It wraps nothing at rest. What a program sealed to the key before is still opened for some days, then that key is
destroyed as well (class ``old_sealing_key`` of ``resources/policy/retention.toml``).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.vault.key_files import destroy_file, sync_folder, write_once
from loanapp.proof.keys import load_envelope_key, new_envelope_key, private_key_pem, raw_public_bytes

_CURRENT: Final = "vault.pem"
_NEXT: Final = "vault.next.pem"
_OLD: Final = "vault-old-"
_DIGEST_CHARACTERS: Final = 16


class SealingKeys:
    """Owner-only files in ``keys/``; read anew each time, so that a change beside a running lender counts at once.

    Whatever makes, changes or destroys one holds the folder's lock: of processes side by side one does it, and the
    others find it done.
    """

    def __init__(self, folder: LenderFolder) -> None:
        """``folder``: the lender's own."""
        self._lender_folder = folder
        self._folder = folder.root / "keys"

    def current(self) -> X25519PrivateKey:
        """The key that is published; made at the first call."""
        path = self._folder / _CURRENT
        if not path.exists():
            with self._lender_folder.making():
                if not path.exists():
                    self._make(path)
        return load_envelope_key(path.read_bytes())

    def all(self) -> tuple[X25519PrivateKey, ...]:
        """The keys that still open something, the published one first."""
        found = [self.current()]
        for path in self._old():
            try:
                found.append(load_envelope_key(path.read_bytes()))
            except (FileNotFoundError, ValueError):
                continue  # just destroyed
        return tuple(found)

    def rotation(self, at: datetime) -> Iterator[str]:
        """Change the key, one lasting step after another; the name of each step that is done."""
        self.current()
        with self._lender_folder.making():
            if not (self._folder / _NEXT).exists():
                self._make(self._folder / _NEXT)
        yield "made"
        yield from self._finishing(at)

    def finish_rotation(self, at: datetime) -> None:
        """Go on with a change that was cut off; nothing to do where there was none."""
        for _step in self._finishing(at):
            pass

    def unfinished(self) -> bool:
        """Whether a change was cut off before the new key was published."""
        return (self._folder / _NEXT).exists()

    def old_since(self) -> list[datetime]:
        """Since when the keys before are out of use, the oldest first."""
        return [_retired_at(path) for path in self._old()]

    def destroy_old(self, before: datetime) -> int:
        """Destroy the keys that went out of use before that moment; how many."""
        with self._lender_folder.making():
            due = [path for path in self._old() if _retired_at(path) < before]
            for path in due:
                destroy_file(path)
        return len(due)

    def _finishing(self, at: datetime) -> Iterator[str]:
        new, current = self._folder / _NEXT, self._folder / _CURRENT
        if not new.exists():
            return
        with self._lender_folder.making():
            if not new.exists():
                return  # another process has finished it
            self._keep(current.read_bytes(), at)
            yield "kept"
            new.replace(current)
            sync_folder(self._folder)
        yield "changed"

    def _keep(self, held: bytes, at: datetime) -> None:
        """Lay a key by, under a name no other key has: of two that go within a second both stay."""
        if held in [path.read_bytes() for path in self._old()]:
            return
        digest = sha256(raw_public_bytes(load_envelope_key(held).public_key())).hexdigest()[:_DIGEST_CHARACTERS]
        kept = self._folder / f"{_OLD}{int(at.timestamp())}-{digest}.pem"
        temporary = kept.with_suffix(".new")
        temporary.unlink(missing_ok=True)
        write_once(temporary, held)
        temporary.replace(kept)
        sync_folder(self._folder)

    def _make(self, path: Path) -> None:
        temporary = path.with_suffix(".new")
        temporary.unlink(missing_ok=True)  # of a process that was killed: nothing was sealed to it
        write_once(temporary, private_key_pem(new_envelope_key()))
        temporary.replace(path)
        sync_folder(self._folder)

    def _old(self) -> list[Path]:
        return sorted(self._folder.glob(f"{_OLD}*.pem"), key=_retired_at)


def _retired_at(path: Path) -> datetime:
    return datetime.fromtimestamp(int(path.stem.removeprefix(_OLD).split("-")[0]), UTC)
