"""What ``loanapp quote`` was asked for, read with one clear sentence for each figure that cannot be."""

import argparse
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from loanapp.commands.language import Language, forms, text
from loanapp.domain.clock import CHINA
from loanapp.domain.fees import Fee, FeeTiming
from loanapp.domain.interest import DayCount, annual_from_daily
from loanapp.domain.money import parse_money
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.domain.schedule import RepaymentMethod, RepaymentPlan

# Bounds of a calculator, not of a product: wide enough for any consumer loan, narrow enough to catch a slip.
_PRINCIPAL: Final = (Decimal("0.01"), Decimal("100000000.00"))
_MONTHS: Final = (1, 480)
_RATE: Final = (Decimal(0), Decimal(1000))
_LATEST_START: Final = date(9000, 1, 1)
# With --daily a figure up to this is a rate a day: 0.1 a day is 36 a year, beyond every cap, and no loan has so low a
# yearly rate.
_HIGHEST_DAILY: Final = Decimal("0.1")
_MOST_PLACES: Final = 12
_NAME: Final = 40


class BadInputError(ValueError):
    """One argument is not usable; ``sentence`` says so in the language of the system."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence: Final = sentence


@dataclass(frozen=True, slots=True)
class AskedPrepayment:
    """What is paid early on a day: ``amount`` of principal, or all of it where that is ``None``."""

    on: date
    amount: Decimal | None
    choice: PrepaymentChoice


@dataclass(frozen=True, slots=True)
class Asked:
    """The loan and what is paid early."""

    plan: RepaymentPlan
    prepayment: AskedPrepayment | None


def words_of(member: RepaymentMethod | PrepaymentChoice | DayCount | FeeTiming) -> str:
    """How a choice is written on the command line."""
    return member.value.replace("_", "-")


def read(args: argparse.Namespace) -> Asked:
    """The arguments as a loan; raises :class:`BadInputError`."""
    language: Language = args.language
    principal = _number(language, "principal", args.principal, _PRINCIPAL, money=True)
    day_count = DayCount(args.daily.replace("-", "_")) if args.daily else DayCount.MONTHLY
    rate = _number(language, "rate", args.rate.strip().removesuffix("%"), _RATE)
    if day_count is not DayCount.MONTHLY and rate <= _HIGHEST_DAILY:
        rate = annual_from_daily(rate, day_count)
    months, start = _months(language, args.months), _start(language, args.start)
    fees = tuple(_fee(language, given, principal) for given in args.fee)
    try:
        plan = RepaymentPlan(
            principal, rate, months, RepaymentMethod(args.method.replace("-", "_")), start, day_count, fees
        )
    except ValueError:
        raise _bad(language, "fee", " ".join(args.fee)) from None
    if plan.schedule().upfront_fees >= principal:
        raise _bad(language, "fee", " ".join(args.fee))
    return Asked(plan, _prepayment(language, args.prepay, plan))


def _bad(language: Language, name: str, given: str, **values: str | int | date) -> BadInputError:
    return BadInputError(text(language, f"quote.error.{name}", catalogue="commands", value=given, **values))


def _number(
    language: Language, name: str, given: str, bounds: tuple[Decimal, Decimal], *, money: bool = False
) -> Decimal:
    try:
        value = parse_money(given) if money else Decimal(given)
    except (ValueError, InvalidOperation):
        value = Decimal("NaN")
    exponent = value.as_tuple().exponent
    fits = value.is_finite() and isinstance(exponent, int) and exponent >= -_MOST_PLACES
    if not fits or not bounds[0] <= value <= bounds[1]:
        shown = forms(language).money if money else str
        raise _bad(language, name, given, minimum=shown(bounds[0]), maximum=shown(bounds[1]))
    return value


def _months(language: Language, given: str) -> int:
    months = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
    if not _MONTHS[0] <= months <= _MONTHS[1]:
        raise _bad(language, "months", given, minimum=_MONTHS[0], maximum=_MONTHS[1])
    return months


def _start(language: Language, given: str | None) -> date:
    if given is None:
        return datetime.now(CHINA).date()
    try:
        start = date.fromisoformat(given)
    except ValueError:
        start = date.max
    if start > _LATEST_START:
        raise _bad(language, "start", given, maximum=_LATEST_START)
    return start


def _fee(language: Language, given: str, principal: Decimal) -> Fee:
    """``NAME:AMOUNT:WHEN``; an amount alone is a fee with each instalment."""
    name, written, when = given.rsplit(":", 2) if given.count(":") >= 2 else ("", given, "per-instalment")
    try:
        amount = parse_money(written)
        day = date.fromisoformat(when.removeprefix("on-")) if when.startswith("on-") else None
        timings = {"per-instalment": FeeTiming.PER_INSTALMENT, "upfront": FeeTiming.UPFRONT}
        fee = Fee(name, amount, FeeTiming.ON_DATE if day else timings[when], day)
    except (ValueError, KeyError):
        raise _bad(language, "fee", given) from None
    if amount > principal or len(name) > _NAME or not name.isprintable():
        raise _bad(language, "fee", given)
    return fee


def _prepayment(language: Language, given: str | None, plan: RepaymentPlan) -> AskedPrepayment | None:
    """``DATE[:AMOUNT[:CHOICE]]``, a day from the payout to the last instalment."""
    if given is None:
        return None
    day, *rest = given.split(":")
    try:
        on = date.fromisoformat(day)
        amount = parse_money(rest[0]) if rest else None
        choice = PrepaymentChoice(rest[1].replace("-", "_")) if len(rest) > 1 else PrepaymentChoice.KEEP_TERM
    except ValueError:
        raise _bad(language, "prepay", given) from None
    if len(rest) > 2 or not plan.disbursed <= on <= plan.due_dates()[-1]:
        raise _bad(language, "prepay", given)
    return AskedPrepayment(on, amount, choice)
