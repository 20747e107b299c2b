"""A seeded share of the spoilt inputs; ``python -m tests.loanapp.fuzz`` makes and counts as many as one likes."""

import logging

import pytest

from tests.loanapp.fuzz.parsers import MAKERS
from tests.loanapp.fuzz.parsing import Parser
from tests.loanapp.fuzz.run import case, run

SHORT = {"pdf": 8, "bundle": 15, "photo": 60, "evidence": 80}
# What each of these says of a spoilt input in the log is right; here there are hundreds.
QUIET = ("loanapp", "pyhanko", "PIL")


@pytest.fixture(autouse=True)
def quiet():
    before = {name: logging.getLogger(name).level for name in QUIET}
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.attack("spoilt-input-is-refused-in-words-or-read")
@pytest.mark.parametrize("name", MAKERS)
def test_spoilt_input_is_refused_in_words_or_read(name, tmp_path):
    outcome = run(MAKERS[name](tmp_path), range(SHORT.get(name, 150)), seed=1)
    assert outcome.faults == []
    assert outcome.told + outcome.read == SHORT.get(name, 150)


# What was found once: a draft of another shape, too deep, or of a time without a zone; a root damaged inside; a
# source's answer too deep; a certificate asked for a curve nobody knows; numbers of the desktop's that are none.
FOUND = {
    "draft": (8, 39, 71, 155, 159),
    "profile": (334,),
    "source_answer": (40, 345),
    "certificate_request": (36, 444),
    "screen_cast": (13, 104),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_once_stays_mended(name, tmp_path):
    assert run(MAKERS[name](tmp_path), FOUND[name], seed=1).faults == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", MAKERS)
def test_five_thousand_of_each(name, tmp_path):
    assert run(MAKERS[name](tmp_path), range(5000), seed=2).faults == []


def test_a_crash_and_a_hang_are_found():
    def breaks(content):
        raise RecursionError

    assert "RecursionError" in run(Parser("breaks", (b"x",), breaks), range(1), seed=1).faults[0]
    hangs = Parser("hangs", (b"x",), lambda content: sum(range(200_000)))
    assert len(run(hangs, range(1), seed=1, longest_s=1e-6).faults) == 1


def test_a_case_is_the_same_for_ever(tmp_path):
    parser = MAKERS["http_answer"](tmp_path)
    assert case(parser, 7, 1) == case(parser, 7, 1) != case(parser, 8, 1)
