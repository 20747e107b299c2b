"""The all-in yearly cost of a loan (年化综合融资成本): by internal rate of return and by the itemised simple method."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from loanapp.domain.money import ZERO
from loanapp.domain.schedule import Schedule

_PRECISION = 50
_PERCENT_PLACES = Decimal("0.0001")
_MONTHS_A_YEAR = 12
_TOLERANCE = Decimal("1e-30")


class NoRateError(ValueError):
    """The cash flows have no internal rate of return above -100 %."""


@dataclass(frozen=True, slots=True)
class AnnualisedCost:
    """Yearly percentages with four decimals.

    ``nominal_irr``: twelve times the monthly rate of return; ``effective_irr``: compounded;
    ``simple_interest`` and ``simple_fees``: each item over the principal actually occupied
    (PBOC announcement 2021 No. 3), ``simple_total`` their sum. The larger of ``nominal_irr`` and ``simple_total``
    is held against the cap.
    """

    nominal_irr: Decimal
    effective_irr: Decimal
    simple_interest: Decimal
    simple_fees: Decimal
    simple_total: Decimal

    @property
    def headline(self) -> Decimal:
        """The figure held against the cap: the larger of the two methods."""
        return max(self.nominal_irr, self.simple_total)


def monthly_irr(flows: Sequence[Decimal]) -> Decimal:
    """The rate a month at which ``flows`` (one a month, money received positive, paid negative) discount to zero.

    Newton's method from the simple rate, guarded by bisection. Raises :class:`NoRateError` when there is none.
    """
    with localcontext() as context:
        context.prec = _PRECISION
        low, high = Decimal("-0.99"), Decimal(10)
        if not _present_value(flows, low) <= 0 <= _present_value(flows, high):
            raise NoRateError
        rate = Decimal("0.01")
        for _ in range(200):
            value = _present_value(flows, rate)
            low, high = (rate, high) if value < 0 else (low, rate)
            slope = sum(
                (-Decimal(period) * flow / (1 + rate) ** (period + 1) for period, flow in enumerate(flows)),
                Decimal(0),
            )
            following = rate - value / slope if slope else (low + high) / 2
            if not low <= following <= high:
                following = (low + high) / 2
            if abs(following - rate) < _TOLERANCE:
                return following
            rate = following
        raise NoRateError


def _present_value(flows: Sequence[Decimal], rate: Decimal) -> Decimal:
    factor, step, total = Decimal(1), 1 / (1 + rate), Decimal(0)
    for flow in flows:
        total += flow * factor
        factor *= step
    return total


def annualised_cost(schedule: Schedule, received: Decimal | None = None) -> AnnualisedCost:
    """Annualise a monthly schedule; ``received`` is the money paid out when it is not the whole principal."""
    received = schedule.principal if received is None else received
    flows = [received, *(-(row.payment + row.fees) for row in schedule.rows)]
    with localcontext() as context:
        context.prec = _PRECISION
        rate = monthly_irr(flows)
        occupied, balance = ZERO, schedule.principal
        for row in schedule.rows:
            occupied += balance
            balance = row.balance
        per_year = Decimal(100 * _MONTHS_A_YEAR)
        interest = schedule.total_interest / occupied * per_year
        fees = schedule.total_fees / occupied * per_year
        return AnnualisedCost(
            nominal_irr=_percent(rate * per_year),
            effective_irr=_percent(((1 + rate) ** _MONTHS_A_YEAR - 1) * 100),
            simple_interest=_percent(interest),
            simple_fees=_percent(fees),
            simple_total=_percent(interest + fees),
        )


def _percent(value: Decimal) -> Decimal:
    return value.quantize(_PERCENT_PLACES, rounding=ROUND_HALF_UP)
