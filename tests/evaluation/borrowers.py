"""The demonstration borrower in many variations, through the real guided attempt, evidence and verdict.

These are simulated people, one and the same portrait in many guises: what is measured here says whether the program
stands in its own way. It is no error rate of living people.
"""

from dataclasses import dataclass, field

import numpy as np

from loanapp.capture.guidance import CapturePhase, GuidedAttempt
from loanapp.capture.stream_meter import StreamMeter
from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.demonstration.scene import Scene
from loanapp.domain.liveness import Challenge
from loanapp.vision.frame_analysis import FrameAnalyser
from loanapp.vision.models import FaceModels
from tests.evaluation.challenges import draw_challenge

LONGEST_S = 60.0


@dataclass(frozen=True)
class Variation:
    """One guise: options of the borrower by name, and their scene."""

    name: str
    scene: Scene = field(default_factory=Scene)
    options: dict = field(default_factory=dict)


def variations() -> list[Variation]:
    """Every guise, in pairs: the first of each pair for tuning, the second reported."""
    out: list[Variation] = []

    def pair(name: str, first: tuple, second: tuple) -> None:
        for value, scene, options in (first, second):
            out.append(Variation(f"{name} {value}", Scene(**scene), options))

    def scenes(name: str, key: str, *values) -> None:
        for first, second in zip(values[::2], values[1::2], strict=True):
            pair(name, (first, {key: first}, {}), (second, {key: second}, {}))

    def options(name: str, key: str, *values) -> None:
        for first, second in zip(values[::2], values[1::2], strict=True):
            pair(name, (first, {}, {key: first}), (second, {}, {key: second}))

    options("light", "light", 1.0, 0.9, 0.75, 0.8, 0.65, 0.7, 0.6, 0.55, 1.15, 1.1)
    options("frames a second", "fps", 30, 24, 20, 25, 15, 12, 10, 11, 14, 17)
    options("sensor noise", "noise", 0.5, 1.0, 3.0, 2.5, 5.0, 4.0)
    options("screen's share of light", "screen", 0.25, 0.22, 0.12, 0.14, 0.08, 0.1, 0.18, 0.2)
    options("camera's lag", "latency_s", 0.06, 0.08, 0.12, 0.15)
    options("reaction", "reaction_s", 0.3, 0.45, 1.5, 1.2, 2.5, 2.0)
    scenes("window behind", "window", 0.3, 0.4, 0.6, 0.5)
    scenes("uneven light", "uneven", 0.1, 0.15, 0.3, 0.25)
    scenes("warmth", "warmth", 0.8, 1.0, -0.6, -0.8, 0.3, -0.3)
    scenes("skin", "skin", 0.3, 0.22, 0.5, 0.4, 0.8, 0.65, 1.2, 1.1)
    scenes("nearness", "nearness", 0.65, 0.7, 0.8, 0.75, 1.2, 1.15)
    scenes("facing", "facing", (6.0, 0.0), (-6.0, 0.0), (0.0, -8.0), (0.0, 7.0), (4.0, -5.0), (-5.0, 4.0))
    scenes("place", "place", (0.08, 0.0), (-0.08, 0.02), (0.0, 0.05), (0.05, -0.03))
    pair("glasses", ("", {"glasses": True}, {}), ("warm light", {"glasses": True, "warmth": 0.6}, {}))
    pair(
        "glasses and skin",
        ("0.6", {"glasses": True, "skin": 0.6}, {}),
        ("0.35", {"glasses": True, "skin": 0.35}, {}),
    )
    pair(
        "dark skin by a window",
        ("0.4", {"skin": 0.35, "window": 0.4}, {}),
        ("0.3", {"skin": 0.3, "window": 0.3}, {}),
    )
    pair(
        "evening, slow camera",
        ("", {"warmth": 0.8}, {"light": 0.7, "fps": 12, "noise": 4.0, "screen": 0.25}),
        ("far", {"warmth": 0.8, "nearness": 0.8}, {"light": 0.7, "fps": 15, "noise": 4.0, "screen": 0.25}),
    )
    pair(
        "day, weak screen",
        ("", {"window": 0.3, "warmth": -0.4}, {"screen": 0.08}),
        ("near", {"window": 0.3, "warmth": -0.4, "nearness": 1.1}, {"screen": 0.09}),
    )
    return out


@dataclass(frozen=True)
class Try:
    """One guided attempt: its evidence, or what ended it; ``seconds`` by the frames' clock from ready to done."""

    challenge: Challenge
    evidence: bytes | None
    ended: str
    seconds: float


def attempt(models: FaceModels, variation: Variation, seed: int, *, flash: bool) -> Try:
    """The borrower of ``variation`` before the real guidance, without threads and without a window."""
    random = np.random.default_rng([seed, int(flash), *variation.name.encode()])
    challenge = draw_challenge(random, flash=flash)
    options = {"fps": 15, "reaction_s": 0.6, "screen": float(random.uniform(0.12, 0.22))} | variation.options
    borrower = DemonstrationBorrower(models=models, scene=variation.scene, seed=seed, paced=False, **options)
    return guided(models, borrower, challenge)


def guided(models: FaceModels, borrower: DemonstrationBorrower, challenge: Challenge) -> Try:
    """Any borrower through one guided attempt."""
    analyser, running, meter = FrameAnalyser(models), GuidedAttempt(), StreamMeter()
    borrower.open()
    running.begin(challenge)
    meter.begin()
    colour, now = None, 0.0
    while now < LONGEST_S:
        frame = borrower.read()
        now = frame.time_s
        meter.add(frame, borrower.name)
        running.feed(analyser.analyse(frame.image, now), frame.image)
        borrower.prompt(running.prompt)
        if running.flash is not colour:
            colour = running.flash
            borrower.illuminate(colour)
        if running.guidance.phase in {CapturePhase.DONE, CapturePhase.FAILED}:
            break
    borrower.close()
    state = running.guidance
    if state.phase is CapturePhase.DONE:
        return Try(challenge, running.evidence(borrower.kind, meter.facts()), "done", now)
    if state.error is not None:
        return Try(challenge, None, state.error.code.value, now)
    return Try(challenge, None, f"{state.phase.value}:{state.hint.value if state.hint else ''}", now)
