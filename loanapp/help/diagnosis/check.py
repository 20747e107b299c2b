"""What a check says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class CheckState(StrEnum):
    """How far a check is, or how it came out."""

    RUNNING = "running"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding.

    ``outcome`` names the sentence (``doctor.<id>.<outcome>``, its fix ``doctor.<id>.<outcome>.fix``), ``values``
    fill it in, ``article`` is the help article that says more.
    """

    id: str
    state: CheckState
    outcome: str
    article: str
    values: dict[str, str] = field(default_factory=dict)

    def wire(self) -> dict[str, Any]:
        """As JSON takes it; :meth:`read` is the way back."""
        return asdict(self)

    @classmethod
    def read(cls, wire: Mapping[str, Any]) -> "Check":
        """From :meth:`wire`. Raises :class:`KeyError` or :class:`ValueError` for anything else."""
        values = {str(key): str(value) for key, value in dict(wire["values"]).items()}
        return cls(str(wire["id"]), CheckState(wire["state"]), str(wire["outcome"]), str(wire["article"]), values)


def graded(*, good: bool, otherwise: CheckState = CheckState.BAD) -> tuple[CheckState, str]:
    """State and outcome of a check with two ends."""
    state = CheckState.GOOD if good else otherwise
    return state, state.value
