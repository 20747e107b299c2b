"""What the lender says is left of a loan is worked out anew from the contract and every payment."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from loanapp.domain.errors import ErrorCode
from loanapp.domain.hardship import Respite
from loanapp.domain.loan_account import RepaymentKind
from loanapp.domain.money import ZERO
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.domain.schedule import RepaymentMethod
from loanapp.guard.loans import SignedTerms, check_account
from loanapp.guard.refusal import GuardRefusal

D = Decimal
K = RepaymentKind
DAY = date(2026, 11, 22)
TERMS = SignedTerms(
    contract_number="LC-1",
    payout=D("10000.00"),
    rows=(),
    card_last4="0018",
    principal=D("10000.00"),
    annual_rate_pct=D("14.40"),
    months=12,
    method=RepaymentMethod.EQUAL_INSTALMENT,
    fee_per_instalment=D("0.00"),
    penalty_annual_pct=D("21.60"),
    free_return_hours=24,
)


def history():
    """An instalment late, a part early, everything a month after that."""
    account, made = TERMS.account(DAY), []
    steps = (
        (K.ARREARS, DAY + timedelta(days=40), ()),
        (K.PART, DAY + timedelta(days=45), (D("2000.00"), PrepaymentChoice.KEEP_TERM)),
        (K.INSTALMENT, DAY + timedelta(days=60), ()),
        (K.PAYOFF, DAY + timedelta(days=75), ()),
    )
    for kind, on, more in steps:
        made.append(account.owed(kind, on, *more))
        account = account.after(made[-1])
    return made


MADE = history()


def stated(made):
    """What an honest lender states after these payments."""
    account = TERMS.account(DAY).after_all(made)
    following = account.next_row
    return account.outstanding, following and following.payment + following.fees


@pytest.mark.parametrize("count", range(len(MADE) + 1))
def test_an_honest_lender_is_believed_after_every_payment(count):
    made = MADE[:count]
    account = check_account(TERMS, DAY, made, *stated(made))
    assert account == TERMS.account(DAY).after_all(made)
    assert account.settled is (count == len(MADE))


def test_what_was_forgiven_is_no_lie():
    made = [replace(MADE[0], penalty=ZERO)]
    check_account(TERMS, DAY, made, *stated(made))


def test_penalty_for_granted_time_is_refused_where_it_was_granted_before_the_payment():
    late = MADE[0]
    assert late.penalty > 0
    granted = [(DAY + timedelta(days=31), Respite(DAY + timedelta(days=31), DAY + timedelta(days=90)))]
    with pytest.raises(GuardRefusal) as refused:
        check_account(TERMS, DAY, [late], *stated([late]), granted=granted)
    assert refused.value.what == "repayment.1"
    fair = replace(late, penalty=ZERO)
    account = check_account(TERMS, DAY, [fair], *stated([fair]), granted=granted)
    assert account.respites == (granted[0][1],)
    # Granted on the day of the payment or later, it says nothing about what was paid.
    check_account(TERMS, DAY, [late], *stated([late]), granted=[(late.on, granted[0][1])])


def test_the_account_is_the_contracts_whatever_the_method():
    for method in RepaymentMethod:
        terms = replace(TERMS, method=method, fee_per_instalment=D("2.00"))
        assert terms.account(DAY).outstanding == D("10000.00")
        assert SignedTerms.from_text(terms.to_text()) == terms


LIES = {
    "a penalty where nothing was late": (lambda: [replace(MADE[2], penalty=D("1.00"))], None, "repayment.1"),
    "more interest than there was": (
        lambda: [*MADE[:1], replace(MADE[1], interest=MADE[1].interest + 1)],
        None,
        "repayment.2",
    ),
    "a fee nobody agreed to": (lambda: [replace(MADE[0], fees=D("9.00"))], None, "repayment.1"),
    "a fee hidden behind interest forgiven": (
        lambda: [replace(MADE[0], interest=MADE[0].interest + 5, penalty=D("-5.00"))],
        None,
        "repayment.1",
    ),
    "principal that was paid and not counted": (lambda: [replace(MADE[0], principal=D("1.00"))], None, "repayment.1"),
    "a payment before the payout": (lambda: [replace(MADE[0], on=DAY - timedelta(days=1))], None, "repayment.1"),
    "more left than is left": (lambda: MADE[:1], (D("1.00"), ZERO), "outstanding"),
    "a higher next instalment": (lambda: MADE[:1], (ZERO, D("1.00")), "next_due"),
    "an instalment after the end": (lambda: MADE, (ZERO, D("899.75")), "next_due"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_about_the_account_is_refused(name):
    make, added, what = LIES[name]
    made = make()
    outstanding, following = stated(MADE[:1] if added is None else made)
    if added is not None:
        outstanding, following = outstanding + added[0], (following or ZERO) + added[1]
    with pytest.raises(GuardRefusal) as caught:
        check_account(TERMS, DAY, made, outstanding, following)
    assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_SCHEDULE_DIFFERS, what)
