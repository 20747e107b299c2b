"""Habits that no linter knows: where threads are made, what is never left lying about, how long a function may be."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for package in ("loanapp", "ui") for path in (ROOT / package).rglob("*.py"))
THREADS = re.compile(r"\bthreading\.Thread\(|\bThreadPoolExecutor\(|\bQThread\(|\bQThreadPool\(|\bmultiprocessing\.")
# On the borrower's side; the lender's process, which judges attempts on several cores, has its own life.
THREAD_MAKERS = ("loanapp/capture/", "ui/operations.py", "loanapp/backend/", "loanapp/vision/parallel.py")
LONGEST_FUNCTION = 60


def relative(path):
    return path.relative_to(ROOT).as_posix()


def test_threads_are_made_in_two_places():
    makers = {relative(path) for path in SOURCES if THREADS.search(path.read_text(encoding="utf-8"))}
    assert sorted(name for name in makers if not name.startswith(THREAD_MAKERS)) == []


@pytest.mark.parametrize("left", ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "print" + "(debug"])
def test_nothing_unfinished_is_left(left):
    assert [relative(path) for path in SOURCES if left in path.read_text(encoding="utf-8")] == []


def test_no_function_grows_beyond_a_page():
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[min(1, len(node.body) - 1)] if ast.get_docstring(node) else node.body[0]
                length = node.end_lineno - first.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{relative(path)}::{node.name} ({length})")
    assert long == []


def test_every_module_says_what_it_is():
    bare = [relative(path) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert bare == []


def test_every_skipped_test_says_why():
    marks = re.compile(r"pytest\.(skip|mark\.skip)\(\s*\)")
    tests = (ROOT / "tests").rglob("*.py")
    assert [relative(path) for path in tests if path != Path(__file__) and marks.search(path.read_text("utf-8"))] == []
