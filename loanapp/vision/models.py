"""The three graphs of ``face_landmarker.task`` on OpenCV's own inference, and the canonical face they share.

The asset is a zip made by Google (Apache-2.0): a face detector (128 x 128), a landmark net (256 x 256 -> 478 points)
and a blendshape net (146 of the points -> 52 scores), beside the metric face model that head pose is measured against.
"""

import json
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import asset_path, resource_path
from loanapp.vision.arrays import Floats
from loanapp.vision.parallel import Pool

ASSET: Final = "face_landmarker.task"
_DETECTOR: Final = "face_detector.tflite"
_LANDMARKS: Final = "face_landmarks_detector.tflite"
_BLENDSHAPES: Final = "face_blendshapes.tflite"
_GEOMETRY: Final = "geometry_pipeline_metadata_landmarks.binarypb"
# More threads than this steal time from the window and, on two cores, gain nothing.
_THREADS: Final = 2


class Graph:
    """One net; safe to call from several threads. Two that call at once each get a copy of their own."""

    def __init__(self, read: Callable[[], cv2.dnn.Net]) -> None:
        self._nets = Pool(read)
        with self._nets.lend() as net:
            self._outputs = tuple(net.getUnconnectedOutLayersNames())

    def run(self, blob: Floats) -> dict[str, Floats]:
        """All outputs by name for one input blob."""
        with self._nets.lend() as net:
            net.setInput(blob)
            results = net.forward(self._outputs)
            return {
                name: np.array(result, dtype=np.float32) for name, result in zip(self._outputs, results, strict=True)
            }

    def fill(self) -> None:
        """Read every copy now, so that no question waits for it."""
        self._nets.fill()


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
    """Everything the face mesh needs; load once (about 50 ms) and share."""

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
                detector=Graph(partial(_read_net, members[_DETECTOR])),
                landmarks=Graph(partial(_read_net, members[_LANDMARKS])),
                blendshapes=Graph(partial(_read_net, members[_BLENDSHAPES])),
                canonical=_read_canonical(members[_GEOMETRY]),
                blendshape_landmarks=tuple(names["landmarks"]),
                blendshape_names=tuple(names["blendshapes"]),
            )
        except (zipfile.BadZipFile, KeyError, ValueError, IndexError, struct.error, cv2.error) as error:
            raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=ASSET) from error

    def fill(self) -> None:
        """Read every copy of the graphs now (about 50 ms), so that the first verdict does not wait for them."""
        for graph in (self.detector, self.landmarks, self.blendshapes):
            graph.fill()


def _read_net(content: bytes) -> cv2.dnn.Net:
    # OpenCV 5.0 ignores `engine` for a buffer, and its new engine keeps one of several outputs at twice the time;
    # the classic engine is reached only through a file. The file holds a public model, no data of anybody.
    parent = tempfile.gettempdir()
    if not parent.isascii() and os.name == "nt":
        parent = os.environ.get("PUBLIC", parent)  # OpenCV cannot open a path with Chinese letters there
    with tempfile.TemporaryDirectory(prefix="loanapp-model-", dir=parent) as folder:
        path = Path(folder) / "graph.tflite"
        path.write_bytes(content)
        return cv2.dnn.readNetFromTFLite(str(path), engine=cv2.dnn.ENGINE_CLASSIC)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protocol buffer message: whole numbers, or the bytes of the others."""
    position = 0

    def varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    while position < len(message):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
            continue
        length = {1: 8, 5: 4}.get(kind) or varint()
        yield key >> 3, message[position : position + length]
        position += length


def _read_canonical(content: bytes) -> CanonicalFace:
    """MediaPipe's ``GeometryPipelineMetadata``: field 1 the mesh (its field 3 the vertices: x y z u v), 2 the basis."""
    vertices: list[float] = []
    basis: list[int] = []
    weights: list[float] = []
    for number, value in _fields(content):
        if number == 1 and isinstance(value, bytes):
            vertices += [
                struct.unpack("<f", part)[0] for inner, part in _fields(value) if inner == 3 and isinstance(part, bytes)
            ]
        elif number == 2 and isinstance(value, bytes):
            row = dict(_fields(value))
            landmark, weight = row[1], row[2]
            if isinstance(landmark, int) and isinstance(weight, bytes):
                basis.append(landmark)
                weights.append(struct.unpack("<f", weight)[0])
    points = np.array(vertices, dtype=np.float32).reshape(-1, 5)[:, :3]
    if not basis or max(basis) >= len(points):
        raise ValueError(_GEOMETRY)
    return CanonicalFace(points, tuple(basis), np.array(weights, dtype=np.float32))
