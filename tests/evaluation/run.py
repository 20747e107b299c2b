"""One run of the evaluation: everything it counts, as plain values."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from typing import Any

import cv2
import numpy as np

from loanapp.domain.errors import LoanAppError
from loanapp.domain.liveness import Challenge
from loanapp.vision.case import open_case
from loanapp.vision.edge_rules import EDGES_MOVE, note_edges
from loanapp.vision.evidence import unpack_evidence
from loanapp.vision.face_match import FaceMatcher
from loanapp.vision.models import FaceModels
from loanapp.vision.observation import Seen
from loanapp.vision.rules import Rule
from loanapp.vision.surroundings import read_surroundings
from loanapp.vision.verdict import judge
from tests.evaluation import clips
from tests.evaluation.attackers import OBEYING, PRESENTED, stage
from tests.evaluation.borrowers import attempt, variations
from tests.evaluation.edges import EDGES, NO_EDGES
from tests.evaluation.lender_attacks import AGAINST_THE_LENDER, Bench, lender
from tests.evaluation.script import forge
from tests.evaluation.split import Half, generators, seeds

TRIES = 3
BORROWER = "demonstration borrower"
OUTCOMES = ("passed", "retry", "review", "refused")


@dataclass(frozen=True)
class Plan:
    """How much is run: ``attacks`` of each kind with the flash and as many without; ``challenges`` per variation."""

    half: Half = Half.REPORT
    attacks: int = 10
    challenges: int = 3
    every: int = 1
    seed: int = 0
    processes: int = 1
    parts: tuple[str, ...] = ("borrower", "clips", "attacks", "edges")


@dataclass(frozen=True)
class Job:
    """One piece of work of a run; plain, so that another process can do it."""

    what: str
    name: str
    seed: int = 0
    flash: bool = True
    half: Half = Half.REPORT


@dataclass
class Done:
    """What became of a job: outcome and reasons of each try, with the measures of the last.

    ``edge``: whether a reviewer of the last try is told of straight edges that move; None where that was not measured.
    """

    job: Job
    outcomes: list[str] = field(default_factory=list)
    reasons: list[list[str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    measures: dict[str, float] = field(default_factory=dict)
    clip: dict[str, Any] | None = None
    edge: bool | None = None


class Judge:
    """Models and matcher of one process, loaded once."""

    def __init__(self) -> None:
        self.models, self.matcher = FaceModels.load(), FaceMatcher()

    def verdict(self, done: Done, packed: bytes, challenge: Challenge) -> None:
        """Add what the lender's engine makes of evidence that arrived a minute after its challenge."""
        received_at = challenge.issued_at + timedelta(seconds=60)
        try:
            evidence = unpack_evidence(packed)
            report = judge(evidence, challenge, self.models, received_at=received_at, matcher=self.matcher)
        except LoanAppError as error:
            done.outcomes.append("refused")
            done.reasons.append([error.code.value])
            return
        done.outcomes.append(report.outcome.value)
        done.reasons.append([reason.value for reason in report.reasons])
        done.measures = {name: float(value) for name, value in report.measures.items()}
        done.edge = _edge_noted(report.rules)


_judge: list[Judge] = []


def _judging() -> Judge:
    if not _judge:
        _judge.append(Judge())
    return _judge[0]


def do(job: Job) -> Done:
    """Do one job in this process."""
    return {"borrower": _borrower, "clip": _clip, "attack": _attack, "lender": _against_lender, "edges": _edges}[
        job.what
    ](job)


def _borrower(job: Job) -> Done:
    """One variation and one seed: tried again, with a new challenge, up to three times."""
    judging, done = _judging(), Done(job)
    variation = next(one for one in variations() if one.name == job.name)
    for again in range(TRIES):
        tried = attempt(judging.models, variation, job.seed + 1000 * again, flash=job.flash)
        if tried.evidence is None:
            done.outcomes.append(f"not finished: {tried.ended}")
            done.reasons.append([])
        else:
            judging.verdict(done, tried.evidence, tried.challenge)
        done.seconds.append(tried.seconds)
        if done.outcomes[-1] == "passed":
            break
    return done


def _clip(job: Job) -> Done:
    return Done(job, clip=asdict(clips.look(job.name, _judging().models)))


