"""One authorisation: what it is, why, three facts, and two equal buttons. Nothing is chosen beforehand."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.components.banner import Banner
from ui.components.buttons import AnswerButton, LinkButton
from ui.components.card import Card
from ui.components.icons import IconView
from ui.components.labels import Rule, label, set_role
from ui.messages import Level
from ui.reader_order import BY_COLUMNS
from ui.translations import tr

_FACTS = ("recipient", "retention", "refuse_effect")


class ConsentCard(Card):
    """``decided`` comes with yes or no; ``show_state`` tells what is on record."""

    decided = Signal(bool)

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=12)
        self._change: Banner | None = None
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(IconView(icon, "accent", 32), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.name = label("", "heading")
        self.why = label("", "muted")
        words.addWidget(self.name)
        words.addWidget(self.why)
        head.addLayout(words, 1)
        self.body.addLayout(head)
        self.body.addWidget(Rule())
        self._make_facts()
        self._make_text()
        self._make_answer()

    def _make_facts(self) -> None:
        grid = QGridLayout()
        grid.setProperty(BY_COLUMNS, True)  # noqa: FBT003 - Qt's signature
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(2)
        self.fact_names, self.facts = {}, {}
        for column, fact in enumerate(_FACTS):
            self.fact_names[fact] = label("", "small")
            self.facts[fact] = label("", "small-ink")
            grid.addWidget(self.fact_names[fact], 0, column)
            grid.addWidget(self.facts[fact], 1, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)

    def _make_text(self) -> None:
        self.more = LinkButton()
        self.more.clicked.connect(self._toggle_text)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._sheet = QFrame()
        self._sheet.setProperty("role", "paper-sheet")
        sheet = QVBoxLayout(self._sheet)
        sheet.setContentsMargins(16, 12, 16, 12)
        self.text = label("", "small-ink")
        sheet.addWidget(self.text)
        self._sheet.hide()
        self.body.addWidget(self._sheet)

    def _make_answer(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        self._icon = IconView("waiting", "muted", 20)
        row.addWidget(self._icon)
        self.state = label("", "small")
        row.addWidget(self.state, 1)
        self.no, self.yes = AnswerButton(), AnswerButton()
        self._group = QButtonGroup(self)
        for button, answer in ((self.no, False), (self.yes, True)):
            self._group.addButton(button)
            # Not "clicked", which does not come when a screen reader turns it on.
            button.toggled.connect(lambda on, answer=answer: self.decided.emit(answer) if on else None)
            row.addWidget(button)
        self.body.addLayout(row)

    def add_notice(self, notice: QWidget) -> None:
        """Put ``notice`` between the facts and the text."""
        self.body.insertWidget(self.body.indexOf(self.more), notice)

    def show_change(self, title: str, text: str) -> None:
        """What has changed in the text since it was last answered; without words there is nothing to show."""
        if self._change is None:
            if not text:
                return
            self._change = Banner(Level.LOOK)
            self.body.insertWidget(self.body.indexOf(self.more), self._change)
        self._change.say(title, text)
        self._change.setVisible(bool(text))

    def say(self, name: str, why: str, facts: dict[str, str], text: str) -> None:
        """Set the words."""
        self.name.setText(name)
        self.why.setText(why)
        for fact in _FACTS:
            self.facts[fact].setText(facts[fact])
        self.text.setText(text.strip())
        self._retranslate()

    def show_state(self, *, granted: bool | None, when: str = "", working: bool = False) -> None:
        """What is on record: given, refused, or nothing yet."""
        self._group.setExclusive(False)
        for button, answer in ((self.yes, True), (self.no, False)):
            with QSignalBlocker(button):
                button.setChecked(granted is answer)
        self._group.setExclusive(True)
        for button in (self.yes, self.no):
            button.setEnabled(not working)
        kind = "working" if working else "open" if granted is None else "granted" if granted else "refused"
        icon, token = {
            "working": ("running", "accent"),
            "open": ("waiting", "muted"),
            "granted": ("done", "done"),
            "refused": ("stop", "muted"),
        }[kind]
        self._icon.show_icon(icon, token)
        self.state.setText(tr(f"common.consent_{kind}", when=when))
        set_role(self, "answered", "true" if granted is not None else "false")

    def _toggle_text(self) -> None:
        self._sheet.setVisible(self._sheet.isHidden())
        self._retranslate()

    def _retranslate(self) -> None:
        for fact, caption in self.fact_names.items():
            caption.setText(tr(f"common.consent_{fact}"))
        self.more.setText(tr("common.consent_read" if self._sheet.isHidden() else "common.consent_fold"))
        self.more.setAccessibleName(f"{self.more.text()} {self.name.text()}")
        for button, key in ((self.yes, "yes"), (self.no, "no")):
            button.setText(tr(f"common.consent_{key}"))
            button.setAccessibleName(f"{button.text()} {self.name.text()}")
            button.setAccessibleDescription(tr(f"common.consent_{key}_key"))
            button.setToolTip(button.accessibleDescription())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Y and N answer from wherever the keyboard is in this card, and in no other place (WCAG 2.1.4)."""
        button = {Qt.Key.Key_Y: self.yes, Qt.Key.Key_N: self.no}.get(Qt.Key(event.key()))
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if button is None or not plain or not button.isEnabled():
            super().keyPressEvent(event)
        else:
            button.setFocus(Qt.FocusReason.ShortcutFocusReason)
            button.click()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language; the page sets the lender's words."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
