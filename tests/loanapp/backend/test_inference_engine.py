"""What the inference process has ready before the first question."""

from loanapp.backend.inference.engine import Engine
from loanapp.resource_files import ASSETS_VARIABLE
from loanapp.vision.face_mesh import FaceMesh
from loanapp.vision.parallel import in_parallel


def test_nothing_is_loaded_any_more_when_the_first_attempt_comes(tmp_path, monkeypatch, portrait):
    engine = Engine()
    engine.preload()
    monkeypatch.setenv(ASSETS_VARIABLE, str(tmp_path))
    found = in_parallel(lambda image: FaceMesh(engine._face_models()).find(image), [portrait, portrait])
    assert [len(faces) for faces in found] == [1, 1]
    assert engine._matcher.similarity(portrait, portrait) > 0.99
