"""The mirror fills the page; beneath it one line with its drawing, and the two promises. Nothing here jumps."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from loanapp.domain.liveness import Action, HintCode
from ui.camera.camera_on import CameraOnSign
from ui.camera.figures import Drawing
from ui.camera.moving_drawing import MovingDrawing
from ui.camera.preview import CameraPreview
from ui.camera.promises import Promises
from ui.components import SimulatedTag, label
from ui.components.labels import set_role
from ui.theme import theme
from ui.translations import tr

_DRAWING: Final = 84
_LINE: Final = 28
_LARGE_LINE: Final = 36
_LARGEST_SCALE: Final = 150
_OTHER_LINES: Final = ("opening", "get_ready", "steady", "neutral", "flash_next", "hold_still", "done", "sending")


class MirrorStep(QWidget):
    """What is said changes; where it stands, and how high it is, does not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unhurried = False
        self._highest: tuple[object, ...] = ()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.preview = CameraPreview()
        box.addWidget(self.preview, 1)
        self.tag = SimulatedTag(self.preview)
        self.tag.hide()
        self.camera_on = CameraOnSign(self.preview)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        self._drawing = MovingDrawing(side=_DRAWING)
        row.addWidget(self._drawing)
        self.line = label("", "title")
        self.line.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.line.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        row.addWidget(self.line)
        row.addStretch(1)
        box.addLayout(row)
        self.promises = Promises()
        box.addWidget(self.promises)

    def say(self, text: str, drawing: Drawing | None, *, look: bool = False) -> None:
        """Show the one line and its drawing; ``look`` colours a hint."""
        if self.line.text() != text:
            self.line.setText(text)
            self.line.setAccessibleName(text)
            self._fit_line()
        set_role(self.line, "tone", "look" if look else "")
        self._drawing.set_reduced_motion(theme().reduced_motion)
        self._drawing.show_drawing(drawing, theme().colour("look") if look else None)

    def set_unhurried(self, unhurried: bool) -> None:  # noqa: FBT001 - a setter
        """A larger line and drawings that take their time, for who wants it slower."""
        self._unhurried = unhurried
        self._drawing.set_slow(unhurried)
        self._fit_line()

    @property
    def _line_pixels(self) -> int:
        """Larger where time is asked for; where all text is twice as large, the line is large already."""
        return _LARGE_LINE if self._unhurried and theme().scale <= _LARGEST_SCALE else _LINE

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the tag at the top right of the mirror."""
        super().resizeEvent(event)
        self._place_tag()
        self._fit_line()

    def showEvent(self, event: QShowEvent) -> None:
        """Now the width is the one it keeps."""
        super().showEvent(event)
        self._fit_line()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.LanguageChange} and hasattr(self, "promises"):
            self._highest = ()
            self._fit_line()

    def _fit_line(self) -> None:
        """As high as the longest line there is, so that a longer one moves nothing; as wide as this one needs."""
        set_role(self.line, "role", "line-large" if self._line_pixels == _LARGE_LINE else "title")
        metrics = QFontMetrics(theme().font(self._line_pixels))
        room = max(1, self.width() - _DRAWING - 64)
        self.line.setMinimumWidth(max(0, min(metrics.horizontalAdvance(self.line.text()) + 8, room)))
        wanted = (self.isVisible(), room, metrics.height(), tr("face_verification.line.done"))
        if wanted != self._highest:
            self._highest = wanted
            # Until it is shown it has some width or other, and everything might seem to need many rows.
            rows = max(_rows(metrics, text, room - 8) for text in _all_lines()) if self.isVisible() else 1
            self.line.setFixedHeight(round(metrics.lineSpacing() * rows + metrics.height() * 0.2))

    def show_simulated(self, simulated: bool) -> None:  # noqa: FBT001 - a setter
        """Label a picture that no camera made."""
        self.tag.setVisible(simulated)
        self._place_tag()

    def show_camera_on(self, *, on: bool) -> None:
        """Say for as long as the camera is open that it is, and how to close it."""
        self.camera_on.setVisible(on)
        self._place_tag()

    def _place_tag(self) -> None:
        self.camera_on.setGeometry(QRect(QPoint(0, 0), self.camera_on.sizeHint()))
        size = self.tag.sizeHint()
        self.tag.setGeometry(self.preview.width() - size.width(), 0, size.width(), size.height())


def _rows(metrics: QFontMetrics, text: str, width: int) -> int:
    box = metrics.boundingRect(0, 0, width, 100_000, Qt.TextFlag.TextWordWrap, text)
    return max(1, round(box.height() / metrics.lineSpacing()))


def _all_lines() -> list[str]:
    lines = [tr(f"face_verification.hint.{hint.value}") for hint in HintCode]
    lines += [tr(f"face_verification.action.{action.value}") for action in Action]
    return lines + [tr(f"face_verification.line.{key}") for key in _OTHER_LINES]
