"""Nets over pictures: channels come before rows and columns in ONNX (NCHW), after them in TensorFlow Lite (NHWC).

Everything is written out of steps for which onnxruntime keeps its blocked layout; one step outside of it costs two
copies of the picture. So a rectifier with a slope a channel (PReLU) is not ``PRelu`` but two scalings of each channel:
the landmark net takes 5.3 ms instead of 18 (measured, one core). Where channels are few, even that is spared: see
:meth:`PictureConversion._twins`, which takes another seventh off.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

import numpy as np

from loanapp.vision.graphs.conversion import Array, Conversion
from loanapp.vision.graphs.tflite import Operator, TfliteGraph

_SAME_PADDING: Final = 0
_TO_NCHW: Final = (0, 3, 1, 2)
_TO_NHWC: Final = (0, 2, 3, 1)
# What may read a value of which some channels are held with the opposite sign.
_READS_SIGNS: Final = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "PRELU"})
# onnxruntime holds channels in blocks of 16 (of 8 on a processor without AVX-512): up to a block they cost the same.
_BLOCK: Final = 16


class PictureConversion(Conversion):
    """``_signs`` tells which channels of a value are held negated (-1); the steps that read it allow for that."""

    kinds: ClassVar[frozenset[str]] = frozenset(
        {"CONV_2D", "DEPTHWISE_CONV_2D", "PRELU", "ADD", "MAX_POOL_2D", "PAD", "RESHAPE", "CONCATENATION"}
    )

    def __init__(self, graph: TfliteGraph) -> None:
        super().__init__(graph)
        self._signs: dict[int, Array] = {}
        self._readers: dict[int, list[Operator]] = {}
        for operator in graph.operators:
            for number in operator.inputs:
                self._readers.setdefault(number, []).append(operator)
        self._slopes = dict(self._twins())

    def _twins(self) -> Iterator[tuple[int, Array]]:
        """Values held as twins, ``max(x, 0)`` beside ``max(-x, 0)``, each with the slopes of its rectifier (channels,).

        A rectifier between a convolution and a depthwise one then is no step of its own: the first writes both parts,
        the second weighs them by 1 and by minus the slope, and the one after that adds them. Only where both fit in a
        block, otherwise the convolutions cost more than the rectifier did.
        """
        made_by = {operator.outputs[0]: operator for operator in self.graph.operators}
        for operator in self.graph.operators:
            source, output = operator.inputs[0], operator.outputs[0]
            few = 2 * self.graph.tensors[output].shape[-1] <= _BLOCK
            if operator.kind == "PRELU" and few and source in made_by and made_by[source].kind == "CONV_2D":
                weighed = self._only_reader(output, "DEPTHWISE_CONV_2D")
                summed = weighed and self._only_reader(weighed.outputs[0], "CONV_2D")
                if weighed and summed and self._only_reader(source, "PRELU"):
                    for number in (source, output, weighed.outputs[0]):
                        yield number, self.constant(operator.inputs[1]).reshape(-1)

    def _only_reader(self, number: int, kind: str) -> Operator | None:
        """The one step that reads a value, where it is of this kind."""
        readers = self._readers.get(number, [])
        return readers[0] if len(readers) == 1 and readers[0].kind == kind else None

    def shape(self, number: int) -> tuple[int, ...]:
        """Channels first."""
        shape = super().shape(number)
        return tuple(shape[axis] for axis in _TO_NCHW) if len(shape) == 4 else shape

    def conv_2d(self, operator: Operator, output: str) -> None:
        """Weights (out, rows, columns, in)."""
        weights = self.constant(operator.inputs[1]).transpose(_TO_NCHW)
        self._convolution(operator, output, weights * self._sign(operator.inputs[0])[:, None, None], 1)

    def depthwise_conv_2d(self, operator: Operator, output: str) -> None:
        """Weights (1, rows, columns, channels)."""
        weights = self.constant(operator.inputs[1]).transpose(3, 0, 1, 2)
        signed = weights * self._sign(operator.inputs[0])[:, None, None, None]
        self._convolution(operator, output, signed, len(weights))

    def _convolution(self, operator: Operator, output: str, weights: Array, group: int) -> None:
        strides = (operator.option(2, 1), operator.option(1, 1))
        source, number = operator.inputs[0], operator.outputs[0]
        bias = self.constant(operator.inputs[2])
        from_twins, to_twins = source in self._slopes, number in self._slopes
        if from_twins and to_twins:
            weights = np.concatenate([weights, weights * -self._slopes[number][:, None, None, None]])
            bias, group = np.concatenate([bias, np.zeros_like(bias)]), len(weights)
        elif to_twins:
            weights, bias = np.concatenate([weights, -weights]), np.concatenate([bias, -bias])
        else:
            weights = np.concatenate([weights] * (1 + from_twins), axis=1)
            sign = self._signs[number] = self._sign_wanted(number)
            weights, bias = weights * sign[:, None, None, None], bias * sign
        rectified = to_twins and not from_twins
        convolved = self.writer.node(
            "Conv",
            [self.name(source), self.writer.constant(weights), self.writer.constant(bias)],
            f"{output}_twins" if rectified else output,
            kernel_shape=weights.shape[2:],
            strides=strides,
            pads=self._pads(operator, weights.shape[2:], strides),
            group=group,
        )
        if rectified:
            self.writer.node("Relu", [convolved], output)

    def _pads(self, operator: Operator, kernel: tuple[int, ...], strides: tuple[int, int]) -> list[int]:
        """Rows above, columns before, rows below, columns after; an odd one comes after, as TensorFlow has it."""
        if operator.option(0, form="<b") != _SAME_PADDING:
            return [0, 0, 0, 0]
        sides = self.graph.tensors[operator.inputs[0]].shape[1:3]
        more = [
            max(0, (-(-side // stride) - 1) * stride + length - side)
            for side, length, stride in zip(sides, kernel, strides, strict=True)
        ]
        return [*(one // 2 for one in more), *(one - one // 2 for one in more)]

    def _sign(self, number: int) -> Array:
        """The signs of a value's channels."""
        return self._signs.get(number, np.ones(self.graph.tensors[number].shape[-1], np.float32))

    def _sign_wanted(self, number: int) -> Array:
        """A sum's two parts need the same signs: those of the part that is there already."""
        readers = self._readers.get(number, [])
        if len(readers) == 1 and readers[0].kind == "ADD":
            (other,) = (one for one in readers[0].inputs if one != number)
            return self._sign(other)
        return self._sign(number)

    def add(self, operator: Operator, output: str) -> None:
        """The sum of two values with the same signs."""
        first, second = (self._sign(number) for number in operator.inputs)
        if not np.array_equal(first, second):
            raise ValueError(operator.kind)
        self._signs[operator.outputs[0]] = first
        self.writer.node("Add", [self.name(number) for number in operator.inputs], output)

    def prelu(self, operator: Operator, output: str) -> None:
        """With slope a: ``a x + (1 - a) max(x, 0)``, and ``-x + (1 - a) max(-x, 0)`` of a value held negated.

        Where a > 1 the second part would be subtracted; the result is negated there, so that the rectifier can be the
        end of a scaling, which costs nothing. Not before a step that must see the true value.
        """
        source, number = self.name(operator.inputs[0]), operator.outputs[0]
        if number in self._slopes:
            self.writer.node("Identity", [source], output)
            return
        slope = self.constant(operator.inputs[1]).reshape(-1)
        straight, more = np.where(self._sign(operator.inputs[0]) > 0, slope, -1), 1 - slope
        if all(reader.kind in _READS_SIGNS for reader in self._readers.get(number, [])):
            sign = np.where(more < 0, -1, 1).astype(np.float32)
            self._signs[number] = sign
            scaled = self._scaled(source, np.abs(more), f"{output}_scaled")
            above = self.writer.node("Relu", [scaled], f"{output}_above")
            parts = [self._scaled(source, straight * sign, f"{output}_all"), above]
        else:
            above = self.writer.node("Relu", [source], f"{output}_above")
            parts = [self._scaled(source, straight, f"{output}_all"), self._scaled(above, more, f"{output}_more")]
        self.writer.node("Add", parts, output)

    def _scaled(self, source: str, factors: Array, output: str) -> str:
        """Each channel times its factor (channels,)."""
        weights = factors.astype(np.float32).reshape(-1, 1, 1, 1)
        operands = [source, self.writer.constant(weights), self.writer.constant(np.zeros(len(factors), np.float32))]
        return self.writer.node("Conv", operands, output, kernel_shape=(1, 1), group=len(factors))

    def max_pool_2d(self, operator: Operator, output: str) -> None:
        """The largest of each window."""
        kernel, strides = (operator.option(4), operator.option(3)), (operator.option(2), operator.option(1))
        pads = self._pads(operator, kernel, strides)
        source = [self.name(operator.inputs[0])]
        self.writer.node("MaxPool", source, output, kernel_shape=kernel, strides=strides, pads=pads)

    def pad(self, operator: Operator, output: str) -> None:
        """More channels, all 0, as a convolution that leaves the others as they are."""
        pads = self.constant(operator.inputs[1])
        if pads[:3].any():
            raise ValueError(operator.kind)
        before, wide = int(pads[3, 0]), self.graph.tensors[operator.outputs[0]].shape[-1]
        same = np.eye(wide, self.graph.tensors[operator.inputs[0]].shape[-1], -before, np.float32)
        operands = [
            self.name(operator.inputs[0]),
            self.writer.constant(same[:, :, None, None]),
            self.writer.constant(np.zeros(wide, np.float32)),
        ]
        self.writer.node("Conv", operands, output, kernel_shape=(1, 1))

    def reshape(self, operator: Operator, output: str) -> None:
        """In the order of TensorFlow Lite."""
        source = self.name(operator.inputs[0])
        if len(self.graph.tensors[operator.inputs[0]].shape) == 4:
            source = self.writer.node("Transpose", [source], f"{output}_last", perm=_TO_NHWC)
        shape = self.writer.constant(self.graph.tensors[operator.outputs[0]].shape)
        self.writer.node("Reshape", [source, shape], output)

    def concatenation(self, operator: Operator, output: str) -> None:
        """Of lists, not of pictures."""
        self.writer.node("Concat", [self.name(one) for one in operator.inputs], output, axis=operator.option(0))
