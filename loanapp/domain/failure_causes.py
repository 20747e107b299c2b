"""What may lie behind a face verification that did not pass: the causes borrowers know, each with a sentence and a fix.

A cause is a possibility, told so, never a finding: nothing measures make-up, surgery or age.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import VerdictReason


class FailureCause(StrEnum):
    """Seven causes of a failed face verification, by what a person can do about them."""

    LIGHT = "light"
    COVERED = "covered"
    MAKE_UP = "make_up"
    SURGERY = "surgery"
    AGEING = "ageing"
    LOW_RESOLUTION = "low_resolution"
    NETWORK = "network"


_C = FailureCause
_CHANGED: Final = (_C.MAKE_UP, _C.AGEING, _C.SURGERY)
_OF_REASON: Final[Mapping[VerdictReason, tuple[FailureCause, ...]]] = {
    VerdictReason.TOO_DARK_TO_JUDGE: (_C.LIGHT,),
    VerdictReason.FLASH_NOT_SEEN: (_C.LIGHT,),
    VerdictReason.FACE_COVERED: (_C.COVERED,),
    VerdictReason.TOO_BLURRED_TO_JUDGE: (_C.LOW_RESOLUTION, _C.LIGHT),
    VerdictReason.TOO_FEW_FRAMES: (_C.LOW_RESOLUTION,),
    VerdictReason.FACE_UNLIKE_DOCUMENT: _CHANGED,
    VerdictReason.FACE_MATCH_UNSURE: _CHANGED,
}
_OF_CODE: Final[Mapping[ErrorCode, tuple[FailureCause, ...]]] = {
    ErrorCode.CAMERA_BLACK: (_C.LIGHT,),
    ErrorCode.CAMERA_SLOW: (_C.LIGHT, _C.LOW_RESOLUTION),
    ErrorCode.LENDER_UNREACHABLE: (_C.NETWORK,),
    ErrorCode.PROXY_REFUSED: (_C.NETWORK,),
}


def failure_causes(reasons: Iterable[VerdictReason]) -> tuple[FailureCause, ...]:
    """What may have caused these reasons, most likely first, each once; empty where a reason speaks for itself."""
    return tuple(dict.fromkeys(cause for reason in reasons for cause in _OF_REASON.get(reason, ())))


def causes_of_error(code: ErrorCode) -> tuple[FailureCause, ...]:
    """What may have caused an attempt to end with this error."""
    return _OF_CODE.get(code, ())
