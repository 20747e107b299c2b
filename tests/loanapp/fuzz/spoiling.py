"""Ways to spoil an input, drawn from a seed."""

import copy
import json
from collections.abc import Callable
from random import Random

_LENGTHS = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
_VALUES = (
    None,
    True, False, 0, -1, 2**63, 10**400, 1e308, -0.0, float("nan"), float("inf"), "", "0", "-0.00", "1e999999",
    "NaN",
    "\x00", "\ud800", "٣٤", "2026-02-30",
    "9999-12-31T23:59:59+14:00", "2026-11-22T10:00:00", "x" * 5000, [], {}, [[]],
    [None] * 300, {"": {}}, "../../etc/passwd", "<script>", "\u202e",
)  # fmt: skip


def spoil(content: bytes, chance: Random) -> bytes:
    """One to four faults of bytes."""
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(_FAULTS)(content, chance)
    return content


def spoil_json(content: bytes, chance: Random) -> bytes:
    """Mostly faults of shape in JSON that stays JSON; now and then faults of bytes, or depth without end."""
    way = chance.random()
    if way < 0.2:
        return spoil(content, chance)
    if way < 0.22:
        depth = chance.choice((200, 5000, 100_000))
        return b"[" * depth if chance.random() < 0.5 else b'{"a":' * depth + b"1" + b"}" * depth
    whole = [json.loads(content)]
    for _ in range(chance.randint(1, 3)):
        holder, place = chance.choice(list(_places(whole)))
        if chance.random() < 0.2 and holder is not whole:
            del holder[place]
        else:
            holder[place] = copy.deepcopy(chance.choice(_VALUES))
    return json.dumps(whole[0]).encode()


def _places(whole):
    items = enumerate(whole) if isinstance(whole, list) else whole.items()
    for place, value in items:
        yield whole, place
        if isinstance(value, list | dict):
            yield from _places(value)


def _flip(content: bytes, chance: Random) -> bytes:
    spoilt = bytearray(content or b"\0")
    spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def _cut(content: bytes, chance: Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _remove(content: bytes, chance: Random) -> bytes:
    start = chance.randint(0, len(content))
    return content[:start] + content[start + chance.randint(1, 64) :]


def _repeat(content: bytes, chance: Random) -> bytes:
    start = chance.randint(0, len(content))
    piece = content[start : start + chance.randint(1, 256)]
    return content[:start] + piece * chance.randint(2, 20) + content[start:]


def _insert(content: bytes, chance: Random) -> bytes:
    start = chance.randint(0, len(content))
    return content[:start] + chance.randbytes(chance.randint(1, 32)) + content[start:]


def _length(content: bytes, chance: Random) -> bytes:
    start, order = chance.randint(0, len(content)), chance.choice(("big", "little"))
    number = chance.choice(_LENGTHS).to_bytes(4, order)
    return content[:start] + number + content[start + 4 :]


def _follow(content: bytes, chance: Random) -> bytes:
    """Something else behind: what is two kinds of file at once."""
    return content + chance.choice((b"PK\x03\x04", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"<svg>", b"\0" * 4096))


def _lead(content: bytes, chance: Random) -> bytes:
    return chance.choice((b"PK\x03\x04", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"MZ")) + content


_FAULTS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip,
    _flip,
    _cut,
    _remove,
    _repeat,
    _insert,
    _length,
    _follow,
    _lead,
)
