"""Linux: what is done to the shared libraries of the wheels, so that a package holds nothing twice and nothing in vain.

Entries are PyInstaller's: place in the package, path of the file, kind.
"""

import re
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

Entry = tuple[str, str, str]

_SOURCES: Final = Path(__file__).parent / "linux"
# An OpenType file begins with either; the second part is the number of its tables' first byte.
_TYPEFACES: Final = (b"OTTO\0", b"\0\1\0\0\0")
_HEAD_MAGIC: Final = b"\x5f\x0f\x3c\xf5"
_COMPILE: Final = ("cc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-s")
# Every desktop has them, in the version its own themes, fonts and input methods were built with; the package for Debian
# asks for them by name.
_THE_DESKTOPS: Final = (
    *(
        "libX11.",
        "libX11-xcb.",
        "libdbus-1.",
        "libsystemd.",
        "libgcrypt.",
        "libgpg-error.",
        "libglib-2.0.",
        "libgthread-2.0.",
    ),
    *(
        "libpcre2-8.",
        "libfontconfig.",
        "libfreetype.",
        "libexpat.",
        "libkrb5",
        "libgssapi_krb5.",
        "libk5crypto.",
        "libkeyutils.",
    ),
    *("libcap.", "liblz4.", "libzstd.", "libbrotli", "libpng16.", "libbsd.", "libmd.", "libGL.", "libEGL."),
    # Printing, with a TLS, an Avahi and a Kerberos of its own behind it.
    "libcups.",
)
# Encoders and decoders that no camera and no borrower's film needs here: H.264, JPEG and raw pictures stay.
_CODECS: Final = ("libaom-", "libvpx-")
# PostgreSQL, which the workflow's package insists on loading: the embedded lender keeps its books in SQLite.
_DATABASES: Final = ("libpq-",)
_DATABASE_FOLLOWERS: Final = tuple(
    f"psycopg_binary.libs/lib{name}"
    for name in ("com_err-", "crypt", "gssapi_krb5-", "k", "lber-", "ldap-", "sasl2-", "ssl-")
)
# TLS of its own for films from the network, years old: films are files here.
_TLS: Final = ("libssl-", "libcrypto-")
# FFmpeg, which reads films: no camera needs it, and a borrower shows none. What it alone asks for goes with it.
_FILMS: Final = ("libavcodec-", "libavformat-", "libavutil-", "libswscale-")
_FILM_FOLLOWERS: Final = tuple(
    f"opencv_python_headless.libs/{name}" for name in ("libswresample-", "libssl-", "libcrypto-", "libdrm-", "libvpx-")
)
# TLS and PostgreSQL say 0 where something failed, all the others anything else.
_FAILED: Final = dict.fromkeys((*_TLS, *_DATABASES), 0)
# The one library with typefaces in it, twice over, which are not asked for (loanapp.proof.typesetting).
_FULL_OF_TYPEFACES: Final = "typst/_typst."
# Asked for by OpenCV's own OpenBLAS alone.
_BLAS_FOLLOWERS: Final = ("opencv_python_headless.libs/libgfortran", "opencv_python_headless.libs/libquadmath")


def lean(binaries: Iterable[Entry], work: Path, strip: tuple[str, ...], *, films: bool = True) -> list[Entry]:
    """All of it: the desktop's libraries left to the desktop, symbols stripped, large libraries replaced by small ones.

    Without ``films`` FFmpeg is left out too: OpenCV must then be told not to ask it (``installer/without_films.py``).

    Raises ``subprocess.CalledProcessError`` where compiler or ``strip`` fails.
    """
    unwanted = (*_BLAS_FOLLOWERS, *_DATABASE_FOLLOWERS, *(() if films else _FILM_FOLLOWERS))
    kept = _asked_for([one for one in binaries if not _left_out(one[0], unwanted)])
    refusing = (*_CODECS, *_DATABASES, *(_TLS if films else _FILMS))
    slim = _without_typefaces(_stripped(kept, work / "stripped", strip), work / "typefaces")
    return _replaced(slim, work / "replaced", refusing)


def _left_out(target: str, unwanted: tuple[str, ...]) -> bool:
    return ("/" not in target and target.startswith(_THE_DESKTOPS)) or target.startswith(unwanted)


def _asked_for(binaries: list[Entry]) -> list[Entry]:
    """Without the libraries of the system that only a plug-in left out asked for."""
    libraries = {target: source for target, source, _ in binaries if "/" not in target and ".so." in target}
    reached = {target for target in libraries if target.startswith("libpython")}
    sources = [source for target, source, _ in binaries if target not in libraries or target in reached]
    while sources:
        found = {name for name in _needed(sources.pop()) if name in libraries} - reached
        reached |= found
        sources += [libraries[name] for name in found]
    return [one for one in binaries if one[0] not in libraries or one[0] in reached]


def _needed(library: str) -> list[str]:
    """The names of the libraries a file asks for by itself."""
    listed = subprocess.run(["objdump", "-p", library], check=False, capture_output=True, text=True).stdout
    return [line.split()[1] for line in listed.splitlines() if line.strip().startswith("NEEDED")]


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _stripped(binaries: list[Entry], folder: Path, strip: tuple[str, ...]) -> list[Entry]:
    """NumPy's OpenBLAS would not survive it, so only what is named."""
    _fresh(folder)
    done: list[Entry] = []
    for target, source, kind in binaries:
        path = source
        if any(part in target for part in strip) and kind != "SYMLINK":
            copy = folder / target
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            subprocess.run(["strip", "--strip-unneeded", str(copy)], check=True)
            path = str(copy)
        done.append((target, path, kind))
    return done


