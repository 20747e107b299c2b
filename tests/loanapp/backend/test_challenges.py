"""What the lender asks of a face, by its policy and by what the borrower wants."""

import uuid
from datetime import datetime

from tests.loanapp.backend.test_refusals import refused

TURNS = {"turn_left", "turn_right"}


def challenge(one, **wishes):
    return one.act("/liveness-sessions", {"source_kind": "demonstration", **wishes}, status=201)


def test_colours_are_shown_to_whoever_agreed_and_others_are_asked_for_more(asked):
    assert asked.lender["face_verification"] == {"flash": True}
    shown = challenge(asked, flash_accepted=True)
    assert 4 <= len(shown["flash"]) <= 6
    assert shown["flash_colour_ms"] >= 400
    assert 2 <= len(shown["actions"]) <= 3
    assert TURNS & set(shown["actions"])
    declined = challenge(asked)
    assert (declined["flash"], declined["flash_colour_ms"]) == ([], 0)
    assert len(declined["actions"]) == 4
    assert set(declined["actions"]) >= TURNS


def test_a_lender_without_a_flash_asks_for_both_turns(asked, face_policy):
    face_policy(flash=False)
    assert asked.done("GET", "/v1/lender")["face_verification"] == {"flash": False}
    given = challenge(asked, flash_accepted=True)
    assert given["flash"] == []
    assert 3 <= len(given["actions"]) <= 4
    assert set(given["actions"]) >= TURNS


def test_whoever_wants_more_time_has_it(asked):
    usual, slow = challenge(asked), challenge(asked, unhurried=True)
    assert slow["action_timeout_seconds"] > usual["action_timeout_seconds"]

    def life(one):
        return datetime.fromisoformat(one["expires_at"]) - datetime.fromisoformat(one["issued_at"])

    assert life(slow) > life(usual)


def test_nobody_can_ask_until_the_challenge_comes_that_a_recording_fits(asked, lender, clock):
    most = lender.services.policies.face.challenges_an_hour
    given = [challenge(asked) for _attempt in range(most)]
    assert len({tuple(one["actions"]) for one in given}) == most
    assert len({one["nonce"] for one in given}) == most
    body = {"source_kind": "demonstration"}
    answer = asked.call("POST", asked.at("/liveness-sessions"), body=body, key=str(uuid.uuid4()))
    wait = refused(answer, 429, "face_attempts_locked")["retry_after_seconds"]
    assert 3500 < wait <= 3601
    shown = asked.get()
    assert "start_liveness" not in shown["allowed_actions"]
    assert "choose_manual_verification" in shown["allowed_actions"]
    assert shown["face"]["locked_seconds"] > 3500
    away = clock.away
    clock.move(seconds=wait)
    challenge(asked)
    clock.away = away
