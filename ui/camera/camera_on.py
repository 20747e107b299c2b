"""A sign on the picture for as long as the camera is open, with the way to close it at once."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme
from ui.translations import tr

_TEXT = 14
_DOT = 10
_AROUND = 8


class CameraOnSign(QWidget):
    """A dot and a few words; hidden as soon as the camera is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()
        self._retranslate()

    @property
    def text(self) -> str:
        """What it says."""
        return tr("face_verification.camera_on")

    def _retranslate(self) -> None:
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        """As large as its words."""
        metrics, px = QFontMetrics(theme().font(_TEXT)), theme().px
        return QSize(metrics.horizontalAdvance(self.text) + px(_DOT + 3 * _AROUND), metrics.height() + px(_AROUND))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A plate that can be read on any picture, a dot and the words."""
        painter, px = QPainter(self), theme().px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("card"))
        painter.drawRoundedRect(QRectF(self.rect()), px(4), px(4))
        painter.setBrush(theme().colour("stop"))
        middle = self.height() / 2
        painter.drawEllipse(QRectF(px(_AROUND), middle - px(_DOT) / 2, px(_DOT), px(_DOT)))
        painter.setPen(theme().colour("ink"))
        painter.setFont(theme().font(_TEXT))
        left = px(_DOT + 2 * _AROUND)
        painter.drawText(QRectF(left, 0, self.width() - left, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text)
        painter.end()
