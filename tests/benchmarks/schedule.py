"""A schedule and its yearly cost in exact cents, against the same sums in floating point."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.schedule import equal_instalment_schedule

MONTHS = (12, 60)

START = date(2026, 12, 5)


def exact(months: int) -> object:
    """What the page works out at each move of a slider."""
    return annualised_cost(equal_instalment_schedule(Decimal(10000), Decimal("14.40"), months, START))


def floating(months: int) -> object:
    """The same sums without cents, and the rate by the same number of Newton's steps."""
    rate, balance, rows = 0.144 / 12, 10000.0, []
    payment = balance * rate / (1 - (1 + rate) ** -months)
    for _ in range(months):
        interest = balance * rate
        balance -= payment - interest
        rows.append((payment, interest, balance))
    guess = 0.01
    for _ in range(8):
        value = 10000 - sum(payment / (1 + guess) ** period for period in range(1, months + 1))
        slope = sum(period * payment / (1 + guess) ** (period + 1) for period in range(1, months + 1))
        guess -= value / slope
    return rows, guess


def _median_ms(work: Callable[[int], object], months: int, runs: int = 200) -> float:
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        work(months)
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Milliseconds for a year and for five: the budget for sixty instalments is 3 ms."""
    for months in MONTHS:
        yield f"schedule.{months}_months", _median_ms(exact, months), "ms", _median_ms(floating, months)
