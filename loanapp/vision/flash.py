"""Whether a face reflects the colours that the screen showed, as a head in front of a room would.

Each part's light is taken as a logarithm, so that its colour of skin and the room's light fall out, and as the
difference of red and blue to green, so that the camera's exposure falls out. What is left is regressed on the same
difference of the screen's linear light, at the lag where it fits best (the idea of Tang et al., "Face Flashing", NDSS
2018). A head is round and the room behind it is far: nose, cheeks and background answer unequally; a sheet answers
everywhere alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from loanapp.domain.liveness import FlashColour
from loanapp.vision.arrays import Floats
from loanapp.vision.evidence import FlashWindow
from loanapp.vision.flash_colours import screen_colour
from loanapp.vision.reflection import FOREHEAD, LEFT_CHEEK, NOSE, RIGHT_CHEEK, Reflection, to_light

_Doubles = npt.NDArray[np.float64]

_FACE: Final = [FOREHEAD, RIGHT_CHEEK, LEFT_CHEEK, NOSE]
_CHEEKS: Final = [RIGHT_CHEEK, LEFT_CHEEK]
# Less light than this is noise (1/255 of white is 0.0003; a dark corner 0.002), so its logarithm tells nothing.
_LEAST_LIGHT: Final = 0.003
_LAG_STEP_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class FlashFindings:
    """What the face gave back of the colours shown.

    ``frames``: fewest frames that any colour has. ``change``: standard deviation of the face's colour while colours are
    shown, in parts of its light; ``noise``: the same between neighbouring frames, whatever the screen does. ``lag_s``:
    how much later the picture follows. ``correlation``: of the face's colour with the screen's at that lag, -1 to 1.
    ``told``: share of the colours that are nearest to the one shown among all there are. ``gain``: light that a white
    screen would add, in parts of the face's own. ``nose_over_cheeks``, ``ring_over_face``: their gains over each other;
    the ring's is that of the lowest quarter of its ``ring_cells``, those light enough to tell. ``gain_error``: standard
    error of ``nose_over_cheeks``.
    """

    frames: int
    change: float
    noise: float
    lag_s: float
    correlation: float
    told: float
    gain: float
    nose_over_cheeks: float
    gain_error: float
    ring_over_face: float
    ring_cells: int


def find_flash(
    times_s: Sequence[float],
    reflections: Sequence[Reflection | None],
    windows: Sequence[FlashWindow],
    limits: dict[str, Any],
) -> FlashFindings | None:
    """Compare frames with what was shown; ``limits`` is the table ``flash`` of ``verdict.toml``.

    None where no lag leaves every colour a frame.
    """
    seen = [(time, one) for time, one in zip(times_s, reflections, strict=True) if one is not None]
    if not seen or not windows:
        return None
    times = np.array([time for time, _ in seen])
    parts = np.stack([one.parts for _, one in seen]).astype(np.float64)
    face = chroma(parts[:, _FACE]).mean(axis=1)
    shown = np.array([screen_chroma(window.colour) for window in windows])
    settle = float(limits["settle_seconds"])
    best: tuple[float, float, npt.NDArray[np.intp]] | None = None
    for lag in np.arange(limits["least_lag_seconds"], limits["most_lag_seconds"] + 1e-9, _LAG_STEP_S):
        places = _places(times, windows, float(lag), settle)
        if any(np.count_nonzero(places == place) == 0 for place in range(len(windows))):
            continue
        inside = places >= 0
        fit = _correlation(face[inside], shown[places[inside]])
        if best is None or fit > best[0]:
            best = fit, float(lag), places
    if best is None:
        return None
    correlation, lag, places = best
    over_s = windows[-1].until_ms / 1000 + limits["most_lag_seconds"]
    during = face[(times >= windows[0].shown_ms / 1000) & (times <= over_s)]
    inside = places >= 0
    answers, screen = chroma(parts[inside]), shown[places[inside]]
    gains = np.array([_gain(answers[:, part], screen) for part in range(parts.shape[1])])
    cheeks = answers[:, _CHEEKS].mean(axis=1)
    cheek, nose = _gain(cheeks, screen), _gain(answers[:, NOSE], screen)
    ratio = nose / cheek if cheek > 0 else 0.0
    error = np.hypot(_error(answers[:, NOSE], screen) / max(nose, 1e-6), _error(cheeks, screen) / max(cheek, 1e-6))
    mean_gain = float(gains.mean())
    ring, cells = _ring(np.stack([one.ring for _, one in seen])[inside], screen, limits)
    return FlashFindings(
        frames=min(int(np.count_nonzero(places == place)) for place in range(len(windows))),
        change=float(np.sqrt(np.var(during, axis=0).sum())),
        noise=_noise(during),
        lag_s=lag,
        correlation=correlation,
        told=_told(face, places, windows),
        gain=mean_gain,
        nose_over_cheeks=float(ratio),
        gain_error=float(error),
        ring_over_face=ring / max(mean_gain, 1e-6),
        ring_cells=cells,
    )


def chroma(light: npt.NDArray[np.floating[Any]]) -> _Doubles:
    """Logarithm of red and of blue over green: (..., 3) to (..., 2)."""
    logs = np.log(np.maximum(light.astype(np.float64), _LEAST_LIGHT))
    return np.asarray(logs[..., [0, 2]] - logs[..., [1]], np.float64)


def screen_chroma(colour: FlashColour) -> _Doubles:
    """What a colour adds to red and to blue beyond what it adds to green, in parts of a white screen; (2,)."""
    red, green, blue = to_light(np.array(screen_colour(colour), np.float32))
    return np.array([red - green, blue - green], np.float64)


def _places(times: _Doubles, windows: Sequence[FlashWindow], lag: float, settle: float) -> npt.NDArray[np.intp]:
    """Which colour each frame shows, -1 for none or for one just coming."""
    places = np.full(len(times), -1, np.intp)
    for place, window in enumerate(windows):
        start, end = window.shown_ms / 1000 + lag + settle, window.until_ms / 1000 + lag
        places[(times >= start) & (times <= end)] = place
    return places


def _correlation(answers: _Doubles, screen: _Doubles) -> float:
    """Pearson's, over both differences together, each about its own mean."""
    a, b = answers - answers.mean(axis=0), screen - screen.mean(axis=0)
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1e-12))


