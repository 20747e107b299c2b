"""TensorFlow Lite graphs as ONNX graphs, so that onnxruntime runs them: the same sums, another layout.

Picture nets hold channels before rows and columns in ONNX (NCHW), after them in TensorFlow Lite (NHWC). The blendshape
net has no picture: its values keep the order of TensorFlow Lite, and its 1 x 1 convolutions are matrix products.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from loanapp.vision.onnx_writer import OnnxWriter
from loanapp.vision.tflite_graph import Operator, TfliteGraph, read_tflite

_Array = npt.NDArray[Any]

_SAME_PADDING: Final = 0
_TO_NCHW: Final = (0, 3, 1, 2)
_TO_NHWC: Final = (0, 2, 3, 1)
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


def onnx_from_tflite(content: bytes) -> bytes:
    """An ONNX file's content for a TensorFlow Lite file's.

    Raises ``ValueError``, ``KeyError``, ``IndexError`` or ``struct.error`` for what is none of the face graphs.
    """
    return _Conversion(read_tflite(content)).model()


class _Conversion:
    def __init__(self, graph: TfliteGraph) -> None:
        self._graph = graph
        self._writer = OnnxWriter()
        self._picture = any(operator.kind == "DEPTHWISE_CONV_2D" for operator in graph.operators)
        self._special: dict[str, Callable[[Operator, str], None]] = {
            "CONV_2D": self._convolution if self._picture else self._product,
            "DEPTHWISE_CONV_2D": self._convolution,
            "PRELU": self._prelu,
            "MAX_POOL_2D": self._max_pool,
            "PAD": self._pad,
            "RESHAPE": self._reshape,
            "CONCATENATION": self._concatenation,
            "TRANSPOSE": self._transpose,
            "MEAN": self._mean,
            "SUM": self._sum,
            "RSQRT": self._reciprocal_root,
            "SQUARED_DIFFERENCE": self._squared_difference,
            "STRIDED_SLICE": self._slice,
        }

    def model(self) -> bytes:
        tensors = self._graph.tensors
        for number in self._graph.inputs:
            self._writer.input(self._name(number), self._shape(number))
        for operator in self._graph.operators:
            output = self._name(operator.outputs[0])
            if operator.kind in _PLAIN:
                self._writer.node(_PLAIN[operator.kind], [self._value(one) for one in operator.inputs], output)
            else:
                self._special[operator.kind](operator, output)
        for number in self._graph.outputs:
            # Under the names of TensorFlow Lite's outputs, whatever the steps before them are called.
            self._writer.node("Identity", [self._name(number)], tensors[number].name)
            self._writer.output(tensors[number].name, self._shape(number))
        return self._writer.model()

    def _name(self, number: int) -> str:
        return f"value_{number}"

    def _shape(self, number: int) -> tuple[int, ...]:
        shape = self._graph.tensors[number].shape
        return tuple(shape[axis] for axis in _TO_NCHW) if self._picture and len(shape) == 4 else shape

    def _constant(self, number: int) -> _Array:
        constant = self._graph.tensors[number].constant
        if constant is None:
            raise ValueError(self._graph.tensors[number].name)
        return constant

    def _value(self, number: int) -> str:
        """The name of an operand; only the blendshape net has constant ones."""
        constant = self._graph.tensors[number].constant
        return self._name(number) if constant is None else self._writer.constant(constant)

    def _convolution(self, operator: Operator, output: str) -> None:
        depthwise = operator.kind == "DEPTHWISE_CONV_2D"
        weights = self._constant(operator.inputs[1]).transpose((3, 0, 1, 2) if depthwise else _TO_NCHW)
        strides = (operator.option(2, 1), operator.option(1, 1))
        self._writer.node(
            "Conv",
            [
                self._name(operator.inputs[0]),
                self._writer.constant(weights),
                self._writer.constant(self._constant(operator.inputs[2])),
            ],
            output,
            kernel_shape=weights.shape[2:],
            strides=strides,
            pads=self._pads(operator, weights.shape[2:], strides),
            group=weights.shape[0] if depthwise else 1,
        )

    def _pads(self, operator: Operator, kernel: tuple[int, ...], strides: tuple[int, int]) -> list[int]:
        """Rows above, columns before, rows below, columns after; an odd one comes after, as TensorFlow has it."""
        if operator.option(0, form="<b") != _SAME_PADDING:
            return [0, 0, 0, 0]
        sides = self._graph.tensors[operator.inputs[0]].shape[1:3]
        more = [
            max(0, (-(-side // stride) - 1) * stride + length - side)
            for side, length, stride in zip(sides, kernel, strides, strict=True)
        ]
        return [*(one // 2 for one in more), *(one - one // 2 for one in more)]

    def _prelu(self, operator: Operator, output: str) -> None:
        """``a x + (1 - a) max(x, 0)``: of these steps onnxruntime keeps the blocked layout, of PRelu it does not.

        The landmark net takes 6 ms this way instead of 18 (measured, one core).
        """
        source = self._name(operator.inputs[0])
        slope = self._constant(operator.inputs[1]).reshape(-1, 1, 1, 1)
        above = self._writer.node("Relu", [source], f"{output}_above")
        parts = [
            self._scaled(source, slope, f"{output}_all"),
            self._scaled(above, 1 - slope, f"{output}_more"),
        ]
        self._writer.node("Add", parts, output)

    def _scaled(self, source: str, factors: _Array, output: str) -> str:
        """Each channel times its factor (channels, 1, 1, 1)."""
        zero = np.zeros(len(factors), np.float32)
        operands = [source, self._writer.constant(factors), self._writer.constant(zero)]
        return self._writer.node("Conv", operands, output, kernel_shape=(1, 1), group=len(factors))

    def _max_pool(self, operator: Operator, output: str) -> None:
        kernel, strides = (operator.option(4), operator.option(3)), (operator.option(2), operator.option(1))
        pads = self._pads(operator, kernel, strides)
        self._writer.node(
            "MaxPool", [self._name(operator.inputs[0])], output, kernel_shape=kernel, strides=strides, pads=pads
        )

    def _pad(self, operator: Operator, output: str) -> None:
        pads = self._constant(operator.inputs[1])[list(_TO_NCHW)]
        operands = [self._name(operator.inputs[0]), self._writer.constant(pads.T.reshape(-1))]
        self._writer.node("Pad", operands, output)

    def _reshape(self, operator: Operator, output: str) -> None:
        source = self._name(operator.inputs[0])
        shape = self._graph.tensors[operator.outputs[0]].shape
        if self._picture and len(self._graph.tensors[operator.inputs[0]].shape) == 4:
            source = self._writer.node("Transpose", [source], f"{output}_last", perm=_TO_NHWC)
        self._writer.node("Reshape", [source, self._writer.constant(shape)], output)

    def _concatenation(self, operator: Operator, output: str) -> None:
        self._writer.node("Concat", [self._value(one) for one in operator.inputs], output, axis=operator.option(0))

    def _product(self, operator: Operator, output: str) -> None:
        weights = self._constant(operator.inputs[1])
        if weights.shape[1:3] != (1, 1):
            raise ValueError(operator.kind)
        operands = [self._name(operator.inputs[0]), self._writer.constant(weights[:, 0, 0].T)]
        product = self._writer.node("MatMul", operands, f"{output}_product")
        added = self._writer.constant(self._constant(operator.inputs[2]))
        if operator.option(3, form="<b"):  # fused RELU, the only one there is
            self._writer.node("Relu", [self._writer.node("Add", [product, added], f"{output}_sum")], output)
        else:
            self._writer.node("Add", [product, added], output)

    def _transpose(self, operator: Operator, output: str) -> None:
        order = [int(axis) for axis in self._constant(operator.inputs[1])]
        self._writer.node("Transpose", [self._name(operator.inputs[0])], output, perm=order)

    def _mean(self, operator: Operator, output: str) -> None:
        axes = [int(axis) for axis in self._constant(operator.inputs[1]).reshape(-1)]
        self._writer.node("ReduceMean", [self._name(operator.inputs[0])], output, axes=axes)

    def _sum(self, operator: Operator, output: str) -> None:
        axes = self._writer.constant(self._constant(operator.inputs[1]).reshape(-1))
        self._writer.node("ReduceSum", [self._name(operator.inputs[0]), axes], output)

    def _reciprocal_root(self, operator: Operator, output: str) -> None:
        root = self._writer.node("Sqrt", [self._name(operator.inputs[0])], f"{output}_root")
        self._writer.node("Reciprocal", [root], output)

    def _squared_difference(self, operator: Operator, output: str) -> None:
        operands = [self._name(one) for one in operator.inputs]
        difference = self._writer.node("Sub", operands, f"{output}_difference")
        self._writer.node("Mul", [difference, difference], output)

    def _slice(self, operator: Operator, output: str) -> None:
        begin, end, step = (self._constant(number).tolist() for number in operator.inputs[1:4])
        shape = self._graph.tensors[operator.inputs[0]].shape
        for axis, length in enumerate(shape):
            if operator.option(0) >> axis & 1:
                begin[axis] = 0
            if operator.option(1) >> axis & 1:
                end[axis] = length
            if operator.option(4) >> axis & 1:
                end[axis] = begin[axis] + 1
        parts = [self._writer.constant(values) for values in (begin, end, range(len(shape)), step)]
        cut = self._writer.node("Slice", [self._name(operator.inputs[0]), *parts], f"{output}_cut")
        to = self._writer.constant(self._graph.tensors[operator.outputs[0]].shape)
        self._writer.node("Reshape", [cut, to], output)
