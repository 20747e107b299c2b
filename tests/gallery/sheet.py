"""A sheet that shows one component in all its states, each under the name of the state."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from ui.components import label
from ui.components.page_scaffold import COLUMN
from ui.theme import theme
from ui.translations import translator

_MARGIN: Final = 24
# Words of the gallery alone; what the components say comes from the translations of the program.
STATES: Final = {
    "rest": ("平常", "At rest"),
    "hover": ("指针在上面", "Pointer over it"),
    "focus": ("键盘焦点", "Keyboard focus"),
    "pressed": ("按下", "Pressed"),
    "busy": ("正在处理", "Busy"),
    "disabled": ("不可用", "Disabled"),
    "filled": ("已填写", "Filled in"),
    "error": ("有错误", "Error"),
    "read_only": ("只读", "Read only"),
    "chosen": ("已选中", "Chosen"),
    "empty": ("没有内容", "Empty"),
    "information": ("说明", "Information"),
    "look": ("提醒", "Warning"),
    "stop": ("停止", "Stop"),
    "done": ("完成", "Done"),
    "waiting": ("等待", "Waiting"),
    "running": ("进行中", "Under way"),
    "failed": ("未完成", "Failed"),
    "late": ("比平时久", "Longer than usual"),
    "folded": ("收起", "Folded"),
    "unfolded": ("展开", "Unfolded"),
    "granted": ("已同意", "Agreed"),
    "refused": ("不同意", "Refused"),
    "compact": ("窄窗口", "Narrow window"),
    "light": ("从容", "Easy"),
    "heavy": ("吃紧", "Tight"),
    "copied": ("可以复制", "Can be copied"),
    "with_fees": ("有费用", "With fees"),
    "next": ("下一期", "Next due"),
    "repaid": ("已还清", "Repaid"),
    "beside_words": ("文字旁边", "Beside words"),
    "enlarged": ("放大", "Enlarged"),
}


@dataclass(slots=True)
class Specimen:
    """A component in one state; ``focus`` is what has the keyboard in it."""

    state: str
    widget: QWidget
    focus: QWidget | None = None


Build = Callable[[], Iterable[Specimen]]


def hovered(widget: QWidget) -> QWidget:
    """As with the pointer over it."""
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    return widget


def held(layout: QLayout) -> QWidget:
    """A layout as a widget."""
    holder = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    holder.setLayout(layout)
    return holder


def beside(*widgets: QWidget) -> QWidget:
    """Side by side, each as wide as it wants to be."""
    row = QHBoxLayout()
    row.setSpacing(16)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return held(row)


def rows(widgets: Sequence[QWidget], in_a_row: int) -> QWidget:
    """One row under another, so many in each."""
    box = QVBoxLayout()
    box.setSpacing(16)
    for first in range(0, len(widgets), in_a_row):
        box.addWidget(beside(*widgets[first : first + in_a_row]))
    return held(box)


class Sheet(QScrollArea):
    """Scrolls up and down; :meth:`whole` is a picture of everything, each focus as it looks when it is there."""

    def __init__(self, title: str, build: Build) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.specimens = list(build())
        self.inner = QWidget()
        self.inner.setProperty("ground", "paper")
        self.inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self.inner)
        row.setContentsMargins(32, _MARGIN, 32, _MARGIN)
        column = QWidget()
        column.setMaximumWidth(theme().px(COLUMN))
        box = QVBoxLayout(column)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(label(title, "heading"))
        for specimen in self.specimens:
            caption = label(STATES[specimen.state][translator().language == "en"], "small")
            box.addSpacing(8)
            box.addWidget(caption)
            box.addWidget(specimen.widget)
        box.addStretch(1)
        row.addStretch(1)
        row.addWidget(column, 1000)
        row.addStretch(1)
        self.inner.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setWidget(self.inner)

    def whole(self) -> QImage:
        """Everything, however far it scrolls."""
        self.inner.setFocus()
        last = self.specimens[-1].widget
        height = last.mapTo(self.inner, QPoint(0, last.height())).y() + _MARGIN
        picture = self.inner.grab(QRect(0, 0, self.inner.width(), height)).toImage()
        picture = picture.convertToFormat(QImage.Format.Format_RGB32)
        painter = QPainter(picture)
        for specimen in self.specimens:
            if specimen.focus is not None:
                specimen.focus.setFocus(Qt.FocusReason.TabFocusReason)
                place = specimen.widget.mapTo(self.inner, QPoint(0, 0))
                rect = specimen.widget.rect().translated(place)
                painter.drawPixmap(place, self.inner.grab(rect))
        painter.end()
        return picture
