"""A lender's own model: a net of one mean per channel, written as bytes, in the ONNX format (protocol buffers)."""

import hashlib

import numpy as np
import pytest

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.pad_model import load_pad_model


def field(number, content):
    """One field of a protocol buffer: a number, or bytes with their length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def tensor(name, sides):
    shape = b"".join(field(1, field(1, side)) for side in sides)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def tiny_net(side=32):
    """GlobalAveragePool: (1, 3, side, side) to the mean of each channel, (1, 3, 1, 1)."""
    node = field(1, "picture") + field(2, "means") + field(4, "GlobalAveragePool")
    graph = field(1, node) + field(2, "tiny")
    graph += field(11, tensor("picture", (1, 3, side, side))) + field(12, tensor("means", (1, 3, 1, 1)))
    return field(1, 8) + field(8, field(2, 13)) + field(7, graph)


MANIFEST = """
name = "tiny"
version = "1.0"
file = "tiny.onnx"
sha256 = "{sha256}"
size = [32, 32]
mean = [0.0, 0.0, 0.0]
std = [1.0, 1.0, 1.0]
colour_order = "rgb"
output_index = 0
threshold = 0.5
certificate = "a test of this project, no certificate"
tested = 2026-01-31
"""


def written(folder, *, changes=(), content=None):
    net = tiny_net()
    (folder / "tiny.onnx").write_bytes(net if content is None else content)
    text = MANIFEST.format(sha256=hashlib.sha256(net if content is None else content).hexdigest())
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = folder / "tiny.toml"
    path.write_text(text, encoding="utf-8")
    return path


def crop(blue, green, red):
    return np.full((288, 288, 3), (blue, green, red), np.uint8)


def test_the_score_is_the_output_that_the_manifest_names(tmp_path):
    model = load_pad_model(written(tmp_path))
    assert model.name == "tiny 1.0"
    assert model.threshold == 0.5
    assert model.score([crop(0, 0, 255)]) == pytest.approx(1.0), "red comes first"
    assert model.score([crop(0, 0, 255), crop(255, 0, 0)]) == pytest.approx(0.5), "the mean over crops"


def test_colour_order_mean_and_softmax_are_those_of_the_manifest(tmp_path):
    blue_first = load_pad_model(written(tmp_path, changes=[('"rgb"', '"bgr"'), ("[0.0, 0.0, 0.0]", "[0.5, 0.5, 0.5]")]))
    assert blue_first.score([crop(255, 0, 0)]) == pytest.approx(0.5)
    shares = load_pad_model(written(tmp_path, changes=[("threshold", "softmax = true\nthreshold")]))
    assert shares.score([crop(255, 255, 255)]) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "change",
    [
        ("sha256 = ", 'sha256 = "00" # '),
        ("size = [32, 32]", "size = [8, 8]"),
        ("size = [32, 32]", "size = [32]"),
        ("std = [1.0, 1.0, 1.0]", "std = [1.0, 0.0, 1.0]"),
        ('certificate = "a test of this project, no certificate"', 'certificate = " "'),
        ("tested = 2026-01-31", 'tested = "soon"'),
        ("threshold = 0.5", ""),
        ('"rgb"', '"hsv"'),
        ("output_index = 0", "output_index = -1"),
    ],
)
def test_a_manifest_that_is_not_right_stops_the_lender(tmp_path, change):
    with pytest.raises(LoanAppError) as caught:
        load_pad_model(written(tmp_path, changes=[change]))
    assert caught.value.code is ErrorCode.ASSET_DAMAGED


def test_a_model_that_is_none_or_is_not_there_stops_the_lender(tmp_path):
    with pytest.raises(LoanAppError) as caught:
        load_pad_model(written(tmp_path, content=b"no net"))
    assert caught.value.code is ErrorCode.ASSET_DAMAGED
    path = written(tmp_path)
    (tmp_path / "tiny.onnx").unlink()
    with pytest.raises(LoanAppError) as caught:
        load_pad_model(path)
    assert caught.value.code is ErrorCode.ASSET_MISSING


def test_an_output_that_is_not_there_is_no_silent_pass(tmp_path):
    model = load_pad_model(written(tmp_path, changes=[("output_index = 0", "output_index = 3")]))
    with pytest.raises(LoanAppError):
        model.score([crop(1, 2, 3)])
