"""A journey for the pages on which something is typed: it remembers, and answers what the test put there."""

from types import SimpleNamespace

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
