"""What one attempt means for the next: doubt stays, a choice stands, and nothing of a face is left in memory."""

import threading
import time

import pytest

from loanapp.backend.inference.client import FaceResult
from loanapp.backend.store.tables import Application, Borrower
from loanapp.backend.verification.face import _count
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import VerdictOutcome
from loanapp.vision.evidence import EvidenceFrame
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import Pieces, blank_evidence, evidence_path, sealed_evidence, segments

PASSED = FaceResult("passed", (), {}, "same")
DOUBTFUL = FaceResult("review", ("flash_not_seen",), {}, "same")
FAILED = FaceResult("retry", ("face_flat",), {}, None)


@pytest.fixture
def attempt(asked, lender, monkeypatch):
    """``attempt(result)``: another attempt of one borrower, judged as ``result``; the answer."""

    def one_more(result, meanwhile=lambda: None):
        def judge(_question):
            meanwhile()
            return result

        monkeypatch.setattr(lender.services.inference, "judge", judge)
        challenge = asked.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
        sealed = sealed_evidence(asked, challenge, blank_evidence(challenge))
        return asked.call("PUT", evidence_path(challenge), content=sealed)

    return one_more


def test_a_later_pass_does_not_take_a_doubtful_attempt_from_the_person(asked, attempt):
    assert attempt(DOUBTFUL).json()["outcome"] == "review"
    later = attempt(PASSED).json()
    assert (later["outcome"], later["reasons"]) == ("review", ["liveness_unsure"])
    assert asked.get()["face"]["state"] == "manual"


def test_a_failure_after_doubt_does_not_wash_it_away(asked, attempt):
    attempt(DOUBTFUL)
    assert attempt(FAILED).json()["outcome"] == "retry"
    assert attempt(PASSED).json()["outcome"] == "review"
    assert asked.get()["face"]["state"] == "manual"


def test_doubtful_attempts_lead_to_the_lock_as_failed_ones_do(asked, attempt, lender, clock):
    away = clock.away
    for _attempt in range(lender.services.policies.face.lock_failures):
        assert attempt(DOUBTFUL).status_code == 200
    shown = asked.get()
    assert shown["face"]["locked_seconds"] > 0
    assert "choose_manual_verification" in shown["allowed_actions"]
    clock.away = away


@pytest.mark.parametrize(("outcome", "in_a_row"), [("passed", 0), ("retry", 3), ("review", 2)])
def test_failures_in_a_row_are_counted_in_one_place(asked, lender, outcome, in_a_row):
    services = lender.services
    with services.database.write() as session:
        borrower = session.get_one(Borrower, session.get_one(Application, asked.id).borrower_id)
        borrower.face_failures, now = 2, services.clock.now()
        _count(services, session, borrower.id, VerdictOutcome(outcome), now)
        assert borrower.face_failures == in_a_row
        session.rollback()


@pytest.mark.parametrize("way", ["manual", "branch"])
def test_a_verdict_on_its_way_does_not_undo_the_choice_of_another_way(asked, attempt, way):
    def chooses():
        if way == "manual":
            asked.act("/manual-verification", {"changed_face": False})
        else:
            branch = asked.done("GET", asked.at("/branches"))["branches"][0]
            asked.act("/branch-appointment", {"branch_id": branch["id"], "slot": branch["slots"][0]})

    refused(attempt(PASSED, chooses), 409, "challenge_expired")
    face = asked.get()["face"]
    assert (face["state"], face["way"]) == ("manual", way)


def test_a_newer_challenge_makes_the_verdict_on_the_one_before_worthless(asked, attempt):
    def asks_again():
        asked.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)

    refused(attempt(PASSED, asks_again), 409, "challenge_expired")
    assert asked.get()["face"]["state"] != "passed"


def test_evidence_that_began_in_time_and_ended_late_is_judged(asked, lender, monkeypatch, clock):
    monkeypatch.setattr(lender.services.inference, "judge", lambda _question: PASSED)
    challenge = asked.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    first, *others = segments(asked, challenge, blank_evidence(challenge, noise=3))
    away = clock.away

    def slowly():
        yield first
        time.sleep(0.3)
        clock.move(seconds=200)
        yield b"".join(others)

    try:
        sent = Pieces(b"".join([first, *others]), slowly)
        assert asked.call("PUT", evidence_path(challenge), content=sent).json()["outcome"] == "passed"
    finally:
        clock.away = away


def test_what_was_seen_early_is_forgotten_when_the_verdict_fails(asked, lender, monkeypatch):
    forgotten = []
    monkeypatch.setattr(lender.services.inference, "forget", forgotten.append)

    def judge(_question):
        raise LoanAppError(ErrorCode.LENDER_TROUBLE)

    monkeypatch.setattr(lender.services.inference, "judge", judge)
    watched = threading.Event()
    monkeypatch.setattr(lender.services.inference, "watch", lambda *_arguments: watched.set() or True)
    challenge = asked.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    *most, last = segments(asked, challenge, blank_evidence(challenge, noise=3))

    def when_watched():
        yield b"".join(most)
        assert watched.wait(10)
        yield last

    sent = Pieces(b"".join([*most, last]), when_watched)
    refused(asked.call("PUT", evidence_path(challenge), content=sent), 503, "lender_trouble")
    assert len(forgotten) == 1


def test_faces_of_an_attempt_that_ended_without_a_word_do_not_stay_in_memory(portrait, monkeypatch):
    import cv2

    from loanapp.backend.inference import early
    from loanapp.vision.models import FaceModels

    picture = cv2.imencode(".jpg", cv2.resize(portrait, (288, 288)))[1].tobytes()
    looks = early.EarlyLooks()
    assert looks.watch("one", 0, [EvidenceFrame(0, picture)], FaceModels.load())
    looks.tidy()
    assert "one" in looks._kept
    monkeypatch.setattr(early, "IDLE_SECONDS", 0.0)
    looks.tidy()
    assert not looks._kept


def test_a_model_of_the_lenders_that_is_not_there_stops_the_verdict_and_costs_the_borrower_nothing(
    asked, face_policy, expect_log, tmp_path
):
    face_policy(pad_model=str(tmp_path / "nowhere.toml"))
    challenge = asked.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    sealed = sealed_evidence(asked, challenge, blank_evidence(challenge))
    expect_log("a file of the lender's is missing or damaged: nowhere.toml")
    refused(asked.call("PUT", evidence_path(challenge), content=sealed), 503, "lender_trouble")
    assert asked.get()["face"]["attempts_left"] == 3
    face_policy()
    assert asked.done("PUT", evidence_path(challenge), content=sealed)["outcome"] == "retry"
