"""Taking an authorisation back, wherever its giving is shown: it says what stops and what stays, then one press."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from loanapp.domain.consent import ConsentScope, WithdrawalEffect
from ui.announce import announce
from ui.components import Banner, SecondaryButton
from ui.messages import Level
from ui.my_data.view import DataView
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.answers import ConsentReceipt
    from loanapp.client.profile import Withdrawal
    from loanapp.journey.consent_acts import GivenConsent
    from ui.pages.page import PageContext


class TakingBack:
    """A view's buttons that take authorisations back, and the banner with what came of the last one.

    ``taken`` is told which one it was; what the view shows of the lender is asked anew after it, for itself: that it
    cannot be read does not undo the withdrawal.
    """

    def __init__(self, view: DataView, taken: "Callable[[GivenConsent], object]") -> None:
        self._view, self._taken = view, taken
        self._last: tuple[ConsentScope, Withdrawal | None] | None = None
        self.buttons: dict[str, SecondaryButton] = {}
        """Those in sight, by ``application_id|scope``: two applications may each have one of a scope."""
        self.result = Banner(Level.DONE)
        self.result.hide()

    def begin(self) -> None:
        """The view is opened: what came of an earlier press is no news."""
        self._last = None
        self.result.hide()

    def button(self, one: "GivenConsent") -> SecondaryButton:
        """The one press for it."""
        button = self.buttons[key_of(one)] = withdraw_button(self._view.context, one)
        button.clicked.connect(partial(self._take_back, one))
        return button

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """One at a time."""
        for button in self.buttons.values():
            button.setEnabled(not busy)

    def show_words(self) -> None:
        """What came of the last one, in the language in force."""
        if self._last is not None:
            scope, happened = self._last
            name = tr(f"permissions.scope_{scope.value}")
            self.result.say(tr("my_data.consent_withdrawn", name=name), what_happened(self._view.context, happened))

    def _take_back(self, one: "GivenConsent") -> None:
        context = self._view.context
        journey, language = context.journey, context.translator.language
        if journey is not None:
            work = partial(journey.withdraw_consent, one.application_id, one.scope, language)
            self._view.ask(work, partial(self._came, one))

    def _came(self, one: "GivenConsent", receipt: "ConsentReceipt") -> None:
        self._last = one.scope, receipt.withdrawal
        self.show_words()
        self.result.show()
        announce(self.result, self.result.accessibleName())
        self._view.changed.emit()
        self._taken(one)


def key_of(one: "GivenConsent") -> str:
    """Which authorisation of which application."""
    return f"{one.application_id}|{one.scope.value}"


def words_of(context: "PageContext", one: "GivenConsent") -> "Withdrawal | None":
    """What taking it back does now, as the lender says it."""
    lender = context.journey.lender if context.journey is not None else None
    text = lender.consent(one.scope) if lender is not None else None
    return text.withdrawal(one.phase) if text is not None else None


def stops_and_keeps(context: "PageContext", one: "GivenConsent") -> list[str]:
    """The sentences that stand on it before it is taken back."""
    words, pick = words_of(context, one), context.translator.pick
    stops = pick(words.stops) if words is not None else tr("my_data.consent_unsaid")
    keeps = [tr("my_data.consent_keeps", text=pick(words.keeps))] if words is not None else []
    return [tr("my_data.consent_stops", text=stops), *keeps]


def withdraw_button(context: "PageContext", one: "GivenConsent") -> SecondaryButton:
    """The one press."""
    words = words_of(context, one)
    ends = words is not None and words.effect is WithdrawalEffect.APPLICATION_ENDS
    button = SecondaryButton(tr("my_data.consent_withdraw_ends" if ends else "my_data.consent_withdraw"))
    button.setAccessibleName(f"{button.text()} {tr(f'permissions.scope_{one.scope.value}')}")
    return button


def what_happened(context: "PageContext", happened: "Withdrawal | None") -> str:
    """As the signed receipt says it: the application may have gone on since the words were shown."""
    if happened is None:
        return tr("my_data.consent_withdrawn_text")
    pick = context.translator.pick
    ended = happened.effect is WithdrawalEffect.APPLICATION_ENDS
    told = tr("my_data.consent_withdrawn_ended" if ended else "my_data.consent_withdrawn_text")
    stops, keeps = pick(happened.stops), tr("my_data.consent_keeps", text=pick(happened.keeps))
    return f"{stops}\n{keeps}\n{told}"
