"""A client in an attacker's hands: it says what it likes, and gains nothing by it.

The attacker here has what is worth most: a film of a whole attempt that passes when it is told truthfully and in time.
"""

import dataclasses
import json
import struct
import uuid

import pytest

from loanapp.backend.store.tables import LivenessSession
from loanapp.backend.verification import challenges
from loanapp.domain.liveness import Action, FlashColour, SourceKind
from loanapp.vision.evidence import (
    MAGIC,
    ActionWindow,
    DeviceFacts,
    EvidenceFrame,
    FlashWindow,
    pack_evidence,
    unpack_evidence,
)
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import SignedBy, blank_evidence, evidence_path, face_evidence, sealed_evidence, segments

ORDER = (Action.OPEN_MOUTH, Action.TURN_LEFT)
COLOURS = (FlashColour.WHITE, FlashColour.BLUE, FlashColour.YELLOW, FlashColour.BLACK)
CLEAN = DeviceFacts("Integrated Camera", 1280, 720, 30.0, 0, 900, virtual=False, changed=False)


class Attacker:
    """Asks for challenges whose order it may choose, which no lender lets it, and answers with changed films."""

    def __init__(self, one, clock, monkeypatch):
        self.one, self._clock, self._monkeypatch = one, clock, monkeypatch

    def challenge(self, actions=ORDER, colours=(), seconds=40):
        self._monkeypatch.setattr(challenges, "_draw", lambda *_asked: (actions, colours))
        given = self.one.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
        self._clock.move(seconds=seconds)  # as long as the acts take
        return given

    def tell(self, film, *, challenge=None, frames=None, **changes):
        """The verdict on a film told as an answer to ``challenge``, with ``changes`` in its header."""
        challenge = challenge or self.challenge()
        header = dataclasses.replace(
            film.header,
            **{name: challenge[name] for name in ("session_id", "application_id", "nonce")} | changes,
        )
        evidence = pack_evidence(header, film.frames if frames is None else frames)
        return self.send(challenge, sealed_evidence(self.one, challenge, evidence))

    def send(self, challenge, sealed, **more):
        return self.one.call("PUT", evidence_path(challenge), content=sealed, **more)


@pytest.fixture(scope="module")
def filmed(face_models):
    """Made once: the frames are no lender's, so they can be told as an answer to any challenge with this order."""
    moment = "2026-11-25T10:00:00+08:00"
    whole = {
        **dict.fromkeys(("session_id", "application_id", "nonce", "signature", "borrower_id"), "x"),
        "actions": [action.value for action in ORDER],
        "issued_at": moment,
        "expires_at": "2026-11-25T10:03:00+08:00",
        "action_timeout_seconds": 12,
        "accepted_sources": ["demonstration"],
        "flash": [],
        "flash_colour_ms": 0,
    }
    return unpack_evidence(face_evidence(whole, face_models))


@pytest.fixture
def attacker(asked, clock, monkeypatch, face_policy):
    face_policy(lock_failures=1000, challenges_an_hour=1000)
    away = clock.away
    yield Attacker(asked, clock, monkeypatch)
    clock.away = away


def gained_nothing(attacker, answer):
    assert attacker.one.get()["face"]["state"] in {"none", "retry"}
    assert "submit" not in attacker.one.get()["allowed_actions"]
    if answer.status_code == 200:
        verdict = answer.json()
        assert verdict["outcome"] in {"retry", "refused"}, verdict
        assert set(verdict) == {"outcome", "reasons", "attempts_left"}, "never a score"
        return verdict["reasons"]
    return answer.json()["code"]


def test_the_film_told_truthfully_and_in_time_passes_and_why_is_on_record(attacker, filmed, lender):
    answer = attacker.tell(filmed)
    assert answer.json()["outcome"] == "passed", answer.text
    with lender.services.database.read() as session:
        kept = session.query(LivenessSession).filter_by(application_id=attacker.one.id).one()
    rules = {rule["name"]: rule for rule in kept.verdict["rules"]}
    for rule in rules.values():
        assert {"value", "comparison", "limit", "passed", "reason", "outcome"} < set(rule)
    assert rules["document_similarity"]["value"] >= rules["document_similarity"]["limit"]
    assert all(len(digest) == 64 for digest in kept.verdict["models_sha256"].values())
    assert len(kept.verdict["models_sha256"]) == 3
    assert kept.verdict["policy"] == f"face {lender.services.policies.face.version}"


