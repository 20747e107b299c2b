"""Applications at every point of the road, in the shape the lender answers them."""

import json
from datetime import date

from loanapp.client.application import Application
from loanapp.client.reading import JsonObject
from tests.loanapp.client import answers_data

CONSENTS = ("face_verification", "bureau_query", "bank_account_check")
DAY = date(2026, 11, 22)

FILLED = {
    "document": {"front": True, "back": True},
    "identity": {
        "name_masked": "测*甲",
        "identity_number_masked": "1101**********002X",
        "sex": "male",
        "birth_year": 1992,
        "valid_until": "2038-05-10",
    },
    "profile": {"employment": "employed", "monthly_income": "15000.00", "monthly_debt": "1200.00"},
    "consents": [
        {"scope": scope, "granted": True, "text_version": "v1", "recorded_at": answers_data.NOW} for scope in CONSENTS
    ],
    "face": {"state": "passed", "attempts_left": 2},
    "bank_card": {"bank": answers_data.BOTH, "last4": "0018", "phone_masked": "138****0001"},
}
DRAFT_ACTIONS = [
    "set_terms",
    "upload_document",
    "confirm_identity",
    "set_profile",
    "give_consent",
    "start_liveness",
    "choose_manual_verification",
    "bind_card",
    "submit",
    "withdraw",
]


def answer(status="draft", **changes):
    """The JSON of an application; a draft is empty, everything later filled."""
    whole = answers_data.application(status=status, allowed_actions=DRAFT_ACTIONS if status == "draft" else [])
    if status != "draft":
        whole |= FILLED
    if status in {"offered", "signing", "signed", "disbursing", "active", "settled"}:
        whole |= {"offer": answers_data.offer(DAY)}
    if status in {"signing", "signed", "disbursing", "active", "settled"}:
        whole |= {"contract": {"number": "LC-1", "sha256": "0" * 64, "signed": status != "signing"}}
    return {**whole, **changes}


def application(status="draft", **changes):
    """The same, read."""
    return Application.read(JsonObject.parse(json.dumps(answer(status, **changes)).encode()))


def consents(**granted):
    """Records of these scopes, given or refused."""
    return [
        {"scope": scope, "granted": yes, "text_version": "v1", "recorded_at": answers_data.NOW}
        for scope, yes in granted.items()
    ]
