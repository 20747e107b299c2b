"""Authorisations in force: what stops and what stays is said on each, and one press takes it back, as one gave it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from ui.components import Card, EmptyState, label
from ui.components.labels import empty
from ui.formats import moment
from ui.my_data.taking_back import TakingBack, stops_and_keeps
from ui.my_data.view import DataView
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.journey.consent_acts import GivenConsent


class Consents(DataView):
    """One card for each authorisation; nothing asks again, because the card has said everything before."""

    def build(self) -> None:
        """Make the widgets."""
        self._given: tuple[GivenConsent, ...] = ()
        self.taking_back = TakingBack(self, self._taken)
        self.body.addWidget(self.taking_back.result)
        self.nothing = EmptyState("done")
        self.body.addWidget(self.nothing)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self.body.addLayout(self._cards)

    def load(self) -> bool:
        """Ask what is in force; whoever is not signed in has given nothing yet."""
        self.taking_back.begin()
        return self.load_again()

    def load_again(self) -> bool:
        """The same, where it did not come: what was taken back stays said."""
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
        self.taking_back.buttons.clear()
        several = len({one.application_id for one in self._given}) > 1
        for one in self._given:
            self._cards.addWidget(self._card(one, several=several))
        signed_in = self.context.journey is not None and self.context.journey.signed_in
        self.nothing.say(tr("my_data.consents_none"), tr(f"my_data.consents_{'when' if signed_in else 'sign_in'}"))
        self.nothing.setVisible(not self._given)
        self.taking_back.show_words()

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
        card.body.addWidget(self.taking_back.button(one), 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """One at a time."""
        self.taking_back.set_busy(busy)

    def _taken(self, taken: "GivenConsent") -> None:
        """Gone from here at once; whether it ended its application is asked."""
        self._came(tuple(one for one in self._given if one != taken))
        if self.context.journey is not None:
            self.ask(self.context.journey.given_consents, self._came)
