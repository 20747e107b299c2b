"""What thresholds may be tuned on, and what is reported: fixed here, so that nobody can choose afterwards.

Every generator (a variation of the borrower, a style of an attack) belongs to one half, and so does every seed. A run
uses generators and seeds of one half only.
"""

from enum import StrEnum


class Half(StrEnum):
    """Which half of generators and seeds a run takes."""

    TUNE = "tune"
    REPORT = "report"


def seeds(half: Half, count: int, *, start: int = 0) -> list[int]:
    """``count`` seeds of a half: even ones to tune on, odd ones to report."""
    odd = 0 if half is Half.TUNE else 1
    return [2 * (start + index) + odd for index in range(count)]


def generators(half: Half, every: list) -> list:
    """Those of a list that belong to a half: the first, third, ... to tune on, the second, fourth, ... to report."""
    return every[0 if half is Half.TUNE else 1 :: 2]
