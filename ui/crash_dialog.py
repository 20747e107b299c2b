"""The dialog of :mod:`ui.crash`."""

import platform

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

import loanapp
from ui.components.buttons import PrimaryButton, SecondaryButton
from ui.components.dialog import Dialog
from ui.components.labels import label
from ui.translations import tr


class CrashDialog(Dialog):
    """That something went wrong, what could be sent, and the ways on: open again, copy, close."""

    def __init__(self, kind: str, places: list[str], parent: QWidget | None = None) -> None:
        """``kind`` is the type of the exception, ``places`` where it was; neither holds anything that was typed."""
        super().__init__(parent, width=560)
        self.report = tr(
            "start.crash_report",
            version=loanapp.__version__,
            system=f"{platform.system()} {platform.machine()}",
            kind=kind,
            places=" > ".join(places),
        )
        self.set_heading(tr("common.unexpected_title"))
        self.body.addWidget(label(tr("start.crash_text")))
        self.body.addWidget(label(tr("start.crash_sent"), "small"))
        # A long path may break anywhere.
        self.body.addWidget(label(self.report.replace(":", ":\u200b"), "small", selectable=True))
        self.again, self.copy, self.close_button = PrimaryButton(), SecondaryButton(), SecondaryButton()
        for button, name in ((self.close_button, "close"), (self.copy, "copy"), (self.again, "again")):
            button.setText(tr(f"start.crash_{name}"))
            self.answers.addWidget(button)
        self.answers.insertStretch(1, 1)
        self.again.setDefault(True)
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.reject)
        self.again.clicked.connect(self.accept)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)
