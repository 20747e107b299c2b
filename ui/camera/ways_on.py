"""Which buttons beneath the face page lead where at each step, and what they say."""

from typing import Final

from ui.camera.face_words import Step

LIVE: Final = frozenset({Step.MIRROR, Step.SENDING})
"""While the camera's frames are taken or judged."""
OTHER: Final = frozenset({Step.WAYS, Step.MANUAL, Step.CHANGED, Step.NETWORK, Step.BRANCH, Step.CALL_ASK})
"""Another way is being looked at or chosen."""
_FAILED: Final = frozenset({Step.RETRY, Step.NO_MORE, Step.TROUBLE})
WITH_BACK: Final = frozenset({Step.CONSENT, Step.FLASH, Step.READY, Step.BOOKED, *OTHER, *_FAILED})
"""Something lies before it."""
WITH_OTHER_WAY: Final = frozenset({Step.FLASH, Step.READY, Step.MIRROR, Step.RETRY, Step.TROUBLE})
"""The lesser action is another way."""
WITH_WITHDRAWAL: Final = frozenset({Step.AGAIN, Step.CALL, Step.CALL_REFUSED})
"""The lesser action is to withdraw: before a payout, where the contract is not signed yet."""


def back_words(step: Step, *, alone: bool) -> str:
    """The key of what the way back says: where it leads. ``alone``: there is no list of ways between."""
    if step is Step.TROUBLE:
        return "face_verification.trouble.back"
    if step is Step.WAYS or (alone and step in OTHER - {Step.CALL_ASK}):
        return "face_verification.manual.back"
    return "common.back"


def aside_words(step: Step, *, again: bool) -> str:
    """The key of what the lesser action says; ``again``: another way leads, and trying again is the lesser one."""
    if step in WITH_WITHDRAWAL:
        return "progress.withdraw"
    return "face_verification.retry.again" if again else "face_verification.other_way"
