"""Before the camera: the page behind the consent dialog, and the question about flashing light."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.camera.column import ColumnArea
from ui.camera.linked_line import AgreedLine
from ui.camera.promises import Promises
from ui.camera.ways import Way, WaysCard
from ui.components import label
from ui.components.choice_cards import Choice, ChoiceCards
from ui.components.illustration import Illustration
from ui.translations import tr


class ConsentStep(ColumnArea):
    """What comes, the two sentences, and the other ways; the decision itself is asked in a dialog of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(Illustration("verification", 110), 0, Qt.AlignmentFlag.AlignVCenter)
        self._lead = label("")
        row.addWidget(self._lead, 1)
        self.body.addLayout(row)
        self.promises = Promises(centred=False)
        self.body.addWidget(self.promises)
        self.ways = WaysCard()
        self.body.addWidget(self.ways)
        self.body.addStretch(1)

    def retranslate(self, ways: Iterable[Way]) -> None:
        """Change the words, and the ways there are."""
        self._lead.setText(tr("face_verification.consent.lead"))
        self.promises.retranslate()
        self.ways.show_ways(ways)


WITH_FLASH: Final = "with_flash"
WITHOUT_FLASH: Final = "without_flash"


class FlashStep(ColumnArea):
    """Whether the screen may change its colours: asked before anything is asked of the lender.

    Nothing is chosen, and the answer that can harm nobody stands first.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.promises = Promises(centred=False)
        self.body.addWidget(self.promises)
        self._question = label("", "heading")
        self.body.addWidget(self._question)
        self.cards = ChoiceCards(columns=1)
        self.cards.chosen.connect(lambda _value: self.chosen.emit())
        self.body.addWidget(self.cards)
        self._kept = label("", "muted")
        self.body.addWidget(self._kept)
        self.body.addStretch(1)
        self.agreed = AgreedLine()
        self.body.addWidget(self.agreed)

    def answer(self) -> bool | None:
        """``True`` for colours, ``False`` for none, ``None`` while nothing is chosen."""
        return {WITH_FLASH: True, WITHOUT_FLASH: False}.get(self.cards.value())

    def show_answer(self, accepted: bool | None) -> None:  # noqa: FBT001 - what was answered
        """Show what was chosen before, or nothing."""
        if accepted is None:
            self.cards.clear()
        else:
            self.cards.choose(WITH_FLASH if accepted else WITHOUT_FLASH)

    def focus_first(self) -> None:
        """Start at the answers."""
        self.cards.setFocus(Qt.FocusReason.TabFocusReason)

    def retranslate(self) -> None:
        """Change the words; what is chosen stays."""
        self.promises.retranslate()
        self._question.setText(tr("face_verification.flash.question"))
        self.cards.setAccessibleName(self._question.text())
        self.cards.set_choices(
            [
                Choice(value, tr(f"face_verification.flash.{value}"), tr(f"face_verification.flash.{value}_text"))
                for value in (WITHOUT_FLASH, WITH_FLASH)
            ]
        )
        self._kept.setText(tr("face_verification.flash.kept"))
        self.agreed.retranslate()
