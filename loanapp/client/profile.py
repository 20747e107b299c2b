"""The lender's description of itself: who it is, what it sells, what it asks for and why."""

import base64
import binascii
from dataclasses import dataclass
from decimal import Decimal

from loanapp.client.reading import AnswerUnreadableError, JsonObject
from loanapp.domain.consent import ApplicationPhase, ConsentScope, LegalBasis, LoanPurpose, WithdrawalEffect
from loanapp.domain.localised import LocalisedText
from loanapp.domain.schedule import RepaymentMethod

_RAW_KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Support:
    """How a person is reached."""

    phone: str
    hours: str
    email: str


@dataclass(frozen=True, slots=True)
class Product:
    """What can be borrowed; amounts in yuan, rates in percent a year."""

    id: str
    amount_min: Decimal
    amount_max: Decimal
    amount_step: Decimal
    months: tuple[int, ...]
    annual_rate_pct: Decimal
    method: RepaymentMethod
    fee_per_instalment: Decimal
    penalty_annual_pct: Decimal
    free_return_hours: int
    purposes: tuple[LoanPurpose, ...]

    @property
    def amounts(self) -> range:
        """Every amount that can be chosen; amounts of a product are whole yuan."""
        return range(int(self.amount_min), int(self.amount_max) + 1, int(self.amount_step))

    @classmethod
    def read(cls, answer: JsonObject) -> "Product":
        """From the answer's shape."""
        return cls(
            id=answer.text("id"),
            amount_min=answer.decimal("amount_min"),
            amount_max=answer.decimal("amount_max"),
            amount_step=answer.decimal("amount_step"),
            months=answer.counts("months"),
            annual_rate_pct=answer.decimal("annual_rate_pct"),
            method=answer.member("method", RepaymentMethod),
            fee_per_instalment=answer.decimal("fee_per_instalment"),
            penalty_annual_pct=answer.decimal("penalty_annual_pct"),
            free_return_hours=answer.count("free_return_hours") if answer.has("free_return_hours") else 0,
            purposes=answer.members("purposes", LoanPurpose, drop_unknown=True),
        )


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What taking an authorisation back does in one phase: what stops, and what contract or law keeps."""

    phase: ApplicationPhase
    effect: WithdrawalEffect
    stops: LocalisedText
    keeps: LocalisedText

    @classmethod
    def read(cls, answer: JsonObject) -> "Withdrawal":
        """From the answer's shape."""
        return cls(
            phase=answer.member("phase", ApplicationPhase),
            effect=answer.member("effect", WithdrawalEffect),
            stops=answer.localised("stops"),
            keeps=answer.localised("keeps"),
        )


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What one authorisation says; the guard holds ``sha256`` against ``text`` (UTF-8) in each language."""

    scope: ConsentScope
    version: str
    required: bool
    text: LocalisedText
    sha256: LocalisedText
    recipient: LocalisedText
    purpose: LocalisedText
    retention: LocalisedText
    refuse_effect: LocalisedText
    withdrawals: tuple[Withdrawal, ...]

    def withdrawal(self, phase: ApplicationPhase) -> Withdrawal | None:
        """What the lender says of taking it back in ``phase``; a lender that says nothing must allow it too."""
        return next((one for one in self.withdrawals if one.phase is phase), None)

    @classmethod
    def read(cls, answer: JsonObject) -> "ConsentText":
        """From the answer's shape."""
        return cls(
            scope=answer.member("scope", ConsentScope),
            version=answer.text("version"),
            required=answer.flag("required"),
            text=answer.localised("text"),
            sha256=answer.localised("sha256"),
            recipient=answer.localised("recipient"),
            purpose=answer.localised("purpose"),
            retention=answer.localised("retention"),
            refuse_effect=answer.localised("refuse_effect"),
            withdrawals=answer.objects("withdrawals", Withdrawal.read) if answer.has("withdrawals") else (),
        )


@dataclass(frozen=True, slots=True)
class DataItem:
    """One thing the lender asks for: at which step, on what legal basis, who gets it, how long it stays."""

    id: str
    name: LocalisedText
    why: LocalisedText
    step: str
    basis: LegalBasis
    recipient: LocalisedText
    retention: LocalisedText
    required: bool

    @classmethod
    def read(cls, answer: JsonObject) -> "DataItem":
        """From the answer's shape."""
        return cls(
            id=answer.text("id"),
            name=answer.localised("name"),
            why=answer.localised("why"),
            step=answer.text("step"),
            basis=answer.member("basis", LegalBasis),
            recipient=answer.localised("recipient"),
            retention=answer.localised("retention"),
            required=answer.flag("required"),
        )


@dataclass(frozen=True, slots=True)
class LenderProfile:
    """Everything a borrower may know before signing in; keys are raw (X25519 for the vault, Ed25519 for messages)."""

    name: LocalisedText
    licence: str
    simulated: bool
    support: Support
    address: LocalisedText
    vault_public_key: bytes
    message_public_key: bytes
    minimum_client_version: str
    products: tuple[Product, ...]
    cost_cap_pct: Decimal
    reading_seconds: int
    consents: tuple[ConsentText, ...]
    data_items: tuple[DataItem, ...]
    flash: bool = False
    """Whether the lender shows colours during face verification; who may mind them is asked first."""

    @classmethod
    def read(cls, answer: JsonObject) -> "LenderProfile":
        """From the answer's shape."""
        support = answer.inner("support")
        products = answer.objects("products", Product.read)
        if not products:
            raise AnswerUnreadableError(answer.place("products"))
        return cls(
            name=answer.localised("name"),
            licence=answer.text("licence"),
            simulated=answer.flag("simulated"),
            support=Support(support.text("phone"), support.text("hours"), support.text("email")),
            address=answer.localised("address"),
            vault_public_key=_raw_key(answer, "vault_public_key"),
            message_public_key=_raw_key(answer, "message_public_key"),
            minimum_client_version=answer.text("minimum_client_version"),
            products=products,
            cost_cap_pct=answer.decimal("cost_cap_pct"),
            reading_seconds=answer.count("reading_seconds"),
            consents=answer.objects("consents", ConsentText.read),
            data_items=answer.objects("data_items", DataItem.read),
            flash=answer.optional("face_verification", _flash) or False,
        )

    def consent(self, scope: ConsentScope) -> ConsentText | None:
        """The authorisation of this scope, if the lender asks for it."""
        return next((consent for consent in self.consents if consent.scope is scope), None)


@dataclass(frozen=True, slots=True)
class DemonstrationIdentityNote:
    """A test person a demonstration lender knows, and what it leads to."""

    key: str
    name: str
    identity_number: str
    phone: str
    card_number: str
    leads_to: str
    note: LocalisedText

    @classmethod
    def read(cls, answer: JsonObject) -> "DemonstrationIdentityNote":
        """From the answer's shape."""
        return cls(
            key=answer.text("key"),
            name=answer.text("name"),
            identity_number=answer.text("identity_number"),
            phone=answer.text("phone"),
            card_number=answer.text("card_number"),
            leads_to=answer.text("leads_to"),
            note=answer.localised("note"),
        )


def _flash(answer: JsonObject, name: str) -> bool:
    return answer.inner(name).flag("flash")


def _raw_key(answer: JsonObject, name: str) -> bytes:
    try:
        key = base64.b64decode(answer.text(name), validate=True)
    except (binascii.Error, ValueError):
        raise AnswerUnreadableError(answer.place(name)) from None
    if len(key) != _RAW_KEY_LENGTH:
        raise AnswerUnreadableError(answer.place(name))
    return key
