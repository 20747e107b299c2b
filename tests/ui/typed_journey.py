"""A journey for the pages on which something is typed: it remembers, and answers what the test put there."""

from types import SimpleNamespace

import pytest

from loanapp.client.application import Application
from loanapp.domain.clock import SystemClock
from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import JourneyInHand, application


class TypedJourney(JourneyInHand):
    def __init__(self, held: Application | None = None, *, open_pages: frozenset[Page] = frozenset()) -> None:
        super().__init__(held)
        self.kept: dict[Page, dict[str, str]] = {}
        self.draft = SimpleNamespace(phone="")
        self.clock = SystemClock()
        self.open_pages = open_pages

    def remember(self, page: Page, values: dict[str, str]) -> None:
        self.kept[page] = values

    def remembered(self, page: Page) -> dict[str, str]:
        return self.kept.get(page, {})

    def revisitable_pages(self) -> frozenset[Page]:
        return self.open_pages

    def did(self, name: str) -> list[tuple[object, ...]]:
        return [act[1:] for act in self.acts if act[0] == name]


def draft(**changes: object) -> Application:
    nothing: dict[str, object] = {
        "document": {"front": False, "back": False},
        "identity": None,
        "profile": None,
        "face": {"state": "none", "attempts_left": 3},
        "bank_card": None,
        "progress": [],
        "waiting_for": "borrower",
    }
    return application("draft", **{**nothing, **changes})


class Kit:
    def identities(self):
        person = SimpleNamespace(
            key="approved",
            name="测试甲",
            phone="13800000001",
            card_number="6222020000000000018",
            note={"zh": "", "en": ""},
        )
        return (person,)


@pytest.fixture
def open_page(page_context, qtbot):
    def make(kind, journey, kit=None):
        page = kind(page_context(journey, kit))
        qtbot.addWidget(page)
        page.resize(820, 700)
        page.load()
        with qtbot.waitExposed(page, timeout=30_000):
            page.show()
        return page

    return make


def done_with(qtbot, page, act):
    with qtbot.waitSignal(page.completed) as completed:
        act()
    return completed.args[0]
