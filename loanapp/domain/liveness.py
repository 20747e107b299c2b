"""Words of face verification that client, engine and lender share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """What a challenge can ask; left and right are the person's own."""

    BLINK = "blink"
    OPEN_MOUTH = "open_mouth"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    NOD = "nod"


class HintCode(StrEnum):
    """The one thing the borrower can change now; the order is the priority, most important first."""

    CAMERA_BLACK = "camera_black"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_DARK = "too_dark"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    OFF_CENTRE = "off_centre"
    NOT_FRONTAL = "not_frontal"


class SourceKind(StrEnum):
    """Where the client says that frames come from; only a demonstration lender accepts a word other than camera.

    It keeps honest programs apart from simulations. It is no defence: a changed client may say camera of any frames.
    """

    CAMERA = "camera"
    VIDEO_FILE = "video_file"
    DEMONSTRATION = "demonstration"


class VerdictOutcome(StrEnum):
    """What the lender makes of one attempt."""

    PASSED = "passed"
    RETRY = "retry"
    REVIEW = "review"
    REFUSED = "refused"


class VerdictReason(StrEnum):
    """Why an attempt did not pass; each has a sentence and a fix."""

    ACTION_NOT_SEEN = "action_not_seen"
    WRONG_ORDER = "wrong_order"
    FACE_NOT_STEADY = "face_not_steady"
    SEVERAL_FACES_SEEN = "several_faces_seen"
    TOO_DARK_TO_JUDGE = "too_dark_to_judge"
    TOO_FEW_FRAMES = "too_few_frames"
    FACE_CHANGED = "face_changed"
    FACE_UNLIKE_DOCUMENT = "face_unlike_document"
    FACE_MATCH_UNSURE = "face_match_unsure"
    CHALLENGE_MISMATCH = "challenge_mismatch"


@dataclass(frozen=True, slots=True)
class Challenge:
    """One attempt as the lender issued it; the order of ``actions`` is random and binding."""

    session_id: str
    application_id: str
    nonce: str
    actions: tuple[Action, ...]
    issued_at: datetime
    expires_at: datetime
    action_timeout_seconds: int
    accepted_sources: tuple[SourceKind, ...]
    signature: str
