"""Gives a parser its spoilt inputs and counts what it does with them."""

import contextlib
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.loanapp.fuzz.parsing import Parser

LONGEST_S = 1.0
# Two hundred cases of a second each: a case without end, in whatever language, is stopped by then.
STUCK_S = 240
MOST_MEMORY_MB = 500


@dataclass
class Outcome:
    told: int = 0
    read: int = 0
    slowest_s: float = 0.0
    faults: list[str] = field(default_factory=list)


def case(parser: Parser, number: int, seed: int) -> bytes:
    """The input of that number; the same at every call where the parser's whole inputs are the same."""
    chance = Random(f"{parser.name}/{seed}/{number}")
    return parser.spoil(chance.choice(parser.seeds), chance)


def run(parser: Parser, numbers: Iterable[int], seed: int, *, longest_s: float = LONGEST_S) -> Outcome:
    """Read each case; a fault names its parser, seed and number, and what happened."""
    outcome, before = Outcome(), peak_mb()
    for number in numbers:
        content, began = case(parser, number, seed), time.thread_time()
        try:
            parser.read(content)
            outcome.read += 1
        except parser.told:
            outcome.told += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome.faults.append(f"{parser.name} seed {seed} case {number}: {type(error).__name__}: {str(error)[:80]}")
        took = time.thread_time() - began  # of this thread alone: another program's work is no hang
        if took > longest_s:  # a core that others use too computes more slowly: a hang is one each time
            took = min(took, *(_seconds(parser, content) for _ in range(2)))
        outcome.slowest_s = max(outcome.slowest_s, took)
        if took > longest_s:
            outcome.faults.append(f"{parser.name} seed {seed} case {number}: {took:.1f} s")
    if peak_mb() - before > MOST_MEMORY_MB:
        outcome.faults.append(f"{parser.name} seed {seed}: memory grew by {peak_mb() - before} MB")
    return outcome


def _seconds(parser: Parser, content: bytes) -> float:
    began = time.thread_time()
    with contextlib.suppress(Exception):
        parser.read(content)
    return time.thread_time() - began


def hold_memory(most_mb: int = MOST_MEMORY_MB) -> None:
    """From here on this process gets that much more memory and no more (Linux): a case that wants more is a fault."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    told = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (held_kb,) = (int(line.split()[1]) for line in told if line.startswith("VmData:"))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, ((held_kb + most_mb * 1024) * 1024, hard))


def peak_mb() -> int:
    """The most memory this process has held, MB; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)
