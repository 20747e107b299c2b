"""Those who would like to pass without being there: each takes the strongest honest path.

Their client is changed: it says camera, forges the windows of actions and colours so that they lie where they should,
and sends what it likes. What they hold before a camera obeys optics (see ``optics.py``); what they inject into the
stream reflects nothing, unless their program paints a reflection. Every kind has styles; the first, third, ... belong
to the half that thresholds may be tuned on, the others are reported (``split.py``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from loanapp.demonstration.face_rig import Pose
from loanapp.demonstration.scene import Scene
from loanapp.demonstration.screen_light import STEP
from loanapp.domain.liveness import Action, Challenge
from loanapp.vision.face_match import FaceMatcher
from loanapp.vision.models import FaceModels
from tests.evaluation.challenges import draw_challenge
from tests.evaluation.optics import SIZE, Camera, HeldScreen, Noise, bent, held, laid, printed, room
from tests.evaluation.people import Puppet, Recording, Stranger, record, rig, still
from tests.evaluation.script import FPS, Moment, Script, forge

# Light of the computer's screen on what is held at arm's length, in parts of the room's: as for the borrower.
SCREEN = (0.08, 0.25)


@dataclass(frozen=True)
class Stage:
    """What an attack needs."""

    models: FaceModels
    matcher: FaceMatcher
    random: np.random.Generator
    seed: int
    challenge: Challenge

    @property
    def script(self) -> Script:
        """An attempt in which all goes well."""
        return Script(self.challenge, self.random)

    def screen(self) -> float:
        """How bright the computer's screen is here."""
        return float(self.random.uniform(*SCREEN))


Attack = Callable[[Stage], bytes]


def stage(models: FaceModels, matcher: FaceMatcher, name: str, seed: int, *, flash: bool) -> Stage:
    """The stage for one attempt; its randomness depends on kind, seed and flash alone."""
    random = np.random.default_rng([seed, int(flash), *name.encode()])
    return Stage(models, matcher, random, seed, draw_challenge(random, flash=flash))


# --- paper ------------------------------------------------------------------------------------------------------


@dataclass
class Sheet:
    """A print before the camera. ``move`` gives yaw, pitch, roll, zoom and bow for a moment; ``edges``: they show."""

    stage: Stage
    move: Callable[[Moment], tuple[float, float, float, float, float]]
    edges: bool = False
    gloss: float = 0.0
    content: Callable[[Moment], np.ndarray] | None = None

    def __post_init__(self) -> None:
        random = self.stage.random
        self._picture = printed(still(self.stage.models, random), random)
        self._camera = Camera(random, screen=self.stage.screen(), noise=float(random.uniform(1.2, 2.5)))
        self._behind = room(random)
        self._phases = random.uniform(0, 2 * np.pi, 5)
        self._zoom = float(random.uniform(0.72, 0.85)) if self.edges else float(random.uniform(1.05, 1.2))

    def __call__(self, moment: Moment) -> np.ndarray:
        yaw, pitch, roll, zoom, bow = self.move(moment)
        # A hand is never still.
        sway = np.sin(2 * np.pi * moment.time_s / np.array([2.7, 3.9, 5.1, 2.2, 3.1]) + self._phases)
        picture = self._picture if self.content is None else self.content(moment)
        cover = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
        yaw += 1.2 * float(sway[0])
        if bow > 0.01:
            picture, cover, yaw = bent(picture, yaw, bow), bent(cover, yaw, bow), 0.0
        matrix = held(yaw, pitch + float(sway[1]), roll + float(sway[2]), zoom * self._zoom, (3 * sway[3], 3 * sway[4]))
        image, share = laid(picture, cover, matrix, self._behind)
        if self.gloss:
            image = self._glossy(image, share, yaw)
        facing = max(0.0, float(np.cos(np.deg2rad(yaw)) * np.cos(np.deg2rad(pitch))))
        return self._camera.takes(image, (share * facing + (1 - share) * 0.05).astype(np.float32), moment)

    def _glossy(self, image: np.ndarray, share: np.ndarray, yaw: float) -> np.ndarray:
        """A lamp mirrored in glossy paper; it wanders as the sheet turns."""
        spot = np.zeros(share.shape, np.float32)
        middle = (int(share.shape[1] * 0.75 + 2 * yaw), int(share.shape[0] * 0.2))
        cv2.ellipse(spot, middle, (22, 12), 20, 0, 360, 1.0, -1)
        spot = cv2.resize(cv2.GaussianBlur(spot, (0, 0), 6) * share, SIZE) * (self.gloss * 110)
        return np.clip(image + spot[..., None], 0, 255).astype(np.uint8)


