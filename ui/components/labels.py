"""Text on a page. Whatever the text says, it is shown as plain text: nothing from outside becomes markup."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QSizePolicy, QWidget

from ui.rare_characters import prepare_for
from ui.theme import theme
from ui.translations import tr


def label(text: str = "", role: str = "", *, wrap: bool = True, selectable: bool = False) -> QLabel:
    """A plain-text label; ``role`` is one of the style sheet: title, heading, lead, muted, small, money, ..."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    prepare_for(text)
    made.setText(text)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    policy = made.sizePolicy()
    policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
    made.setSizePolicy(policy)
    return made


def set_role(widget: QWidget, name: str, value: object) -> None:
    """Change a property the style sheet looks at, and restyle."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def empty(layout: QLayout) -> None:
    """Take every widget out of ``layout`` and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            let_go(widget)


def let_go(widget: QWidget) -> None:
    """Take ``widget`` out of sight at once, and out of memory when its turn comes."""
    widget.hide()
    widget.deleteLater()


class Rule(QFrame):
    """A thin line between two things."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "rule")


class SimulatedTag(QWidget):
    """The quiet striped tag 模拟, the same wherever something is simulated."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._retranslate()

    def _retranslate(self) -> None:
        self._text = tr("common.simulated")
        self.setAccessibleName(self._text)
        self.setToolTip(tr("common.simulated_tip"))
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        """As large as its word."""
        from PySide6.QtGui import QFontMetrics

        metrics = QFontMetrics(theme().font(14))
        return QSize(metrics.horizontalAdvance(self._text) + theme().px(20), metrics.height() + theme().px(4))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw slanted stripes, a thin border and the word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(box, 4, 4)
        painter.fillPath(shape, theme().colour("look_soft"))
        painter.save()
        painter.setClipPath(shape)
        painter.setPen(QPen(theme().colour("stripe"), theme().px(4)))
        step, height = theme().px(11), int(box.height())
        for x in range(-height, int(box.width()) + height, step):
            painter.drawLine(x, height + 2, x + height + 4, -2)
        painter.restore()
        painter.setPen(QPen(theme().colour("look"), 1))
        painter.drawPath(shape)
        painter.setFont(theme().font(14))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
