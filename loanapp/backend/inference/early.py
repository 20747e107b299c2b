"""What the inference process keeps in mind of attempts that are still arriving."""

import hashlib
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from loanapp.domain.errors import LoanAppError
from loanapp.vision.evidence import EvidenceFrame
from loanapp.vision.models import FaceModels
from loanapp.vision.verdict import Watcher

# An attempt's decoded frames take 45 MB; the others are looked at when they are there as a whole.
_MOST: Final = 2
# Nobody keeps a place longer without sending frames, and no face stays in memory longer.
IDLE_SECONDS: Final = 30.0


class Watched:
    """One attempt so far: what its watcher has seen, and a digest of those very frames."""

    def __init__(self, models: FaceModels) -> None:
        self.watcher: Final = Watcher(models)
        self.count = 0
        self.touched = time.monotonic()
        self._digest = hashlib.sha256()

    def add(self, frames: Sequence[EvidenceFrame]) -> None:
        """Look at the next frames."""
        self.watcher.add(frames)
        self._digest = _digest(self._digest, frames)
        self.count += len(frames)
        self.touched = time.monotonic()

    def began(self, frames: Sequence[EvidenceFrame]) -> bool:
        """Whether ``frames`` begin with the very ones that were seen."""
        return _digest(hashlib.sha256(), frames[: self.count]).digest() == self._digest.digest()


def _digest(before: "hashlib._Hash", frames: Sequence[EvidenceFrame]) -> "hashlib._Hash":
    for frame in frames:
        before.update(f"{frame.time_ms}|{len(frame.jpeg)}|{len(frame.around)}|".encode())
        before.update(frame.jpeg + frame.around)
    return before


class EarlyLooks:
    """A few attempts at a time; whatever is lost here costs time and nothing else."""

    def __init__(self) -> None:
        self._kept: Final[dict[str, Watched]] = {}

    def watch(self, key: str, start: int, frames: Sequence[EvidenceFrame], models: FaceModels) -> bool:
        """Look at ``frames``, before which ``start`` others came; whether that could be kept in mind."""
        self.tidy()
        kept = self._kept.get(key)
        if kept is None:
            if start or len(self._kept) >= _MOST:
                return False
            kept = self._kept[key] = Watched(models)
        if kept.count != start:
            del self._kept[key]
            return False
        try:
            kept.add(frames)
        except LoanAppError:
            del self._kept[key]  # the verdict will say what is wrong with them
            return False
        return True

    def tidy(self) -> None:
        """Forget attempts of which nothing has come for long."""
        now = time.monotonic()
        for old in [one for one, kept in self._kept.items() if now - kept.touched > IDLE_SECONDS]:
            del self._kept[old]

    def take(self, key: str) -> Watched | None:
        """What was seen under ``key``, which is then forgotten here."""
        return self._kept.pop(key, None)


def digests_of(paths: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of files by their names."""
    return {path.name: _file_sha256(path) for path in paths}


@cache
def _file_sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
