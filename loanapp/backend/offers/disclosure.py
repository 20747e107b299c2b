"""The mandatory cost table (综合融资成本明示表), confirmed only after a reading time the lender itself measures."""

import hmac
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import own_application, require_status
from loanapp.backend.policy.rows import Words
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.canonical_json import canonical_sha256


def disclosure_table(services: Services, offer: dict[str, Any]) -> dict[str, Any]:
    """The table of a stored offer, in its wire form."""
    words, profile = services.policies.disclosure, services.policies.profile
    totals, cost = offer["totals"], offer["cost"]
    party = _both(profile.name)
    items = [
        {
            "id": "interest",
            "name": _both(words.interest_name),
            "way": _both(words.interest_way),
            "standard_annual_pct": cost["simple_interest"],
            "amount": totals["interest"],
            "party": party,
        }
    ]
    if Decimal(totals["fees"]):
        items.append(
            {
                "id": "fee",
                "name": _both(words.fee_name),
                "way": _both(words.fee_way),
                "standard_annual_pct": cost["simple_fees"],
                "amount": totals["fees"],
                "party": party,
            }
        )
    return {
        "lender": party,
        "principal": offer["terms"]["amount"],
        "method": offer["terms"]["method"],
        "months": offer["terms"]["months"],
        "items": items,
        "annualised_total_pct": cost["simple_total"],
        "nominal_irr_pct": cost["nominal_irr"],
        "effective_irr_pct": cost["effective_irr"],
        "total_repayment": totals["repayment"],
        "contingent": [
            {
                "id": "overdue_penalty",
                "name": _both(words.penalty_name),
                "standard_annual_pct": offer["penalty_annual_pct"],
                "party": party,
            }
        ],
        "nothing_else": _both(words.nothing_else),
        "schedule": offer["schedule"],
    }


def _both(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def agreed_table(services: Services, application: Application) -> dict[str, Any]:
    """The table the contract was made with; where none is kept, the offer's as it is now."""
    return application.disclosure_table or disclosure_table(services, application.offer or {})


def show_disclosure(
    services: Services, session: Session, borrower_id: str, application_id: uuid.UUID
) -> dict[str, Any]:
    """The table; the reading time runs from the first time it is served."""
    application = own_application(session, borrower_id, application_id)
    require_status(application, ApplicationStatus.OFFERED, ApplicationStatus.SIGNING)
    if application.disclosure_shown_at is None and application.status is ApplicationStatus.SIGNING:
        application.disclosure_shown_at = services.clock.now()
    if application.offer is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    return agreed_table(services, application)


def confirm_disclosure(
    services: Services,
    session: Session,
    borrower_id: str,
    application_id: uuid.UUID,
    *,
    sha256: str,
    seconds_on_screen: float,
    end_reached: bool,
) -> Application:
    """Record that the table was read.

    Raises ``READING_TIME_NOT_REACHED`` with ``needed_seconds`` when it was on the screen too shortly, by the client's
    word or the lender's own clock, or its end was not reached; ``INPUT_INVALID`` when it was another table.
    """
    application = own_application(session, borrower_id, application_id)
    require_status(application, ApplicationStatus.SIGNING)
    if application.offer is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    table = agreed_table(services, application)
    if not hmac.compare_digest(sha256.encode(), canonical_sha256(table).encode()):
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"sha256": ErrorCode.INPUT_INVALID})
    if application.disclosure_confirmed_at is not None:
        return application
    now, shown = services.clock.now(), application.disclosure_shown_at
    needed = int(services.policies.limits.reading_seconds.value)
    served = now - shown if shown else timedelta(0)
    if not end_reached or seconds_on_screen < needed or served < timedelta(seconds=needed):
        wait = max(1, needed - int(min(served.total_seconds(), seconds_on_screen)))
        raise RefusedError(ErrorCode.READING_TIME_NOT_REACHED, retry_after_seconds=wait, needed_seconds=needed)
    application.disclosure_confirmed_at = application.updated_at = now
    application.disclosure_seconds = int(seconds_on_screen)
    application.disclosure_table = table
    detail = {"scope": "cost_disclosure", "sha256": sha256, "seconds": int(seconds_on_screen), "end_reached": True}
    ledger.append(session, now, "consent", application.id, detail, actor="borrower")
    return application