def _gain(answers: _Doubles, screen: _Doubles) -> float:
    a, b = answers - answers.mean(axis=0), screen - screen.mean(axis=0)
    return float((a * b).sum() / max(float((b * b).sum()), 1e-12))


def _error(answers: _Doubles, screen: _Doubles) -> float:
    """Standard error of :func:`_gain`."""
    a, b = answers - answers.mean(axis=0), screen - screen.mean(axis=0)
    left = a - _gain(answers, screen) * b
    free = max(a.size - 3, 1)
    return float(np.sqrt((left * left).sum() / free / max(float((b * b).sum()), 1e-12)))


def _noise(face: _Doubles) -> float:
    """From the middle step between neighbours: the few at which a colour changes do not count (a normal's 1.48)."""
    steps = np.median(np.abs(np.diff(face, axis=0)), axis=0) * 1.4826 / np.sqrt(2)
    return float(np.sqrt(np.square(steps).sum()))


def _told(face: _Doubles, places: npt.NDArray[np.intp], windows: Sequence[FlashWindow]) -> float:
    """Each colour fitted from the others: share whose answer is nearest to what was shown."""
    answers = np.array([np.median(face[places == place], axis=0) for place in range(len(windows))])
    shown = np.array([screen_chroma(window.colour) for window in windows])
    palette = {colour: screen_chroma(colour) for colour in FlashColour}
    right = 0
    for place, window in enumerate(windows):
        others = np.arange(len(windows)) != place
        gain = _gain(answers[others], shown[others])
        rest = answers[others].mean(axis=0) - gain * shown[others].mean(axis=0)
        nearest = min(palette.values(), key=lambda one: float(np.square(rest + gain * one - answers[place]).sum()))
        # White and black differ in brightness alone, which the camera's exposure hides.
        right += bool(np.allclose(nearest, palette[window.colour], atol=0.02))
    return right / len(windows)


def _ring(rings: Floats, screen: _Doubles, limits: dict[str, Any]) -> tuple[float, int]:
    """Gain of the lowest quarter of what is around the face, and how many cells are light enough to tell."""
    light = np.nan_to_num(rings, nan=0.0)
    usable = (light.min(axis=(0, 3)) > limits["least_ring_light"]) & ~np.isnan(rings).any(axis=(0, 3))
    cells = light[:, usable].astype(np.float64)
    if cells.shape[1] == 0:
        return 0.0, 0
    answers = chroma(cells)
    gains = [_gain(answers[:, cell], screen) for cell in range(cells.shape[1])]
    return max(0.0, float(np.quantile(gains, 0.25))), len(gains)
