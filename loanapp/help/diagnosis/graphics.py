"""What draws: the graphics card with its driver, or the processor in its stead, which holds the picture back."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from loanapp.help.diagnosis.check import Check, CheckState

_CARDS: Final = Path("/sys/class/drm")
_NODES: Final = Path("/dev/dri")
_PATIENCE_S: Final = 6.0
# Drivers of the Linux kernel that show a picture and draw nothing.
_SHOWING_ONLY: Final = frozenset(
    {"simpledrm", "simple-framebuffer", "bochs-drm", "cirrus", "vkms", "vgem", "efifb", "ast"}
)
# What Windows calls its own drivers that take the place of a card's.
_STAND_INS: Final = ("microsoft basic", "microsoft remote display", "standard vga", "microsoft 基本", "标准 vga")
_MESA_DRIVERS: Final = ("GALLIUM_DRIVER", "MESA_LOADER_DRIVER_OVERRIDE")
_WINDOWS_DISPLAYS: Final = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


def graphics() -> Check:
    """Whether a graphics card draws. Widgets are painted by the processor anyway; a desktop without a card is slow."""
    if sys.platform == "win32":
        return named(list(_windows_cards()), forced=False)
    if sys.platform == "darwin":
        return named(list(mac_cards(_said("/usr/sbin/system_profiler", "SPDisplaysDataType"))), forced=False)
    return named(list(linux_cards(_CARDS, _NODES)), forced=is_forced(os.environ))


def named(cards: list[tuple[str, bool]], *, forced: bool) -> Check:
    """The finding for ``cards``, each with its name and whether it draws; ``forced``: told to do without them."""
    drawing = [name for name, draws in cards if draws]
    values = {"names": ", ".join(dict.fromkeys(drawing or [name for name, _ in cards]))}
    if forced and drawing:
        return Check("graphics", CheckState.WARNING, "forced", "screen-and-text", values)
    if drawing:
        return Check("graphics", CheckState.GOOD, "good", "screen-and-text", values)
    return Check("graphics", CheckState.WARNING, "software" if cards else "none", "screen-and-text", values)


def is_forced(environment: Mapping[str, str]) -> bool:
    """Whether Mesa is told to draw with the processor."""
    if environment.get("LIBGL_ALWAYS_SOFTWARE", "0").lower() in ("1", "true", "yes"):
        return True
    return any(environment.get(name) in ("llvmpipe", "softpipe", "swrast") for name in _MESA_DRIVERS)


def linux_cards(cards: Path, nodes: Path) -> Iterator[tuple[str, bool]]:
    """The kernel's driver of each card, and whether it has a way to draw by that this person may use."""
    for card in sorted(cards.glob("card[0-9]*")) if cards.is_dir() else ():
        if "-" in card.name:  # a socket for a screen
            continue
        device = card / "device"
        driver = (device / "driver").resolve().name if (device / "driver").exists() else ""
        ways = [one.name for one in sorted((device / "drm").glob("renderD*"))] if (device / "drm").is_dir() else []
        draws = driver not in _SHOWING_ONLY and any(os.access(nodes / way, os.R_OK | os.W_OK) for way in ways)
        yield driver or card.name, draws


def mac_cards(said: str) -> Iterator[tuple[str, bool]]:
    """The cards in what ``system_profiler`` says; macOS has no driver that takes the place of one's own."""
    for line in said.splitlines():
        name, _, value = line.strip().partition(":")
        if name == "Chipset Model" and value.strip():
            yield value.strip(), True


def is_stand_in(name: str) -> bool:
    """Whether Windows shows the picture by a driver of its own, because that of the card is missing."""
    return name.casefold().startswith(_STAND_INS)


def _windows_cards() -> Iterator[tuple[str, bool]]:
    if sys.platform != "win32":
        return
    import winreg  # noqa: PLC0415 - there is none elsewhere

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _WINDOWS_DISPLAYS) as cards:
            for number in range(winreg.QueryInfoKey(cards)[0]):
                key = winreg.EnumKey(cards, number)
                if key.isdigit():
                    with winreg.OpenKey(cards, key) as card:
                        name = str(winreg.QueryValueEx(card, "DriverDesc")[0])
                        yield name, not is_stand_in(name)
    except OSError:  # a part that this person may not read
        return


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)  # noqa: S603 - fixed command
    return done.stdout.decode(errors="replace")
