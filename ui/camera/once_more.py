"""Before a payout that asks for it: what is asked once more, which step shows it, and the waiting for a call."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from loanapp.client.application import Application, StepUp
from loanapp.domain.liveness import FaceWay, StepUpState
from loanapp.journey.pages import Page
from loanapp.journey.route import shows_once_more
from ui.camera.face_words import Step
from ui.pages.status_watch import StatusWatch

if TYPE_CHECKING:
    from ui.pages.page import JourneyPage

_STEPS: Final = {StepUpState.WAITING: Step.CALL, StepUpState.REFUSED: Step.CALL_REFUSED}


class OnceMore(QObject):
    """Reads it off the application; while a call is awaited the lender is asked again and again."""

    def __init__(self, page: "JourneyPage") -> None:
        super().__init__(page)
        self._page = page
        self._watch = StatusWatch(page.context, self._heard, lambda _error: None, page.show_problem, self)

    def asked(self) -> StepUp | None:
        """What is asked; ``None`` while the application is filled in, or where nothing is."""
        application = self._application()
        return application.step_up if application is not None and shows_once_more(application) else None

    def step(self) -> Step | None:
        """Where the page stands by that; ``None`` where nothing is asked."""
        asked = self.asked()
        return None if asked is None else _STEPS.get(asked.state, Step.AGAIN)

    def because(self) -> tuple[str, ...] | None:
        """Why, in the language in force."""
        asked, language = self.asked(), self._page.context.translator.language
        return None if asked is None else tuple(one.in_language(language) for one in asked.because)

    def offered(self) -> tuple[FaceWay, ...]:
        """The ways the lender offers now."""
        application = self._application()
        return application.face_ways if application is not None else ()

    def may_act(self, step: Step) -> bool:
        """Whether the camera is the way on; where it is closed, the call is."""
        return step not in {Step.AGAIN, Step.CALL} or FaceWay.CAMERA in self.offered()

    def follow(self, step: Step | None) -> None:
        """Wait for the call at its step, and at no other."""
        (self._watch.start if step is Step.CALL else self._watch.stop)()

    def _heard(self, page: Page) -> None:
        if page is not self._page.page_id:
            self._page.done(page)
        elif self.step() is not Step.CALL:
            self._page.load()

    def _application(self) -> Application | None:
        journey = self._page.context.journey
        return journey.application if journey is not None else None
