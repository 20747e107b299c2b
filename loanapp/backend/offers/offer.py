"""An offer: schedule, all-in cost, validity."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from loanapp.backend.policy.models import Limits, Product
from loanapp.backend.store.tables import Application
from loanapp.domain.annualised_cost import AnnualisedCost, annualised_cost
from loanapp.domain.clock import CHINA
from loanapp.domain.money import wire
from loanapp.domain.schedule import Instalment, RepaymentMethod, RepaymentPlan, Schedule, loan_schedule


def make_offer(application: Application, product: Product, limits: Limits, now: datetime) -> dict[str, Any]:
    """The offer in its wire form, as it is stored and served.

    The schedule counts from the day of the offer in China. Raises :class:`ValueError` when the cost is over the cap,
    which the check of the policies rules out.
    """
    start = now.astimezone(CHINA).date()
    schedule = loan_schedule(
        application.amount,
        product.annual_rate_pct,
        application.months,
        application.method,
        start,
        fee_per_instalment=product.fee_per_instalment,
    )
    payout = schedule.principal - product.fee_before_payout
    cost = annualised_cost(schedule, payout)
    if cost.headline > limits.cost_cap_pct.value:
        raise ValueError("the offer would cost more than the cap")
    valid_until = now + timedelta(hours=float(limits.offer_valid_hours.value))
    return {
        "offer_id": str(uuid.uuid4()),
        "start": start.isoformat(),
        "terms": {
            "amount": wire(application.amount),
            "months": application.months,
            "method": application.method.value,
        },
        "annual_rate_pct": f"{product.annual_rate_pct:f}",
        "fee_per_instalment": wire(product.fee_per_instalment),
        "fee_before_payout": wire(product.fee_before_payout),
        "penalty_annual_pct": f"{product.penalty_annual_pct:f}",
        "payout": wire(payout),
        "schedule": [wire_row(row) for row in schedule.rows],
        "totals": {
            "interest": wire(schedule.total_interest),
            "fees": wire(schedule.total_fees),
            "repayment": wire(schedule.total_repayment),
        },
        "cost": {
            "nominal_irr": f"{cost.nominal_irr:f}",
            "effective_irr": f"{cost.effective_irr:f}",
            "simple_interest": f"{cost.simple_interest:f}",
            "simple_fees": f"{cost.simple_fees:f}",
            "simple_total": f"{cost.simple_total:f}",
        },
        "valid_until": valid_until.isoformat(),
    }


def wire_row(row: Instalment) -> dict[str, Any]:
    """One instalment as it crosses the wire."""
    return {
        "no": row.no,
        "due": row.due.isoformat(),
        "payment": wire(row.payment),
        "principal": wire(row.principal),
        "interest": wire(row.interest),
        "fees": wire(row.fees),
        "balance": wire(row.balance),
    }


def rows_from(offer: dict[str, Any], disbursed: date) -> list[dict[str, Any]]:
    """The rows of a stored offer with their days counted from the day of payout, as the contract says."""
    terms = offer["terms"]
    amount, method = Decimal(terms["amount"]), RepaymentMethod(terms["method"])
    dates = RepaymentPlan(amount, Decimal(offer["annual_rate_pct"]), terms["months"], method, disbursed).due_dates()
    return [{**row, "due": due.isoformat()} for row, due in zip(offer["schedule"], dates, strict=True)]


def offer_schedule(offer: dict[str, Any]) -> Schedule:
    """The schedule of a stored offer."""
    rows = tuple(
        Instalment(
            no=row["no"],
            due=date.fromisoformat(row["due"]),
            payment=Decimal(row["payment"]),
            principal=Decimal(row["principal"]),
            interest=Decimal(row["interest"]),
            fees=Decimal(row["fees"]),
            balance=Decimal(row["balance"]),
        )
        for row in offer["schedule"]
    )
    terms = offer["terms"]
    return Schedule.stated(RepaymentMethod(terms["method"]), terms["months"], Decimal(terms["amount"]), rows)


def offer_cost(offer: dict[str, Any]) -> AnnualisedCost:
    """The all-in cost of a stored offer."""
    return AnnualisedCost(**{name: Decimal(value) for name, value in offer["cost"].items()})
