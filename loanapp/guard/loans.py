"""The loan that was paid out is the loan that was signed: same contract, same money, same card."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from loanapp.domain.errors import ErrorCode
from loanapp.domain.hardship import Respite
from loanapp.domain.loan_account import LoanAccount, Repayment
from loanapp.domain.schedule import RepaymentMethod, Schedule, product_plan
from loanapp.guard.new_schedules import AcceptedSchedule, put_off
from loanapp.guard.refusal import GuardRefusal

_COLUMNS = ("payment", "principal", "interest", "fees", "balance")


@dataclass(frozen=True, slots=True)
class SignedTerms:
    """What the verified contract says of money and card; ``rows`` have number and amounts, no days.

    The days of a schedule follow the day of payout, so none of them can be held against the contract. Rates in percent
    a year, money in yuan.
    """

    contract_number: str
    payout: Decimal
    rows: tuple[tuple[int, ...], ...]
    card_last4: str
    principal: Decimal
    annual_rate_pct: Decimal
    months: int
    method: RepaymentMethod
    fee_per_instalment: Decimal
    penalty_annual_pct: Decimal
    free_return_hours: int

    @classmethod
    def of_contract(cls, pdf: bytes) -> "SignedTerms":
        """Read a contract whose signatures were verified; raises :class:`GuardRefusal` where it has no such facts."""
        from loanapp.proof.contract_facts import ContractFactsError, read_facts  # noqa: PLC0415  (pyHanko)

        try:
            return cls._read(read_facts(pdf))
        except (ContractFactsError, KeyError, TypeError, ValueError, ArithmeticError):
            raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "facts") from None

    @classmethod
    def _read(cls, facts: Mapping[str, Any]) -> "SignedTerms":
        return cls(
            contract_number=str(facts["contract_number"]),
            payout=Decimal(facts["payout"]),
            rows=tuple((int(row["no"]), *(_cents(Decimal(row[name])) for name in _COLUMNS)) for row in facts["rows"]),
            card_last4=str(facts["borrower"]["card_masked"])[-4:],
            principal=Decimal(facts["principal"]),
            annual_rate_pct=Decimal(facts["annual_rate_pct"]),
            months=int(facts["months"]),
            method=RepaymentMethod(facts["method"]),
            fee_per_instalment=Decimal(facts["fee_per_instalment"]),
            penalty_annual_pct=Decimal(facts["penalty_annual_pct"]),
            free_return_hours=int(facts["free_return_hours"]),
        )

    def to_text(self) -> str:
        """For keeping; :meth:`from_text` reads it again."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, default=str)

    @classmethod
    def from_text(cls, text: str) -> "SignedTerms":
        """What :meth:`to_text` wrote; raises :class:`ValueError` for anything else."""
        try:
            kept = json.loads(text)
            return cls(
                contract_number=str(kept["contract_number"]),
                payout=Decimal(kept["payout"]),
                rows=tuple(tuple(map(int, row)) for row in kept["rows"]),
                card_last4=str(kept["card_last4"]),
                principal=Decimal(kept["principal"]),
                annual_rate_pct=Decimal(kept["annual_rate_pct"]),
                months=int(kept["months"]),
                method=RepaymentMethod(kept["method"]),
                fee_per_instalment=Decimal(kept["fee_per_instalment"]),
                penalty_annual_pct=Decimal(kept["penalty_annual_pct"]),
                free_return_hours=int(kept["free_return_hours"]),
            )
        except (KeyError, TypeError, ArithmeticError):
            raise ValueError("not the terms of a contract") from None

    def account(self, disbursed: date) -> LoanAccount:
        """The loan on the day of payout, as these terms make it."""
        plan = product_plan(
            self.principal,
            self.annual_rate_pct,
            self.months,
            self.method,
            disbursed,
            fee_per_instalment=self.fee_per_instalment,
        )
        return LoanAccount.begin(plan, self.penalty_annual_pct)


