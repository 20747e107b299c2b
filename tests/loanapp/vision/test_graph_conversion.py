import zipfile

import cv2
import numpy as np
import pytest

from loanapp.resource_files import asset_path
from loanapp.vision.graphs.converter import onnx_from_tflite
from loanapp.vision.graphs.tflite import read_tflite
from loanapp.vision.models import ASSET

GRAPHS = {
    "landmarks": ("face_landmarks_detector.tflite", (1, 3, 256, 256)),
    "detector": ("face_detector.tflite", (1, 3, 128, 128)),
    "blendshapes": ("face_blendshapes.tflite", (1, 146, 2)),
}


def content_of(name):
    with zipfile.ZipFile(asset_path(ASSET)) as archive:
        return archive.read(GRAPHS[name][0])


@pytest.mark.parametrize("name", GRAPHS)
def test_outputs_are_those_of_an_independent_runtime(face_models, tmp_path, name):
    """OpenCV reads TensorFlow Lite by itself and shares no code with our converter."""
    path = tmp_path / "graph.tflite"
    path.write_bytes(content_of(name))
    net = cv2.dnn.readNetFromTFLite(str(path), engine=cv2.dnn.ENGINE_CLASSIC)
    outputs = net.getUnconnectedOutLayersNames()
    ours = getattr(face_models, name)
    for seed in range(3):
        blob = np.random.default_rng(seed).uniform(0, 1, GRAPHS[name][1]).astype(np.float32)
        net.setInput(blob)
        expected = dict(zip(outputs, net.forward(outputs), strict=True))
        found = ours.run(blob)
        for output, values in expected.items():
            assert np.abs(found[output].reshape(-1) - values.reshape(-1)).max() < 0.002, output


def test_constants_are_widened_and_shapes_read():
    graph = read_tflite(content_of("landmarks"))
    (number,) = graph.inputs
    assert graph.tensors[number].shape == (1, 256, 256, 3)
    first = graph.operators[0]
    assert first.kind == "CONV_2D"
    weights = graph.tensors[first.inputs[1]].constant
    assert weights.shape == (16, 3, 3, 3)
    assert weights.dtype == np.float32


@pytest.mark.parametrize("cut", [0, 3, 8, 100, 2000, 150_000])
def test_a_cut_file_is_refused(cut):
    import struct

    with pytest.raises((ValueError, KeyError, IndexError, struct.error)):
        onnx_from_tflite(content_of("detector")[:cut])
