"""The lender's answers as typed, frozen values; everything that the pages need is importable from here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from loanapp.client.application import (
    Application,
    Appointment,
    AppointmentState,
    BoundCard,
    Branch,
    ConsentRecord,
    ContractState,
    Decision,
    DocumentSides,
    Employment,
    FaceCheck,
    FaceState,
    Identity,
    Profile,
    ProgressLine,
    ProgressState,
    ProgressStep,
    TimelineEntry,
    WaitingFor,
    read_bank,
)
from loanapp.client.loan_answers import Loan, MadeRepayment, NextInstalment
from loanapp.client.offer_answers import StatedTotals
from loanapp.client.profile import (
    ConsentText,
    DataItem,
    DemonstrationIdentityNote,
    LenderProfile,
    Product,
    Support,
    Withdrawal,
)
from loanapp.client.reading import AnswerUnreadableError, JsonObject
from loanapp.domain.consent import ConsentScope
from loanapp.domain.disclosure import ContingentItem, CostDisclosure, CostItem
from loanapp.domain.liveness import Action, Challenge, FlashColour, SourceKind, VerdictOutcome, VerdictReason
from loanapp.domain.localised import LocalisedText

__all__ = [
    "AnswerUnreadableError",
    "Application",
    "Appointment",
    "AppointmentState",
    "BankCard",
    "BoundCard",
    "Branch",
    "Certificate",
    "CodeSent",
    "ConsentReceipt",
    "ConsentRecord",
    "ConsentText",
    "ContingentItem",
    "ContractState",
    "CostDisclosure",
    "CostItem",
    "DataItem",
    "Decision",
    "DemonstrationIdentityNote",
    "DocumentReading",
    "DocumentSides",
    "Employment",
    "FaceCheck",
    "FaceState",
    "FieldReading",
    "Identity",
    "LenderProfile",
    "Loan",
    "LocalisedText",
    "MadeRepayment",
    "NextInstalment",
    "Product",
    "Profile",
    "ProgressLine",
    "ProgressState",
    "ProgressStep",
    "Session",
    "SigningCodeSent",
    "SimulatedMessage",
    "StatedTotals",
    "Support",
    "TimelineEntry",
    "Verdict",
    "WaitingFor",
]


@dataclass(frozen=True, slots=True)
class SimulatedMessage:
    """The text message a simulated carrier would have sent; always shown as simulated."""

    sender: LocalisedText
    text: LocalisedText
    code: str


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A one-time code is on its way."""

    challenge_id: str
    expires_at: datetime
    resend_after_seconds: int
    simulated_message: SimulatedMessage | None

    @classmethod
    def read(cls, answer: JsonObject) -> "CodeSent":
        """From the answer's shape."""
        return cls(
            challenge_id=answer.text("challenge_id"),
            expires_at=answer.moment("expires_at"),
            resend_after_seconds=answer.count("resend_after_seconds"),
            simulated_message=answer.optional("simulated_message", _simulated_message),
        )


@dataclass(frozen=True, slots=True)
class SigningCodeSent:
    """A one-time code is on its way, and what it authorises."""

    code: CodeSent
    phone_masked: str
    contract_number: str
    payout: Decimal
    total_repayment: Decimal

    @classmethod
    def read(cls, answer: JsonObject) -> "SigningCodeSent":
        """From the answer's shape."""
        return cls(
            code=CodeSent.read(answer),
            phone_masked=answer.text("phone_masked"),
            contract_number=answer.text("contract_number"),
            payout=answer.decimal("payout"),
            total_repayment=answer.decimal("total_repayment"),
        )


