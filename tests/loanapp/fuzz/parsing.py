"""What a parser of outside data is, to those that spoil its input."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.loanapp.fuzz import spoiling


@dataclass(frozen=True)
class Parser:
    """``seeds``: whole inputs; ``read``: the parser; ``told``: what it may raise, anything else is a crash."""

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]
    told: tuple[type[Exception], ...] = ()
    spoil: Callable[[bytes, Random], bytes] = field(default=spoiling.spoil)


def json_bytes(whole: object) -> bytes:
    """Whole JSON as it goes over the wire."""
    return json.dumps(whole, ensure_ascii=False).encode()
