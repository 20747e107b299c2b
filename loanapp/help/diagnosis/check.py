"""What a check says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

# Said alike of every check.
_WITHOUT_RESULT: Final = frozenset({"failed", "late"})
# Nothing was there to be looked at, or nobody asked: no trouble, and no proof of health either.
_NOT_LOOKED_AT: Final = frozenset({"alone", "not_tried", "resting"})
_OF_ANY: Final = _WITHOUT_RESULT | {"running"}


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

    @property
    def finding_key(self) -> str:
        """The sentence that says what was found; ``check`` and ``values`` fill it in."""
        return f"doctor.{self.outcome}" if self.outcome in _OF_ANY else f"doctor.{self.id}.{self.outcome}"

    @property
    def looked_at(self) -> bool:
        """Whether there was anything to find; what was not looked at counts as good, and is not called so."""
        return self.outcome not in _NOT_LOOKED_AT

    @property
    def state_key(self) -> str:
        """The word for how it came out."""
        return f"doctor.state.{self.state.value if self.looked_at else 'not_looked_at'}"

    @property
    def meaning_key(self) -> str:
        """The sentence that says why it matters."""
        return f"doctor.{self.outcome if self.outcome in _WITHOUT_RESULT else self.id}.meaning"

    @property
    def fix_key(self) -> str:
        """The sentence that says what mends it; empty when nothing needs mending."""
        return f"{self.finding_key}.fix" if self.state in (CheckState.WARNING, CheckState.BAD) else ""

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
