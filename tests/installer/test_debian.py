"""The Debian package of a small frozen folder: dpkg reads it, everything is in its place, twice the same bytes."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installer import debian
from installer.archives import pack_tree
from installer.lender import branded, read_profile
from installer.metadata import read_metadata
from tests.installer.lenders import ICON, make_lender

MADE_AT = datetime(2026, 11, 26, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or any(shutil.which(tool) is None for tool in ("dpkg-deb", "objdump", "xz")),
    reason="packages for Debian are made with dpkg, binutils and xz, which are not here",
)


@pytest.fixture
def frozen(tmp_path) -> Path:
    folder = tmp_path / "loanapp"
    (folder / "_internal" / "部件").mkdir(parents=True)
    shutil.copyfile("/bin/true", folder / "loanapp")
    (folder / "_internal" / "words.txt").write_text("词\n" * 5000, encoding="utf-8")
    (folder / "_internal" / "support.pyc").write_bytes(b"code for the Python inside")
    # Code in Python lies plain behind the starter, and some of it names this.
    with (folder / "loanapp").open("ab") as starter:
        starter.write(b"\0sensible-editor\0")
    (folder / "_internal" / "link.txt").symlink_to("words.txt")
    return folder


def build(frozen: Path, out: Path, metadata=None) -> Path:
    icons = out / "icons"
    icons.mkdir(parents=True)
    metadata = metadata or read_metadata()
    for name in (*(f"{size}.png" for size in metadata.icon_sizes), "loanapp.svg"):
        (icons / name).write_text(ICON, encoding="utf-8")
    return debian.build(frozen, out, icons=icons, metadata=metadata, version="1.2.3", made_at=MADE_AT)


def said_by(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_dpkg_reads_it_and_everything_is_in_its_place(frozen, tmp_path):
    package = build(frozen, tmp_path / "out")
    assert package.name.startswith("loanapp_1.2.3_")
    assert said_by("dpkg-deb", "--field", str(package), "Package", "Version").split() == [
        *("Package:", "loanapp"),
        *("Version:", "1.2.3"),
    ]
    assert "libc6" in said_by("dpkg-deb", "--field", str(package), "Depends")
    subprocess.run(["dpkg-deb", "--extract", str(package), str(tmp_path / "tree")], check=True)
    tree = tmp_path / "tree"
    assert (tree / "usr/lib/loanapp/loanapp").stat().st_mode & 0o777 == 0o755
    assert (tree / "usr/lib/loanapp/_internal/words.txt").stat().st_mode & 0o777 == 0o644
    assert (tree / "usr/lib/loanapp/_internal/link.txt").is_symlink()
    assert (tree / "usr/bin/loanapp").resolve() == tree / "usr/lib/loanapp/loanapp"
    name = read_metadata().identifier
    for place in (
        *(f"usr/share/applications/{name}.desktop", f"usr/share/metainfo/{name}.metainfo.xml"),
        *(f"usr/share/icons/hicolor/256x256/apps/{name}.png", f"usr/share/icons/hicolor/scalable/apps/{name}.svg"),
        *("usr/share/man/man1/loanapp.1.gz", "usr/share/man/zh_CN/man1/loanapp.1.gz"),
        *("usr/share/doc/loanapp/copyright", "usr/share/lintian/overrides/loanapp"),
    ):
        assert (tree / place).is_file(), place
    (tmp_path / "control").mkdir()
    subprocess.run(["dpkg-deb", "--control", str(package), str(tmp_path / "control")], check=True)
    sums = (tmp_path / "control" / "md5sums").read_text(encoding="utf-8")
    subprocess.run(["md5sum", "--check", "--quiet"], input=sums, text=True, cwd=tree, check=True)


def test_two_builds_are_the_same_bytes(frozen, tmp_path):
    first, second = (build(frozen, tmp_path / name) for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_a_lenders_package_lives_beside_ours(frozen, tmp_path):
    profile, publishers = make_lender(tmp_path / "own")
    package = build(frozen, tmp_path / "out", branded(read_metadata(), read_profile(profile, publishers)))
    ours = build(frozen, tmp_path / "ours")
    files = []
    for one in (package, ours):
        listed = said_by("dpkg-deb", "--contents", str(one)).splitlines()
        files.append({line.split()[5] for line in listed if not line.startswith("d")})
    assert files[0]
    assert not files[0] & files[1]


@pytest.mark.skipif(shutil.which("lintian") is None, reason="Debian's own critic is not installed here")
def test_debians_critic_has_nothing_to_say_about_what_is_around_the_folder(frozen, tmp_path):
    said = subprocess.run(
        ["lintian", "--fail-on", "none", str(build(frozen, tmp_path / "out"))],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    # Overrides for a whole program do not all apply to a small one; the icons are drawings in pictures' place.
    spoken = [line for line in said.splitlines() if line.startswith(("E:", "W:")) and "_internal" not in line]
    assert spoken == []
    # What a whole program has and this one was given.
    assert "package-installs-python-bytecode" not in said
    assert "missing-depends-on-sensible-utils" not in said


def test_an_archive_holds_nothing_of_who_made_it(frozen, tmp_path):
    made = pack_tree(frozen, tmp_path / "x.tar.xz", "loanapp-1", MADE_AT)
    listed = said_by("tar", "--verbose", "--numeric-owner", "-tf", str(made)).splitlines()
    assert {line.split()[1] for line in listed} == {"0/0"}
    assert all("2026-11-2" in line for line in listed)
