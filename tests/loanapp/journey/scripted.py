"""What a scripted lender says, and the program standing at a point of the road."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from loanapp.client.secrets import SecretName
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.schedule import RepaymentMethod
from loanapp.proof.canonical_json import canonical_sha256
from loanapp.proof.keys import new_message_key, raw_public_bytes
from loanapp.proof.signed_message import sign_message
from tests.loanapp.client import answers_data
from tests.loanapp.client.tls_lender import Reply
from tests.loanapp.journey.states import DAY

MESSAGE_KEY = new_message_key()
LENDER = answers_data.lender(
    message_public_key=base64.b64encode(raw_public_bytes(MESSAGE_KEY.public_key())).decode(),
)
CODE = {
    "challenge_id": "c-1",
    "expires_at": answers_data.NOW,
    "resend_after_seconds": 20,
    "simulated_message": {"sender": answers_data.BOTH, "text": answers_data.BOTH, "code": "123456"},
}
SESSION = {
    "access_token": "t-1",
    "expires_at": "2099-01-01T00:00:00+08:00",
    "refresh_token": "r-1",
    "device_id": "d-1",
    "borrower_id": "b-1",
    "phone_masked": "138****0001",
}
GONE = Reply(hang_up=True)
NOON = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def at(desk, whole, **settings):
    """The program, started again, with its lender saying that the borrower stands here."""
    desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
    journey = desk.program(**settings)
    desk.says(LENDER, {"applications": [whole]})
    journey.resume()
    return journey


def save_terms(journey, amount="10000.00"):
    return journey.save_terms(Decimal(amount), 12, RepaymentMethod.EQUAL_INSTALMENT, LoanPurpose.TRAVEL)


def receipt(**changes):
    text = LENDER["consents"][0]
    whole = {
        "receipt_id": "r-1",
        "scope": "face_verification",
        "granted": True,
        "text_version": "v1",
        "text_sha256": text["sha256"]["zh"],
        "language": "zh",
        "recorded_at": answers_data.NOW,
        "recipient": answers_data.BOTH,
        **changes,
    }
    return sign_message(MESSAGE_KEY, whole)


def challenge(**changes):
    whole = {
        "session_id": "s-1",
        "application_id": "ap-1",
        "nonce": "n-1",
        "actions": ["blink", "nod"],
        "issued_at": "2026-11-22T12:00:00+08:00",
        "expires_at": "2026-11-22T12:03:00+08:00",
        "action_timeout_seconds": 12,
        "accepted_sources": ["camera"],
        "flash": [],
        "flash_colour_ms": 0,
        "borrower_id": "b-1",
        **changes,
    }
    return sign_message(MESSAGE_KEY, whole)


def table(offer):
    cost = offer["cost"]
    whole = {
        "lender": answers_data.BOTH,
        "principal": offer["terms"]["amount"],
        "method": "equal_instalment",
        "months": offer["terms"]["months"],
        "items": [
            {
                "id": "interest",
                "name": answers_data.BOTH,
                "way": answers_data.BOTH,
                "standard_annual_pct": cost["simple_interest"],
                "amount": offer["totals"]["interest"],
                "party": answers_data.BOTH,
            }
        ],
        "annualised_total_pct": cost["simple_total"],
        "nominal_irr_pct": cost["nominal_irr"],
        "effective_irr_pct": cost["effective_irr"],
        "total_repayment": offer["totals"]["repayment"],
        "contingent": [
            {
                "id": "overdue_penalty",
                "name": answers_data.BOTH,
                "standard_annual_pct": "21.60",
                "party": answers_data.BOTH,
            }
        ],
        "nothing_else": answers_data.BOTH,
        "schedule": offer["schedule"],
    }
    return {"disclosure": whole, "sha256": canonical_sha256(whole)}
