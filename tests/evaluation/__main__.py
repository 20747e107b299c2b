"""The evaluation of face verification: ``python -m tests.evaluation [--quick] [--json] [--half tune]``."""

import argparse
import json
import sys
from dataclasses import asdict, replace

from tests.evaluation import clips
from tests.evaluation.report import lines
from tests.evaluation.run import Plan, requirements, run, tally
from tests.evaluation.split import Half

QUICK = Plan(attacks=1, challenges=1, every=8)


def main(arguments: list[str] | None = None) -> int:
    """Run and print; 1 where something that is asked for was not reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--json", action="store_true", help="counts as JSON")
    parser.add_argument("--quick", action="store_true", help="a small part of everything")
    parser.add_argument("--half", choices=[half.value for half in Half], default="report", help="generators and seeds")
    parser.add_argument("--seed", type=int, default=0, help="which seeds of the half come first")
    parser.add_argument("--attacks", type=int, help="attempts of each kind, with the flash and without it each")
    parser.add_argument("--challenges", type=int, help="challenges for each variation of the borrower")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", choices=["borrower", "clips", "attacks", "edges"], action="append")
    chosen = parser.parse_args(arguments)
    plan = replace(QUICK if chosen.quick else Plan(), half=Half(chosen.half), seed=chosen.seed)
    plan = replace(plan, processes=chosen.processes, parts=tuple(chosen.only or plan.parts))
    plan = replace(plan, attacks=chosen.attacks or plan.attacks, challenges=chosen.challenges or plan.challenges)
    done = run(plan, lambda line: print(line, file=sys.stderr, flush=True))
    counts = tally(done)
    reached = requirements(counts)
    if chosen.json:
        print(json.dumps({"plan": asdict(plan), **counts, "reached": reached}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(lines(plan, counts, f"because {clips.VARIABLE} names no folder")))
    return 0 if all(reached.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
