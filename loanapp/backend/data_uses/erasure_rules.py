"""What becomes of every table when an application is erased or an account is closed: a table in no rule fails a test.

The erasure works by these rules (:mod:`loanapp.backend.data_uses.erasure`, :mod:`loanapp.backend.rights.account`), so
that none of them can be true on paper alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, delete, inspect, select
from sqlalchemy.orm import Session

from loanapp.backend.auth.key_tables import KeyChallenge, SecurityKey
from loanapp.backend.auth.tables import (
    AccountRecovery,
    BorrowerPassword,
    BorrowerSecondFactor,
    Device,
    RefreshToken,
)
from loanapp.backend.signals.tables import ApplicationOrigin, PhotoBand
from loanapp.backend.staff.tables import FaceLook, PayoutApproval, StaffNote
from loanapp.backend.store.tables import (
    AccessSession,
    Application,
    ApplicationEvent,
    Base,
    Borrower,
    BranchAppointment,
    Check,
    ConsentRecord,
    ContractRecord,
    Correction,
    DeletionReceipt,
    HardshipRecord,
    IdempotencyRecord,
    LivenessSession,
    Loan,
    OneTimeCode,
    RepaymentRecord,
    RetryWait,
    RightRecord,
    StepUpRecord,
    SupportTicket,
)

GO_WITH_APPLICATION: Final[tuple[type[Base], ...]] = (
    ApplicationOrigin,
    PhotoBand,
    Check,
    ContractRecord,
    Correction,
    StaffNote,
    FaceLook,
    PayoutApproval,
    StepUpRecord,
    BranchAppointment,
    HardshipRecord,
    RepaymentRecord,
    Loan,
)
"""Rows are deleted when their application is erased, in this order (a payment refers to its loan)."""

GO_WITH_ASSESSMENT: Final[tuple[type[Base], ...]] = (BranchAppointment, StaffNote, FaceLook, Correction)
"""Rows of an assessment: deleted already when the class ``assessment`` of ``retention.toml`` is over.

Of requests for more time, those that were granted stay without their reason: the loan's account is made from them.
"""

GO_WITH_ACCOUNT: Final[tuple[type[Base], ...]] = (
    OneTimeCode,
    RetryWait,
    RefreshToken,
    SupportTicket,
    RightRecord,
    BorrowerPassword,
    BorrowerSecondFactor,
    AccountRecovery,
    KeyChallenge,
    SecurityKey,
    AccessSession,
    Device,
    IdempotencyRecord,
)
"""Rows are deleted when their borrower's account is closed, in this order (a token refers to its device)."""

GO_WITH_PROOFS: Final[tuple[type[Base], ...]] = (
    ApplicationEvent,
    ConsentRecord,
    LivenessSession,
    DeletionReceipt,
    Application,
    Borrower,
)
"""Rows that name nobody any more, emptied with their application or account: they prove that it was closed.

Deleted, in this order, when the class ``account`` of ``retention.toml`` is over. What the ledger says goes by
no rule of these: it is made anonymous, and the chain stays (:func:`loanapp.backend.store.ledger.make_anonymous`).
"""

_OTHERWISE_THEIRS: Final[Mapping[type[Base], Callable[[Borrower], ColumnElement[bool]]]] = {
    Borrower: lambda borrower: Borrower.id == borrower.id,
    OneTimeCode: lambda borrower: OneTimeCode.phone_index == borrower.phone_index,
    RetryWait: lambda borrower: RetryWait.person == borrower.id,
    RefreshToken: lambda borrower: RefreshToken.device_id.in_(
        select(Device.id).where(Device.borrower_id == borrower.id)
    ),
}


def theirs(table: type[Base], borrower: Borrower) -> ColumnElement[bool]:
    """Which rows of a table are this borrower's: by a rule of its own, by the borrower, or by their applications."""
    if table in _OTHERWISE_THEIRS:
        return _OTHERWISE_THEIRS[table](borrower)
    columns = inspect(table).columns
    if "borrower_id" in columns:
        return columns["borrower_id"] == borrower.id
    mine = select(Application.id).where(Application.borrower_id == borrower.id)
    return columns["application_id"].in_(mine)


def delete_theirs(session: Session, tables: Sequence[type[Base]], borrower: Borrower) -> None:
    """Delete a borrower's rows of these tables, in their order and in the caller's transaction."""
    for table in tables:
        session.execute(delete(table).where(theirs(table, borrower)))
