"""How Chinese is typed here: on Linux by IBus, or by Fcitx answering as IBus does (docs/decisions/0016)."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from loanapp.help.diagnosis.check import Check, CheckState

_ARTICLE: Final = "document-reading"
_PROCESSES: Final = Path("/proc")
_NAMES: Final = {"fcitx5": "Fcitx 5", "ibus-daemon": "IBus"}
_PROCESS: Final = re.compile(r"^IBUS_DAEMON_PID=(\d+)$", re.MULTILINE)


def input_method(environment: Mapping[str, str] = os.environ) -> Check:
    """Whether an input method can be reached from the window."""
    if sys.platform in ("win32", "darwin") or environment.get("WAYLAND_DISPLAY") or not environment.get("DISPLAY"):
        return Check("input_method", CheckState.GOOD, "system", _ARTICLE)
    names = sorted(filter(None, map(_who_answers, _addresses(environment))))
    if not names:
        return Check("input_method", CheckState.WARNING, "none", _ARTICLE)
    return Check("input_method", CheckState.GOOD, "good", _ARTICLE, {"names": names[0]})


def _addresses(environment: Mapping[str, str]) -> list[Path]:
    """The files in which an input method says where it listens and which process it is, as IBus has them."""
    settings = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~"), ".config").expanduser()
    return sorted(Path(settings, "ibus", "bus").glob("*"))


def _who_answers(address: Path) -> str:
    """The input method of such a file while its process runs, or nothing."""
    found = _PROCESS.search(address.read_text(encoding="utf-8", errors="replace"))
    process = _PROCESSES / found[1] / "comm" if found else None
    if process is None or not process.is_file():
        return ""
    command = process.read_text(encoding="utf-8", errors="replace").strip()
    return _NAMES.get(command, "IBus")
