"""How long from a move of the price's slider to the new figures on the screen: ``dev.py bench slider``.

The real page of the price in the real window, moved step by step with the keys, with the comparison folded away and
with it unfolded: all four ways of paying back and paying off early are worked out anew at each step. A step counts from
the key's press to the next picture of the total. The baseline is a bare slider in the same style whose label shows its
value.
"""

import statistics
import sys
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.painted import in_child, print_figures, until_painted

STEPS = 120


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Median and 99th percentile in milliseconds; 16 ms is one picture of a screen."""
    return in_child("tests.benchmarks.slider")


def _steps(slider: Any, shows: Any, steps: int = STEPS) -> list[float]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    took = []
    for step in range(steps):
        key = Qt.Key.Key_Right if step < steps // 2 else Qt.Key.Key_Left
        took.append(until_painted(shows, lambda key=key: QTest.keyClick(slider, key)))
    return took


def _figures() -> list[tuple[str, float, float]]:
    from PySide6.QtWidgets import QLabel, QSlider, QVBoxLayout, QWidget

    from loanapp.journey.pages import Page
    from tests.gallery.page_scenes import journey
    from tests.gallery.stage import Room, prepare, settle

    prepare()
    room = Room()
    page = room.open(Page.COST, journey(Page.COST))
    room.rest()
    page.months_slider.put(24)
    page.months_slider.picked.emit(24)
    settle(room.shell)
    folded = _steps(page.amount_slider, page.figures["total"])
    page.compare.click()
    room.rest()
    settle(room.shell)
    page.scaffold.scroll.ensureWidgetVisible(page.figures["total"])
    unfolded = _steps(page.amount_slider, page.figures["total"])
    page.scaffold.scroll.ensureWidgetVisible(page.comparison.early_note)
    settle(room.shell)
    early = [took for _ in range(5) for took in _steps(page.comparison.after_slider, page.comparison.after, steps=20)]
    bare = QWidget()
    box = QVBoxLayout(bare)
    slider, shown = QSlider(), QLabel("0")
    slider.setRange(0, 1000)
    slider.valueChanged.connect(lambda value: shown.setText(str(value)))
    box.addWidget(slider)
    box.addWidget(shown)
    bare.show()
    settle(bare)
    plain = _steps(slider, shown)
    bare.deleteLater()
    room.close()

    def high(times: list[float]) -> float:
        return statistics.quantiles(times, n=100)[98]

    return [
        ("slider.median", statistics.median(folded), statistics.median(plain)),
        ("slider.p99", high(folded), high(plain)),
        ("slider_compared.median", statistics.median(unfolded), statistics.median(plain)),
        ("slider_compared.p99", high(unfolded), high(plain)),
        ("slider_early.median", statistics.median(early), statistics.median(plain)),
    ]


if __name__ == "__main__":
    sys.exit(print_figures(_figures))
