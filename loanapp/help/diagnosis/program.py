"""The program itself: its version, its files, its fonts, and the screen it is to be seen on."""

import hashlib
import os
import platform
import re
import sys
from pathlib import Path
from typing import Final

import loanapp
from loanapp.help.diagnosis.check import Check, CheckState, graded
from loanapp.resource_files import assets_folder, read_toml

_OLDEST_PYTHON: Final = (3, 11)
# The smallest window the pages are made for.
_LEAST: Final = (1366, 768)
SCREEN_VARIABLE: Final = "LOANAPP_SCREEN"
"""How a window tells the check of its screen: pixels and scaling in percent, such as ``1920x1080@150``."""
_TOLD_SCREEN: Final = re.compile(r"(\d{2,5})x(\d{2,5})@(\d{2,4})")
_CONNECTORS: Final = Path("/sys/class/drm")


def version() -> Check:
    """Which version runs, on what."""
    values: dict[str, str] = {
        "version": loanapp.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
    return Check("program", *graded(good=sys.version_info >= _OLDEST_PYTHON), "program-files", values)


def genuine(folder: Path | None = None) -> Check:
    """Whether every installed file is what the publisher signed; ``folder`` is that of the packed program."""
    from loanapp.client.installed_profile import PUBLISHERS, named_publishers  # noqa: PLC0415 - this check alone
    from loanapp.proof.file_manifest import ManifestError, hold_against  # noqa: PLC0415

    packed = folder or (Path(sys.executable).resolve().parent if getattr(sys, "frozen", False) else None)
    values: dict[str, str] = {"version": loanapp.__version__}
    if packed is None:
        return Check("genuine", CheckState.GOOD, "source", "official-program", values)
    try:
        found = hold_against(packed, named_publishers(read_toml(*PUBLISHERS)))
    except FileNotFoundError:
        return Check("genuine", CheckState.WARNING, "unsigned", "official-program", values)
    except ManifestError:
        return Check("genuine", CheckState.BAD, "stranger", "official-program", values)
    values |= {"signer": found.signer, "count": str(found.count), "names": ", ".join(found.wrong[:3])}
    values["fingerprint"] = found.fingerprint
    if found.wrong or found.version != loanapp.__version__:
        return Check("genuine", CheckState.BAD, "altered", "official-program", values)
    return Check("genuine", CheckState.GOOD, "good", "official-program", values)


def assets() -> Check:
    """Whether every model and font is there and is what it was when it was published, by its SHA-256."""
    folder, wrong = assets_folder(), []
    listed = read_toml("assets.toml")["asset"]
    for asset in listed:
        path = folder / asset["name"]
        # A package has no more than a part of what is optional.
        if asset.get("optional") and (getattr(sys, "frozen", False) or not path.is_file()):
            continue
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != asset["sha256"]:
            wrong.append(asset["name"])
    values: dict[str, str] = {"count": str(len(listed)), "names": ", ".join(wrong), "folder": str(folder)}
    return Check("assets", *graded(good=not wrong), "program-files", values)


def fonts() -> Check:
    """Whether Chinese can be drawn."""
    from PIL import ImageFont  # noqa: PLC0415 - only this check draws

    names = []
    for name in (asset["name"] for asset in read_toml("assets.toml")["asset"] if asset["name"].endswith(".otf")):
        path = assets_folder() / name
        if not path.is_file():
            return Check("fonts", CheckState.BAD, "bad", "program-files", {"names": name})
        names.append(" ".join(part for part in ImageFont.truetype(str(path), 12).getname() if part))
    return Check("fonts", CheckState.GOOD, "good", "program-files", {"names": ", ".join(names)})


def display() -> Check:
    """Whether there is a screen, and whether it has room for the window at 100 %."""
    if not _has_screen():
        return Check("display", CheckState.WARNING, "none", "screen-and-text")
    size, scale = _screen()
    if size is None:
        return Check("display", CheckState.GOOD, "unmeasured", "screen-and-text")
    values = {"width": str(size[0]), "height": str(size[1]), "scale": str(scale)}
    room = tuple(round(length * 100 / scale) for length in size)
    good = room[0] >= _LEAST[0] and room[1] >= _LEAST[1]
    return Check("display", *graded(good=good, otherwise=CheckState.WARNING), "screen-and-text", values)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin") or _told_screen():
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _told_screen() -> re.Match[str] | None:
    return _TOLD_SCREEN.fullmatch(os.environ.get(SCREEN_VARIABLE, ""))


def _screen() -> tuple[tuple[int, int] | None, int]:
    """Pixels of the screen and its scaling in percent, as a window says or the system tells without one."""
    if (told := _told_screen()) is not None:
        return (int(told[1]), int(told[2])), int(told[3])
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only here, and quick

        screen = ctypes.windll.user32
        screen.SetProcessDPIAware()
        dots = ctypes.windll.gdi32.GetDeviceCaps(screen.GetDC(0), 88)  # LOGPIXELSX
        return (screen.GetSystemMetrics(0), screen.GetSystemMetrics(1)), round(dots * 100 / 96)
    for connector in sorted(_CONNECTORS.glob("card*-*")) if _CONNECTORS.is_dir() else ():
        if (connector / "status").read_text().strip() == "connected":
            first = (connector / "modes").read_text().partition("\n")[0]
            width, _, height = first.partition("x")
            if width.isdigit() and height.isdigit():
                return (int(width), int(height)), 100
    return None, 100
