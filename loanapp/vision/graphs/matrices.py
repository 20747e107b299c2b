"""The blendshape net: all its values are matrices, and its 1 x 1 convolutions are matrix products.

TensorFlow Lite's shapes begin with sides of 1, which ONNX does not get to see: onnxruntime multiplies and adds a row in
one step only for matrices.
"""

from typing import ClassVar, Final

from loanapp.vision.graphs.conversion import Conversion
from loanapp.vision.graphs.tflite import Operator

# A layer's normalisation, spelt out: mean, its opposite, variance, with a small number, 1 over the root, times the
# gain, times the value, times the opposite of the mean, and the sum of these two.
_NORMALISATION: Final = ("MEAN", "NEG", "SQUARED_DIFFERENCE", "MEAN", "ADD", "RSQRT", "MUL", "MUL", "MUL", "ADD")


class MatrixConversion(Conversion):
    """Every value is (rows, columns): the last two sides of TensorFlow Lite's."""

    kinds: ClassVar[frozenset[str]] = frozenset(
        {"CONV_2D", "RESHAPE", "CONCATENATION", "TRANSPOSE", "MEAN", "SUM", "STRIDED_SLICE"}
    )

    def shape(self, number: int) -> tuple[int, ...]:
        """Rows and columns."""
        return (1, 1, *super().shape(number))[-2:]

    def begin(self, number: int) -> None:
        """Callers know the shape of the file."""
        whole = self.writer.input(f"whole_{number}", super().shape(number))
        self.writer.node("Reshape", [whole, self.writer.constant(self.shape(number))], self.name(number))

    def convert_all(self) -> None:
        """In order, a normalisation at once."""
        operators, place = self.graph.operators, 0
        while place < len(operators):
            some = operators[place : place + len(_NORMALISATION)]
            if tuple(operator.kind for operator in some) == _NORMALISATION:
                self._normalisation(some)
                place += len(some)
            else:
                self.convert(operators[place])
                place += 1

    def _normalisation(self, steps: tuple[Operator, ...]) -> None:
        source, (small, gain) = steps[0].inputs[0], (self.constant(steps[step].inputs[1]) for step in (4, 6))
        if source not in steps[2].inputs or source not in steps[7].inputs:
            raise ValueError("normalisation")
        operands = [self.name(source), self.writer.constant(gain)]
        epsilon = float(small.reshape(-1)[0])
        self.writer.node("LayerNormalization", operands, self.name(steps[-1].outputs[0]), axis=-1, epsilon=epsilon)

    def conv_2d(self, operator: Operator, output: str) -> None:
        """Weights (out, 1, 1, in); the only activation there is, is the rectifier."""
        weights = self.constant(operator.inputs[1])
        if weights.shape[1:3] != (1, 1):
            raise ValueError(operator.kind)
        rectified = operator.option(3, form="<b") != 0
        constants = (weights[:, 0, 0].T, self.constant(operator.inputs[2]))
        operands = [self.name(operator.inputs[0]), *(self.writer.constant(one) for one in constants)]
        product = self.writer.node("Gemm", operands, f"{output}_product" if rectified else output)
        if rectified:
            self.writer.node("Relu", [product], output)

    def reshape(self, operator: Operator, output: str) -> None:
        """Rows and columns as TensorFlow Lite has them."""
        shape = self.writer.constant(self.shape(operator.outputs[0]))
        self.writer.node("Reshape", [self.name(operator.inputs[0]), shape], output)

    def concatenation(self, operator: Operator, output: str) -> None:
        """Along rows or columns; one part is constant."""
        parts = []
        for number in operator.inputs:
            constant = self.graph.tensors[number].constant
            rows = None if constant is None else constant.reshape(self.shape(number))
            parts.append(self.name(number) if rows is None else self.writer.constant(rows))
        sides = len(self.graph.tensors[operator.outputs[0]].shape)
        self.writer.node("Concat", parts, output, axis=operator.option(0) % sides - sides)

    def transpose(self, operator: Operator, output: str) -> None:
        """Rows become columns."""
        order = self.constant(operator.inputs[1]).tolist()
        if order[-2:] != [len(order) - 1, len(order) - 2]:
            raise ValueError(operator.kind)
        self.writer.node("Transpose", [self.name(operator.inputs[0])], output, perm=(1, 0))

    def mean(self, operator: Operator, output: str) -> None:
        """Over rows or columns, which stay as a side of 1."""
        self.writer.node("ReduceMean", [self.name(operator.inputs[0])], output, axes=self._axes(operator))

    def sum(self, operator: Operator, output: str) -> None:
        """Over rows or columns, which stay as a side of 1."""
        axes = self.writer.constant(self._axes(operator))
        self.writer.node("ReduceSum", [self.name(operator.inputs[0]), axes], output)

    def _axes(self, operator: Operator) -> list[int]:
        """Counted from the end."""
        sides = len(self.graph.tensors[operator.inputs[0]].shape)
        return [int(axis) % sides - sides for axis in self.constant(operator.inputs[1]).reshape(-1)]

    def strided_slice(self, operator: Operator, output: str) -> None:
        """Some rows and columns."""
        begin, end, step = (self.constant(number).tolist() for number in operator.inputs[1:4])
        shape = self.graph.tensors[operator.inputs[0]].shape
        for axis, length in enumerate(shape):
            if operator.option(0) >> axis & 1:
                begin[axis] = 0
            if operator.option(1) >> axis & 1:
                end[axis] = length
            if operator.option(4) >> axis & 1:
                end[axis] = begin[axis] + 1
        parts = [self.writer.constant(values[-2:]) for values in (begin, end, [-2, -1], step)]
        self.writer.node("Slice", [self.name(operator.inputs[0]), *parts], output)
