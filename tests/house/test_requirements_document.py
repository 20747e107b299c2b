"""docs/requirements.md: every number once, and every proof it names exists."""

import re
from pathlib import Path

import pytest

from tests.house.proofs import is_there, proofs

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (S\d+) \| (.+?) \| (done|partly|later) \| (.*?) ?\|$")
ROWS = [
    found.groups()
    for line in (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8").splitlines()
    if (found := ROW.match(line))
]
# What the first release that lends money must prove.
FIRST = {*range(1, 9), 12, 18, 28, *range(43, 48), 54, 106, 162, 163, 164, 180}


def test_every_number_stands_once_and_in_order():
    assert [number for number, *_ in ROWS] == [f"S{number}" for number in range(1, 212)]


@pytest.mark.parametrize(("number", "cell"), [(row[0], row[3]) for row in ROWS if proofs(row[3])])
def test_every_proof_that_is_named_exists(number, cell):
    for proof in proofs(cell):
        assert is_there(proof), f"{number}: {proof}"


def test_nothing_is_done_without_a_proof():
    assert [number for number, _, state, cell in ROWS if state == "done" and not proofs(cell)] == []


def test_what_the_first_release_needs_is_there_and_proved():
    rows = {int(number[1:]): (state, cell) for number, _, state, cell in ROWS}
    assert [number for number in sorted(FIRST) if rows[number][0] == "later"] == []
    assert [number for number in sorted(FIRST) if not proofs(rows[number][1])] == []
