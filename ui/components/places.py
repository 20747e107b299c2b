"""What is in view stays in view when words or sizes change: every scroll area goes on showing what it showed."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget
from shiboken6 import isValid

# A page that wraps its words finds its height over a few rounds of events, which take long on a busy computer: it is
# let go when none has come for this long, or when somebody scrolls.
_SETTLED_MS: Final = 250


def hold_places(window: QWidget) -> None:
    """Remember where each scroll area in sight stands, and go back there while the change is laid out."""
    for area in window.findChildren(QScrollArea):
        if area.isVisible() and area.verticalScrollBar().value() and area.widget() is not None:
            _Place(area)


def show_in(area: QScrollArea, widget: QWidget) -> None:
    """Show ``widget`` in ``area`` instead of what is there, which goes once whoever is at work in it has ended."""
    before = area.takeWidget()
    if before is not None:
        before.hide()
        before.setParent(area)
        before.deleteLater()
    area.setWidget(widget)


class _Place(QObject):
    """Follows one scroll area until it is laid out, then lets it go."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._held = True
        bar = area.verticalScrollBar()
        self._share = bar.value() / bar.maximum()
        self._seen = _in_view(area)
        bar.rangeChanged.connect(self._go_back)
        area.widget().installEventFilter(self)
        bar.actionTriggered.connect(self._let_go)
        self._quiet = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._quiet.timeout.connect(self._let_go)
        self._quiet.start()
        QTimer.singleShot(0, self, self._go_back)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again once the content has been laid out anew."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._quiet.start()
            QTimer.singleShot(0, self, self._go_back)
        return super().eventFilter(watched, event)

    def _let_go(self) -> None:
        self._held = False
        self.deleteLater()

    def _go_back(self) -> None:
        if not self._held:
            return
        area, bar = self._area, self._area.verticalScrollBar()
        for widget, top in self._seen:
            if isValid(widget) and widget.isVisible() and area.widget().isAncestorOf(widget):
                bar.setValue(bar.value() + _top(widget, area) - top)
                return
        bar.setValue(round(self._share * bar.maximum()))


def _in_view(area: QScrollArea) -> list[tuple[QWidget, int]]:
    """What is in view with how far down it stands: the widget with the focus first, then from the top."""
    height = area.viewport().height()
    found = [
        (widget, _top(widget, area))
        for widget in area.widget().findChildren(QWidget)
        if widget.isVisible() and not widget.findChildren(QWidget) and widget.height() > 1
    ]
    inside = [(widget, top) for widget, top in found if 0 <= top < height]
    return sorted(inside, key=lambda one: (not one[0].hasFocus(), one[1]))


def _top(widget: QWidget, area: QScrollArea) -> int:
    return widget.mapTo(area.viewport(), QPoint(0, 0)).y()
