"""Answers in the shape of the API, to be changed by tests."""

import base64
import copy
import hashlib
from decimal import Decimal

from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.money import wire
from loanapp.domain.schedule import equal_instalment_schedule
from loanapp.resource_files import read_toml

BOTH = {"zh": "中", "en": "e"}
NOW = "2026-11-22T10:00:00+08:00"


def consent(scope, text="条款"):
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        "scope": scope,
        "version": "v1",
        "required": True,
        "text": {"zh": text, "en": text},
        "sha256": {"zh": digest, "en": digest},
        "recipient": BOTH,
        "retention": BOTH,
        "refuse_effect": BOTH,
        "purpose": BOTH,
    }


def lender(**changes):
    whole = {
        "name": BOTH,
        "licence": "L-1",
        "simulated": True,
        "support": {"phone": "400", "hours": "9-18", "email": "a@lender.example"},
        "address": BOTH,
        "vault_public_key": base64.b64encode(b"v" * 32).decode(),
        "message_public_key": base64.b64encode(b"m" * 32).decode(),
        "minimum_client_version": "0.1.0",
        "products": [
            {
                "id": "p1",
                "amount_min": "1000.00",
                "amount_max": "50000.00",
                "amount_step": "100.00",
                "months": [3, 6, 12, 24],
                "annual_rate_pct": "14.40",
                "method": "equal_instalment",
                "fee_per_instalment": "0.00",
                "penalty_annual_pct": "21.60",
                "purposes": ["travel", "moon_trip"],
            }
        ],
        "cost_cap_pct": "24.00",
        "reading_seconds": 15,
        "consents": [
            consent("face_verification"),
            consent("bureau_query"),
            consent("bank_account_check"),
            {**consent("changed_face_certificate"), "required": False},
        ],
        "data_items": read_toml("policy", "data_items.toml")["data_items"],
    }
    return {**whole, **changes}


def row(instalment):
    return {
        "no": instalment.no,
        "due": instalment.due.isoformat(),
        **{name: wire(getattr(instalment, name)) for name in ("payment", "principal", "interest", "fees", "balance")},
    }


def offer(day, amount="10000.00", months=12, rate="14.40", **changes):
    schedule = equal_instalment_schedule(Decimal(amount), Decimal(rate), months, day)
    cost = annualised_cost(schedule)
    whole = {
        "offer_id": "of-1",
        "terms": {"amount": amount, "months": months, "method": "equal_instalment"},
        "annual_rate_pct": rate,
        "fee_per_instalment": "0.00",
        "fee_before_payout": "0.00",
        "penalty_annual_pct": "21.60",
        "payout": amount,
        "schedule": [row(instalment) for instalment in schedule.rows],
        "totals": {
            "interest": wire(schedule.total_interest),
            "fees": wire(schedule.total_fees),
            "repayment": wire(schedule.total_repayment),
        },
        "cost": {
            name: str(getattr(cost, name))
            for name in ("nominal_irr", "effective_irr", "simple_interest", "simple_fees", "simple_total")
        },
        "valid_until": NOW,
    }
    return {**whole, **changes}


def application(**changes):
    whole = {
        "id": "ap-1",
        "number": "LA20261122-0001",
        "status": "draft",
        "allowed_actions": ["set_terms", "upload_document", "fly_to_the_moon"],
        "product_id": "p1",
        "amount": "10000.00",
        "months": 12,
        "method": "equal_instalment",
        "purpose": "travel",
        "created_at": NOW,
        "updated_at": NOW,
        "simulated": True,
        "document": {"front": False, "back": False},
        "identity": None,
        "profile": None,
        "consents": [],
        "face": {"state": "none", "attempts_left": 3},
        "face_ways": [],
        "appointment": None,
        "bank_card": None,
        "timeline": [{"status": "draft", "at": NOW}],
        "waiting_for": "borrower",
        "expected_seconds": None,
        "progress": [],
        "decision": None,
        "offer": None,
        "disclosure_confirmed": False,
        "contract": None,
    }
    return copy.deepcopy({**whole, **changes})
