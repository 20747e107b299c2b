"""What the inference process has ready before the first question."""

import hashlib
from datetime import timedelta

import cv2
import pytest

from loanapp.backend.inference.client import Question
from loanapp.backend.inference.engine import Engine
from loanapp.resource_files import ASSETS_VARIABLE
from loanapp.vision.evidence import pack_evidence
from loanapp.vision.face_mesh import FaceMesh
from loanapp.vision.parallel import in_parallel
from tests.loanapp.vision.test_pad_model import tiny_net, written
from tests.loanapp.vision.test_verdict import ACTIONS, record


@pytest.fixture(scope="module")
def evidence(face_models):
    return record(face_models, ACTIONS)


@pytest.fixture
def recorded(evidence, make_challenge):
    return evidence, make_challenge(*ACTIONS)


def test_nothing_is_loaded_any_more_when_the_first_attempt_comes(tmp_path, monkeypatch, portrait):
    engine = Engine()
    engine.preload()
    monkeypatch.setenv(ASSETS_VARIABLE, str(tmp_path))
    found = in_parallel(lambda image: FaceMesh(engine._face_models()).find(image), [portrait, portrait])
    assert [len(faces) for faces in found] == [1, 1]
    assert engine._matcher.similarity(portrait, portrait) > 0.99


@pytest.mark.parametrize(("threshold", "outcome"), [(1.0, "passed"), (0.0, "review")])
def test_the_model_that_policy_names_scores_the_attempt_and_stands_with_the_verdict(
    tmp_path, portrait, recorded, threshold, outcome
):
    manifest = written(tmp_path, changes=[("threshold = 0.5", f"threshold = {threshold}")])
    evidence, challenge = recorded
    asked = Question(
        pack_evidence(evidence.header, evidence.frames),
        challenge,
        source_kind="demonstration",
        portrait=cv2.imencode(".png", portrait)[1].tobytes(),
        received_at=challenge.issued_at + timedelta(seconds=60),
        pad_manifest=str(manifest),
    )
    answer = Engine().judge(asked)
    assert answer["outcome"] == outcome
    assert 0 < answer["measures"]["pad_score"] < 1
    assert answer["models"]["tiny 1.0"] == hashlib.sha256(tiny_net()).hexdigest()
