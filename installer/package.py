"""From a checkout to files a borrower can install: ``python -m installer.package [--profile FILE]``; see dev.py."""

import argparse
import getpass
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from installer import debian
from installer.archives import QUICK, pack_tree
from installer.comparison import differences, unexpected
from installer.icons import make_icons
from installer.lender import branded, lay_out, open_key
from installer.macos import ENTITLEMENTS, dmg_recipe
from installer.metadata import Metadata, read_metadata
from installer.parts import version_of
from installer.sums import write_sums
from installer.verify import VerifyError, verify
from installer.windows import inno_script, write_resources
from loanapp.client.installed_profile import ProfileError
from loanapp.proof.file_manifest import fingerprint_of, write_manifest

ROOT = Path(__file__).resolve().parents[1]
# Of each build the folder and the .deb, in millions of bytes.
LARGEST = {"demonstration": (480, 150), "lender": (300, 100)}
PUBLISHERS = ROOT / "resources" / "profiles" / "publishers.toml"


def main() -> int:
    """Freeze, then make what this system's borrowers install; print each file with its size."""
    parser = argparse.ArgumentParser(prog="python -m installer.package", description=__doc__)
    parser.add_argument(
        "--profile", type=Path, metavar="FILE", help="a lender's signed profile: make that lender's program"
    )
    parser.add_argument("--publishers", type=Path, metavar="FILE", default=PUBLISHERS, help="whose signature counts")
    parser.add_argument(
        "--sign", type=Path, metavar="KEY", help="sign every packed file and the downloads with this publisher's key"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--verify", action="store_true", help="try the .deb on a bare Debian; needs root")
    parser.add_argument("--compare", action="store_true", help="freeze twice and hold one against the other")
    parser.add_argument("--folder-only", action="store_true", help="no .deb and no .tar.xz")
    chosen = parser.parse_args()
    out, version, made_at = chosen.out.resolve(), version_of(ROOT), committed_at()
    key = open_key(chosen.sign, getpass.getpass("Passphrase of the key: ").encode()) if chosen.sign else None
    metadata, build, laid_out = read_metadata(), "demonstration", None
    if chosen.profile is not None:
        build, laid_out = "lender", ROOT / "build" / "profile"
        try:
            metadata = branded(metadata, lay_out(chosen.profile, chosen.publishers, laid_out))
        except ProfileError as error:
            sys.exit(f"The profile cannot be packed: {error}.")
    icons = ROOT / "build" / "icons"
    drawings = [
        folder / "application" / "loanapp.svg" for folder in (laid_out, ROOT / "resources") if folder is not None
    ]
    make_icons(next(drawing for drawing in drawings if drawing.is_file()), icons)
    write_resources(ROOT / "build" / "windows", metadata, version)
    freeze(build, out, made_at, laid_out)
    frozen = out / "loanapp"
    if chosen.compare:
        compare_with_another(build, frozen, made_at, laid_out)
    if key is not None:
        write_manifest(frozen, version, made_at, key)
        print(f"Fingerprint, to be told by the lender: {fingerprint_of(frozen)}")
    print(f"{megabytes(frozen):7.1f} MB  {frozen}")
    for name, size in largest_parts(frozen):
        print(f"{size:7.1f} MB    {name}")
    write_recipes(out, metadata, version)
    if chosen.folder_only or not sys.platform.startswith("linux"):
        return 0
    # Whoever has no Debian unpacks it anywhere and starts ``loanapp``.
    named = f"{metadata.command}-{version}"
    downloads = (
        debian.build(frozen, out, icons=icons, metadata=metadata, version=version, made_at=made_at),
        pack_tree(frozen, out / f"{named}-{os.uname().machine}.tar.xz", named, made_at, QUICK),
    )
    for made in (*downloads, *(write_sums(downloads, out, key) if key is not None else ())):
        print(f"{made.stat().st_size / 1e6:7.1f} MB  {made}")
    hold_to_limits(build, megabytes(frozen), downloads[0].stat().st_size / 1e6)
    if chosen.verify:
        try:
            verify(downloads[0], ROOT / "build" / "verify", tour=build == "demonstration")
        except VerifyError as error:
            sys.exit(f"The package does not hold: {error}")
    return 0


def write_recipes(out: Path, metadata: Metadata, version: str) -> None:
    """For systems whose own tools make the installer: to be started there, beside the folder frozen there."""
    for name, text in (
        ("loanapp.iss", inno_script(metadata, version)),
        ("make-dmg.sh", dmg_recipe(metadata, version)),
        ("entitlements.plist", ENTITLEMENTS),
    ):
        (out / name).write_text(text, encoding="utf-8-sig" if name.endswith(".iss") else "utf-8")


def committed_at() -> datetime:
    """When the last commit was made: the one time a package knows, so that building twice makes the same."""
    asked = os.environ.get("SOURCE_DATE_EPOCH")
    if asked is None:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        asked = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return datetime.fromtimestamp(int(asked), UTC)


def freeze(build: str, out: Path, made_at: datetime, profile: Path | None = None) -> None:
    """PyInstaller by ``build.spec``; ``profile`` is a lender's, laid out. Raises ``subprocess.CalledProcessError``."""
    environment = {
        **os.environ,
        "LOANAPP_BUILD": build,
        "LOANAPP_PROFILE": str(profile or ""),
        "SOURCE_DATE_EPOCH": str(int(made_at.timestamp())),
        "PYTHONHASHSEED": "1",
        # The demonstration has room in its folder, not in its .deb: xz makes of plain code half of what zlib does.
        **({"PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0"} if build == "demonstration" else {}),
    }
    work = ROOT / "build" / build
    # What an earlier build left would be taken for this one's where only the way of making it has changed.
    shutil.rmtree(work, ignore_errors=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", str(out)]
    command += ["--workpath", str(work), str(ROOT / "build.spec")]
    subprocess.run(command, check=True, cwd=ROOT, env=environment)
    # PyInstaller links to libraries by name before they are left out.
    for link in (out / "loanapp").rglob("*"):
        if link.is_symlink() and not link.exists():
            link.unlink()


def compare_with_another(build: str, frozen: Path, made_at: datetime, profile: Path | None) -> None:
    """Freeze once more from nothing, and end with the names of the files that differ where they should not."""
    again = ROOT / "build" / "again"
    shutil.rmtree(again, ignore_errors=True)
    freeze(build, again, made_at, profile)
    places = differences(frozen, again / "loanapp")
    if wrong := unexpected(places):
        sys.exit(f"Two builds differ in {len(wrong)} files: {', '.join(wrong[:20])}")
    print(f"Two builds are the same but for {len(places)} files that may differ")
    shutil.rmtree(again)


def hold_to_limits(build: str, folder: float, package: float) -> None:
    """End where a frozen folder or a .deb, in millions of bytes, is larger than borrowers were promised."""
    folder_limit, package_limit = LARGEST[build]
    if folder > folder_limit or package > package_limit:
        sys.exit(f"{folder:.1f} MB and a .deb of {package:.1f} MB are more than {folder_limit} and {package_limit} MB")


def largest_parts(frozen: Path, count: int = 10) -> list[tuple[str, float]]:
    """What a frozen folder is made of, largest first, in millions of bytes; the starter holds all code in Python."""
    sizes = {
        path.name: megabytes(path) if path.is_dir() else path.stat().st_size / 1e6
        for path in (*(frozen / "_internal").iterdir(), *(one for one in frozen.iterdir() if one.is_file()))
        if not path.is_symlink()
    }
    return sorted(sizes.items(), key=lambda part: -part[1])[:count]


def megabytes(folder: Path) -> float:
    """The sum of the sizes of its files, in millions of bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


if __name__ == "__main__":
    if shutil.which("objdump") is None:
        sys.exit("objdump is missing: install binutils")
    sys.exit(main())
