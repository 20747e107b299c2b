"""The authorisation for a hospital's certificate: asked beside it, of whoever says that the face has changed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import LoanAppError
from ui.announce import announce

if TYPE_CHECKING:
    from loanapp.client.answers import ConsentText
    from ui.camera.changed import ChangedStep
    from ui.pages.page import JourneyPage


class CertificateConsent(QObject):
    """Records each answer as it is given; taken back, what was sent is deleted by the lender at once."""

    def __init__(self, page: "JourneyPage", step: "ChangedStep") -> None:
        super().__init__(page)
        self._page, self._step = page, step
        self._working = False
        step.consent.decided.connect(self._decide)

    def text(self) -> "ConsentText | None":
        """The text in force; ``None`` where this lender takes no certificate."""
        journey = self._page.context.journey
        lender = journey.lender if journey is not None else None
        return lender.consent(ConsentScope.CHANGED_FACE_CERTIFICATE) if lender is not None else None

    def show(self) -> None:
        """What is on record now."""
        text, journey = self.text(), self._page.context.journey
        application = journey.application if journey is not None else None
        answered = application.answered(text.scope, text.version) if text is not None and application else None
        self._step.show_consent(text, answered, working=self._working)

    def _decide(self, granted: bool) -> None:  # noqa: FBT001 - the signal's value
        text, page = self.text(), self._page
        if text is None or self._working or self._step.granted is granted:
            self.show()
            return
        journey, language = page.journey, page.context.translator.language
        self._working = True
        self.show()
        page.context.operations.run(
            lambda: journey.record_consent(
                text.scope, granted, text.version, text.sha256.in_language(language), language
            ),
            lambda _receipt: self._recorded(),
            self._not_recorded,
            busy=page,
        )

    def _recorded(self) -> None:
        self._working = False
        self._page.show_problem(None)
        self.show()
        announce(self._step.consent, self._step.consent.state.text())

    def _not_recorded(self, error: LoanAppError) -> None:
        self._working = False
        self.show()
        self._page.show_problem(error)
