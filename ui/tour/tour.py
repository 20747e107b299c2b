"""``loanapp tour``: one walk a language, each with a fresh data folder; the first thing amiss ends it."""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication

from loanapp.journey.pages import Page
from ui.tour.driver import TourError, WindowDriver
from ui.tour.keyboard import KeyboardDriver
from ui.tour.kit import Kept, TourKit
from ui.tour.walk import Walk
from ui.translations import Language, translator

_HOME_VARIABLE: Final = "LOANAPP_HOME"
_PAGES_AT_LEAST: Final = 15


def prepare_platform() -> None:
    """Draw without a screen where there is none; nothing of the tour goes to the user's own credential store."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


def application() -> QApplication:
    """The one Qt application of this process; its own file dialogs, so that they can be driven."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    return QApplication(["loanapp"])


def run(
    out: Path,
    languages: Sequence[Language],
    last: Page = Page.MY_LOAN,
    identity: str = "approved",
    *,
    keyboard: bool = False,
) -> int:
    """Walk once a language, with ``keyboard`` by keys alone; prints what was left, returns the exit code."""
    prepare_platform()
    out.mkdir(parents=True, exist_ok=True)
    app = application()
    for language in languages:
        started = time.monotonic()
        try:
            kept = walk(out, language, last, identity, keyboard=keyboard)
        except TourError as error:
            print(f"tour ({language}): {error}", file=sys.stderr)  # noqa: T201 - a command
            return 1
        seconds = time.monotonic() - started
        print(f"tour ({language}): {len(kept.pictures)} pictures, {len(kept.pages)} pages, {seconds:.1f} s")  # noqa: T201
        print("  " + ", ".join(f"{page} {spent}" for page, spent in kept.seconds.items()))  # noqa: T201
        for note in kept.notes:
            print(f"tour ({language}): {note}")  # noqa: T201
        app.processEvents()
    print(f"{out}")  # noqa: T201
    return 0


def walk(
    out: Path | None,
    language: Language,
    last: Page = Page.MY_LOAN,
    identity: str = "approved",
    *,
    keyboard: bool = False,
) -> Kept:
    """One walk in a fresh data folder; raises :class:`TourError` at the first thing that is not as it should be."""
    from ui.__main__ import demonstration_kit

    kit = demonstration_kit()
    if kit is None:
        raise TourError("this build has no demonstration")
    before = os.environ.get(_HOME_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="loanapp-tour-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.environ[_HOME_VARIABLE] = folder
        tour_kit = TourKit(kit)
        driver = (KeyboardDriver if keyboard else WindowDriver)(home, language, tour_kit)
        try:
            driver.open()
            steps = Walk(driver, tour_kit, out, identity)
            steps.to(last)
            if out is not None and last is Page.MY_LOAN:
                keep_roots(home, out)
                verify(out)
                _refuse_few(steps.kept)
        except TourError:
            if out is not None:
                driver.keep_failure(out / f"failed-{language}.png")
            raise
        else:
            return steps.kept
        finally:
            driver.close()
            translator().set_language("zh")
            if before is None:
                os.environ.pop(_HOME_VARIABLE, None)
            else:
                os.environ[_HOME_VARIABLE] = before


def _refuse_few(kept: Kept) -> None:
    if len(kept.pictures) < _PAGES_AT_LEAST:
        raise TourError(f"only {len(kept.pictures)} pictures were kept")


def keep_roots(home: Path, out: Path) -> None:
    """Keep what a third party trusts to check the contract: the lender's document root and its time root."""
    public = home / "lender" / "public"
    try:
        roots = [(public / name).read_text(encoding="ascii") for name in ("document_root.pem", "time_root.pem")]
    except OSError as error:
        raise TourError(f"the lender's roots are not where they belong: {type(error).__name__}") from error
    (out / "root.pem").write_text("".join(f"{root.strip()}\n" for root in roots), encoding="ascii")


def verify(out: Path) -> None:
    """Check the saved contract as anyone else would: with the headless command and the roots alone."""
    from loanapp.commands import main

    if main(["verify", str(out / "contract.pdf"), "--trust", str(out / "root.pem")]) != 0:
        raise TourError("`loanapp verify` refuses the contract of this tour")
