"""Golden pictures: how every component and page looked when somebody last looked and found it good.

One combination (Chinese, light, 100 %, 1366 x 768). Colours are kept in steps of eight, which halves the files and
does not depend on what else is in a picture. A letter drawn by another processor's instructions differs by a step or
two at its edges, so that much is allowed; see ``TOLERANCE``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from PySide6.QtGui import QImage

from tests.gallery.combinations import ONE
from tests.gallery.scenes import all_scenes
from tests.gallery.stage import Scene, as_before, picture, put, staged

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "tests" / "golden"
DIFFERENCES: Final = ROOT / "out" / "golden"
LARGEST_BYTES: Final = 10_000_000
_STEP: Final = 0xF8
# A pixel may differ by so much in each colour (one step of eight).
TOLERANCE: Final = 8
_MARK: Final = (200, 0, 90)

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it was: how many pixels, and the files that show it."""

    name: str
    pixels: int
    why: str
    files: tuple[Path, ...]

    def __str__(self) -> str:
        shown = ", ".join(str(path) for path in self.files)
        return f"{self.name}: {self.why}; see {shown}. If it is meant: python3 dev.py gallery --accept"


def pixels(image: QImage) -> Pixels:
    """The picture as ``(height, width, 3)`` RGB in steps of eight."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height = plain.width(), plain.height()
    lines = np.frombuffer(plain.constBits(), np.uint8).reshape(height, plain.bytesPerLine())
    return (lines[:, : width * 3].reshape(height, width, 3) & _STEP).copy()


def draw(scene: Scene) -> Pixels:
    """``scene`` in the one combination."""
    as_before()
    with staged(scene) as window:
        put(window, ONE)
        return pixels(picture(window))


def path_of(name: str) -> Path:
    """The file of a scene."""
    return FOLDER / f"{name}.png"


def compare(name: str, got: Pixels, folder: Path = FOLDER, out: Path = DIFFERENCES) -> Difference | None:
    """``None`` where it looks as it did; else what differs, with pictures of it in ``out``."""
    file = folder / f"{name}.png"
    if not file.is_file():
        return Difference(name, got.size // 3, "there is no golden picture", _keep(out, name, got=got))
    with Image.open(file) as opened:
        expected = np.asarray(opened.convert("RGB"))
    if expected.shape != got.shape:
        sizes = f"{got.shape[1]} x {got.shape[0]} px instead of {expected.shape[1]} x {expected.shape[0]}"
        return Difference(name, got.size // 3, sizes, _keep(out, name, got=got, expected=expected))
    apart = np.abs(got.astype(np.int16) - expected.astype(np.int16)).max(axis=2) > TOLERANCE
    count = int(apart.sum())
    if not count:
        return None
    # What differs in colour, over the expected picture in pale grey.
    pale = (expected.mean(axis=2, keepdims=True) * 0.3 + 178).astype(np.uint8).repeat(3, axis=2)
    pale[apart] = _MARK
    files = _keep(out, name, got=got, expected=expected, difference=pale)
    rows, columns = np.nonzero(apart)
    place = f"x {columns.min()} to {columns.max()}, y {rows.min()} to {rows.max()}"
    return Difference(name, count, f"{count} pixels differ ({place})", files)


def _keep(out: Path, name: str, **pictures: Pixels) -> tuple[Path, ...]:
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for kind, content in pictures.items():
        path = out / f"{name}-{kind}.png"
        Image.fromarray(content).save(path)
        files.append(path)
    return tuple(files)


def accept() -> tuple[int, int]:
    """Draw every scene anew as golden; how many files there are, and their bytes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = set()
    for scene in all_scenes():
        names.add(scene.name)
        got = draw(scene)
        # A file that still fits is left alone: a change in its bytes would only swell the history.
        if compare(scene.name, got) is not None:
            Image.fromarray(got).save(path_of(scene.name), optimize=True)
    for old in FOLDER.glob("*.png"):
        if old.stem not in names:
            old.unlink()
    files = list(FOLDER.glob("*.png"))
    return len(files), sum(file.stat().st_size for file in files)
