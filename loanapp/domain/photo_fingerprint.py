"""When two fingerprints are of one photograph (made by :mod:`loanapp.vision.photo_fingerprint`)."""

from typing import Final

BANDS: Final = 6
# Saved anew or made smaller, a photograph differs in 4 of its 576 bits at most; different ones in 30 at least
# (docs/assessment.md). With fewer differences than bands, one band is untouched and finds the photograph by equality.
SAME_PHOTO_BITS: Final = BANDS - 1


def same_photo(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two fingerprints, each :data:`BANDS` hexadecimal bands, are of one photograph."""
    if not len(one) == len(other) == BANDS:
        return False
    return (int("".join(one), 16) ^ int("".join(other), 16)).bit_count() <= SAME_PHOTO_BITS