def _without_typefaces(binaries: list[Entry], folder: Path) -> list[Entry]:
    _fresh(folder)
    done: list[Entry] = []
    for target, source, kind in binaries:
        path = source
        if target.startswith(_FULL_OF_TYPEFACES):
            path = str(folder / Path(target).name)
            Path(path).write_bytes(without_typefaces(Path(source).read_bytes()))
        done.append((target, path, kind))
    return done


def without_typefaces(library: bytes) -> bytes:
    """A library's content with nothing but zeros where whole OpenType files lie in it; its length stays."""
    content, found = bytearray(library), -1
    for magic in _TYPEFACES:
        while (found := library.find(magic, found + 1)) >= 0:
            length = _typeface_length(library, found)
            content[found : found + length] = bytes(length)
    return bytes(content)


def _typeface_length(content: bytes, start: int) -> int:
    """Of the OpenType file that begins at ``start``; 0 where none does. Every one has a ``head`` with this number."""
    count, end, whole = int.from_bytes(content[start + 4 : start + 6], "big"), 0, False
    if start + 12 + 16 * count > len(content):
        return 0
    for row in range(start + 12, start + 12 + 16 * count, 16):
        tag, _, offset, length = struct.unpack_from(">4sIII", content, row)
        end = max(end, offset + length)
        whole = whole or (tag == b"head" and content[start + offset + 12 : start + offset + 16] == _HEAD_MAGIC)
    return end if whole and start + end <= len(content) else 0


def _replaced(binaries: list[Entry], folder: Path, refusing: tuple[str, ...]) -> list[Entry]:
    _fresh(folder)
    numpys = next(Path(source) for target, source, _ in binaries if "libscipy_openblas64" in target)
    makers: dict[str, Callable[[Path, Path], list[str]]] = {
        "libicudata.so.": lambda _source, made: [
            f"-DICU_ENTRY_POINT=icudt{made.name.rpartition('.')[2]}_dat",
            str(_SOURCES / "icu_data.c"),
        ],
        "libopenblasp": lambda _source, _made: [
            str(_SOURCES / "one_openblas.c"),
            *(f"-L{numpys.parent}", f"-l:{numpys.name}", "-Wl,-rpath,$ORIGIN/../numpy.libs"),
        ],
        **{name: _refuser(binaries, _FAILED.get(name, 1)) for name in refusing},
    }
    done: list[Entry] = []
    for target, source, kind in binaries:
        made = folder / Path(target).name
        maker = next((make for start, make in makers.items() if made.name.startswith(start)), None)
        if maker is None or kind == "SYMLINK":
            done.append((target, source, kind))
            continue
        subprocess.run([*_COMPILE, "-o", str(made), *maker(Path(source), made), f"-Wl,-soname,{made.name}"], check=True)
        done.append((target, str(made), kind))
    return done


def _refuser(binaries: list[Entry], answer: int) -> Callable[[Path, Path], list[str]]:
    return lambda source, made: _refusing(source, made, binaries, answer)


def _refusing(library: Path, made: Path, binaries: list[Entry], answer: int) -> list[str]:
    """What to compile into a library that answers every call with an error, which whoever asks passes on."""
    versions = _defined(library)
    askers = (f"{library.parent.name}/", "cv2/cv2.", "psycopg_binary/")
    beside = [Path(source) for target, source, _ in binaries if target.startswith(askers) and Path(source) != library]
    asked = sorted(set().union(*(_asked(path) for path in beside)) & set(versions))
    lines = [
        "/* Nothing is in here: every call is refused. */",
        *(f"int {name}(void) {{ return {answer}; }}" for name in asked),
    ]
    source, script = made.with_suffix(".c"), made.with_suffix(".map")
    source.write_text("\n".join(lines) + "\n", encoding="ascii")
    # Each under the version it had: whoever was linked against a version finds it under that one alone.
    named = sorted({versions[name] for name in asked} - {""})
    nodes = {one: " ".join(f"{name};" for name in asked if versions[name] == one) for one in named}
    script.write_text("".join(f"{one} {{ global: {names} }};\n" for one, names in nodes.items()), encoding="ascii")
    return [str(source), *([f"-Wl,--version-script={script}"] if named else [])]


def _defined(library: Path) -> dict[str, str]:
    """The names that a library has, each with the version it stands under, which is empty where there is none."""
    names = (name.partition("@") for name in _listed(library, "--defined-only"))
    return {name: version.lstrip("@") for name, _, version in names if re.fullmatch(r"\w+", name)}


def _asked(library: Path) -> set[str]:
    """The names that a library asks others for."""
    return {name.partition("@")[0] for name in _listed(library, "--undefined-only")}


def _listed(library: Path, which: str) -> list[str]:
    listed = subprocess.run(["nm", "-D", which, str(library)], check=True, capture_output=True, text=True).stdout
    return [line.split()[-1] for line in listed.splitlines() if line]
