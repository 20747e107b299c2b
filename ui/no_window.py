"""Before Qt is asked for a window: what would end the program with a line of English nobody sees, said in plain words.

Standard library only; nothing here may need what may be missing.
"""

import os
import sys
from typing import Final

# The system's libraries behind a window on X11, with Debian's package of each; a package of ours depends on them, an
# archive that was unpacked by hand does not.
_LIBRARIES: Final = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}
# What can show a sentence without us, and how each is told to.
_SPEAKERS: Final = (
    ("zenity", "--error", "--no-markup", "--text"),
    ("kdialog", "--error"),
    ("xmessage", "-center"),
    ("notify-send",),
)
_WAIT_S: Final = 600


def hindrance() -> str | None:
    """Why no window can open here, in the language of the system; ``None`` where nothing is known to be in the way."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return _say("no_screen")
    missing = [name for name in _LIBRARIES if not _opens(name)]
    return lacking(missing) if missing else None


def lacking(missing: list[str]) -> str:
    """The sentence about libraries that are missing, and the line that installs them."""
    packages = " ".join(dict.fromkeys(_LIBRARIES.get(name, name) for name in missing))
    return _say("no_libraries", names=", ".join(missing), command=f"sudo apt install {packages}")


def tell(sentence: str) -> None:
    """Print it, and show it by what this desktop has for that."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    import shutil
    import subprocess

    for program, *arguments in _SPEAKERS:
        if (path := shutil.which(program)) is not None:
            subprocess.run([path, *arguments, sentence], check=False, timeout=_WAIT_S)
            return


def _opens(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _say(key: str, **values: str) -> str:
    import json

    from loanapp.commands.language import system_language
    from loanapp.resource_files import resource_path

    folder = "en" if system_language() == "en" else "zh_CN"
    words = json.loads(resource_path("translations", folder, "start.json").read_text(encoding="utf-8"))
    return str(words[key]).format(**values)
