"""A face that has changed: said so, with a hospital's certificate where there is one, and a person compares."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from ui.camera.column import ColumnArea
from ui.camera.linked_line import SupportLine
from ui.camera.promises import Promises
from ui.components import Banner, Card, IconView, LinkButton, SecondaryButton, label
from ui.messages import Level
from ui.translations import tr


class ChangedStep(ColumnArea):
    """``chosen`` comes with the path of a file; nothing is read here, and none is needed."""

    chosen = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._file: Path | None = None
        self.promises = Promises(centred=False)
        self.body.addWidget(self.promises)
        self._lead = Banner(Level.INFORMATION)
        self.body.addWidget(self._lead)
        card = Card(padding=20, spacing=12)
        self._name = label("", "strong")
        card.body.addWidget(self._name)
        self._text = label("", "muted")
        card.body.addWidget(self._text)
        held = QHBoxLayout()
        held.setSpacing(8)
        self._mark = IconView("document", "accent", 20)
        held.addWidget(self._mark)
        self._held = label("")
        held.addWidget(self._held, 1)
        self.remove = LinkButton()
        self.remove.clicked.connect(lambda: self.show_file(None))
        held.addWidget(self.remove)
        card.body.addLayout(held)
        self.error = label("", "error")
        self.error.hide()
        card.body.addWidget(self.error)
        self.choose = SecondaryButton(icon="upload")
        self.choose.clicked.connect(self._ask)
        card.body.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(card)
        self._never_asks = label("", "muted")
        self.body.addWidget(self._never_asks)
        self.support = SupportLine()
        self.body.addWidget(self.support)
        self.body.addStretch(1)

    @property
    def file(self) -> Path | None:
        """The certificate that was chosen."""
        return self._file

    def show_file(self, file: Path | None) -> None:
        """Name the file that will be sent, or that there is none."""
        self._file = file
        self.show_error("")
        self.retranslate()

    def show_error(self, text: str) -> None:
        """Say beside the file what is wrong with it."""
        self.error.setText(text)
        self.error.setVisible(bool(text))
        self.choose.setAccessibleDescription(text)

    def retranslate(self) -> None:
        """Change the words."""
        self.promises.retranslate()
        self.support.retranslate()
        self._never_asks.setText(tr("face_verification.manual.never_asks"))
        self._lead.say("", tr("face_verification.changed.lead"))
        self._name.setText(tr("face_verification.changed.certificate"))
        self._text.setText(tr("face_verification.changed.certificate_text"))
        self._held.setText(self._file.name if self._file is not None else "")
        for widget in (self._mark, self._held, self.remove):
            widget.setVisible(self._file is not None)
        self.remove.setText(tr("face_verification.changed.remove"))
        self.choose.setText(tr(f"face_verification.changed.{'replace' if self._file else 'choose'}"))

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self._name.text(), "", f"{tr('face_verification.changed.files')} (*.jpg *.jpeg *.png *.pdf)"
        )
        if name:
            self.show_file(Path(name))
            self.chosen.emit(Path(name))
