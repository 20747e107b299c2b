"""Fixtures that several packages share: the models and the portrait, loaded once and only when asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from loanapp.domain.liveness import Challenge, SourceKind


@pytest.fixture(scope="session")
def face_models():
    from loanapp.vision.models import FaceModels
    from tests.loanapp.remembered_inference import remembered

    return remembered(FaceModels.load())


@pytest.fixture(scope="session")
def portrait():
    """The public-domain portrait, 512 x 512, BGR; its face is about 100 pixels wide."""
    import cv2

    from loanapp.resource_files import asset_path

    image = cv2.imread(str(asset_path("astronaut.png")))
    assert image is not None
    return image


@pytest.fixture
def make_challenge():
    def make(*actions, **changes):
        now = datetime.now(UTC)
        fields = {
            "session_id": "session-1",
            "application_id": "application-1",
            "nonce": "bm9uY2U",
            "actions": tuple(actions),
            "issued_at": now,
            "expires_at": now + timedelta(minutes=3),
            "action_timeout_seconds": 12,
            "accepted_sources": tuple(SourceKind),
            "signature": "c2lnbmF0dXJl",
        }
        return Challenge(**fields | changes)

    return make
