"""One demonstration lender, one borrower and one contract signed by both, made once for all tests of this folder."""

from dataclasses import dataclass

import pytest

from loanapp.backend.contracts import ContractData, render_contract
from loanapp.proof.pdf_signature import prepare
from tests.loanapp.proof import parties as made
from tests.loanapp.proof.parties import MADE_AT, Parties


@dataclass(frozen=True)
class Contract:
    """A contract at each stage of its life."""

    data: ContractData
    rendered: bytes
    prepared: bytes
    borrower_signed: bytes
    complete: bytes


@pytest.fixture(scope="session")
def make_parties():
    return Parties.make


@pytest.fixture(scope="session")
def parties():
    return Parties.make(MADE_AT)


@pytest.fixture(scope="session")
def contract_data():
    return made.contract_data()


@pytest.fixture(scope="session")
def contract(parties, contract_data):
    rendered = render_contract(contract_data)
    prepared = prepare(rendered)
    borrower_signed = parties.sign(prepared)
    return Contract(contract_data, rendered, prepared, borrower_signed, parties.countersign(borrower_signed))
