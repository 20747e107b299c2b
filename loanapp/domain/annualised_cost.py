"""The all-in yearly cost of a loan (年化综合融资成本): by internal rate of return and by the itemised simple method."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from loanapp.domain.fees import Fee, FeeTiming
from loanapp.domain.interest import MONTHS_A_YEAR
from loanapp.domain.internal_rate import TimedFlow, monthly_irr, rate_of_return, yearly_irr
from loanapp.domain.money import ZERO
from loanapp.domain.schedule import Schedule, due_dates

_PRECISION: Final = 50
_PERCENT_PLACES: Final = Decimal("0.0001")
_PER_YEAR: Final = Decimal(100 * MONTHS_A_YEAR)


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


@dataclass(frozen=True, slots=True)
class ItemCost:
    """One fee over the whole loan: yuan, and percent a year of the principal occupied."""

    fee: Fee
    total: Decimal
    simple_annual_pct: Decimal


def annualised_cost(schedule: Schedule, received: Decimal | None = None) -> AnnualisedCost:
    """Annualise a schedule of months; ``received`` is the money paid out, where it is not principal less upfront fees.

    Raises :class:`NoRateError` where no rate explains the payments.
    """
    received = schedule.principal - schedule.upfront_fees if received is None else received
    with localcontext() as context:
        context.prec = _PRECISION
        times = _times(schedule)
        rate = _monthly_rate(schedule, received, times)
        occupied = _occupied(schedule, times)
        interest = schedule.total_interest / occupied * _PER_YEAR
        fees = schedule.total_fees / occupied * _PER_YEAR
        return AnnualisedCost(
            nominal_irr=_percent(rate * _PER_YEAR),
            effective_irr=_percent(((1 + rate) ** MONTHS_A_YEAR - 1) * 100),
            simple_interest=_percent(interest),
            simple_fees=_percent(fees),
            simple_total=_percent(interest + fees),
        )


def itemised_cost(schedule: Schedule) -> tuple[ItemCost, ...]:
    """Each named fee by itself, by the simple method; fees on an event cost nothing while it does not come."""
    with localcontext() as context:
        context.prec = _PRECISION
        occupied = _occupied(schedule, _times(schedule))
        items = []
        for fee in schedule.fees:
            times = {FeeTiming.PER_INSTALMENT: _instalments(schedule), FeeTiming.ON_EVENT: 0}.get(fee.timing, 1)
            total = fee.amount * times
            items.append(ItemCost(fee, total, _percent(total / occupied * _PER_YEAR)))
        return tuple(items)


def effective_by_days(schedule: Schedule, disbursed: date, received: Decimal | None = None) -> Decimal:
    """The effective yearly percentage by the actual days of payment (XIRR, 365 days); raises :class:`NoRateError`."""
    received = schedule.principal - schedule.upfront_fees if received is None else received
    return _percent(yearly_irr([(disbursed, received), *((day, -paid) for day, paid in payments(schedule))]) * 100)


def payments(schedule: Schedule) -> list[tuple[date, Decimal]]:
    """What is paid on which day after the payout, each fee on its own day."""
    dated = [
        (fee.on, fee.amount)
        for fee in schedule.fees
        if fee.on is not None and schedule.disbursed is not None and fee.on > schedule.disbursed
    ]
    paid, counted = list(dated), ZERO
    for row in schedule.rows:
        come = sum((amount for day, amount in dated if day <= row.due), ZERO)
        apart = min(come - counted, row.fees)
        counted += apart
        paid.append((row.due, row.total - apart))
    return paid


def _instalments(schedule: Schedule) -> int:
    """How many rows are instalments; what was paid early between two of them is none."""
    if schedule.disbursed is None:
        return len(schedule.rows)
    usual = set(due_dates(schedule.disbursed, schedule.months))
    return sum(row.due in usual for row in schedule.rows)


def _times(schedule: Schedule) -> list[Decimal]:
    """When each row is paid, in months from the payout."""
    usual = [Decimal(no * schedule.months_per_row) for no in range(1, len(schedule.rows) + 1)]
    start = schedule.disbursed
    if start is None:
        return usual
    regular = due_dates(start, schedule.months)[schedule.months_per_row - 1 :: schedule.months_per_row]
    if tuple(row.due for row in schedule.rows) == regular:
        return usual
    return [months_until(start, row.due) for row in schedule.rows]


def _occupied(schedule: Schedule, times: Sequence[Decimal]) -> Decimal:
    """Yuan times months during which they were owed."""
    occupied, balance, opening = ZERO, schedule.principal, Decimal(0)
    for row, time in zip(schedule.rows, times, strict=True):
        occupied += balance * (time - opening)
        balance, opening = row.balance, time
    return occupied


def _monthly_rate(schedule: Schedule, received: Decimal, times: Sequence[Decimal]) -> Decimal:
    start = schedule.disbursed
    dated = start is not None and any(fee.timing is FeeTiming.ON_DATE for fee in schedule.fees)
    if start is not None and (dated or any(time % 1 for time in times)):
        later: list[TimedFlow] = [(months_until(start, day), -paid) for day, paid in payments(schedule)]
        return rate_of_return([(Decimal(0), received), *later])
    flows = [received, *([ZERO] * int(times[-1]))]
    for row, time in zip(schedule.rows, times, strict=True):
        flows[int(time)] -= row.total
    return monthly_irr(flows)


def months_until(start: date, day: date) -> Decimal:
    """How many months from ``start`` to ``day``: whole ones, and the days of the last one over its length."""
    whole = max(0, (day.year - start.year) * MONTHS_A_YEAR + day.month - start.month - 1)
    dates = (start, *due_dates(start, whole + 2))
    position = max(index for index, reached in enumerate(dates) if reached <= day)
    opening, closing = dates[position], due_dates(start, position + 1)[-1]
    return position + Decimal((day - opening).days) / (closing - opening).days


def _percent(value: Decimal) -> Decimal:
    return value.quantize(_PERCENT_PLACES, rounding=ROUND_HALF_UP)
