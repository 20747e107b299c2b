"""How Chinese is typed on Linux: the input method that the system asks for, or the way to it that this program has.

Qt's own plug-in for IBus comes with the program. The one for Fcitx cannot: it is bound to the exact version of Qt that
it was built for (docs/decisions/0016). Fcitx speaks IBus's language too, so it is reached that way. No Qt here: it is
imported before the first picture.
"""

import os
from collections.abc import MutableMapping
from typing import Final

_LIST: Final = "QT_IM_MODULES"
_ONE: Final = "QT_IM_MODULE"
_OURS: Final = "ibus"


def prepare(environment: MutableMapping[str, str] | None = None) -> None:
    """Before the application is made: name IBus where only Fcitx's plug-in is asked for, or under X11 none at all."""
    variables = os.environ if environment is None else environment
    wanted = [name for name in (variables.get(_LIST) or variables.get(_ONE, "")).split(";") if name]
    if any(name.startswith("fcitx") for name in wanted) and _OURS not in wanted:
        variables[_LIST] = ";".join([*wanted, _OURS])
    elif not wanted and variables.get("DISPLAY") and not variables.get("WAYLAND_DISPLAY"):
        # Where IBus does not answer, Qt goes on to what it takes by itself.
        variables[_LIST] = f"{_OURS};compose"
