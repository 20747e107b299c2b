"""Buttons say what they do. One primary button a page."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton, QWidget

from ui.theme import theme


class _Button(QPushButton):
    role = ""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, icon: str = "") -> None:
        super().__init__(text, parent)
        self._icon_name = icon
        self.setProperty("role", self.role)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        if icon:
            self._draw_icon()

    def setText(self, text: str) -> None:
        """Set the words, for eyes and screen readers alike."""
        super().setText(text)
        self.setAccessibleName(text.replace("&", ""))

    def set_icon_name(self, name: str) -> None:
        """Show another icon of ``resources/icons``."""
        self._icon_name = name
        self._draw_icon()

    def _icon_token(self) -> str:
        return "ink"

    def _draw_icon(self) -> None:
        from ui.components.icons import icon_pixmap

        side = theme().px(20)
        self.setIcon(QIcon(icon_pixmap(self._icon_name, self._icon_token(), 20, self.devicePixelRatioF())))
        self.setIconSize(QSize(side, side))

    def changeEvent(self, event: QEvent) -> None:
        """Redraw the icon in the colours in force."""
        if event.type() == QEvent.Type.StyleChange and self._icon_name:
            self._draw_icon()
        super().changeEvent(event)


class PrimaryButton(_Button):
    """The one thing to do here."""

    role = "primary"

    def _icon_token(self) -> str:
        return "on_accent"


class SecondaryButton(_Button):
    """Another way, as easy to see."""

    role = "secondary"


class LinkButton(_Button):
    """A small way aside: change, explain, help."""

    role = "link"

    def _icon_token(self) -> str:
        return "accent"


class QuietButton(_Button):
    """A button of the frame: text size, language, theme."""

    role = "quiet"
