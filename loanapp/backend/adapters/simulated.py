"""Simulated register, bureau and card gateway: they read the demonstration's table of test identities.

An identity that is not in the table is nobody the simulators know: the register says so, the bureau has no record,
and any debit card of a real prefix is taken.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loanapp.backend.adapters.ports import BureauRecord, CardAnswer, RegistryAnswer, SourceDownError
from loanapp.backend.policy.models import BankIssuers, Simulation
from loanapp.domain.bank_card import issuer_of
from loanapp.resource_files import read_toml


@dataclass(frozen=True, slots=True)
class SimulatedIdentity:
    """What the simulated sources answer about one test identity."""

    name: str
    identity_number: str
    card_number: str
    phone: str
    registry: str
    card_gateway: str
    bureau: BureauRecord

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "SimulatedIdentity":
        """From a row of ``demonstration_identities.toml``."""
        score = row.get("score_hint")
        return cls(
            name=row["name"],
            identity_number=row["identity_number"],
            card_number=row["card_number"],
            phone=row["phone"],
            registry=row["registry"],
            card_gateway=row["card_gateway"],
            bureau=BureauRecord(row["overdue_count"], row["open_loans"], score, row.get("new_loans", 0)),
        )


def identity_rows() -> list[dict[str, Any]]:
    """The rows of the table of test identities."""
    rows: list[dict[str, Any]] = read_toml("policy", "demonstration_identities.toml")["identities"]
    return rows


def simulated_identities() -> dict[str, SimulatedIdentity]:
    """The test identities by their number."""
    found = [SimulatedIdentity.read(row) for row in identity_rows()]
    return {identity.identity_number: identity for identity in found}


class SimulatedRegistry:
    """Answers as the table says."""

    def __init__(self, identities: Mapping[str, SimulatedIdentity], simulation: Simulation) -> None:
        self._identities = identities
        self._seconds = simulation.registry_seconds

    def confirm(self, name: str, identity_number: str) -> RegistryAnswer:
        """Whether name and number belong together."""
        time.sleep(self._seconds)
        known = self._identities.get(identity_number)
        if known is None:
            return RegistryAnswer.UNKNOWN
        if known.name != name:
            return RegistryAnswer.MISMATCH
        return RegistryAnswer(known.registry)


class SimulatedBureau:
    """Answers as the table says; nobody else has a record."""

    def __init__(self, identities: Mapping[str, SimulatedIdentity], simulation: Simulation) -> None:
        self._identities = identities
        self._seconds = simulation.bureau_seconds

    def query(self, identity_number: str) -> BureauRecord:
        """The record."""
        time.sleep(self._seconds)
        known = self._identities.get(identity_number)
        return known.bureau if known else BureauRecord(overdue_count=0, open_loans=0, score=None)


class SimulatedClerk:
    """Confirms every visit without waiting for its time, and is always called simulated."""

    def confirm(self, branch_id: str, slot: datetime) -> bool:
        """Yes."""
        del branch_id, slot
        return True


class SimulatedCardGateway:
    """The four-element check of the demonstration."""

    def __init__(
        self, identities: Mapping[str, SimulatedIdentity], issuers: BankIssuers, simulation: Simulation
    ) -> None:
        self._identities = identities
        self._kinds = {prefix: issuer.kind for prefix, issuer in issuers.prefixes.items()}
        self._holders = {identity.card_number: number for number, identity in identities.items()}
        self._seconds = simulation.card_seconds
        self._retry_seconds = simulation.gateway_retry_seconds
        self._was_down: set[str] = set()
        self._lock = threading.Lock()

    def confirm(self, name: str, identity_number: str, card_number: str, phone: str) -> CardAnswer:
        """Whether the four belong together; an identity marked so finds the gateway down the first time."""
        time.sleep(self._seconds)
        known = self._identities.get(identity_number)
        if known and known.card_gateway == "down_first":
            with self._lock:
                if identity_number not in self._was_down:
                    self._was_down.add(identity_number)
                    raise SourceDownError(self._retry_seconds)
        if issuer_of(card_number, self._kinds) == "credit":
            return CardAnswer.NOT_DEBIT
        if known and known.card_gateway == "credit_card" and card_number == known.card_number:
            return CardAnswer.NOT_DEBIT
        return (
            CardAnswer.MATCH if self._belong(known, name, identity_number, card_number, phone) else CardAnswer.MISMATCH
        )

    def _belong(
        self, known: SimulatedIdentity | None, name: str, identity_number: str, card_number: str, phone: str
    ) -> bool:
        if self._holders.get(card_number, identity_number) != identity_number:
            return False  # the card of another test identity
        if known is None:
            return True
        if known.card_gateway == "mismatch":
            return False
        return known.name == name and known.card_number == card_number and known.phone == phone
