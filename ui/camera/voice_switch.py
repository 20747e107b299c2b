"""Whether prompts and hints are read aloud: a switch that says so where this computer cannot."""

from PySide6.QtCore import QEvent, QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QWidget

from ui.translations import tr
from ui.voice import Voice


class VoiceSwitch(QCheckBox):
    """Follows the voice, wherever else it is switched."""

    def __init__(self, voice: Voice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._voice = voice
        voice.changed.connect(self._follow)
        self.toggled.connect(self._choose)
        self._follow()

    def _choose(self, on: bool) -> None:  # noqa: FBT001 - the signal's value
        self._voice.enabled = on

    def _follow(self) -> None:
        available = self._voice.available
        with QSignalBlocker(self):
            self.setChecked(self._voice.enabled and available)
        self.setEnabled(available)
        self.setText(tr("voice.control.name"))
        unavailable = "" if available else self._voice.unavailable_sentence
        self.setToolTip(unavailable)
        self.setAccessibleDescription(unavailable)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language: there may be a voice for one and none for the other."""
        if event.type() == QEvent.Type.LanguageChange:
            self._follow()
        super().changeEvent(event)
