"""What a verdict is made on, shared by the modules that hold its rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loanapp.domain.liveness import Challenge
from loanapp.resource_files import read_toml
from loanapp.vision.evidence import EvidenceHeader
from loanapp.vision.rules import RuleBook


@dataclass(frozen=True, slots=True)
class Case:
    """One attempt, the thresholds (``verdict.toml``) and the book its rules go to."""

    header: EvidenceHeader
    challenge: Challenge
    received_at: datetime
    limits: dict[str, Any]
    book: RuleBook


def open_case(header: EvidenceHeader, challenge: Challenge, received_at: datetime) -> Case:
    """A case with an empty book and the thresholds in force."""
    return Case(header, challenge, received_at, read_toml("vision", "verdict.toml"), RuleBook())
