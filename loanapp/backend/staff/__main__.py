"""``python -m loanapp.backend.staff DATA add LOGIN --role reviewer`` and ``... end LOGIN``: who works for this lender.

The password is asked for and not shown; the authenticator's address is printed once, and kept nowhere in clear.
"""

import argparse
import getpass
import sys
from pathlib import Path

from loanapp.backend.lifecycle.assembly import assemble
from loanapp.backend.lifecycle.folder import LenderFolder, NoLenderError
from loanapp.backend.policy import load_policies
from loanapp.backend.staff.members import MemberError, add_member, end_member, members_with
from loanapp.backend.staff.payouts import EYES
from loanapp.backend.staff.tables import StaffRole
from loanapp.domain.clock import SystemClock


def main(arguments: list[str] | None = None) -> int:
    """Make or end a member; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.staff")
    parser.add_argument("data", type=Path, help="the lender's data folder; the lender may be running")
    parser.add_argument("act", choices=["add", "end"])
    parser.add_argument("login")
    parser.add_argument("--role", action="append", choices=[role.value for role in StaffRole], default=[])
    args = parser.parse_args(arguments)
    try:
        folder = LenderFolder.of_lender(args.data.expanduser().absolute())
    except NoLenderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    lender = assemble(folder, load_policies(), SystemClock())
    try:
        if args.act == "end":
            ended = end_member(lender.services, args.login)
            sys.stdout.write("ended\n" if ended else "there is no such member\n")
            return 0 if ended else 1
        made = add_member(lender.services, args.login, getpass.getpass("Password: "), map(StaffRole, args.role))
        sys.stdout.write(f"{made.member_id}\n{made.totp_uri}\n")
        with lender.services.database.read() as session:
            eyes = len(members_with(session, StaffRole.PAYOUT))
            reviewers = len(members_with(session, StaffRole.REVIEWER))
        if reviewers < EYES:
            sys.stderr.write(
                f"a face is shown once {EYES} members with the role reviewer agree; there are {reviewers}\n"
            )
        if eyes < EYES:
            sys.stderr.write(
                f"payouts above the limit wait for {EYES} members with the role payout; there are {eyes}\n"
            )
    except MemberError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        lender.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
