"""How often face attempts pass, and why they do not: counts by day, of nobody in particular.

``python -m loanapp.backend.verification.counts FOLDER`` prints those of a lender's data folder as JSON.
"""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.store.tables import FaceCount
from loanapp.domain.clock import CHINA
from loanapp.domain.liveness import VerdictOutcome, VerdictReason


def count_challenge(session: Session, now: datetime, flash: str) -> None:
    """One more challenge; ``flash`` is ``shown``, ``declined`` or ``none``."""
    _add(session, now, ["challenge", f"challenge.flash_{flash}"])


def count_attempt(
    session: Session, now: datetime, outcome: VerdictOutcome, reasons: Iterable[VerdictReason], *, flash: bool
) -> None:
    """One more verdict."""
    way = "with_flash" if flash else "without_flash"
    names = ["verdict", f"verdict.{outcome.value}", f"verdict.{way}.{outcome.value}"]
    _add(session, now, [*names, *(f"reason.{reason.value}" for reason in reasons)])


def face_counts(session: Session) -> dict[str, int]:
    """All counts so far, over all days: ``verdict.passed`` of ``verdict`` is how often a capture succeeds."""
    found: dict[str, int] = {}
    for row in session.scalars(select(FaceCount).order_by(FaceCount.what)):
        found[row.what] = found.get(row.what, 0) + row.count
    return found


def _add(session: Session, now: datetime, names: Iterable[str]) -> None:
    day = now.astimezone(CHINA).date()
    for name in names:
        row = session.get(FaceCount, (day, name)) or FaceCount(day=day, what=name, count=0)
        row.count += 1
        session.add(row)


def print_counts(folder: Path) -> None:
    """Print the counts of the lender in ``folder``, which may be running."""
    from loanapp.backend.store.stores import reading_engine  # noqa: PLC0415 - for the command alone

    engine = reading_engine(folder)
    try:
        with Session(engine) as session:
            found = face_counts(session)
    finally:
        engine.dispose()
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    print_counts(Path(sys.argv[1]))
