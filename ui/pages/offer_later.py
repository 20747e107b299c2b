"""Not now: the offer is kept until its day, and the borrower is told until when and how to come back to it."""

from datetime import datetime

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QWidget

from loanapp.domain.offer import Offer
from ui.components import Dialog, LinkButton, PrimaryButton, SecondaryButton, label
from ui.formats import moment
from ui.pages.page import JourneyPage
from ui.translations import tr


class LaterDialog(Dialog):
    """Nothing is asked of the lender here: Escape goes on, the program may be closed, or the offer declined."""

    def __init__(self, page: JourneyPage, valid_until: datetime) -> None:
        super().__init__(page, width=560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._page, self._valid_until = page, valid_until
        self._lines = [label("") for _ in range(3)]
        for line in self._lines:
            self.body.addWidget(line)
        self.decline = LinkButton()
        self.body.addWidget(self.decline, 0, Qt.AlignmentFlag.AlignLeft)
        self.go_on, self.close_program = PrimaryButton(), SecondaryButton()
        self.answers.addWidget(self.close_program)
        self.answers.addStretch(1)
        self.answers.addWidget(self.go_on)
        self.go_on.clicked.connect(self.reject)
        self.close_program.clicked.connect(self._close_program)
        self.decline.clicked.connect(self._decline)
        self._retranslate()
        self.go_on.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_program(self) -> None:
        window = self._page.window()
        self.accept()
        window.close()

    def _decline(self) -> None:
        """Asked once more; only that ends the application."""
        page = self._page
        self.accept()
        page.ask_withdraw()

    def _retranslate(self) -> None:
        self.set_heading(tr("offer_later.title", time=moment(self._valid_until)))
        for line, name in zip(self._lines, ("kept", "back", "after"), strict=True):
            line.setText(tr(f"offer_later.{name}", time=moment(self._valid_until)))
        self.decline.setText(tr("offer_later.decline"))
        self.go_on.setText(tr("offer_later.go_on"))
        self.close_program.setText(tr("offer_later.close"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "go_on"):
            self._retranslate()
        super().changeEvent(event)


class LaterLink(LinkButton):
    """Beside the other actions of a page, for as long as there is an offer that holds."""

    def __init__(self, page: JourneyPage, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._page = page
        self.clicked.connect(self._tell)
        page.scaffold.add_aside(self)
        self.refresh()

    def refresh(self) -> None:
        """Follow the application and the language."""
        self.setText(tr("offer_later.link"))
        self.setVisible(self._offer() is not None)

    def _offer(self) -> Offer | None:
        journey = self._page.context.journey
        offer = journey.application.offer if journey is not None and journey.application is not None else None
        return offer if journey is not None and offer is not None and journey.clock.now() < offer.valid_until else None

    def _tell(self) -> None:
        offer = self._offer()
        if offer is not None:
            LaterDialog(self._page, offer.valid_until).open()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_page"):
            self.setText(tr("offer_later.link"))
        super().changeEvent(event)
