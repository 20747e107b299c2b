"""What the two kinds of graph have in common on their way from TensorFlow Lite to ONNX."""

from typing import Any, ClassVar, Final

import numpy.typing as npt

from loanapp.vision.graphs.onnx import OnnxWriter
from loanapp.vision.graphs.tflite import Operator, TfliteGraph

Array = npt.NDArray[Any]

# Kinds that ONNX has under another name and that need nothing else.
_PLAIN: Final = {
    "ADD": "Add",
    "SUB": "Sub",
    "MUL": "Mul",
    "DIV": "Div",
    "NEG": "Neg",
    "SQRT": "Sqrt",
    "RELU": "Relu",
    "LOGISTIC": "Sigmoid",
}


class Conversion:
    """One graph on its way. A kind that needs more than another name has a method called as it is, in small letters."""

    kinds: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, graph: TfliteGraph) -> None:
        self.graph: Final = graph
        self.writer: Final = OnnxWriter()

    def model(self) -> bytes:
        """The ONNX file's content. Raises ``ValueError``, ``KeyError`` or ``IndexError`` for what is not foreseen."""
        for number in self.graph.inputs:
            self.begin(number)
        self.convert_all()
        for number in self.graph.outputs:
            # Under the names of TensorFlow Lite's outputs, whatever the steps before them are called.
            name = self.graph.tensors[number].name
            self.writer.node("Identity", [self.name(number)], name)
            self.writer.output(name, self.shape(number))
        return self.writer.model()

    def begin(self, number: int) -> None:
        """Name an input."""
        self.writer.input(self.name(number), self.shape(number))

    def convert_all(self) -> None:
        """Write every operator in its order."""
        for operator in self.graph.operators:
            self.convert(operator)

    def convert(self, operator: Operator) -> None:
        """Write one operator."""
        output = self.name(operator.outputs[0])
        if operator.kind in self.kinds:
            getattr(self, operator.kind.lower())(operator, output)
        else:
            self.writer.node(_PLAIN[operator.kind], [self.value(one) for one in operator.inputs], output)

    def name(self, number: int) -> str:
        """The name of a value that is worked out."""
        return f"value_{number}"

    def shape(self, number: int) -> tuple[int, ...]:
        """The shape of a value as ONNX has it."""
        return self.graph.tensors[number].shape

    def constant(self, number: int) -> Array:
        """A constant as TensorFlow Lite has it. Raises ``ValueError`` for a value that is worked out."""
        constant = self.graph.tensors[number].constant
        if constant is None:
            raise ValueError(self.graph.tensors[number].name)
        return constant

    def value(self, number: int) -> str:
        """The name of an operand, constant or not."""
        constant = self.graph.tensors[number].constant
        return self.name(number) if constant is None else self.writer.constant(constant)
