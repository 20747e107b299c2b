"""What can be wrong with a computer when the program starts, each said in a plain dialog with what mends it.

What would lose the borrower's words is looked at before the window is furnished, in a millisecond; files and the date
are looked at by a worker while the window is in use already.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from ui.components.buttons import PrimaryButton, SecondaryButton
from ui.components.dialog import Dialog
from ui.components.labels import label
from ui.translations import Texts

if TYPE_CHECKING:
    from datetime import datetime

_MEGABYTE: Final = 1024 * 1024
_LEAST_MB: Final = 200


class StartFault:
    """``name`` picks title, words and fix of the ``start`` catalogue. Some can be lived with: ``may_go_on``."""

    def __init__(self, name: str, *, may_go_on: bool = False, **values: str) -> None:
        self.name, self.may_go_on, self.values = name, may_go_on, values


def fault_of_storage(home: Path) -> StartFault | None:
    """Whether what the borrower types can be kept in ``home``."""
    there = next(place for place in (home, *home.parents) if place.is_dir())
    free = shutil.disk_usage(there).free // _MEGABYTE
    if free < _LEAST_MB:
        return StartFault("no_room", may_go_on=free > 0, free=str(free))
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"loanapp")
    except OSError:
        return StartFault("no_writing", folder=str(home))
    return None


def fault_of_program(now: "datetime | None" = None) -> StartFault | None:
    """Whether every file is there and whole, and the date possible. Takes a moment: for a worker."""
    from loanapp.domain.clock import SystemClock
    from loanapp.help.diagnosis import CheckState
    from loanapp.help.diagnosis.network import before_the_program
    from loanapp.help.diagnosis.program import assets

    files = assets()
    if files.state is CheckState.BAD:
        return StartFault("files", may_go_on=True, names=files.values["names"])
    now = now or SystemClock().now()
    return StartFault("clock", may_go_on=True, day=now.date().isoformat()) if before_the_program(now) else None


class StartDialog(Dialog):
    """What is wrong, what mends it, and the ways on."""

    def __init__(self, fault: StartFault, parent: QWidget | None = None, *, retry: bool = True) -> None:
        super().__init__(parent, width=520)
        self._texts = Texts()
        self._texts.bind(self.set_heading, f"start.{fault.name}_title")
        for part in ("text", "fix"):
            words = label("")
            self._texts.bind(words.setText, f"start.{fault.name}_{part}", **fault.values)
            self.body.addWidget(words)
        self.leave = SecondaryButton()
        self.go_on = SecondaryButton()
        self.retry = PrimaryButton()
        self.go_on.setVisible(fault.may_go_on)
        self.retry.setVisible(retry)
        for button, name in ((self.leave, "leave"), (self.go_on, "go_on"), (self.retry, "retry")):
            self._texts.bind(button.setText, f"start.{name}")
            self.answers.addWidget(button)
        self.answers.insertStretch(1, 1)
        self._texts.apply()
        first = self.retry if retry else self.leave
        first.setDefault(True)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._texts.apply()
        super().changeEvent(event)


class StartCheck(QObject):
    """Looks, tells, and goes on by ``go_on`` once nothing is wrong or the borrower wants to all the same."""

    def __init__(self, look: Callable[[], StartFault | None], go_on: Callable[[], object], window: QWidget) -> None:
        super().__init__(window)
        self._look, self._go_on, self._window = look, go_on, window
        self.dialog: StartDialog | None = None

    def begin(self) -> None:
        """Look now."""
        self.take(self._look())

    def take(self, fault: StartFault | None) -> None:
        """What was found, here or by a worker."""
        if fault is None:
            self._go_on()
            return
        dialog = self.dialog = StartDialog(fault, self._window)
        dialog.retry.clicked.connect(lambda: self._answer(self.begin))
        dialog.go_on.clicked.connect(lambda: self._answer(self._go_on))
        dialog.leave.clicked.connect(lambda: self._answer(self._window.close))
        dialog.rejected.connect(lambda: self._answer(self._window.close))
        dialog.open()

    def _answer(self, act: Callable[[], object]) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.blockSignals(True)  # noqa: FBT003 - Qt's signature
            dialog.hide()
            dialog.deleteLater()
            act()
