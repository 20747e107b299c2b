"""What every stretch of the tour needs: the driver, what is brought along, the pictures, the passphrase."""

from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtWidgets import QWidget

from loanapp.client.answers import DemonstrationIdentityNote
from loanapp.journey.pages import Page
from ui.pages.page import JourneyPage
from ui.passphrase import PassphraseDialog
from ui.tour.driver import TourError, WindowDriver
from ui.tour.kit import Kept, TourKit

_P = TypeVar("_P", bound=JourneyPage)
_PASSPHRASE: Final = "tour-of-the-demonstration"  # noqa: S105 - of a data folder that is thrown away


class Walker:
    """One test identity on its way."""

    def __init__(self, driver: WindowDriver, kit: TourKit, out: Path | None, identity: str = "approved") -> None:
        self.driver = driver
        self.kit = kit
        self.out = out
        self.identity = identity
        self.kept = Kept()
        self._person: DemonstrationIdentityNote | None = None
        driver.dialog_wanted = self.passphrase_if_asked

    def picture(self, name: str, *words: str) -> None:
        """Look at what is in sight, and keep it."""
        self.driver.look(words)
        if self.out is not None:
            number = len(self.kept.pictures) + 1
            path = self.out / f"{number:02d}-{name.replace('_', '-')}-{self.driver.language}.png"
            self.driver.picture(path)
            self.kept.pictures.append(path)

    def _page(self, page: Page, kind: type[_P], seconds: float = 20.0) -> _P:
        shown = self.driver.arrive(page, seconds)
        if not isinstance(shown, kind):
            raise TourError(f"the page {page.value} is a {type(shown).__name__}")
        return shown

    def _go_on(self, page: JourneyPage) -> None:
        self.driver.go_on(page.scaffold.primary, page.scaffold.primary.text())

    @property
    def person(self) -> DemonstrationIdentityNote:
        """The test identity as the lender lists it."""
        if self._person is None:
            journey = self.driver.desktop.context.journey
            people = journey.demonstration_identities() if journey is not None else ()
            found = next((one for one in people if one.key == self.identity), None)
            if found is None:
                raise TourError(f"the lender knows no test identity {self.identity}")
            self._person = found
        return self._person

    def passphrase_if_asked(self) -> None:
        """Choose a passphrase when the program asks for one, and keep a picture of the question."""
        dialog = self.driver.dialog()
        if isinstance(dialog, PassphraseDialog):
            self.driver.type(dialog.field.editor, _PASSPHRASE, "the passphrase")
            self.picture("passphrase")
            self.driver.click(dialog.use)

    def _choose_card(self, cards: QWidget, words: str) -> None:
        choice = self.driver.button(cards, words)
        self.driver.click(choice)
        self.driver.wait(choice.isChecked, f"the choice “{words}” to be taken")
