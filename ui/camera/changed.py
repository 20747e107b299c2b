"""A face that has changed: said so, with a hospital's certificate where there is one, and a person compares."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from ui.camera.column import ColumnArea
from ui.camera.linked_line import SupportLine
from ui.camera.promises import Promises
from ui.components import Banner, Card, IconView, LinkButton, SecondaryButton, label
from ui.components.consent_card import ConsentCard
from ui.formats import moment
from ui.messages import Level
from ui.translations import tr, translator

if TYPE_CHECKING:
    from loanapp.client.answers import ConsentText
    from loanapp.client.application import ConsentRecord


class ChangedStep(ColumnArea):
    """``chosen`` comes with the path of a file; nothing is read here, and none is needed.

    A file can be chosen only once the certificate's own authorisation is given (PIPL 29).
    """

    chosen = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self._file: Path | None = None
        self._consent: ConsentText | None = None
        self._record: ConsentRecord | None = None
        self._working = False
        self.promises = Promises(centred=False)
        self.body.addWidget(self.promises)
        self._lead = Banner(Level.INFORMATION)
        self.body.addWidget(self._lead)
        self.consent = ConsentCard("document")
        self.body.addWidget(self.consent)
        card = self._card = Card(padding=20, spacing=12)
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
        """The certificate that was chosen; none without its authorisation."""
        return self._file if self.granted else None

    @property
    def granted(self) -> bool | None:
        """What was answered to the authorisation's text in force; ``None`` before an answer."""
        return self._record.granted if self._record is not None else None

    def show_consent(
        self, consent: "ConsentText | None", record: "ConsentRecord | None", *, working: bool = False
    ) -> None:
        """The authorisation's text and the answer to it; without a text this lender takes no certificate."""
        self._consent, self._record, self._working = consent, record, working
        if not self.granted:
            self._file = None
        self.retranslate()

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
        self._text.setText(tr(f"face_verification.changed.certificate_{'text' if self.granted else 'first'}"))
        self._say_consent()
        self.choose.setVisible(bool(self.granted))
        self._held.setText(self._file.name if self._file is not None else "")
        for widget in (self._mark, self._held, self.remove):
            widget.setVisible(self._file is not None)
        self.remove.setText(tr("face_verification.changed.remove"))
        self.choose.setText(tr(f"face_verification.changed.{'replace' if self._file else 'choose'}"))

    def _say_consent(self) -> None:
        consent, record, pick = self._consent, self._record, translator().pick
        for widget in (self.consent, self._card):
            widget.setVisible(consent is not None)
        if consent is None:
            return
        facts = {fact: pick(getattr(consent, fact)) for fact in ("recipient", "retention", "refuse_effect")}
        name = tr(f"permissions.scope_{consent.scope.value}")
        self.consent.say(name, pick(consent.purpose), facts, pick(consent.text))
        when = moment(record.recorded_at) if record is not None else ""
        self.consent.show_state(granted=self.granted, when=when, working=self._working)

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self._name.text(), "", f"{tr('face_verification.changed.files')} (*.jpg *.jpeg *.png *.pdf)"
        )
        if name:
            self.show_file(Path(name))
            self.chosen.emit(Path(name))
