"""A schedule and its yearly cost in exact cents, against the same sums in floating point."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.schedule import equal_instalment_schedule

START = date(2026, 12, 5)


def exact() -> object:
    """What the page works out at each move of a slider."""
    return annualised_cost(equal_instalment_schedule(Decimal(10000), Decimal("14.40"), 12, START))


def floating() -> object:
    """The same sums without cents, and the rate by the same number of Newton's steps."""
    rate, balance, rows = 0.144 / 12, 10000.0, []
    payment = balance * rate / (1 - (1 + rate) ** -12)
    for _ in range(12):
        interest = balance * rate
        balance -= payment - interest
        rows.append((payment, interest, balance))
    guess = 0.01
    for _ in range(8):
        value = 10000 - sum(payment / (1 + guess) ** period for period in range(1, 13))
        slope = sum(period * payment / (1 + guess) ** (period + 1) for period in range(1, 13))
        guess -= value / slope
    return rows, guess


def _median_ms(work: Callable[[], object], runs: int = 200) -> float:
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Milliseconds for twelve instalments."""
    yield "schedule.twelve_months", _median_ms(exact), "ms", _median_ms(floating)
