"""One line at the foot of a page: a person to call, one press away."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.components import IconView, LinkButton, label
from ui.translations import tr


class SupportLine(QWidget):
    """``wanted`` comes when a person is."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconView("support", "muted", 20))
        self._text = label("", "muted", wrap=False)
        row.addWidget(self._text)
        self.button = LinkButton()
        self.button.clicked.connect(self.wanted)
        row.addWidget(self.button)
        row.addStretch(1)

    def retranslate(self) -> None:
        """Change the words."""
        self._text.setText(tr("face_verification.support.text"))
        self.button.setText(tr("face_verification.support.action"))
