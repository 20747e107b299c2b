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
    SIGNED_IN_AGAIN = "signed_in_again"
    REUSED = "reused"
    """A token that counts once came twice: it was copied."""


_SYSTEMS = {"linux": DeviceSystem.LINUX, "win32": DeviceSystem.WINDOWS, "darwin": DeviceSystem.MACOS}


def this_system() -> DeviceSystem:
    """What runs on this computer."""
    return _SYSTEMS.get(sys.platform, DeviceSystem.OTHER)
