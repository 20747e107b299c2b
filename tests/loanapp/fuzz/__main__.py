"""``python -m tests.loanapp.fuzz [--parser NAME] [--cases N] [--seed S] [--state FILE]``: spoilt inputs, and counts.

Case number N of a parser is the same for ever: ``--start N --cases 1`` repeats it. With ``--state`` it goes on where it
was ended. Ends with 1 for a crash, for a case over a second, or for memory grown by more than 500 MB; on Linux no case
gets more than that. Where one case keeps its piece of 200 from ending, the program stops and says where it was.
"""

import argparse
import faulthandler
import json
import logging
import sys
import tempfile
from pathlib import Path

from tests.loanapp.fuzz.parsers import MAKERS
from tests.loanapp.fuzz.run import STUCK_S, hold_memory, run

_PIECE = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.loanapp.fuzz", description=__doc__)
    parser.add_argument("--parser", choices=sorted(MAKERS), action="append")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--state", type=Path, help="file that remembers how far each parser came")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    state = json.loads(chosen.state.read_text()) if chosen.state and chosen.state.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        bad = sum(_all_of(name, chosen, state, Path(folder)) for name in chosen.parser or MAKERS)
    print(f"{bad} faults")
    return int(bad > 0)


def _all_of(name: str, chosen: argparse.Namespace, state: dict[str, int], home: Path) -> int:
    """Give one parser its cases; how many faults there were."""
    bad = 0
    made, came_to = MAKERS[name](home), state.get(f"{name}/{chosen.seed}", chosen.start)
    end = chosen.start + chosen.cases
    run(made, range(5), chosen.seed)  # what the parser loads once is none of the cases' memory
    hold_memory()
    told = read = 0
    slowest = 0.0
    while came_to < end:
        upto = min(came_to + _PIECE, end)
        faulthandler.dump_traceback_later(STUCK_S, exit=True)
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
