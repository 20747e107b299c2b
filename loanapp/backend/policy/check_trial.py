"""What rows of ``checks.toml`` would change, on the applications a lender has: before they are switched on.

``python -m loanapp.backend.policy.check_trial DATA --on ROW --off ROW`` or ``--draft FILE`` for another file. It counts
and names checks; nothing of any person is read but what the rows see, and nothing is changed.
"""

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.policy.checks import Check, CheckPolicy, Demands, Situation
from loanapp.backend.policy.loader import load_policies
from loanapp.domain.clock import CHINA, SystemClock


@dataclass(slots=True)
class Trial:
    """How many applications need what now and would then; ``changed`` counts by the check and its direction."""

    applications: int = 0
    now: Counter[Check] = field(default_factory=Counter)
    then: Counter[Check] = field(default_factory=Counter)
    changed: Counter[tuple[Check, str]] = field(default_factory=Counter)
    by_row: Counter[str] = field(default_factory=Counter)

    def add(self, now: Demands, then: Demands) -> None:
        """Count one application."""
        self.applications += 1
        for check in Check:
            before, after = now.needs(check), then.needs(check)
            self.now[check] += before
            self.then[check] += after
            if before is not after:
                self.changed[check, "more" if after else "less"] += 1
        self.by_row.update(rule.id for demand in (*then.needed, *then.waived) for rule in demand.rules)

    def lines(self) -> list[str]:
        """The counts as they are printed."""
        said = [f"applications: {self.applications}"]
        for check in Check:
            more, less = self.changed[check, "more"], self.changed[check, "less"]
            said.append(f"{check}: {self.now[check]} now, {self.then[check]} then (+{more} -{less})")
        said += [f"row {row}: {count}" for row, count in sorted(self.by_row.items())]
        return said


def try_on(seen: Iterable[Situation], now: CheckPolicy, then: CheckPolicy, today: date) -> Trial:
    """Both policies on the same applications."""
    trial = Trial()
    for one in seen:
        trial.add(now.demands(one, today), then.demands(one, today))
    return trial


def situations(folder: Path, at: datetime) -> list[Situation]:
    """Every application of a lender's folder that was handed in, as the rows see it; the lender may be running."""
    from loanapp.backend.store.stores import reading_engine  # noqa: PLC0415 - it imports policies
    from loanapp.backend.store.tables import Application  # noqa: PLC0415 - policies are below the store
    from loanapp.backend.verification.demands import situation  # noqa: PLC0415
    from loanapp.domain.status import ApplicationStatus  # noqa: PLC0415

    policies = load_policies()
    engine = reading_engine(folder)
    try:
        with Session(engine) as session:
            query = select(Application).where(Application.status != ApplicationStatus.DRAFT)
            return [situation(policies, session, one, at) for one in session.scalars(query)]
    finally:
        engine.dispose()


def main(arguments: list[str] | None = None) -> int:
    """Print what would change; exit code 2 for rows that do not hold."""
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.policy.check_trial")
    parser.add_argument("data", type=Path, help="the lender's data folder")
    parser.add_argument("--on", action="append", default=[], metavar="ROW")
    parser.add_argument("--off", action="append", default=[], metavar="ROW")
    parser.add_argument("--draft", type=Path, help="a file in place of checks.toml")
    args = parser.parse_args(arguments)
    now = load_policies().checks
    try:
        then = now if args.draft is None else CheckPolicy.model_validate(tomllib.loads(args.draft.read_text("utf-8")))
        then = then.switched(args.on, args.off)
    except (OSError, ValidationError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    at = SystemClock().now()
    trial = try_on(situations(args.data, at), now, then, at.astimezone(CHINA).date())
    sys.stdout.write("\n".join(trial.lines()) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