def check_loan(
    contract_number: str, principal: Decimal, schedule: Schedule, card_last4: str, signed: SignedTerms
) -> None:
    """Hold a paid-out loan against the contract both parties signed.

    Raises :class:`GuardRefusal` with ``GUARD_PAYOUT_DIFFERS``, ``GUARD_SCHEDULE_DIFFERS`` or
    ``GUARD_ACCOUNT_NOT_OWN``.
    """
    if contract_number != signed.contract_number:
        raise GuardRefusal(ErrorCode.GUARD_PAYOUT_DIFFERS, "contract_number")
    if principal != signed.payout:
        raise GuardRefusal(ErrorCode.GUARD_PAYOUT_DIFFERS, "principal")
    try:
        rows = tuple((row.no, *(_cents(getattr(row, name)) for name in _COLUMNS)) for row in schedule.rows)
    except (ValueError, ArithmeticError):
        rows = ()
    if rows != signed.rows:
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "loan")
    if card_last4 != signed.card_last4:
        raise GuardRefusal(ErrorCode.GUARD_ACCOUNT_NOT_OWN, "card")


def check_free_return(until: datetime, disbursed_at: datetime, signed: SignedTerms) -> None:
    """Hold the end of the free return against the contract: so many hours from the payout, not a minute less.

    Not more either: a day the contract does not promise would lure who counts on it into paying interest. Raises
    :class:`GuardRefusal` with ``GUARD_FREE_RETURN_DIFFERS``.
    """
    if until != disbursed_at + timedelta(hours=signed.free_return_hours):
        raise GuardRefusal(ErrorCode.GUARD_FREE_RETURN_DIFFERS, "free_return_until")


def check_account(
    signed: SignedTerms,
    disbursed: date,
    paid: Sequence[Repayment],
    outstanding: Decimal,
    next_amount: Decimal | None,
    *,
    granted: Sequence[tuple[date, Respite]] = (),
    accepted: Sequence[AcceptedSchedule] = (),
) -> LoanAccount:
    """Work out anew what is owed after ``paid``, oldest first, and hold against it what the lender states.

    ``next_amount`` is what the lender asks for next; ``None`` where nothing is owed any more. ``granted`` is more time,
    each with the day it was granted on: its days cost no penalty in any payment made on a later day. ``accepted`` are
    the new schedules the borrower took, oldest first. Raises :class:`GuardRefusal` with ``GUARD_SCHEDULE_DIFFERS``,
    where ``what`` names a payment that took more than was owed, the principal that is left, or the next amount, and
    with ``GUARD_NEW_SCHEDULE_DIFFERS``.
    """
    _check_order(paid, accepted)
    account = signed.account(disbursed)
    for no, one in enumerate(paid, start=1):
        account = _put_off(account, accepted, no - 1, granted)
        account = replace(account, respites=tuple(time for day, time in granted if day < one.on))
        try:
            own = account.owed(one.kind, one.on, one.principal, one.choice)
            after = account.after(one)
        except ValueError:
            raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, f"repayment.{no}") from None
        if one.amount > own.amount or min(one.interest, one.fees, one.penalty) < 0:
            raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, f"repayment.{no}")
        account = after
    account = _put_off(account, accepted, len(paid), granted)
    following = account.next_row
    if outstanding != account.outstanding:
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "outstanding")
    if next_amount != (following and following.total):
        raise GuardRefusal(ErrorCode.GUARD_SCHEDULE_DIFFERS, "next_due")
    return replace(account, respites=tuple(time for _, time in granted))


def _put_off(
    account: LoanAccount,
    accepted: Sequence[AcceptedSchedule],
    payments: int,
    granted: Sequence[tuple[date, Respite]],
) -> LoanAccount:
    """With the new schedules that were accepted after so many payments."""
    for one in accepted:
        if one.deferral.payments == payments:
            times = tuple(time for day, time in granted if day <= one.deferral.accepted)
            account = put_off(replace(account, respites=times), one)
    return account


def _check_order(paid: Sequence[Repayment], accepted: Sequence[AcceptedSchedule]) -> None:
    """No payment before a new schedule is of a later day, and none after it of an earlier one."""
    for one in accepted:
        count, day = one.deferral.payments, one.deferral.accepted
        before, after = paid[: max(count, 0)], paid[max(count, 0) :]
        if not 0 <= count <= len(paid) or any(made.on > day for made in before) or any(made.on < day for made in after):
            raise GuardRefusal(ErrorCode.GUARD_NEW_SCHEDULE_DIFFERS, "payments_before")


def _cents(amount: Decimal) -> int:
    """Whole cents; raises :class:`ValueError` for a fraction of one."""
    cents = amount * 100
    if cents != int(cents):
        raise ValueError("not an amount in cents")
    return int(cents)
