"""Above every page: what belongs to no page. Each notice is told once, can be closed, and changes its language."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from loanapp.domain.errors import LoanAppError
from ui.announce import announce
from ui.components.page_scaffold import COLUMN
from ui.theme import theme
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from loanapp.client.answers import SimulatedMessage, Support
    from ui.components.banner import Banner
    from ui.components.simulated_message_card import SimulatedMessageCard
    from ui.messages import Level, Notice

_ROOM = 12
# Notices take no more of the window than this share; what is more of them scrolls.
_MOST_OF_THE_WINDOW = 0.33


class NoticeArea(QWidget):
    """The newest first.

    ``fill_code`` comes with the code of a simulated message, ``help_wanted`` with the code an article explains,
    ``write_wanted`` when the borrower would rather write to support.
    """

    fill_code = Signal(str)
    help_wanted = Signal(str)
    copied = Signal(str)
    write_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        # Else the area holds it as high as its words are at their narrowest, and cuts off what it does not need.
        inner.setMinimumHeight(1)
        self._box = QVBoxLayout(inner)
        self._box.setSpacing(8)
        self._area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)
        self.banners: dict[str, Banner] = {}
        self._fillers: dict[str, Callable[[Banner], None]] = {}
        self.message_card: SimulatedMessageCard | None = None
        self._fit()

    def show_error(self, error: LoanAppError) -> None:
        """An error that belongs to no page."""
        from ui.messages import Level

        key = f"code.{error.code.value}"

        def fill(banner: "Banner") -> None:
            banner.say(error_sentence(error), error_fix(error))
            banner.show_actions(
                (tr("common.open_help"), lambda: self.help_wanted.emit(error.code.value)),
                (tr("common.close"), lambda: self.close_notice(key)),
            )

        self._show(key, Level.STOP, fill)

    def show_notice(self, notice: "Notice") -> None:
        """A short sentence."""

        def fill(banner: "Banner") -> None:
            banner.say("", tr(notice.key, count=notice.count, **dict(notice.values)))
            banner.show_actions((tr("common.close"), lambda: self.close_notice(notice.key)))

        self._show(notice.key, notice.level, fill)

    def offer(self, key: str, action: str, act: Callable[[], object]) -> None:
        """Offer something: the sentence ``key``, and the words ``action`` for doing it."""
        from ui.messages import Level

        def accept() -> None:
            self.close_notice(key)
            act()

        def fill(banner: "Banner") -> None:
            banner.say("", tr(key))
            banner.show_actions((tr(action), accept), (tr("common.close"), lambda: self.close_notice(key)))

        self._show(key, Level.INFORMATION, fill)

    def tell(
        self, key: str, level: "Level", words: Callable[[], tuple[str, str]], *ways: tuple[str, Callable[[], object]]
    ) -> None:
        """Heading and text of ``words``, asked again in another language; ``ways`` on, by the keys of their words.

        Each way closes the notice first, so that it may tell the next thing in its place.
        """

        def taking(act: Callable[[], object]) -> Callable[[], object]:
            def take() -> None:
                self.close_notice(key)
                act()

            return take

        def fill(banner: "Banner") -> None:
            banner.say(*words())
            banner.show_actions(
                *((tr(name), taking(act)) for name, act in ways), (tr("common.close"), lambda: self.close_notice(key))
            )

        self._show(key, level, fill)

    def show_retry(
        self, error: LoanAppError, retry: Callable[[], object], other: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        """The program cannot go on by itself: say why, with a way to try again.

        ``other`` is another way on: the key of its words, and what it does.
        """
        from ui.messages import Level

        def fill(banner: "Banner") -> None:
            banner.say(error_sentence(error), error_fix(error))
            banner.show_actions(
                (tr("common.retry"), retry),
                *([(tr(other[0]), other[1])] if other is not None else []),
                (tr("common.open_help"), lambda: self.help_wanted.emit(error.code.value)),
            )

        self._show("lender", Level.LOOK, fill)

    def show_support(self, support: "Support | None") -> None:
        """How to reach a person."""
        from ui.messages import Level

        def copy_phone() -> None:
            if support is not None:
                QGuiApplication.clipboard().setText(support.phone)
                self.copied.emit(tr("components.phone"))

        def write() -> None:
            self.close_notice("support")
            self.write_wanted.emit()

        def fill(banner: "Banner") -> None:
            text = (
                tr("common.support_text", phone=support.phone, hours=support.hours, email=support.email)
                if support is not None
                else tr("common.support_unknown")
            )
            banner.say(tr("common.support"), text)
            phone = (tr("components.copy_what", what=tr("components.phone")), copy_phone)
            banner.show_actions(
                *([phone] if support is not None else []),
                (tr("help.support.write"), write),
                (tr("common.close"), lambda: self.close_notice("support")),
            )

        self._show("support", Level.INFORMATION, fill)

    def show_simulated_message(self, message: "SimulatedMessage | None") -> None:
        """A simulated text message, as a card; ``None`` takes it away."""
        from ui.components.simulated_message_card import SimulatedMessageCard

        if self.message_card is None:
            self.message_card = SimulatedMessageCard()
            self.message_card.fill.connect(self.fill_code)
            self._box.addWidget(self.message_card)
        self.message_card.show_message(message)
        if message is not None:
            announce(self.message_card, self.message_card.accessibleName(), private=True)
        self._fit()

    def close_notice(self, key: str) -> None:
        """Take a notice away."""
        self._fillers.pop(key, None)
        banner = self.banners.pop(key, None)
        if banner is not None:
            banner.hide()
            self._box.removeWidget(banner)
            banner.deleteLater()
        self._fit()

    def _show(self, key: str, level: "Level", fill: "Callable[[Banner], None]") -> None:
        from ui.components.banner import Banner

        self.close_notice(key)
        banner = self.banners[key] = Banner(level)
        self._fillers[key] = fill
        fill(banner)
        self._box.insertWidget(0, banner)
        self._fit()
        announce(banner, banner.accessibleName(), urgent=banner.is_urgent)

    def _fit(self) -> None:
        card = self.message_card is not None and not self.message_card.isHidden()
        shown = bool(self.banners) or card
        self._box.setContentsMargins(0, _ROOM if shown else 0, 0, 0)
        self.setMaximumWidth(theme().px(COLUMN))
        self._area.setVisible(shown)
        QTimer.singleShot(0, self, self._fit_height)

    def _fit_height(self) -> None:
        """As high as the notices are at this width, up to a share of the window."""
        self._box.activate()
        needed = self._box.totalHeightForWidth(self.width())
        most = round(self.window().height() * _MOST_OF_THE_WINDOW)
        self._area.setFixedHeight(max(0, min(needed, most)))
        if needed:
            self._box.setContentsMargins(0, _ROOM, _ROOM if needed > most else 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the window's height from now on: of it notices take their share."""
        super().showEvent(event)
        self.window().installEventFilter(self)
        self._fit_height()

    def eventFilter(self, _window: QObject, event: QEvent) -> bool:
        """The window is another height, perhaps with no other width."""
        if event.type() == QEvent.Type.Resize:
            self._fit_height()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._fit_height()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if event.type() == QEvent.Type.LanguageChange:
            for key, banner in self.banners.items():
                self._fillers[key](banner)
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "message_card"):
            self._fit()
        super().changeEvent(event)