def _attack(job: Job) -> Done:
    judging = _judging()
    every = PRESENTED | OBEYING
    styles = generators(job.half, every[job.name])
    prepared = stage(judging.models, judging.matcher, job.name, job.seed, flash=job.flash)
    packed = styles[job.seed // 2 % len(styles)](prepared)
    done = Done(job)
    judging.verdict(done, packed, prepared.challenge)
    return done


def _edges(job: Job) -> Done:
    """A sheet or a screen in a room, or somebody in one: is a reviewer told of an edge? Of the verdict, that alone."""
    judging = _judging()
    prepared = stage(judging.models, judging.matcher, job.name, job.seed, flash=job.flash)
    film = (EDGES | NO_EDGES)[job.name](prepared)
    evidence = unpack_evidence(forge(prepared.script, film, judging.models))
    around = [(frame.time_ms, read_surroundings(frame.around)) for frame in evidence.frames if frame.around]
    case = open_case(evidence.header, prepared.challenge, prepared.challenge.issued_at)
    note_edges(case, Seen(around=around))
    return Done(job, measures=case.book.measures, edge=_edge_noted(case.book.rules))


def _edge_noted(rules: Sequence[Rule]) -> bool | None:
    return next((not rule.passed for rule in rules if rule.name == EDGES_MOVE), None)


def _against_lender(job: Job) -> Done:
    """All attempts against the whole lender in one go: its start takes some seconds."""
    models = _judging().models
    done = Done(job)
    random = np.random.default_rng([job.seed, 77])
    with lender() as (wire, clock):
        bench = Bench(wire, clock, models, random)
        for name, kind in AGAINST_THE_LENDER.items():
            for flash in (True, False):
                for _ in range(job.seed):
                    done.outcomes.append(kind(bench, random, flash=flash))
                    done.reasons.append([name, "flash" if flash else "none"])
    return done


def jobs(plan: Plan) -> list[Job]:
    """Everything a plan asks for, the longest first."""
    out: list[Job] = []
    if "attacks" in plan.parts:
        # ``seed`` of this one is how many of each; a quick run leaves the lender to its own tests.
        if plan.attacks >= 5:
            out.append(Job("lender", "all", plan.attacks, half=plan.half))
        for name in PRESENTED | OBEYING:
            for flash in (True, False):
                chosen = seeds(plan.half, plan.attacks, start=plan.seed)
                out += [Job("attack", name, seed, flash, plan.half) for seed in chosen]
    if "edges" in plan.parts:
        out += _edge_jobs(plan)
    if "clips" in plan.parts and clips.folder() is not None:
        out += [Job("clip", name) for name in clips.CLIPS]
    if "borrower" in plan.parts:
        for variation in generators(plan.half, variations())[:: plan.every]:
            for place, seed in enumerate(seeds(plan.half, plan.challenges, start=plan.seed)):
                # Of three challenges two have the flash.
                out.append(Job("borrower", variation.name, seed, place % 3 != 2, plan.half))
    return out


def _edge_jobs(plan: Plan) -> list[Job]:
    """Of each kind every other attempt has the flash."""
    chosen = list(enumerate(seeds(plan.half, plan.attacks, start=plan.seed)))
    return [Job("edges", name, seed, place % 2 == 0, plan.half) for name in EDGES | NO_EDGES for place, seed in chosen]


def run(plan: Plan, say: Callable[[str], None] = lambda _: None) -> list[Done]:
    """Do everything of a plan, in ``plan.processes`` processes."""
    todo, started = jobs(plan), time.monotonic()
    done: list[Done] = []
    if plan.processes == 1:
        for job in todo:
            done.append(do(job))
            say(_progress(done[-1], len(done), len(todo), started))
        return done
    # Spawned, not forked: OpenCV's threads do not survive a fork.
    with ProcessPoolExecutor(plan.processes, mp_context=get_context("spawn"), initializer=_one_core) as pool:
        for future in as_completed([pool.submit(do, job) for job in todo]):
            done.append(future.result())
            say(_progress(done[-1], len(done), len(todo), started))
    order = {job: place for place, job in enumerate(todo)}
    return sorted(done, key=lambda one: order[one.job])


def _one_core() -> None:
    cv2.setNumThreads(1)


def _progress(done: Done, count: int, whole: int, started: float) -> str:
    outcome = done.outcomes[0] if len(done.outcomes) < 4 and done.outcomes else ""
    reasons = " ".join(done.reasons[0]) if outcome and done.reasons else ""
    passed = time.monotonic() - started
    flash = "flash" if done.job.flash else "none"
    return (
        f"{count}/{whole} {passed:5.0f} s  {done.job.what} {done.job.name} {done.job.seed} {flash} {outcome} {reasons}"
    )


def tally(done: list[Done]) -> dict[str, Any]:
    """Counts of a run, by part; what ``--json`` prints."""
    return {
        "borrower": _tally_borrower(done),
        "clips": _tally_clips(done),
        "attacks": _tally_attacks(done),
        "edges": _tally_edges(done),
    }


def _tally_borrower(done: list[Done]) -> dict[str, Any]:
    part = [one for one in done if one.job.what == "borrower"]
    out: dict[str, Any] = {"variations": len({one.job.name for one in part})}
    for name, flash in (("flash", True), ("no_flash", False)):
        some = [one for one in part if one.job.flash is flash]
        ready = sorted(one.seconds[0] for one in some if one.outcomes[0] == "passed")
        out[name] = {
            "people": len(some),
            "first_try_passed": sum(one.outcomes[0] == "passed" for one in some),
            "within_three_passed": sum(one.outcomes[-1] == "passed" for one in some),
            "median_seconds": round(float(np.median(ready)), 1) if ready else None,
        }
    out["people"] = len(part)
    out["first_try_passed"] = sum(one.outcomes[0] == "passed" for one in part)
    out["within_three_passed"] = sum(one.outcomes[-1] == "passed" for one in part)
    out["not_passed_first"] = [
        {
            "variation": one.job.name,
            "seed": one.job.seed,
            "flash": one.job.flash,
            "outcomes": one.outcomes,
            "reasons": one.reasons,
        }
        for one in part
        if one.outcomes[0] != "passed"
    ]
    return out


def _tally_clips(done: list[Done]) -> list[dict[str, Any]] | None:
    found = [one.clip for one in done if one.clip is not None]
    return found or None


def _tally_attacks(done: list[Done]) -> dict[str, Any]:
    counted: dict[str, dict[str, Counter[str]]] = {}
    reasons: dict[str, dict[str, Counter[str]]] = {}
    for one in done:
        if one.job.what == "attack":
            cases = [(one.job.name, "flash" if one.job.flash else "none", one.outcomes[0], one.reasons[0])]
        elif one.job.what == "lender":
            cases = [
                (name, flash, outcome.split(":")[0], outcome.split(":")[1:])
                for outcome, (name, flash) in zip(one.outcomes, one.reasons, strict=True)
            ]
        else:
            continue
        for name, flash, outcome, why in cases:
            counted.setdefault(name, {}).setdefault(flash, Counter())[outcome] += 1
            reasons.setdefault(name, {}).setdefault(flash, Counter()).update(why)
    return {
        name: {
            flash: {"attempts": count.total()}
            | {outcome: count[outcome] for outcome in OUTCOMES}
            | {"reasons": dict(reasons[name][flash])}
            for flash, count in by.items()
        }
        for name, by in counted.items()
    }


def _tally_edges(done: list[Done]) -> dict[str, Any]:
    """By kind: how often the note on an edge was there, of the attempts in which what it needs was measured."""
    out: dict[str, Any] = {}
    names = {"edges": lambda one: one.job.name, "attack": lambda one: f"attack: {one.job.name}"}
    for one in done:
        if one.job.what not in {"edges", "attack", "borrower"}:
            continue
        name = names.get(one.job.what, lambda _: BORROWER)(one)
        row = out.setdefault(name, {"attempts": 0, "measured": 0, "noted": 0})
        row["attempts"] += 1
        row["measured"] += one.edge is not None
        row["noted"] += bool(one.edge)
    return out


def requirements(counts: dict[str, Any]) -> dict[str, bool]:
    """Whether what was asked for was reached; only what a run measured is named."""
    out: dict[str, bool] = {}
    people = counts["borrower"]
    if people["people"]:
        out["borrower refused at most 5 % at first"] = people["first_try_passed"] >= 0.95 * people["people"]
        out["borrower refused 0 % within three"] = people["within_three_passed"] == people["people"]
    attacks = counts["attacks"]
    if attacks:
        passed = sum(one["passed"] for name, by in attacks.items() if name not in OBEYING for one in by.values())
        out["no attack passed but those that obey"] = passed == 0
    edges = counts["edges"]
    if BORROWER in edges:
        row = edges[BORROWER]
        out["note on an edge at most 2 % of the borrower's tries"] = row["noted"] <= 0.02 * row["attempts"]
    rooms, held = ([edges[name] for name in names if name in edges] for names in (NO_EDGES, EDGES))
    if rooms and held:
        # Of the attempts in which it could be told; the note is a hint, so what is asked is that it tells something.
        wrongly, rightly = (
            sum(row["noted"] for row in rows) / max(sum(row["measured"] for row in rows), 1) for rows in (rooms, held)
        )
        out["note on an edge at least twice as often for what is held up as in rooms"] = 2 * wrongly <= rightly > 0
    if counts["clips"]:
        seen = counts["clips"]
        out["every listed blink found"] = all(set(one["found"].values()) == {one["listed"]} for one in seen)
        out["no note on an edge over a clip"] = not any(one["edges"][0] for one in seen)
        out["no listed non-blink counted"] = all(not any(one["wrongly"].values()) for one in seen)
        for one in seen:
            if one["covered"]:
                out["the hand is reported over its span"] = one["covered"][0] >= 0.8 * one["covered"][1]
                out["and hardly elsewhere"] = one["covered_elsewhere"][0] <= 0.05 * one["covered_elsewhere"][1]
    return out
