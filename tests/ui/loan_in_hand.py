"""An application at any point of its life, as the lender's answers say it, and a journey that hands it to a page."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from PySide6.QtWidgets import QLabel

from loanapp.client.answers import CodeSent, CostDisclosure, SimulatedMessage
from loanapp.client.application import Application
from loanapp.client.drafts import Draft
from loanapp.client.loan_answers import Loan
from loanapp.client.offer_answers import read_disclosure
from loanapp.client.profile import LenderProfile
from loanapp.client.reading import JsonObject
from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.clock import ManualClock
from loanapp.domain.loan_account import LoanAccount, Repayment
from loanapp.domain.localised import LocalisedText
from loanapp.domain.money import wire
from loanapp.domain.schedule import RepaymentMethod, equal_instalment_schedule, product_plan
from loanapp.journey.pages import Page, steps
from loanapp.resource_files import read_toml
from ui.messages import MessageBridge
from ui.operations import Operations
from ui.pages.my_loan import MyLoanPage
from ui.pages.page import PageContext
from ui.theme import theme
from ui.translations import translator

DAY = date(2026, 11, 22)
NOW = "2026-11-22T10:00:00+08:00"
SCHEDULE = equal_instalment_schedule(Decimal(10000), Decimal("14.40"), 12, DAY)
COST = annualised_cost(SCHEDULE)
BOTH = {"zh": "演示放款机构（模拟）", "en": "Demonstration Lender (simulated)"}


def rows() -> list[dict[str, object]]:
    return [
        {
            "no": row.no,
            "due": row.due.isoformat(),
            **{name: wire(getattr(row, name)) for name in ("payment", "principal", "interest", "fees", "balance")},
        }
        for row in SCHEDULE.rows
    ]


def offer() -> dict[str, object]:
    return {
        "offer_id": "offer-1",
        "terms": {"amount": "10000.00", "months": 12, "method": "equal_instalment"},
        "annual_rate_pct": "14.40",
        "fee_per_instalment": "0.00",
        "fee_before_payout": "0.00",
        "penalty_annual_pct": "21.60",
        "payout": "10000.00",
        "schedule": rows(),
        "totals": {
            "interest": wire(SCHEDULE.total_interest),
            "fees": "0.00",
            "repayment": wire(SCHEDULE.total_repayment),
        },
        "cost": {
            name: str(getattr(COST, name))
            for name in ("nominal_irr", "effective_irr", "simple_interest", "simple_fees", "simple_total")
        },
        "valid_until": "2026-11-23T10:00:00+08:00",
    }


def application(status: str, **changes: object) -> Application:
    """As the lender would answer in ``status``; ``changes`` replace members of the answer."""
    answer: dict[str, object] = {
        "id": "application-1",
        "number": "LA20261122-0001",
        "status": status,
        "allowed_actions": ["withdraw"],
        "product_id": "consumer_instalment",
        "amount": "10000.00",
        "months": 12,
        "method": "equal_instalment",
        "purpose": "daily_consumption",
        "created_at": NOW,
        "updated_at": NOW,
        "simulated": True,
        "document": {"front": True, "back": True},
        "identity": {
            "name_masked": "测**",
            "identity_number_masked": "1101**********0015",
            "sex": "female",
            "birth_year": 1990,
            "valid_until": "long_term",
        },
        "profile": {"employment": "employed", "monthly_income": "9000.00", "monthly_debt": "0.00"},
        "consents": [],
        "face": {"state": "passed", "attempts_left": 3},
        "face_ways": [],
        "appointment": None,
        "bank_card": {"bank": {"zh": "测试银行", "en": "Test Bank"}, "last4": "0018", "phone_masked": "138****0001"},
        "timeline": [{"status": status, "at": NOW}],
        "waiting_for": "lender",
        "expected_seconds": 8,
        "progress": [
            {"step": step, "state": state}
            for step, state in zip(
                ("identity", "face", "card", "credit", "decision"),
                ("done", "done", "running", "waiting", "waiting"),
                strict=True,
            )
        ],
        "decision": None,
        "offer": offer() if status in {"offered", "signing", "signed", "disbursing", "active"} else None,
        "disclosure_confirmed": False,
        "contract": {"number": "HT20261122-0001", "sha256": "0" * 64, "signed": False} if status == "signing" else None,
    }
    return Application.read(JsonObject({**answer, **changes}))


def disclosure() -> CostDisclosure:
    table = {
        "lender": BOTH,
        "principal": "10000.00",
        "method": "equal_instalment",
        "months": 12,
        "items": [
            {
                "id": "interest",
                "name": {"zh": "利息", "en": "Interest"},
                "way": {"zh": "按月随本金还，等额本息", "en": "Monthly with the principal, equal instalments"},
                "standard_annual_pct": "14.40",
                "amount": wire(SCHEDULE.total_interest),
                "party": BOTH,
            }
        ],
        "annualised_total_pct": str(COST.simple_total),
        "nominal_irr_pct": str(COST.nominal_irr),
        "effective_irr_pct": str(COST.effective_irr),
        "total_repayment": wire(SCHEDULE.total_repayment),
        "contingent": [
            {
                "id": "overdue_penalty",
                "name": {"zh": "逾期罚息", "en": "Overdue penalty"},
                "standard_annual_pct": "21.60",
                "party": BOTH,
            }
        ],
        "nothing_else": {"zh": "除上述以外不再收取任何费用", "en": "Nothing else is charged"},
        "schedule": rows(),
    }
    return read_disclosure(JsonObject({"disclosure": table, "sha256": "0" * 64}))


def loan(**changes: object) -> Loan:
    """Paid out on :data:`DAY` and worked out by the guard; ``changes`` replace members of the answer."""
    following = SCHEDULE.rows[0]
    answer = {
        "contract_number": "HT20261122-0001",
        "principal": "10000.00",
        "disbursed_at": NOW,
        "reference": "SIM202611220001",
        "card_last4": "0018",
        "bank": {"zh": "测试银行", "en": "Test Bank"},
        "schedule": rows(),
        "repayments": [],
        "outstanding": "10000.00",
        "next_due": {"no": 1, "due": following.due.isoformat(), "amount": wire(following.payment)},
        "free_return_until": "2026-11-23T10:00:00+08:00",
        "settled_at": None,
        "simulated": True,
        "hardships": [],
        "hardship_offer": {"months": [1, 2, 3], "reply_hours": 72},
    }
    stated = Loan.read(JsonObject({**answer, **changes}))
    plan = product_plan(Decimal(10000), Decimal("14.40"), 12, RepaymentMethod.EQUAL_INSTALMENT, DAY)
    begun = LoanAccount.begin(plan, Decimal("21.60"))
    account = begun.after_all(stated.paid(), [one.deferral for one in stated.accepted()])
    return replace(stated, account=replace(account, respites=stated.respites()))


def new_schedule(*, accepted: bool = False) -> dict[str, object]:
    """What two months granted make of the plan, as the lender states it."""
    moved = product_plan(Decimal(10000), Decimal("14.40"), 12, RepaymentMethod.EQUAL_INSTALMENT, DAY).put_off(DAY, 2)
    dates = moved.due_dates()
    return {
        "months": 2,
        "rows": [{**row, "due": due.isoformat()} for row, due in zip(rows(), dates, strict=True)],
        "penalty": "0.00",
        "accepted_at": NOW if accepted else None,
        "payments_before": 0 if accepted else None,
    }


def hardship(state: str = "asked", new: dict[str, object] | None = None) -> dict[str, object]:
    """A request for two months, as the lender states it."""
    return {
        "new_schedule": new,
        "id": "hardship-1",
        "reason": "illness",
        "months": 2,
        "since": DAY.isoformat(),
        "until": "2027-02-22",
        "state": state,
        "asked_at": NOW,
        "answer_by": "2026-11-25T10:00:00+08:00",
        "answered_at": None if state == "asked" else NOW,
        "simulated": True,
    }


def after(held: Loan, what: Repayment, *, state: str = "paid") -> Loan:
    """``held`` as the lender states it once ``what`` was asked for, and the bank has answered or not."""
    account = held.account.after(what) if state == "paid" else held.account
    following = account.next_row
    made = {
        "id": "repayment-1",
        "kind": what.kind.value,
        "choice": what.choice and what.choice.value,
        "on": what.on.isoformat(),
        **{name: wire(getattr(what, name)) for name in ("amount", "principal", "interest", "fees", "penalty")},
        "state": state,
        "paid_at": NOW if state == "paid" else None,
        "reference": "SIMD2026112200000001" if state == "paid" else None,
    }
    next_due = following and {
        "no": following.no,
        "due": following.due.isoformat(),
        "amount": wire(following.total),
    }
    return loan(
        repayments=[made],
        outstanding=wire(account.outstanding),
        next_due=next_due,
        settled_at=NOW if account.settled else None,
    )


def code_sent() -> CodeSent:
    """A one-time code, in a simulated message."""
    words = LocalisedText("【模拟短信】验证码 123456", "[Simulated message] Code 123456")
    until = datetime.fromisoformat(NOW) + timedelta(minutes=5)
    return CodeSent("co-1", until, 20, SimulatedMessage(LocalisedText("演示", "Demonstration"), words, "123456"))


def lender(*, reading_seconds: int = 15) -> LenderProfile:
    consents = []
    for row in read_toml("policy", "consents.toml")["consents"]:
        text = row["text"]
        digests = {language: sha256(words.encode()).hexdigest() for language, words in text.items()}
        consents.append({**row, "sha256": digests})
    product = read_toml("policy", "products.toml")["products"][0]
    return LenderProfile.read(
        JsonObject(
            {
                "name": BOTH,
                "licence": "模拟-0001",
                "simulated": True,
                "support": {"phone": "400-000-0000", "hours": "08:00-22:00", "email": "help@example.invalid"},
                "address": BOTH,
                "vault_public_key": base64.b64encode(bytes(32)).decode(),
                "message_public_key": base64.b64encode(bytes(32)).decode(),
                "minimum_client_version": "0.0.0",
                "products": [product],
                "cost_cap_pct": "24.00",
                "reading_seconds": reading_seconds,
                "consents": consents,
                "data_items": [],
            }
        )
    )


class JourneyInHand:
    """Hands out what it was given; every act is recorded and answered by what the test put there."""

    def __init__(self, application: Application | None = None, *, reading_seconds: int = 15) -> None:
        self.application = application
        self.lender = lender(reading_seconds=reading_seconds)
        self.signed_in = False
        self.signing_authorised = False
        self.draft = Draft(phone="13800000001")
        self.clock = ManualClock(datetime.fromisoformat(NOW))
        self.acts: list[tuple[object, ...]] = []
        self.answers: dict[str, Callable[..., object]] = {}

    def __getattr__(self, name: str) -> Callable[..., object]:
        if name.startswith("_"):
            raise AttributeError(name)

        def act(*arguments: object, **named: object) -> object:
            self.acts.append((name, *arguments, *named.values()))
            return self.answers[name](*arguments, **named)

        return act

    def stepper(self) -> list[object]:
        return list(steps(Page.PROGRESS, frozenset()))


@pytest.fixture
def page_context(qapp) -> Iterator[Callable[[JourneyInHand], PageContext]]:
    """``page_context(journey)``: what a page works with; its operations end with the test."""
    messages = MessageBridge()
    operations = Operations(messages)
    translator().set_language("zh")

    def make(journey: JourneyInHand, kit: object = None) -> PageContext:
        return PageContext(journey, operations, messages, translator(), theme(), kit)

    yield make
    assert operations.shutdown()
    translator().set_language("zh")


NOT_LATER = timedelta(0)


@pytest.fixture
def open_my_loan(page_context, qtbot):
    """``open_my_loan(later, **answers)``: the page of a loan paid out that long ago, with what the lender answers."""
    shown = []

    def open_it(later=NOT_LATER, **answers):
        journey = JourneyInHand(application("active"))
        journey.clock.move(later)
        journey.answers.update({"loan": loan, **answers})
        page = MyLoanPage(page_context(journey))
        qtbot.addWidget(page)
        page.resize(900, 900)
        page.show()
        page.load()
        qtbot.waitUntil(lambda: page._loan is not None)
        shown.append(page)
        return page

    yield open_it
    for page in shown:
        page.leave()
        page.hide()


def words(widget):
    """What the labels in sight say."""
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())
