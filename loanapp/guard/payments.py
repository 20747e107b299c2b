"""What a lender may ask to be paid: nothing before the payout, and never more than is owed."""

from decimal import Decimal
from typing import Final

from loanapp.domain.errors import ErrorCode
from loanapp.domain.money import ZERO
from loanapp.domain.status import ApplicationStatus
from loanapp.guard.refusal import GuardRefusal

_PAID_OUT: Final = frozenset({ApplicationStatus.ACTIVE, ApplicationStatus.SETTLED})


def check_payment_request(status: ApplicationStatus, asked: Decimal, owed: Decimal) -> None:
    """Hold a request for money against the loan; ``owed`` is what this machine worked out for that day.

    Raises :class:`GuardRefusal` with ``GUARD_FEE_BEFORE_PAYOUT`` or ``GUARD_SCHEDULE_DIFFERS``.
    """
    if status not in _PAID_OUT and asked != ZERO:
        raise GuardRefusal(ErrorCode.GUARD_FEE_BEFORE_PAYOUT, "payment")
    if not ZERO <= asked <= owed:
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "payment")
