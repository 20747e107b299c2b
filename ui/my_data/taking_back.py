"""Taking an authorisation back, wherever its giving is shown: it says what stops and what stays, then one press."""

from typing import TYPE_CHECKING

from loanapp.domain.consent import WithdrawalEffect
from ui.components import SecondaryButton
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.profile import Withdrawal
    from loanapp.journey.consent_acts import GivenConsent
    from ui.pages.page import PageContext


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
