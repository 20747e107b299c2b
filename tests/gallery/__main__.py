"""The gallery: ``python -m tests.gallery [--out DIR] [--only NAME ...] [--combinations NAME ...] [--walk] [--accept]``.

Without arguments a window opens that shows every component in all its states. With ``--out`` pictures of every
component and of every page in every state are written, in all combinations, and what is cut off is told.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication


def main(arguments: list[str] | None = None) -> int:
    """Open the window or write the pictures; 1 where something is cut off."""
    parser = argparse.ArgumentParser(prog="dev.py gallery", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, help="write pictures here")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only scenes whose name begins so")
    parser.add_argument("--combinations", nargs="+", default=[], metavar="NAME", help="such as zh-light-100-1366x768")
    parser.add_argument("--walk", action="store_true", help="a loan with the real lender instead of answers in hand")
    parser.add_argument("--accept", action="store_true", help="renew the golden pictures")
    chosen = parser.parse_args(arguments)
    if chosen.accept:
        os.environ["FONTCONFIG_FILE"] = str(Path(__file__).parents[1] / "fonts.conf")
    application = QApplication(["gallery"])
    with tempfile.TemporaryDirectory(prefix="loanapp-gallery-", ignore_cleanup_errors=True) as home:
        os.environ["LOANAPP_HOME"] = home
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        from tests.gallery.stage import as_before, prepare

        prepare()
        as_before()
        if chosen.accept:
            return _accept()
        if chosen.out is None and not chosen.walk:
            return _window(application)
        return _pictures(chosen)


def _window(application: QApplication) -> int:
    from tests.gallery.viewer import Viewer

    viewer = Viewer()
    viewer.show()
    return application.exec()


def _pictures(chosen: argparse.Namespace) -> int:
    from tests.gallery.combinations import all_combinations, named
    from tests.gallery.scenes import all_scenes
    from tests.gallery.stage import as_before, picture
    from tests.gallery.sweep import sweep
    from tests.gallery.walk import walk

    started, faults, kept = time.monotonic(), 0, 0
    combinations = [named(name) for name in chosen.combinations] or list(all_combinations())
    if chosen.out is not None:
        chosen.out.mkdir(parents=True, exist_ok=True)
    if chosen.walk:
        seen = walk(combinations, chosen.out)
        print("\n".join(seen.faults) or "nothing is cut off", f"({len(seen.seen)} stops)")
        return 1 if seen.faults else 0

    def keep(scene: object, combination: object, window: object) -> None:
        nonlocal kept
        kept += 1
        picture(window).save(str(chosen.out / f"{scene.name}-{combination.name}.png"))

    scenes = [one for one in all_scenes() if not chosen.only or one.name.startswith(tuple(chosen.only))]
    for scene in scenes:
        as_before()
        for fault in sweep(scene, combinations, keep):
            faults += 1
            print(fault, flush=True)
    seconds = time.monotonic() - started
    print(f"{kept} pictures of {len(scenes)} scenes in {chosen.out}, {faults} faults, {seconds:.0f} s")
    return 1 if faults else 0


def _accept() -> int:
    from tests.gallery.golden import accept

    count, size = accept()
    print(f"{count} golden pictures, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
