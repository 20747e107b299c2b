"""When a hint about the camera was in vain for so long that another camera, or an article, helps more."""

import math
from collections.abc import Collection
from typing import Final

from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import HintCode
from loanapp.resource_files import read_toml

# The picture that stands still is counted where frames are taken: only a camera's must not.
_ENDS: Final = {
    HintCode.CAMERA_BLACK: ("black_seconds", ErrorCode.CAMERA_BLACK),
    HintCode.CAMERA_SLOW: ("slow_seconds", ErrorCode.CAMERA_SLOW),
}


class CameraTrouble:
    """Follows the hints that hold; times in seconds, limits in ``resources/vision/camera.toml``."""

    def __init__(self) -> None:
        self._limits = read_toml("vision", "camera.toml")["stream"]
        self._since: dict[HintCode, float] = {}

    def begin(self) -> None:
        """An attempt begins: its time counts from here."""
        self._since.clear()

    def feed(self, now_s: float, hints: Collection[HintCode]) -> ErrorCode | None:
        """The hints that hold for the frame of ``now_s``; what ends the attempt, if anything does."""
        for code in _ENDS:
            if code in hints:
                self._since.setdefault(code, now_s)
            else:
                self._since.pop(code, None)
        for code, (limit, error) in _ENDS.items():
            if now_s - self._since.get(code, math.inf) > float(self._limits[limit]):
                return error
        return None
