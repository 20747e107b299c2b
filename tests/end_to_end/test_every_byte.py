"""Every byte the program and its lender write during a whole loan, as the system saw it: nothing of the borrower.

``strace`` tells each write of every process, to whichever file, with all its bytes: what is written for a moment and
deleted again, what goes to shared memory, and what a library writes. Sockets and pipes are no files: between the
program and its lender everything is encrypted, and between the lender's two processes it stays in memory.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loanapp.demonstration.identities import find_identity
from tests.end_to_end.planted import found_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(shutil.which("strace") is None, reason="the writes of a process are told by strace"),
]
CALLS = "write,pwrite64,writev,pwritev,pwritev2"
LINE = re.compile(r"\b(?:p?write(?:64)?|p?writev2?)\((\d+)<((?:[^>\\]|\\.)*)>")
BYTES = re.compile(r'"((?:[^"\\]|\\.)*)"')
# A value may be cut in two by two writes to the same place.
KEPT = 256


def writes(trace: Path) -> Iterator[tuple[str, bytes]]:
    """Every write to a file: its path, and its bytes with the end of those before."""
    ends: dict[tuple[str, str], bytes] = {}
    with trace.open(encoding="latin-1") as lines:
        for line in lines:
            found = LINE.search(line)
            if found is None or found[2].startswith(
                ("pipe:", "socket:", "anon_inode:", "UNIX", "TCP", "UDP", "/dev/pts")
            ):
                continue
            content = b"".join(
                part.encode("latin-1").decode("unicode_escape").encode("latin-1") for part in BYTES.findall(line)
            )
            path = found[2].encode("latin-1").decode("unicode_escape").encode("latin-1").decode("utf-8", "replace")
            place = (line.split(" ", 1)[0], path)
            yield path, content
            if place in ends:
                yield path, ends[place] + content[:KEPT]
            ends[place] = content[-KEPT:]


def traced(trace: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-x", "-s", "100000000", "-e", f"trace={CALLS}"]
    return subprocess.run(
        [*strace, "-o", str(trace), *command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=1400,
    )


def test_a_value_that_is_written_and_deleted_at_once_would_be_found(tmp_path):
    """The search itself: in two encodings, in two pieces, in a file that is gone when it is looked for."""
    script = (
        "import os, sys, tempfile\n"
        "value = sys.argv[1]\n"
        "with tempfile.TemporaryFile(dir=sys.argv[2], buffering=0) as file:\n"
        "    file.write(b'a' * 5000 + value.encode('utf-16-le'))\n"
        "    file.write(value.encode()[:4]); file.write(value.encode()[4:])\n"
    )
    ended = traced(tmp_path / "trace", sys.executable, "-c", script, find_identity("approved").name, str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    hits = [path for path, content in writes(tmp_path / "trace") if "name" in found_in(content)]
    assert len(hits) >= 2


def test_nothing_of_the_borrower_is_in_any_byte_that_is_written(tmp_path):
    out, trace = tmp_path / "out", tmp_path / "trace"
    ended = traced(
        trace,
        *(sys.executable, "-m", "ui", "tour", "--out", str(out), "--lang", "zh"),
        QT_QPA_PLATFORM="offscreen",
        TMPDIR=str(tmp_path),
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    found, files, size = set(), set(), 0
    for path, content in writes(trace):
        if path.startswith(str(out)):
            continue  # the pictures and the contract the tour was asked to leave
        files.add(path)
        size += len(content)
        found |= {(path, what) for what in found_in(content)}
    assert len(files) > 30
    assert size > 1_000_000
    assert found == set()
