"""The computers somebody is signed in on."""

import sys
from enum import StrEnum


class DeviceSystem(StrEnum):
    """What runs on a computer; enough to tell one's own from a stranger's, and no more."""

    LINUX = "linux"
    WINDOWS = "windows"
    MACOS = "macos"
    OTHER = "other"


class DeviceEnd(StrEnum):
    """Why a sign-in ended."""

    SIGNED_OUT = "signed_out"
    """From another computer, which takes its trust from this one."""
    SIGNED_OUT_BY_LATER = "signed_out_by_later"
    """From a computer that is new to the account: the session ended, and nothing else was taken."""
    LEFT = "left"
    """On the computer itself."""
    SIGNED_IN_AGAIN = "signed_in_again"
    REUSED = "reused"
    """A token that counts once came twice: it was copied."""


_SYSTEMS = {"linux": DeviceSystem.LINUX, "win32": DeviceSystem.WINDOWS, "darwin": DeviceSystem.MACOS}


def this_system() -> DeviceSystem:
    """What runs on this computer."""
    return _SYSTEMS.get(sys.platform, DeviceSystem.OTHER)
