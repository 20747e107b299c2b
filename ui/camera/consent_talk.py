"""The talk about the consent: what was decided, the dialog that asks or shows it again, and its record."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from loanapp.client.answers import ConsentText
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode, LoanAppError

if TYPE_CHECKING:
    from ui.camera.consent_dialog import ConsentDialog
    from ui.pages.page import JourneyPage


class ConsentTalk(QObject):
    """``agreed`` once the consent is on record, ``other_way`` when another way is wanted instead."""

    agreed = Signal()
    other_way = Signal()

    def __init__(self, page: "JourneyPage") -> None:
        super().__init__(page)
        self._page = page
        self._dialog: ConsentDialog | None = None

    def text(self) -> ConsentText | None:
        """The text in force; ``None`` before the lender has said who it is."""
        journey = self._page.context.journey
        lender = journey.lender if journey else None
        return lender.consent(ConsentScope.FACE_VERIFICATION) if lender else None

    def decided(self) -> bool | None:
        """What the borrower has said to the text in force: yes, no, or nothing yet."""
        consent, journey = self.text(), self._page.context.journey
        application = journey.application if journey is not None else None
        if consent is None or application is None:
            return None
        record = application.answered(consent.scope, consent.version)
        return record.granted if record is not None else None

    def open(self, *, given: bool = False) -> None:
        """Ask, or with ``given`` show again what was agreed to; one dialog at a time."""
        consent = self.text()
        if consent is None:
            self._page.show_problem(LoanAppError(ErrorCode.LENDER_TROUBLE))
            return
        if self._dialog is not None:
            return
        from ui.camera.consent_dialog import ConsentDialog

        application = self._page.journey.application
        record = application.consent(consent.scope) if application is not None else None
        when = record.recorded_at if given and record is not None else None
        parent: QWidget = self._page
        dialog = self._dialog = ConsentDialog(parent, consent, given=given, when=when)
        dialog.agreed.connect(self._record)
        dialog.other_way.connect(self.other_way)
        dialog.finished.connect(self._forget)
        dialog.open()

    def close(self) -> None:
        """Put the dialog away; nothing is agreed by that."""
        if self._dialog is not None:
            self._dialog.reject()

    def _forget(self) -> None:
        self._dialog = None

    def _record(self) -> None:
        consent, page = self.text(), self._page
        if consent is None:
            return
        journey, language = page.journey, page.context.translator.language
        digest = consent.sha256.in_language(language)
        page.context.operations.run(
            lambda: journey.record_consent(
                consent.scope, granted=True, text_version=consent.version, text_sha256=digest, language=language
            ),
            lambda _receipt: self.agreed.emit(),
            busy=page,
        )
