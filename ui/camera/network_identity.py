"""Verification by the national network identity service: the code that its app shows once, typed here."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout

from loanapp.domain.errors import LoanAppError
from loanapp.domain.network_identity import CODE_DIGITS
from ui.camera.column import ColumnArea
from ui.camera.linked_line import SupportLine
from ui.components import Banner, Card, IconView, SimulatedTag, label
from ui.components.number_fields import GroupedField
from ui.formats import sentence_and_fix
from ui.messages import Level
from ui.translations import error_fix, error_sentence, tr

_MARGIN: Final = 12
_PARTS: Final = ("show", "type")


class PresentationCodeField(GroupedField):
    """Eight digits, 4-4."""

    sizes = (4, 4)

    @property
    def complete(self) -> bool:
        """Whether all digits stand there."""
        return len(self.text()) == CODE_DIGITS


class NetworkIdentityStep(ColumnArea):
    """What to do in the app, the field, and who is told what; ``changed`` whenever the code does."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._error: LoanAppError | None = None
        self._simulated = False
        self._lead = Banner(Level.INFORMATION)
        self.body.addWidget(self._lead)
        card = Card(padding=20, spacing=12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconView("seal", "accent", 24))
        self._name = label("", "strong")
        head.addWidget(self._name, 1)
        self._tag = SimulatedTag()
        head.addWidget(self._tag)
        card.body.addLayout(head)
        self._steps = {part: label("") for part in _PARTS}
        for text in self._steps.values():
            card.body.addWidget(text)
        self.code = PresentationCodeField(width=200)
        self.code.edited.connect(lambda _: self._edited())
        card.body.addWidget(self.code)
        self._test_codes = label("", "muted")
        card.body.addWidget(self._test_codes)
        self.body.addWidget(card)
        self._told = label("", "muted")
        self.body.addWidget(self._told)
        self.support = SupportLine()
        self.body.addWidget(self.support)
        self.body.addStretch(1)

    def show_simulated(self, *, simulated: bool) -> None:
        """Whether the service is the simulated one, whose test codes are named."""
        self._simulated = simulated
        self.retranslate()

    def show_error(self, error: LoanAppError | None) -> None:
        """Say at the field why a code was refused and what to do, or stop saying so."""
        self._error = error
        self.retranslate()

    def clear(self) -> None:
        """Forget the code: it is good once."""
        self.code.set_text("")
        self.show_error(None)

    def focus_first(self) -> None:
        """Start at the field."""
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)
        # With what is said below it, once that has its place and the area has followed the focus.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.code, 0, _MARGIN))

    def _edited(self) -> None:
        if self._error is not None:
            self.show_error(None)
        self.changed.emit()

    def retranslate(self) -> None:
        """Change the words; the code stays."""
        key = "face_verification.network"
        self._lead.say("", tr(f"{key}.lead"))
        self._name.setText(tr(f"{key}.service"))
        for part, text in self._steps.items():
            text.setText(tr(f"{key}.{part}"))
        self.code.set_label(tr(f"{key}.code"), tr(f"{key}.code_hint"))
        error = self._error
        self.code.set_error(None if error is None else sentence_and_fix(error_sentence(error), error_fix(error)))
        self._test_codes.setText(tr(f"{key}.test_codes"))
        for widget in (self._tag, self._test_codes):
            widget.setVisible(self._simulated)
        self._told.setText(tr(f"{key}.told"))
        self.support.retranslate()
