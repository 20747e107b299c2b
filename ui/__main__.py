"""``loanapp``: the window without arguments, the headless commands with them."""

import sys
import time

_started = time.perf_counter()

from typing import TYPE_CHECKING  # noqa: E402 - the clock runs first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Literal

    from loanapp.capture.sources import FrameSource
    from ui.demonstration import DemonstrationKit, DemonstrationPerson
    from ui.home import WindowSettings
    from ui.one_window import OneWindow
    from ui.shell import Shell
    from ui.start_check import StartCheck, StartFault

REPORT_VARIABLE = "LOANAPP_REPORT_FIRST_PAINT"
# Set by a program that is ending and starts itself anew.
AGAIN_VARIABLE = "LOANAPP_OPENED_AGAIN"
_LAST_ENDS_WITHIN_MS = 15_000


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Start what ``arguments`` ask for; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments:
        _complete_packed_program()
        from loanapp.commands import is_headless
        from loanapp.commands import main as headless

        if is_headless(arguments):
            return headless(arguments)
    return _open_window()


def _open_window() -> int:
    import gc
    import os

    # Nothing is thrown away before the first picture, so nobody has to look for it.
    gc.disable()
    # Before Qt: once its modules are loaded, each further one is looked through for Qt's features.
    from ui import input_method, no_window
    from ui.home import WindowSettings, data_folder
    from ui.one_window import OneWindow

    if (hindrance := no_window.hindrance()) is not None:
        no_window.tell(hindrance)
        return 1
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        # The loader names what it could not open first.
        no_window.tell(no_window.lacking([str(error).partition(":")[0]]))
        return 1

    from ui.shell import Shell, first_title, load_font

    input_method.prepare()
    application = QApplication([sys.argv[0]])
    application.setApplicationName("LoanApp")
    home = data_folder()
    settings = WindowSettings.load(home)
    one = OneWindow(home)
    load_font()
    if not one.is_ours(_LAST_ENDS_WITHIN_MS if os.environ.pop(AGAIN_VARIABLE, "") else 0):
        return _already_open(one, settings)
    if not _take_update(home, one):
        return 0
    # What follows the system is known when the theme is loaded; until then it is light.
    mode = "light" if settings.mode == "system" else settings.mode
    shell = Shell(first_title(settings.language), mode, max(settings.scale, 150) if settings.large else settings.scale)
    shell.take_place(settings.place)
    kept: list[object] = []
    if os.environ.get(REPORT_VARIABLE):
        shell.painted.connect(lambda: _report(application))
    else:
        shell.painted.connect(lambda: kept.append(_look_first(shell, settings, home, one)))
    shell.open(maximised=settings.maximised)
    code = application.exec()
    one.release()
    from ui import crash

    if crash.wants_to_open_again():
        _open_again()
    return code


def _take_update(home: "Path", one: "OneWindow") -> bool:
    """Put a new version in place that is ready; whether this process goes on."""
    import os

    if not getattr(sys, "frozen", False) or not os.path.isfile(os.path.join(home, "updates", "state.json")):  # noqa: PTH113, PTH118 - before the first picture
        return True
    from loanapp.updates.installation import at_start, running_folder

    folder, let_go = running_folder(), False

    def release() -> None:
        nonlocal let_go
        let_go = True
        one.release()

    if folder is not None and not at_start(home, folder, release):
        return False
    # What is held already must not be asked for again: it would wait for itself.
    return not let_go or one.is_ours(_LAST_ENDS_WITHIN_MS)


def _already_open(one: "OneWindow", settings: "WindowSettings") -> int:
    """Raise the window that is open; where it does not answer, say so."""
    if one.ask_the_other():
        return 0
    from ui.start_check import StartDialog, StartFault

    _dress(settings)
    dialog = StartDialog(StartFault("open"), retry=False)
    dialog.leave.clicked.connect(dialog.reject)
    dialog.exec()
    return 1


def _dress(settings: "WindowSettings") -> None:
    """Give the program its language and looks where it has to speak before it is furnished."""
    from ui.theme import theme
    from ui.translations import translator

    translator().set_language(settings.language)
    theme().choose(mode=settings.mode, scale=settings.scale, large=settings.large)


def _open_again() -> None:
    """A new process, which waits for this one to have ended."""
    import os
    import subprocess

    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "ui"]
    subprocess.Popen(program, env={**os.environ, AGAIN_VARIABLE: "1"}, start_new_session=True)


def _look_first(shell: "Shell", settings: "WindowSettings", home: "Path", one: "OneWindow") -> "StartCheck":
    """Whether what is typed can be kept here; only then the program is furnished."""
    import gc

    from ui import crash
    from ui.start_check import StartCheck, fault_of_storage

    gc.enable()
    _complete_packed_program()
    crash.install()
    one.answer_by(shell)

    def look() -> "StartFault | None":
        if (fault := fault_of_storage(home)) is not None:
            _dress(settings)
        return fault

    check = StartCheck(look, lambda: _furnish(shell, settings, home), shell)
    check.begin()
    return check


def _furnish(shell: "Shell", settings: "WindowSettings", home: "Path") -> None:
    """Build the rest of the program, now that the borrower sees the window."""
    from ui.application import Desktop
    from ui.start_check import StartCheck, fault_of_program

    desktop = Desktop(home, shell, settings, demonstration_kit())
    desktop.open()
    later = StartCheck(lambda: None, lambda: None, shell)
    desktop.operations.run(fault_of_program, later.take, lambda _error: None)


def _complete_packed_program() -> None:
    """What a packed program needs beyond its first picture: PyInstaller's hooks that build.spec makes modules of."""
    if not getattr(sys, "frozen", False):
        return
    import importlib.util

    hooks = ("pyi_rth_inspect", "pyi_rth_pkgutil")
    for hook in (*hooks, "pyi_rth_multiprocessing") if sys.argv[1:] else hooks:
        # A build whose modules do not ask for one has none.
        if importlib.util.find_spec(hook) is not None:
            importlib.import_module(hook)
    if sys.argv[1:]:
        # The packed program is its own interpreter: the lender's inference process begins here too, by its arguments.
        from multiprocessing import freeze_support

        freeze_support()


def _report(application: object) -> None:
    """Print how long the first picture took, from the first line of this module, and end: for the bench."""
    print(f'{{"first_paint_ms": {(time.perf_counter() - _started) * 1000:.1f}}}', flush=True)  # noqa: T201
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
    sys.exit(main())
