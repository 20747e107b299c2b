"""A new schedule moves days and nothing else: every row of it is worked out anew before the borrower is asked."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from loanapp.domain.errors import ErrorCode
from loanapp.domain.hardship import Respite
from loanapp.domain.loan_account import Deferral, LoanAccount, NewSchedule
from loanapp.domain.schedule import Instalment
from loanapp.guard.refusal import GuardRefusal

_COLUMNS: Final = ("no", "due", "payment", "principal", "interest", "fees", "balance")


@dataclass(frozen=True, slots=True)
class StatedSchedule:
    """The new schedule as the lender states it: the rows not paid yet, and the penalty interest kept, in yuan."""

    months: int
    rows: tuple[Instalment, ...]
    penalty: Decimal


@dataclass(frozen=True, slots=True)
class AcceptedSchedule:
    """One that was accepted, with when and after how many payments."""

    deferral: Deferral
    stated: StatedSchedule


def check_new_schedule(stated: StatedSchedule, account: LoanAccount, time: Respite) -> NewSchedule:
    """Hold a stated schedule against :meth:`LoanAccount.new_schedule`: the same rows later, not a cent more.

    Raises :class:`GuardRefusal` with ``GUARD_NEW_SCHEDULE_DIFFERS``; ``what`` names the first thing that differs.
    """
    own = account.new_schedule(time)
    if own is None or len(stated.rows) != len(own.after):
        raise _refusal("rows")
    for mine, theirs in zip(own.after, stated.rows, strict=True):
        for column in _COLUMNS:
            if getattr(mine, column) != getattr(theirs, column):
                raise _refusal(f"{mine.no}.{column}")
    if stated.penalty != own.penalty:
        raise _refusal("penalty")
    if stated.months != own.months:
        raise _refusal("months")
    return own


def put_off(account: LoanAccount, accepted: AcceptedSchedule) -> LoanAccount:
    """The account once the borrower accepted it; raises what :func:`check_new_schedule` raises."""
    check_new_schedule(accepted.stated, account, accepted.deferral.time)
    return account.deferred(accepted.deferral.time)


def _refusal(what: str) -> GuardRefusal:
    return GuardRefusal(ErrorCode.GUARD_NEW_SCHEDULE_DIFFERS, what)
