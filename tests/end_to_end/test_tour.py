"""`loanapp tour`: the real windows, the real lender, one whole loan; its pictures and its contract are checked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from loanapp.commands import main

_WITHIN_S = 200
# Whichever test comes first waits for the tour; and even its refusal loads the whole window's code.
pytestmark = pytest.mark.timeout(_WITHIN_S + 20)


def _tour(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    command = [sys.executable, "-m", "ui", "tour", "--out", str(out), *more]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=_WITHIN_S, check=False
    )


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("tour")
    done = _tour(out, "--lang", "zh")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return out


def test_every_page_leaves_its_picture(left_behind):
    pictures = sorted(path.name for path in left_behind.glob("*.png"))
    assert len(pictures) >= 15
    assert pictures[0] == "01-cost-zh.png"
    for page in (
        "sign-in",
        "terms",
        "identity-document",
        "about-you",
        "permissions",
        "face-consent",
        "face-hint",
        "face-acting",
        "bank-card",
        "check-answers",
        "decision",
        "cost-disclosure",
        "contract",
        "signing",
        "payout",
        "my-loan",
    ):
        assert any(name[3:] == f"{page}-zh.png" for name in pictures), page


def test_no_two_pictures_are_the_same_and_each_fills_the_window(left_behind):
    seen = set()
    for path in left_behind.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.size == (1366, 768), path.name
            seen.add(picture.convert("RGB").tobytes())
    assert len(seen) == len(list(left_behind.glob("*.png")))


def test_the_contract_verifies_with_the_roots_alone(left_behind, capsys):
    assert main(["verify", str(left_behind / "contract.pdf"), "--trust", str(left_behind / "root.pem")]) == 0
    capsys.readouterr()


def test_one_changed_byte_is_refused(left_behind, tmp_path, capsys):
    contract = bytearray((left_behind / "contract.pdf").read_bytes())
    contract[len(contract) // 3] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(contract)
    assert main(["verify", str(changed), "--trust", str(left_behind / "root.pem")]) == 1
    capsys.readouterr()


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    done = _tour(blocked / "below", "--lang", "en")
    assert done.returncode == 2
    assert str(blocked) in done.stderr
    assert "Traceback" not in done.stderr
