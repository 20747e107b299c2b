"""Golden pictures: how every component and page looked when somebody last looked and found it good.

One combination (Chinese, light, 100 %, 1366 x 768). Colours are kept in steps of eight, which halves the files and
does not depend on what else is in a picture; WebP without loss is a third of PNG. A letter drawn by another processor's
instructions differs by a step at its edges, so that much is allowed; see ``TOLERANCE``.
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
FOLDER: Final = ROOT / "tests" / "gallery" / "golden"
DIFFERENCES: Final = ROOT / "out" / "golden"
LARGEST_BYTES: Final = 10_000_000
_STEP: Final = 0xF8
# A pixel may differ by so much in each colour (one step of eight).
TOLERANCE: Final = 8
MARK: Final = (200, 0, 90)
GAP: Final = 12

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it was: how many pixels, and the file that shows it."""

    name: str
    pixels: int
    why: str
    file: Path

    def __str__(self) -> str:
        return f"{self.name}: {self.why}; see {self.file}. If it is meant: python3 dev.py gallery --accept"


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


def path_of(name: str, folder: Path = FOLDER) -> Path:
    """The file of a scene."""
    return folder / f"{name}.webp"


def keep(got: Pixels, path: Path) -> None:
    """Write a golden picture."""
    Image.fromarray(got).save(path, lossless=True, quality=100, method=4)


def compare(name: str, got: Pixels, folder: Path = FOLDER, out: Path = DIFFERENCES) -> Difference | None:
    """``None`` where it looks as it did; else what differs, and a picture of it in ``out``: old, new, difference."""
    file = path_of(name, folder)
    if not file.is_file():
        return Difference(name, got.size // 3, "there is no golden picture", _beside(out, name, got))
    with Image.open(file) as opened:
        old = np.asarray(opened.convert("RGB"))
    if old.shape != got.shape:
        sizes = f"{got.shape[1]} x {got.shape[0]} px instead of {old.shape[1]} x {old.shape[0]}"
        return Difference(name, got.size // 3, sizes, _beside(out, name, old, got))
    apart = np.abs(got.astype(np.int16) - old.astype(np.int16)).max(axis=2) > TOLERANCE
    count = int(apart.sum())
    if not count:
        return None
    # What differs in colour, over the old picture in pale grey.
    pale = (old.mean(axis=2, keepdims=True) * 0.3 + 178).astype(np.uint8).repeat(3, axis=2)
    pale[apart] = MARK
    rows, columns = np.nonzero(apart)
    place = f"x {columns.min()} to {columns.max()}, y {rows.min()} to {rows.max()}"
    return Difference(name, count, f"{count} pixels differ ({place})", _beside(out, name, old, got, pale))


def _beside(out: Path, name: str, *pictures: Pixels) -> Path:
    """One file with the pictures from left to right."""
    out.mkdir(parents=True, exist_ok=True)
    width = sum(one.shape[1] for one in pictures) + GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, max(one.shape[0] for one in pictures)), MARK)
    left = 0
    for one in pictures:
        sheet.paste(Image.fromarray(one), (left, 0))
        left += one.shape[1] + GAP
    path = out / f"{name}.png"
    sheet.save(path)
    return path


def accept() -> tuple[int, int]:
    """Draw every scene anew as golden; how many files there are, and their bytes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = set()
    for scene in all_scenes():
        names.add(scene.name)
        got = draw(scene)
        # A file that still fits is left alone: a change in its bytes would only swell the history.
        if compare(scene.name, got) is not None:
            keep(got, path_of(scene.name))
    for old in FOLDER.iterdir():
        if old.stem not in names:
            old.unlink()
    files = list(FOLDER.iterdir())
    return len(files), sum(file.stat().st_size for file in files)
