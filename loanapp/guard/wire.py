"""What leaves this computer is held against its basis: a consent in force, a step of the contract, a legal duty."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

from loanapp.domain.consent import ConsentScope, LegalBasis
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import FILLING, ApplicationStatus
from loanapp.guard.refusal import GuardRefusal
from loanapp.resource_files import read_toml

# An application that ended so is no contract and no reason to send anything.
_OVER: Final = frozenset({ApplicationStatus.WITHDRAWN, ApplicationStatus.DECLINED, ApplicationStatus.EXPIRED})


class Declared(Protocol):
    """A data item the lender has declared."""

    @property
    def id(self) -> str:
        """The identifier."""
        ...

    @property
    def basis(self) -> LegalBasis:
        """What it may be used by."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What a request is held against: the lender's declarations, the consents in force, where the application is.

    ``status`` is ``None`` before there is an application.
    """

    items: Sequence[Declared]
    consents: frozenset[ConsentScope]
    status: ApplicationStatus | None


@dataclass(frozen=True, slots=True)
class _Row:
    method: str
    path: re.Pattern[str]
    filling: bool
    signing: bool
    begins: bool
    fields: Mapping[str, str] | None
    body: str | None


def check_request(method: str, path: str, fields: Iterable[str] | None, standing: Standing) -> None:
    """Refuse a request that carries anything without a basis; ``fields`` are the body's, ``None`` for raw bytes.

    Raises :class:`GuardRefusal` with ``GUARD_NO_BASIS``; ``what`` names the data item, or the path or field that this
    program does not know to be harmless.
    """
    row = next((row for row in _rows() if row.method == method and row.path.fullmatch(path)), None)
    if row is None:
        raise GuardRefusal(ErrorCode.GUARD_NO_BASIS, "unknown_request")
    signing = row.signing and standing.status is ApplicationStatus.SIGNING
    if row.filling and not signing and standing.status not in FILLING:
        raise GuardRefusal(ErrorCode.GUARD_NO_BASIS, "not_this_step")
    over = standing.status in _OVER and not row.begins
    for item in _carried(row, fields):
        _check_item(item, standing, over=over)


def _carried(row: _Row, fields: Iterable[str] | None) -> set[str]:
    """The data items a request carries."""
    if fields is None:
        if row.body is None:
            raise GuardRefusal(ErrorCode.GUARD_NO_BASIS, "unknown_body")
        return {row.body} - {""}
    known = row.fields or {}
    if unknown := [name for name in fields if name not in known]:
        raise GuardRefusal(ErrorCode.GUARD_NO_BASIS, unknown[0])
    return {known[name] for name in fields} - {""}


def _check_item(item: str, standing: Standing, *, over: bool) -> None:
    declared = next((one for one in standing.items if one.id == item), None)
    if declared is None or (over and item != "phone"):
        raise GuardRefusal(ErrorCode.GUARD_NO_BASIS, item)
    if declared.basis is LegalBasis.CONSENT:
        scope = _policy()["scopes"].get(item)
        if scope is None or ConsentScope(scope) not in standing.consents:
            raise GuardRefusal(ErrorCode.GUARD_NO_BASIS, item)


def _policy() -> dict[str, Any]:
    return read_toml("policy", "wire.toml")


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(
        _Row(
            row["method"],
            re.compile("[^/]+".join(re.escape(part) for part in row["path"].split("*"))),
            row.get("filling", False),
            row.get("signing", False),
            row.get("begins", False),
            row.get("fields"),
            row.get("body"),
        )
        for row in _policy()["requests"]
    )
