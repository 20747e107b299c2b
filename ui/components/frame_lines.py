"""The lines that stay in sight: who lends, above; help, size of text, language below."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QWidget

from ui.components.buttons import QuietButton
from ui.components.choice_menu import ChoiceMenu, Switch
from ui.components.icons import IconView
from ui.components.labels import SimulatedTag, label
from ui.reader_language import tell_language
from ui.theme import theme
from ui.theme.theme import MODES, SCALES
from ui.translations import tr, translator


class TopLine(QFrame):
    """The lender's name and licence, the tag 模拟, and the way to this page's help while it is folded."""

    help_wanted = Signal()
    about_wanted = Signal()

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
        self.about = QuietButton(icon="info")
        self.about.clicked.connect(self.about_wanted)
        self.about.hide()
        who = QHBoxLayout()
        who.setSpacing(4)
        who.addWidget(self.name)
        who.addWidget(self.about)
        who.addStretch(1)
        self._names.addLayout(who)
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
        self.about.setVisible(bool(licence))
        self._fit()

    def _fit(self) -> None:
        needed = self.name.sizeHint().width() + self.licence.sizeHint().width() + self.simulated.sizeHint().width()
        needed += self.help.sizeHint().width() + self.about.sizeHint().width() + 128
        stacked = needed > self.width()
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        if self._names.direction() != way:
            self._names.setDirection(way)
            self._names.setSpacing(0 if stacked else 12)

    def minimumSizeHint(self) -> QSize:
        """As narrow as it is with name and licence stacked: a window made narrower gets there first."""
        hint = super().minimumSizeHint()
        who = self.name.minimumSizeHint().width() + self.about.sizeHint().width() + 4
        sides = [part for part in (self.help, self.simulated) if not part.isHidden()]
        beside = sum(part.sizeHint().width() + 12 for part in sides) + 48
        stacked = max(who, self.licence.minimumSizeHint().width()) + beside
        return QSize(min(hint.width(), stacked), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack name and licence where they do not fit side by side."""
        super().resizeEvent(event)
        self._fit()

    def _retranslate(self) -> None:
        self.about.setAccessibleName(tr("about_lender.open"))
        self.about.setToolTip(tr("about_lender.open"))
        self.help.setText(tr("common.help_of_page"))
        self.help.setAccessibleName(tr("common.unfold_help"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange) and hasattr(self, "simulated"):
            QTimer.singleShot(0, self, self._fit)
        super().changeEvent(event)


class BottomLine(QFrame):
    """Support, my data, signing out, offline, size of text, colours, language."""

    support_wanted = Signal()
    sign_out_wanted = Signal()
    my_data_wanted = Signal()
    scale_chosen = Signal(int)
    language_chosen = Signal(str)
    mode_chosen = Signal(str)
    large_chosen = Signal(bool)
    still_chosen = Signal(bool)
    sound_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bottomline")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(4)
        self.support = QuietButton(icon="support")
        self.support.clicked.connect(self.support_wanted)
        row.addWidget(self.support)
        self.my_data = QuietButton(icon="eye")
        self.my_data.clicked.connect(self.my_data_wanted)
        row.addWidget(self.my_data)
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
        self._sound_on = False
        self.sound = QuietButton(icon="sound")
        self.sound.clicked.connect(lambda: self.sound_chosen.emit(not self._sound_on))
        self.sound.hide()
        row.addWidget(self.sound)
        self.large = QuietButton(icon="glasses")
        self.large.clicked.connect(lambda: self.large_chosen.emit(not theme().large))
        row.addWidget(self.large)
        self.text_size = ChoiceMenu(SCALES, lambda: theme().chosen_scale, "{}%".format, self.scale_chosen.emit)
        row.addWidget(self.text_size)
        self.mode = ChoiceMenu(
            MODES, lambda: theme().mode, lambda mode: tr(f"common.appearance_{mode}"), self.mode_chosen.emit
        )
        self.mode.add_switch(Switch(lambda: tr("common.less_motion"), lambda: theme().still, self.still_chosen.emit))
        row.addWidget(self.mode)
        self.language = QuietButton(icon="language")
        self.language.clicked.connect(
            lambda: self.language_chosen.emit("en" if translator().language == "zh" else "zh")
        )
        row.addWidget(self.language)
        for looks in (self.sound, self.large, self.language):
            # Pressed with the mouse they leave the focus where it is: in a field that is half filled in, for example.
            looks.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.retranslate()

    def _fit(self) -> None:
        """Where not all words fit, some keep their icons alone; tips and screen readers still say them."""
        menus = (self.text_size, self.mode)
        for menu in menus:
            menu.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._say_my_data(tr("common.my_data"))
        if self._too_wide():
            for menu in menus:
                menu.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        if self._too_wide():
            self._say_my_data("")

    def _too_wide(self) -> bool:
        layout = self.layout()
        return layout is not None and layout.sizeHint().width() > self.width()

    def _say_my_data(self, words: str) -> None:
        self.my_data.setText(words)
        self.my_data.setAccessibleName(tr("common.my_data"))
        self.my_data.setToolTip("" if words else tr("common.my_data"))
        # Its words may go, so they do not keep the window from becoming narrower.
        self.my_data.setMinimumWidth(theme().px(40))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._fit()

    def show_sound(self, *, shown: bool, on: bool) -> None:
        """Offer to read aloud or to be silent, where this computer has a voice."""
        self._sound_on = on
        self.sound.setVisible(shown)
        self.sound.set_icon_name("sound" if on else "sound-off")
        self.sound.setText(tr("common.sound_on" if on else "common.sound_off"))
        self._fit()

    def show_offline(self, *, offline: bool) -> None:
        """Say that the lender cannot be reached, or stop saying so."""
        self._offline_icon.setVisible(offline)
        self._offline.setVisible(offline)
        self._fit()

    def show_signed_in(self, *, signed_in: bool) -> None:
        """Offer to sign out, where there is somebody to sign out."""
        self.sign_out.setVisible(signed_in)
        self._fit()

    def retranslate(self) -> None:
        """Change the words; also after colours or size have changed."""
        self.support.setText(tr("common.call_person" if theme().large else "common.support"))
        self.support.set_icon_name("phone" if theme().large else "support")
        self.sound.setText(tr("common.sound_on" if self._sound_on else "common.sound_off"))
        self._say_my_data(tr("common.my_data"))
        self.sign_out.setText(tr("common.sign_out"))
        self._offline.setText(tr("common.offline"))
        self._offline.setToolTip(tr("common.offline_tip"))
        self._offline.setAccessibleName(tr("common.offline_tip"))
        self.large.setText(tr("common.large_off" if theme().large else "common.large_on"))
        self.large.setAccessibleDescription(tr("common.large_about"))
        self.large.setToolTip(tr("common.large_about"))
        # The large mode sets the size of text itself.
        self.text_size.setHidden(theme().large)
        self.text_size.show_words(
            tr("common.text_size", percent=theme().chosen_scale), tr("common.text_size_choose"), "text-size"
        )
        icon = {"light": "sun", "dark": "moon", "contrast": "contrast"}[theme().appearance]
        self.mode.show_words(tr("common.appearance"), tr("common.appearance_choose"), icon)
        self.language.setText(tr("common.other_language"))
        tell_language(self.language, "en" if translator().language == "zh" else "zh")
        QTimer.singleShot(0, self, self._fit)

    def changeEvent(self, event: QEvent) -> None:
        """Follow language, colours and size."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange) and hasattr(self, "language"):
            self.retranslate()
        super().changeEvent(event)
