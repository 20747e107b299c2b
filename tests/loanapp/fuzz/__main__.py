"""``python -m tests.loanapp.fuzz [--parser NAME] [--cases N] [--seed S] [--state FILE] [--minutes M]``: spoilt inputs.

Case number N of a parser is the same for ever: ``--start N --cases 1`` repeats it. With ``--state`` it goes on where it
was ended. With ``--minutes`` no parser gets more than its share of the time, nor more than its cases. Ends with 1 for a
crash, for a case over a second, or for memory grown by more than 500 MB; on Linux no case gets more than that. Where
one case keeps its piece from ending, the program stops and says where it was.
"""

import argparse
import faulthandler
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TextIO

from tests.loanapp.fuzz.parsers import MAKERS
from tests.loanapp.fuzz.run import STUCK_S, hold_memory, run

_PIECE = 50


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.loanapp.fuzz", description=__doc__)
    parser.add_argument("--parser", choices=sorted(MAKERS), action="append")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--state", type=Path, help="file that remembers how far each parser came")
    parser.add_argument("--minutes", type=float, help="of which each parser has as much as is left for each")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    state = json.loads(chosen.state.read_text()) if chosen.state and chosen.state.exists() else {}
    sys.stderr = _quiet_libraries()
    with tempfile.TemporaryDirectory() as folder:
        names, bad = list(chosen.parser or MAKERS), 0
        over = None if chosen.minutes is None else time.monotonic() + 60 * chosen.minutes
        for left, name in zip(range(len(names), 0, -1), names, strict=True):
            until = None if over is None else time.monotonic() + max(0.0, over - time.monotonic()) / left
            home = Path(folder) / name
            home.mkdir()
            bad += _all_of(name, chosen, state, home, until)
    print(f"{bad} faults")
    return int(bad > 0)


def _quiet_libraries() -> TextIO:
    """Standard error for Python alone: what a library of C says of each spoilt picture is no news."""
    own = os.fdopen(os.dup(2), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    return own


def _all_of(name: str, chosen: argparse.Namespace, state: dict[str, int], home: Path, until: float | None) -> int:
    """Give one parser its cases, ``until`` a moment of the monotonic clock; how many faults there were."""
    bad = 0
    made, came_to = MAKERS[name](home), state.get(f"{name}/{chosen.seed}", chosen.start)
    end = chosen.start + chosen.cases
    run(made, range(5), chosen.seed)  # what the parser loads once is none of the cases' memory
    hold_memory()
    told = read = 0
    slowest = 0.0
    first = True  # a parser whose inputs take long to make gets a piece all the same
    while came_to < end and (first or until is None or time.monotonic() < until):
        first, upto = False, min(came_to + _PIECE, end)
        faulthandler.dump_traceback_later(STUCK_S, exit=True, file=sys.stderr)
        outcome = run(made, range(came_to, upto), chosen.seed)
        faulthandler.cancel_dump_traceback_later()
        told, read, slowest = told + outcome.told, read + outcome.read, max(slowest, outcome.slowest_s)
        for fault in outcome.faults:
            bad += 1
            print(f"  {fault}", flush=True)
        came_to = state[f"{name}/{chosen.seed}"] = upto
        if chosen.state:
            chosen.state.write_text(json.dumps(state))
    line = f"{name:13} {read + told:7} cases: {told} refused in words, {read} read, slowest {slowest * 1000:.0f} ms"
    print(line, flush=True)
    return bad


if __name__ == "__main__":
    sys.exit(main())
