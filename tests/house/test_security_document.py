"""docs/security.md: every test it names exists, and no row is without one unless it says that it is open."""

import re
from pathlib import Path

from tests.house.proofs import is_there, proofs

TEXT = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| [STRIDE] \|", line)]
OPEN_OR_REASON = re.compile(r"\| (open|does not apply|partly) \|")


def test_every_test_that_is_named_exists():
    named = [proof for proof in proofs(TEXT) if "::" in proof]
    assert len(named) > 50
    assert [proof for proof in named if not is_there(proof)] == []


def test_each_kind_of_threat_is_looked_at():
    assert {row[2] for row in ROWS} == set("STRIDE")


def test_a_threat_has_a_test_or_is_called_open():
    assert [row for row in ROWS if "::" not in row and "**open**" not in row] == []


def test_an_item_of_asvs_is_met_by_a_test_or_not_called_met():
    items = [line for line in TEXT.splitlines() if re.match(r"\| \d+\.\d+\.\d+", line)]
    assert len(items) > 12
    assert [row for row in items if "::" not in row and not OPEN_OR_REASON.search(row)] == []
