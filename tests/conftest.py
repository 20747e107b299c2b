"""Rules for every test: a home of its own, no thread left behind, no log record that nobody expected."""

import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import hypothesis
import pytest

# Threads that libraries keep for the whole process; ours end with what started them. "Dummy" is how Python calls a
# worker of Qt's, long after its work too: tests with windows ask the pools themselves (tests/qt_rules.py).
_KEPT_BY_LIBRARIES = re.compile(r"AnyIO worker thread|pytest_timeout|asyncio_|DBOS|dbos-|Dummy-|hypothesis")
_GRACE_SECONDS = 3.0

hypothesis.settings.register_profile("house", deadline=None, derandomize=True, max_examples=60, database=None)
hypothesis.settings.load_profile("house")


def pytest_addoption(parser):
    if find_spec("pytestqt") is None:
        # The core tests run without Qt; its settings in pyproject.toml are then nobody's.
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "used by pytest-qt alone")
        parser.addini("qt_log_ignore", "used by pytest-qt alone", type="linelist")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """Drafts, keys and the embedded lender's data go to a folder that dies with the test run."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LOANAPP_HOME", str(home))
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    return home


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _GRACE_SECONDS
    while left := [thread for thread in set(threading.enumerate()) - before if not _is_library_thread(thread)]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left behind: {sorted(thread.name for thread in left)}", pytrace=False)
        time.sleep(0.02)


def _is_library_thread(thread: threading.Thread) -> bool:
    return bool(_KEPT_BY_LIBRARIES.match(thread.name)) or not thread.is_alive()


class _Recorder(logging.Handler):
    """Keeps records of WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def unexpected(self) -> list[str]:
        lines = [f"{record.name} {record.levelname}: {record.getMessage()}" for record in self.records]
        return [line for line in lines if not any(pattern.search(line) for pattern in self.expected)]


@pytest.fixture(autouse=True)
def _log_recorder() -> Iterator[_Recorder]:
    recorder = _Recorder()
    root = logging.getLogger()
    root.addHandler(recorder)
    yield recorder
    root.removeHandler(recorder)
    if unexpected := recorder.unexpected():
        pytest.fail("unexpected log records:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture
def expect_log(_log_recorder: _Recorder) -> Callable[[str], None]:
    """``expect_log(pattern)``: records of WARNING or above that match ("name LEVEL: message") belong to this test."""

    def expect(pattern: str) -> None:
        _log_recorder.expected.append(re.compile(pattern))

    return expect
