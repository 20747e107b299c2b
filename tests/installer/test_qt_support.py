"""What PySide6 runs of Python is packed as code: it is taken from there, and does what it did."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import shiboken6

from installer.qt_support import compiled_support

# Which files the modules came from, and the sentence that one of them makes of a wrong call.
ASKING = """
import sys
from PySide6.QtCore import QTimer
try:
    QTimer(1, 2, 3)
except TypeError as error:
    print(str(error).splitlines()[0])
print(*sorted({sys.modules[name].__file__ for name in sys.modules if name.startswith("shibokensupport")}), sep="\\n")
"""


def told(**more: str) -> list[str]:
    run = [sys.executable, "-c", ASKING]
    done = subprocess.run(run, env={**os.environ, **more}, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def test_the_packed_code_is_taken_and_says_what_the_text_said(tmp_path):
    packed = tmp_path / "shiboken6"
    shutil.copytree(Path(shiboken6.__file__).parent, packed)
    entries = compiled_support(tmp_path / "work")
    for target, source, kind in entries:
        assert kind == "DATA"
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, tmp_path / target)
    sentence, *files = told(PYTHONPATH=str(tmp_path))
    assert set(files) == {str(tmp_path / target) for target, _, _ in entries}
    before, *texts = told(PYTHONPATH="")
    assert sentence == before
    assert "QTimer" in sentence
    assert len(texts) == len(files)


def test_it_is_the_same_twice(tmp_path):
    made = [compiled_support(tmp_path / name) for name in ("one", "other")]
    one, other = [[(target, Path(source).read_bytes()) for target, source, _ in entries] for entries in made]
    assert one == other
