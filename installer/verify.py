"""The package tried as a borrower would: installed on a bare Debian, opened by its menu entry, walked, removed again.

The Debian is debootstrap's smallest, in a folder: no Python, no fonts, nobody else's libraries. Needs root, debootstrap
and Xvfb: ``python3 dev.py package --verify``; docs/packaging.md says what was seen.
"""

import configparser
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

_MIRROR: Final = "http://deb.debian.org/debian"
_RELEASE: Final = "bookworm"
_PERSON: Final = "borrower"
_SCREEN: Final = "1366x768x24"
_OPENS_WITHIN_S: Final = 60
_WALKS_WITHIN_S: Final = 900
# What the package manager keeps of anything it ever did, and what the person owns.
_NOT_REMAINS: Final = ("var/log/", "var/cache/", "var/lib/apt/", "var/lib/dpkg/", "home/", "tmp/", "proc/", "dev/")


class VerifyError(Exception):
    """What a borrower would have met."""


def verify(package: Path, work: Path, *, tour: bool) -> None:
    """Do all of it; pictures go to ``work/pictures``. Raises :class:`VerifyError` at the first thing that is wrong."""
    for tool in ("debootstrap", "Xvfb", "chroot"):
        if shutil.which(tool) is None:
            raise VerifyError(f"{tool} is missing: apt-get install debootstrap xvfb")
    if os.geteuid() != 0:
        raise VerifyError("only root may make the bare Debian")
    root, pictures = _bare_debian(work), work / "pictures"
    pictures.mkdir(exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_mounted(root))
        display = stack.enter_context(_screen())
        before = _files(root)
        _install(root, package)
        entry = _menu_entry(root)
        _open_by_menu(root, entry, display, pictures / "opened.png")
        if tour:
            _walk(root, entry, display, pictures)
        _remove(root, entry.stem_of_package, before)
    say(f"removed without remains; pictures are in {pictures}")


class _Entry:
    """The menu entry of the installed package."""

    def __init__(self, file: Path) -> None:
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(file, encoding="utf-8")
        self.words = parser["Desktop Entry"]
        self.command = shlex.split(self.words["Exec"])
        self.stem_of_package = Path(self.command[0]).name


def say(sentence: str) -> None:
    """Tell how far it is."""
    print(f"verify: {sentence}", flush=True)


def _bare_debian(work: Path) -> Path:
    base, root = work / "base", work / "root"
    work.mkdir(parents=True, exist_ok=True)
    if not (base / "etc/debian_version").is_file():
        say("making the smallest Debian (once)")
        _run(["debootstrap", "--variant=minbase", _RELEASE, str(base), _MIRROR])
    subprocess.run(["rm", "-rf", str(root)], check=True)
    _run(["cp", "-a", str(base), str(root)])
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
    # Every computer that was started once has one; D-Bus ends whoever asks without.
    (root / "etc/machine-id").write_text(f"{uuid.uuid4().hex}\n", encoding="ascii")
    _run(["chroot", str(root), "useradd", "--create-home", _PERSON])
    _run(["chroot", str(root), "apt-get", "update", "-qq"])
    return root


@contextmanager
def _mounted(root: Path) -> Iterator[None]:
    places = ("proc", "dev")
    for place in places:
        _run(["mount", "--bind", f"/{place}", str(root / place)])
    try:
        yield
    finally:
        for place in reversed(places):
            subprocess.run(["umount", "--lazy", str(root / place)], check=False)


