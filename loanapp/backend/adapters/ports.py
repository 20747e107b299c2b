"""What the lender asks of the outside; an integrator replaces the simulators behind these ports."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

MONTHS_LOOKED_AT: Final = 12
MOST_BASE: Final = Decimal(1_000_000)


class RegistryAnswer(StrEnum):
    """What a population register says of a name and a number."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"


class PortraitAnswer(StrEnum):
    """What the register says of the document's portrait beside its own photo."""

    NOT_COMPARED = "not_compared"
    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class RegistryReply:
    """What a population register answers; the portrait is compared only where one was sent."""

    answer: RegistryAnswer
    portrait: PortraitAnswer = PortraitAnswer.NOT_COMPARED


class ScreeningAnswer(StrEnum):
    """What a list of sanctioned persons says; a name like one on it is no verdict, and a person looks."""

    CLEAR = "clear"
    POSSIBLE = "possible"


class CardAnswer(StrEnum):
    """What the four-element check says."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_DEBIT = "not_debit"


@dataclass(frozen=True, slots=True)
class BureauRecord:
    """What a credit bureau knows; ``score`` is ``None`` for a thin file, ``new_loans`` is of 90 days."""

    overdue_count: int
    open_loans: int
    score: int | None
    new_loans: int = 0


@dataclass(frozen=True, slots=True)
class InsuranceRecord:
    """What social insurance knows of an employee.

    ``months_paid``: months paid in of the last twelve. ``base``: the contribution base now in yuan a month, ``None``
    for nobody insured. ``capped``: the base is the region's highest, so that no income above contradicts it.
    """

    months_paid: int
    base: Decimal | None
    capped: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.months_paid <= MONTHS_LOOKED_AT:
            raise ValueError("months paid are of the last twelve")
        if self.base is not None and not (self.base.is_finite() and 0 < self.base < MOST_BASE):
            raise ValueError("a contribution base is an amount of money a month")
        if self.base is None and (self.months_paid or self.capped):
            raise ValueError("nobody insured has paid nothing in")

    def __repr__(self) -> str:
        return "InsuranceRecord(...)"


class SourceDownError(RuntimeError):
    """The source does not answer now; never a reason to decline anybody."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("the source does not answer")
        self.retry_after_seconds = retry_after_seconds


class Registry(Protocol):
    """The population register."""

    def confirm(self, name: str, identity_number: str, portrait: bytes | None = None) -> RegistryReply:
        """Whether name and number belong together, and a ``portrait`` (the document's, PNG or JPEG) to both.

        Raises :class:`SourceDownError`.
        """
        ...


class CreditBureau(Protocol):
    """The credit bureau; asked only with the borrower's authorisation."""

    def query(self, key: str, identity_number: str) -> BureauRecord:
        """The record; asked again under the same ``key`` it is one enquiry on it. Raises :class:`SourceDownError`."""
        ...


class SocialInsurance(Protocol):
    """The social insurance of employees; asked only with the borrower's authorisation, to hold their income against."""

    def query(self, key: str, identity_number: str) -> InsuranceRecord:
        """The record; asked again under the same ``key`` it is one enquiry on it. Raises :class:`SourceDownError`."""
        ...


class Screening(Protocol):
    """The list of sanctioned persons, held by the lender itself or by a service of its choice."""

    def screen(self, name: str, identity_number: str) -> ScreeningAnswer:
        """Whether somebody like this is on the list; raises :class:`SourceDownError`."""
        ...


class CardGateway(Protocol):
    """The four-element check: name, identity number, card number, phone left with the bank."""

    def confirm(self, name: str, identity_number: str, card_number: str, phone: str) -> CardAnswer:
        """Whether the four belong together; raises :class:`SourceDownError`."""
        ...


class CredentialAnswer(StrEnum):
    """What the network identity service says of a code that a borrower presents."""

    MATCH = "match"
    MISMATCH = "mismatch"  # the credential is somebody else's
    UNKNOWN = "unknown"  # no such code
    EXPIRED = "expired"
    USED = "used"


class NetworkIdentity(Protocol):
    """The national network identity service (网号、网证): its app shows a code once, for some minutes."""

    def present(self, key: str, code: str, name: str, identity_number: str) -> CredentialAnswer:
        """Whether the credential behind ``code`` (digits) is this person's; a match uses the code up.

        The same ``key`` is the same presentation and has the same answer, however often asked; under another key a code
        that matched is used. Raises :class:`SourceDownError`.
        """
        ...


