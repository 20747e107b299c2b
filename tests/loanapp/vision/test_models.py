import zipfile

import numpy as np
import pytest

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import ASSETS_VARIABLE
from loanapp.vision.models import ASSET, FaceModels


def test_canonical_face_is_symmetric_and_in_centimetres(face_models):
    points = face_models.canonical.points
    assert points.shape == (468, 3)
    assert np.ptp(points[:, 0]) == pytest.approx(15.5, abs=0.2)
    assert points[:, 0].min() == pytest.approx(-points[:, 0].max(), abs=1e-4)
    # Outer corners of the eyes: 33 at the picture's left.
    assert points[33, 0] < 0 < points[263, 0]
    assert len(face_models.canonical.basis) == len(face_models.canonical.weights) == 33


def test_blendshape_lists_fit_the_net(face_models):
    assert len(face_models.blendshape_landmarks) == 146
    assert len(face_models.blendshape_names) == len(set(face_models.blendshape_names)) == 52
    scores = face_models.blendshapes.run(np.zeros((1, 146, 2), np.float32))
    assert next(iter(scores.values())).size == 52


def test_missing_asset_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(ASSETS_VARIABLE, str(tmp_path))
    with pytest.raises(LoanAppError) as caught:
        FaceModels.load()
    assert caught.value.code is ErrorCode.ASSET_MISSING
    assert caught.value.details == {"asset": ASSET}


@pytest.mark.attack("damaged-asset-is-named")
@pytest.mark.parametrize("content", [b"", b"no zip at all", "wrong members", "broken graph"])
def test_damaged_asset_is_named(tmp_path, monkeypatch, content):
    monkeypatch.setenv(ASSETS_VARIABLE, str(tmp_path))
    path = tmp_path / ASSET
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("face_detector", "face_landmarks_detector", "face_blendshapes"):
                if content == "broken graph":
                    archive.writestr(f"{name}.tflite", b"\0" * 64)
            archive.writestr("geometry_pipeline_metadata_landmarks.binarypb", b"\x0a\x00")
    with pytest.raises(LoanAppError) as caught:
        FaceModels.load()
    assert caught.value.code is ErrorCode.ASSET_DAMAGED
