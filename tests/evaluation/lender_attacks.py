"""Attacks on the challenge and on the evidence's bytes, against the whole lender over TLS.

The frames are those of an honest attempt, so that nothing but what is named is wrong.
"""

import dataclasses
import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from loanapp.domain.liveness import Action, SourceKind
from loanapp.vision.evidence import Evidence, EvidenceHeader, FlashWindow, pack_evidence, unpack_evidence
from loanapp.vision.models import FaceModels
from tests.evaluation.challenges import draw_challenge
from tests.evaluation.people import Puppet
from tests.evaluation.script import Script, forge
from tests.loanapp.backend.walk import MovableClock, Walker, Wire, sealed_evidence, serving

_INSTANT = (
    "registry_seconds",
    "face_seconds",
    "card_seconds",
    "bureau_seconds",
    "decision_seconds",
    "bank_seconds",
    "authority_seconds",
)
# A borrower's failures lock their face attempts; this many are made by each.
_EACH = 3


@contextmanager
def lender() -> Iterator[tuple[Wire, MovableClock]]:
    """A real demonstration lender, served from a thread of this process, with a clock that can be moved."""
    from loanapp.backend.lifecycle.assembly import assemble
    from loanapp.backend.lifecycle.folder import LenderFolder
    from loanapp.backend.policy import load_policies

    clock = MovableClock(timedelta(0))
    policies = load_policies()
    simulation = policies.simulation.model_copy(update=dict.fromkeys(_INSTANT, 0.0))
    with tempfile.TemporaryDirectory() as folder:
        built = assemble(
            LenderFolder.made(Path(folder) / "data"), dataclasses.replace(policies, simulation=simulation), clock
        )
        built.origination.start(built.services)
        try:
            with serving(built) as wire:
                yield wire, clock
        finally:
            built.close()


class Bench:
    """Borrowers before the lender, and one honest recording whose header is told anew for each challenge."""

    def __init__(self, wire: Wire, clock: MovableClock, models: FaceModels, random: np.random.Generator) -> None:
        self.wire, self.clock, self._random = wire, clock, random
        self._recordings: dict[bool, Evidence] = {}
        for flash in (True, False):
            script = Script(draw_challenge(random, flash=flash), random)
            packed = forge(script, Puppet(models, 1, screen=0.16).at, models)
            self._recordings[flash] = unpack_evidence(packed)
        self._phones = itertools.count(13922230000)
        self._used = _EACH

    def borrower(self) -> Walker:
        """One whose identity is confirmed and who consented."""
        if self._used >= _EACH:
            self._walker = Walker(self.wire, phone=str(next(self._phones)))
            self._walker.sign_in()
            self._walker.create()
            self._walker.documents()
            self._walker.identify()
            self._walker.consents()
            self._used = 0
        self._used += 1
        return self._walker

    def challenge(self, walker: Walker, *, flash: bool) -> dict:
        """A new challenge of the lender's."""
        # The lender lets nobody ask again at once.
        self.clock.move(seconds=40)
        body = {"source_kind": "demonstration", "flash_accepted": flash}
        challenge = walker.act("/liveness-sessions", body, status=201)
        # As long as the attempt would have taken.
        self.clock.move(seconds=30)
        return challenge

    def honest(self, challenge: dict, *, flash: bool, **told: str) -> bytes:
        """The recording with a header that fits the challenge, but for what is ``told`` otherwise."""
        old = self._recordings[flash]
        header: EvidenceHeader = old.header
        windows = list(header.windows)
        while len(windows) < len(challenge["actions"]):
            last = windows.pop()
            middle = (last.asked_ms + last.done_ms) // 2
            windows += [replace(last, done_ms=middle), replace(last, asked_ms=middle + 1)]
        shown = list(header.flash)
        colours = challenge["flash"]
        start = shown[0].shown_ms if shown else 0
        step = challenge["flash_colour_ms"]
        fields = {
            "session_id": challenge["session_id"],
            "application_id": challenge["application_id"],
            "nonce": challenge["nonce"],
            "source_kind": SourceKind.DEMONSTRATION,
            "windows": tuple(
                replace(window, action=Action(action))
                for action, window in zip(challenge["actions"], windows, strict=False)
            ),
            "flash": tuple(
                FlashWindow(type(shown[0].colour)(colour), start + place * step, start + (place + 1) * step)
                for place, colour in enumerate(colours)
            ),
        }
        return pack_evidence(replace(header, **(fields | told)), old.frames)

    def send(self, walker: Walker, challenge: dict, sealed: bytes) -> str:
        """What the lender makes of it: an outcome of a verdict, or ``refused`` with the code."""
        path = f"/v1/liveness-sessions/{challenge['session_id']}/evidence"
        answer = walker.call("PUT", path, content=sealed)
        body = answer.json()
        return body["outcome"] if answer.status_code == 200 else f"refused:{body['code']}"


