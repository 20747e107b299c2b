"""The cost table says what this machine computes, line by line, and nothing beside it."""

from dataclasses import replace

import pytest

from loanapp.domain.disclosure import ContingentItem, CostItem
from loanapp.domain.errors import ErrorCode
from loanapp.domain.localised import LocalisedText
from loanapp.guard.disclosures import check_disclosure
from loanapp.guard.refusal import GuardRefusal
from tests.loanapp.guard.offers_data import WORDS, D, disclosure, honest, with_row

OFFER = honest()
TABLE = disclosure(OFFER)
INTEREST = TABLE.items[0]
PENALTY = TABLE.contingent[0]


@pytest.mark.parametrize("offer", [OFFER, honest(fee="10.00", rate="10.00"), honest(rate="0.00"), honest(months=1)])
def test_an_honest_table_passes(offer):
    check_disclosure(disclosure(offer), offer)


def test_a_fee_line_of_nothing_passes():
    nothing = CostItem("fee", WORDS, WORDS, D("0.0000"), D("0.00"), WORDS)
    check_disclosure(replace(TABLE, items=(INTEREST, nothing)), OFFER)


LIES = [
    ({"principal": D("9000.00")}, "principal"),
    ({"months": 24}, "months"),
    ({"schedule": honest(rate="12.00").schedule}, "schedule"),
    ({"schedule": with_row(OFFER, 3, fees=D("1.00")).schedule}, "schedule"),
    ({"items": (replace(INTEREST, amount=D("1.00")),)}, "interest.amount"),
    ({"items": (replace(INTEREST, standard_annual_pct=D("7.90")),)}, "interest.rate"),
    ({"items": (INTEREST, CostItem("fee", WORDS, WORDS, D("1.00"), D("5.00"), WORDS))}, "fee.amount"),
    ({"items": (INTEREST, CostItem("fee", WORDS, WORDS, D("1.00"), D("0.00"), WORDS))}, "fee.rate"),
    ({"items": (INTEREST, replace(INTEREST, id="insurance"))}, "items"),
    ({"items": (INTEREST, INTEREST)}, "items"),
    ({"annualised_total_pct": D("7.90")}, "annualised_total"),
    ({"nominal_irr_pct": D("7.90")}, "nominal_irr"),
    ({"effective_irr_pct": D("14.40")}, "effective_irr"),
    ({"total_repayment": D("10000.00")}, "total_repayment"),
    ({"contingent": (replace(PENALTY, standard_annual_pct=D("1.00")),)}, "overdue_penalty"),
    ({"contingent": (PENALTY, ContingentItem("collection_fee", WORDS, D("9.00"), WORDS))}, "contingent"),
    ({"sha256": "0" * 64}, "sha256"),
    ({"raw": {"other": "words"}}, "sha256"),
    ({"raw": {"a": 1.5}}, "sha256"),
]
INCOMPLETE = [
    ({"items": ()}, "interest"),
    ({"contingent": ()}, "overdue_penalty"),
    ({"schedule": replace(TABLE.schedule, rows=())}, "schedule"),
    ({"lender": LocalisedText("", "")}, "lender"),
    ({"nothing_else": LocalisedText(" ", "nothing")}, "nothing_else"),
    ({"items": (replace(INTEREST, way=LocalisedText("", "monthly")),)}, "items"),
    ({"items": (replace(INTEREST, party=LocalisedText("", "")),)}, "items"),
    ({"contingent": (replace(PENALTY, party=LocalisedText("某", "")),)}, "contingent"),
]


@pytest.mark.parametrize(("changes", "what"), INCOMPLETE)
def test_a_table_that_lacks_something_is_refused_by_its_own_reason(changes, what):
    with pytest.raises(GuardRefusal) as caught:
        check_disclosure(replace(TABLE, **changes), OFFER)
    assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_TABLE_INCOMPLETE, what)


@pytest.mark.parametrize(("changes", "what"), LIES)
def test_every_other_table_is_refused_at_the_line(changes, what):
    with pytest.raises(GuardRefusal) as caught:
        check_disclosure(replace(TABLE, **changes), OFFER)
    assert caught.value.code is ErrorCode.GUARD_DISCLOSURE_DIFFERS
    assert caught.value.what == what


def test_a_fee_the_table_forgets_is_found():
    offer = honest(fee="10.00", rate="10.00")
    table = disclosure(offer)
    with pytest.raises(GuardRefusal) as caught:
        check_disclosure(replace(table, items=table.items[:1]), offer)
    assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_FEE_NOT_IN_TABLE, "fee")
