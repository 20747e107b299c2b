"""What a person who reviews an application is given of its face attempts: outcomes, reasons and notes, never frames.

A note is a rule of the verdict that decides nothing and was not met, such as straight edges that moved around the face.
The borrower is never told of one. ``python -m loanapp.backend.verification.review_facts FOLDER APPLICATION`` prints the
facts of one application in a lender's data folder as JSON.
"""

import argparse
import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.store.stores import reading_engine
from loanapp.backend.store.tables import ConsentRecord, LivenessSession
from loanapp.domain.consent import ConsentScope


def review_facts(session: Session, application_id: str) -> list[dict[str, Any]]:
    """Every judged attempt of an application in its order; each note with measured value, comparison and limit.

    Of attempts whose authorisation was taken back nobody is given anything.
    """
    newest = select(ConsentRecord.granted).where(
        ConsentRecord.application_id == application_id, ConsentRecord.scope == ConsentScope.FACE_VERIFICATION
    )
    if session.scalars(newest.order_by(ConsentRecord.recorded_at.desc())).first() is False:
        return []
    attempts = session.scalars(
        select(LivenessSession)
        .where(LivenessSession.application_id == application_id, LivenessSession.outcome.is_not(None))
        .order_by(LivenessSession.issued_at)
    )
    return [
        {
            "outcome": attempt.outcome.value if attempt.outcome else None,
            "reasons": list(attempt.reasons or []),
            "notes": notes_of(attempt.verdict or {}),
        }
        for attempt in attempts
    ]


def notes_of(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """The notes of a stored verdict."""
    return [
        {key: rule[key] for key in ("name", "value", "comparison", "limit")}
        for rule in verdict.get("rules", [])
        if rule["reason"] is None and not rule["passed"]
    ]


def facts_sha256(facts: list[dict[str, Any]]) -> str:
    """SHA-256 (hexadecimal) of :func:`review_facts` as JSON, for the ledger: no figure of a face outlives its row."""
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()


def print_facts(folder: Path, application_id: str) -> None:
    """Print the facts of one application of the lender in ``folder``, which may be running."""
    engine = reading_engine(folder)
    try:
        with Session(engine) as session:
            facts = review_facts(session, application_id)
    finally:
        engine.dispose()
    sys.stdout.write(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.verification.review_facts")
    parser.add_argument("folder", type=Path)
    parser.add_argument("application")
    chosen = parser.parse_args()
    print_facts(chosen.folder, chosen.application)
