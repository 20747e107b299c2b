"""docs/accessibility.md: every criterion once, every proof there, and what is counted is what stands there."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.house.proofs import is_there, proofs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d\.\d\.\d+) \| (A|AA) \| (.+?) \| (met|partly|not met|none) \| (.*?) ?\|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
# WCAG 2.2 at A and AA, by guideline: how many criteria each has. 4.1.1 is gone since 2.2.
CRITERIA = {
    "1.1": 1,
    "1.2": 5,
    "1.3": 5,
    "1.4": 9,
    "2.1": 3,
    "2.2": 2,
    "2.3": 1,
    "2.4": 8,
    "2.5": 6,
    "3.1": 2,
    "3.2": 5,
    "3.3": 6,
    "4.1": 2,
}


def test_every_criterion_stands_once_and_in_order():
    numbers = [tuple(map(int, number.split("."))) for number, *_ in ROWS]
    assert numbers == sorted(set(numbers))
    counted = Counter(number.rpartition(".")[0] for number, *_ in ROWS)
    assert counted == CRITERIA


@pytest.mark.parametrize("proof", sorted({proof for proof in proofs(PAGE) if "::" in proof}))
def test_every_proof_that_is_named_exists(proof):
    assert is_there(proof)


def test_what_is_met_is_proved_or_says_that_no_test_does():
    unproved = [number for number, _, _, state, how in ROWS if state == "met" and not proofs(how)]
    assert unproved == [number for number, *_, how in ROWS if "no test of its own" in how]


def test_the_sum_is_that_of_the_table():
    states = Counter(row[3] for row in ROWS)
    told = re.search(r"^(\d+) met, (\d+) partly, (\d+) not met, (\d+) none\.$", PAGE, re.MULTILINE)
    assert told is not None
    assert [states[state] for state in ("met", "partly", "not met", "none")] == [int(count) for count in told.groups()]


def test_what_stands_in_the_way_is_said():
    assert all(how.split("`")[0].strip(" <br>") for *_, state, how in ROWS if state in {"partly", "not met"})
