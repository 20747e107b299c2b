"""The package for Debian and Ubuntu: the frozen folder under /usr/lib, and what menus and software centres read."""

import gzip
import hashlib
import shutil
import subprocess
import textwrap
from datetime import datetime
from pathlib import Path
from typing import Final

from installer.archives import pack_deb, pack_tree
from installer.metadata import Metadata

# The package that carries each library the frozen folder asks the system for (Debian 12's and Ubuntu's names agree, or
# the newer name provides the older).
PACKAGES: Final = {
    "libc.so.6": "libc6 (>= 2.28)",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libcups.so.2": "libcups2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libzstd.so.1": "libzstd1",
}
_OF_LIBC: Final = ("ld-linux", "libdl.", "libm.", "libpthread.", "libresolv.", "librt.")


def asked_of_the_system(folder: Path) -> set[str]:
    """Names of the libraries that the folder needs and does not hold."""
    held, needed = set(), set()
    for path in folder.rglob("*"):
        if path.is_file() and (".so" in path.name or path.name == "loanapp"):
            held.add(path.name)
            listed = subprocess.run(["objdump", "-p", str(path)], check=False, capture_output=True, text=True).stdout
            needed |= {line.split()[1] for line in listed.splitlines() if line.strip().startswith("NEEDED")}
    return needed - held


def dependencies(folder: Path) -> list[str]:
    """The Debian packages for them. Raises ``ValueError`` for a library without a known package."""
    asked = {name for name in asked_of_the_system(folder) if not name.startswith(_OF_LIBC)}
    if unknown := sorted(asked - set(PACKAGES)):
        raise ValueError(f"no Debian package is known for {', '.join(unknown)}")
    return sorted({PACKAGES[name] for name in asked})


def build(frozen: Path, out: Path, *, icons: Path, metadata: Metadata, version: str, made_at: datetime) -> Path:
    """Make ``COMMAND_VERSION_ARCH.deb`` in ``out`` and return its path; COMMAND is the package's name too.

    ``made_at``: the time every file is given, so that two builds of one commit are the same. Raises
    ``subprocess.CalledProcessError`` or ``ValueError``.
    """
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    tree = out / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    name = metadata.command
    library = tree / "usr/lib" / name
    shutil.copytree(frozen, library, symlinks=True)
    for path in library.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755 if path == library / "loanapp" else 0o644)
    _link(tree / "usr/bin" / name, f"../lib/{name}/loanapp")
    _write(tree / "usr/share/applications" / f"{metadata.identifier}.desktop", metadata.desktop_entry())
    _write(tree / "usr/share/metainfo" / f"{metadata.identifier}.metainfo.xml", metadata.metainfo(version, made_at))
    for size in metadata.icon_sizes:
        _copy(icons / f"{size}.png", tree / f"usr/share/icons/hicolor/{size}x{size}/apps/{metadata.identifier}.png")
    _copy(icons / "loanapp.svg", tree / f"usr/share/icons/hicolor/scalable/apps/{metadata.identifier}.svg")
    _compressed(tree / f"usr/share/man/man1/{name}.1.gz", metadata.manual("en", version, made_at))
    _compressed(tree / f"usr/share/man/zh_CN/man1/{name}.1.gz", metadata.manual("zh_CN", version, made_at))
    _write(tree / f"usr/share/doc/{name}/copyright", metadata.copyright())
    _compressed(tree / f"usr/share/doc/{name}/changelog.gz", metadata.debian_changelog(version, made_at))
    _write(tree / f"usr/share/lintian/overrides/{name}", _OVERRIDES.replace("NAME:", f"{name}:"))
    for path in tree.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    control = _control(tree, frozen, metadata, version, architecture)
    data = pack_tree(tree, out / "data.tar.xz", ".", made_at)
    package = pack_deb(out / f"{name}_{version}_{architecture}.deb", control, data, made_at)
    data.unlink()
    shutil.rmtree(tree)
    return package


# Why each is there: a frozen program carries its own libraries, by wheels that were built elsewhere.
_OVERRIDES: Final = """\
# The program brings Python, Qt and OpenCV of the versions it was tested with; Debian's have other versions.
NAME: embedded-library
# Wheels find their libraries by a path relative to themselves; the program must not use the system's other versions.
NAME: custom-library-search-path
# Wheels come stripped by their makers, or break when their linear algebra is stripped.
NAME: unstripped-binary-or-object
# Wheels are linked by their makers' rules.
NAME: hardening-no-fortify-functions
NAME: hardening-no-bindnow
NAME: hardening-no-relro
NAME: shared-library-lacks-prerequisites
NAME: library-not-linked-against-libc
NAME: exit-in-shared-library
# A part of that typeface lies inside, cut to the characters people are called by; the package of the whole is 40 MB.
NAME: duplicate-font-file
# PyInstaller's starter is not linked for any address; what it starts is.
NAME: hardening-no-pie
# What PySide6 would compile at every start, for the Python inside; a Python of the system never reads it.
NAME: package-installs-python-bytecode
# A name in the code of click, whose questions for an editor nobody asks; the code lies plain in the starter.
NAME: missing-depends-on-sensible-utils
# No bug of Debian's is closed by the first package.
NAME: initial-upload-closes-no-bugs
"""


def _control(tree: Path, frozen: Path, metadata: Metadata, version: str, architecture: str) -> dict[str, bytes]:
    """The control file and the checksums of everything."""
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    kilobytes = sum(-(-path.stat().st_size // 1024) for path in files)
    words = metadata.texts["en"]
    description = "\n .\n".join(textwrap.indent(textwrap.fill(one, 78), " ") for one in words.description)
    control = (
        f"Package: {metadata.command}\n"
        f"Version: {version}\n"
        f"Architecture: {architecture}\n"
        f"Maintainer: {metadata.publisher} <{metadata.contact}>\n"
        f"Installed-Size: {kilobytes}\n"
        f"Depends: {', '.join(dependencies(frozen))}\n"
        "Recommends: gnome-keyring | kwalletmanager, xdg-desktop-portal\n"
        "Section: misc\n"
        "Priority: optional\n"
        f"Description: {words.summary[0].lower()}{words.summary[1:]}\n"
        f"{description}\n"
    )
    sums = "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(tree)}\n"
        for path in files
    )
    return {"control": control.encode(), "md5sums": sums.encode()}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def _compressed(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    path.chmod(0o644)


def _copy(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
    path.chmod(0o644)


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
