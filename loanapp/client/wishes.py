"""What the borrower wishes, as the lender's API takes it: terms of a loan, and how a face attempt goes."""

from dataclasses import dataclass
from decimal import Decimal

from loanapp.domain.consent import LoanPurpose
from loanapp.domain.liveness import SourceKind
from loanapp.domain.money import wire
from loanapp.domain.schedule import RepaymentMethod


@dataclass(frozen=True, slots=True)
class TermsWanted:
    """What the borrower asks for; ``amount`` in yuan."""

    product_id: str
    amount: Decimal
    months: int
    method: RepaymentMethod
    purpose: LoanPurpose

    def body(self) -> dict[str, object]:
        """As the API takes it."""
        return {
            "product_id": self.product_id,
            "amount": wire(self.amount),
            "months": self.months,
            "method": self.method.value,
            "purpose": self.purpose.value,
        }


@dataclass(frozen=True, slots=True)
class AttemptWishes:
    """How the borrower wants a face attempt: from which source, with the colour flash or not, with more time or not."""

    source_kind: SourceKind
    flash_accepted: bool = False
    unhurried: bool = False

    def body(self) -> dict[str, object]:
        """As the API takes it."""
        return {
            "source_kind": self.source_kind.value,
            "flash_accepted": self.flash_accepted,
            "unhurried": self.unhurried,
        }
