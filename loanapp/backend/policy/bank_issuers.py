"""The shape of ``bank_issuers.toml``: which bank a card is of."""

from collections.abc import Mapping
from typing import Literal

from loanapp.backend.policy.rows import Row, Words


class Issuer(Row):
    """Which bank an issuer prefix belongs to, and whether its cards are debit cards."""

    bank: str
    kind: Literal["debit", "credit"]


class BankIssuers(Row):
    """The table of issuer prefixes."""

    version: str
    mark: str
    banks: Mapping[str, Words]
    prefixes: Mapping[str, Issuer]
