"""Simulated register, bureau, insurance, list and card gateway: they read the demonstration's table of test identities.

An identity that is not in the table is nobody the simulators know: the register says so, the bureau has no record,
social insurance insures nobody of the kind, no list names it, and any debit card of a real prefix is taken.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from loanapp.backend.adapters.ports import (
    BureauRecord,
    CardAnswer,
    InsuranceRecord,
    PortraitAnswer,
    RegistryAnswer,
    RegistryReply,
    ScreeningAnswer,
)
from loanapp.backend.adapters.simulated_line import UP, SimulatedLine, read_mark
from loanapp.backend.policy.bank_issuers import BankIssuers
from loanapp.backend.policy.models import Policies
from loanapp.backend.policy.sources import SourceName
from loanapp.domain.bank_card import issuer_of
from loanapp.resource_files import read_toml


@dataclass(frozen=True, slots=True)
class SimulatedIdentity:
    """What the simulated sources answer about one test identity, and how their lines are for it."""

    name: str
    identity_number: str
    card_number: str
    phone: str
    registry: RegistryAnswer
    portrait: PortraitAnswer
    card_gateway: str
    bureau: BureauRecord
    insurance: InsuranceRecord
    screening: ScreeningAnswer
    bank: str
    lines: Mapping[SourceName, str]

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "SimulatedIdentity":
        """From a row of ``demonstration_identities.toml``."""
        score = row.get("score_hint")
        return cls(
            name=row["name"],
            identity_number=row["identity_number"],
            card_number=row["card_number"],
            phone=row["phone"],
            registry=RegistryAnswer(row["registry"]),
            portrait=PortraitAnswer(row.get("portrait", PortraitAnswer.SAME)),
            card_gateway=row["card_gateway"],
            bureau=BureauRecord(row["overdue_count"], row["open_loans"], score, row.get("new_loans", 0)),
            insurance=_insurance(row),
            screening=ScreeningAnswer(row.get("screening", ScreeningAnswer.CLEAR)),
            bank=row.get("bank", "pays"),
            lines={SourceName(name): read_mark(mark) for name, mark in row.get("lines", {}).items()},
        )

    def line(self, source: SourceName) -> str:
        """How the line to a source is when it is asked about this identity."""
        return self.lines.get(source, UP)


def _insurance(row: Mapping[str, Any]) -> InsuranceRecord:
    """As the row says; one that says nothing is of an employee insured on the income that they would type."""
    said = row.get("social_insurance", {"months_paid": 12, "base": row["monthly_income"]})
    base = said.get("base")
    return InsuranceRecord(said["months_paid"], None if base is None else Decimal(base), said.get("capped", False))


def identity_rows() -> list[dict[str, Any]]:
    """The rows of the table of test identities."""
    rows: list[dict[str, Any]] = read_toml("policy", "demonstration_identities.toml")["identities"]
    return rows


def simulated_identities() -> dict[str, SimulatedIdentity]:
    """The test identities by their number."""
    found = [SimulatedIdentity.read(row) for row in identity_rows()]
    return {identity.identity_number: identity for identity in found}


def line_to(source: SourceName, seconds: float, policies: Policies) -> SimulatedLine:
    """The line to a simulated source; which of its questions fail by chance is the same at every start."""
    simulation = policies.simulation
    failing = simulation.failing.get(source, 0.0)
    chance = random.Random(source.value).random  # noqa: S311 - a simulated failure is no secret
    timeout = policies.sources.rules[source].timeout
    return SimulatedLine(seconds, timeout, simulation.gateway_retry_seconds, failing, chance)


class SimulatedRegistry:
    """Answers as the table says."""

    def __init__(self, identities: Mapping[str, SimulatedIdentity], line: SimulatedLine) -> None:
        self._identities, self._line = identities, line

    def confirm(self, name: str, identity_number: str, portrait: bytes | None = None) -> RegistryReply:
        """Whether name, number and portrait belong together."""
        known = self._identities.get(identity_number)
        self._line.reach(identity_number, known.line(SourceName.REGISTRY) if known else UP)
        if known is None:
            return RegistryReply(RegistryAnswer.UNKNOWN)
        if known.name != name or known.registry is not RegistryAnswer.MATCH:
            answer = RegistryAnswer.MISMATCH if known.name != name else known.registry
            return RegistryReply(answer)
        return RegistryReply(RegistryAnswer.MATCH, PortraitAnswer.NOT_COMPARED if portrait is None else known.portrait)


class SimulatedBureau:
    """Answers as the table says; nobody else has a record."""

    def __init__(self, identities: Mapping[str, SimulatedIdentity], line: SimulatedLine) -> None:
        self._identities, self._line = identities, line

    def query(self, key: str, identity_number: str) -> BureauRecord:
        """The record; this bureau counts no enquiries."""
        del key
        known = self._identities.get(identity_number)
        self._line.reach(identity_number, known.line(SourceName.BUREAU) if known else UP)
        return known.bureau if known else BureauRecord(overdue_count=0, open_loans=0, score=None)


class SimulatedSocialInsurance:
    """Answers as the table says; nobody else is insured."""

    def __init__(self, identities: Mapping[str, SimulatedIdentity], line: SimulatedLine) -> None:
        self._identities, self._line = identities, line

    def query(self, key: str, identity_number: str) -> InsuranceRecord:
        """The record; this insurer counts no enquiries."""
        del key
        known = self._identities.get(identity_number)
        self._line.reach(identity_number, known.line(SourceName.SOCIAL_INSURANCE) if known else UP)
        return known.insurance if known else InsuranceRecord(0, None)


class SimulatedScreening:
    """Names nobody but whom the table says."""

    def __init__(self, identities: Mapping[str, SimulatedIdentity], line: SimulatedLine) -> None:
        self._identities, self._line = identities, line

    def screen(self, name: str, identity_number: str) -> ScreeningAnswer:
        """Whether somebody like this is on the list."""
        del name
        known = self._identities.get(identity_number)
        self._line.reach(identity_number, known.line(SourceName.SCREENING) if known else UP)
        return known.screening if known else ScreeningAnswer.CLEAR


class SimulatedMessages:
    """Sends nothing to any phone: the answer carries the message, and the program shows it as simulated."""

    def send(self, phone: str, text: str) -> None:
        """Taken."""
        del phone, text


class SimulatedClerk:
    """Confirms every visit without waiting for its time, and is always called simulated."""

    def confirm(self, branch_id: str, slot: datetime) -> bool:
        """Yes."""
        del branch_id, slot
        return True


class SimulatedCardGateway:
    """The four-element check of the demonstration."""

    def __init__(self, identities: Mapping[str, SimulatedIdentity], issuers: BankIssuers, line: SimulatedLine) -> None:
        self._identities, self._line = identities, line
        self._kinds = {prefix: issuer.kind for prefix, issuer in issuers.prefixes.items()}
        self._holders = {identity.card_number: number for number, identity in identities.items()}

    def confirm(self, name: str, identity_number: str, card_number: str, phone: str) -> CardAnswer:
        """Whether the four belong together; an identity marked so finds the gateway down the first time."""
        known = self._identities.get(identity_number)
        mark = known.line(SourceName.GATEWAY) if known else UP
        self._line.reach(identity_number, "down:1" if known and known.card_gateway == "down_first" else mark)
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
