"""How hard a password is to guess: zxcvbn with lists of common ones; both sides judge by the same policy."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from loanapp.resource_files import read_toml

# What is longer is not looked at further: zxcvbn's time grows with the square of the length.
_LOOKED_AT: Final = 72
_TOP: Final = 3000


class Weakness(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    GUESSABLE = "guessable"


@dataclass(frozen=True, slots=True)
class Strength:
    """``score`` from 0 (guessed at once) to 4; ``weakness`` is ``None`` for what is taken."""

    score: int
    weakness: Weakness | None


def password_strength(password: str, own: tuple[str, ...] = ()) -> Strength:
    """Judge a password; ``own`` are words others know of its owner, such as the phone number. Some ms."""
    policy = _policy()
    if len(password) < policy["characters_at_least"]:
        return Strength(0, Weakness.TOO_SHORT)
    if len(password) > policy["characters_at_most"]:
        return Strength(0, Weakness.TOO_LONG)
    from zxcvbn import zxcvbn  # noqa: PLC0415  (its lists take 50 ms to load: only where a password is chosen)

    found = zxcvbn(password[:_LOOKED_AT], user_inputs=[*policy["common"], *own], max_length=_LOOKED_AT)
    score = int(found["score"])
    if _is_common(found["sequence"], policy["common"], password):
        return Strength(min(score, 1), Weakness.COMMON)
    return Strength(score, Weakness.GUESSABLE if score < policy["score_at_least"] else None)


def _is_common(sequence: list[dict[str, Any]], common: list[str], password: str) -> bool:
    """Whether the whole of it stands in a list, however it is capitalised."""
    if password.lower() in common:
        return True
    if len(sequence) != 1:
        return False
    (only,) = sequence
    return bool(only.get("dictionary_name") == "passwords" and only["rank"] <= _TOP)


@cache
def _policy() -> dict[str, Any]:
    return read_toml("policy", "passwords.toml")
