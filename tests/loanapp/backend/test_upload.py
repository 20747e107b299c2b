"""Evidence on its way: bounded in size, time and number, looked at early, and judged the same whatever happens."""

import threading
import time

import pytest
import requests

from loanapp.backend.inference.client import FaceResult, InferenceClient
from loanapp.backend.refusal import RefusedError
from loanapp.backend.store.tables import LedgerRow
from loanapp.backend.verification.counts import face_counts
from loanapp.backend.verification.intake import Intake
from loanapp.backend.verification.upload import UPLOAD_LIMIT
from loanapp.domain.errors import ErrorCode
from loanapp.vision.evidence import MOST_BYTES, EvidenceFrame
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import Pieces, blank_evidence, evidence_path, sealed_evidence


@pytest.fixture
def sent(asked):
    """A borrower, an attempt of theirs, and evidence for it, well-formed and without anybody in it."""
    challenge = asked.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    return asked, challenge, sealed_evidence(asked, challenge, blank_evidence(challenge))


def put(one, challenge, content):
    return one.call("PUT", evidence_path(challenge), content=content)


def slowly(content, *, pieces, pause):
    def parts():
        size = -(-len(content) // pieces)
        for start in range(0, len(content), size):
            if start:
                time.sleep(pause)
            yield content[start : start + size]

    return Pieces(content, parts)


@pytest.mark.attack("whoever-sends-nothing-or-too-little-is-not-waited-for")
def test_whoever_sends_nothing_or_too_little_is_not_waited_for(sent, face_policy):
    one, challenge, sealed = sent
    face_policy(upload={"idle_seconds": 0.2})
    refused(put(one, challenge, slowly(sealed, pieces=2, pause=0.8)), 408, "lender_unreachable")
    face_policy(upload={"grace_seconds": 0.1, "least_bytes_a_second": 1_000_000})
    refused(put(one, challenge, slowly(sealed, pieces=5, pause=0.1)), 408, "lender_unreachable")
    face_policy(upload={"most_seconds": 0.3})
    refused(put(one, challenge, slowly(sealed, pieces=9, pause=0.1)), 408, "lender_unreachable")
    face_policy()
    assert put(one, challenge, slowly(sealed, pieces=9, pause=0.02)).json()["outcome"] == "retry"


@pytest.mark.attack("more-than-evidence-may-be-is-not-read-on")
def test_more_than_evidence_may_be_is_not_read_on(sent):
    one, challenge, sealed = sent
    refused(put(one, challenge, bytes(UPLOAD_LIMIT + 1)), 422, "evidence_invalid")
    refused(put(one, challenge, sealed + bytes(UPLOAD_LIMIT)), 422, "evidence_invalid")
    too_long = sealed_evidence(one, challenge, bytes(MOST_BYTES + 1))
    refused(put(one, challenge, too_long), 422, "evidence_invalid")
    refused(put(one, challenge, b""), 422, "evidence_invalid")


def test_one_attempt_is_taken_in_once_at_a_time_and_a_retry_finds_the_verdict(sent, lender, monkeypatch):
    one, challenge, sealed = sent
    judging, go_on = threading.Event(), threading.Event()
    real = lender.services.inference.judge

    def judge(question):
        judging.set()
        assert go_on.wait(10)
        return real(question)

    monkeypatch.setattr(lender.services.inference, "judge", judge)
    first = []
    thread = threading.Thread(target=lambda: first.append(put(one, challenge, sealed)))
    thread.start()
    assert judging.wait(10)
    busy = refused(put(one, challenge, sealed), 503, "lender_trouble")
    assert busy["retry_after_seconds"] == 1
    go_on.set()
    thread.join(20)
    assert put(one, challenge, sealed).json() == first[0].json()
    assert one.get()["face"]["attempts_left"] == 2, "one attempt, however often it was sent"


def test_only_so_many_at_once():
    intake = Intake(2)
    with intake.place("a"), intake.place("b"):
        for name in ("a", "c"):
            with pytest.raises(RefusedError) as refusal, intake.place(name):
                pass
            assert refusal.value.code is ErrorCode.LENDER_TROUBLE
    with intake.place("a"), intake.place("c"):
        pass


@pytest.mark.attack("evidence-touches-no-disk-and-the-verdict-says-so")
def test_evidence_touches_no_disk_and_the_verdict_says_so(sent, lender):
    one, challenge, sealed = sent
    folder = lender.services.database.path.parent / "vault"
    before = set(folder.glob("*.sealed"))
    assert put(one, challenge, sealed).status_code == 200
    stored = set(folder.glob("*.sealed")) - before
    assert not stored
    with lender.services.database.read() as session:
        rows = session.query(LedgerRow).filter_by(application_id=one.id).all()
        counts = face_counts(session)
    (verdict,) = [row.detail for row in rows if row.detail.get("check") == "liveness_verdict"]
    assert verdict["evidence"] == "judged in memory, never stored"
    assert len(verdict["verdict_sha256"]) == 64
    assert not [row for row in rows if row.kind == "deletion"]
    assert counts["verdict"] >= counts["verdict.retry"] >= 1
    assert counts["reason.wrong_order"] >= 1


def test_a_client_that_goes_away_leaves_the_attempt_open(sent):
    one, challenge, sealed = sent

    def breaks_off():
        yield sealed[: len(sealed) // 2]
        raise ConnectionError

    with pytest.raises(requests.exceptions.ConnectionError):
        put(one, challenge, Pieces(sealed, breaks_off))
    deadline = time.monotonic() + 10
    while (answer := put(one, challenge, sealed)).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.json()["outcome"] == "retry"


def test_policy_may_send_a_pass_without_colours_to_a_person(sent, lender, face_policy, monkeypatch):
    one, challenge, sealed = sent
    monkeypatch.setattr(lender.services.inference, "judge", lambda _asked: FaceResult("passed", (), {}, "same"))
    face_policy(flash_declined_to_review=True)
    verdict = put(one, challenge, sealed).json()
    assert (verdict["outcome"], verdict["reasons"]) == ("review", ["liveness_unsure"])
    shown = one.get()
    assert (shown["face"]["state"], shown["face"]["way"]) == ("manual", "manual")


@pytest.mark.parametrize(
    ("result", "outcome", "reasons"),
    [
        (("review", ("flash_not_seen",), "same"), "review", ["flash_not_seen"]),
        (("review", ("liveness_unsure",), "unsure"), "review", ["liveness_unsure", "face_match_unsure"]),
        (("review", ("liveness_unsure",), "different"), "retry", ["face_unlike_document"]),
        (("retry", ("face_flat",), None), "retry", ["face_flat"]),
        (("passed", (), "same"), "passed", []),
        (("passed", (), "unsure"), "review", ["face_match_unsure"]),
        (("passed", (), None), "review", ["face_match_unsure"]),
    ],
)
def test_liveness_and_match_together(lender, result, outcome, reasons):
    from loanapp.backend.verification.face import decide

    found = decide(FaceResult(result[0], result[1], {}, result[2]), lender.services.policies.face)
    assert (found[0], list(found[1])) == (outcome, reasons)


def test_what_was_seen_early_may_be_lost_at_any_moment(portrait, expect_log):
    import cv2

    picture = cv2.imencode(".jpg", cv2.resize(portrait, (288, 288)))[1].tobytes()
    frames = [EvidenceFrame(place * 67, picture) for place in range(4)]
    inference = InferenceClient()
    try:
        assert inference.watch("one", 0, frames[:2]) is True
        assert inference.watch("one", 2, frames[2:3]) is True
        assert inference.watch("one", 2, frames[3:]) is False, "not what follows"
        assert inference.watch("one", 3, frames[3:]) is False, "forgotten"
        assert inference.watch("two", 0, frames) is True
        assert inference.watch("three", 0, frames[:1]) is True
        assert inference.watch("four", 0, frames[:1]) is False, "no room"
        inference.forget("two")
        assert inference.watch("four", 0, frames[:1]) is True
        inference._process.kill()
        inference._process.join()
        expect_log("the inference process died")
        assert inference.watch("four", 1, frames[1:]) is False
    finally:
        inference.stop()


@pytest.mark.parametrize("seen", [1, 2])
def test_the_verdict_is_the_same_whatever_was_seen_early(portrait, seen):
    import cv2

    from loanapp.backend.inference.early import EarlyLooks
    from loanapp.vision.models import FaceModels

    models = FaceModels.load()
    picture = cv2.imencode(".jpg", cv2.resize(portrait, (288, 288)))[1].tobytes()
    frames = [EvidenceFrame(place * 67, picture) for place in range(3)]
    looks = EarlyLooks()
    assert looks.watch("one", 0, frames[:seen], models)
    kept = looks.take("one")
    assert kept.began(frames)
    assert kept.count == seen
    other = [EvidenceFrame(frames[0].time_ms + 1, picture), *frames[1:]]
    assert not kept.began(other)
    assert not kept.began(frames[: seen - 1])
    assert looks.take("one") is None