def wrong_challenge(bench: Bench, random: np.random.Generator, *, flash: bool) -> str:
    """Evidence of one challenge for another: its name, its nonce, its application, or the seal of another."""
    walker = bench.borrower()
    challenge = bench.challenge(walker, flash=flash)
    other = f"{int(random.integers(1 << 60)):032x}"
    what = ("session_id", "nonce", "application_id", "seal")[int(random.integers(4))]
    if what == "seal":
        sealed = sealed_evidence(walker, challenge | {"nonce": other}, bench.honest(challenge, flash=flash))
    else:
        sealed = sealed_evidence(walker, challenge, bench.honest(challenge, flash=flash, **{what: other}))
    return bench.send(walker, challenge, sealed)


def reused_challenge(bench: Bench, random: np.random.Generator, *, flash: bool) -> str:
    """Other evidence for a challenge that had its answer."""
    walker = bench.borrower()
    challenge = bench.challenge(walker, flash=flash)
    bench.send(walker, challenge, sealed_evidence(walker, challenge, b"nothing that is evidence"))
    first = sealed_evidence(walker, challenge, bench.honest(challenge, flash=flash))
    bench.send(walker, challenge, first)
    return bench.send(walker, challenge, sealed_evidence(walker, challenge, bench.honest(challenge, flash=flash)))


def expired_challenge(bench: Bench, random: np.random.Generator, *, flash: bool) -> str:
    """In time by the client's clock, too late by the lender's; or after a newer one was asked for."""
    walker = bench.borrower()
    challenge = bench.challenge(walker, flash=flash)
    sealed = sealed_evidence(walker, challenge, bench.honest(challenge, flash=flash))
    if random.integers(2):
        bench.challenge(walker, flash=flash)
    else:
        bench.clock.move(seconds=181 + int(random.integers(0, 600)))
    return bench.send(walker, challenge, sealed)


def truncated(bench: Bench, random: np.random.Generator, *, flash: bool) -> str:
    """Cut short: before sealing or after."""
    walker = bench.borrower()
    challenge = bench.challenge(walker, flash=flash)
    packed = bench.honest(challenge, flash=flash)
    if random.integers(2):
        sealed = sealed_evidence(walker, challenge, packed[: int(random.integers(1, len(packed)))])
    else:
        whole = sealed_evidence(walker, challenge, packed)
        sealed = whole[: int(random.integers(1, len(whole)))]
    return bench.send(walker, challenge, sealed)


def bit_flipped(bench: Bench, random: np.random.Generator, *, flash: bool) -> str:
    """A bit turned on the way, anywhere in what was sealed."""
    walker = bench.borrower()
    challenge = bench.challenge(walker, flash=flash)
    sealed = bytearray(sealed_evidence(walker, challenge, bench.honest(challenge, flash=flash)))
    sealed[int(random.integers(len(sealed)))] ^= 1 << int(random.integers(8))
    return bench.send(walker, challenge, bytes(sealed))


LenderAttack = Callable[..., str]
AGAINST_THE_LENDER: dict[str, LenderAttack] = {
    "wrong challenge": wrong_challenge,
    "reused challenge": reused_challenge,
    "expired challenge": expired_challenge,
    "truncated evidence": truncated,
    "bit-flipped evidence": bit_flipped,
}
