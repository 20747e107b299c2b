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

    # the camera itself
    CAMERA_BLACK = "camera_black"
    CAMERA_FROZEN = "camera_frozen"
    # who is there
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    ANOTHER_FACE = "another_face"
    # light and place
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BACKLIT = "backlit"
    CUT_OFF = "cut_off"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    OFF_CENTRE = "off_centre"
    # what covers the face
    MASK = "mask"
    HAND_ON_FACE = "hand_on_face"
    SUNGLASSES = "sunglasses"
    BROWS_COVERED = "brows_covered"
    GLARE = "glare"
    # while an action is asked
    WRONG_DIRECTION = "wrong_direction"
    ACTION_TOO_SMALL = "action_too_small"
    # posture and sharpness
    UNEVEN_LIGHT = "uneven_light"
    TILTED = "tilted"
    NOT_FRONTAL = "not_frontal"
    EYES_CLOSED = "eyes_closed"
    MOUTH_OPEN = "mouth_open"
    BLURRED = "blurred"
    MOVING = "moving"
    CAMERA_SLOW = "camera_slow"


class FlashColour(StrEnum):
    """What the screen shows during the colour flash; the values to paint are in ``resources/vision/flash.toml``."""

    WHITE = "white"
    BLACK = "black"
    BLUE = "blue"
    GREEN = "green"
    CYAN = "cyan"
    YELLOW = "yellow"
    MAGENTA = "magenta"


class SourceKind(StrEnum):
    """Where the client says that frames come from; only a demonstration lender accepts a word other than camera.

    It keeps honest programs apart from simulations. It is no defence: a changed client may say camera of any frames.
    """

    CAMERA = "camera"
    VIDEO_FILE = "video_file"
    DEMONSTRATION = "demonstration"


class StepUpState(StrEnum):
    """How far showing once more who one is has come, before money moves."""

    NEEDED = "needed"
    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"


class FaceWay(StrEnum):
    """How a lender can make sure that the borrower is the person on the document; every way at the same price."""

    CAMERA = "camera"
    MANUAL = "manual"
    NETWORK_IDENTITY = "network_identity"
    BRANCH = "branch"


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
    TOO_BLURRED_TO_JUDGE = "too_blurred_to_judge"
    FACE_COVERED = "face_covered"
    FACE_CHANGED = "face_changed"
    FACE_FLAT = "face_flat"
    FLASH_NOT_SEEN = "flash_not_seen"
    FLASH_MISMATCH = "flash_mismatch"
    STREAM_IRREGULAR = "stream_irregular"
    LIVENESS_UNSURE = "liveness_unsure"
    FACE_UNLIKE_DOCUMENT = "face_unlike_document"
    FACE_MATCH_UNSURE = "face_match_unsure"
    CHALLENGE_MISMATCH = "challenge_mismatch"


@dataclass(frozen=True, slots=True)
class Challenge:
    """One attempt as the lender issued it; the order of ``actions`` and of ``flash`` is random and binding.

    ``flash`` is empty where the screen shows no colours; else each is shown for ``flash_colour_ms``, after the actions.
    ``borrower_id`` is the lender's own name for the borrower, which evidence is bound to.
    """

    session_id: str
    application_id: str
    nonce: str
    actions: tuple[Action, ...]
    issued_at: datetime
    expires_at: datetime
    action_timeout_seconds: int
    accepted_sources: tuple[SourceKind, ...]
    signature: str
    flash: tuple[FlashColour, ...] = ()
    flash_colour_ms: int = 0
    borrower_id: str = ""
