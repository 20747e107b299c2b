"""The bank's statement of a day against the loans of that day."""

from datetime import timedelta
from decimal import Decimal

import pytest

from loanapp.backend.adapters.ports import StatementLine
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.origination.reconciliation import Difference, main, reconcile
from loanapp.backend.store.tables import Loan
from loanapp.domain.clock import CHINA


@pytest.fixture(scope="module")
def lent(lender, http, clock):
    from tests.loanapp.backend.walk import Walker

    one = Walker(http, phone="13955550091")
    one.borrow(clock)
    return one


@pytest.fixture
def stated(lender, lent, monkeypatch):
    """``stated(**changes)``: the differences of a day whose statement holds this loan's line, changed."""
    with lender.services.database.read() as session:
        loan = session.get_one(Loan, lent.id)
    day = loan.disbursed_at.astimezone(CHINA).date()
    bank = lender.services.sources.bank
    real = bank.statement

    def differences(*more, own=True, **changes):
        def statement(on):
            lines = [line for line in real(on) if own or not line.key.startswith(lent.id)]
            changed = [
                StatementLine(line.key, line.reference, changes.get("amount", line.amount))
                if line.key.startswith(lent.id)
                else line
                for line in lines
            ]
            return (*changed, *(more if on == day else ()))

        monkeypatch.setattr(bank, "statement", statement)
        return [one for one in reconcile(lender.services, day) if lent.id in one.key or "stranger" in one.key], loan

    return differences


def test_what_was_paid_is_what_was_lent(stated):
    assert stated()[0] == []


def test_each_difference_is_named(stated, lent):
    assert stated(amount=Decimal("9999.99"))[0][0].kind == "other_amount"
    found, loan = stated(own=False)
    assert found == [Difference("loan_without_payment", lent.id, loan.reference)]
    twice = StatementLine(f"{lent.id}:payout:pay:2", "SIM2", Decimal("10000.00"))
    assert {one.kind for one in stated(twice)[0]} == {"paid_twice"}
    stranger = StatementLine("stranger:payout:pay", "SIM3", Decimal("1.00"))
    assert [one.kind for one in stated(stranger)[0]] == ["paid_without_loan"]


def test_a_payment_of_the_day_before_counts(lender, lent, stated, monkeypatch):
    _found, loan = stated()
    bank, day = lender.services.sources.bank, loan.disbursed_at.astimezone(CHINA).date()
    line = StatementLine(f"{lent.id}:payout:pay", loan.reference, loan.principal)
    monkeypatch.setattr(bank, "statement", lambda on: (line,) if on == day - timedelta(days=1) else ())
    assert not [one for one in reconcile(lender.services, day) if one.key == lent.id]


def test_the_command(tmp_path, capsys):
    LenderFolder.made(tmp_path / "data")
    assert main([str(tmp_path / "data"), "2026-11-27"]) == 0
    assert capsys.readouterr().out == "nothing differs\n"
