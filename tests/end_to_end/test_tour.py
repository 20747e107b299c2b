"""`loanapp tour`: the real windows, the real lender, one whole loan; its pictures and its contract are checked."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from loanapp.commands import main
from tests.end_to_end.planted import found_in

_WITHIN_S = 300
LANGUAGE = {"mouse": "en", "keys": "zh"}
# Whichever test comes first waits for the tour; and even its refusal loads the whole window's code.
pytestmark = pytest.mark.timeout(_WITHIN_S + 20)


def _tour(out: Path, *more: str, temporary: Path | None = None, titles: Path | None = None) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    if temporary is not None:
        environment["TMPDIR"] = str(temporary)  # the home of program and lender is made in it
    program = ["ui", "tour"] if titles is None else ["tests.end_to_end.titled_tour", str(titles)]
    command = [sys.executable, "-m", *program, "--out", str(out), *more]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def _ended(tour: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """How a tour ended: code and what it wrote."""
    with tour:
        try:
            said, complained = tour.communicate(timeout=_WITHIN_S)
        finally:
            tour.kill()
    return tour.returncode, said, complained


class Written:
    """Every file under a folder, read as soon as it has changed, and what of the borrower stands in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: dict[Path, tuple[int, int]] = {}
        self.found: set[str] = set()
        self.files = 0
        self.latest = time.monotonic() + _WITHIN_S

    def look(self) -> None:
        for path in self.folder.rglob("*"):
            with contextlib.suppress(OSError):  # gone, or replaced, between the look and the reading
                state = path.stat()
                now = state.st_mtime_ns, state.st_size
                if path.is_file() and self.seen.get(path) != now:
                    self.seen[path] = now
                    self.read(path.name, path.read_bytes())

    def read(self, name: str, content: bytes) -> None:
        self.files += 1
        self.found |= {f"{name}: {what}" for what in found_in(content)}


@pytest.fixture(scope="module", params=["mouse", "keys"])
def left_behind(request, both) -> Path:
    """What a tour left, by mouse and keyboard, and by keys alone."""
    return both[request.param]


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> dict[str, Path]:
    """Two tours side by side: most of their time they wait for reading and acting to take theirs.

    The mouse goes through English: its texts are higher, and what had to be pressed has been out of sight there.
    """
    out = {name: tmp_path_factory.mktemp(name) for name in LANGUAGE}
    watched = tmp_path_factory.mktemp("watched")
    tours = [
        _tour(out["mouse"], "--lang", LANGUAGE["mouse"], temporary=watched, titles=out["mouse"] / "titles.txt"),
        _tour(out["keys"], "--lang", LANGUAGE["keys"], "--keyboard"),
    ]
    written = Written(watched)
    while tours[0].poll() is None and time.monotonic() < written.latest:
        written.look()
        time.sleep(0.2)
    for code, said, complained in [_ended(tour) for tour in tours]:
        assert code == 0, f"{said}\n{complained}"
        written.read("what it logged", complained.encode())  # what it says to its caller names the test identity
    (out["mouse"] / "in-the-clear.txt").write_text("\n".join(sorted(written.found)), encoding="utf-8")
    (out["mouse"] / "files-read.txt").write_text(str(written.files), encoding="utf-8")
    return out


def test_nothing_of_the_borrower_lies_in_the_clear_while_it_runs(both):
    """Home, lender, vault, logs and temporary files, looked at again and again during the whole loan."""
    assert int((both["mouse"] / "files-read.txt").read_text("utf-8")) > 50
    assert (both["mouse"] / "in-the-clear.txt").read_text("utf-8") == ""


def test_no_window_title_names_the_borrower(both):
    """Titles stand in the list of open windows and in screenshots; every one of the whole loan was taken down."""
    titles = (both["mouse"] / "titles.txt").read_bytes()
    assert len(set(titles.splitlines())) > 12
    assert found_in(titles) == set()
    assert not any(character.isdigit() for character in titles.decode("utf-8"))  # nor an amount


def test_every_page_leaves_its_picture(left_behind):
    pictures = sorted(path.name for path in left_behind.glob("*.png"))
    language = LANGUAGE["keys" if (left_behind / "01-cost-zh.png").exists() else "mouse"]
    assert len(pictures) >= 15
    assert pictures[0] == f"01-cost-{language}.png"
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
        assert any(name[3:] == f"{page}-{language}.png" for name in pictures), page


def test_the_whole_way_is_gone_by_keys_alone(both):
    """The tour of the keys ends at the first press of a mouse; it leaves every picture the other one leaves."""
    names = {how: sorted(path.stem[:-3] for path in out.glob("*.png")) for how, out in both.items()}
    assert names["keys"] == names["mouse"]


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
    code, _, complained = _ended(_tour(blocked / "below", "--lang", "en"))
    assert code == 2
    assert str(blocked) in complained
    assert "Traceback" not in complained
