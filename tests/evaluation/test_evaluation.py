"""A seeded part of the evaluation for every day, and the whole for the slow suite."""

import json

import pytest

from loanapp.vision.models import FaceModels
from tests.evaluation import clips
from tests.evaluation.__main__ import main
from tests.evaluation.attackers import OBEYING, PRESENTED, stage
from tests.evaluation.borrowers import variations
from tests.evaluation.challenges import TURNS, draw_challenge
from tests.evaluation.lender_attacks import AGAINST_THE_LENDER
from tests.evaluation.report import lines, share
from tests.evaluation.run import Job, Plan, do, jobs, requirements, run, tally
from tests.evaluation.split import Half, generators, seeds


def test_the_halves_share_nothing():
    assert not set(seeds(Half.TUNE, 20)) & set(seeds(Half.REPORT, 20))
    names = [{one.name for one in generators(half, variations())} for half in Half]
    assert not names[0] & names[1]
    assert len(variations()) == len({one.name for one in variations()})
    for styles in (PRESENTED | OBEYING).values():
        assert len(styles) >= 2, "a style for each half"


def test_the_whole_is_as_large_as_asked_for():
    plan = Plan(parts=("borrower", "attacks"))
    todo = jobs(plan)
    assert len({one.name for one in todo if one.what == "borrower"}) >= 40
    attacks = [one for one in todo if one.what == "attack" and one.name in PRESENTED]
    against_the_lender = 2 * plan.attacks * len(AGAINST_THE_LENDER)
    assert len(attacks) + against_the_lender >= 200
    assert len(set(todo)) == len(todo)


@pytest.mark.parametrize("flash", [True, False])
def test_challenges_are_those_of_the_lender(flash):
    import numpy as np

    for seed in range(30):
        challenge = draw_challenge(np.random.default_rng(seed), flash=flash)
        turns = set(challenge.actions) & set(TURNS)
        assert turns if flash else turns == set(TURNS)
        assert len(challenge.actions) in ({2, 3} if flash else {4})
        assert len(set(challenge.actions)) == len(challenge.actions)
        assert (4 <= len(challenge.flash) <= 6) if flash else not challenge.flash


def test_counts_stand_beside_percentages():
    assert share(3, 40) == "3 of 40 (7.5 %)"
    done = [
        do_nothing(name, flash) for name in ("still print", "obeying animation, injected") for flash in (True, False)
    ]
    counts = tally(done)
    text = "\n".join(lines(Plan(parts=("attacks",)), counts, "because of nothing"))
    assert requirements(counts) == {"no attack passed but those that obey": False}
    assert "100.0 %" in text
    assert "NO   no attack passed" in text


def do_nothing(name, flash):
    from tests.evaluation.run import Done

    return Done(Job("attack", name, 1, flash), ["passed"], [[]])


@pytest.mark.timeout(300)
def test_a_print_fails_and_the_borrower_passes():
    """A seeded part of the whole: one attack and one guise."""
    print_fails = do(Job("attack", "moved and tilted print", 1, flash=True))
    assert print_fails.outcomes[0] in {"retry", "review", "refused"}
    assert print_fails.reasons[0]
    borrower = do(Job("borrower", "glasses warm light", 1, flash=True))
    assert borrower.outcomes[-1] == "passed"


@pytest.mark.slow
def test_the_same_seed_makes_the_same_attack():
    """A run can be repeated: what it forges hangs on kind, seed and flash alone."""
    first, again = (PRESENTED["frozen or looped frames"][1](_stage()) for _ in range(2))
    assert first == again


def _stage():
    return stage(FaceModels.load(), None, "frozen or looped frames", 3, flash=False)


def test_clips_are_left_out_where_there_are_none(monkeypatch):
    monkeypatch.delenv(clips.VARIABLE, raising=False)
    assert run(Plan(parts=("clips",))) == []
    text = "\n".join(lines(Plan(parts=("clips",)), tally([]), "because LOANAPP_CLIPS names no folder"))
    assert "skipped, because LOANAPP_CLIPS names no folder" in text


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_the_whole_reaches_what_is_asked_for(capsys):
    code = main(["--json"])
    counts = json.loads(capsys.readouterr().out)
    assert code == 0, counts["reached"]
