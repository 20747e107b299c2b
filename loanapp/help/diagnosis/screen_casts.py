"""Whether the desktop hands pictures of the screen to a program, on Linux by PipeWire.

Under Wayland no program takes the screen by itself: the desktop asks the borrower and makes a node of PipeWire for it
(xdg-desktop-portal, ``org.freedesktop.portal.ScreenCast``). ``pw-dump`` lists the nodes and asks for nothing.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from loanapp.help.diagnosis import processes
from loanapp.resource_files import read_toml

_COMMAND: Final = "pw-dump"
_PATIENCE_S: Final = 2.0
UNNAMED: Final = ""
"""Somebody takes the pictures of the desktop, and no listed program is known to."""
_NODE: Final = "PipeWire:Interface:Node"
_LINK: Final = "PipeWire:Interface:Link"


def running() -> tuple[str, ...]:
    """Who takes pictures of the screen, by our list's names; none where PipeWire or its command is not there."""
    socket = Path(os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("PIPEWIRE_REMOTE", "pipewire-0"))
    command = shutil.which(_COMMAND)
    if sys.platform in {"win32", "darwin"} or command is None or not socket.exists():
        return ()
    try:
        said = subprocess.run([command], capture_output=True, timeout=_PATIENCE_S, check=False)  # noqa: S603 - fixed
        objects = json.loads(said.stdout)
    except (OSError, subprocess.SubprocessError, ValueError, RecursionError):
        return ()
    return tuple(takers(objects if isinstance(objects, list) else ()))


def takers(objects: Iterable[object]) -> list[str]:
    """The listed programs that the desktop's pictures go to, from what ``pw-dump`` lists; another one has no name.

    A recorder that only writes a film on this computer shows it to nobody. Pictures without a taker count while they
    run, for it may be kept from us who takes them.
    """
    told = [_Object(one) for one in objects if isinstance(one, Mapping)]
    policy = read_toml("policy", "screen_sharing.toml")
    cast = policy["screen_cast"]
    casts = {one.number: one for one in told if one.kind == _NODE and one.is_cast(cast) and one.number is not None}
    links = [one for one in told if one.kind == _LINK and one.linked("output-node-id") in casts]
    untaken = set(casts) - {one.linked("output-node-id") for one in links}
    going = {one.linked("input-node-id") for one in links}
    takers_names = {one.number: one.names for one in told if one.kind == _NODE and one.number in going}
    recorder = [{"name": "", "processes": cast["recorders"]}]
    shown = {taker for taker in going if not processes.listed_programs(takers_names.get(taker, ()), recorder)}
    if not shown and not any(casts[one].info.get("state") == "running" for one in untaken):
        return []
    names = [name for taker in shown for name in takers_names.get(taker, ())]
    return processes.listed_programs(names, policy["program"]) or [UNNAMED]


class _Object:
    """One entry of the list; what is missing or of another type is empty."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        info = entry.get("info")
        self.kind, self.number = entry.get("type"), _number(entry.get("id"))
        self.info: Mapping[str, Any] = info if isinstance(info, Mapping) else {}
        properties = self.info.get("props")
        self._properties: Mapping[str, Any] = properties if isinstance(properties, Mapping) else {}

    def linked(self, end: str) -> int | None:
        """The number of the node at one end of a link."""
        return _number(self.info.get(end))

    @property
    def names(self) -> list[str]:
        """What a node says its program is."""
        keys = ("application.process.binary", "application.name", "node.name")
        return [str(self._properties[key]) for key in keys if key in self._properties]

    def is_cast(self, cast: Mapping[str, Any]) -> bool:
        """Whether the desktop made this node for pictures of the screen."""
        name = str(self._properties.get("node.name", "")).casefold()
        kind = self._properties.get("media.class")
        return kind == cast["class"] and any(fnmatchcase(name, one) for one in cast["nodes"])


def _number(value: object) -> int | None:
    return value if type(value) is int else None
