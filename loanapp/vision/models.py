"""The three graphs of ``face_landmarker.task`` on onnxruntime, and the canonical face they share.

The asset is a zip made by Google (Apache-2.0): a face detector (128 x 128), a landmark net (256 x 256 -> 478 points)
and a blendshape net (146 of the points -> 52 scores), beside the metric face model that head pose is measured against.
"""

import json
import struct
import zipfile
from dataclasses import dataclass
from typing import Any, Final, Self

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import asset_path, resource_path
from loanapp.vision.arrays import Floats
from loanapp.vision.graphs.converter import onnx_from_tflite
from loanapp.vision.protocol_buffer import fields

ASSET: Final = "face_landmarker.task"
_DETECTOR: Final = "face_detector.tflite"
_LANDMARKS: Final = "face_landmarks_detector.tflite"
_BLENDSHAPES: Final = "face_blendshapes.tflite"
_GEOMETRY: Final = "geometry_pipeline_metadata_landmarks.binarypb"
# For OpenCV's own loops: a second thread spins while it waits, 2 ms of processor time a frame (measured), and on a busy
# machine the first waits for it.
_THREADS: Final = 1


class Graph:
    """One net on one core; safe to call from several threads at once, each of which then uses a core of its own."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - onnxruntime ships no types
        self._session = session
        self._input: str = session.get_inputs()[0].name
        self._outputs: tuple[str, ...] = tuple(output.name for output in session.get_outputs())

    def run(self, blob: Floats) -> dict[str, Floats]:
        """All outputs by name for one input blob."""
        return dict(zip(self._outputs, self._session.run(None, {self._input: blob}), strict=True))


@dataclass(frozen=True, slots=True)
class CanonicalFace:
    """The average face: ``points`` (468, 3) in centimetres (x to the picture's right, y up, z towards the camera).

    ``basis`` names the landmarks that keep still when the face moves, ``weights`` their weight in the fit.
    """

    points: Floats
    basis: tuple[int, ...]
    weights: Floats


@dataclass(frozen=True, slots=True)
class FaceModels:
    """Everything the face mesh needs; load once (about 0.2 s) and share."""

    detector: Graph
    landmarks: Graph
    blendshapes: Graph
    canonical: CanonicalFace
    blendshape_landmarks: tuple[int, ...]
    blendshape_names: tuple[str, ...]

    @classmethod
    def load(cls) -> Self:
        """Read the graphs from the asset.

        Raises :class:`LoanAppError` with ``ASSET_MISSING`` or ``ASSET_DAMAGED``.
        """
        path = asset_path(ASSET)
        cv2.setNumThreads(_THREADS)
        names = json.loads(resource_path("vision", "blendshapes.json").read_text(encoding="utf-8"))
        try:
            with zipfile.ZipFile(path) as archive:
                members = {name: archive.read(name) for name in (_DETECTOR, _LANDMARKS, _BLENDSHAPES, _GEOMETRY)}
            return cls(
                detector=_read_graph(members[_DETECTOR]),
                landmarks=_read_graph(members[_LANDMARKS]),
                blendshapes=_read_graph(members[_BLENDSHAPES]),
                canonical=_read_canonical(members[_GEOMETRY]),
                blendshape_landmarks=tuple(names["landmarks"]),
                blendshape_names=tuple(names["blendshapes"]),
            )
        except (zipfile.BadZipFile, KeyError, ValueError, IndexError, struct.error) as error:
            raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=ASSET) from error


def _read_graph(content: bytes) -> Graph:
    """A session on one core: a second gains little for nets this small, and the window and the camera need it.

    Raises ``ValueError`` and what :func:`onnx_from_tflite` raises where the content is no such graph.
    """
    import onnxruntime  # noqa: PLC0415 - 60 ms and 20 MB that only a capture needs

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    model = onnx_from_tflite(content)
    try:
        return Graph(onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]))
    except Exception as error:  # its exceptions share no base of their own
        raise ValueError(ASSET) from error


def _read_canonical(content: bytes) -> CanonicalFace:
    """MediaPipe's ``GeometryPipelineMetadata``: field 1 the mesh (its field 3 the vertices: x y z u v), 2 the basis."""
    vertices: list[float] = []
    basis: list[int] = []
    weights: list[float] = []
    for number, _kind, value in fields(content):
        if number == 1 and isinstance(value, bytes):
            vertices += [
                struct.unpack("<f", part)[0]
                for inner, _, part in fields(value)
                if inner == 3 and isinstance(part, bytes)
            ]
        elif number == 2 and isinstance(value, bytes):
            row = {inner: part for inner, _, part in fields(value)}
            landmark, weight = row[1], row[2]
            if isinstance(landmark, int) and isinstance(weight, bytes):
                basis.append(landmark)
                weights.append(struct.unpack("<f", weight)[0])
    points = np.array(vertices, dtype=np.float32).reshape(-1, 5)[:, :3]
    if not basis or max(basis) >= len(points):
        raise ValueError(_GEOMETRY)
    return CanonicalFace(points, tuple(basis), np.array(weights, dtype=np.float32))
