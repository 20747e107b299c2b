"""The weights of the nets that read text, packed in half the bytes.

The two nets of PP-OCRv6 hold each weight in 32 bits; the same text is read with 16. A packed net holds 16, each tensor
behind a step that makes 32 of them again: onnxruntime takes that step once, while it loads the net, and calculates as
before. The files are protocol buffers (onnx.proto3), rewritten field by field, so that no package is needed for them.
"""

from pathlib import Path
from typing import Final

import numpy as np

from loanapp.vision.protocol_buffer import BYTES, VARINT, fields

# Fields of onnx.proto3: of a model, of its graph, of a tensor; and its numbers for kinds of values.
_GRAPH: Final = 7
_NODE, _TENSOR = 1, 5
_KIND, _NAME, _RAW = 2, 8, 9
_FLOAT, _HALF = 1, 10
# Smaller ones are biases and normalisations: next to nothing is gained, and the nets feel them most.
_LEAST_BYTES: Final = 16 * 1024

_Field = tuple[int, int, int | bytes]


def halved(model: bytes) -> bytes:
    """An ONNX file's content with its large weights in 16 bits; everything else, every name too, as it was.

    Raises ``ValueError`` where a weight is out of reach of 16 bits, ``IndexError`` where the content is cut off.
    """
    done = ((number, kind, _graph(value) if number == _GRAPH else value) for number, kind, value in fields(model))
    return b"".join(_written(*field) for field in done)


def pack_halved(source: Path, made: Path) -> Path:
    """:func:`halved`, from file to file; the answer is ``made``. Raises :class:`OSError` too."""
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(halved(source.read_bytes()))
    return made


def _graph(content: int | bytes) -> bytes:
    steps, rest = [], []
    for number, kind, value in fields(_whole(content)):
        if number != _TENSOR or (smaller := _tensor(_whole(value))) is None:
            rest.append(_written(number, kind, value))
            continue
        tensor, step = smaller
        steps.append(_written(_NODE, BYTES, step))
        rest.append(_written(_TENSOR, BYTES, tensor))
    return b"".join([*steps, *rest])


def _tensor(content: bytes) -> tuple[bytes, bytes] | None:
    """The tensor in 16 bits under another name, and the step that gives 32 under its own; ``None`` as it stays."""
    parts = list(fields(content))
    one = {number: value for number, _, value in parts}
    raw = one.get(_RAW, b"")
    if one.get(_KIND) != _FLOAT or not isinstance(raw, bytes) or len(raw) < _LEAST_BYTES:
        return None
    with np.errstate(over="ignore"):
        half = np.frombuffer(raw, "<f4").astype("<f2")
    if not np.isfinite(half).all():
        raise ValueError(f"{one[_NAME]!r} does not fit into 16 bits")
    name = _whole(one[_NAME])
    changed: dict[int, int | bytes] = {_KIND: _HALF, _NAME: name + b".half", _RAW: half.tobytes()}
    tensor = b"".join(_written(number, kind, changed.get(number, value)) for number, kind, value in parts)
    # A node of kind Cast: input, output, kind, and the attribute "to" (name, whole number, kind of attribute).
    to = _written(1, BYTES, b"to") + _written(3, VARINT, _FLOAT) + _written(20, VARINT, 2)
    cast = ((1, name + b".half"), (2, name), (4, b"Cast"), (5, to))
    return tensor, b"".join(_written(number, BYTES, value) for number, value in cast)


def _whole(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a message was expected, and there is a number")  # noqa: TRY004 - what the file holds
    return value


def _written(number: int, kind: int, value: int | bytes) -> bytes:
    key = _as_varint(number << 3 | kind)
    if isinstance(value, int):
        return key + _as_varint(value)
    return key + (_as_varint(len(value)) if kind == BYTES else b"") + value


def _as_varint(value: int) -> bytes:
    parts = bytearray()
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
