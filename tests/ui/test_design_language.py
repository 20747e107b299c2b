"""docs/design-language.md says what the code does: tokens, contrast, and every limit of time."""

import re
from datetime import timedelta
from importlib import import_module
from itertools import product
from pathlib import Path

import pytest

from loanapp.resource_files import read_toml
from tests.ui.test_theme import EDGES, PAIRS
from ui.theme import APPEARANCES, COLOURS, Tokens
from ui.theme.contrast import contrast
from ui.theme.tokens import CORNERS, MOTION_MS, SPACING, TARGET, TYPE_SCALE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "design-language.md").read_text(encoding="utf-8")
MOST_PICTURES = 300_000


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    section = PAGE.split(f"\n{heading}\n")[1]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]]


def numbers(cell: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", cell)))


def test_sizes_are_those_of_the_code():
    assert tuple(int(row[0]) for row in rows("## Type")) == TYPE_SCALE
    lengths = {name: numbers(cell) for name, cell in rows("## Space, corners, targets")}
    assert lengths["space"] == SPACING
    assert lengths["corners"] == CORNERS
    assert (lengths["target, standard"], lengths["target, large mode"]) == ((TARGET["standard"],), (TARGET["large"],))
    assert {row[0]: int(row[1]) for row in rows("## Motion")} == MOTION_MS


def test_whatever_moves_takes_its_time_from_the_tokens_and_can_stand_still():
    moving = {}
    for path in (ROOT / "ui").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if re.search(r"Q\w*Animation\(|QTimeLine\(|MOTION_MS\[", text):
            moving[path.stem] = text
    assert {"buttons", "skeleton", "moving_drawing"} <= set(moving)
    assert [name for name, text in moving.items() if "MOTION_MS[" not in text or "reduced_motion" not in text] == []
    used = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"MOTION_MS\[([^]]+)\]", "".join(moving.values())))))
    assert set(MOTION_MS) <= used


def test_colours_are_those_of_the_code():
    table = {row[0]: tuple(row[2:]) for row in rows("## Colour")}
    assert tuple(table) == Tokens._fields
    for name in Tokens._fields:
        assert table[name] == tuple(getattr(COLOURS[appearance], name) for appearance in APPEARANCES)


def down(value: float) -> str:
    return f"{int(value * 100) / 100:.2f}"


def test_contrast_is_what_is_measured():
    table = {row[0]: row[1:] for row in rows("### Contrast, measured")}
    for pairs, row in ((PAIRS, table.pop("least of all text")), (EDGES, table.pop("least of all edges"))):
        for appearance, cell in zip(APPEARANCES, row, strict=True):
            tokens = COLOURS[appearance]
            assert cell == down(min(contrast(getattr(tokens, one), getattr(tokens, ground)) for one, ground in pairs))
    for (pair, row), (place, appearance) in product(table.items(), enumerate(APPEARANCES)):
        one, ground = (getattr(COLOURS[appearance], name) for name in re.findall(r"[a-z_]+(?=`|$)", pair))
        assert row[place] == down(contrast(one, ground)), pair


def value_of(where: str) -> float:
    """What `file.toml` `key` or `module` `NAME` holds."""
    place, name = re.findall(r"[\w./]+", where)
    if not place.endswith(".toml"):
        value = getattr(import_module(place), name)
        return value.days if isinstance(value, timedelta) else float(value)
    found = read_toml(*place.split("/"))
    for key in name.split("."):
        found = found[int(key)] if key.isdigit() else found[key]
    # A limit of law is a list of rows, the newest last.
    return float(found[-1]["value"] if isinstance(found, list) else found)


LIMITS = rows("## Time limits, and how each is extended")


@pytest.mark.parametrize(("what", "where", "now", "longer"), LIMITS, ids=[row[0] for row in LIMITS])
def test_every_limit_of_time_is_the_one_in_force_and_has_a_way_on(what, where, now, longer):
    assert longer
    if not where:
        assert now == "none"
        return
    assert float(numbers(now)[0]) == value_of(where), what


def test_no_limit_of_the_policies_is_left_out():
    """Whatever a policy calls seconds, minutes, hours or days of a borrower's time stands in the table."""
    told = {re.findall(r"[\w./]+", row[1])[-1].split(".")[-1] for row in LIMITS if row[1]}
    # The lender's own machines, and what is no limit: how long a visit lasts, the window failures are counted in.
    machines = {"lock_window_seconds", "slot_minutes", "idle_seconds", "grace_seconds"}
    in_force = {
        key
        for name in ("sign_in", "face", "branches", "limits")
        for part in (read_toml("policy", f"{name}.toml"), read_toml("policy", f"{name}.toml").get("upload", {}))
        for key in part
        if re.search(r"(seconds|minutes|hours|days|days_ahead|an_hour)$", key)
    }
    assert in_force - machines <= told


def test_pictures_are_small():
    pictures = re.findall(r"\]\((pictures/[\w-]+\.png)\)", PAGE)
    assert len(pictures) == 3
    assert sum((ROOT / "docs" / name).stat().st_size for name in pictures) <= MOST_PICTURES
