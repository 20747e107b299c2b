"""What is still to be mended on this page, at its top, with the focus on it; each line leads to its field."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from ui.components.buttons import SentenceLink
from ui.components.icons import IconView
from ui.components.labels import label
from ui.translations import tr


class FieldError(NamedTuple):
    """A sentence, and the control where it is mended."""

    text: str
    widget: QWidget | None


class ErrorSummary(QFrame):
    """Hidden while there is nothing to mend."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "error-summary")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(IconView("stop", "stop", 22))
        self._title = label("", "strong")
        top.addWidget(self._title, 1)
        box.addLayout(top)
        self._errors: tuple[FieldError, ...] = ()
        self._described: list[tuple[QWidget, str]] = []
        self._links: list[SentenceLink] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        box.addLayout(self._lines)
        self.hide()

    def show_errors(self, errors: Sequence[FieldError], *, take_focus: bool = True) -> None:
        """Show these, or hide when there are none."""
        self._errors = tuple(errors)
        self._describe_controls()
        self.setVisible(bool(errors))
        if not errors:
            self._fit_links(0)
            return
        title = tr("common.error_summary", count=len(errors))
        self._title.setText(title)
        self.setAccessibleName(f"{title} {' '.join(error.text for error in errors)}")
        self._fit_links(len(errors))
        for link, error in zip(self._links, errors, strict=True):
            link.setText(error.text)
        if take_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _describe_controls(self) -> None:
        """What has no line for an error of its own says it as its description, for as long as it stands here."""
        for control, said in self._described:
            if isValid(control) and control.accessibleDescription() == said:
                control.setAccessibleDescription("")
        self._described = []
        for error in self._errors:
            control = error.widget
            while control is not None and (proxy := control.focusProxy()) is not None:
                control = proxy
            if isinstance(control, QRadioButton) or not isinstance(control, QAbstractButton):
                continue
            if not control.accessibleDescription():
                control.setAccessibleDescription(error.text)
                self._described.append((control, error.text))

    def _fit_links(self, count: int) -> None:
        """As many as are needed; those that are there stay, with the focus if they have it."""
        while len(self._links) > count:
            link = self._links.pop()
            link.hide()
            self._lines.removeWidget(link)
            link.deleteLater()
        for place in range(len(self._links), count):
            link = SentenceLink()
            link.setProperty("danger", "true")
            link.clicked.connect(lambda _=False, place=place: self._go_to(place))
            self._lines.addWidget(link)
            self._links.append(link)

    def _go_to(self, place: int) -> None:
        widget = self._errors[place].widget
        if widget is not None:
            widget.setFocus()
