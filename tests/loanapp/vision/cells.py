"""Rooms and things held up in them, drawn, and the cells around a face that a client would send of them."""

from dataclasses import dataclass

import cv2
import numpy as np

from loanapp.capture.around_face import look_around
from loanapp.vision.face_mesh import Face

SIZE = (640, 480)
_SUPER = 4  # drawn so much larger, so that a tenth of a pixel is one


def face_at(x=320.0, y=235.0, height=200.0):
    """A face as far as its box goes."""
    box = np.array([x - 0.4 * height, y - 0.5 * height, x + 0.4 * height, y + 0.5 * height], np.float32)
    return Face(np.zeros((478, 3), np.float32), np.zeros(52, np.float32), box, 1.0)


@dataclass
class Drawn:
    """Frames of a room with upright and level edges, a head, and what is held up around it, if anything is.

    ``tiles``: how dark and how bright what the wall is covered with is.
    """

    held: bool = False
    seed: int = 0
    tiles: tuple[int, int] = (70, 170)

    def frame(self, hand=(0.0, 0.0), head=(0.0, 0.0), camera=(0.0, 0.0)):
        """One frame; the shifts, in pixels, of what the hand holds, of the head and of everything."""
        random = np.random.default_rng(self.seed)
        big = np.full((SIZE[1] * _SUPER, SIZE[0] * _SUPER), 120, np.uint8)

        def box(left, top, right, bottom, value, shift=(0.0, 0.0)):
            at = [(one + way + all_) * _SUPER for one, way, all_ in zip((left, top), shift, camera, strict=True)]
            to = [(one + way + all_) * _SUPER for one, way, all_ in zip((right, bottom), shift, camera, strict=True)]
            cv2.rectangle(big, (round(at[0]), round(at[1])), (round(to[0]), round(to[1])), int(value), -1)

        for left in range(-20, 660, 60):
            for top in range(-20, 500, 60):
                box(left, top, left + 59, top + 59, random.integers(*self.tiles))
        box(470, -20, 500, 520, 60)
        box(-20, 40, 660, 62, 200)
        if self.held:
            box(180, 70, 460, 430, 225, hand)
        middle = tuple(
            round((one + way + all_) * _SUPER) for one, way, all_ in zip((320, 235), head, camera, strict=True)
        )
        cv2.ellipse(big, middle, (80 * _SUPER, 118 * _SUPER), 0, 0, 360, 90, -1)
        grey = cv2.resize(big, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)
        noise = np.random.default_rng([self.seed, *(round(1e4 + 100 * one) for one in (*hand, *head, *camera))])
        return cv2.cvtColor(np.clip(grey + noise.normal(0, 2, grey.shape), 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def wander(count, amount, seed=1):
    """``count`` places of something that a hand holds, in pixels around where it was."""
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, 4)
    time_s = np.arange(count) / 4
    x = np.sin(2 * np.pi * time_s / 2.7 + phases[0]) + 0.5 * np.sin(2 * np.pi * time_s / 1.7 + phases[1])
    y = np.sin(2 * np.pi * time_s / 3.1 + phases[2]) + 0.5 * np.sin(2 * np.pi * time_s / 2.2 + phases[3])
    return [(float(one), float(other)) for one, other in amount * np.column_stack([x, y])]


def cells_of(frames):
    """The cells around a face that stays where it is."""
    return [look_around(frame, face_at()) for frame in frames]


def sheet(count=24, amount=3.0):
    """A bright sheet around the head, held in a hand before a wall that is quieter than it."""
    return cells_of(Drawn(held=True, tiles=(90, 130)).frame(hand=way, head=way) for way in wander(count, amount))
