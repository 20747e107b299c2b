"""Nothing a loan contract has to say is missing from ours, neither for machines nor on its pages."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loanapp.backend.contracts import LoanPrimeRate, contract_facts, render_contract
from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.schedule import RepaymentMethod, loan_schedule
from loanapp.proof.contract_facts import read_facts, visible_text
from tests.loanapp.proof.contract_variables import VARIABLES, missing

D = Decimal
FEES = ["0.00", "6.00"]


def data(contract, method, fee, **changes):
    schedule = loan_schedule(D("12000.00"), D("9.6"), 12, method, date(2026, 11, 22), fee_per_instalment=D(fee))
    changes = {"free_return_hours": 24, **changes}
    return replace(
        contract.data,
        method=method,
        annual_rate_pct=D("9.6"),
        penalty_annual_pct=D("14.4"),
        schedule=schedule,
        payout=schedule.principal,
        cost=annualised_cost(schedule),
        **changes,
    )


@pytest.mark.parametrize("fee", FEES)
@pytest.mark.parametrize("method", RepaymentMethod)
def test_every_variable_is_a_fact_and_on_the_pages(contract, method, fee):
    pdf = render_contract(data(contract, method, fee))
    assert list(missing(read_facts(pdf), visible_text(pdf))) == []


def test_what_a_loan_may_have_beside_is_a_fact_and_on_the_pages(contract):
    prime = LoanPrimeRate(annual_rate_pct=D("3.10"), published=date(2026, 11, 20))
    more = data(contract, RepaymentMethod.EQUAL_PRINCIPAL, "0.00", misuse_annual_pct=D("18.0"), prime_rate=prime)
    pdf = render_contract(more)
    facts = read_facts(pdf)
    assert list(missing(facts, visible_text(pdf))) == []
    assert facts["prime_rate"] == {"annual_rate_pct": "3.10", "published": "2026-11-20", "basis_points": "650"}


@pytest.mark.parametrize("name", VARIABLES)
def test_the_list_notices_what_is_left_out(contract, name):
    whole = data(contract, RepaymentMethod.EQUAL_INSTALMENT, "6.00")
    facts = contract_facts(whole)
    found = list(missing(facts, ""))
    assert any(line.startswith(f"{name}: ") for line in found)
    top = VARIABLES[name][0].split(".")[0]
    less = {key: value for key, value in facts.items() if key != top}
    assert f"{name}: no fact" in missing(less, visible_text(contract.rendered))
