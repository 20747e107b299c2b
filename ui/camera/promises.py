"""The two sentences that stay in sight: only for identity; and, in red, never tell a code."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from ui.components import IconView, label
from ui.translations import tr


class Promises(QWidget):
    """Side by side where there is room, else one under the other."""

    def __init__(
        self, parent: QWidget | None = None, *, centred: bool = True, large: bool = False, icons: bool = True
    ) -> None:
        """``icons`` are in the theme's colours: not for a ground of another colour."""
        super().__init__(parent)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._gap = 24 if large else 12
        self._row.setSpacing(self._gap)
        if centred:
            self._row.addStretch(10)
        self._only = label("", "strong" if large else "small-ink", wrap=False)
        self._never = label("", "warn-strong" if large else "error", wrap=False)
        for icon, token, words in (("lock", "ink", self._only), ("stop", "stop", self._never)):
            pair = QHBoxLayout()
            pair.setSpacing(8)
            if centred:
                pair.addStretch(1)
            if icons:
                pair.addWidget(IconView(icon, token, 18))
            pair.addWidget(words)
            pair.addStretch(1)
            words.setMinimumWidth(1)
            self._row.addLayout(pair)
        self._row.addStretch(10)

    def event(self, event: QEvent) -> bool:
        """Choose the direction anew where the width or the words change."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._choose_direction()
        return super().event(event)

    def _choose_direction(self) -> None:
        """The one that leaves both sentences whole."""
        needed = self._only.sizeHint().width() + self._never.sizeHint().width() + 4 * 26
        wide = self.width() >= needed
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        # Each setting asks for a layout, which asks here again.
        if way != self._row.direction():
            self._row.setDirection(way)
            self._row.setSpacing(self._gap if wide else 4)

    def retranslate(self) -> None:
        """Change the words."""
        self._only.setText(tr("face_verification.only_for_identity"))
        self._never.setText(tr("face_verification.never_tell_code"))
