"""The steps of the face page as widgets without behaviour: consent, getting ready, the mirror, the result."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from loanapp.client.answers import ConsentText
from ui.camera.figures import DONE, HOLD_STILL, Drawing
from ui.camera.moving_drawing import MovingDrawing
from ui.camera.preview import CameraPreview
from ui.components import Banner, Card, IconView, LinkButton, Rule, SecondaryButton, SimulatedTag, label
from ui.components.labels import empty, set_role
from ui.components.page_scaffold import COLUMN
from ui.messages import Level
from ui.theme import theme
from ui.translations import tr

_DRAWING: Final = 84


class ColumnArea(QScrollArea):
    """A column of at most 680 px in the middle; scrolls when the text is large, never cuts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        self._column = QWidget()
        self._column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body = QVBoxLayout(self._column)
        self.body.setContentsMargins(0, 0, 4, 0)
        self.body.setSpacing(16)
        row.addStretch(1)
        row.addWidget(self._column, 1000)
        row.addStretch(1)
        self.setWidget(holder)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines readable: no wider than the column."""
        self._column.setMaximumWidth(theme().px(COLUMN))
        super().resizeEvent(event)


class Promises(QWidget):
    """What stays in sight: only for identity; and, in red, never tell a code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addStretch(10)
        self._only, self._never = label("", "small-ink", wrap=False), label("", "error", wrap=False)
        for icon, token, words in (("lock", "ink", self._only), ("stop", "stop", self._never)):
            pair = QHBoxLayout()
            pair.setSpacing(8)
            pair.addStretch(1)
            pair.addWidget(IconView(icon, token, 18))
            pair.addWidget(words)
            pair.addStretch(1)
            words.setMinimumWidth(1)
            self._row.addLayout(pair)
        self._row.addStretch(10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, else one under the other."""
        needed = self._only.sizeHint().width() + self._never.sizeHint().width() + 4 * 26
        wide = QBoxLayout.Direction.LeftToRight
        self._row.setDirection(wide if self.width() >= needed else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)

    def retranslate(self) -> None:
        """Change the words."""
        self._only.setText(tr("face_verification.only_for_identity"))
        self._never.setText(tr("face_verification.never_tell_code"))


class ConsentStep(ColumnArea):
    """Where, how, what for, how long, who: before any camera opens."""

    _FACTS: Final = ("purpose", "how", "recipient", "retention", "refuse")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lead = label("")
        self.body.addWidget(self._lead)
        card = Card(padding=20, spacing=8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self._names = {fact: label("", "muted", wrap=False) for fact in self._FACTS}
        self._texts = {fact: label("") for fact in self._FACTS}
        for place, fact in enumerate(self._FACTS):
            if place:
                grid.addWidget(Rule(), 2 * place - 1, 0, 1, 2)
            grid.addWidget(self._names[fact], 2 * place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._texts[fact], 2 * place, 1)
        card.body.addLayout(grid)
        self._more = LinkButton()
        self._more.clicked.connect(self._toggle)
        card.body.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._full = label("", "small-ink", selectable=True)
        self._full.hide()
        card.body.addWidget(self._full)
        self.body.addWidget(card)
        self._other = Banner(Level.INFORMATION)
        self.body.addWidget(self._other)
        self.body.addStretch(1)

    def show_consent(self, consent: ConsentText | None, language: str) -> None:
        """Show the lender's own words in ``language``."""
        self._lead.setText(tr("face_verification.consent.lead"))
        for fact, name in self._names.items():
            name.setText(tr(f"face_verification.consent.{fact}"))
        self._texts["how"].setText(tr("face_verification.consent.how_text"))
        if consent is not None:
            self._texts["purpose"].setText(consent.purpose.in_language(language))
            self._texts["recipient"].setText(consent.recipient.in_language(language))
            self._texts["retention"].setText(consent.retention.in_language(language))
            self._texts["refuse"].setText(consent.refuse_effect.in_language(language))
            self._full.setText(consent.text.in_language(language).strip())
        self._other.say("", tr("face_verification.other_way.price"))
        self._name_more()

    def _toggle(self) -> None:
        self._full.setVisible(self._full.isHidden())
        self._name_more()

    def _name_more(self) -> None:
        self._more.setText(tr(f"face_verification.consent.{'full' if self._full.isHidden() else 'full_hide'}"))


class ReadyStep(ColumnArea):
    """Three tips and which camera; ``search_wanted`` asks for the list again."""

    search_wanted = Signal()
    _TIPS: Final = (("light", "sun"), ("uncovered", "face"), ("distance", "person"))

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout()
        row.setSpacing(24)
        self._drawing = MovingDrawing(side=132)
        self._drawing.show_drawing(HOLD_STILL)
        row.addWidget(self._drawing, 0, Qt.AlignmentFlag.AlignVCenter)
        tips = QVBoxLayout()
        tips.setSpacing(14)
        self._tips = {tip: label("") for tip, _ in self._TIPS}
        for tip, icon in self._TIPS:
            line = QHBoxLayout()
            line.setSpacing(12)
            line.addWidget(IconView(icon, "accent", 24), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(self._tips[tip], 1)
            tips.addLayout(line)
        row.addLayout(tips, 1)
        self.body.addLayout(row)
        self._camera_name = label("", "strong")
        self.body.addWidget(self._camera_name)
        choose = QHBoxLayout()
        choose.setSpacing(12)
        self.cameras = QComboBox()
        self.cameras.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.cameras.setMinimumContentsLength(12)
        choose.addWidget(self.cameras, 1)
        self.tag = SimulatedTag()
        choose.addWidget(self.tag)
        self._again = SecondaryButton()
        self._again.clicked.connect(self.search_wanted)
        choose.addWidget(self._again)
        self.body.addLayout(choose)
        self._none = Banner(Level.LOOK)
        self._none.hide()
        self.body.addWidget(self._none)
        self.body.addStretch(1)

    def retranslate(self) -> None:
        """Change the words."""
        for tip, words in self._tips.items():
            words.setText(tr(f"face_verification.ready.{tip}"))
        self._camera_name.setText(tr("face_verification.ready.camera"))
        self.cameras.setAccessibleName(tr("face_verification.ready.camera"))
        self._again.setText(tr("face_verification.ready.again"))
        self._none.say("", tr("face_verification.ready.none"))

    def show_none(self, none: bool) -> None:  # noqa: FBT001 - a setter
        """Say that there is no camera, or not."""
        self._none.setVisible(none)
        self.cameras.setVisible(not none)


class MirrorStep(QWidget):
    """The mirror fills the page; beneath it one line with its drawing, and the two promises."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.preview = CameraPreview()
        box.addWidget(self.preview, 1)
        self.tag = SimulatedTag(self.preview)
        self.tag.hide()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        self._drawing = MovingDrawing(side=_DRAWING)
        row.addWidget(self._drawing)
        self.line = label("", "title")
        self.line.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        row.addWidget(self.line)
        row.addStretch(1)
        box.addLayout(row)
        self.promises = Promises()
        box.addWidget(self.promises)
        self._what: Drawing | None = None

    def say(self, text: str, drawing: Drawing | None, *, look: bool = False) -> None:
        """Show the one line and its drawing; ``look`` colours a hint."""
        if self.line.text() != text:
            self.line.setText(text)
            self.line.setAccessibleName(text)
            self._fit_line()
        set_role(self.line, "tone", "look" if look else "")
        self._drawing.set_reduced_motion(theme().reduced_motion)
        self._drawing.show_drawing(drawing, theme().colour("look") if look else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the tag at the top right of the mirror."""
        super().resizeEvent(event)
        self._place_tag()
        self._fit_line()

    def _fit_line(self) -> None:
        """One line where there is room for it; where there is not (large text), it wraps."""
        metrics = QFontMetrics(theme().font(28))
        room = self.width() - _DRAWING - 64
        self.line.setMinimumWidth(max(0, min(metrics.horizontalAdvance(self.line.text()) + 8, room)))
        self.line.setMinimumHeight(round(metrics.height() * 1.2))

    def show_simulated(self, simulated: bool) -> None:  # noqa: FBT001 - a setter
        """Label a picture that no camera made."""
        self.tag.setVisible(simulated)
        self._place_tag()

    def _place_tag(self) -> None:
        size = self.tag.sizeHint()
        self.tag.setGeometry(self.preview.width() - size.width(), 0, size.width(), size.height())


class ResultStep(ColumnArea):
    """What came of it: a sentence, and each reason with what helps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = MovingDrawing(side=132)
        self.body.addWidget(self._drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        self._banner = Banner(Level.LOOK)
        self.body.addWidget(self._banner)
        self._heading = label("", "heading")
        self.body.addWidget(self._heading)
        self._card = Card(spacing=14)
        self.body.addWidget(self._card)
        self._note = label("", "muted")
        self.body.addWidget(self._note)
        self._other = Banner(Level.INFORMATION)
        self.body.addWidget(self._other)
        self.body.addStretch(1)

    def show_result(
        self,
        level: Level,
        title: str,
        text: str,
        *,
        reasons: Sequence[tuple[str, str]] = (),
        note: str = "",
        other_way: bool = False,
    ) -> None:
        """Show sentence, reasons as (what, what helps), a note, and whether another way is pointed out."""
        passed = level is Level.DONE
        self._drawing.setVisible(passed)
        self._drawing.show_drawing(DONE if passed else None, theme().colour("done"))
        self._banner.set_level(level)
        self._banner.say(title, text)
        empty(self._card.body)
        for place, (what, helps) in enumerate(reasons):
            if place:
                self._card.body.addWidget(Rule())
            holder = QWidget()
            words = QVBoxLayout(holder)
            words.setContentsMargins(0, 0, 0, 0)
            words.setSpacing(2)
            words.addWidget(label(what, "strong"))
            words.addWidget(label(helps, "muted"))
            self._card.body.addWidget(holder)
        self._heading.setText(tr("face_verification.reasons"))
        self._heading.setVisible(bool(reasons))
        self._card.setVisible(bool(reasons))
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._other.say("", tr("face_verification.other_way.price"))
        self._other.setVisible(other_way)


class FaceSteps(QStackedWidget):
    """All steps on one pile; only the one in sight takes room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.consent = ConsentStep()
        self.ready = ReadyStep()
        self.mirror = MirrorStep()
        self.result = ResultStep()
        for step in (self.consent, self.ready, self.mirror, self.result):
            self.addWidget(step)


__all__ = ["ConsentStep", "FaceSteps", "MirrorStep", "Promises", "ReadyStep", "ResultStep"]
