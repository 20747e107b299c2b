"""The theme in force: which colours, how large the text; applied to the whole program at once."""

from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from loanapp.domain.errors import LoanAppError
from loanapp.resource_files import asset_path
from ui.theme.style_sheet import style_sheet
from ui.theme.tokens import DARK, LIGHT, Tokens

Mode = Literal["light", "dark", "system"]
SCALES: Final = (100, 125, 150, 200)
FONT_FAMILY: Final = "Noto Sans SC"
_FONT_ASSET: Final = "NotoSansSC-Regular.otf"


class Theme(QObject):
    """Holds the choice and applies it; ``changed`` comes after every widget has its new style."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mode: Mode = "light"
        self._scale = 100
        self._font_loaded = False

    @property
    def mode(self) -> Mode:
        """``light``, ``dark`` or ``system``."""
        return self._mode

    @property
    def scale(self) -> int:
        """Size of text in percent, 100 to 200."""
        return self._scale

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in force."""
        if self._mode == "system":
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode == "dark"

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return DARK if self.dark else LIGHT

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing should move for decoration's sake."""
        application = QApplication.instance()
        return isinstance(application, QApplication) and not application.isEffectEnabled(Qt.UIEffect.UI_General)

    def px(self, pixels: float) -> int:
        """A length that grows with the text."""
        return round(pixels * self._scale / 100)

    def colour(self, name: str) -> QColor:
        """A token as a colour."""
        return QColor(getattr(self.tokens, name))

    def font(self, pixels: int, *, strong: bool = False) -> QFont:
        """The font at a size of the type scale (28, 20, 16, 14), for painting."""
        font = QFont(QApplication.font())
        font.setPixelSize(self.px(pixels))
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        return font

    def choose(self, *, mode: Mode | None = None, scale: int | None = None) -> None:
        """Change colours or size, for the whole program."""
        self._mode = mode or self._mode
        self._scale = scale or self._scale
        self.apply()

    def apply(self) -> None:
        """Give fonts, palette and style sheet to the program."""
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        self._load_font()
        font = QFont(FONT_FAMILY)
        font.setPixelSize(self.px(16))
        font.setStyleHint(QFont.StyleHint.SansSerif)
        application.setFont(font)
        application.setPalette(self._palette())
        application.setStyleSheet(style_sheet(self.tokens, self._scale))
        self.changed.emit()

    def _load_font(self) -> None:
        if self._font_loaded:
            return
        self._font_loaded = True
        try:
            QFontDatabase.addApplicationFont(str(asset_path(_FONT_ASSET)))
        except LoanAppError:
            # Set-up has not fetched it: the system's own fonts do, and `doctor` names what is missing.
            return

    def _palette(self) -> QPalette:
        tokens, role = self.tokens, QPalette.ColorRole
        palette = QPalette()
        for which, colour in (
            (role.Window, tokens.paper),
            (role.WindowText, tokens.ink),
            (role.Base, tokens.card),
            (role.AlternateBase, tokens.sunken),
            (role.Text, tokens.ink),
            (role.PlaceholderText, tokens.muted),
            (role.Button, tokens.card),
            (role.ButtonText, tokens.ink),
            (role.ToolTipBase, tokens.ink),
            (role.ToolTipText, tokens.paper),
            (role.Highlight, tokens.accent),
            (role.HighlightedText, tokens.on_accent),
            (role.Link, tokens.accent),
        ):
            palette.setColor(which, QColor(colour))
        return palette


_theme: Theme | None = None


def theme() -> Theme:
    """The program's theme."""
    global _theme  # noqa: PLW0603
    if _theme is None:
        _theme = Theme()
    return _theme
