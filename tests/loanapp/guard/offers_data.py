"""Honest offers, and what a dishonest lender might make of them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.disclosure import ContingentItem, CostDisclosure, CostItem
from loanapp.domain.localised import LocalisedText
from loanapp.domain.offer import LoanTerms, Offer
from loanapp.domain.schedule import RepaymentMethod, loan_schedule
from loanapp.proof.canonical_json import canonical_sha256

TODAY = date(2026, 11, 22)
D = Decimal
WORDS = LocalisedText("某", "some")


EVEN = RepaymentMethod.EQUAL_INSTALMENT


def honest(amount="10000.00", months=12, rate="14.40", fee="0.00", day=TODAY, penalty="21.60", method=EVEN):
    terms = LoanTerms(D(amount), months, method)
    schedule = loan_schedule(terms.amount, D(rate), months, method, day, fee_per_instalment=D(fee))
    return Offer(
        offer_id="of-1",
        terms=terms,
        annual_rate_pct=D(rate),
        fee_per_instalment=D(fee),
        fee_before_payout=D("0.00"),
        penalty_annual_pct=D(penalty),
        payout=terms.amount,
        schedule=schedule,
        cost=annualised_cost(schedule),
        valid_until=datetime(2026, 11, 23, tzinfo=UTC),
    )


def with_row(offer, number, **changes):
    rows = tuple(replace(row, **changes) if row.no == number else row for row in offer.schedule.rows)
    return replace(offer, schedule=replace(offer.schedule, rows=rows))


def with_rows(offer, rows):
    return replace(offer, schedule=replace(offer.schedule, rows=tuple(rows)))


def with_cost(offer, **changes):
    return replace(offer, cost=replace(offer.cost, **changes))


def disclosure(offer, **changes):
    """The honest table of an offer, with ``changes``; its hash is of what it says unless changed too."""
    own = annualised_cost(offer.schedule)
    items = [CostItem("interest", WORDS, WORDS, own.simple_interest, offer.schedule.total_interest, WORDS)]
    if offer.schedule.total_fees:
        items.append(CostItem("fee", WORDS, WORDS, own.simple_fees, offer.schedule.total_fees, WORDS))
    raw = {"principal": str(offer.terms.amount), "of": offer.offer_id}
    table = CostDisclosure(
        lender=WORDS,
        principal=offer.terms.amount,
        method=offer.terms.method,
        months=offer.terms.months,
        items=tuple(items),
        annualised_total_pct=own.simple_total,
        nominal_irr_pct=own.nominal_irr,
        effective_irr_pct=own.effective_irr,
        total_repayment=offer.schedule.total_repayment,
        contingent=(ContingentItem("overdue_penalty", WORDS, offer.penalty_annual_pct, WORDS),),
        nothing_else=WORDS,
        schedule=offer.schedule,
        raw=raw,
        sha256=canonical_sha256(raw),
    )
    return replace(table, **changes)
