"""Who waits at a branch to have a password or second step replaced (:mod:`loanapp.backend.auth.recovery`)."""

from dataclasses import replace

from loanapp.backend.auth.recovery import AskedRecovery, recoveries_at_branch, verified_application
from loanapp.backend.auth.tables import AccountRecovery
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.members import AtWork
from loanapp.backend.staff.on_record import OnRecord, on_record
from loanapp.backend.store import ledger
from loanapp.domain.errors import ErrorCode
from loanapp.domain.phone import mask_phone


def waiting_recoveries(services: Services) -> list[AskedRecovery]:
    """Everything that is open, the longest first; the phones are masked."""
    return [replace(one, phone=mask_phone(one.phone)) for one in recoveries_at_branch(services)]


def open_recovery(services: Services, who: AtWork, recovery_id: str) -> tuple[AskedRecovery, OnRecord | None]:
    """One of them with the whole phone, and whom the identity card must name, to whoever has the person before them.

    The ledger says so, of both.

    Raises ``NOT_FOUND``.
    """
    found = next((one for one in recoveries_at_branch(services) if one.id == recovery_id), None)
    if found is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    with services.database.write() as session:
        borrower_id = session.get_one(AccountRecovery, recovery_id).borrower_id
        now, verified = services.clock.now(), verified_application(session, borrower_id)
        for what in ({"what": "phone"}, {"what": "identity"}):
            seen: dict[str, object] = {**what, "member": who.member_id}
            ledger.append(session, now, "access", None, seen, actor="staff", borrower_id=borrower_id)
        return found, on_record(services, verified) if verified is not None else None
