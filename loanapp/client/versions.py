"""Which lenders this version of the program may speak with."""

import loanapp


def speaks(minimum: str) -> bool:
    """Whether this version is at least ``minimum`` (``major.minor.patch``); an unreadable minimum asks for nothing."""
    wanted = _numbers(minimum)
    return wanted is None or (_numbers(loanapp.__version__) or ()) >= wanted


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = version.split(".")
    if len(parts) > 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return tuple(int(part) for part in parts)