@contextmanager
def _screen() -> Iterator[str]:
    """A virtual screen, reached by its abstract socket, which a folder does not hide."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", _SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def _install(root: Path, package: Path) -> None:
    shutil.copyfile(package, root / "package.deb")
    _run(_inside(root, ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "/package.deb"]))
    (root / "package.deb").unlink()
    if shutil.which("python3", path=str(root / "usr/bin")) is not None:
        raise VerifyError("the package brought a Python of the system with it")
    # Its own libraries ask for fontconfig, and fontconfig for some font: the program has to do without.
    shutil.rmtree(root / "usr/share/fonts", ignore_errors=True)
    say("installed on a bare Debian without Python and without fonts")


def _menu_entry(root: Path) -> _Entry:
    (file,) = (root / "usr/share/applications").glob("*.desktop")
    entry = _Entry(file)
    for name in ("Name", "Name[zh_CN]", "Comment", "Comment[zh_CN]", "Icon"):
        if not entry.words.get(name):
            raise VerifyError(f"the menu entry has no {name}")
    if not list((root / "usr/share/icons/hicolor").rglob(f"{entry.words['Icon']}.svg")):
        raise VerifyError("the icon of the menu entry is not there")
    return entry


def _open_by_menu(root: Path, entry: _Entry, display: str, picture: Path) -> None:
    said = picture.with_suffix(".txt")
    with said.open("w", encoding="utf-8") as output:
        command = _as_person(root, entry.command, display)
        program = subprocess.Popen(command, start_new_session=True, stdout=output, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + _OPENS_WITHIN_S
        while not _is_painted(_seen(display)):
            if program.poll() is not None:
                raise VerifyError(f"the program ended by itself with {program.returncode}: {said.read_text()[-600:]}")
            if time.monotonic() > until:
                raise VerifyError(f"no window within {_OPENS_WITHIN_S} s")
            time.sleep(0.5)
        time.sleep(5)
        _seen(display).save(picture)
    finally:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGTERM)
            program.wait(30)
    say(f"opened by its menu entry: {picture}")


def _walk(root: Path, entry: _Entry, display: str, pictures: Path) -> None:
    out = f"/home/{_PERSON}/tour"
    command = _as_person(root, [*entry.command, "tour", "--out", out, "--lang", "zh"], display)
    done = subprocess.run(command, check=False, timeout=_WALKS_WITHIN_S, capture_output=True, text=True)
    inside = root / out.lstrip("/")
    for path in sorted(inside.rglob("*.png")):
        shutil.copyfile(path, pictures / path.name)
    if done.returncode != 0:
        raise VerifyError(f"the tour ended with {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")
    say(f"walked a whole loan: {len(list(inside.rglob('*.png')))} pictures")


def _remove(root: Path, name: str, before: set[str]) -> None:
    _run(_inside(root, ["apt-get", "purge", "-y", "-qq", name]))
    # What it depends on may stay: it belongs to the system, and to whoever asks for it next.
    left = sorted(path for path in _files(root) - before if name in path or "loanapp" in path.lower())
    if left:
        raise VerifyError(f"this stayed behind: {', '.join(left[:10])}")


def _files(root: Path) -> set[str]:
    found = set()
    for folder, _, names in os.walk(root):
        place = Path(folder).relative_to(root)
        found |= {(place / name).as_posix() for name in (*names, "")}
    return {path for path in found if not f"{path}/".startswith(_NOT_REMAINS)}


def _inside(root: Path, command: list[str], **more: str) -> list[str]:
    words = {"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **more}
    return ["env", "-i", *(f"{name}={word}" for name, word in words.items()), "chroot", str(root), *command]


def _as_person(root: Path, command: list[str], display: str) -> list[str]:
    line = shlex.join(command)
    return _inside(root, ["su", _PERSON, "-c", f"cd && LANG=zh_CN.UTF-8 DISPLAY={display} exec {line}"])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise VerifyError(f"{shlex.join(command[-6:])}: {(done.stderr or done.stdout)[-600:]}")


def _seen(display: str):  # type: ignore[no-untyped-def] # noqa: ANN202 - Pillow's picture; imported late
    from PIL import ImageGrab  # noqa: PLC0415

    return ImageGrab.grab(xdisplay=display)


def _is_painted(picture) -> bool:  # type: ignore[no-untyped-def] # noqa: ANN001
    """Whether there is more than an empty screen: a window with words has many shades."""
    colours = picture.convert("RGB").getcolors(1 << 20) or []
    return len(colours) > 60


if __name__ == "__main__":
    try:
        verify(Path(sys.argv[1]), Path(sys.argv[2]), tour="--no-tour" not in sys.argv)
    except VerifyError as error:
        sys.exit(f"verify: {error}")
