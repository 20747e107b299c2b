"""Attacks are counted: tests name themselves by a mark, and docs/security.md names each of them."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
AT_LEAST = 120


def attacks() -> list[tuple[str, str]]:
    """Every name and the file it stands in."""
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.attack" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
                marks = [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "attack"]
                found += [(ast.literal_eval(one.args[0]), path.relative_to(ROOT).as_posix()) for one in marks]
    return found


def test_there_are_enough_and_each_has_a_name_of_its_own():
    names = [name for name, _ in attacks()]
    assert len(names) >= AT_LEAST
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name)] == []


def test_the_table_names_each_and_no_other():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(tests/[^`]+)` \| ([^|]+) \|$", text.split("## The attacks, by name")[1], re.MULTILINE)
    told = {(name, file) for file, names in rows for name in names.split(", ")}
    assert told == set(attacks())
