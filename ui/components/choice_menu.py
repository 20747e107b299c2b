"""A quiet button that opens a few choices, one of which is in force."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from ui.components.icons import icon_pixmap
from ui.theme import theme

_Choice = TypeVar("_Choice", bound=Hashable)


@dataclass(slots=True)
class Switch:
    """Something on or off in a menu: its name, whether it is on, who is told."""

    name: Callable[[], str]
    is_on: Callable[[], bool]
    switched: Callable[[bool], object]
    action: QAction | None = None


class ChoiceMenu(QToolButton, Generic[_Choice]):
    """``chosen`` is called with what the borrower picked; the choices are named anew each time the menu opens."""

    def __init__(
        self,
        choices: Iterable[_Choice],
        in_force: Callable[[], _Choice],
        name: Callable[[_Choice], str],
        chosen: Callable[[_Choice], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._switches: list[Switch] = []
        self._choices, self._in_force, self._name, self._chosen = tuple(choices), in_force, name, chosen
        self._icon_name = ""
        self._offered: QMenu | None = None
        self.setProperty("role", "quiet")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # Pressed with the mouse it leaves the focus where it is: in a field that is half filled in, for example.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._open)

    def add_switch(self, switch: "Switch") -> None:
        """Offer something to switch on and off below the choices."""
        self._switches.append(switch)

    def show_words(self, text: str, description: str, icon: str = "") -> None:
        """The words on the button, what it is for, and its icon in the colours in force."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(description)
        self.setToolTip(description)
        self._icon_name = icon
        self._draw_icon()

    def _draw_icon(self) -> None:
        if self._icon_name:
            side = theme().px(18)
            self.setIcon(QIcon(icon_pixmap(self._icon_name, "ink", 18, self.devicePixelRatioF())))
            self.setIconSize(QSize(side, side))

    def event(self, event: QEvent) -> bool:
        """Redraw the icon for a screen of another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw_icon()
        return super().event(event)

    def _open(self) -> None:
        """Above the button, the choice in force first: pressed by mouse, key or screen reader, it is the same."""
        self._prepare()
        if (menu := self._offered) is not None:
            in_force = next((action for action in menu.actions() if action.isChecked()), None)
            menu.setActiveAction(in_force or menu.actions()[0])
            menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _prepare(self) -> None:
        if self._offered is None:
            self._offered = QMenu(self)
            group = QActionGroup(self._offered)
            for choice in self._choices:
                action = QAction(group)
                action.setCheckable(True)
                action.triggered.connect(lambda _=False, choice=choice: self._chosen(choice))
                self._offered.addAction(action)
            if self._switches:
                self._offered.addSeparator()
            for switch in self._switches:
                switch.action = self._offered.addAction("")
                switch.action.setCheckable(True)
                switch.action.triggered.connect(lambda on, switch=switch: switch.switched(on))
        for action, choice in zip(self._offered.actions(), self._choices, strict=False):
            action.setText(self._name(choice))
            action.setChecked(choice == self._in_force())
        for switch in self._switches:
            if switch.action is not None:
                switch.action.setText(switch.name())
                switch.action.setChecked(switch.is_on())
