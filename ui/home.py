"""Where the program keeps its own files on this computer, and what the window remembers of its looks."""

import os
import sys
from pathlib import Path
from typing import Final, Literal

from loanapp.resource_files import data_folder
from ui.quick_json import read_object
from ui.window_place import Rect, read_place

__all__ = ["WindowSettings", "data_folder", "system_language"]

_SETTINGS: Final = "window.json"


def system_language() -> Literal["zh", "en"]:
    """English where the system speaks English, Chinese everywhere else."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "en" if value.lower().startswith("en") else "zh"
    if sys.platform in ("win32", "darwin"):
        from PySide6.QtCore import QLocale

        return "en" if QLocale.system().language() == QLocale.Language.English else "zh"
    return "zh"


class WindowSettings:
    """Looks and place of the window, nothing about the borrower. No dataclass: loaded before the first picture."""

    __slots__ = (
        "help_open",
        "kept",
        "language",
        "large",
        "lock_minutes",
        "maximised",
        "mode",
        "place",
        "scale",
        "still",
    )

    def __init__(self, language: Literal["zh", "en"] = "zh") -> None:
        self.language: Literal["zh", "en"] = language
        self.mode: Literal["light", "dark", "contrast", "system"] = "light"
        self.scale = 100
        self.large = False
        self.still = False
        self.lock_minutes = 5
        self.help_open = True
        self.place: Rect | None = None
        self.maximised = False
        self.kept = False

    @classmethod
    def load(cls, folder: Path) -> "WindowSettings":
        """What was chosen last time; the system's language the first time."""
        settings = cls(system_language())
        try:
            stored = read_object(folder / _SETTINGS)
        except OSError:
            return settings
        if stored:
            settings.kept = True
            if stored.get("language") in ("zh", "en"):
                settings.language = stored["language"]
            if stored.get("mode") in ("light", "dark", "contrast", "system"):
                settings.mode = stored["mode"]
            if stored.get("scale") in (100, 125, 150, 200):
                settings.scale = stored["scale"]
            settings.large = stored.get("large") is True
            settings.still = stored.get("still") is True
            minutes = stored.get("lock_minutes")
            if isinstance(minutes, int) and 1 <= minutes <= 60:
                settings.lock_minutes = minutes
            settings.help_open = stored.get("help_open") is not False
            settings.place = read_place(stored.get("place"))
            settings.maximised = stored.get("maximised") is True
        return settings

    def save(self, folder: Path) -> None:
        """Write; a disk that refuses costs the looks of the next start, nothing else."""
        import json

        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            kept = {name: getattr(self, name) for name in self.__slots__ if name != "kept"}
            (folder / _SETTINGS).write_text(json.dumps(kept), encoding="utf-8")
        except OSError:
            return
