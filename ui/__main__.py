"""``loanapp``: the window without arguments, the headless commands with them."""

import sys
import time

_started = time.perf_counter()

from typing import TYPE_CHECKING  # noqa: E402 - the clock runs first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from loanapp.capture.sources import FrameSource
    from ui.application import Desktop
    from ui.demonstration import DemonstrationKit, DemonstrationPerson
    from ui.shell import Shell

REPORT_VARIABLE = "LOANAPP_REPORT_FIRST_PAINT"


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Start what ``arguments`` ask for; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments:
        from loanapp.commands import is_headless
        from loanapp.commands import main as headless

        if is_headless(arguments):
            return headless(arguments)
    return _open_window()


def _open_window() -> int:
    import os

    from PySide6.QtWidgets import QApplication

    from ui import input_method
    from ui.home import WindowSettings, data_folder
    from ui.shell import Shell, first_title, load_font

    input_method.prepare()
    application = QApplication([sys.argv[0]])
    application.setApplicationName("LoanApp")
    home = data_folder()
    settings = WindowSettings.load(home)
    load_font()
    # What follows the system is known when the theme is loaded; until then it is light.
    mode = "light" if settings.mode == "system" else settings.mode
    shell = Shell(first_title(settings.language), mode, max(settings.scale, 150) if settings.large else settings.scale)
    shell.take_place(settings.place)
    kept: list[Desktop] = []
    if os.environ.get(REPORT_VARIABLE):
        shell.painted.connect(lambda: _report(application))
    else:
        shell.painted.connect(lambda: kept.append(_furnish(shell, settings, home)))
    shell.open(maximised=settings.maximised)
    return application.exec()


def _furnish(shell: "Shell", settings: object, home: object) -> "Desktop":
    """Build the rest of the program, now that the borrower sees the window."""
    from pathlib import Path

    from ui import crash
    from ui.application import Desktop
    from ui.home import WindowSettings

    if not isinstance(settings, WindowSettings) or not isinstance(home, Path):
        raise TypeError
    crash.install()
    desktop = Desktop(home, shell, settings, demonstration_kit())
    desktop.open()
    return desktop


def _report(application: object) -> None:
    """Print how long the first picture took, from the first line of this module, and end: for the bench."""
    import json

    print(json.dumps({"first_paint_ms": round((time.perf_counter() - _started) * 1000, 1)}), flush=True)  # noqa: T201
    quit_now = getattr(application, "quit", None)
    if quit_now is not None:
        quit_now()


def demonstration_kit() -> "DemonstrationKit | None":
    """What stands in for a borrower's card and face; ``None`` in a lender's own build."""
    import importlib.util

    if importlib.util.find_spec("loanapp.demonstration") is None:
        return None
    return _Kit()


class _Kit:
    """The demonstration's card and face; imported when they are asked for."""

    def identities(self) -> "tuple[DemonstrationPerson, ...]":
        from loanapp.demonstration.identities import load_identities

        return load_identities()

    def render_card(self, key: str, side: "Literal['front', 'back']") -> bytes:
        from loanapp.demonstration.identities import find_identity
        from loanapp.demonstration.identity_card import render_card

        return render_card(find_identity(key), side)

    def camera(self) -> "FrameSource":
        from loanapp.demonstration.borrower import DemonstrationBorrower

        return DemonstrationBorrower()


if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        # The packed program is its own interpreter: the lender's inference process begins here too.
        from multiprocessing import freeze_support

        freeze_support()
    sys.exit(main())