@pytest.mark.attack("what-it-says-of-source-and-device-helps-no-film")
def test_what_it_says_of_source_and_device_helps_no_film(attacker, filmed):
    answer = attacker.tell(filmed, source_kind=SourceKind.CAMERA)
    assert gained_nothing(attacker, answer) == "source_not_accepted"
    challenge = attacker.challenge()
    sealed = sealed_evidence(attacker.one, challenge, blank_evidence(challenge, device=CLEAN))
    assert gained_nothing(attacker, attacker.send(challenge, sealed))


@pytest.mark.attack("other-times-than-those-of-the-acts")
@pytest.mark.slow
def test_other_times_than_those_of_the_acts(attacker, filmed):
    # Told of the moments before anything was done: the acts are not in them.
    early = tuple(
        ActionWindow(window.action, 600 + place * 700, 1200 + place * 700)
        for place, window in enumerate(filmed.header.windows)
    )
    assert gained_nothing(attacker, attacker.tell(filmed, windows=early))


def test_sooner_than_it_can_have_been_acted(attacker, filmed):
    challenge = attacker.challenge(seconds=0)
    assert gained_nothing(attacker, attacker.tell(filmed, challenge=challenge)) == ["challenge_mismatch"]
    # Nor with times that hide it: what is left is no attempt any more.
    quick = [EvidenceFrame(place, frame.jpeg) for place, frame in enumerate(filmed.frames)]
    windows = tuple(
        ActionWindow(window.action, 20 + place, 21 + place) for place, window in enumerate(filmed.header.windows)
    )
    challenge = attacker.challenge(seconds=0)
    assert gained_nothing(attacker, attacker.tell(filmed, challenge=challenge, frames=quick, windows=windows))


@pytest.mark.attack("another-order-than-the-one-that-was-asked")
def test_another_order_than_the_one_that_was_asked(attacker, filmed):
    challenge = attacker.challenge(ORDER[::-1])
    assert gained_nothing(attacker, attacker.tell(filmed, challenge=challenge)) == ["wrong_order"]
    challenge = attacker.challenge(ORDER[::-1])
    named = tuple(
        dataclasses.replace(window, action=action)
        for window, action in zip(filmed.header.windows, ORDER[::-1], strict=True)
    )
    assert "wrong_order" in gained_nothing(attacker, attacker.tell(filmed, challenge=challenge, windows=named))


def test_colours_that_the_film_does_not_show(attacker, filmed):
    challenge = attacker.challenge(colours=COLOURS)
    assert gained_nothing(attacker, attacker.tell(filmed, challenge=challenge))
    challenge, step = attacker.challenge(colours=COLOURS), challenge["flash_colour_ms"]
    begin = filmed.header.windows[-1].done_ms
    claimed = tuple(
        FlashWindow(colour, begin + place * step, begin + (place + 1) * step) for place, colour in enumerate(COLOURS)
    )
    answer = attacker.tell(filmed, challenge=challenge, flash=claimed)
    verdict = answer.json()
    assert verdict["outcome"] in {"retry", "review", "refused"}, "colours that were never seen are at best inconclusive"
    assert verdict["reasons"]


@pytest.mark.attack("a-film-of-another-attempt-or-another-borrower")
def test_a_film_of_another_attempt_or_another_borrower(attacker, filmed, walker):
    first = attacker.challenge()
    sent = sealed_evidence(attacker.one, first, blank_evidence(first))
    second = attacker.challenge()
    assert gained_nothing(attacker, attacker.send(second, sent)) == "evidence_invalid"
    assert gained_nothing(attacker, attacker.send(first, sent)) == "challenge_expired"
    # Sealed for this attempt, but telling of that one.
    sealed = sealed_evidence(attacker.one, second, blank_evidence(first))
    assert gained_nothing(attacker, attacker.send(second, sealed)) == ["challenge_mismatch"]
    third = attacker.challenge()
    sealed = sealed_evidence(attacker.one, third, blank_evidence(third, nonce="0" * 32))
    assert gained_nothing(attacker, attacker.send(third, sealed)) == ["challenge_mismatch"]
    stranger = walker()
    stranger.sign_in()
    refused(stranger.call("PUT", evidence_path(attacker.challenge()), content=sent), 404, "not_found")
    fourth = attacker.challenge()
    sealed = sealed_evidence(attacker.one, fourth | {"borrower_id": "another"}, blank_evidence(fourth))
    assert gained_nothing(attacker, attacker.send(fourth, sealed)) == "evidence_invalid"


