"""The colours of the flash over the whole window, with a small mirror, one calm line, the promises and the way out."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from loanapp.domain.liveness import FlashColour
from loanapp.vision.flash_colours import screen_colour
from ui.camera.mirror_image import oval_image, paint_in_oval
from ui.camera.promises import Promises
from ui.components import label
from ui.theme import theme
from ui.translations import tr

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PySide6.QtGui import QImage

# The line stands on a dark plate of its own: white on it has a contrast of 17 whatever the colour around is, and
# a dark plate adds no light of its own to the face.
_PLATE: Final = "#12191C"
_WORDS: Final = "#FFFFFF"
_EDGE: Final = "#7E898E"
_WARN: Final = "#FF8A80"
# Large enough to see oneself stay in place, small enough to leave the screen to the colour.
_OVAL_SHARE: Final = 0.36
_OVAL_ASPECT: Final = 0.76


class FlashOverlay(QWidget):
    """Covers the whole window of ``page`` while a colour is shown; ``cancelled`` comes from its button.

    It is painted at once rather than at the next idle moment: the lender compares when a colour was shown.
    """

    cancelled = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.setProperty("overlay", "true")
        self._page = page
        self._colour: FlashColour | None = None
        self._image: QImage | None = None
        self._covered: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setObjectName("flash")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._make_plate())
        row.addStretch(1)
        box.addLayout(row)
        self.hide()

    def _make_plate(self) -> QFrame:
        self._plate = QFrame()
        self._plate.setObjectName("plate")
        inner = QHBoxLayout(self._plate)
        inner.setContentsMargins(24, 12, 12, 12)
        inner.setSpacing(24)
        words = QVBoxLayout()
        words.setSpacing(4)
        self.line = label("", "heading", wrap=False)
        words.addWidget(self.line)
        self.promises = Promises(centred=False, icons=False)
        words.addWidget(self.promises)
        inner.addLayout(words)
        self.cancel = QPushButton()
        self.cancel.setCursor(Qt.CursorShape.PointingHandCursor)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.cancelled)
        aside = QVBoxLayout()
        aside.setSpacing(8)
        aside.addWidget(self.cancel)
        self.tag = label("", "small", wrap=False)
        self.tag.setObjectName("tag")
        aside.addWidget(self.tag, 0, Qt.AlignmentFlag.AlignHCenter)
        self.tag.hide()
        inner.addLayout(aside)
        return self._plate

    @property
    def colour(self) -> FlashColour | None:
        """What is shown now."""
        return self._colour

    def show_colour(self, colour: FlashColour | None) -> None:
        """Cover the window with ``colour`` at once; ``None`` gives the window back."""
        if colour is self._colour:
            return
        began = self._colour is None
        self._colour = colour
        if colour is None:
            self._uncover()
        elif began:
            self._cover()
        else:
            self.repaint()

    def show_simulated(self, simulated: bool) -> None:  # noqa: FBT001 - a setter
        """Label what no camera sees: on the plate, as dark as it, so that the light of the colours stays the same."""
        self.tag.setVisible(simulated)

    def show_frame(self, pixels: "npt.NDArray[np.uint8] | None") -> None:
        """Show a frame (``(height, width, 3)`` BGR bytes) in the small mirror, while the window is covered."""
        if self._colour is not None and pixels is not None:
            self._image = oval_image(pixels, self._oval(), self.devicePixelRatioF())
            self.update(self._oval().toAlignedRect())

    def _cover(self) -> None:
        window = self._page.window()
        self._covered = window
        self.setParent(window)
        window.installEventFilter(self)
        self._retranslate()
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self.repaint()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _uncover(self) -> None:
        self._image = None
        covered, self._covered = self._covered, None
        if covered is not None:
            covered.removeEventFilter(self)
        had_focus = self.cancel.hasFocus()
        self.hide()
        self.setParent(self._page)
        if had_focus and self._page.isVisible():
            self._page.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window."""
        if watched is self._covered and event.type() == QEvent.Type.Resize and self._covered is not None:
            self.setGeometry(self._covered.rect())
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, ARG002, FBT001 - Qt's signature
        """Tab stays here: what is covered cannot be pressed."""
        self.cancel.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _oval(self) -> QRectF:
        height = self.height() * _OVAL_SHARE
        width = height * _OVAL_ASPECT
        return QRectF((self.width() - width) / 2, self.height() * 0.12, width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the plate clear of the edge."""
        super().resizeEvent(event)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(16, 0, 16, theme().px(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The colour, and the mirror in its oval."""
        painter = QPainter(self)
        colour = QColor(*screen_colour(self._colour)) if self._colour is not None else QColor(_PLATE)
        painter.fillRect(self.rect(), colour)
        if self._image is not None:
            paint_in_oval(painter, self._image, self._oval())
        painter.end()

    def _retranslate(self) -> None:
        self.line.setText(tr("face_verification.flash.line"))
        self.promises.retranslate()
        self.tag.setText(tr("common.simulated"))
        self.tag.setToolTip(tr("common.simulated_tip"))
        self.cancel.setText(tr("face_verification.cancel"))
        self.cancel.setAccessibleName(tr("face_verification.flash.cancel"))
        self.setAccessibleName(tr("face_verification.flash.line"))
        size, small, pad = theme().px(20), theme().px(14), theme().px(8)
        self.setStyleSheet(
            f"QFrame#plate {{ background: {_PLATE}; border: 1px solid {_EDGE}; border-radius: 8px; }}"
            f"QLabel {{ color: {_WORDS}; font-size: {size}px; }}"
            f'QLabel[role="small-ink"], QLabel#tag {{ font-size: {small}px; }}'
            f'QLabel[role="error"] {{ color: {_WARN}; font-size: {small}px; }}'
            f"QLabel#tag {{ border: 1px solid {_EDGE}; border-radius: 4px; padding: 0 {pad}px; }}"
            f"QPushButton {{ background: {_PLATE}; color: {_WORDS}; border: 2px solid {_EDGE}; border-radius: 8px;"
            f" padding: {pad}px {2 * pad}px; }}"
            f"QPushButton:focus {{ border-color: {_WORDS}; }}"
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
