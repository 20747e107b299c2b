"""What is in sight while nobody is there: no name, no amount, no page; and how to come back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.announce import announce
from ui.components.banner import Banner
from ui.components.buttons import LinkButton, PrimaryButton
from ui.components.card import Card
from ui.components.fields import Field
from ui.components.flow_row import FlowRow
from ui.components.help_sheet import way_to_help
from ui.components.icons import IconView
from ui.components.labels import label
from ui.components.number_fields import CodeField
from ui.components.password_field import PasswordField
from ui.components.resend_countdown import ResendCountdown
from ui.components.safety_line import SafetyLine
from ui.components.simulated_message_card import SimulatedMessageCard
from ui.messages import Level
from ui.reader_language import tell_language
from ui.theme import theme
from ui.translations import Texts, error_fix, error_sentence, tr

if TYPE_CHECKING:
    from loanapp.client.answers import CodeSent
    from loanapp.client.protection import Protection
    from ui.pages.page import PageContext

_WIDTH: Final = 520
_OF_THE_FACTOR: Final = frozenset({ErrorCode.SECOND_FACTOR_NEEDED, ErrorCode.SECOND_FACTOR_WRONG})
_OF_THE_CODE: Final = frozenset({ErrorCode.CODE_WRONG, ErrorCode.CODE_EXPIRED})


class Cover(QWidget):
    """Lies over the whole window. ``opened`` carries the page the borrower stands on once they have come back."""

    opened = Signal(object)
    signed_out = Signal()

    def __init__(self, shell: QWidget, context: "PageContext") -> None:
        super().__init__(shell)
        self.context = context
        self._texts = Texts()
        self._busy = 0
        self._problem: LoanAppError | None = None
        self._wrong_code: Callable[[], str] | None = None
        tell_language(self)
        self.setProperty("ground", "paper")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._countdown = ResendCountdown(self)
        self._build()
        self._retranslate()
        shell.installEventFilter(self)

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole.addWidget(area)
        ground = QWidget()
        area.setWidget(ground)
        centred = QHBoxLayout(ground)
        centred.setContentsMargins(24, 24, 24, 24)
        centred.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(12)
        centred.addLayout(column, 1000)
        centred.addStretch(1)
        self._column = QWidget()
        column.addWidget(self._column)
        column.addStretch(1)
        box = QVBoxLayout(self._column)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(IconView("lock", "muted", 40), 0, Qt.AlignmentFlag.AlignLeft)
        self.title, self.lead = label("", "title"), label("", "muted")
        self.problem = Banner(Level.STOP)
        self.problem.hide()
        self.message = SimulatedMessageCard()
        for part in (self.title, self.lead, self.problem, self.message):
            box.addWidget(part)
        box.addWidget(self._make_card())
        self.leave = LinkButton()
        self.leave.clicked.connect(self._ask_to_sign_out)
        box.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignLeft)
        self._texts.bind(self.title.setText, "idle_lock.title")
        self._texts.bind(self.lead.setText, "idle_lock.lead")
        self._texts.bind(self.leave.setText, "idle_lock.leave")

    def _make_card(self) -> Card:
        card = Card(spacing=16)
        self.whose = label("", "strong")
        self.code = CodeField(width=160)
        self.send = self._countdown.button
        self.send.clicked.connect(self.request_code)
        self.code.row.insertWidget(1, self.send)
        self.code.editor.installEventFilter(self)
        self.message.fill.connect(self.code.set_text)
        self.warning = SafetyLine()
        self.back = PrimaryButton()
        self.back.clicked.connect(self.proceed)
        ways = FlowRow(spacing=16)
        ways.add(self.back)
        ways.close_up()
        self.password = PasswordField()
        self.password.hide()
        self.password.editor.installEventFilter(self)
        self.factor = Field(width=200)
        self.factor.hide()
        self.factor.editor.installEventFilter(self)
        for part in (self.password, self.whose, self.code, self._countdown.note, self.factor, self.warning, ways):
            card.body.addWidget(part)
        self._texts.bind(self.back.setText, "idle_lock.back")
        self._texts.bind(self.warning.setText, "sign_in.warning")
        return card

    def begin(self) -> None:
        """Cover, and say so."""
        self._fill()
        self.show()
        self.raise_()
        self.send.setFocus()
        journey = self.context.journey
        if journey is not None:
            # Where it cannot be asked there is still the code.
            self.context.operations.run(journey.protection, self._offer_password, lambda _: None)
        announce(self, f"{self.title.text()} {self.lead.text()}")

    # To come back

    def _offer_password(self, protection: "Protection") -> None:
        self.password.setVisible(protection.password_set_at is not None)
        self._texts_of_way()
        if protection.password_set_at is not None and not self._countdown.code_sent:
            self.password.setFocus()

    def _texts_of_way(self) -> None:
        self.whose.setText(tr("idle_lock.whose" if self.password.isHidden() else "idle_lock.whose_instead"))

    def request_code(self) -> None:
        """Have a code sent to the borrower's own phone."""
        journey = self.context.journey
        if journey is not None:
            phone = journey.draft.phone
            self._countdown.requesting()
            self.context.operations.run(lambda: journey.request_code(phone), self._code_sent, self._not_sent, busy=self)

    def _code_sent(self, sent: "CodeSent") -> None:
        self._countdown.sent(sent, self.context.clock.now())
        self.show_problem(None)
        self.message.show_message(sent.simulated_message)
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_sent(self, error: LoanAppError) -> None:
        self._countdown.failed(error)
        self.show_problem(error)

    def proceed(self) -> None:
        """Come back by the code."""
        code, journey = self.code.text(), self.context.journey
        if journey is None:
            return
        if not self.password.isHidden() and (password := self.password.text()):
            self.show_problem(None)
            self.context.operations.run(
                lambda: journey.check_password(password), self._came_back, self._refused, busy=self
            )
            return
        if not self.code.complete:
            self._say_of_code(lambda: tr("one_time_code.code_missing"))
            return
        self._say_of_code(None)
        self.show_problem(None)
        second = () if self.factor.isHidden() else (self.factor.text(),)
        self.context.operations.run(lambda: journey.sign_in(code, *second), self._came_back, self._refused, busy=self)

    def _came_back(self, page: object) -> None:
        self.password.clear()
        self.opened.emit(page)

    def _refused(self, error: LoanAppError) -> None:
        if error.code in _OF_THE_FACTOR:
            self.factor.show()
            self.factor.set_error(error_sentence(error) if error.code is ErrorCode.SECOND_FACTOR_WRONG else None)
            self.factor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif error.code is ErrorCode.SIGN_IN_WRONG:
            self.password.set_error(error_sentence(error))
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        elif error.code in _OF_THE_CODE:
            self._say_of_code(lambda: error_sentence(error))
        else:
            self.show_problem(error)

    def _ask_to_sign_out(self) -> None:
        from ui.pages.confirm import Question, ask

        words = ("common.sign_out_title", "common.sign_out_text", "common.sign_out", "common.sign_out_stay")
        ask(self, Question(*words), self._sign_out)

    def _sign_out(self) -> None:
        self.set_busy(True)
        self.signed_out.emit()

    # As operations want it

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """One thing at a time."""
        self._busy = max(0, self._busy + (1 if busy else -1))
        for button in (self.back, self.leave):
            button.setEnabled(not self._busy)

    def show_problem(self, error: LoanAppError | None) -> None:
        """Say what went wrong; the cover stays."""
        self._problem = error
        self._tell_problem()
        if error is not None:
            announce(self.problem, self.problem.accessibleName(), urgent=True)

    def _tell_problem(self) -> None:
        self.problem.setVisible(self._problem is not None)
        if self._problem is not None:
            self.problem.say(error_sentence(self._problem), error_fix(self._problem))
            self.problem.show_actions(way_to_help(self, self._problem.code))

    def _say_of_code(self, wrong: Callable[[], str] | None) -> None:
        self._wrong_code = wrong
        self._tell_code_error()
        if wrong is not None:
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell_code_error(self) -> None:
        self.code.set_error(self._wrong_code() if self._wrong_code is not None else None)

    def _retranslate(self) -> None:
        self._texts.apply()
        self.code.set_label(tr("one_time_code.code"), tr("one_time_code.code_hint"))
        self.password.set_label(tr("protection.password"))
        self.factor.set_label(tr("protection.factor"), tr("protection.factor_hint"))
        self._texts_of_way()
        self.setAccessibleName(self.title.text())
        self._tell_problem()
        self._tell_code_error()
        self._countdown.retranslate()

    # Qt

    def _fill(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self._column.setFixedWidth(max(1, min(theme().px(_WIDTH), self.width() - 64)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as the window; Enter in the code comes back."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._fill()
        if (
            watched in (self.code.editor, self.password.editor, self.factor.editor)
            and event.type() == QEvent.Type.KeyPress
        ):
            key = getattr(event, "key", lambda: None)()
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.proceed()
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and size of text."""
        if hasattr(self, "leave"):
            if event.type() == QEvent.Type.LanguageChange:
                tell_language(self)
                self._retranslate()
            elif event.type() == QEvent.Type.StyleChange:
                QTimer.singleShot(0, self, self._fill)
        super().changeEvent(event)
