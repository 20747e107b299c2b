"""The new schedule of granted time on the borrower's machine: worked out here, named by what was seen, else refused."""

import json
from decimal import Decimal

import pytest

from loanapp.client.secrets import SecretName
from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.hardship import Respite
from loanapp.domain.money import wire
from loanapp.domain.schedule import RepaymentMethod
from loanapp.guard.loans import SignedTerms
from loanapp.guard.refusal import GuardRefusal
from loanapp.proof.new_schedule import new_schedule_sha256
from tests.loanapp.client import answers_data
from tests.loanapp.client.tls_lender import Reply
from tests.loanapp.journey.scripted import LENDER, NOON
from tests.loanapp.journey.states import DAY, answer

APPLICATION = "/v1/applications/ap-1"
HASH = "a" * 64
SCHEDULE = answers_data.offer(DAY)["schedule"]
TERMS = SignedTerms(
    contract_number="LC-1",
    payout=Decimal("10000.00"),
    rows=tuple(
        (
            row["no"],
            *(int(Decimal(row[name]) * 100) for name in ("payment", "principal", "interest", "fees", "balance")),
        )
        for row in SCHEDULE
    ),
    card_last4="0018",
    principal=Decimal("10000.00"),
    annual_rate_pct=Decimal("14.40"),
    months=12,
    method=RepaymentMethod.EQUAL_INSTALMENT,
    fee_per_instalment=Decimal("0.00"),
    penalty_annual_pct=Decimal("21.60"),
    free_return_hours=0,
)
UNTIL = TERMS.account(DAY).plan.due_dates()[2]
NEW = TERMS.account(DAY).new_schedule(Respite(DAY, UNTIL))


class Lender:
    """Has granted two months; moves the schedule for who names the one it offers."""

    def __init__(self, **changes):
        self.changes = changes
        self.taken = None
        self.free_until = answers_data.NOW

    def loan(self):
        rows = [
            {
                "no": row.no,
                "due": row.due.isoformat(),
                **{name: wire(getattr(row, name)) for name in ("payment", "principal", "interest", "fees", "balance")},
            }
            for row in NEW.after
        ]
        new = {
            "months": NEW.months,
            "rows": rows,
            "penalty": "0.00",
            "accepted_at": answers_data.NOW if self.taken else None,
            "payments_before": 0 if self.taken else None,
            **self.changes,
        }
        return {
            "contract_number": "LC-1",
            "principal": "10000.00",
            "disbursed_at": answers_data.NOW,
            "reference": "SIM1",
            "card_last4": "0018",
            "bank": None,
            "schedule": SCHEDULE,
            "repayments": [],
            "outstanding": "10000.00",
            "next_due": {"no": 1, "due": rows[0]["due"] if self.taken else SCHEDULE[0]["due"], "amount": "899.75"},
            "free_return_until": self.free_until,
            "settled_at": None,
            "hardships": [
                {
                    "id": "h-1",
                    "reason": "illness",
                    "months": 2,
                    "since": DAY.isoformat(),
                    "until": UNTIL.isoformat(),
                    "state": "granted",
                    "asked_at": answers_data.NOW,
                    "answer_by": answers_data.NOW,
                    "answered_at": answers_data.NOW,
                    "simulated": True,
                    "new_schedule": new,
                }
            ],
            "hardship_offer": {"months": [], "reply_hours": 72},
            "simulated": True,
        }

    def route(self, request):
        whole = answer("active", contract={"number": "LC-1", "sha256": HASH, "signed": True})
        if request.method == "PUT":
            assert request.path == f"{APPLICATION}/loan/hardships/h-1/schedule"
            self.taken = json.loads(request.body)["sha256"]
        said = {
            "/v1/lender": LENDER,
            "/v1/applications": {"applications": [whole]},
            APPLICATION: whole,
        }.get(request.path)
        return Reply(body=json.dumps(self.loan() if said is None else said).encode())


@pytest.fixture
def start(desk):
    def start(lender):
        desk.lender.route = lender.route
        desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
        journey = desk.program(clock=ManualClock(NOON))
        journey.resume()
        journey.draft.contract = {"verified": HASH, "terms": TERMS.to_text()}
        return journey

    return start


def test_what_was_seen_is_accepted_by_name_and_holds(start):
    lender = Lender()
    journey = start(lender)
    seen = journey.loan()
    assert seen.account.changes == ()
    after = journey.accept_schedule(seen)
    assert lender.taken == new_schedule_sha256(NEW)
    assert after.account.changes == (NEW,)
    assert after.account.next_row.due == UNTIL
    assert after.to_accept() is None


def test_one_with_interest_for_the_added_months_is_not_accepted_and_the_loan_is_shown(start):
    lender = Lender(penalty="12.00")
    journey = start(lender)
    seen = journey.loan()
    assert seen.schedule_refused
    assert seen.account.schedule == TERMS.account(DAY).schedule
    with pytest.raises(LoanAppError) as refused:
        journey.accept_schedule(seen)
    assert refused.value.code is ErrorCode.NEW_SCHEDULE_NOT_OPEN
    assert lender.taken is None


def test_one_that_is_stated_otherwise_once_accepted_is_refused(start):
    lender = Lender()
    journey = start(lender)
    seen = journey.loan()
    lender.changes = {"penalty": "12.00"}
    with pytest.raises(GuardRefusal) as refused:
        journey.accept_schedule(seen)
    assert (refused.value.code, refused.value.what) == (ErrorCode.GUARD_NEW_SCHEDULE_DIFFERS, "penalty")


def test_a_loan_whose_free_return_ends_otherwise_than_its_contract_says_is_refused(start):
    lender = Lender()
    lender.free_until = "2026-12-24T00:00:00+08:00"
    with pytest.raises(GuardRefusal) as refused:
        start(lender).loan()
    assert refused.value.code is ErrorCode.GUARD_FREE_RETURN_DIFFERS
