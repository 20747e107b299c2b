"""A day's payouts held against the bank's statement: what the bank paid is what was lent, once.

``python -m loanapp.backend.origination.reconciliation DATA DAY`` says what differs; exit code 1 when anything does.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import select

from loanapp.backend.adapters.ports import StatementLine
from loanapp.backend.origination.payout_keys import payout_of
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application, Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.status import ApplicationStatus

Kind = Literal["paid_without_loan", "paid_twice", "other_amount", "loan_without_payment", "not_booked_yet"]
# A payment made before midnight may be booked after it, and the bank's day may not be ours.
_AROUND: Final = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that needs a person; ``not_booked_yet`` is no fault while the payout is under way."""

    kind: Kind
    key: str
    reference: str


def reconcile(services: Services, day: date) -> tuple[Difference, ...]:
    """What differs on a day in China; raises :class:`loanapp.backend.adapters.ports.SourceDownError`."""
    bank = services.sources.bank
    statements = {away: bank.statement(day + timedelta(days=away)) for away in _AROUND}
    with services.database.read() as session:
        loans = list(session.scalars(select(Loan)))
        under_way = select(Application.id).where(
            Application.status.in_((ApplicationStatus.SIGNED, ApplicationStatus.DISBURSING))
        )
        waiting = set(session.scalars(under_way))
    lines = statements[0]
    found = [*_paid(lines, {loan.application_id: loan for loan in loans}, waiting)]
    known = {line.reference for of_day in statements.values() for line in of_day}
    found += [
        Difference("loan_without_payment", loan.application_id, loan.reference)
        for loan in loans
        if loan.disbursed_at.astimezone(CHINA).date() == day and loan.reference not in known
    ]
    return tuple(found)


def _paid(lines: Sequence[StatementLine], loans: dict[str, Loan], waiting: set[str]) -> list[Difference]:
    found = []
    times = Counter(payout_of(line.key) for line in lines)
    for line in lines:
        application_id = payout_of(line.key)
        loan = loans.get(application_id or "")
        kind: Kind | None = None
        if application_id in waiting:
            kind = "not_booked_yet"
        elif loan is None:
            kind = "paid_without_loan"
        elif loan.reference != line.reference or times[application_id] > 1:
            kind = "paid_twice"
        elif loan.principal != line.amount:
            kind = "other_amount"
        if kind is not None:
            found.append(Difference(kind, line.key, line.reference))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print a day's differences; the exit code."""
    from loanapp.backend.lifecycle.assembly import assemble  # noqa: PLC0415 - it imports the whole lender
    from loanapp.backend.lifecycle.folder import LenderFolder, NoLenderError  # noqa: PLC0415
    from loanapp.backend.policy import load_policies  # noqa: PLC0415
    from loanapp.domain.clock import SystemClock  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.origination.reconciliation")
    parser.add_argument("data", type=Path, help="the lender's data folder; the lender may be running")
    parser.add_argument("day", type=date.fromisoformat, help="YYYY-MM-DD, in China")
    args = parser.parse_args(arguments)
    try:
        folder = LenderFolder.of_lender(args.data.expanduser().absolute())
    except NoLenderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    lender = assemble(folder, load_policies(), SystemClock())
    try:
        differences = reconcile(lender.services, args.day)
    finally:
        lender.close()
    for one in differences:
        sys.stdout.write(f"{one.kind} {one.key} {one.reference}\n")
    if not differences:
        sys.stdout.write("nothing differs\n")
    return 1 if any(one.kind != "not_booked_yet" for one in differences) else 0


if __name__ == "__main__":
    raise SystemExit(main())