class OrderState(StrEnum):
    """How far the bank is with an order to move money."""

    PAID = "paid"
    UNDER_WAY = "under_way"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The bank's word about an order; ``reference`` and ``at`` (ISO 8601) are empty where it was refused."""

    reference: str
    at: str
    state: OrderState = OrderState.PAID


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One payment as it stands on the bank's statement."""

    key: str
    reference: str
    amount: Decimal


class DebitRefusedError(RuntimeError):
    """The bank does not debit this card: no money on it, or no agreement to debit."""


class Bank(Protocol):
    """Pays out and debits. The same ``key`` moves money at most once, however often it is asked."""

    def pay(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Order a payment, or say how far the one ordered under ``key`` is.

        Raises :class:`SourceDownError` where it is not known whether the bank has the order.
        """
        ...

    def payment(self, key: str) -> Receipt | None:
        """How far the payment ordered under ``key`` is, ``None`` for none; raises :class:`SourceDownError`."""
        ...

    def statement(self, day: date) -> tuple[StatementLine, ...]:
        """Every payment made on a day in China; raises :class:`SourceDownError`."""
        ...

    def debit(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """Debit, or return the receipt of the debit made under ``key`` before.

        Raises :class:`DebitRefusedError`, or :class:`SourceDownError` where it is not known whether money moved.
        """
        ...


class MessageGateway(Protocol):
    """The carrier of text messages."""

    def send(self, phone: str, text: str) -> None:
        """Hand over a message to a phone of eleven digits; raises :class:`SourceDownError`."""
        ...


class CertificateRefusedError(RuntimeError):
    """The authority does not certify what was asked: the request does not hold, or the key is of no kind it takes."""


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate in PEM, and in ``chain_pem`` the authorities above it: nearest first, root last."""

    certificate_pem: str
    chain_pem: str


@dataclass(frozen=True, slots=True)
class RevocationProofs:
    """What proves that nothing was revoked: complete revocation lists and OCSP responses, each in DER."""

    lists: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()


class CertificateAuthority(Protocol):
    """Whoever certifies borrowers' keys.

    ``roots_pem``: the roots its certificates lead to, known without asking it. ``own``: it is the lender's own and
    names this program's roles in its certificates.
    """

    @property
    def roots_pem(self) -> str:
        """One certificate or more, in PEM."""
        ...

    @property
    def own(self) -> bool:
        """Whether its certificates name the borrower's role."""
        ...

    def certify(self, key: str, request_pem: str, name: str, reference: str) -> IssuedCertificate:
        """Certify the key of a PKCS #10 request; the same ``key`` gives the same certificate, however often asked.

        ``name`` is the borrower's, as the identity check left it; ``reference`` is a pseudonym. Raises
        :class:`CertificateRefusedError` or :class:`SourceDownError`.
        """
        ...

    def revocation(self, issued: IssuedCertificate) -> RevocationProofs:
        """What proves now that neither this certificate nor one above it is revoked; raises :class:`SourceDownError`.

        A list or a response for every certificate but the root.
        """
        ...


class TimestampingAuthority(Protocol):
    """Whoever certifies time (RFC 3161). ``roots_pem``: the roots its tokens lead to, known without asking it."""

    @property
    def roots_pem(self) -> str:
        """One certificate or more, in PEM."""
        ...

    def answer(self, query: bytes) -> bytes:
        """A ``TimeStampResp`` to a ``TimeStampReq``, both DER; a bad query is refused inside it.

        A token carries its signer's certificate alone and binds its algorithms (RFC 6211), so that it has one form.
        Raises :class:`SourceDownError`.
        """
        ...

    def revocation(self) -> RevocationProofs:
        """What proves now that no certificate of its tokens is revoked; raises :class:`SourceDownError`."""
        ...


class BranchClerk(Protocol):
    """Whoever receives borrowers at a branch and compares them with their document."""

    def confirm(self, branch_id: str, slot: datetime) -> bool:
        """Whether the visit took place and the borrower is the person on the document."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """All outside sources of one lender; without a ``clerk`` no branch can be chosen, nor a way without its source."""

    registry: Registry
    bureau: CreditBureau
    social_insurance: SocialInsurance
    screening: Screening
    gateway: CardGateway
    bank: Bank
    messages: MessageGateway
    authority: CertificateAuthority
    timestamps: TimestampingAuthority
    clerk: BranchClerk | None = None
    network_identity: NetworkIdentity | None = None
