"""When what happens in a forged attempt, and the evidence a changed client makes of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from loanapp.capture.around_face import look_around
from loanapp.capture.face_crop import encode_crop
from loanapp.demonstration.borrower import GESTURES
from loanapp.domain.liveness import Action, Challenge, FlashColour, SourceKind
from loanapp.vision.evidence import (
    MOST_FRAMES,
    ActionWindow,
    DeviceFacts,
    EvidenceFrame,
    EvidenceHeader,
    FlashWindow,
    pack_evidence,
)
from loanapp.vision.face_mesh import FaceMesh
from loanapp.vision.models import FaceModels

FPS = 15
REST_S, REACTION_S, SEEN_S, NEUTRAL_S, SETTLE_S, HOLD_S = 1.1, 0.25, 0.12, 0.35, 0.35, 0.5
# A client need not look for the face in every frame to cut it out.
_TRACK_EVERY = 1
# As the client's recorder takes the cells around the face.
_AROUND_EVERY_S = 0.24


@dataclass(frozen=True)
class Act:
    """One action: when it was asked, when it begins, and when the client says it was done; seconds."""

    action: Action
    asked_s: float
    begins_s: float
    done_s: float


@dataclass(frozen=True)
class Moment:
    """What is going on at ``time_s``: what is asked, how far the action is (0 to 1), what the screen shows."""

    time_s: float
    asked: Action | None
    doing: Action | None
    part: float
    colour: FlashColour | None


class Script:
    """The times of an attempt in which everything goes as an honest one would: the strongest path for a forger."""

    def __init__(self, challenge: Challenge, random: np.random.Generator, *, done_at: tuple[float, ...] = ()) -> None:
        self.challenge = challenge
        now, acts = REST_S, []
        for action in challenge.actions:
            begins = now + REACTION_S + float(random.uniform(0, 0.1))
            done = begins + GESTURES[action].seconds + SEEN_S
            acts.append(Act(action, now, begins, done))
            now = done + NEUTRAL_S
        self.acts = tuple(acts)
        shows = []
        if challenge.flash:
            now += SETTLE_S
            for colour in challenge.flash:
                until = now + challenge.flash_colour_ms / 1000 + float(random.uniform(0, 0.02))
                shows.append((colour, now, until))
                now = until
        self.shows = tuple(shows)
        self.end_s = now + HOLD_S
        count = min(MOST_FRAMES, int(self.end_s * FPS))
        # A camera's clock is never quite even.
        self.times_s = np.arange(count) / FPS + random.uniform(0, 0.004, count)

    def moments(self) -> Iterator[Moment]:
        """One for each frame."""
        for time_s in self.times_s:
            yield self.at(float(time_s))

    def at(self, time_s: float) -> Moment:
        """What is going on at a time."""
        asked = next((act for act in self.acts if act.asked_s <= time_s < act.done_s), None)
        colour = next((colour for colour, since, until in self.shows if since <= time_s < until), None)
        if asked is None:
            return Moment(time_s, None, None, 0.0, colour)
        part = GESTURES[asked.action].at(time_s - asked.begins_s)
        return Moment(time_s, asked.action, asked.action if part > 0 else None, part, colour)

    def header(self, source_kind: SourceKind = SourceKind.CAMERA) -> EvidenceHeader:
        """What a changed client says: a camera like any other, and everything done when it was asked."""
        challenge = self.challenge
        return EvidenceHeader(
            session_id=challenge.session_id,
            application_id=challenge.application_id,
            nonce=challenge.nonce,
            source_kind=source_kind,
            windows=tuple(ActionWindow(act.action, _ms(act.asked_s), _ms(act.done_s)) for act in self.acts),
            flash=tuple(FlashWindow(colour, _ms(since), _ms(until)) for colour, since, until in self.shows),
            device=DeviceFacts("Integrated Camera", 640, 480, 29.97, 0, 1400, virtual=False, changed=False),
        )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def forge(
    script: Script,
    picture_at: Callable[[Moment], np.ndarray],
    models: FaceModels,
    *,
    header: EvidenceHeader | None = None,
) -> bytes:
    """The packed evidence of a client that cuts the face out of whatever ``picture_at`` shows, and lies about times."""
    mesh, face, frames = FaceMesh(models, most_faces=1), None, []
    looked_s, cell = -1.0, 1
    for index, moment in enumerate(script.moments()):
        picture = picture_at(moment)
        if face is None or index % _TRACK_EVERY == 0:
            found = mesh.track(picture)
            face = found[0] if found else face
        if face is None:
            continue
        around = None
        if moment.time_s - looked_s >= _AROUND_EVERY_S:
            around = look_around(picture, face, least_cell=cell)
        if around is not None:
            looked_s, cell = moment.time_s, around.cell
        cells = b"" if around is None else around.pack()
        frames.append(EvidenceFrame(_ms(moment.time_s), encode_crop(picture, face), cells))
    return pack_evidence(header or script.header(), frames)