def _swung(moment: Moment, turn: float, nod: float) -> tuple[float, float, float]:
    """Yaw, pitch and zoom of a sheet that is moved as the action asks."""
    part = moment.part
    yaw = {Action.TURN_LEFT: turn, Action.TURN_RIGHT: -turn}.get(moment.doing, 0.0) * part
    pitch = {Action.NOD: -nod, Action.BLINK: 10.0, Action.OPEN_MOUTH: 12.0}.get(moment.doing, 0.0) * part
    return yaw, pitch, 1 + (0.08 * part if moment.doing in {Action.OPEN_MOUTH, Action.BLINK} else 0.0)


def still_print(stage: Stage, *, edges: bool) -> bytes:
    """Held as still as a hand can; matt and filling the picture, or glossy in a room."""
    sheet = Sheet(stage, lambda _: (0.0, 0.0, 0.0, 1.0, 0.0), edges=edges, gloss=0.8 if edges else 0.0)
    return forge(stage.script, sheet, stage.models)


def moved_print(stage: Stage, *, edges: bool) -> bytes:
    """Turned, tilted and brought nearer where actions are asked."""
    turn, nod = float(stage.random.uniform(32, 52)), float(stage.random.uniform(18, 34))
    lean = float(stage.random.uniform(-6, 6))

    def move(moment: Moment) -> tuple[float, float, float, float, float]:
        yaw, pitch, zoom = _swung(moment, turn, nod)
        return yaw, pitch, lean * moment.part, zoom, 0.0

    return forge(stage.script, Sheet(stage, move, edges=edges), stage.models)


def bent_print(stage: Stage, *, edges: bool) -> bytes:
    """Bent like a cylinder, more while it turns, and turned where a turn is asked."""
    turn, bow = float(stage.random.uniform(28, 45)), float(stage.random.uniform(0.5, 1.1))

    def move(moment: Moment) -> tuple[float, float, float, float, float]:
        yaw, pitch, zoom = _swung(moment, turn, 25.0)
        return yaw, pitch, 0.0, zoom, bow * (0.6 + 0.4 * moment.part)

    return forge(stage.script, Sheet(stage, move, edges=edges), stage.models)