def test_a_challenge_answers_once_and_the_same_evidence_gets_the_same_answer(attacker, filmed):
    challenge = attacker.challenge()
    blank = blank_evidence(challenge)
    verdict = attacker.send(challenge, sealed_evidence(attacker.one, challenge, blank)).json()
    again = attacker.send(challenge, sealed_evidence(attacker.one, challenge, blank)).json()
    assert again == verdict
    answer = attacker.tell(filmed, challenge=challenge)
    assert gained_nothing(attacker, answer) == "challenge_expired"
    late = attacker.challenge()
    attacker._clock.move(seconds=200)
    assert gained_nothing(attacker, attacker.tell(filmed, challenge=late)) == "challenge_expired"


def _one_bit(parts):
    place = len(parts[0]) // 2
    parts[0] = parts[0][:place] + bytes([parts[0][place] ^ 4]) + parts[0][place + 1 :]


def _swap(parts):
    parts[0], parts[1] = parts[1], parts[0]


@pytest.mark.attack("segments-that-were-changed-open-nothing-and-use-nothing-up")
@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.pop(),
        lambda parts: parts.pop(0),
        lambda parts: parts.append(parts[0]),
        lambda parts: parts.append(b'{"outcome": "passed"}'),
        lambda parts: parts.__setitem__(-1, parts[-1][:-9]),
        _one_bit,
        _swap,
    ],
)
def test_segments_that_were_changed_open_nothing_and_use_nothing_up(attacker, filmed, change):
    challenge = attacker.challenge()
    header = dataclasses.replace(
        filmed.header, **{name: challenge[name] for name in ("session_id", "application_id", "nonce")}
    )
    parts = segments(attacker.one, challenge, pack_evidence(header, filmed.frames))
    change(parts)
    assert gained_nothing(attacker, attacker.send(challenge, b"".join(parts))) == "evidence_invalid"
    # The attempt is still open: whoever was disturbed on the way may send again.
    sealed = sealed_evidence(attacker.one, challenge, blank_evidence(challenge))
    assert attacker.send(challenge, sealed).status_code == 200


def _with_extra(packed, **extra):
    (length,) = struct.unpack_from(">I", packed, len(MAGIC))
    start = len(MAGIC) + 4
    content = json.loads(packed[start : start + length]) | extra
    text = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return MAGIC + struct.pack(">I", len(text)) + text + packed[start + length :]


@pytest.mark.attack("nothing-it-adds-is-heard")
def test_nothing_it_adds_is_heard(attacker):
    challenge = attacker.challenge()
    for extra in ({"outcome": "passed"}, {"verdict": {"outcome": "passed", "score": 1.0}}, {"frames": 400}):
        packed = _with_extra(blank_evidence(challenge), **extra)
        answer = attacker.send(challenge, sealed_evidence(attacker.one, challenge, packed))
        assert gained_nothing(attacker, answer) == "evidence_invalid"
    sealed = sealed_evidence(attacker.one, challenge, blank_evidence(challenge))
    path = evidence_path(challenge) + "?outcome=passed"
    headers = {"Authorization": f"Bearer {attacker.one.token}", "X-Outcome": "passed", "X-Score": "1.0"}
    answer = attacker.one.http.request(
        "PUT", path, data=sealed, headers=headers, auth=SignedBy(attacker.one, attacker.one.token)
    )
    assert "too_few_frames" in gained_nothing(attacker, answer) or answer.json()["outcome"] == "retry"
    for extra in ({"outcome": "passed"}, {"actions": ["blink"]}, {"flash": []}, {"nonce": "0" * 32}):
        body = {"source_kind": "demonstration", **extra}
        key = str(uuid.uuid4())
        refused(
            attacker.one.call("POST", attacker.one.at("/liveness-sessions"), body=body, key=key), 422, "input_invalid"
        )
