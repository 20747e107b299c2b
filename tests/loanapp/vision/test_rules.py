import json

from loanapp.domain.liveness import VerdictOutcome, VerdictReason
from loanapp.vision.rules import RuleBook


def test_a_verdict_is_as_grave_as_the_gravest_rule_that_is_not_met():
    book = RuleBook()
    assert book.at_least("light", 80.0, 40.0, VerdictReason.TOO_DARK_TO_JUDGE)
    assert book.outcome is VerdictOutcome.PASSED
    assert not book.at_most("doubt", 0.9, 0.5, VerdictReason.LIVENESS_UNSURE, VerdictOutcome.REVIEW)
    assert book.outcome is VerdictOutcome.REVIEW
    assert not book.at_least("turn", 0.2, 1.0, VerdictReason.ACTION_NOT_SEEN)
    assert book.outcome is VerdictOutcome.RETRY
    assert not book.holds("nonce", true=False, reason=VerdictReason.CHALLENGE_MISMATCH, outcome=VerdictOutcome.REFUSED)
    assert not book.at_least("nod", 0.0, 1.0, VerdictReason.ACTION_NOT_SEEN)
    assert book.outcome is VerdictOutcome.REFUSED
    assert book.reasons == (
        VerdictReason.LIVENESS_UNSURE,
        VerdictReason.ACTION_NOT_SEEN,
        VerdictReason.CHALLENGE_MISMATCH,
    )


def test_a_note_changes_no_verdict_and_is_kept():
    book = RuleBook()
    assert not book.at_most("sheet_edges", 3, 2)
    assert book.outcome is VerdictOutcome.PASSED
    assert book.reasons == ()
    assert book.measures == {"sheet_edges": 3.0}


def test_rules_are_plain_values_with_what_was_measured_and_what_was_asked():
    book = RuleBook()
    book.at_least("face_share", 0.87654, 0.9, VerdictReason.FACE_NOT_STEADY)
    (rule,) = book.rules
    assert json.loads(json.dumps(rule.as_json())) == {
        "name": "face_share",
        "value": 0.8765,
        "comparison": "at_least",
        "limit": 0.9,
        "passed": False,
        "reason": "face_not_steady",
        "outcome": "retry",
    }
