"""``loanapp quote``: every instalment and the yearly cost of a loan, to the cent."""

import argparse
import json
import sys
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from unicodedata import east_asian_width

from loanapp.commands.language import Language, forms, text
from loanapp.domain.annualised_cost import AnnualisedCost, annualised_cost
from loanapp.domain.clock import CHINA
from loanapp.domain.money import ZERO, parse_money, wire
from loanapp.domain.schedule import Instalment, RepaymentMethod, Schedule, equal_instalment_schedule
from loanapp.domain.written_forms import figure

# Bounds of a calculator, not of a product: wide enough for any consumer loan, narrow enough to catch a slip.
_PRINCIPAL: Final = (Decimal("0.01"), Decimal("100000000.00"))
_MONTHS: Final = (1, 480)
_RATE: Final = (Decimal(0), Decimal(1000))
_LATEST_START: Final = date(9000, 1, 1)
_COLUMNS: Final = ("no", "due", "payment", "principal", "interest", "fees", "balance")
_EXIT_BAD_INPUT: Final = 2


class _BadInputError(ValueError):
    """One argument is not usable; ``sentence`` says so in the language of the system."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence: Final = sentence


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the loan's figures; they are read by :func:`run`, which can say what is wrong with them."""
    methods = tuple(method.value.replace("_", "-") for method in RepaymentMethod)
    for name in ("principal", "months", "rate"):
        parser.add_argument(f"--{name}", required=True, metavar="N", help=text(language, f"quote.help.{name}"))
    parser.add_argument("--method", choices=methods, default=methods[0], help=text(language, "quote.help.method"))
    parser.add_argument("--fee", default="0", metavar="N", help=text(language, "quote.help.fee"))
    parser.add_argument("--start", metavar="YYYY-MM-DD", help=text(language, "quote.help.start"))
    parser.add_argument("--json", action="store_true", help=text(language, "help.json"))


def run(args: argparse.Namespace) -> int:
    """Print the schedule; exit code 2 with one clear sentence for each figure that cannot be."""
    try:
        schedule = _schedule(args)
    except _BadInputError as error:
        print(error.sentence, file=sys.stderr)
        return _EXIT_BAD_INPUT
    cost = annualised_cost(schedule)
    if args.json:
        print(json.dumps(_answer(args, schedule, cost), indent=2))
    else:
        print("\n".join(_table(args.language, schedule, cost)))
    return 0


def _schedule(args: argparse.Namespace) -> Schedule:
    language: Language = args.language
    principal = _number(language, "principal", args.principal, _PRINCIPAL, money=True)
    rate = _number(language, "rate", args.rate.strip().removesuffix("%"), _RATE)
    fee = _number(language, "fee", args.fee, (ZERO, principal), money=True)
    return equal_instalment_schedule(principal, rate, _months(language, args.months), _start(language, args.start), fee)


def _number(
    language: Language, name: str, given: str, bounds: tuple[Decimal, Decimal], *, money: bool = False
) -> Decimal:
    try:
        value = parse_money(given) if money else Decimal(given)
    except (ValueError, InvalidOperation):
        value = Decimal("NaN")
    if not value.is_finite() or not bounds[0] <= value <= bounds[1]:
        shown = forms(language).money if money else str
        raise _BadInputError(
            text(language, f"quote.error.{name}", minimum=shown(bounds[0]), maximum=shown(bounds[1]), value=given)
        )
    return value


def _months(language: Language, given: str) -> int:
    months = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
    if not _MONTHS[0] <= months <= _MONTHS[1]:
        raise _BadInputError(text(language, "quote.error.months", minimum=_MONTHS[0], maximum=_MONTHS[1], value=given))
    return months


def _start(language: Language, given: str | None) -> date:
    if given is None:
        return datetime.now(CHINA).date()
    try:
        start = date.fromisoformat(given)
    except ValueError:
        start = date.max
    if start > _LATEST_START:
        raise _BadInputError(text(language, "quote.error.start", maximum=_LATEST_START, value=given))
    return start


def _rows(schedule: Schedule) -> list[dict[str, str | int]]:
    return [
        {
            "no": row.no,
            "due": row.due.isoformat(),
            **{name: wire(getattr(row, name)) for name in _COLUMNS[2:]},
        }
        for row in schedule.rows
    ]


def _answer(args: argparse.Namespace, schedule: Schedule, cost: AnnualisedCost) -> dict[str, object]:
    return {
        "principal": wire(schedule.principal),
        "months": len(schedule.rows),
        "method": args.method,
        "annual_rate_pct": args.rate.strip().removesuffix("%"),
        "rows": _rows(schedule),
        "totals": {
            "interest": wire(schedule.total_interest),
            "fees": wire(schedule.total_fees),
            "repayment": wire(schedule.total_repayment),
        },
        "rates": {
            name: f"{getattr(cost, name):f}"
            for name in ("simple_interest", "simple_fees", "simple_total", "nominal_irr", "effective_irr")
        },
    }


def _table(language: Language, schedule: Schedule, cost: AnnualisedCost) -> list[str]:
    heading = [text(language, f"quote.column.{name}") for name in _COLUMNS]
    written = forms(language)
    cells = [heading, *([str(row.no), written.day(row.due), *_figures(row)] for row in schedule.rows)]
    widths = [max(_width(row[index]) for row in cells) for index in range(len(_COLUMNS))]
    lines = ["  ".join(_right(cell, width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    totals = {"interest": schedule.total_interest, "fees": schedule.total_fees, "repayment": schedule.total_repayment}
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
