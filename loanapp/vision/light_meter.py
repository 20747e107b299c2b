"""The light meter beside the preview: how much light falls on the face, and whether that is enough."""

from enum import StrEnum

from loanapp.resource_files import read_toml
from loanapp.vision.frame_analysis import FrameFacts


class LightState(StrEnum):
    """What the meter's colour says."""

    DARK = "dark"
    GOOD = "good"
    BRIGHT = "bright"


def light_level(facts: FrameFacts) -> float:
    """The light meter, 0 (dark) to 1 (good): the light on the face, or in the room while there is no face."""
    limits = read_toml("vision", "thresholds.toml")["light"]
    luma = facts.frame_luma if facts.face is None else facts.face_light
    return max(0.0, min(1.0, luma / float(limits["good_face"])))


def light_state(facts: FrameFacts) -> LightState:
    """Dark where the hint would be that it is too dark, bright where it would be too bright."""
    limits = read_toml("vision", "thresholds.toml")["light"]
    luma = facts.frame_luma if facts.face is None else facts.face_light
    if luma < limits["dim_face"]:
        return LightState.DARK
    if facts.face is not None and (luma > limits["bright_face"] or facts.face_blown > limits["blown"]):
        return LightState.BRIGHT
    return LightState.GOOD
