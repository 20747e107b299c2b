import itertools

import pytest

from loanapp.capture.flash_sequence import SETTLE_SECONDS, FlashSequence
from loanapp.domain.liveness import FlashColour

COLOURS = (FlashColour.WHITE, FlashColour.BLUE, FlashColour.YELLOW, FlashColour.BLACK)


def play(sequence, times):
    """The changes: time and colour."""
    changes, last = [], None
    for now in times:
        colour = sequence.advance(now)
        if colour is not last:
            changes.append((now, colour))
            last = colour
    return changes


def test_colours_follow_each_other_by_the_clock():
    sequence = FlashSequence()
    sequence.start(COLOURS, 450, 20.0)
    changes = play(sequence, [20 + index / 100 for index in range(300)])
    assert [colour for _, colour in changes] == [*COLOURS, None]
    times = [when for when, _ in changes]
    assert times[0] == pytest.approx(20 + SETTLE_SECONDS, abs=0.011)
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == pytest.approx([0.45] * 4, abs=0.011)
    shown = sequence.shown
    assert [one.colour for one in shown] == list(COLOURS)
    assert [one.shown_s for one in shown] == times[:-1]
    assert [one.until_s for one in shown] == times[1:]


@pytest.mark.parametrize("gaps", [[0.5], [1.3], [0.03, 0.9], [0.001, 2.0, 0.2]])
@pytest.mark.parametrize("colour_ms", [0, 100, 400, 450])
def test_however_late_and_whatever_is_asked_never_three_changes_a_second(gaps, colour_ms):
    sequence = FlashSequence()
    sequence.start(COLOURS, colour_ms, 0.0)
    times = list(itertools.accumulate(itertools.islice(itertools.cycle(gaps), 60)))
    if times[-1] < 5:
        times += [5.0, 6.0, 7.0]
    changes = play(sequence, times)
    assert len(changes) == 5
    assert min(later - earlier for (earlier, _), (later, _) in itertools.pairwise(changes)) >= 0.4
    assert [one.shown_s for one in sequence.shown] == [when for when, _ in changes[:-1]], "the real times, not the plan"


def test_a_time_told_late_changes_nothing():
    sequence = FlashSequence()
    sequence.start(COLOURS, 450, 1.0)
    assert sequence.advance(1.4) is FlashColour.WHITE
    assert sequence.advance(1.1) is FlashColour.WHITE
    assert sequence.colour is FlashColour.WHITE
    assert sequence.shown is None


def test_stopped_shows_nothing_and_can_start_again():
    sequence = FlashSequence()
    sequence.start(COLOURS, 450, 1.0)
    sequence.advance(1.4)
    sequence.stop()
    assert sequence.colour is None
    assert sequence.advance(5.0) is None
    assert sequence.shown is None
    sequence.start(COLOURS[:1], 450, 10.0)
    assert [colour for _, colour in play(sequence, [10.0, 10.4, 10.9])] == [FlashColour.WHITE, None]
    assert len(sequence.shown) == 1


def test_without_colours_there_is_no_flash():
    sequence = FlashSequence()
    sequence.start((), 450, 0.0)
    assert sequence.advance(9.0) is None
    assert sequence.shown is None
