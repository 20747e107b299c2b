"""Look for a newer version and fetch it: python-tuf decides what is believed, this module what is asked and kept.

The order of trust: the root that came with the program, roots it signed, a fresh timestamp, its snapshot, the targets.
Dates are held against the computer's clock, as the specification of TUF asks.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.exceptions import (
    DownloadError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.api.metadata import TargetFile
from tuf.ngclient import Updater, UpdaterConfig
from urllib3.exceptions import HTTPError

from loanapp.client.errors import LenderCertificateWrongError
from loanapp.client.tls import is_foreign
from loanapp.updates.fetcher import PinnedFetcher
from loanapp.updates.refusal import Reason, UpdateRefusedError
from loanapp.updates.source import UpdateSource, target_place, version_key

LARGEST_ARCHIVE: Final = 300_000_000
_MOST_NOTES: Final = 12
_LONGEST_NOTE: Final = 300
_LIMITS: Final = UpdaterConfig(
    max_root_rotations=64,
    root_max_length=128 * 1024,
    timestamp_max_length=16 * 1024,
    snapshot_max_length=64 * 1024,
    targets_max_length=512 * 1024,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A newer version. ``notes`` are what changed, a line each, by language (``zh``, ``en``); ``size`` in bytes."""

    version: str
    notes: Mapping[str, tuple[str, ...]]
    size: int


class UpdateClient:
    """``folder`` keeps the metadata seen last, so that nobody can show an older state; ``version`` is what runs."""

    def __init__(self, source: UpdateSource, folder: Path, version: str, system: str | None = None) -> None:
        self._source, self._folder = source, folder
        self._version, self._place = version_key(version), target_place(system)
        self._found: tuple[Offer, TargetFile] | None = None

    def look(self) -> Offer | None:
        """The newer version there is, or ``None``. Raises :class:`UpdateRefusedError`."""
        self._found = None
        with self._updater(None) as updater:
            target = updater.get_targetinfo(self._place)
        if target is None:
            return None
        offer = _read_offer(target)
        if version_key(offer.version) <= self._version:
            return None
        if target.length > LARGEST_ARCHIVE:
            raise UpdateRefusedError(Reason.TOO_LARGE)
        self._found = (offer, target)
        return offer

    def fetch(self, into: Path, told: Callable[[int], None] | None = None) -> Path:
        """Fetch what :meth:`look` found into the file ``into`` and hold it against its length and hash.

        ``told`` hears how many bytes have come. Raises :class:`UpdateRefusedError`; nothing of a refused file stays.
        """
        if self._found is None:
            raise ValueError("nothing was found")
        with self._updater(told) as updater:
            # The list of targets may be new since: what is fetched must be what was offered.
            target = updater.get_targetinfo(self._place)
            if target != self._found[1]:
                raise UpdateRefusedError(Reason.OUTDATED)
            updater.download_target(target, str(into))
        return into

    @contextlib.contextmanager
    def _updater(self, told: Callable[[int], None] | None) -> Iterator[Updater]:
        fetcher = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fetcher = PinnedFetcher(self._source)
            updater = Updater(
                str(self._folder),
                f"{self._source.url}/metadata/",
                target_base_url=f"{self._source.url}/targets/",
                fetcher=fetcher,
                config=_LIMITS,
                bootstrap=self._source.root,
            )
            updater.refresh()
            fetcher.told = told
            yield updater
        except LenderCertificateWrongError:
            raise UpdateRefusedError(Reason.STRANGER) from None
        except ExpiredMetadataError:
            raise UpdateRefusedError(Reason.OUTDATED) from None
        except DownloadLengthMismatchError:
            raise UpdateRefusedError(Reason.TOO_LARGE) from None
        except RepositoryError:
            raise UpdateRefusedError(Reason.TAMPERED) from None
        except (DownloadError, HTTPError) as error:
            raise UpdateRefusedError(Reason.STRANGER if is_foreign(error) else Reason.UNREACHABLE) from None
        except OSError:
            raise UpdateRefusedError(Reason.NO_ROOM) from None
        finally:
            if fetcher is not None:
                fetcher.close()


def _read_offer(target: TargetFile) -> Offer:
    """What is signed about a target, read as carefully as anything from outside."""
    said = target.custom if isinstance(target.custom, dict) else {}
    version, notes = said.get("version"), said.get("notes")
    try:
        version_key(version if isinstance(version, str) else "")
    except ValueError:
        raise UpdateRefusedError(Reason.UNREADABLE) from None
    if not isinstance(notes, dict):
        raise UpdateRefusedError(Reason.UNREADABLE)
    read = {language: read_notes(notes.get(language)) for language in ("zh", "en")}
    return Offer(str(version), read, target.length)


def read_notes(lines: object) -> tuple[str, ...]:
    """Up to twelve lines of what changed, in one language. Raises :class:`UpdateRefusedError`."""
    if not isinstance(lines, list) or not 0 < len(lines) <= _MOST_NOTES:
        raise UpdateRefusedError(Reason.UNREADABLE)
    if not all(isinstance(line, str) and 0 < len(line) <= _LONGEST_NOTE and line.isprintable() for line in lines):
        raise UpdateRefusedError(Reason.UNREADABLE)
    return tuple(lines)
