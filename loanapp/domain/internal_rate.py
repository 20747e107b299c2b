"""Internal rates of return in fifty digits: by the month, or by days.

Newton's method, started from the answer in floating point and held between two bounds; where floating point gives
none, bisection finds the way.
"""

import math
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Final

_PRECISION: Final = 50
_TOLERANCE: Final = Decimal("1e-30")
_LOWEST: Final = Decimal("-0.99")
_HIGHEST_A_MONTH: Final = Decimal(10)
_HIGHEST_A_YEAR: Final = Decimal(10) ** 9
_USUAL_RATE: Final = 0.01
_STEPS: Final = 400
_YEAR_DAYS: Final = 365

_Curve = Callable[[Decimal], tuple[Decimal, Decimal]]
TimedFlow = tuple[Decimal, Decimal]
"""When (in periods from payout) and how much (yuan; received positive, paid negative)."""


class NoRateError(ValueError):
    """The cash flows have no internal rate of return above -99 %."""


def monthly_irr(flows: Sequence[Decimal]) -> Decimal:
    """The rate a month at which ``flows`` (one a month, received positive, paid negative) discount to zero.

    Raises :class:`NoRateError` when there is none from -99 % to 1000 %.
    """

    def curve(rate: Decimal) -> tuple[Decimal, Decimal]:
        # Horner's scheme in the discount factor: value and derivative in one pass.
        factor = 1 / (1 + rate)
        value = slope = Decimal(0)
        for flow in reversed(flows):
            slope = slope * factor + value
            value = value * factor + flow
        return value, -slope * factor * factor

    floats = [float(flow) for flow in flows]
    return _root(curve, _guess(list(enumerate(floats))), _HIGHEST_A_MONTH)


def rate_of_return(flows: Sequence[TimedFlow], highest: Decimal = _HIGHEST_A_MONTH) -> Decimal:
    """The rate a period at which ``flows`` at any times, whole or not, discount to zero.

    Raises :class:`NoRateError` when there is none from -99 % to ``highest``.
    """

    def curve(rate: Decimal) -> tuple[Decimal, Decimal]:
        factor = 1 / (1 + rate)
        value = slope = Decimal(0)
        for time, flow in flows:
            present = flow * factor**time
            value += present
            slope -= time * present
        return value, slope * factor

    return _root(curve, _guess([(float(time), float(flow)) for time, flow in flows]), highest)


def yearly_irr(flows: Sequence[tuple[date, Decimal]]) -> Decimal:
    """The effective rate a year of dated flows, by actual days over 365; raises :class:`NoRateError`."""
    first = flows[0][0]
    with localcontext() as context:
        context.prec = _PRECISION
        timed = [(Decimal((day - first).days) / _YEAR_DAYS, flow) for day, flow in flows]
        return rate_of_return(timed, _HIGHEST_A_YEAR)


def _guess(flows: Sequence[tuple[float, float]]) -> float:
    """Newton's method in floating point; the usual rate of a loan where that leads nowhere."""
    rate = _USUAL_RATE
    try:
        for _ in range(50):
            presents = [(time, flow * (1 + rate) ** -time) for time, flow in flows]
            value = sum(present for _, present in presents)
            slope = -sum(time * present for time, present in presents) / (1 + rate)
            step = value / slope
            rate -= step
            if not -0.99 < rate < 1e6:
                return _USUAL_RATE
            if abs(step) < 1e-13:
                break
    except (OverflowError, ZeroDivisionError):
        return _USUAL_RATE
    return rate if math.isfinite(rate) else _USUAL_RATE


def _root(curve: _Curve, guess: float, highest: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _PRECISION
        low, high = _LOWEST, highest
        if not curve(low)[0] <= 0 <= curve(high)[0]:
            raise NoRateError
        rate = min(max(Decimal(guess), low), high)
        for _ in range(_STEPS):
            value, slope = curve(rate)
            low, high = (rate, high) if value < 0 else (low, rate)
            following = rate - value / slope if slope else (low + high) / 2
            if not low <= following <= high:
                following = (low + high) / 2
            if abs(following - rate) < _TOLERANCE:
                return following
            rate = following
        raise NoRateError
