"""How often a face check succeeds, counted by day and of nobody in particular."""

import json
from datetime import datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from loanapp.backend.store.tables import Base, FaceCount
from loanapp.backend.verification.counts import count_attempt, count_challenge, face_counts, print_counts
from loanapp.domain.clock import CHINA
from loanapp.domain.liveness import VerdictOutcome, VerdictReason

NOON = datetime(2026, 11, 25, 12, tzinfo=CHINA)


def test_successes_and_reasons_are_counted_over_the_days(tmp_path, capsys):
    engine = create_engine(f"sqlite:///{tmp_path / 'lender.sqlite'}")
    Base.metadata.create_all(engine, tables=[FaceCount.__table__])
    with Session(engine) as session, session.begin():
        count_challenge(session, NOON, "shown")
        dark = [VerdictReason.TOO_DARK_TO_JUDGE]
        count_attempt(session, NOON, VerdictOutcome.RETRY, dark, flash=True)
        for days in (0, 1):
            count_attempt(session, NOON + timedelta(days=days), VerdictOutcome.PASSED, [], flash=False)
        counts = face_counts(session)
    engine.dispose()
    assert (counts["verdict.passed"], counts["verdict"]) == (2, 3)
    assert counts["reason.too_dark_to_judge"] == 1
    assert counts["verdict.with_flash.retry"] == counts["challenge.flash_shown"] == 1
    print_counts(tmp_path)
    assert json.loads(capsys.readouterr().out) == counts
