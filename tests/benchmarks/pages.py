"""How long from a step to the next page's picture, and from a key to its picture: ``dev.py bench pages``.

The real window with answers in hand walks the road twice: the first time each page is made, then it is shown again. A
change counts from the call that asks for the page to the first picture of its title; a key from its press until its
field is painted. Each baseline is the same done in the same window's style with bare widgets: a stack of two pages of a
label and five fields, and one field.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.painted import in_child, print_figures, until_painted

ROUNDS = 3
TYPED = "12345678901234567890"
READING_S = 0.5


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Worst and median page change, and the 99th percentile of a key, in milliseconds; run in a child for Qt."""
    return in_child("tests.benchmarks.pages")


def _read(seconds: float) -> None:
    """Nobody leaves a page sooner; what comes next is made ready meanwhile."""
    from PySide6.QtWidgets import QApplication

    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.01)


def _road() -> list[tuple[Any, Any]]:
    """Each page with the journey that stands on it."""
    from loanapp.journey.pages import Page
    from tests.gallery.page_scenes import SIGNED, journey
    from tests.ui.loan_in_hand import application, offer
    from tests.ui.typed_journey import draft

    states = {
        Page.COST: None,
        Page.SIGN_IN: None,
        Page.TERMS: draft(),
        Page.IDENTITY_DOCUMENT: draft(),
        Page.ABOUT_YOU: draft(),
        Page.PERMISSIONS: draft(),
        Page.FACE_VERIFICATION: draft(),
        Page.BANK_CARD: draft(),
        Page.CHECK_ANSWERS: application("draft"),
        Page.PROGRESS: application("verifying"),
        Page.DECISION: application("offered"),
        Page.COST_DISCLOSURE: application("signing"),
        Page.CONTRACT: application("signing"),
        Page.SIGNING: application("signing"),
        Page.PAYOUT: application("disbursing", offer=offer(), **SIGNED),
        Page.MY_LOAN: application("active", **SIGNED),
    }
    return [(page, journey(page, held)) for page, held in states.items()]


def _figures() -> list[tuple[str, float, float]]:
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

    from loanapp.journey.pages import Page
    from tests.gallery.stage import Room, prepare, settle

    prepare()
    room = Room()
    road = _road()
    room.open(Page.COST, road[0][1])
    window = room.window
    assert window is not None
    changes: dict[str, list[float]] = {"first": [], "again": []}
    slowest: dict[str, tuple[float, str]] = {}
    for turn in range(ROUNDS):
        kind = "again" if turn else "first"
        for page, stood in road:
            if window.page is not None and window.page.page_id is page:
                # The window opened with it: what that takes is told by the start.
                continue
            window.context.journey = stood
            took = until_painted(lambda: window.page.scaffold.title, lambda page=page: window.show_page(page))
            changes[kind].append(took)
            slowest[kind] = max(slowest.get(kind, (0.0, "")), (took, page.value))
            _read(READING_S)
            room.rest()
            settle(window)
    bare = QStackedWidget()
    for _ in range(2):
        sheet = QWidget()
        box = QVBoxLayout(sheet)
        box.addWidget(QLabel("先算清楚，再决定借不借"))
        for _ in range(5):
            box.addWidget(QLineEdit())
        bare.addWidget(sheet)
    bare.resize(1366, 768)
    bare.show()
    QApplication.processEvents()
    plain = [
        until_painted(
            lambda: bare.currentWidget().findChild(QLabel), lambda turn=turn: bare.setCurrentIndex(1 - turn % 2)
        )
        for turn in range(40)
    ]
    keys: list[float] = []
    for page, field in ((Page.COST, "amount"), (Page.SIGN_IN, "phone"), (Page.ABOUT_YOU, "income")):
        window.context.journey = dict(road)[page]
        shown = window.show_page(page)
        room.rest()
        settle(window)
        editor = getattr(shown, field).editor
        editor.clear()
        for _ in range(3):
            typed = TYPED[:9]
            keys += [until_painted(editor, lambda key=key, into=editor: QTest.keyClick(into, key)) for key in typed]
            editor.clear()
    alone = bare.currentWidget().findChild(QLineEdit)
    bare_keys = [until_painted(alone, lambda key=key: QTest.keyClick(alone, key)) for key in TYPED * 4]
    bare.deleteLater()
    room.close()
    print({kind: (round(took, 1), name) for kind, (took, name) in slowest.items()}, file=sys.stderr)

    def high(times: list[float]) -> float:
        return statistics.quantiles(times, n=100)[98]

    return [
        ("page_first.worst", max(changes["first"]), statistics.median(plain)),
        ("page_first.median", statistics.median(changes["first"]), statistics.median(plain)),
        ("page_again.worst", max(changes["again"]), statistics.median(plain)),
        ("page_again.median", statistics.median(changes["again"]), statistics.median(plain)),
        ("key.p99", high(keys), high(bare_keys)),
        ("key.median", statistics.median(keys), statistics.median(bare_keys)),
    ]


if __name__ == "__main__":
    sys.exit(print_figures(_figures))
