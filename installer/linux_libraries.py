"""Linux: what is done to the shared libraries of the wheels, so that a package holds nothing twice and nothing in vain.

Entries are PyInstaller's: place in the package, path of the file, kind.
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

Entry = tuple[str, str, str]

_SOURCES: Final = Path(__file__).parent / "linux"
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
# FFmpeg, which reads films: no camera needs it, and a borrower shows none. What it alone asks for goes with it.
_FILMS: Final = ("libavcodec-", "libavformat-", "libavutil-", "libswscale-")
_FILM_FOLLOWERS: Final = tuple(
    f"opencv_python_headless.libs/{name}" for name in ("libswresample-", "libssl-", "libcrypto-", "libdrm-", "libvpx-")
)
# Asked for by OpenCV's own OpenBLAS alone.
_BLAS_FOLLOWERS: Final = ("opencv_python_headless.libs/libgfortran", "opencv_python_headless.libs/libquadmath")


def lean(binaries: Iterable[Entry], work: Path, strip: tuple[str, ...], *, films: bool = True) -> list[Entry]:
    """All of it: the desktop's libraries left to the desktop, symbols stripped, large libraries replaced by small ones.

    Without ``films`` FFmpeg is left out too: OpenCV must then be told not to ask it (``installer/without_films.py``).

    Raises ``subprocess.CalledProcessError`` where compiler or ``strip`` fails.
    """
    unwanted = _BLAS_FOLLOWERS if films else (*_BLAS_FOLLOWERS, *_FILM_FOLLOWERS)
    kept = _asked_for([one for one in binaries if not _left_out(one[0], unwanted)])
    refusing = _CODECS if films else (*_CODECS, *_FILMS)
    return _replaced(_stripped(kept, work / "stripped", strip), work / "replaced", refusing)


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
        **dict.fromkeys(refusing, lambda source, made: _refusing(source, made, binaries)),
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


def _refusing(codec: Path, made: Path, binaries: list[Entry]) -> list[str]:
    """What to compile into a library that answers every call with an error, which whoever asks passes on."""
    there = _symbols(codec, "--defined-only")
    folder = codec.parent.name
    askers = (f"{folder}/", "cv2/cv2.")
    beside = [Path(source) for target, source, _ in binaries if target.startswith(askers) and Path(source) != codec]
    asked = set().union(*(_symbols(path, "--undefined-only") for path in beside)) & there
    lines = [
        "/* Nothing is in here: every call is refused. */",
        *(f"int {name}(void) {{ return 1; }}" for name in sorted(asked)),
    ]
    source, versions = made.with_suffix(".c"), made.with_suffix(".map")
    source.write_text("\n".join(lines) + "\n", encoding="ascii")
    # The names of the versions of its symbols, without which the loader warns at every start.
    listed = subprocess.run(["nm", "-D", "--defined-only", str(codec)], check=True, capture_output=True, text=True)
    named = sorted({line.rpartition("@@")[2] for line in listed.stdout.splitlines() if "@@" in line})
    versions.write_text("".join(f"{one} {{ global: *; }};\n" for one in named[:1]), encoding="ascii")
    return [str(source), *([f"-Wl,--version-script={versions}"] if named else [])]


def _symbols(library: Path, which: str) -> set[str]:
    listed = subprocess.run(["nm", "-D", which, str(library)], check=True, capture_output=True, text=True).stdout
    names = (line.split()[-1].partition("@")[0] for line in listed.splitlines() if line)
    return {name for name in names if re.fullmatch(r"\w+", name)}
