"""The theme in force: which colours, how large the text; applied to the whole program at once."""

from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from loanapp.domain.errors import LoanAppError
from loanapp.resource_files import asset_path
from ui.system_wishes import SystemWishes
from ui.theme.brand import branded
from ui.theme.style_sheet import style_sheet
from ui.theme.tokens import STRONG, TARGET, Appearance, Tokens

Mode = Literal["light", "dark", "contrast", "system"]
MODES: Final[tuple[Mode, ...]] = ("light", "dark", "contrast", "system")
SCALES: Final = (100, 125, 150, 200)
# In the large and simple mode text is at least so large.
_LARGE_SCALE: Final = 150
FONT_FAMILY: Final = "Noto Sans SC"
_FONT_ASSET: Final = "NotoSansSC-Regular.otf"


class Theme(QObject):
    """Holds the choice and applies it; ``changed`` comes after every widget has its new style."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mode: Mode = "light"
        self._scale = 100
        self._large = False
        self._brand = ""
        self._still = False
        self._system = SystemWishes()
        self._following = False
        self._font_loaded = False

    @property
    def mode(self) -> Mode:
        """``light``, ``dark``, ``contrast`` or ``system``."""
        return self._mode

    @property
    def chosen_scale(self) -> int:
        """Size of text as it was chosen, in percent, 100 to 200."""
        return self._scale

    @property
    def scale(self) -> int:
        """Size of text in force, in percent: in the large mode at least 150."""
        return max(self._scale, _LARGE_SCALE) if self._large else self._scale

    @property
    def large(self) -> bool:
        """Whether the large and simple mode is on: large text and targets, fewer things at once, slower timings."""
        return self._large

    @property
    def appearance(self) -> Appearance:
        """Which colours are in force; ``system`` follows what the desktop asks for, where it tells."""
        if self._mode != "system":
            return self._mode
        if self.system_wants_contrast:
            return "contrast"
        return "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    @property
    def system_wants_contrast(self) -> bool:
        """Whether the desktop asks for high contrast, where it tells."""
        hints = QGuiApplication.styleHints()  # held: what is asked of a wrapper that has gone is gone with it
        return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self.appearance == "dark"

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return branded(self.appearance, self._brand)

    @property
    def target(self) -> int:
        """The least height of what is pressed, in px."""
        return TARGET["large" if self._large else "standard"]

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing should move for decoration's sake: the borrower or the system wants it so."""
        return self._still or self._system.less_motion

    @property
    def still(self) -> bool:
        """Whether the borrower wants less motion, whatever the system says."""
        return self._still

    @property
    def screen_reader(self) -> bool:
        """Whether a screen reader runs, as the system told at the start."""
        return self._system.screen_reader

    def take_system_wishes(self, wishes: SystemWishes) -> None:
        """Learn what :func:`ui.system_wishes.ask_the_system` found."""
        if wishes != self._system:
            self._system = wishes
            self.changed.emit()

    def px(self, pixels: float) -> int:
        """A length that grows with the text."""
        return round(pixels * self.scale / 100)

    def colour(self, name: str) -> QColor:
        """A token as a colour."""
        return QColor(getattr(self.tokens, name))

    def font(self, pixels: int, *, strong: bool = False) -> QFont:
        """The font at a size of the type scale (28, 20, 16, 14), for painting."""
        font = QFont(QApplication.font())
        font.setPixelSize(self.px(pixels))
        font.setWeight(QFont.Weight(STRONG) if strong else QFont.Weight.Normal)
        return font

    def choose(
        self,
        *,
        mode: Mode | None = None,
        scale: int | None = None,
        large: bool | None = None,
        still: bool | None = None,
    ) -> None:
        """Change colours, size of text, the large and simple mode, or motion, for the whole program."""
        self._mode = mode or self._mode
        self._scale = scale or self._scale
        self._large = self._large if large is None else large
        self._still = self._still if still is None else still
        self.apply()

    def take_brand(self, colour: str) -> None:
        """Take the lender's own colour (``#RRGGBB``, or nothing) as the accent, from the next :meth:`apply` on."""
        self._brand = colour

    def apply(self) -> None:
        """Give fonts, palette and style sheet to the program."""
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        self._load_font()
        self._follow_system()
        font = QFont(FONT_FAMILY)
        font.setPixelSize(self.px(16))
        font.setStyleHint(QFont.StyleHint.SansSerif)
        application.setFont(font)
        application.setPalette(self._palette())
        application.setStyleSheet(style_sheet(self.tokens, self.scale, large=self._large))
        self.changed.emit()

    def _follow_system(self) -> None:
        """From now on change with the desktop, where the borrower wants it so."""
        if self._following:
            return
        self._following = True
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)

    def _system_changed(self) -> None:
        if self._mode == "system":
            self.apply()

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
