"""What becomes of every table when an application is erased or an account is closed: a table in no rule fails a test.

The erasure works by these rules (:mod:`loanapp.backend.data_uses.erasure`, :mod:`loanapp.backend.rights.account`), so
that none of them can be true on paper alone.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Table

from loanapp.backend.auth.tables import (
    AccountRecovery,
    BorrowerPassword,
    BorrowerSecondFactor,
    Device,
    FailedTry,
    RefreshToken,
    RequestNonce,
)
from loanapp.backend.staff.tables import FaceLook, PayoutApproval, StaffMember, StaffNote, StaffSession
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
    Counter,
    DeletionReceipt,
    FaceCount,
    HardshipRecord,
    IdempotencyRecord,
    LedgerHead,
    LedgerNode,
    LedgerRow,
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
    SupportTicket,
    RightRecord,
    BorrowerPassword,
    BorrowerSecondFactor,
    AccountRecovery,
    AccessSession,
    Device,
    IdempotencyRecord,
)
"""Rows are deleted when their borrower's account is closed."""

OTHERWISE: Final[Mapping[type[Base], str]] = {
    Application: "every personal column is emptied; the row goes with what proves that the account was closed",
    LivenessSession: "emptied of figures and digests, and deleted after a day: until then it counts attempts an hour",
    Borrower: "the phone is emptied; the row goes with what proves that the account was closed",
    OneTimeCode: "deleted with the account by its phone, and by time in any case",
    RefreshToken: "deleted with its device",
    ApplicationEvent: "names nobody; goes with what proves that the account was closed",
    ConsentRecord: "the proof of what was agreed to names nobody; goes some years after the account was closed",
    DeletionReceipt: "the proof of the deletion names nobody; goes some years after the account was closed",
    RetryWait: "of an identity number's keyed digest, until the day that was told; of a borrower, with the account",
    LedgerRow: "made anonymous when the account is closed: salts and contents go, the chain stays",
}
"""What is not simply deleted, and what happens to it."""

OF_NOBODY: Final[Mapping[type[Base], str]] = {
    Counter: "running numbers of a day",
    FaceCount: "counts of a day",
    LedgerHead: "a signed root",
    LedgerNode: "a hash of hashes",
    FailedTry: "a keyed digest, forgotten by time",
    RequestNonce: "a key's digest, forgotten by time",
    StaffMember: "the lender's people",
    StaffSession: "the lender's people",
}
"""Tables without a row about a borrower that anybody could tell, and why."""


def unruled(tables: list[Table]) -> list[str]:
    """The names of tables that no rule names."""
    ruled = {
        one.__tablename__
        for one in (*GO_WITH_APPLICATION, *GO_WITH_ASSESSMENT, *GO_WITH_ACCOUNT, *OTHERWISE, *OF_NOBODY)
    }
    return sorted(table.name for table in tables if table.name not in ruled)
