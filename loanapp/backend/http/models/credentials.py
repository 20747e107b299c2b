"""What a borrower signs in with: a password and a second factor beside the phone code."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from loanapp.backend.http.models.common import Answer, Request
from loanapp.backend.http.models.public import SecondFactor
from loanapp.backend.policy.step_up import Act

Password = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class PasswordRequest(Request):
    """Set or change the password; ``current`` where there is one and the sign-in by code is not fresh."""

    passphrase: Password
    current: Password | None = None


class FactorRemovalRequest(Request):
    """A code of the authenticator or a recovery code; without one it is asked another way (``recovery_needed``)."""

    code: SecondFactor | None = None


class PasswordCheckRequest(Request):
    """Whether somebody at a signed-in computer knows the password."""

    passphrase: Password


class SecondFactorRequest(Request):
    """A code of the authenticator, or a recovery code."""

    code: SecondFactor


class ProtectionAnswer(Answer):
    """What protects the account beside the phone code."""

    password_set_at: datetime | None
    second_factor_since: datetime | None
    recovery_codes_left: int


class NewSecondFactorAnswer(Answer):
    """What an authenticator needs: the URI as a QR code, or its secret typed."""

    uri: str
    secret: str


class RecoveryCodesAnswer(Answer):
    """Codes for the day the authenticator is lost; told once, each works once."""

    recovery_codes: tuple[str, ...]


class RecoveryAnswer(Answer):
    """One that is open; ``number`` is told on the computer that asked alone, and said at a branch.

    ``may_stop``: this computer was used before another one asked, and may stop it.
    """

    act: Act
    number: str
    asked_at: datetime
    ready_at: datetime | None
    here: bool
    may_stop: bool


class RecoveriesAnswer(Answer):
    """What was asked without showing a password or second factor."""

    recoveries: tuple[RecoveryAnswer, ...]
