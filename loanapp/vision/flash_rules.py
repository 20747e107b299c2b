"""What the verdict asks of the colour flash."""

from itertools import pairwise
from typing import Any

from loanapp.domain.liveness import VerdictOutcome, VerdictReason
from loanapp.vision.case import Case
from loanapp.vision.flash import FlashFindings, find_flash
from loanapp.vision.flash_colours import least_ms
from loanapp.vision.observation import Seen


def flash_as_asked(case: Case) -> None:
    """The colours told are those of the challenge in its order and pace, after the actions: header alone."""
    told, asked = case.header.flash, case.challenge.flash
    mismatch = VerdictReason.CHALLENGE_MISMATCH
    right = tuple(window.colour for window in told) == asked
    if not case.book.holds("flash_as_asked", true=right, reason=mismatch, outcome=VerdictOutcome.REFUSED) or not told:
        return
    limits, pace = case.limits["flash"], VerdictReason.FLASH_MISMATCH
    shown = [(window.until_ms - window.shown_ms) / 1000 for window in told]
    gaps = [(after.shown_ms - before.until_ms) / 1000 for before, after in pairwise(told)]
    acted_ms = case.header.windows[-1].done_ms if case.header.windows else 0
    case.book.at_least("flash_shortest_s", min(shown), least_ms() / 1000 - limits["pace_slack_seconds"], pace)
    longest_s = case.challenge.flash_colour_ms / 1000 + limits["late_seconds"]
    case.book.at_most("flash_longest_s", max(shown), longest_s, pace)
    case.book.at_most("flash_longest_gap_s", max(gaps, default=0.0), limits["longest_gap_seconds"], pace)
    case.book.at_least("flash_after_actions_s", (told[0].shown_ms - acted_ms) / 1000, 0.0, pace)


def judge_flash(case: Case, seen: Seen) -> None:
    """The face answers the colours shown, its parts unequally, and more than what is behind it."""
    if not case.challenge.flash:
        return
    limits, book = case.limits["flash"], case.book
    times_s = [time / 1000 for time in seen.times_ms]
    found = find_flash(times_s, seen.reflections, case.header.flash, limits)
    frames = 0 if found is None else found.frames
    enough = book.at_least("flash_frames", frames, limits["least_frames"], VerdictReason.TOO_FEW_FRAMES)
    if found is None or not enough:
        return
    for name in ("noise", "lag_s", "gain", "gain_error"):
        book.measure(f"flash_{name}", getattr(found, name))
    if _answers(case, found, limits):
        _is_round(case, found, limits)


def _answers(case: Case, found: FlashFindings, limits: dict[str, Any]) -> bool:
    """Too little answer is nobody's fault and for a person to look at; a clear one must be that of these colours."""
    book = case.book
    unseen = (VerdictReason.FLASH_NOT_SEEN, VerdictOutcome.REVIEW)
    signal = found.change / max(found.noise, limits["least_noise"])
    seen = book.at_least("flash_change", found.change, limits["least_change"], *unseen)
    seen = book.at_least("flash_signal", signal, limits["least_signal"], *unseen) and seen
    # A weak answer that does not fit may be noise; a strong one is another film.
    strong = seen and found.change >= limits["clear_change"]
    other = (VerdictReason.FLASH_MISMATCH, VerdictOutcome.RETRY) if strong else unseen
    fits = book.at_least("flash_correlation", found.correlation, limits["least_correlation"], *other)
    fits = book.at_least("flash_colours_told", found.told, limits["least_told"], *other) and fits
    return seen and fits


def _is_round(case: Case, found: FlashFindings, limits: dict[str, Any]) -> None:
    book = case.book
    book.measure("flash_nose_over_cheeks", found.nose_over_cheeks)
    away = abs(found.nose_over_cheeks - 1)
    sure = book.at_most(
        "flash_shape_error",
        found.gain_error,
        limits["most_shape_error"],
        VerdictReason.FLASH_NOT_SEEN,
        VerdictOutcome.REVIEW,
    )
    if sure:
        book.at_least("flash_shape", away, limits["least_shape"], VerdictReason.FACE_FLAT)
    around = book.at_least(
        "flash_ring_cells",
        found.ring_cells,
        limits["least_ring_cells"],
        VerdictReason.FLASH_NOT_SEEN,
        VerdictOutcome.REVIEW,
    )
    if around:
        book.at_most("flash_ring_over_face", found.ring_over_face, limits["most_ring"], VerdictReason.FACE_FLAT)
