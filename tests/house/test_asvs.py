"""docs/asvs.md: each requirement of levels 1 and 2 stands there once, and what is called met is shown by something."""

import re
from pathlib import Path

from tests.house.proofs import is_there, proofs

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d[\d., to]*) \| ([^|]+) \| ([^|]+) \| (.+) \|$", TEXT, re.MULTILINE)
# The last number of levels 1 and 2 in each section of release 5.0.0; chapters 10 and 17 are of what is not there.
LAST = (
    "1.1.2 1.2.9 1.3.11 1.4.3 1.5.2 2.1.3 2.2.3 2.3.4 2.4.1 3.2.2 3.3.4 3.4.6 3.5.5 3.7.2 4.1.3 4.2.1 4.3.2 4.4.4 "
    "5.1.1 5.2.3 5.3.2 5.4.3 6.1.3 6.2.12 6.3.4 6.4.4 6.5.5 6.6.3 6.8.4 7.1.3 7.2.4 7.3.2 7.4.5 7.5.2 7.6.2 8.1.2 "
    "8.2.3 8.3.1 8.4.1 9.1.3 9.2.4 11.1.2 11.2.3 11.3.3 11.4.4 11.5.1 11.6.1 12.1.3 12.2.2 12.3.4 13.1.1 13.2.5 "
    "13.3.2 13.4.5 14.1.2 14.2.4 14.3.3 15.1.3 15.2.3 15.3.7 16.1.1 16.2.5 16.3.4 16.4.3 16.5.3"
)


def test_each_requirement_stands_there_once():
    wanted = []
    for last in LAST.split():
        section, _, count = last.rpartition(".")
        wanted += [f"{section}.{number}" for number in range(1, int(count) + 1)]
    listed = [one for items, *_ in ROWS if " to " not in items for one in items.split(", ")]
    assert sorted(listed) == sorted(wanted)


def test_what_is_met_is_shown_and_what_is_named_exists():
    assert {state for _, _, state, _ in ROWS} == {"met", "partly", "open", "does not apply"}
    named = [proof for proof in proofs(TEXT) if "::" in proof]
    assert [proof for proof in named if not is_there(proof)] == []
    assert [items for items, _, state, why in ROWS if state == "met" and "`" not in why and "](" not in why] == []
