"""Buttons say what they do. One primary button a page."""

from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QIcon, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from ui.theme import theme
from ui.theme.tokens import MOTION_MS
from ui.translations import tr

# What is done sooner shows no sign of work: it would only flicker.
_SIGN_AFTER_MS: Final = 250
_TURN_DEGREES: Final = 24
_TURN_MS: Final = MOTION_MS["turn"] * _TURN_DEGREES // 360
_SIGN: Final = 12
_TALLEST: Final = 10_000
_FEW_WORDS: Final = 120


class _Button(QPushButton):
    """``busy`` keeps words, width and colour, takes no press, and turns a small ring in the margin at the left."""

    role = ""
    margin = 0
    """Room at the left of the words in px at 100 %, border included; without any there is no ring."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, icon: str = "") -> None:
        super().__init__(text, parent)
        self._icon_name = icon
        self._turned: float | None = None
        self._turning = QTimer(self)
        self._turning.timeout.connect(self._turn)
        self.setProperty("role", self.role)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        if icon:
            self._draw_icon()

    def setText(self, text: str) -> None:
        """Set the words, for eyes and screen readers alike."""
        super().setText(text)
        self.setAccessibleName(text.replace("&", ""))

    @property
    def busy(self) -> bool:
        """Whether what it does is being done."""
        return bool(self.property("busy") == "true")

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a state, like enabled
        """Show that it is being done; whoever calls also decides whether it may be pressed."""
        from ui.components.labels import set_role

        if busy == self.busy:
            return
        set_role(self, "busy", "true" if busy else "false")
        self.setAccessibleDescription(tr("common.working") if busy else "")
        self._turned = None
        if busy:
            self._turning.start(_SIGN_AFTER_MS)
        else:
            self._turning.stop()
        self.update()

    def _turn(self) -> None:
        self._turned = 0.0 if self._turned is None else (self._turned + _TURN_DEGREES) % 360
        if theme().reduced_motion:
            self._turning.stop()
        else:
            self._turning.setInterval(_TURN_MS)
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing turns."""
        super().hideEvent(event)
        self._turning.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """What is still busy turns again."""
        super().showEvent(event)
        if self.busy:
            self._turning.start(_SIGN_AFTER_MS)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, a second line of focus where it is filled, and the ring while it is busy."""
        super().paintEvent(event)
        if self.hasFocus() and self._icon_token() == "on_accent":
            self._draw_focus()
        if self._turned is None or not self.busy or not self.margin:
            return
        side, margin = theme().px(_SIGN), theme().px(self.margin)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colour(self._icon_token()), theme().px(1.75)))
        box = QRectF((margin - side) / 2, (self.height() - side) / 2, side, side)
        painter.drawArc(box, round(-self._turned * 16), 270 * 16)
        painter.end()

    def _draw_focus(self) -> None:
        """Inside the border, in the colour of the words: the border alone is too near to the colour it lies on."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colour("on_accent"), 2))
        corner = theme().px(6)
        inside = 5 if self.property("role") == "answer" else 3
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inside, inside, -inside, -inside), corner, corner)
        painter.end()

    def set_icon_name(self, name: str) -> None:
        """Show another icon of ``resources/icons``; none with an empty name."""
        self._icon_name = name
        if name:
            self._draw_icon()
        else:
            self.setIcon(QIcon())

    def _icon_token(self) -> str:
        return "on_accent" if self.property("role") == "primary" else "ink"

    def _draw_icon(self) -> None:
        from ui.components.icons import icon_pixmap

        side = theme().px(20)
        ratio = self.devicePixelRatioF()
        icon = QIcon(icon_pixmap(self._icon_name, self._icon_token(), 20, ratio))
        # Qt's own grey for what cannot be used now would be too near to its ground.
        icon.addPixmap(icon_pixmap(self._icon_name, "muted", 20, ratio), QIcon.Mode.Disabled)
        self.setIcon(icon)
        self.setIconSize(QSize(side, side))

    def event(self, event: QEvent) -> bool:
        """Redraw the icon for a screen of another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange and self._icon_name:
            self._draw_icon()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Redraw the icon in the colours in force."""
        if event.type() == QEvent.Type.StyleChange and self._icon_name:
            self._draw_icon()
        super().changeEvent(event)


class PrimaryButton(_Button):
    """The one thing to do here."""

    role = "primary"
    margin = 28


class SecondaryButton(_Button):
    """Another way, as easy to see."""

    role = "secondary"
    margin = 20


class AnswerButton(_Button):
    """One answer of a few; the one given is filled."""

    role = "answer"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setCheckable(True)

    def _icon_token(self) -> str:
        return "on_accent" if self.isChecked() else "ink"


class LinkButton(_Button):
    """A small way aside: change, explain, help."""

    role = "link"

    def _icon_token(self) -> str:
        return "accent"


class _WrappingButton(_Button):
    """Its words go on in the next line where there is no room: a sentence, a heading of a document."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, icon: str = "") -> None:
        super().__init__(text, parent, icon=icon)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)

    def _room(self, width: int) -> QRect:
        """Where the words stand in a button of ``width``."""
        return QRect(0, 0, width, _TALLEST).adjusted(*self._margins())

    def _margins(self) -> tuple[int, int, int, int]:
        side, end = theme().px(6), theme().px(4 if theme().large else 2) + 2
        before = side if self.icon().isNull() else side + self.iconSize().width() + theme().px(6)
        return before, end, -side, -end

    def heightForWidth(self, width: int) -> int:
        """As high as the words need."""
        bounds = self.fontMetrics().boundingRect(self._room(width), Qt.TextFlag.TextWordWrap, self.text())
        return bounds.height() + 2 * self._margins()[1]

    def sizeHint(self) -> QSize:
        """In one line."""
        before, _, after, _ = self._margins()
        width = self.fontMetrics().horizontalAdvance(self.text()) + before - after + 2
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """As wide as a few words."""
        width = min(self.sizeHint().width(), theme().px(_FEW_WORDS))
        return QSize(width, self.fontMetrics().height() + 2 * self._margins()[1])

    def _text_token(self) -> str:
        return "accent"

    def _icon_token(self) -> str:
        return self._text_token()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground and border as the style sheet has them, the words wrapped."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        sign, option.icon = option.icon, QIcon()
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        if not sign.isNull():
            side = self.iconSize().width()
            sign.paint(painter, QRect(theme().px(6), (self.height() - side) // 2, side, side))
        painter.setPen(theme().colour(self._text_token()))
        painter.setFont(self.font())
        room = self.rect().adjusted(*self._margins())
        painter.drawText(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class SentenceLink(_WrappingButton):
    """A whole sentence that leads somewhere; ``danger`` is its property for what has to be mended."""

    role = "link"

    def _text_token(self) -> str:
        return "muted" if not self.isEnabled() else "stop" if self.property("danger") == "true" else "accent"


class ContentsEntry(_WrappingButton):
    """A heading of a document; its property ``state`` is ``current`` where one reads."""

    role = "step"

    def _text_token(self) -> str:
        return "ink" if self.property("state") == "current" or self.underMouse() else "muted"


class QuietButton(_Button):
    """A button of the frame: text size, language, theme."""

    role = "quiet"