def _simulated_message(answer: JsonObject, name: str) -> SimulatedMessage:
    inner = answer.inner(name)
    return SimulatedMessage(inner.localised("sender"), inner.localised("text"), inner.text("code"))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What opens a session and what renews it once; neither appears in ``repr``."""

    access_token: str
    expires_at: datetime
    refresh_token: str
    device_id: str

    @classmethod
    def read(cls, answer: JsonObject) -> "Tokens":
        """From the answer's shape."""
        return cls(
            access_token=answer.text("access_token"),
            expires_at=answer.moment("expires_at"),
            refresh_token=answer.text("refresh_token"),
            device_id=answer.text("device_id"),
        )

    def __repr__(self) -> str:
        return f"Tokens(device_id={self.device_id!r})"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in borrower."""

    tokens: Tokens
    borrower_id: str
    phone_masked: str

    @classmethod
    def read(cls, answer: JsonObject) -> "Session":
        """From the answer's shape."""
        return cls(Tokens.read(answer), answer.text("borrower_id"), answer.text("phone_masked"))


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What the lender read in one field of a document, and how sure it is (0 to 1)."""

    value: str
    confidence: float


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """One side of an identity document as read; the borrower confirms or corrects every field."""

    side: str
    fields: dict[str, FieldReading]

    @classmethod
    def read(cls, answer: JsonObject) -> "DocumentReading":
        """From the answer's shape."""
        fields = answer.inner("fields")
        return cls(answer.text("side"), {name: _field_reading(fields.inner(name)) for name in answer.names("fields")})


def _field_reading(answer: JsonObject) -> FieldReading:
    return FieldReading(answer.text("value"), answer.number("confidence"))


@dataclass(frozen=True, slots=True)
class ConsentReceipt:
    """The borrower's proof of one authorisation; ``signature`` (Ed25519, base64) covers the rest of ``raw``."""

    receipt_id: str
    scope: ConsentScope
    granted: bool
    text_version: str
    text_sha256: str
    language: str
    recorded_at: datetime
    signature: str
    raw: Mapping[str, object] = field(repr=False)
    withdrawal: Withdrawal | None = None
    """What taking it back did, where this is the receipt of that."""

    @classmethod
    def read(cls, answer: JsonObject) -> "ConsentReceipt":
        """From the answer's shape."""
        return cls(
            receipt_id=answer.text("receipt_id"),
            scope=answer.member("scope", ConsentScope),
            granted=answer.flag("granted"),
            text_version=answer.text("text_version"),
            text_sha256=answer.text("text_sha256"),
            language=answer.text("language"),
            recorded_at=answer.moment("recorded_at"),
            signature=answer.text("signature"),
            raw=answer.raw(),
            withdrawal=answer.optional("withdrawal", lambda whole, name: Withdrawal.read(whole.inner(name))),
        )


def read_challenge(answer: JsonObject) -> Challenge:
    """A liveness challenge; an action or source this program does not know makes it unreadable."""
    return Challenge(
        session_id=answer.text("session_id"),
        application_id=answer.text("application_id"),
        nonce=answer.text("nonce"),
        actions=answer.members("actions", Action),
        issued_at=answer.moment("issued_at"),
        expires_at=answer.moment("expires_at"),
        action_timeout_seconds=answer.count("action_timeout_seconds"),
        accepted_sources=answer.members("accepted_sources", SourceKind),
        signature=answer.text("signature"),
        flash=answer.members("flash", FlashColour),
        flash_colour_ms=answer.count("flash_colour_ms"),
        borrower_id=answer.text("borrower_id"),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the lender makes of one face verification attempt."""

    outcome: VerdictOutcome
    reasons: tuple[VerdictReason, ...]
    attempts_left: int

    @classmethod
    def read(cls, answer: JsonObject) -> "Verdict":
        """From the answer's shape."""
        return cls(
            outcome=answer.member("outcome", VerdictOutcome),
            reasons=answer.members("reasons", VerdictReason),
            attempts_left=answer.count("attempts_left"),
        )


@dataclass(frozen=True, slots=True)
class BankCard:
    """A bound card; ``luhn_ok`` false is a hint of a typing slip, never a refusal."""

    bank: LocalisedText | None
    last4: str
    luhn_ok: bool

    @classmethod
    def read(cls, answer: JsonObject) -> "BankCard":
        """From the answer's shape."""
        return cls(read_bank(answer), answer.text("last4"), answer.flag("luhn_ok"))


@dataclass(frozen=True, slots=True)
class Certificate:
    """The borrower's signing certificate and its chain, PEM."""

    certificate_pem: str
    chain_pem: str

    @classmethod
    def read(cls, answer: JsonObject) -> "Certificate":
        """From the answer's shape."""
        return cls(answer.text("certificate_pem"), answer.text("chain_pem"))
