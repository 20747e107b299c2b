"""The lines that stay in sight: who lends, above; help, size of text, language below."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from ui.components.buttons import QuietButton
from ui.components.icons import IconView
from ui.components.labels import SimulatedTag, label
from ui.theme import theme
from ui.theme.theme import SCALES
from ui.translations import tr, translator


class TopLine(QFrame):
    """The lender's name and licence, the tag 模拟, and the way to this page's help while it is folded."""

    help_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "topline")
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 16, 8)
        row.setSpacing(12)
        self.name = label("", wrap=False)
        self.licence = label("", "small", wrap=False)
        # Side by side where there is room, one above the other where text is large or the window narrow.
        self._names = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._names.setSpacing(12)
        self._names.addWidget(self.name)
        self._names.addWidget(self.licence)
        row.addLayout(self._names)
        row.addStretch(1)
        self.help = QuietButton()
        self.help.clicked.connect(self.help_wanted)
        self.help.hide()
        row.addWidget(self.help)
        self.simulated = SimulatedTag()
        row.addWidget(self.simulated)
        self._retranslate()

    def show_lender(self, name: str, licence: str, *, simulated: bool) -> None:
        """Name the lender."""
        self.name.setText(name)
        key = "common.licence_simulated" if simulated else "common.licence"
        self.licence.setText(tr(key, licence=licence) if licence else "")
        self.simulated.setVisible(simulated)
        self._fit()

    def _fit(self) -> None:
        needed = self.name.sizeHint().width() + self.licence.sizeHint().width() + self.simulated.sizeHint().width()
        needed += self.help.sizeHint().width() + 96
        stacked = needed > self.width()
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        if self._names.direction() != way:
            self._names.setDirection(way)
            self._names.setSpacing(0 if stacked else 12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack name and licence where they do not fit side by side."""
        super().resizeEvent(event)
        self._fit()

    def _retranslate(self) -> None:
        self.help.setText(tr("common.help_of_page"))
        self.help.setAccessibleName(tr("common.unfold_help"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "simulated"):
            QTimer.singleShot(0, self, self._fit)
        super().changeEvent(event)


class BottomLine(QFrame):
    """Support, signing out, offline, size of text, colours, language."""

    support_wanted = Signal()
    sign_out_wanted = Signal()
    scale_chosen = Signal(int)
    language_chosen = Signal(str)
    mode_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bottomline")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(4)
        self.support = QuietButton(icon="support")
        self.support.clicked.connect(self.support_wanted)
        row.addWidget(self.support)
        self.sign_out = QuietButton(icon="person")
        self.sign_out.clicked.connect(self.sign_out_wanted)
        self.sign_out.hide()
        row.addWidget(self.sign_out)
        row.addSpacing(8)
        self._offline_icon = IconView("offline", "look", 18)
        self._offline = label("", "look", wrap=False)
        for widget in (self._offline_icon, self._offline):
            widget.hide()
            row.addWidget(widget)
        row.addStretch(1)
        self.text_size = QToolButton()
        self.text_size.setProperty("role", "quiet")
        self.text_size.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.text_size.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.text_size.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._size_menu: QMenu | None = None
        self.text_size.pressed.connect(self._prepare_menu)
        row.addWidget(self.text_size)
        self.mode = QuietButton(icon="moon")
        self.mode.clicked.connect(lambda: self.mode_chosen.emit("light" if theme().dark else "dark"))
        row.addWidget(self.mode)
        self.language = QuietButton(icon="language")
        self.language.clicked.connect(
            lambda: self.language_chosen.emit("en" if translator().language == "zh" else "zh")
        )
        row.addWidget(self.language)
        for looks in (self.mode, self.language):
            # Pressed with the mouse they leave the focus where it is: in a field that is half filled in, for example.
            looks.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.retranslate()

    def _prepare_menu(self) -> None:
        if self._size_menu is None:
            self._size_menu = QMenu(self)
            group = QActionGroup(self._size_menu)
            for scale in SCALES:
                action = QAction(f"{scale}%", group)
                action.setCheckable(True)
                action.triggered.connect(lambda _=False, scale=scale: self.scale_chosen.emit(scale))
                self._size_menu.addAction(action)
            self.text_size.setMenu(self._size_menu)
        for action, scale in zip(self._size_menu.actions(), SCALES, strict=True):
            action.setChecked(scale == theme().scale)

    def show_offline(self, *, offline: bool) -> None:
        """Say that the lender cannot be reached, or stop saying so."""
        self._offline_icon.setVisible(offline)
        self._offline.setVisible(offline)

    def show_signed_in(self, *, signed_in: bool) -> None:
        """Offer to sign out, where there is somebody to sign out."""
        self.sign_out.setVisible(signed_in)

    def retranslate(self) -> None:
        """Change the words; also after colours or size have changed."""
        self.support.setText(tr("common.support"))
        self.sign_out.setText(tr("common.sign_out"))
        self._offline.setText(tr("common.offline"))
        self._offline.setToolTip(tr("common.offline_tip"))
        self._offline.setAccessibleName(tr("common.offline_tip"))
        self.text_size.setText(tr("common.text_size", percent=theme().scale))
        self.text_size.setAccessibleName(tr("common.text_size_choose"))
        self.mode.setText(tr("common.theme_to_light") if theme().dark else tr("common.theme_to_dark"))
        self.mode.set_icon_name("sun" if theme().dark else "moon")
        self.language.setText(tr("common.other_language"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow language, colours and size."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange) and hasattr(self, "language"):
            self.retranslate()
        super().changeEvent(event)
