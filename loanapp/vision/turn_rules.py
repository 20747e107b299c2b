"""What the verdict asks of every turn: that a head turned, not a sheet."""

from collections.abc import Sequence

from loanapp.domain.liveness import Action, VerdictOutcome, VerdictReason
from loanapp.vision.case import Case
from loanapp.vision.depth import Depth, measure_depth
from loanapp.vision.events import ActionEvent
from loanapp.vision.observation import Seen

# The face at rest is looked for in so many frames before the turn: four fifths of a second.
_BEFORE = 12
_TURNS = frozenset({Action.TURN_LEFT, Action.TURN_RIGHT})


def judge_turns(case: Case, seen: Seen, counted: Sequence[ActionEvent]) -> None:
    """Depth of each turn that counts; a doubtful one is left to a person where no flash has shown that a head is there.

    Together with the yaw, never alone: a turn that reads too small does not count at all.
    """
    limits, book = case.limits["turn"], case.book
    lit_round = bool(case.challenge.flash) and "flash_shape" in book.measures and not book.reasons
    number = 0
    for event in counted:
        if event.action not in _TURNS:
            continue
        number += 1
        depth = turn_depth(seen, event)
        flat = VerdictReason.FACE_FLAT
        book.at_least(f"turn_{number}_planar", depth.planar, limits["least_planar"], flat)
        book.at_least(f"turn_{number}_parallax", depth.parallax, limits["least_parallax"], flat)
        if not lit_round:
            unsure = (VerdictReason.LIVENESS_UNSURE, VerdictOutcome.REVIEW)
            book.at_least(f"turn_{number}_parallax_sure", depth.parallax, limits["sure_parallax"], *unsure)


def turn_depth(seen: Seen, event: ActionEvent) -> Depth:
    """Depth between the calmest frame before a turn and its height."""
    yaw = {index: one.yaw for index, one in enumerate(seen.facts) if one.face is not None}
    inside = [index for index in range(event.start_frame, event.end_frame + 1) if index in yaw]
    before = [index for index in range(max(0, event.start_frame - _BEFORE), event.start_frame) if index in yaw]
    if not inside or not before:
        return Depth(0.0, 0.0)
    rest_yaw = seen.rest_yaws[event.start_frame]
    height = max(inside, key=lambda index: abs(yaw[index] - rest_yaw))
    # The last of the calm ones: the fewer frames between, the surer points are followed.
    calmest = min(abs(yaw[index] - rest_yaw) for index in before)
    rest = max(index for index in before if abs(yaw[index] - rest_yaw) <= calmest + 2)
    chosen = [index for index in range(rest, height + 1) if index in yaw]
    faces = [face for index in chosen if (face := seen.facts[index].face) is not None]
    images = [seen.images[index] for index in chosen]
    return measure_depth(images, [face.landmarks for face in faces], yaw[height] - yaw[rest])
