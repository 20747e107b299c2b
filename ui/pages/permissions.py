"""Authorisations and data uses: each purpose and recipient is a decision of its own."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from loanapp.domain.consent import ASKED_FOR_CHECK, ConsentScope
from loanapp.domain.errors import LoanAppError
from loanapp.journey.pages import Page
from ui.announce import announce
from ui.camera.promises import Promises
from ui.components.card import SectionHeading
from ui.components.consent_card import ConsentCard
from ui.components.error_summary import FieldError
from ui.components.task_list import Task, TaskList
from ui.formats import moment
from ui.my_data.asked import AskedItems
from ui.pages.page import JourneyPage
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.answers import ConsentText

_ICONS = {
    ConsentScope.FACE_VERIFICATION: "face",
    ConsentScope.BUREAU_QUERY: "bureau",
    ConsentScope.BANK_ACCOUNT_CHECK: "bank-card",
    ConsentScope.SOCIAL_INSURANCE_QUERY: "document",
}


class PermissionsPage(JourneyPage):
    """Cards in two groups, 必须 and 可选; a count at the top; below, every data item with its basis."""

    page_id = Page.PERMISSIONS

    def build(self) -> None:
        """Make the widgets; the cards come with the lender's texts."""
        self.tasks = TaskList()
        self.tasks.opened.connect(lambda scope: self._go_to(ConsentScope(scope)))
        self.scaffold.add(self.tasks)
        self.cards: dict[ConsentScope, ConsentCard] = {}
        self.required_heading = SectionHeading()
        self.required = QVBoxLayout()
        self.required.setSpacing(14)
        self.optional_heading = SectionHeading()
        self.optional = QVBoxLayout()
        self.optional.setSpacing(14)
        self.scaffold.add(self.required_heading)
        self.scaffold.body.addLayout(self.required)
        self.scaffold.add(self.optional_heading)
        self.scaffold.body.addLayout(self.optional)
        self.items_heading = SectionHeading()
        self.scaffold.add(self.items_heading)
        self.items = AskedItems()
        self.scaffold.add(self.items)
        self.promises = Promises(self, centred=False)
        self._working: set[ConsentScope] = set()

    def retranslate(self) -> None:
        """Change every word; decisions stay."""
        super().retranslate()
        self.promises.retranslate()
        self.required_heading.setText(tr("permissions.required"))
        self.optional_heading.setText(tr("permissions.optional"))
        self.items_heading.setText(tr("permissions.items"))
        if self.context.journey is not None and self.context.journey.lender is not None:
            self._show_texts()
            self._show_items()
            self._show_states()

    def load(self) -> None:
        """Make a card for each authorisation the lender asks for."""
        asked = self._consents()
        for consent in asked:
            if consent.scope not in self.cards:
                card = self.cards[consent.scope] = ConsentCard(_ICONS[consent.scope])
                card.decided.connect(partial(self._decide, consent.scope))
                if consent.scope is ConsentScope.FACE_VERIFICATION:
                    card.add_notice(self.promises)
                (self.required if consent.required else self.optional).addWidget(card)
        scopes = {consent.scope for consent in asked}
        for scope, card in self.cards.items():
            card.setVisible(scope in scopes)  # another amount may ask for less
        self.required_heading.setVisible(any(consent.required for consent in asked))
        self.optional_heading.setVisible(any(not consent.required for consent in asked))
        self._show_texts()
        self._show_items()
        self._show_states()

    def _consents(self) -> "tuple[ConsentText, ...]":
        lender, application = self.journey.lender, self.journey.application
        if lender is None or application is None:
            return ()
        return tuple(one for one in lender.consents if application.asks(one.scope))

    def _why(self, consent: "ConsentText") -> str:
        """What for, and for what is asked of some loans only, why of this one."""
        pick, application = self.context.translator.pick, self.journey.application
        check = ASKED_FOR_CHECK.get(consent.scope)
        demand = application.demand(check) if application is not None and check is not None else None
        if demand is None:
            return pick(consent.purpose)
        return tr("permissions.asked_because", purpose=pick(consent.purpose), because=pick(demand.because))

    def _show_texts(self) -> None:
        pick = self.context.translator.pick
        for consent in self._consents():
            if (card := self.cards.get(consent.scope)) is not None:
                facts = {
                    "recipient": pick(consent.recipient),
                    "retention": pick(consent.retention),
                    "refuse_effect": pick(consent.refuse_effect),
                }
                name = tr(f"permissions.scope_{consent.scope.value}")
                card.say(name, self._why(consent), facts, pick(consent.text))
                card.show_change(tr("permissions.changed"), self._changes(consent))

    def _changes(self, consent: "ConsentText") -> str:
        """What is other than when it was last answered, as far as the borrower's own receipt tells."""
        application = self.journey.application
        record = application.consent(consent.scope) if application is not None else None
        if record is None or record.text_version == consent.version:
            return ""
        found = self.journey.consent_changes(consent.scope, self.context.translator.language)
        lines = [(word, getattr(one, word)) for one in found for word in ("before", "now")]
        said = [tr(f"permissions.{word}", text=text) for word, text in lines if text]
        return "\n".join(said) or tr("permissions.changed_text")

    def _granted(self, consent: "ConsentText") -> bool | None:
        application = self.journey.application
        record = application.answered(consent.scope, consent.version) if application is not None else None
        return record.granted if record is not None else None

    def _show_states(self) -> None:
        application = self.journey.application
        for consent in self._consents():
            if (card := self.cards.get(consent.scope)) is not None:
                granted = self._granted(consent)
                record = application.consent(consent.scope) if application is not None else None
                when = moment(record.recorded_at) if record is not None and granted is not None else ""
                card.show_state(granted=granted, when=when, working=consent.scope in self._working)
        self._show_tasks()

    def _show_tasks(self) -> None:
        """What is still to be decided, at the top of a long page; a press leads to the card."""
        tasks = []
        for consent in self._consents():
            granted = self._granted(consent)
            word = "task_open" if granted is None else "task_granted" if granted else "task_refused"
            name = tr(f"permissions.scope_{consent.scope.value}")
            status = "open" if granted is None else "done" if granted else "no"
            tasks.append(Task(consent.scope.value, name, status, tr(f"permissions.{word}")))
        self.tasks.set_tasks(tasks)
        left = sum(task.status == "open" for task in tasks)
        if left:
            self.tasks.set_heading(tr("permissions.left", count=left))
        else:
            self.tasks.set_heading(tr("permissions.needed_refused" if self._errors_now() else "permissions.none_left"))

    def _go_to(self, scope: ConsentScope) -> None:
        """To the card, with the keyboard on its first control."""
        card = self.cards.get(scope)
        if card is not None:
            card.more.setFocus(Qt.FocusReason.OtherFocusReason)
            self.scaffold.reveal_top(card)

    def _show_items(self) -> None:
        self.items.show_lender(self.journey.lender)

    def _decide(self, scope: ConsentScope, granted: bool) -> None:  # noqa: FBT001 - the signal's value
        lender, journey = self.journey.lender, self.journey
        consent = lender.consent(scope) if lender is not None else None
        if consent is None or scope in self._working:
            return
        if self._granted(consent) is granted:
            self._show_states()
            return
        language = self.context.translator.language
        version, digest = consent.version, consent.sha256.in_language(language)
        self._working.add(scope)
        self._show_states()
        self.show_errors(None)
        self.context.operations.run(
            lambda: journey.record_consent(scope, granted, version, digest, language),
            lambda _: self._recorded(scope),
            partial(self._not_recorded, scope),
            busy=self,
        )

    def _recorded(self, scope: ConsentScope) -> None:
        self._working.discard(scope)
        self.show_problem(None)
        self._show_states()
        self.cards[scope].yes.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.cards[scope], f"{self.cards[scope].state.text()} {self.tasks.heading.text()}")

    def _not_recorded(self, scope: ConsentScope, error: LoanAppError) -> None:
        self._working.discard(scope)
        self._show_states()
        self.show_problem(error)

    def focus_first(self) -> None:
        """The first card that needs a decision."""
        for consent in self._consents():
            if self._granted(consent) is None and consent.scope in self.cards:
                self.cards[consent.scope].more.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        super().focus_first()

    def missing(self) -> list[str]:
        """Every decision, and the required ones given."""
        return [error.text for error in self._errors_now()]

    def _errors_now(self) -> list[FieldError]:
        errors = []
        for consent in self._consents():
            granted = self._granted(consent)
            name = tr(f"permissions.scope_{consent.scope.value}")
            card = self.cards.get(consent.scope)
            if granted is None:
                errors.append(FieldError(tr("permissions.undecided", name=name), card.more if card else None))
            elif not granted and consent.required and consent.scope is not ConsentScope.FACE_VERIFICATION:
                errors.append(FieldError(tr("permissions.needed", name=name), card.more if card else None))
        return errors

    def proceed(self) -> None:
        """Go on once everything is decided."""
        self.show_problem(None)
        if self.show_errors(self._errors_now):
            return
        journey = self.journey
        self.context.operations.run(journey.finish_permissions, self.done, busy=self)
