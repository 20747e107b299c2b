"""How long from asking for help to its picture: ``dev.py bench help_opening``.

The real window at its first page, its help folded and then unfolded again and again with another article. (The making
of the panel has its own limit in tests/ui/test_reading_help.py.) The baseline is a bare text of the same length,
unfolded beside a page in a bare window.
"""

import statistics
import sys
from collections.abc import Iterator

from tests.benchmarks.painted import in_child, print_figures, until_painted

ROUNDS = 24


def measure() -> Iterator[tuple[str, float, str, float]]:
    """The first unfolding, the median and the slowest of the later ones, in milliseconds; in a child for Qt."""
    return in_child("tests.benchmarks.help_opening")


def _figures() -> list[tuple[str, float, float]]:
    from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QScrollArea, QWidget

    from loanapp.help import articles
    from loanapp.journey.pages import Page
    from tests.gallery.page_scenes import journey
    from tests.gallery.stage import Room, prepare, settle

    prepare()
    room = Room()
    room.open(Page.COST, journey(Page.COST, None))
    window = room.window
    assert window is not None
    window.set_help_open(is_open=False)
    settle(window)
    took = []
    every = articles("zh")
    for one in every[:: max(1, len(every) // ROUNDS)][: ROUNDS + 1]:
        took.append(until_painted(lambda: window.help_panel, lambda one=one: window.open_help(one.id)))
        room.rest()
        window.set_help_open(is_open=False)
        settle(window)
    bare = QWidget()
    box = QHBoxLayout(bare)
    box.addWidget(QLabel("先算清楚，再决定借不借"), 1)
    aside, text = QScrollArea(), QLabel()
    aside.setWidgetResizable(True)
    aside.setWidget(text)
    text.setWordWrap(True)
    aside.hide()
    box.addWidget(aside)
    bare.resize(1366, 768)
    bare.show()
    QApplication.processEvents()
    plain = []
    for one in every[:ROUNDS]:

        def unfold(body: str = one.body) -> None:
            text.setText(body)
            aside.show()

        plain.append(until_painted(text, unfold))
        aside.hide()
        QApplication.processEvents()
    bare.deleteLater()
    room.close()
    usual = statistics.median(plain)
    return [
        ("help_opening.first", took[0], plain[0]),
        ("help_opening.median", statistics.median(took[1:]), usual),
        ("help_opening.slowest", max(took[1:]), max(plain)),
    ]


if __name__ == "__main__":
    sys.exit(print_figures(_figures))
