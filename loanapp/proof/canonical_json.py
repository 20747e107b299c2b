"""One byte form for one JSON value, so that it can be hashed and signed.

The form of RFC 8785 (JCS) without floating-point numbers, which have no place in money, times or hashes:
keys sorted by UTF-16 code units, no white space, UTF-8, only the escapes JSON demands.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

# Integers beyond this are not exact in every JSON reader (RFC 7493, I-JSON).
_LARGEST_INTEGER: Final = 2**53 - 1


def canonical(value: object) -> bytes:
    """The canonical bytes of ``value``: text, ``int``, ``bool``, ``None``, sequences and mappings with text keys.

    Raises :class:`ValueError` for anything else: floats, integers beyond 2^53-1, lone surrogates.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def canonical_sha256(value: object) -> str:
    """SHA-256 of the canonical bytes, 64 lower-case hexadecimal digits."""
    return sha256(canonical(value)).hexdigest()


def _ordered(value: object) -> object:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > _LARGEST_INTEGER:
            raise ValueError("the whole number is too large for JSON")
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("a key must be text")
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_ordered(item) for item in value]
    raise ValueError("only text, whole numbers, true, false, null, lists and objects have a canonical form")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
