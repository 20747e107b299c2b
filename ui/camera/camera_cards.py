"""The cameras as cards: a small live picture, the name, and what is special about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.camera.mirror_image import mirrored
from ui.components import SimulatedTag, icon_pixmap, label
from ui.components.card_columns import arrange_columns, widest
from ui.components.choice_cards import SteppingRadio, outline_focus
from ui.components.labels import set_role
from ui.theme import theme
from ui.translations import tr

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_THUMBNAIL: Final = QSize(144, 81)
_CORNER: Final = 6.0


class CameraNote(StrEnum):
    """What has to be said beside a camera's name."""

    NONE = "none"
    INFRARED = "infrared"
    VIRTUAL = "virtual"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class CameraOption:
    """One entry: ``key`` is its place in the list of cameras, or whatever else the caller knows it by.

    ``trouble`` is why it gives no picture.
    """

    key: int
    name: str
    note: CameraNote = CameraNote.NONE
    trouble: str = ""


class Thumbnail(QWidget):
    """A small mirror; before its first picture, and where no picture comes, the sign of a camera."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Always the same, so that nothing jumps when pictures come."""
        return QSize(theme().px(_THUMBNAIL.width()), theme().px(_THUMBNAIL.height()))

    @property
    def has_picture(self) -> bool:
        """Whether a picture is held."""
        return self._image is not None

    def show_frame(self, pixels: "npt.NDArray[np.uint8] | None") -> None:
        """BGR bytes ``(height, width, 3)``; ``None`` forgets the picture."""
        if pixels is None:
            self._image = None
        else:
            height, width = pixels.shape[:2]
            scale = max(self.width() / width, self.height() / height)
            self._image = mirrored(pixels, round(width * scale), round(height * scale), self.devicePixelRatioF())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The middle of the picture, with round corners."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), _CORNER, _CORNER)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), theme().colour("sunken"))
        if self._image is not None:
            size = self._image.deviceIndependentSize()
            painter.drawImage(
                QRectF(
                    (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
                ),
                self._image,
            )
        else:
            side = theme().px(28)
            sign = icon_pixmap("camera", "muted", 28, self.devicePixelRatioF())
            painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, sign)
        painter.end()


class CameraCard(QFrame):
    """The whole card is the button."""

    def __init__(self, option: CameraOption, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "choice")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 10, 14, 10)
        row.setSpacing(12)
        self.thumbnail = Thumbnail()
        row.addWidget(self.thumbnail)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(4)
        self.button = SteppingRadio()
        outline_focus(self, self.button)
        top.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self._name = label("")
        self._name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        top.addWidget(self._name, 1)
        words.addLayout(top)
        self._note = label("", "small")
        words.addWidget(self._note)
        self._tag = SimulatedTag()
        words.addWidget(self._tag)
        words.addStretch(1)
        row.addLayout(words, 1)
        self.show_option(option)

    def show_option(self, option: CameraOption) -> None:
        """Name it in the language in force."""
        special = option.note in {CameraNote.INFRARED, CameraNote.VIRTUAL}
        note = option.trouble or (tr(f"face_verification.ready.{option.note.value}") if special else "")
        self._name.setText(option.name)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._line_up()
        self._tag.setVisible(option.note is CameraNote.SIMULATED)
        simulated = f", {tr('common.simulated')}" if option.note is CameraNote.SIMULATED else ""
        self.button.setAccessibleName(f"{option.name}{simulated}")
        self.button.setAccessibleDescription(note)

    def _line_up(self) -> None:
        """The button as high as the first line of the name, so that both stand on one line however long it is."""
        self._name.ensurePolished()
        self.button.setFixedHeight(self._name.fontMetrics().height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_tag"):
            self._line_up()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose this one."""
        if self.rect().contains(event.position().toPoint()):
            self.button.setFocus(Qt.FocusReason.MouseFocusReason)
            self.button.setChecked(True)
        super().mouseReleaseEvent(event)


class CameraCards(QWidget):
    """One of the cameras; ``chosen`` comes with its key."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, columns: int = 2) -> None:
        super().__init__(parent)
        self._most = self._columns = columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(10)
        self._group = QButtonGroup(self)
        self._cards: dict[int, CameraCard] = {}

    @property
    def cards(self) -> dict[int, CameraCard]:
        """The cards by their key."""
        return dict(self._cards)

    def show_options(self, options: Sequence[CameraOption], preferred: int | None) -> None:
        """Offer these; what was chosen stays chosen where it is still there, else ``preferred`` is."""
        kept = self.value()
        if list(self._cards) == [option.key for option in options]:
            for option in options:
                self._cards[option.key].show_option(option)
        else:
            self._make(options)
        if kept not in self._cards:
            kept = preferred
        if kept is not None and kept in self._cards:
            self.choose(kept)

    def _make(self, options: Sequence[CameraOption]) -> None:
        for card in self._cards.values():
            self._group.removeButton(card.button)
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = {}
        for place, option in enumerate(options):
            card = CameraCard(option, self)
            card.button.toggled.connect(lambda on, key=option.key: self._toggled(key, on=on))
            card.button.stepped.connect(lambda by, key=option.key: self._step(key, by))
            self._group.addButton(card.button)
            self._grid.addWidget(card, place // self._columns, place % self._columns)
            self._cards[option.key] = card
        self._flow()

    def minimumSizeHint(self) -> QSize:
        """One card is wide enough."""
        return QSize(widest(self._cards.values()), super().minimumSizeHint().height())

    def _flow(self) -> None:
        self._columns = arrange_columns(self._grid, self._cards.values(), self.width(), self._columns, self._most)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._flow()

    def value(self) -> int | None:
        """The key of what is chosen."""
        return next((key for key, card in self._cards.items() if card.button.isChecked()), None)

    def choose(self, key: int) -> None:
        """Choose the entry of ``key`` if it is there."""
        if key in self._cards:
            self._cards[key].button.setChecked(True)

    def choose_none(self) -> None:
        """Choose nothing: what was chosen by itself turned out to be wrong."""
        self._group.setExclusive(False)
        for card in self._cards.values():
            card.button.setChecked(False)
        self._group.setExclusive(True)

    def has_focus_inside(self) -> bool:
        """Whether somebody is choosing here."""
        return any(card.button.hasFocus() for card in self._cards.values())

    def _step(self, key: int, by: int) -> None:
        keys = list(self._cards)
        button = self._cards[keys[(keys.index(key) + by) % len(keys)]].button
        button.setChecked(True)
        button.setFocus(Qt.FocusReason.TabFocusReason)

    def _toggled(self, key: int, *, on: bool) -> None:
        set_role(self._cards[key], "chosen", "true" if on else "false")
        if on:
            self.setFocusProxy(self._cards[key].button)
            self.chosen.emit(key)
