"""What can be borrowed, read from this computer: the first page needs no lender to do its sums."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanapp.client.installed_profile import profile_table
from loanapp.client.profile import Support
from loanapp.domain.localised import LocalisedText
from loanapp.domain.money import ZERO
from loanapp.resource_files import read_toml


@dataclass(frozen=True, slots=True)
class LocalProduct:
    """Amounts in yuan, rate in percent a year."""

    id: str
    amount_min: int
    amount_max: int
    amount_step: int
    amount_default: int
    months: tuple[int, ...]
    months_default: int
    annual_rate_pct: Decimal
    fee_per_instalment: Decimal

    @property
    def amounts(self) -> range:
        """Every amount that can be chosen."""
        return range(self.amount_min, self.amount_max + 1, self.amount_step)


@dataclass(frozen=True, slots=True)
class LocalLender:
    """Who lends, by the installed profile."""

    name: LocalisedText
    licence: str
    simulated: bool
    support: Support
    accent: str = ""
    """The colour of its brand, ``#RRGGBB``; nothing where the program keeps its own."""


def local_product(today: date) -> LocalProduct:
    """The first product in force on ``today``."""
    offered = profile_table().get("products") or read_toml("policy", "products.toml")["products"]
    row = next((one for one in offered if date.fromisoformat(one["from"]) <= today), offered[0])
    return LocalProduct(
        id=row["id"],
        amount_min=int(Decimal(row["amount_min"])),
        amount_max=int(Decimal(row["amount_max"])),
        amount_step=int(Decimal(row["amount_step"])),
        amount_default=int(Decimal(row["amount_default"])),
        months=tuple(row["months"]),
        months_default=row["months_default"],
        annual_rate_pct=Decimal(row["annual_rate_pct"]),
        fee_per_instalment=Decimal(row.get("fee_per_instalment", "0")) or ZERO,
    )


def local_lender() -> LocalLender:
    """The lender of the installed profile."""
    profile = profile_table()
    name = LocalisedText(profile["name"]["zh"], profile["name"]["en"])
    support = Support(*(str(profile["support"][part]) for part in ("phone", "hours", "email")))
    accent = profile.get("brand", {}).get("accent", "")
    return LocalLender(name, profile["licence"], profile["simulated"], support, accent)
