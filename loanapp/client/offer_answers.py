"""Offer and cost disclosure as the lender states them: read, not yet believed (the guard recomputes them)."""

from dataclasses import dataclass
from decimal import Decimal

from loanapp.client.reading import JsonObject
from loanapp.domain.annualised_cost import AnnualisedCost
from loanapp.domain.disclosure import ContingentItem, CostDisclosure, CostItem
from loanapp.domain.localised import LocalisedText
from loanapp.domain.offer import LoanTerms, Offer
from loanapp.domain.schedule import Instalment, RepaymentMethod, Schedule


@dataclass(frozen=True, slots=True)
class StatedTotals:
    """The sums an offer states, in yuan."""

    interest: Decimal
    fees: Decimal
    repayment: Decimal


def read_instalment(answer: JsonObject) -> Instalment:
    """One row of a schedule."""
    return Instalment(
        no=answer.count("no"),
        due=answer.day("due"),
        payment=answer.decimal("payment"),
        principal=answer.decimal("principal"),
        interest=answer.decimal("interest"),
        fees=answer.decimal("fees"),
        balance=answer.decimal("balance"),
    )


def read_offer(answer: JsonObject) -> Offer:
    """An offer with every figure it states."""
    terms, cost = answer.inner("terms"), answer.inner("cost")
    amount, months, method = terms.decimal("amount"), terms.count("months"), terms.member("method", RepaymentMethod)
    return Offer(
        offer_id=answer.text("offer_id"),
        terms=LoanTerms(amount, months, method),
        annual_rate_pct=answer.decimal("annual_rate_pct"),
        fee_per_instalment=answer.decimal("fee_per_instalment"),
        fee_before_payout=answer.decimal("fee_before_payout"),
        penalty_annual_pct=answer.decimal("penalty_annual_pct"),
        payout=answer.decimal("payout"),
        schedule=Schedule.stated(method, months, amount, answer.objects("schedule", read_instalment)),
        cost=AnnualisedCost(
            nominal_irr=cost.decimal("nominal_irr"),
            effective_irr=cost.decimal("effective_irr"),
            simple_interest=cost.decimal("simple_interest"),
            simple_fees=cost.decimal("simple_fees"),
            simple_total=cost.decimal("simple_total"),
        ),
        valid_until=answer.moment("valid_until"),
    )


def read_totals(answer: JsonObject) -> StatedTotals:
    """The stated sums."""
    return StatedTotals(answer.decimal("interest"), answer.decimal("fees"), answer.decimal("repayment"))


def read_disclosure(answer: JsonObject) -> CostDisclosure:
    """The cost table with its hash."""
    table = answer.inner("disclosure")
    principal = table.decimal("principal")
    method, months = table.member("method", RepaymentMethod), table.count("months")
    return CostDisclosure(
        lender=read_name(table, "lender"),
        principal=principal,
        method=method,
        months=months,
        items=table.objects("items", _cost_item),
        annualised_total_pct=table.decimal("annualised_total_pct"),
        nominal_irr_pct=table.decimal("nominal_irr_pct"),
        effective_irr_pct=table.decimal("effective_irr_pct"),
        total_repayment=table.decimal("total_repayment"),
        contingent=table.objects("contingent", _contingent_item),
        nothing_else=table.localised("nothing_else"),
        schedule=Schedule.stated(method, months, principal, table.objects("schedule", read_instalment)),
        raw=table.raw(),
        sha256=answer.text("sha256"),
    )


def read_name(answer: JsonObject, name: str) -> LocalisedText:
    """A name in both languages, or one for both."""
    if isinstance(answer.raw().get(name), str):
        return LocalisedText(answer.text(name), answer.text(name))
    return answer.localised(name)


def _cost_item(answer: JsonObject) -> CostItem:
    return CostItem(
        id=answer.text("id"),
        name=answer.localised("name"),
        way=answer.localised("way"),
        standard_annual_pct=answer.decimal("standard_annual_pct"),
        amount=answer.decimal("amount"),
        party=read_name(answer, "party"),
    )


def _contingent_item(answer: JsonObject) -> ContingentItem:
    return ContingentItem(
        id=answer.text("id"),
        name=answer.localised("name"),
        standard_annual_pct=answer.decimal("standard_annual_pct"),
        party=read_name(answer, "party"),
    )
