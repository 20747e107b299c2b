"""The loan that was paid out is the loan that was agreed: same money, same card."""

from decimal import Decimal

from loanapp.domain.errors import ErrorCode
from loanapp.domain.offer import Offer
from loanapp.domain.schedule import Schedule
from loanapp.guard.disclosures import same_amounts
from loanapp.guard.refusal import GuardRefusal


def check_loan(
    principal: Decimal, schedule: Schedule, card_last4: str, offer: Offer | None, bound_last4: str | None
) -> None:
    """Hold a paid-out loan against the offer and the bound card, where the lender still states them.

    Raises :class:`GuardRefusal` with ``GUARD_PAYOUT_DIFFERS`` or ``GUARD_SCHEDULE_DIFFERS``.
    """
    if offer is not None:
        if principal != offer.payout:
            raise GuardRefusal(ErrorCode.GUARD_PAYOUT_DIFFERS, "principal")
        if not same_amounts(schedule, offer.schedule):
            raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "loan")
    if bound_last4 is not None and card_last4 != bound_last4:
        raise GuardRefusal(ErrorCode.GUARD_PAYOUT_DIFFERS, "card")