def eye_holes(stage: Stage, *, curved: bool) -> bytes:
    """A print with its eyes cut out; behind it real ones, which blink when asked. Turned, flat or bent."""
    random = stage.random
    puppet = Puppet(stage.models, stage.seed, screen=0.0)
    face = rig(stage.models, Scene())
    paper = printed(face.render(Pose()), random)
    holes, rims = np.zeros((480, 640), np.float32), np.zeros((480, 640), np.float32)
    for side in (0, 1):
        window = face._eyes[side]
        height, width = window.fields[0].shape[:2]
        middle = (window.left + width // 2, window.top + height // 2 + 1)
        radii = (int(width * 0.44), int(height * random.uniform(0.30, 0.40)))
        cv2.ellipse(holes, middle, radii, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
        cv2.ellipse(rims, middle, radii, 0, 0, 360, 1.0, 2, cv2.LINE_AA)
    shadow = float(random.uniform(0.75, 0.95))
    turn = float(random.uniform(30, 45))

    def content(moment: Moment) -> np.ndarray:
        eyes = puppet.at(replace(moment, doing=moment.doing if moment.doing is Action.BLINK else None, colour=None))
        mixed = paper * (1 - holes[..., None]) + eyes * (shadow * holes[..., None])
        return np.clip(mixed * (1 - 0.25 * rims[..., None]), 0, 255).astype(np.uint8)

    def move(moment: Moment) -> tuple[float, float, float, float, float]:
        if moment.doing is Action.BLINK:
            return 0.0, 0.0, 0.0, 1.0, 0.5 if curved else 0.0
        yaw, pitch, zoom = _swung(moment, turn, 25.0)
        return yaw, pitch, 0.0, zoom, 0.5 if curved else 0.0

    return forge(stage.script, Sheet(stage, move, content=content), stage.models)


# --- recordings -------------------------------------------------------------------------------------------------


def _old(stage: Stage) -> Recording:
    """A recorded attempt that passed: another challenge of the same sort."""
    old = draw_challenge(stage.random, flash=bool(stage.challenge.flash))
    return record(stage.models, Script(old, stage.random), stage.seed, screen=stage.screen())


def _played(stage: Stage, film: Recording, script: Script, *, device: str) -> bytes:
    """A film played from its beginning: on a screen before the camera (``tablet``, ``monitor``), or injected."""
    if device == "injected":
        noise = Noise(stage.random, 0.8)
        return forge(script, lambda moment: noise.over(film.picture(_index(moment))), stage.models)
    screen = HeldScreen(stage.random, bezel=device == "tablet")
    camera = Camera(stage.random, screen=stage.screen(), noise=1.5)

    def seen(moment: Moment) -> np.ndarray:
        image, matt = screen.shows(film.picture(_index(moment)), moment.time_s)
        return camera.takes(image, matt.astype(np.float32), moment)

    return forge(script, seen, stage.models)


def _index(moment: Moment) -> int:
    return int(moment.time_s * FPS + 0.25)


def _told(stage: Stage, film: Recording) -> Script:
    """The new challenge told over the times of the film: its windows lie where the film's actions are."""
    script, old = stage.script, film.script
    times = [(act.asked_s, act.begins_s, act.done_s) for act in old.acts]
    while len(times) < len(script.acts):  # one more action than the film has: the last part is shared out
        asked, begins, done = times.pop()
        middle = (asked + done) / 2
        times += [(asked, min(begins, middle - 0.2), middle), (middle + 0.01, middle + 0.1, done)]
    script.acts = tuple(
        replace(act, asked_s=asked, begins_s=begins, done_s=done)
        for act, (asked, begins, done) in zip(script.acts, times, strict=False)
    )
    if script.shows:
        shift = old.shows[0][1] - script.shows[0][1] if old.shows else 0.0
        shift = max(shift, script.acts[-1].done_s + 0.3 - script.shows[0][1])
        script.shows = tuple((colour, since + shift, until + shift) for colour, since, until in script.shows)
        script.end_s = script.shows[-1][2] + 0.5
        count = min(len(script.times_s), int(script.end_s * FPS))
        script.times_s = script.times_s[:count]
    return script


def replay(stage: Stage, *, device: str) -> bytes:
    """A recorded attempt, played from a screen for a new challenge."""
    film = _old(stage)
    return _played(stage, film, _told(stage, film), device=device)


def wrong_order(stage: Stage, *, device: str) -> bytes:
    """A recording with just the actions asked, in another order; even the colours are right."""
    actions = stage.challenge.actions
    turned = actions[1:] + actions[:1]
    film = record(stage.models, Script(replace(stage.challenge, actions=turned), stage.random), stage.seed)
    return _played(stage, film, _told(stage, film), device=device)


def injected_recording(stage: Stage, *, compressed: bool) -> bytes:
    """A film of all five actions, injected as it is; the windows are told over the first of them that fit in order."""
    every = [*Action]
    order = tuple(every[index] for index in stage.random.permutation(len(every)))
    film = record(
        stage.models,
        Script(replace(stage.challenge, actions=order, flash=()), stage.random),
        stage.seed,
        quality=45 if compressed else 92,
    )
    script = stage.script
    acts, position = [], 0
    for place, act in enumerate(script.acts):
        # The same action later in the film, if there is one that leaves enough for the rest; else whatever comes next.
        left = len(script.acts) - place - 1
        later = film.script.acts[position : len(film.script.acts) - left]
        chosen = next((one for one in later if one.action is act.action), later[0])
        acts.append(replace(chosen, action=act.action))
        position = film.script.acts.index(chosen) + 1
    script.acts = tuple(acts)
    _fit_end(script)
    return _played(stage, film, script, device="injected")


def _fit_end(script: Script) -> None:
    """Colours and end after the last window."""
    end = script.acts[-1].done_s + 0.3
    if script.shows:
        shift = end - script.shows[0][1]
        script.shows = tuple((colour, since + shift, until + shift) for colour, since, until in script.shows)
        end = script.shows[-1][2]
    script.end_s = end + 0.5
    count = min(180, int(script.end_s * FPS))
    script.times_s = np.arange(count) / FPS


def frozen_or_looped(stage: Stage, *, looped: bool) -> bytes:
    """One frame again and again, or two seconds of a film with a blink or a turn in it, in a loop; injected."""
    script = stage.script
    action = stage.challenge.actions[0]
    film = record(stage.models, Script(replace(stage.challenge, actions=(action,), flash=()), stage.random), stage.seed)
    begin = int(film.script.acts[0].begins_s * FPS) - 3
    length = int(stage.random.integers(20, 40)) if looped else 1

    def seen(moment: Moment) -> np.ndarray:
        return film.picture(begin + _index(moment) % length)

    return forge(script, seen, stage.models)


# --- what obeys in real time ------------------------------------------------------------------------------------


def obeying_screen(stage: Stage, *, bezel: bool, relit: bool = False) -> bytes:
    """A film or an animation on a held-up screen that does what is asked; ``relit``: also as if lit by the colours."""
    puppet = Puppet(stage.models, stage.seed, screen=stage.screen() if relit else 0.0)
    screen = HeldScreen(stage.random, bezel=bezel)
    camera = Camera(stage.random, screen=stage.screen(), noise=1.5)

    def seen(moment: Moment) -> np.ndarray:
        image, matt = screen.shows(puppet.at(moment), moment.time_s)
        return camera.takes(image, matt.astype(np.float32), moment)

    return forge(stage.script, seen, stage.models)


def obeying_injection(stage: Stage, *, noise: float) -> bytes:
    """An animation that does what is asked, given to the client as its camera; nothing is reflected."""
    puppet = Puppet(stage.models, stage.seed, screen=0.0, noise=noise)
    return forge(stage.script, puppet.at, stage.models)


def obeying_tinted(stage: Stage, *, face_only: bool) -> bytes:
    """The same, its program tints the picture with the colour shown, evenly: all of it, or the face alone."""
    puppet = Puppet(stage.models, stage.seed, screen=0.0)
    camera = Camera(stage.random, screen=stage.screen(), noise=0.0)
    whole = np.ones((SIZE[1] // STEP, SIZE[0] // STEP), np.float32)
    if face_only:
        whole[:] = 0.03
        cv2.ellipse(whole, (SIZE[0] // STEP // 2, 57), (21, 27), 0, 0, 360, 1.0, -1)
        whole = cv2.GaussianBlur(whole, (0, 0), 2)

    def seen(moment: Moment) -> np.ndarray:
        return camera.takes(puppet.at(replace(moment, colour=None)), whole, moment)

    return forge(stage.script, seen, stage.models)


def obeying_relit(stage: Stage, *, scene: Scene) -> bytes:
    """The strongest: the animation's program paints the reflection over a face in depth, late as a camera is."""
    puppet = Puppet(stage.models, stage.seed, screen=stage.screen(), scene=scene)
    return forge(stage.script, puppet.at, stage.models)


def cut_to_obey(stage: Stage, *, compressed: bool) -> bytes:
    """Films of single actions made beforehand, cut together in the order asked once it is known; injected."""
    quality = 55 if compressed else 92
    puppet = Puppet(stage.models, stage.seed, screen=0.0)

    def seen(moment: Moment) -> np.ndarray:
        encoded = cv2.imencode(".jpg", puppet.at(replace(moment, colour=None)), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return cv2.imdecode(encoded, cv2.IMREAD_COLOR)

    return forge(stage.script, seen, stage.models)


# --- somebody else ----------------------------------------------------------------------------------------------


def another_face(stage: Stage, *, faded: bool) -> bytes:
    """After the first action somebody else goes on, at once or faded over during a second; lit as a person is."""
    stranger = Stranger(stage.models, stage.matcher, stage.random)
    puppet = Puppet(stage.models, stage.seed, screen=stage.screen())
    script = stage.script
    change = script.acts[0].done_s + 0.1
    seconds = float(stage.random.uniform(0.7, 1.2)) if faded else 0.0

    def seen(moment: Moment) -> np.ndarray:
        picture = puppet.at(moment)
        if moment.time_s < change:
            return picture
        other = stranger.of(picture)
        part = 1.0 if not seconds else min(1.0, (moment.time_s - change) / seconds)
        return other if part >= 1 else cv2.addWeighted(picture, 1 - part, other, part, 0)

    return forge(script, seen, stage.models)


# The kinds, each with its styles: the first and third for tuning, the second and fourth reported.
PRESENTED: dict[str, list[Attack]] = {
    "still print": [lambda s: still_print(s, edges=False), lambda s: still_print(s, edges=True)],
    "bent print": [lambda s: bent_print(s, edges=False), lambda s: bent_print(s, edges=True)],
    "print with eye holes": [lambda s: eye_holes(s, curved=False), lambda s: eye_holes(s, curved=True)],
    "moved and tilted print": [lambda s: moved_print(s, edges=True), lambda s: moved_print(s, edges=False)],
    "replay of a passing attempt": [lambda s: replay(s, device="tablet"), lambda s: replay(s, device="monitor")],
    "replay in the wrong order": [
        lambda s: wrong_order(s, device="injected"),
        lambda s: wrong_order(s, device="tablet"),
    ],
    "injected recording": [
        lambda s: injected_recording(s, compressed=False),
        lambda s: injected_recording(s, compressed=True),
    ],
    "frozen or looped frames": [
        lambda s: frozen_or_looped(s, looped=True),
        lambda s: frozen_or_looped(s, looped=bool(s.seed & 2)),
    ],
    "another face after the first action": [
        lambda s: another_face(s, faded=False),
        lambda s: another_face(s, faded=bool(s.seed & 2)),
    ],
}
# These do what is asked while it is asked; what stops them and what does not is reported apart.
OBEYING: dict[str, list[Attack]] = {
    "obeying replay on a screen": [lambda s: obeying_screen(s, bezel=False), lambda s: obeying_screen(s, bezel=True)],
    "obeying replay on a screen, relit": [
        lambda s: obeying_screen(s, bezel=True, relit=True),
        lambda s: obeying_screen(s, bezel=False, relit=True),
    ],
    "obeying animation, injected": [
        lambda s: obeying_injection(s, noise=0.8),
        lambda s: obeying_injection(s, noise=1.8),
    ],
    "obeying cut of recordings, injected": [
        lambda s: cut_to_obey(s, compressed=False),
        lambda s: cut_to_obey(s, compressed=True),
    ],
    "obeying animation, tinted evenly": [
        lambda s: obeying_tinted(s, face_only=True),
        lambda s: obeying_tinted(s, face_only=bool(s.seed & 2)),
    ],
    "obeying animation, relit in depth": [
        lambda s: obeying_relit(s, scene=Scene(warmth=0.4)),
        lambda s: obeying_relit(s, scene=Scene()),
    ],
}
