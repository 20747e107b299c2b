"""Writes a graph in the ONNX format, in memory: nodes, constants, inputs and outputs, nothing else.

ONNX is a protocol buffer message (onnx.proto3, IR version 8); the field numbers below are those of that file.
"""

import struct
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Attribute: TypeAlias = int | float | Sequence[int]

_IR_VERSION: Final = 8
_OPERATOR_SET: Final = 17
_FLOAT, _INT64 = 1, 7


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    parts = bytearray()
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, content: bytes | str) -> bytes:
    content = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        content = _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    elif isinstance(value, int):
        content = _number(3, value) + _number(20, 2)
    else:
        content = b"".join(_number(8, item) for item in value) + _number(20, 7)
    return _message(1, name) + content


class OnnxWriter:
    """Collects a graph; :meth:`model` is the finished file's content. Names must be unique, as ONNX asks."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._ends: list[bytes] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Attribute) -> str:
        """Add a step and answer the name of its result."""
        content = b"".join(_message(1, name) for name in inputs) + _message(2, output) + _message(4, kind)
        content += b"".join(_message(5, _attribute(name, value)) for name, value in attributes.items())
        self._nodes.append(_message(1, content))
        return output

    def constant(self, values: npt.ArrayLike) -> str:
        """Add a constant, single-precision floats or whole numbers, and answer its name."""
        array: npt.NDArray[Any] = np.asarray(values)
        kind, form = (_FLOAT, "<f4") if array.dtype.kind == "f" else (_INT64, "<i8")
        name = f"constant_{len(self._constants)}"
        content = b"".join(_number(1, side) for side in array.shape) + _number(2, kind)
        content += _message(8, name) + _message(9, np.ascontiguousarray(array, form).tobytes())
        self._constants.append(_message(5, content))
        return name

    def input(self, name: str, shape: Sequence[int]) -> str:
        """Name an input of single-precision floats, and answer the name."""
        self._end(11, name, shape)
        return name

    def output(self, name: str, shape: Sequence[int]) -> None:
        """Name an output of single-precision floats."""
        self._end(12, name, shape)

    def model(self) -> bytes:
        """The content of the file."""
        graph = b"".join(self._nodes) + _message(2, "graph") + b"".join(self._constants) + b"".join(self._ends)
        return _number(1, _IR_VERSION) + _message(7, graph) + _message(8, _number(2, _OPERATOR_SET))

    def _end(self, field: int, name: str, shape: Sequence[int]) -> None:
        sides = b"".join(_message(1, _number(1, side)) for side in shape)
        kind = _message(1, _number(1, _FLOAT) + _message(2, sides))
        self._ends.append(_message(field, _message(1, name) + _message(2, kind)))
