"""The port for a lender's own model that detects presentation attacks; described in ``docs/pad-model.md``.

The program ships none: open ones err on unseen sets by 12.7 to 28.7 % (ACER), and a certificate holds for the model
that was tested alone. A score only ever sends an attempt to a person; it never passes one that a rule has failed.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.vision.arrays import Floats, Image

# A model that outputs more scores or asks for larger pictures than this is not one for faces.
_MOST_OUTPUTS: Final = 64
_SIDES: Final = (32, 1024)


class PadModel(Protocol):
    """Anything that scores face crops."""

    @property
    def name(self) -> str:
        """Name and version, kept with the verdict."""
        ...

    @property
    def threshold(self) -> float:
        """Above this score an attempt may be an attack."""
        ...

    def score(self, crops: Sequence[Image]) -> float:
        """The mean over square BGR crops; higher is more like an attack."""
        ...


@dataclass(frozen=True, slots=True)
class PadManifest:
    """What a lender tells of a model. ``size``: width, height; ``mean`` and ``std`` apply to values from 0 to 1.

    ``output_index`` is the score of the attack among the outputs; ``softmax``: whether outputs become shares first.
    ``certificate`` names who tested it, by what standard; ``tested`` the day.
    """

    name: str
    version: str
    sha256: str
    size: tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    colour_order: str
    output_index: int
    softmax: bool
    threshold: float
    certificate: str
    tested: date


class OnnxPadModel:
    """A model in ONNX, run on one processor core; safe to share between threads."""

    def __init__(self, manifest: PadManifest, content: bytes) -> None:
        """Raises :class:`LoanAppError` with ``ASSET_DAMAGED`` where the bytes are not those of the manifest."""
        import onnxruntime  # noqa: PLC0415 - only lenders with a model need it

        if hashlib.sha256(content).hexdigest() != manifest.sha256.lower():
            raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=manifest.name)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self._session: Any = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library raises what its C++ raised
            raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=manifest.name) from error
        self._input = str(self._session.get_inputs()[0].name)
        self._manifest = manifest

    @property
    def name(self) -> str:
        """Name and version of the manifest."""
        return f"{self._manifest.name} {self._manifest.version}"

    @property
    def sha256(self) -> str:
        """Of the model's bytes."""
        return self._manifest.sha256.lower()

    @property
    def threshold(self) -> float:
        """As the manifest says."""
        return self._manifest.threshold

    def score(self, crops: Sequence[Image]) -> float:
        """Mean score of the attack. Raises :class:`LoanAppError` with ``ASSET_DAMAGED`` where the model answers odd."""
        scores = [self._one(crop) for crop in crops]
        if not scores or not np.isfinite(scores).all():
            raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=self._manifest.name)
        return float(np.mean(scores))

    def _one(self, crop: Image) -> float:
        manifest = self._manifest
        picture = cv2.resize(crop, manifest.size, interpolation=cv2.INTER_AREA)
        if manifest.colour_order == "rgb":
            picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        mean, std = np.array(manifest.mean, np.float32), np.array(manifest.std, np.float32)
        values = (np.asarray(picture, np.float32) / np.float32(255) - mean) / std
        blob = np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32)
        try:
            outputs: Floats = np.asarray(self._session.run(None, {self._input: blob})[0], np.float32).reshape(-1)
        except Exception as error:  # as above
            raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=manifest.name) from error
        if not manifest.output_index < outputs.size <= _MOST_OUTPUTS:
            raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=manifest.name)
        if manifest.softmax:
            shares = np.exp(outputs - outputs.max())
            outputs = np.asarray(shares / shares.sum(), np.float32)
        return float(outputs[manifest.output_index])


def load_pad_model(manifest_path: Path) -> OnnxPadModel:
    """The model that a manifest (TOML) names; ``file`` in it lies beside it.

    Raises :class:`LoanAppError` with ``ASSET_MISSING`` where a file is not there, ``ASSET_DAMAGED`` where the manifest
    or the model is not what it should be: a lender that asks for a model never goes on without one.
    """
    try:
        row = tomllib.loads(manifest_path.read_text(encoding="utf-8"))
        manifest = _read_manifest(row)
        content = (manifest_path.parent / Path(str(row["file"])).name).read_bytes()
    except OSError as error:
        raise LoanAppError(ErrorCode.ASSET_MISSING, asset=manifest_path.name) from error
    except (KeyError, TypeError, ValueError) as error:
        raise LoanAppError(ErrorCode.ASSET_DAMAGED, asset=manifest_path.name) from error
    return OnnxPadModel(manifest, content)


def _read_manifest(row: dict[str, Any]) -> PadManifest:
    width, height = (int(value) for value in row["size"])
    mean, std = _three(row["mean"]), _three(row["std"])
    order, tested, index = row["colour_order"], row["tested"], int(row["output_index"])
    low, high = _SIDES
    usable = low <= min(width, height) and max(width, height) <= high and index >= 0 and min(std) > 0
    if not usable or order not in {"rgb", "bgr"} or not isinstance(tested, date) or not str(row["certificate"]).strip():
        raise ValueError("manifest")
    return PadManifest(
        name=str(row["name"]),
        version=str(row["version"]),
        sha256=str(row["sha256"]),
        size=(width, height),
        mean=mean,
        std=std,
        colour_order=str(order),
        output_index=index,
        softmax=bool(row.get("softmax", False)),
        threshold=float(row["threshold"]),
        certificate=str(row["certificate"]),
        tested=tested,
    )


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return first, second, third
