"""What a screen reader calls the widgets for which Qt knows no better word than "panel".

Qt asks once for each widget, and only while somebody listens. Names, descriptions and states come from the widgets.
"""

from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QLabel, QWidget

_Role = QAccessible.Role
ROLES: Final = {
    "AgreedLine": _Role.Paragraph,
    "Banner": _Role.Notification,
    "CameraCards": _Role.Grouping,
    "CameraPreview": _Role.Graphic,
    "ChoiceCards": _Role.Grouping,
    "ConsentCard": _Role.Grouping,
    "CostBar": _Role.Chart,
    "ErrorSummary": _Role.AlertMessage,
    "HelpPanel": _Role.ComplementaryContent,
    "JourneyPage": _Role.Form,
    "NoticeArea": _Role.Section,
    "PdfView": _Role.Document,
    "ProgressLine": _Role.ListItem,
    # Qt's own answer for a scroll area reads beyond its children when a scroll bar hides while a reader counts them,
    # and the program ends there (QAccessibleAbstractScrollArea::child of 6.11 does not look at the index).
    "QAbstractScrollArea": _Role.Pane,
    "QScrollArea": _Role.Pane,
    "ScheduleStrip": _Role.Chart,
    "SimulatedMessageCard": _Role.Notification,
    "SimulatedTag": _Role.StaticText,
    "Stepper": _Role.List,
}
_HEADINGS: Final = frozenset({"title", "heading"})
_installed = False


class _Heading(QAccessibleWidget):
    """A label that heads what follows: readers jump from one to the next."""

    def __init__(self, widget: QLabel) -> None:
        super().__init__(widget, _Role.Heading)
        self._label = widget

    def text(self, part: QAccessible.Text) -> str:
        """Its name is what it says."""
        own = super().text(part)
        return own or (self._label.text() if part is QAccessible.Text.Name else "")


def install() -> None:
    """Tell Qt; more than once does no harm."""
    global _installed  # noqa: PLW0603
    if not _installed:
        _installed = True
        QAccessible.installFactory(_make)


def _make(name: str, what: QObject) -> QAccessibleInterface | None:
    """Called with the name of the widget's class, then with those it comes from, until something is made."""
    if isinstance(what, QLabel):
        return _Heading(what) if what.property("role") in _HEADINGS else None
    role = ROLES.get(name)
    return QAccessibleWidget(what, role) if role is not None and isinstance(what, QWidget) else None
