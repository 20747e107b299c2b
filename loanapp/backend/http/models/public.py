"""The public part of the contract: who lends, on what terms, and signing in."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from loanapp.backend.http.models.common import Answer, Percent, Request, WithdrawalWords, Words, Yuan
from loanapp.domain.consent import ConsentScope, LegalBasis, LoanPurpose
from loanapp.domain.devices import DeviceSystem
from loanapp.domain.schedule import RepaymentMethod


class Health(Answer):
    """The lender is up."""

    status: Literal["ok"]


class SupportAnswer(Answer):
    """How to reach a person."""

    phone: str
    hours: str
    email: str


class ProductAnswer(Answer):
    """What can be borrowed."""

    id: str
    amount_min: Yuan
    amount_max: Yuan
    amount_step: Yuan
    amount_default: Yuan
    months: tuple[int, ...]
    months_default: int
    annual_rate_pct: Percent
    method: RepaymentMethod
    fee_per_instalment: Yuan
    penalty_annual_pct: Percent
    free_return_hours: int
    purposes: tuple[LoanPurpose, ...]


class ConsentAnswer(Answer):
    """An authorisation as it is shown; ``sha256`` is over each text's UTF-8 bytes."""

    scope: ConsentScope
    version: str
    required: bool
    text: Words
    sha256: Words
    recipient: Words
    retention: Words
    refuse_effect: Words
    purpose: Words
    withdrawals: tuple[WithdrawalWords, ...]


class DataItemAnswer(Answer):
    """One item of personal data the application asks for."""

    id: str
    name: Words
    why: Words
    step: str
    basis: LegalBasis
    recipient: Words
    retention: Words
    required: bool


class FaceVerificationAnswer(Answer):
    """What the borrower must be asked before a face attempt.

    ``flash``: whether the lender shows colours on the screen, to whoever does not decline them.
    """

    flash: bool


class LenderAnswer(Answer):
    """Everything about the lender that needs no sign-in."""

    name: Words
    licence: str
    simulated: bool
    support: SupportAnswer
    address: Words
    vault_public_key: str
    message_public_key: str
    minimum_client_version: str
    products: tuple[ProductAnswer, ...]
    cost_cap_pct: Percent
    reading_seconds: int
    consents: tuple[ConsentAnswer, ...]
    data_items: tuple[DataItemAnswer, ...]
    face_verification: FaceVerificationAnswer


class DemonstrationIdentityAnswer(Answer):
    """A test identity and what it leads to; nobody holds it."""

    key: str
    name: str
    identity_number: str
    phone: str
    card_number: str
    leads_to: str
    note: Words


class DemonstrationIdentities(Answer):
    """All test identities of the demonstration."""

    identities: tuple[DemonstrationIdentityAnswer, ...]


class CodeRequest(Request):
    """Ask for a one-time code."""

    phone: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    purpose: Literal["sign_in"]


class SimulatedMessage(Answer):
    """The text message a real lender would send."""

    sender: Words
    text: Words
    code: str


class CodeAnswer(Answer):
    """A code is on its way."""

    challenge_id: str
    expires_at: AwareDatetime
    resend_after_seconds: int
    simulated_message: SimulatedMessage | None


class OnDevice(Request):
    """The computer somebody signs in on; the request is signed with the key that belongs to ``device_key``."""

    device_key: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    system: DeviceSystem


SecondFactor = Annotated[str, StringConstraints(min_length=1, max_length=20)]
"""Six digits of an authenticator, or a recovery code."""


Ticket = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""By which the challenge of a security key is found."""

Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,4000}$")]


class SignedByKey(Request):
    """What a security key has signed (WebAuthn), each base64url without padding."""

    challenge_id: Ticket
    credential_id: Base64Url
    client_data: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url


class WithSecondFactor(OnDevice):
    """Where the borrower has turned a second factor on: a code, or what a security key has signed."""

    second_factor: SecondFactor | None = None
    security_key: SignedByKey | None = None


class SessionRequest(WithSecondFactor):
    """Exchange a code for a session.

    ``second_factor_lost``: there is neither an authenticator nor a recovery code; another proof is asked for
    (``recovery_needed``), and once it was given the second factor is off.
    """

    second_factor_lost: bool = False

    challenge_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=12)]


class PasswordSessionRequest(WithSecondFactor):
    """Sign in by password.

    It is called a passphrase here: no field of this contract may be named as a bank card's secret is.
    """

    phone: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    passphrase: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class SessionAnswer(Answer):
    """A session; ``access_token`` goes into ``Authorization: Bearer``, ``refresh_token`` renews it once."""

    access_token: str
    expires_at: datetime
    refresh_token: str
    device_id: str
    borrower_id: str
    phone_masked: str
