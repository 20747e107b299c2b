"""From one file format to the other."""

from loanapp.vision.graphs.matrices import MatrixConversion
from loanapp.vision.graphs.pictures import PictureConversion
from loanapp.vision.graphs.tflite import read_tflite


def onnx_from_tflite(content: bytes) -> bytes:
    """An ONNX file's content for a TensorFlow Lite file's.

    Raises ``ValueError``, ``KeyError``, ``IndexError`` or ``struct.error`` for what is none of the face graphs.
    """
    graph = read_tflite(content)
    pictures = any(operator.kind == "DEPTHWISE_CONV_2D" for operator in graph.operators)
    return (PictureConversion(graph) if pictures else MatrixConversion(graph)).model()
