"""Pages are thrown away when another application begins: nothing of them may be known to Python longer than to Qt.

Two faults ended the process at random: a layout's items asked for one by one live on in Python when Qt has deleted
them, and the next object at such an address takes both with it; and a worker that lets go of the last thing that knows
a page does so while Qt takes that page apart.
"""

import gc
import threading
import weakref

from PySide6.QtWidgets import QLayout, QLayoutItem
from shiboken6 import getCppPointer, isValid

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.gallery.page_scenes import journey
from tests.gallery.stage import Room, prepare, settle
from tests.ui.loan_in_hand import application
from tests.ui.typed_journey import draft
from ui.messages import MessageBridge
from ui.operations import Operations

ROAD = {
    Page.COST: None,
    Page.PERMISSIONS: draft(),
    Page.CHECK_ANSWERS: application("draft"),
    Page.DECISION: application("offered"),
    Page.CONTRACT: application("signing"),
}


def outlived_items() -> list[str]:
    """The items of layouts that Python knows and no layout has any more."""
    known = gc.get_objects()
    items = [one for one in known if isinstance(one, QLayoutItem) and not isinstance(one, QLayout)]
    layouts = [one for one in known if isinstance(one, QLayout) and isValid(one)]
    held = {getCppPointer(layout.itemAt(place))[0] for layout in layouts for place in range(layout.count())}
    return [type(one).__name__ for one in items if isValid(one) and getCppPointer(one)[0] not in held]


def test_nothing_in_python_outlives_what_a_layout_held(qapp):
    prepare()
    room = Room()
    try:
        room.open(Page.COST, journey(Page.COST, None))
        for page, stood in (*ROAD.items(), *ROAD.items()):
            room.window.context.journey = journey(page, stood)
            room.window.show_page(page)
            room.rest()
            settle(room.window)
            room.window.enter(room.window.page)
        assert outlived_items() == []
    finally:
        room.close()


class Asking:
    """What a page is to its work: known to the work, to both answers and to an error's frames."""

    def __init__(self) -> None:
        self.gone_in: list[threading.Thread] = []
        self.told = threading.Event()

    def ask(self) -> None:
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    def hear(self, *_: object) -> None:
        self.told.set()


def test_a_worker_never_lets_go_of_a_page_last(qapp, qtbot):
    operations = Operations(MessageBridge())
    gone_in: list[threading.Thread] = []
    asked = 40
    for _ in range(asked):
        page = Asking()
        weakref.finalize(page, lambda: gone_in.append(threading.current_thread()))
        operations.run(page.ask, page.hear, page.hear)
        del page
    qtbot.waitUntil(lambda: not operations.active and len(gone_in) == asked)
    assert set(gone_in) == {threading.main_thread()}
    assert operations.shutdown()
    operations.deleteLater()
