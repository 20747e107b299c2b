"""From a checkout to files a borrower can install: ``python -m installer.package [--build lender]``; see dev.py."""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

from installer import debian
from installer.icons import make_icons
from installer.metadata import read_metadata
from installer.parts import BUILDS, version_of

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Freeze, then make what this system's borrowers install; print each file with its size."""
    parser = argparse.ArgumentParser(prog="python -m installer.package", description=__doc__)
    parser.add_argument("--build", choices=BUILDS, default="demonstration")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--folder-only", action="store_true", help="no .deb and no .tar.xz")
    chosen = parser.parse_args()
    out, version, made_at = chosen.out.resolve(), version_of(ROOT), committed_at()
    icons = ROOT / "build" / "icons"
    make_icons(ROOT / "resources" / "application" / "loanapp.svg", icons)
    freeze(chosen.build, out, made_at)
    frozen = out / "loanapp"
    print(f"{megabytes(frozen):7.1f} MB  {frozen}")
    if chosen.folder_only or not sys.platform.startswith("linux"):
        return 0
    for made in (
        debian.build(frozen, out, icons=icons, metadata=read_metadata(), version=version, made_at=made_at),
        portable(frozen, out, version, made_at),
    ):
        print(f"{made.stat().st_size / 1e6:7.1f} MB  {made}")
    return 0


def committed_at() -> datetime:
    """When the last commit was made: the one time a package knows, so that building twice makes the same."""
    asked = os.environ.get("SOURCE_DATE_EPOCH")
    if asked is None:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        asked = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return datetime.fromtimestamp(int(asked), UTC)


def freeze(build: str, out: Path, made_at: datetime) -> None:
    """PyInstaller by ``build.spec``. Raises ``subprocess.CalledProcessError``."""
    environment = {
        **os.environ,
        "LOANAPP_BUILD": build,
        "SOURCE_DATE_EPOCH": str(int(made_at.timestamp())),
        "PYTHONHASHSEED": "1",
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", str(out)]
    command += ["--workpath", str(ROOT / "build" / build), str(ROOT / "build.spec")]
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def portable(frozen: Path, out: Path, version: str, made_at: datetime) -> Path:
    """The folder as one archive for systems without Debian's packages; unpack it anywhere and start ``loanapp``."""
    path = out / f"loanapp-{version}-{os.uname().machine}.tar.xz"

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = int(made_at.timestamp())
        return member

    plain_tar = path.with_suffix("")
    with tarfile.open(plain_tar, "w") as archive:
        for one in [frozen, *sorted(frozen.rglob("*"))]:
            archive.add(one, f"loanapp-{version}/{one.relative_to(frozen)}", recursive=False, filter=plain)
    # One thread: with more the result depends on how many there were.
    subprocess.run(["xz", "-1", "--force", "--threads=1", str(plain_tar)], check=True)
    return path


def megabytes(folder: Path) -> float:
    """The sum of the sizes of its files, in millions of bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


if __name__ == "__main__":
    if shutil.which("objdump") is None:
        sys.exit("objdump is missing: install binutils")
    sys.exit(main())
