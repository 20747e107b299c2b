"""``dev.py bench``: every figure beside a baseline measured in the same run, so that a slow machine tells no lies."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import (
    contract,
    help_opening,
    help_search,
    ledger,
    lender,
    pages,
    preview,
    schedule,
    slider,
    start,
    vision,
)


@dataclass(frozen=True)
class Figure:
    """One line of the answer; ``ratio`` is value over baseline."""

    name: str
    value: float
    unit: str
    baseline: float
    ratio: float


BENCHMARKS: dict[str, Callable[[], Iterator[tuple[str, float, str, float]]]] = {
    "start": start.measure,
    "vision": vision.measure,
    "preview": preview.measure,
    "schedule": schedule.measure,
    "slider": slider.measure,
    "contract": contract.measure,
    "ledger": ledger.measure,
    "lender": lender.measure,
    "pages": pages.measure,
    "help_search": help_search.measure,
    "help_opening": help_opening.measure,
}


def main() -> int:
    """Run one benchmark or all and print each figure as soon as it is there."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("name", nargs="?", choices=sorted(BENCHMARKS))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    for name in [args.name] if args.name else BENCHMARKS:
        for label, value, unit, baseline in BENCHMARKS[name]():
            figure = Figure(label, round(value, 3), unit, round(baseline, 3), round(value / baseline, 3))
            if args.json:
                print(json.dumps(asdict(figure)), flush=True)
            else:
                print(
                    f"{label:<28} {figure.value:>10} {unit}   baseline {figure.baseline:>10}   x {figure.ratio}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
