"""What a face gives back of the colours shown: a small model of light on a head, on a sheet, and on none."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from loanapp.domain.liveness import FlashColour, SourceKind, VerdictOutcome
from loanapp.resource_files import read_toml
from loanapp.vision.case import open_case
from loanapp.vision.evidence import EvidenceHeader, FlashWindow
from loanapp.vision.flash import find_flash
from loanapp.vision.flash_colours import screen_colour
from loanapp.vision.flash_rules import judge_flash
from loanapp.vision.observation import Seen
from loanapp.vision.reflection import CELLS, Reflection, measure_reflection, to_light

LIMITS = read_toml("vision", "verdict.toml")["flash"]
BLUE, GREEN, CYAN, YELLOW, MAGENTA = (
    FlashColour.BLUE,
    FlashColour.GREEN,
    FlashColour.CYAN,
    FlashColour.YELLOW,
    FlashColour.MAGENTA,
)
SHOWN = (CYAN, MAGENTA, GREEN, YELLOW, BLUE)
# Light of the room on forehead, right and left cheek and nose (linear red, green, blue): skin, unevenly lit.
SKIN = np.array([0.40, 0.26, 0.20]) * np.array([1.0, 0.8, 0.9, 0.95])[:, None]
# What a white screen adds to each, in parts of the room's: the nose is nearer and faces it, the cheeks slant.
HEAD = (0.14, 0.12, 0.12, 0.16)
SHEET = (0.14, 0.14, 0.14, 0.14)


def windows(colours, start_ms=700, each_ms=450):
    return tuple(
        FlashWindow(colour, start_ms + place * each_ms, start_ms + (place + 1) * each_ms)
        for place, colour in enumerate(colours)
    )


def lit(colours, gains, *, ring=0.01, lag_s=0.12, noise=0.002, exposure=0.4, seed=0):
    """Times and reflections at 15 a second of a face under ``colours``; the camera takes some brightness back."""
    random = np.random.default_rng(seed)
    times = np.arange(0, 0.7 + 0.45 * len(colours) + 0.6, 1 / 15)
    found = []
    for time_s in times:
        screen = np.full(3, 0.4)
        for window in windows(colours):
            if window.shown_ms / 1000 <= time_s - lag_s < window.until_ms / 1000:
                screen = to_light(np.array(screen_colour(window.colour), np.float32))
        parts = SKIN * (1 + np.outer(gains, screen - 0.4))
        around = np.full((CELLS, CELLS, 3), 0.15) * (1 + ring * (screen - 0.4))
        taken_back = parts.mean() ** exposure / SKIN.mean() ** exposure
        parts = parts / taken_back * (1 + random.normal(0, noise, parts.shape))
        around = around / taken_back * (1 + random.normal(0, noise, around.shape))
        around[4:12, 4:12] = np.nan
        found.append(Reflection(parts.astype(np.float32), around.astype(np.float32)))
    return list(times), found


def test_a_head_before_a_room_answers_the_colours_shown():
    found = find_flash(*lit(SHOWN, HEAD), windows(SHOWN), LIMITS)
    assert found.frames >= LIMITS["least_frames"]
    assert found.correlation > LIMITS["least_correlation"]
    assert found.told == 1.0
    assert found.lag_s == pytest.approx(0.12, abs=0.05)
    assert found.gain == pytest.approx(0.135, rel=0.15)
    assert found.change > LIMITS["clear_change"]
    assert found.nose_over_cheeks - 1 > LIMITS["least_shape"]
    assert found.ring_over_face < LIMITS["most_ring"]


def test_a_ring_too_dark_to_tell_is_told_as_such(make_challenge):
    """Nothing around the face to hold it against: no proof of a room, and for a person to look at."""
    times, reflections = lit(SHOWN, HEAD)
    dark = [Reflection(one.parts, one.ring * np.float32(0.02)) for one in reflections]
    assert find_flash(times, reflections, windows(SHOWN), LIMITS).ring_cells > 100
    assert find_flash(times, dark, windows(SHOWN), LIMITS).ring_cells == 0
    for ring, outcome in ((reflections, VerdictOutcome.PASSED), (dark, VerdictOutcome.REVIEW)):
        header = EvidenceHeader("s", "a", "n", SourceKind.CAMERA, (), windows(SHOWN))
        case = open_case(header, make_challenge(flash=SHOWN, flash_colour_ms=450), datetime.now(UTC))
        judge_flash(case, Seen(times_ms=[round(1000 * time) for time in times], reflections=ring))
        assert case.book.outcome is outcome
        assert [rule.name for rule in case.book.rules if not rule.passed] == ["flash_ring_cells"] * (ring is dark)


@pytest.mark.parametrize("seed", range(4))
def test_a_sheet_answers_everywhere_alike(seed):
    found = find_flash(*lit(SHOWN, SHEET, ring=0.14, seed=seed), windows(SHOWN), LIMITS)
    assert found.correlation > LIMITS["least_correlation"]
    assert abs(found.nose_over_cheeks - 1) < LIMITS["least_shape"]
    assert found.ring_over_face > LIMITS["most_ring"]


def test_no_answer_is_no_clear_answer():
    found = find_flash(*lit(SHOWN, (0.0, 0.0, 0.0, 0.0), ring=0.0), windows(SHOWN), LIMITS)
    assert found.change < LIMITS["least_change"]


def test_other_colours_hardly_ever_fit():
    """Films of other random colours: few correlate, fewer are told, none does both but what differs in brightness."""
    random = np.random.default_rng(5)
    colours = list(FlashColour)
    passed = 0
    for seed in range(40):
        while True:
            other = [colours[number] for number in random.integers(0, len(colours), len(SHOWN))]
            if all(before is not after for before, after in pairwise(other)):
                break
        found = find_flash(*lit(other, HEAD, seed=seed), windows(SHOWN), LIMITS)
        assert found.change > LIMITS["least_change"]
        passed += found.correlation >= LIMITS["least_correlation"] and found.told >= LIMITS["least_told"]
    assert passed == 0


def test_a_change_of_brightness_alone_is_no_colour():
    times, found = lit(SHOWN, HEAD)
    dark = [Reflection(one.parts.mean(axis=1, keepdims=True).repeat(3, axis=1), one.ring) for one in found]
    assert find_flash(times, dark, windows(SHOWN), LIMITS).change < LIMITS["least_change"]


def test_frames_that_miss_a_colour_cannot_be_judged():
    times, found = lit(SHOWN, HEAD)
    few = [one if time < 1.2 else None for time, one in zip(times, found, strict=True)]
    assert find_flash(times, few, windows(SHOWN), LIMITS) is None
    assert find_flash([], [], windows(SHOWN), LIMITS) is None


def test_parts_are_measured_in_linear_light(face_models, portrait):
    from loanapp.vision.face_mesh import FaceMesh

    (face,) = FaceMesh(face_models).find(portrait)
    whole = measure_reflection(portrait, face)
    assert (whole.parts[:, 0] > whole.parts[:, 2]).all(), "skin gives back more red than blue"
    assert np.isnan(whole.ring[4, 7]).all()
    assert not np.isnan(whole.ring[0]).any()
    half = to_light(portrait.astype(np.float32)) / 2
    darker = np.round(255 * np.where(half <= 0.0031308, half * 12.92, 1.055 * half ** (1 / 2.4) - 0.055))
    assert measure_reflection(darker.astype(np.uint8), face).parts == pytest.approx(whole.parts / 2, rel=0.03)
