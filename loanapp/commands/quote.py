"""``loanapp quote``: every instalment and the yearly cost of a loan, to the cent; also what paying early changes."""

import argparse
import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from unicodedata import east_asian_width

from loanapp.commands.language import Language, forms, text
from loanapp.commands.quote_input import Asked, BadInputError, read, words_of
from loanapp.domain.annualised_cost import (
    AnnualisedCost,
    annualised_cost,
    effective_by_days,
    itemised_cost,
)
from loanapp.domain.interest import DayCount
from loanapp.domain.internal_rate import NoRateError
from loanapp.domain.money import wire
from loanapp.domain.prepayment import payoff_quote, prepay, settled
from loanapp.domain.schedule import Instalment, RepaymentMethod, Schedule
from loanapp.domain.written_forms import figure

_COLUMNS: Final = ("no", "due", "payment", "principal", "interest", "fees", "balance")
_EXIT_BAD_INPUT: Final = 2
_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class _Quote:
    """What is answered; ``early`` says what was paid early, in the words of the answer."""

    asked: Asked
    schedule: Schedule
    cost: AnnualisedCost
    by_days: Decimal
    early: dict[str, str | int] | None


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the loan's figures; they are read by :func:`run`, which can say what is wrong with them."""
    methods = tuple(words_of(method) for method in RepaymentMethod)
    counts = (words_of(DayCount.ACT_360), words_of(DayCount.ACT_365))
    for name in ("principal", "months", "rate"):
        parser.add_argument(f"--{name}", required=True, metavar="N", help=text(language, f"quote.help.{name}"))
    parser.add_argument("--method", choices=methods, default=methods[0], help=text(language, "quote.help.method"))
    parser.add_argument("--daily", nargs="?", choices=counts, const=counts[0], help=text(language, "quote.help.daily"))
    parser.add_argument(
        "--fee", action="append", default=[], metavar="NAME:N:WHEN", help=text(language, "quote.help.fee")
    )
    parser.add_argument("--start", metavar="YYYY-MM-DD", help=text(language, "quote.help.start"))
    parser.add_argument("--prepay", metavar="DATE[:N[:CHOICE]]", help=text(language, "quote.help.prepay"))
    parser.add_argument("--json", action="store_true", help=text(language, "help.json"))


def run(args: argparse.Namespace) -> int:
    """Print the schedule; exit code 2 with one clear sentence for each figure that cannot be."""
    try:
        quote = _quote(args)
    except BadInputError as error:
        print(error.sentence, file=sys.stderr)
        return _EXIT_BAD_INPUT
    if args.json:
        print(json.dumps(_answer(quote), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_table(args.language, quote)))
    return 0


def _quote(args: argparse.Namespace) -> _Quote:
    asked = read(args)
    schedule, early = asked.plan.schedule(), None
    if asked.prepayment is not None:
        try:
            schedule, early = _paid_early(asked, schedule)
        except ValueError:
            raise BadInputError(text(args.language, "quote.error.prepay", value=args.prepay)) from None
    try:
        by_days = effective_by_days(schedule, asked.plan.disbursed)
        return _Quote(asked, schedule, annualised_cost(schedule), by_days, early)
    except (NoRateError, ArithmeticError):
        raise BadInputError(text(args.language, "quote.error.no_rate")) from None


def _paid_early(asked: Asked, schedule: Schedule) -> tuple[Schedule, dict[str, str | int]]:
    """The schedule as it then runs, and what is paid; raises :class:`ValueError` for an amount that cannot be."""
    early = asked.prepayment
    if early is None:
        raise ValueError("nothing is paid early")
    if early.amount is None:
        payoff = payoff_quote(asked.plan, schedule, early.on)
        return settled(schedule, payoff), {
            "date": early.on.isoformat(),
            "amount": wire(payoff.amount),
            "principal": wire(payoff.outstanding),
            "days": payoff.days,
            "interest": wire(payoff.accrued),
            "interest_saved": wire(payoff.saved),
        }
    part = prepay(asked.plan, schedule, early.on, early.amount, early.choice)
    return part.after, {
        "date": early.on.isoformat(),
        "amount": wire(part.amount + part.accrued),
        "principal": wire(part.amount),
        "interest": wire(part.accrued),
        "choice": words_of(part.choice),
        "interest_saved": wire(part.saved),
    }


def _rows(schedule: Schedule) -> list[dict[str, str | int]]:
    return [
        {
            "no": row.no,
            "due": row.due.isoformat(),
            **{name: wire(getattr(row, name)) for name in _COLUMNS[2:]},
        }
        for row in schedule.rows
    ]


def _answer(quote: _Quote) -> dict[str, object]:
    plan, schedule, cost = quote.asked.plan, quote.schedule, quote.cost
    answer: dict[str, object] = {
        "principal": wire(schedule.principal),
        "received": wire(schedule.principal - schedule.upfront_fees),
        "months": plan.months,
        "method": words_of(plan.method),
        "annual_rate_pct": f"{plan.annual_rate_pct.quantize(_PLACES):f}",
        "interest": words_of(plan.day_count),
        "start": plan.disbursed.isoformat(),
        "rows": _rows(schedule),
        "totals": {
            "interest": wire(schedule.total_interest),
            "fees": wire(schedule.total_fees),
            "repayment": wire(schedule.total_repayment),
        },
        "rates": {
            **{
                name: f"{getattr(cost, name):f}"
                for name in ("simple_interest", "simple_fees", "simple_total", "nominal_irr", "effective_irr")
            },
            "effective_by_days": f"{quote.by_days:f}",
        },
        "fees": [
            {
                "name": item.fee.name,
                "amount": wire(item.fee.amount),
                "when": words_of(item.fee.timing),
                "date": item.fee.on.isoformat() if item.fee.on else None,
                "total": wire(item.total),
                "simple_annual_pct": f"{item.simple_annual_pct:f}",
            }
            for item in itemised_cost(schedule)
        ],
    }
    return answer if quote.early is None else {**answer, "prepayment": quote.early}


def _table(language: Language, quote: _Quote) -> list[str]:
    heading = [text(language, f"quote.column.{name}") for name in _COLUMNS]
    written, schedule, cost = forms(language), quote.schedule, quote.cost
    cells = [heading, *([str(row.no), written.day(row.due), *_figures(row)] for row in schedule.rows)]
    widths = [max(_width(row[index]) for row in cells) for index in range(len(_COLUMNS))]
    lines = ["  ".join(_right(cell, width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    totals = {"interest": schedule.total_interest, "fees": schedule.total_fees, "repayment": schedule.total_repayment}
    if quote.early is not None:
        totals["prepayment"] = Decimal(str(quote.early["amount"]))
        totals["interest_saved"] = Decimal(str(quote.early["interest_saved"]))
    summary = [
        (text(language, f"quote.total.{name}"), written.money(amount, places=2)) for name, amount in totals.items()
    ]
    summary += [
        (text(language, f"quote.rate.{name}"), written.percent(getattr(cost, name)))
        for name in ("simple_total", "nominal_irr", "effective_irr")
    ]
    width = max(_width(label) for label, _ in summary)
    aligned = [name + " " * (width - _width(name) + 2) + value for name, value in summary]
    return [text(language, "quote.unit"), *lines, "", *aligned]


def _figures(row: Instalment) -> list[str]:
    return [figure(getattr(row, name), places=2) for name in _COLUMNS[2:]]


def _width(cell: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in cell)


def _right(cell: str, width: int) -> str:
    return " " * (width - _width(cell)) + cell
