"""Reads a TensorFlow Lite file into plain operators and arrays; as much of the format as the face graphs need.

The file is a FlatBuffer: tables whose fields are found through offsets ("FlatBuffers Internals"); the numbers of the
fields and operators are those of TensorFlow Lite's schema, version 3.
"""

import struct
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

# Operator codes of the schema that the face graphs contain.
_OPERATORS: Final = {
    0: "ADD",
    2: "CONCATENATION",
    3: "CONV_2D",
    4: "DEPTHWISE_CONV_2D",
    6: "DEQUANTIZE",
    14: "LOGISTIC",
    17: "MAX_POOL_2D",
    18: "MUL",
    19: "RELU",
    22: "RESHAPE",
    34: "PAD",
    39: "TRANSPOSE",
    40: "MEAN",
    41: "SUB",
    42: "DIV",
    45: "STRIDED_SLICE",
    54: "PRELU",
    59: "NEG",
    74: "SUM",
    75: "SQRT",
    76: "RSQRT",
    99: "SQUARED_DIFFERENCE",
}
_TYPES: Final[dict[int, type[np.generic]]] = {0: np.float32, 1: np.float16, 2: np.int32, 4: np.int64}


class Table:
    """One table of a FlatBuffer; a field that is not there has its default.

    Every method raises ``struct.error`` or ``IndexError`` where the file ends too soon.
    """

    def __init__(self, content: bytes, position: int) -> None:
        self._content = content
        self._position = position
        self._fields = position - self._number("<i", position)
        self._size = self._number("<H", self._fields)

    @classmethod
    def root(cls, content: bytes) -> Self:
        """The table that holds the whole file."""
        return cls(content, struct.unpack_from("<I", content, 0)[0])

    def integer(self, field: int, default: int = 0, *, form: str = "<i") -> int:
        """A whole number, ``form`` as ``struct`` writes it."""
        place = self._place(field)
        return self._number(form, place) if place else default

    def table(self, field: int) -> "Table | None":
        """A table within."""
        place = self._place(field)
        return Table(self._content, place + self._number("<I", place)) if place else None

    def tables(self, field: int) -> list["Table"]:
        """A vector of tables."""
        start, count = self._vector(field)
        places = range(start, start + 4 * count, 4)
        return [Table(self._content, place + self._number("<I", place)) for place in places]

    def integers(self, field: int) -> tuple[int, ...]:
        """A vector of 32-bit whole numbers."""
        start, count = self._vector(field)
        return struct.unpack_from(f"<{count}i", self._content, start)

    def raw(self, field: int) -> bytes:
        """A vector of bytes; also text."""
        start, count = self._vector(field)
        return self._content[start : start + count]

    def _place(self, field: int) -> int:
        entry = 4 + 2 * field
        offset = self._number("<H", self._fields + entry) if entry < self._size else 0
        return self._position + offset if offset else 0

    def _vector(self, field: int) -> tuple[int, int]:
        place = self._place(field)
        if not place:
            return 0, 0
        start = place + self._number("<I", place)
        return start + 4, self._number("<I", start)

    def _number(self, form: str, place: int) -> int:
        value: int = struct.unpack_from(form, self._content, place)[0]
        return value


@dataclass(frozen=True, slots=True)
class Tensor:
    """Name and shape of a value; ``constant`` is its content where the file holds it, single precision at least."""

    name: str
    shape: tuple[int, ...]
    constant: npt.NDArray[Any] | None


@dataclass(frozen=True, slots=True)
class Operator:
    """One step: its kind by the schema's name, numbers of the tensors it reads and writes, and its options."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Table | None

    def option(self, field: int, default: int = 0, *, form: str = "<i") -> int:
        """A whole number among the options."""
        return default if self.options is None else self.options.integer(field, default, form=form)


@dataclass(frozen=True, slots=True)
class TfliteGraph:
    """Tensors by number, operators in the order they run, numbers of the inputs and outputs."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read_tflite(content: bytes) -> TfliteGraph:
    """The first graph of a file; weights kept as half floats are widened once, here.

    Raises ``ValueError``, ``KeyError``, ``IndexError`` or ``struct.error`` where the content is none of these graphs.
    """
    if content[4:8] != b"TFL3":
        raise ValueError("TFL3")
    model = Table.root(content)
    buffers = [buffer.raw(0) for buffer in model.tables(4)]
    codes = [max(code.integer(0, form="<b"), code.integer(3)) for code in model.tables(1)]
    graph = model.tables(2)[0]
    tensors = [_tensor(table, buffers) for table in graph.tables(0)]
    operators = []
    for table in graph.tables(3):
        kind = _OPERATORS[codes[table.integer(0)]]
        inputs, outputs = table.integers(1), table.integers(2)
        if kind == "DEQUANTIZE":
            source, target = tensors[inputs[0]], tensors[outputs[0]]
            tensors[outputs[0]] = Tensor(target.name, target.shape, source.constant)
        else:
            operators.append(Operator(kind, inputs, outputs, table.table(4)))
    return TfliteGraph(tuple(tensors), tuple(operators), graph.integers(1), graph.integers(2))


def _tensor(table: Table, buffers: list[bytes]) -> Tensor:
    shape = table.integers(0)
    content = buffers[table.integer(2, form="<I")]
    constant: npt.NDArray[Any] | None = None
    if content:
        constant = np.frombuffer(content, _TYPES[table.integer(1, form="<b")]).reshape(shape)
        if constant.dtype == np.float16:
            constant = constant.astype(np.float32)
    return Tensor(table.raw(3).decode(), shape, constant)
