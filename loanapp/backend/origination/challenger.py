"""Champion and challenger side by side: what each said of the applications a lender has decided.

``python -m loanapp.backend.origination.challenger DATA`` counts the ledger's decisions; nothing personal is read.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.store.stores import reading_engine
from loanapp.backend.store.tables import LedgerRow


def compared(session: Session) -> Counter[tuple[str, str, str, str]]:
    """How often (champion, challenger) said (outcome, outcome), by the machine alone."""
    rows = session.scalars(select(LedgerRow).where(LedgerRow.kind == "decision").order_by(LedgerRow.no))
    return Counter(
        (row.detail["scorecard"], row.detail["challenger"], row.detail["outcome"], row.detail["challenger_outcome"])
        for row in rows
        if "challenger" in row.detail
    )


def lines(found: Counter[tuple[str, str, str, str]]) -> list[str]:
    """The counts as they are printed, those that differ first."""
    ordered = sorted(found.items(), key=lambda one: (one[0][2] == one[0][3], one[0]))
    said = [f"{champion}: {ours}   {rival}: {theirs}   {count}" for (champion, rival, ours, theirs), count in ordered]
    different = sum(count for (_one, _two, ours, theirs), count in found.items() if ours != theirs)
    return [*said, f"decisions: {found.total()}, of which differ: {different}"]


def main(arguments: list[str] | None = None) -> int:
    """Print the comparison of a lender's folder, which may be running."""
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.origination.challenger")
    parser.add_argument("data", type=Path, help="the lender's data folder")
    args = parser.parse_args(arguments)
    engine = reading_engine(args.data)
    try:
        with Session(engine) as session:
            found = compared(session)
    finally:
        engine.dispose()
    sys.stdout.write("\n".join(lines(found)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
