"""A new version from the lender's server to the folder beside this one, ready for the next start."""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import loanapp
from loanapp.client.installed_profile import PUBLISHERS, ProfileError, named_publishers
from loanapp.proof.file_manifest import FILE, ManifestError, hold_against
from loanapp.resource_files import read_toml
from loanapp.updates.client import Offer, UpdateClient
from loanapp.updates.installation import (
    STATE_PLACE,
    WATCHED_VARIABLE,
    Form,
    form_of,
    make_ready,
    neighbour,
    read_state,
    running_folder,
    stands,
    take_failure,
    tidy,
)
from loanapp.updates.refusal import Reason, UpdateRefusedError
from loanapp.updates.source import UpdateSource, installed_source
from loanapp.updates.unpacking import unpack

_ARCHIVE = "fetched.tar.xz"
# The archive, what it unpacks to, and some room to breathe.
_ROOM_PER_BYTE = 5


class Updating:
    """``home`` is the program's folder of data, ``folder`` the packed program's own; all in one worker at a time."""

    def __init__(
        self, source: UpdateSource, home: Path, folder: Path | None, publishers: Iterable[tuple[str, bytes]] = ()
    ) -> None:
        self.form = form_of(folder)
        self._home, self._folder, self._publishers = home, folder, tuple(publishers)
        self._place = home.joinpath(*STATE_PLACE).parent
        self._client = UpdateClient(source, self._place / "metadata", loanapp.__version__)

    def look(self) -> Offer | None:
        """A newer version that did not already fail to start here. Raises :class:`UpdateRefusedError`."""
        offer = self._client.look()
        return None if offer is None or offer.version in read_state(self._home).failed else offer

    def prepare(self, offer: Offer, told: Callable[[int], None] | None = None) -> None:
        """Fetch, unpack and check; the next start puts it in place. Raises :class:`UpdateRefusedError`."""
        if self._folder is None or self.form is not Form.FOLDER:
            raise ValueError("this program does not put updates in place by itself")
        beside, archive = neighbour(self._folder), self._place / _ARCHIVE
        shutil.rmtree(beside, ignore_errors=True)
        try:
            _hold_room(self._folder.parent, offer.size * _ROOM_PER_BYTE)
            self._client.fetch(archive, told)
            unpack(archive, beside)
            self._check(beside, offer)
            make_ready(beside, self._home, offer.version)
        except OSError:
            shutil.rmtree(beside, ignore_errors=True)
            raise UpdateRefusedError(Reason.NO_ROOM) from None
        except UpdateRefusedError:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        finally:
            archive.unlink(missing_ok=True)

    def _check(self, unpacked: Path, offer: Offer) -> None:
        """A program whose files are signed is followed by none whose files are not."""
        if self._folder is None or not (self._folder / FILE).is_file():
            return
        try:
            found = hold_against(unpacked, self._publishers)
        except (FileNotFoundError, ManifestError):
            raise UpdateRefusedError(Reason.TAMPERED) from None
        if found.wrong or found.version != offer.version:
            raise UpdateRefusedError(Reason.TAMPERED)


def _hold_room(place: Path, needed: int) -> None:
    if shutil.disk_usage(place).free < needed:
        raise UpdateRefusedError(Reason.NO_ROOM)


def settle(home: Path) -> str | None:
    """Say that this version works, take away what is left of the former one; returns one that did not start."""
    folder = running_folder()
    try:
        stands(home)
        if folder is not None:
            tidy(home, folder)
        os.environ.pop(WATCHED_VARIABLE, None)
        return take_failure(home)
    except OSError:
        return None


def updating_of_this_program(home: Path) -> Updating | None:
    """What updates the program that runs; ``None`` where its lender names no place for new versions."""
    try:
        source = installed_source()
        publishers = named_publishers(read_toml(*PUBLISHERS))
    except (ProfileError, OSError):
        return None  # the check of the computer says that the program was altered
    return None if source is None else Updating(source, home, running_folder(), publishers)
