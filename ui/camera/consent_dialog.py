"""The consent, as a dialog of its own before any camera: what, where, how protected, how long, who; agree or not."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from loanapp.client.answers import ConsentText
from ui.camera.column import ColumnArea
from ui.camera.promises import Promises
from ui.components import LinkButton, PrimaryButton, Rule, SecondaryButton, label
from ui.formats import moment
from ui.reader_language import tell_language
from ui.reader_order import move_focus
from ui.theme import theme
from ui.translations import tr, translator

_WIDTH: Final = 800
_MARGIN: Final = 24
_SPARE: Final = 12
FACTS: Final = ("purpose", "how", "where", "protected", "recipient", "retention", "refuse")


class ConsentFacts(QWidget):
    """The facts of one consent, the lender's own words where the lender has any, and its full text behind a link."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self._names = {fact: label("", "muted", wrap=False) for fact in FACTS}
        self._texts = {fact: label("") for fact in FACTS}
        for place, fact in enumerate(FACTS):
            if place:
                grid.addWidget(Rule(), 2 * place - 1, 0, 1, 2)
            grid.addWidget(self._names[fact], 2 * place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._texts[fact], 2 * place, 1)
        box.addLayout(grid)
        self.more = LinkButton()
        self.more.clicked.connect(self._toggle)
        box.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._full = label("", "small-ink", selectable=True)
        self._full.hide()
        box.addWidget(self._full)

    def show_consent(self, consent: ConsentText) -> None:
        """Say it in the language in force."""
        for fact, name in self._names.items():
            name.setText(tr(f"face_verification.consent.{fact}"))
        for fact in ("how", "where", "protected"):
            self._texts[fact].setText(tr(f"face_verification.consent.{fact}_text"))
        said = {"recipient": consent.recipient, "purpose": consent.purpose}
        for fact, words in said.items():
            self._texts[fact].setText(tr(f"face_verification.consent.{fact}_text", said=translator().pick(words)))
        self._texts["retention"].setText(translator().pick(consent.retention))
        self._texts["refuse"].setText(translator().pick(consent.refuse_effect))
        self._full.setText(translator().pick(consent.text).strip())
        self._name_more()

    def _toggle(self) -> None:
        self._full.setVisible(self._full.isHidden())
        self._name_more()

    def _name_more(self) -> None:
        self.more.setText(tr(f"face_verification.consent.{'full' if self._full.isHidden() else 'full_hide'}"))


class ConsentDialog(QDialog):
    """``agreed``: the borrower says yes; ``other_way``: rather without the face. Escape is "not now".

    With ``given`` it only shows again what was agreed to. Neither answer is chosen beforehand, and Enter alone gives
    none: the focus starts on the way back. Refusing and the other ways stand beside agreeing and never scroll away.
    """

    agreed = Signal()
    other_way = Signal()

    def __init__(
        self, parent: QWidget, consent: ConsentText, *, given: bool = False, when: datetime | None = None
    ) -> None:
        super().__init__(parent)
        self._consent, self._given, self._when = consent, given, when
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._area = ColumnArea(widest=_WIDTH)
        self._area.body.setContentsMargins(_MARGIN + 8, _MARGIN, _MARGIN + 8, 16)
        self._area.body.setSpacing(12)
        box.addWidget(self._area, 1)
        self._fill(self._area.body)
        self._answers = self._make_answers()
        box.addWidget(self._answers)
        self._retranslate()
        self._fit()
        parent.window().installEventFilter(self)
        self.later.setFocus()

    def _fill(self, body: QVBoxLayout) -> None:
        self._title = label("", "title")
        body.addWidget(self._title)
        self.promises = Promises(centred=False, large=True)
        body.addWidget(self.promises)
        self._lead = label("")
        body.addWidget(self._lead)
        self.facts = ConsentFacts()
        body.addWidget(self.facts)
        body.addStretch(1)

    def _make_answers(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "actions")
        row = QHBoxLayout(bar)
        row.setContentsMargins(_MARGIN + 8, 12, _MARGIN + 8, 12)
        row.setSpacing(12)
        self.later = SecondaryButton()
        self.later.clicked.connect(self.reject)
        row.addWidget(self.later)
        self.another = LinkButton()
        self.another.clicked.connect(self._choose_another)
        row.addWidget(self.another)
        self.another.setVisible(not self._given)
        row.addStretch(1)
        self.agree = PrimaryButton()
        self.agree.clicked.connect(self._agree)
        row.addWidget(self.agree)
        self.agree.setVisible(not self._given)
        return bar

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001 - Qt's signature
        """Tab goes through what is there now, from top to bottom."""
        return move_focus(self, forward=next)

    def _agree(self) -> None:
        self.accept()
        self.agreed.emit()

    def _choose_another(self) -> None:
        self.reject()
        self.other_way.emit()

    def _retranslate(self) -> None:
        tell_language(self)
        self.setWindowTitle(tr("face_verification.consent.title"))
        self._title.setText(tr("face_verification.consent.title"))
        self.promises.retranslate()
        lead = "given" if self._given else "lead"
        self._lead.setText(tr(f"face_verification.consent.{lead}", when=moment(self._when) if self._when else ""))
        self.facts.show_consent(self._consent)
        self.another.setText(tr("face_verification.other_way"))
        self.later.setText(tr(f"face_verification.consent.{'close' if self._given else 'later'}"))
        self.agree.setText(tr("face_verification.consent.agree"))

    def _fit(self) -> None:
        """As large as what it says, and never larger than the window behind it."""
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else self.screen().availableSize()
        width = min(theme().px(_WIDTH), room.width() - 32)
        inner, least = self._area.widget().layout(), 0
        if inner is not None:
            inner.activate()
            least = inner.totalHeightForWidth(width - 16)
        height = least + self._answers.sizeHint().height() + theme().px(_SPARE)
        self.resize(width, min(height, room.height() - 32))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A smaller window behind it leaves less room."""
        if event.type() == QEvent.Type.Resize and watched is not self and self.isVisible():
            QTimer.singleShot(0, self, self._fit)
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
