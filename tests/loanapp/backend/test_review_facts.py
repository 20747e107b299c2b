"""What a reviewer is given of face attempts, and the borrower is not."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from loanapp.backend.store.tables import Base, LivenessSession
from loanapp.backend.verification.review_facts import print_facts, review_facts
from loanapp.domain.liveness import SourceKind, VerdictOutcome, VerdictReason
from loanapp.vision.edge_rules import EDGES_MOVE
from loanapp.vision.rules import RuleBook

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


def attempt(name, minutes, book):
    return LivenessSession(
        id=name,
        application_id="application-1",
        challenge={},
        source_kind=SourceKind.CAMERA,
        issued_at=NOW + timedelta(minutes=minutes),
        expires_at=NOW + timedelta(minutes=minutes + 3),
        outcome=None if book is None else book.outcome,
        reasons=None if book is None else [reason.value for reason in book.reasons],
        verdict=None if book is None else {"rules": [rule.as_json() for rule in book.rules]},
    )


def test_a_reviewer_is_given_outcomes_reasons_and_notes_of_every_judged_attempt(tmp_path, capsys):
    noted, plain = RuleBook(), RuleBook()
    noted.at_most(EDGES_MOVE, 0.061, 0.02)
    noted.at_least("pad_score", 0.2, 0.5, VerdictReason.LIVENESS_UNSURE, VerdictOutcome.REVIEW)
    plain.at_most(EDGES_MOVE, 0.001, 0.02)
    engine = create_engine(f"sqlite:///{tmp_path / 'lender.sqlite'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all([attempt("b", 5, plain), attempt("a", 0, noted), attempt("c", 9, None)])
        session.flush()
        facts = review_facts(session, "application-1")
        assert review_facts(session, "another") == []
    engine.dispose()
    note = {"name": EDGES_MOVE, "value": 0.061, "comparison": "at_most", "limit": 0.02}
    assert facts == [
        {"outcome": "review", "reasons": ["liveness_unsure"], "notes": [note]},
        {"outcome": "passed", "reasons": [], "notes": []},
    ]
    print_facts(tmp_path, "application-1")
    assert json.loads(capsys.readouterr().out) == facts
