"""One side of an identity card: choose a photo or drop it here; the picture is kept in memory only."""

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.components.buttons import SecondaryButton
from ui.components.icons import IconView, icon_pixmap
from ui.components.labels import label, set_role
from ui.theme import theme
from ui.translations import tr

_CARD_RATIO = 0.63  # ISO/IEC 7810 ID-1: 85.60 by 53.98 mm


class _Thumbnail(QWidget):
    """The photo, or a drawing of the side that is wanted, in the shape of a card."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        width = theme().px(240)
        return QSize(width, round(width * _CARD_RATIO))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), theme().px(110))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self.rect().adjusted(1, 1, -1, -1)
        if self.image is not None:
            size = self.image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = box.x() + (box.width() - size.width()) // 2, box.y() + (box.height() - size.height()) // 2
            painter.drawImage(box.__class__(left, top, size.width(), size.height()), self.image)
        else:
            pen = QPen(theme().colour("border"), theme().px(1.75))
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(theme().colour("sunken"))
            painter.drawRoundedRect(box, theme().px(8), theme().px(8))
            side = theme().px(56)
            pixmap = icon_pixmap(self._icon, "muted", 56, self.devicePixelRatioF())
            painter.drawPixmap(box.center().x() - side // 2, box.center().y() - side // 2, pixmap)
        painter.end()


class PhotoSide(QFrame):
    """``chosen`` comes with the path of a file; nothing is read here."""

    chosen = Signal(Path)

    def __init__(self, side: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = side
        self.setProperty("role", "card")
        self.setAcceptDrops(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 16)
        box.setSpacing(10)
        head = QHBoxLayout()
        self.title = label("", "strong")
        head.addWidget(self.title, 1)
        self._mark = IconView("done", "done", 20)
        self._mark.hide()
        head.addWidget(self._mark)
        box.addLayout(head)
        self._thumbnail = _Thumbnail("identity-card" if side == "front" else "identity-card-back")
        box.addWidget(self._thumbnail, 1)
        self.state = label("", "small")
        box.addWidget(self.state)
        self.error = label("", "error")
        self.error.hide()
        box.addWidget(self.error)
        self.choose = SecondaryButton(icon="upload")
        self.choose.clicked.connect(self._ask)
        box.addWidget(self.choose)
        self._state_key = "common.photo_none"
        self.setFocusProxy(self.choose)
        self._retranslate()

    def show_state(self, key: str, *, done: bool = False) -> None:
        """Say how far it is: ``common.photo_none``, ``_reading``, ``_read``, ``_held``."""
        self._state_key = key
        self._mark.setVisible(done)
        self.choose.setEnabled(key != "common.photo_reading")
        self._retranslate()

    def show_image(self, image: QImage | None) -> None:
        """Show the photo."""
        self._thumbnail.image = image
        self._thumbnail.update()

    def show_error(self, text: str | None) -> None:
        """Say beside the photo what is wrong with it."""
        self.error.setText(text or "")
        self.error.setVisible(bool(text))
        set_role(self.choose, "invalid", "true" if text else "false")
        self.choose.setAccessibleDescription(text or "")

    def _retranslate(self) -> None:
        self.title.setText(tr(f"common.photo_{self.side}"))
        self.state.setText(tr(self._state_key))
        again = self._state_key in ("common.photo_read", "common.photo_held")
        self.choose.setText(tr("common.photo_replace" if again else "common.photo_choose"))
        self.choose.setAccessibleName(f"{self.choose.text()} {self.title.text()}")
        self._thumbnail.setAccessibleName(f"{self.title.text()} {self.state.text()}")

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.choose.accessibleName(), "", tr("common.photo_files") + " (*.jpg *.jpeg *.png *.webp *.bmp)"
        )
        if name:
            self.chosen.emit(Path(name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one local file."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Use the file dropped here."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                event.acceptProposedAction()
                self.chosen.emit(Path(url.toLocalFile()))
                return

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "_thumbnail"):
            self._thumbnail.updateGeometry()
        super().changeEvent(event)
