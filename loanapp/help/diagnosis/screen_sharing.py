"""Whether a program of meetings or chat shows this screen to somebody, by ``resources/policy/screen_sharing.toml``."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from loanapp.help.diagnosis import processes, screen_casts
from loanapp.help.diagnosis.check import Check, CheckState
from loanapp.help.diagnosis.open_windows import OpenWindow, open_windows
from loanapp.resource_files import read_toml

_ARTICLE: Final = "scam-screen-sharing"
UNNAMED: Final = screen_casts.UNNAMED
"""A program that is on no list: whoever shows names has a word for it, in the language in force."""


def screen_sharing() -> Check:
    """Whether the screen is shared just now, and else which programs run that could."""
    if shared := sharing():
        named = ", ".join(name for name in shared if name != UNNAMED)
        outcome = "warning" if named else "unnamed"
        return Check("screen_sharing", CheckState.WARNING, outcome, _ARTICLE, {"names": named})
    could = ", ".join(programs_of(_names(), _kinds()))
    if could:
        return Check("screen_sharing", CheckState.GOOD, "possible", _ARTICLE, {"names": could})
    return Check("screen_sharing", CheckState.GOOD, "good", _ARTICLE)


def sharing() -> tuple[str, ...]:
    """The programs that show this screen to somebody now, by the names people know them by.

    What the system does not tell is not known: see :func:`open_windows`, :func:`screen_casts.running`.
    """
    return tuple(sorted({*sharing_programs(open_windows()), *screen_casts.running()}))


def meetings() -> tuple[str, ...]:
    """The programs that run and could show this screen, of the kinds whose running is worth a note."""
    return tuple(programs_of(_names(), read_toml("policy", "screen_sharing.toml")["noted_when_running"]))


def sharing_programs(windows: Iterable[OpenWindow]) -> list[str]:
    """The programs whose windows say that the screen is shared; nothing of a window but the name on our list is told.

    A title that is no program's alone is put down to the program that its class names, or to an unknown one.
    """
    table = read_toml("policy", "screen_sharing.toml")
    anybodys = [{"title": title} for row in table["anywhere"] for title in row["titles"]]
    found: set[str] = set()
    for window in windows:
        own = [
            str(row["name"])
            for row in table["program"]
            if _is_of(window, row.get("classes")) and _is_any(window, row.get("windows", ()))
        ]
        if not own and _is_any(window, anybodys):
            own = processes.listed_programs([window.kind], table["program"]) or [UNNAMED]
        found.update(own)
    return sorted(found)


def programs_of(names: Iterable[str], kinds: Iterable[str]) -> list[str]:
    """The listed programs of these kinds among process names, by the names people know them by."""
    wanted = set(kinds)
    rows = (row for row in read_toml("policy", "screen_sharing.toml")["program"] if row["kind"] in wanted)
    return processes.listed_programs(names, rows)


def _kinds() -> set[str]:
    return {str(row["kind"]) for row in read_toml("policy", "screen_sharing.toml")["program"]}


def _names() -> list[str]:
    try:
        return list(processes.process_names())
    except (OSError, subprocess.SubprocessError):
        return []


def _is_of(window: OpenWindow, classes: Iterable[str] | None) -> bool:
    """Whether it is a window of that program; of one that names no class any window may be."""
    return classes is None or any(fnmatchcase(window.kind.casefold(), _pattern(one)) for one in classes)


def _is_any(window: OpenWindow, likes: Iterable[Mapping[str, Any]]) -> bool:
    title, kind = " ".join(window.title.split()).casefold(), window.kind.casefold()
    return any(
        fnmatchcase(title, _pattern(like["title"])) and fnmatchcase(kind, _pattern(like.get("class", "*")))
        for like in likes
    )


def _pattern(text: str) -> str:
    """Only ``*`` stands for something else than itself."""
    return re.sub(r"([\[?])", r"[\1]", text.casefold())
