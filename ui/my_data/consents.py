"""Authorisations in force: what stops and what stays is said on each, and one press takes it back, as one gave it."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from ui.announce import announce
from ui.components import Banner, Card, EmptyState, SecondaryButton, label
from ui.components.labels import empty
from ui.formats import moment
from ui.messages import Level
from ui.my_data.taking_back import stops_and_keeps, what_happened, withdraw_button
from ui.my_data.view import DataView
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.answers import ConsentReceipt
    from loanapp.client.profile import Withdrawal
    from loanapp.journey.consent_acts import GivenConsent


class Consents(DataView):
    """One card for each authorisation; nothing asks again, because the card has said everything before."""

    def build(self) -> None:
        """Make the widgets."""
        self._given: tuple[GivenConsent, ...] = ()
        self._happened: Withdrawal | None = None
        self._name = ""
        self.result = Banner(Level.DONE)
        self.result.hide()
        self.body.addWidget(self.result)
        self.nothing = EmptyState("done")
        self.body.addWidget(self.nothing)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self.body.addLayout(self._cards)
        self.buttons: dict[str, SecondaryButton] = {}

    def load(self) -> bool:
        """Ask what is in force; whoever is not signed in has given nothing yet."""
        self.result.hide()
        journey = self.context.journey
        if journey is None or not journey.signed_in:
            self._given = ()
            self.show_words()
            return False
        self.ask(journey.given_consents, self._came)
        return not self._given

    def _came(self, given: "tuple[GivenConsent, ...]") -> None:
        self._given = given
        self.show_words()

    def show_words(self) -> None:
        """Every card in the language in force."""
        empty(self._cards)
        self.buttons = {}
        several = len({one.application_id for one in self._given}) > 1
        for one in self._given:
            self._cards.addWidget(self._card(one, several=several))
        signed_in = self.context.journey is not None and self.context.journey.signed_in
        self.nothing.say(tr("my_data.consents_none"), tr(f"my_data.consents_{'when' if signed_in else 'sign_in'}"))
        self.nothing.setVisible(not self._given)
        self._show_result()

    def _show_result(self) -> None:
        if self._name:
            self.result.say(
                tr("my_data.consent_withdrawn", name=tr(self._name)), what_happened(self.context, self._happened)
            )

    def _card(self, one: "GivenConsent", *, several: bool) -> Card:
        card = Card(padding=16, spacing=6)
        name = tr(f"permissions.scope_{one.scope.value}")
        card.body.addWidget(label(name, "strong"))
        when = tr("my_data.consent_given", when=moment(one.recorded_at))
        if several:
            when = f"{when} {tr('my_data.consent_of', number=one.number)}"
        card.body.addWidget(label(when, "small"))
        for said in stops_and_keeps(self.context, one):
            card.body.addWidget(label(said, "small-ink"))
        button = withdraw_button(self.context, one)
        button.clicked.connect(partial(self._withdraw, one))
        self.buttons[f"{one.application_id}|{one.scope.value}"] = button
        card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """One at a time."""
        for button in self.buttons.values():
            button.setEnabled(not busy)

    def _withdraw(self, one: "GivenConsent") -> None:
        journey, language = self.context.journey, self.context.translator.language
        if journey is None:
            return

        def work() -> "tuple[ConsentReceipt, tuple[GivenConsent, ...]]":
            receipt = journey.withdraw_consent(one.application_id, one.scope, language)
            return receipt, journey.given_consents()

        self.ask(work, partial(self._withdrawn, one))

    def _withdrawn(self, one: "GivenConsent", answer: "tuple[ConsentReceipt, tuple[GivenConsent, ...]]") -> None:
        receipt, left = answer
        self._name, self._happened = f"permissions.scope_{one.scope.value}", receipt.withdrawal
        self._came(left)
        self.result.show()
        announce(self.result, self.result.accessibleName())
        self.changed.emit()
