"""The icons are one family: one grid, one line, two inks, and alike in size."""

import re

import pytest
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from loanapp.resource_files import resource_path

GRID = 24
FINE = 4
ICONS = sorted(path.stem for path in resource_path("icons").glob("*.svg"))
# The ticks of the style sheet cannot be tinted: they come in the two colours of `on_accent`.
TICKS = {"check-dark", "check-light"}
FAMILY = [name for name in ICONS if name not in TICKS]
# Arrows and crosses stand beside words of their size; all others fill the grid up to its margin.
SMALL = {"chevron-down", "chevron-right", "close"}


def source(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


def drawn(name: str) -> QRectF:
    """Where there is ink, on the grid."""
    picture = QImage(GRID * FINE, GRID * FINE, QImage.Format.Format_Grayscale8)
    picture.fill(255)
    painter = QPainter(picture)
    inked = source(name).replace("currentColor", "#000000").replace("#accent", "#000000")
    QSvgRenderer(QByteArray(inked.encode())).render(painter, QRectF(picture.rect()))
    painter.end()
    side = picture.width()
    spots = [(x, y) for y in range(side) for x in range(side) if picture.pixelColor(x, y).lightness() < 128]
    across, down = [x / FINE for x, _ in spots], [y / FINE for _, y in spots]
    return QRectF(min(across), min(down), max(across) - min(across), max(down) - min(down))


@pytest.mark.parametrize("name", FAMILY)
def test_one_grid_one_line_two_inks(name):
    text = source(name)
    assert f'viewBox="0 0 {GRID} {GRID}"' in text
    assert 'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"' in text
    # Beside the line there are only dots, which a line of its own makes as large as the line looks.
    assert set(re.findall(r'stroke-width="([\d.]+)"', text)) <= {"1.75", "2.4"}
    assert set(re.findall(r'(?:stroke|fill)="([^"]+)"', text)) <= {"none", "currentColor", "#accent"}


@pytest.mark.parametrize("name", FAMILY)
def test_they_look_alike_in_size(name):
    """Longer side 17 to 21 of 24 units, in the middle, with a margin all round: none jumps out of a row."""
    place = drawn(name)
    longer = max(place.width(), place.height())
    assert (9 if name in SMALL else 16.5) <= longer <= 21.5, longer
    assert min(place.left(), place.top()) >= 1
    assert max(place.right(), place.bottom()) <= GRID - 1
    assert place.center().x() == pytest.approx(GRID / 2, abs=1.3)
    assert place.center().y() == pytest.approx(GRID / 2, abs=1.3)
