"""Pinned requirements: complete, hashed, on every system, with nothing of a machine in them."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("core.txt", "lender.txt", "runtime.txt", "core-development.txt", "development.txt")
PIN = re.compile(r"^([a-z0-9.\-]+)==([^ ;\\]+)")


def read(name):
    return (ROOT / "requirements" / name).read_text(encoding="utf-8")


def pins(name):
    return dict(found.groups() for line in read(name).splitlines() if (found := PIN.match(line)))


def names(lines):
    stripped = (re.sub(r"\s*#.*", "", line) for line in lines)
    return {re.split(r"[ ;=<>\[]", line)[0].lower() for line in stripped if line and not line.startswith("-")}


@pytest.mark.parametrize("name", [*FILES, "bench.txt", "audit.txt"])
def test_every_line_is_a_pin_with_hashes(name):
    blocks = re.sub(r"\\\n\s+", " ", read(name)).splitlines()
    lines = [line for line in blocks if line and not line.lstrip().startswith("#")]
    assert lines
    assert all(PIN.match(line) and "--hash=sha256:" in line for line in lines)


@pytest.mark.parametrize("name", [*FILES, "bench.txt", "audit.txt"])
def test_no_address_and_no_place_of_a_machine(name):
    assert not re.search(r"https?:|file:|--index|--find-links|--extra-index|(^|\s)/", read(name))


def test_the_files_agree_with_each_other():
    everything = pins("development.txt")
    for name in FILES:
        assert pins(name).items() <= everything.items(), name


def test_the_core_has_no_window_and_nobody_has_a_second_qt():
    assert not [name for name in pins("core-development.txt") if name.startswith(("pyside", "pytest-qt", "shiboken"))]
    assert pins("runtime.txt")["pyside6-essentials"] == "6.11.3"
    assert "opencv-python-headless" in pins("core.txt")
    assert pins("bench.txt")["mediapipe"].startswith("1.2.")
    for name in FILES:
        assert "mediapipe" not in pins(name)
        assert not {"opencv-python", "opencv-contrib-python", "pyside6", "pyside6-addons", "keyrings-alt"} & set(
            pins(name)
        )


def test_pyproject_and_requirements_name_the_same_libraries():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert names(project["dependencies"]) == names(read("core.in").splitlines())
    extra = project["optional-dependencies"]["window"]
    assert names(extra) == names(read("runtime.in").splitlines())
    served = project["optional-dependencies"]["served"]
    assert names(served) == names(read("lender.in").splitlines())
    assert not {"alembic", "prometheus-client"} & set(pins("runtime.txt"))  # what is packed
