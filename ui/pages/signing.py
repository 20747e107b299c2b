"""Who signs, what is signed, with whose certificate; one tick, one button, and each step of the signing in sight."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from loanapp.client.answers import Application
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.phone import mask_phone
from loanapp.journey.pages import Page
from loanapp.journey.signing_acts import SigningStep
from ui.announce import announce
from ui.components import Banner, Card, LinkButton, ProgressLine, Rule, SummaryList, SummaryRow, label
from ui.components.progress_line import ProgressState
from ui.components.resend_countdown import ResendCountdown
from ui.components.signature_pad import SignaturePad
from ui.components.signing_code import SigningCodeCard
from ui.components.tick_box import TickBox
from ui.formats import yuan
from ui.messages import Level
from ui.pages.page import JourneyPage
from ui.safe_moment import SafeNote
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.answers import CodeSent

_TAIL = 4
_ASKS_FOR_A_CODE = frozenset({ErrorCode.CODE_WRONG, ErrorCode.CODE_EXPIRED, ErrorCode.SIGNING_CODE_NEEDED})


class SigningPage(JourneyPage):
    """Nothing is signed before the tick; a signing that was interrupted goes on where it stopped."""

    page_id = Page.SIGNING

    def build(self) -> None:
        """The facts, the tick, and the steps (shown once signing begins)."""
        self.scaffold.simulated.show()
        self.onlookers = SafeNote(self.context)
        self.scaffold.add(self.onlookers)
        self._facts = SummaryList(changeable=False)
        self.scaffold.add(self._facts)
        self.tick = TickBox()
        self.tick.toggled.connect(lambda _on: self._follow())
        self.scaffold.add(self.tick)
        self._countdown = ResendCountdown(self)
        self._countdown.button.clicked.connect(self.request_code)
        self.code_card = SigningCodeCard(self._countdown)
        self.code_card.changed.connect(self._follow)
        self.scaffold.add(self.code_card)
        self._build_pad()
        self._steps = Card(padding=20, spacing=0)
        self._steps_title = label("", "heading")
        self._steps.body.addWidget(self._steps_title)
        self._lines: dict[SigningStep, ProgressLine] = {}
        for step in SigningStep:
            if self._lines:
                self._steps.body.addWidget(Rule())
            self._lines[step] = ProgressLine()
            self._steps.body.addWidget(self._lines[step])
        self._steps.hide()
        self.scaffold.add(self._steps)
        self._scam = Banner(Level.LOOK)
        self.scaffold.add(self._scam)
        self.scaffold.body.addStretch(1)
        self.scaffold.aside.clicked.connect(self._read_again)
        self.scaffold.aside.show()
        self._under_way = False
        self._current: ProgressLine | None = None

    def _build_pad(self) -> None:
        self._pad_title = label("", "strong")
        self.pad = SignaturePad()
        self._write_again = LinkButton()
        self._write_again.clicked.connect(self.pad.clear)
        self.pad.changed.connect(self._show_again)
        self._hand = QWidget()
        column = QVBoxLayout(self._hand)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self._pad_title, 1)
        row.addWidget(self._write_again)
        column.addLayout(row)
        column.addWidget(self.pad)
        self.scaffold.add(self._hand)

    def _show_again(self) -> None:
        self._write_again.setVisible(bool(self.pad.strokes))

    def load(self) -> None:
        """Show what is to be signed."""
        self.tick.setChecked(False)
        self.pad.clear()
        self._under_way = False
        self._steps.hide()
        self._hand.show()
        self._scam.show()
        self.onlookers.look()
        self._show_code()
        self._show_facts()
        self._follow()

    def leave(self) -> None:
        """Leave; the code is forgotten."""
        super().leave()
        self.code_card.clear()
        self._countdown.forget()
        self.context.messages.show_simulated_message(None)

    def focus_first(self) -> None:
        """The tick."""
        self.tick.setFocus()

    def missing(self) -> list[str]:
        """The tick and the code."""
        if not self.tick.isChecked():
            return [tr("signing.tick_first")]
        return [] if self.code_card.complete else [tr("signing.code_first")]

    # the code

    def request_code(self) -> None:
        """Have a code sent that authorises signing this contract."""
        self.show_problem(None)
        self.show_errors(None)
        self.code_card.code.set_error(None)
        # Whoever talks the borrower into sharing the screen wants to see this code.
        self.onlookers.look()
        self._countdown.requesting()
        self.scaffold.aside.setEnabled(False)
        self.at_work = self._countdown.button
        journey = self.journey
        self.context.operations.run(journey.request_signing_code, self._code_sent, self._code_not_sent, busy=self)

    def take_code(self, code: str) -> None:
        """Take the code of a simulated message."""
        self.code_card.code.set_text(code)
        self.context.messages.show_simulated_message(None)
        (self.scaffold.primary if self.tick.isChecked() else self.tick).setFocus(Qt.FocusReason.OtherFocusReason)

    def _code_sent(self, sent: "CodeSent") -> None:
        self._countdown.sent(sent, self.journey.clock.now())
        self.scaffold.aside.setEnabled(True)
        if not self.isVisible():
            return
        announce(self.code_card, self._countdown.note.text())
        if sent.simulated_message is not None:
            self.context.messages.show_simulated_message(sent.simulated_message)
        self.code_card.code.setFocus(Qt.FocusReason.OtherFocusReason)
        self.scaffold.reveal_top(self.code_card)

    def _code_not_sent(self, error: LoanAppError) -> None:
        self._countdown.failed(error)
        self.scaffold.aside.setEnabled(True)
        self.show_problem(error)

    def _show_code(self) -> None:
        application = self._application()
        if application is None or application.offer is None or application.contract is None:
            return
        self.code_card.say(
            phone=mask_phone(phone) if (phone := self.journey.draft.phone) else "",
            tail=application.contract.number[-_TAIL:],
            payout=yuan(application.offer.payout, places=2),
            total=yuan(application.offer.schedule.total_repayment, places=2),
        )
        self.code_card.set_confirmed(confirmed=self.journey.signing_authorised)

    def proceed(self) -> None:
        """Sign: key, certificate, signature, countersignature, and the check of both."""
        if self._under_way:
            return
        if missing := self.missing():
            announce(self, missing[0])
            return
        self._under_way = True
        self.tick.setEnabled(False)
        self.scaffold.aside.setEnabled(False)
        self.show_problem(None)
        self.show_errors(None)
        for line in self._lines.values():
            line.set_state(ProgressState.WAITING)
        self._current = self._lines[next(iter(SigningStep))]
        self._current.set_state(ProgressState.RUNNING)
        self._scam.hide()
        self._hand.hide()
        self.code_card.hide()
        self.context.messages.show_simulated_message(None)
        self._steps.show()
        self.scaffold.reveal_top(self._steps)
        strokes, code = self.pad.strokes, self.code_card.code.text()
        self.context.operations.run_with_progress(
            lambda _operation, report: self._sign(report, strokes, code),
            self._signed,
            self._failed,
            on_progress=self._reached,
            busy=self,
        )

    @property
    def under_way(self) -> bool:
        """Whether the contract is being signed."""
        return self._under_way

    def _read_again(self) -> None:
        self.open_page.emit(Page.CONTRACT)

    def _sign(
        self,
        report: Callable[[SigningStep], None],
        strokes: tuple[tuple[tuple[float, float], ...], ...],
        code: str,
    ) -> Page:
        from loanapp.proof.handwriting import Handwriting

        report(SigningStep.CODE)
        if not self.journey.signing_authorised:
            self.journey.confirm_signing_code(code)
        return self.journey.sign_contract(report, Handwriting(strokes) if strokes else None)

    def _reached(self, step: SigningStep) -> None:
        for known, line in self._lines.items():
            if known is step:
                self._current = line
                line.set_state(ProgressState.RUNNING)
                announce(line, line.accessibleName())
                return
            line.set_state(ProgressState.DONE)

    def _signed(self, page: Page) -> None:
        for line in self._lines.values():
            line.set_state(ProgressState.DONE)
        self._end()
        self.done(page)

    def _failed(self, error: LoanAppError) -> None:
        if self._current is not None:
            self._current.set_state(ProgressState.FAILED)
        for shown in (self.code_card, self._hand, self._scam):
            shown.show()
        self._show_code()
        if error.code in _ASKS_FOR_A_CODE:
            # Nothing was signed: the code is asked for again, what was written by hand stays.
            self._steps.hide()
            self.code_card.code.set_text("")
            self._end()
            self.mark((self.code_card.code, error))
        else:
            self._end()
            self.show_problem(error)

    def _end(self) -> None:
        self._under_way = False
        self.tick.setEnabled(True)
        self.scaffold.aside.setEnabled(True)
        self._follow()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """Say that the window should stay open while signing; the action also waits for the tick."""
        super().set_busy(busy)
        self._follow()

    def _follow(self) -> None:
        missing = self.missing()
        self.scaffold.primary.setEnabled(not missing and not self.busy)
        self.scaffold.set_note(tr("signing.working") if self._under_way else (missing[0] if missing else ""))

    # words

    def retranslate(self) -> None:
        """Change the words."""
        super().retranslate()
        self.scaffold.aside.setText(tr("signing.back_to_contract"))
        self.tick.setText(tr("signing.confirm"))
        self._pad_title.setText(tr("signing.by_hand"))
        self._write_again.setText(tr("signing.write_again"))
        self.pad.say(tr("signing.by_hand"), tr("signing.by_hand_hint"))
        self._steps_title.setText(tr("signing.progress"))
        for step, line in self._lines.items():
            line.set_text(tr(f"signing.step.{step.value}"))
        self._scam.say("", tr("signing.scam"))
        self.code_card.retranslate()
        self._show_facts()
        if self.context.journey is not None:
            self._show_code()
        self._follow()

    def _application(self) -> Application | None:
        return self.context.journey.application if self.context.journey else None

    def _show_facts(self) -> None:
        application = self._application()
        self._facts.set_title(tr("signing.facts"))
        if application is None:
            return
        rows = []
        if (identity := application.identity) is not None:
            who = f"{identity.name_masked} {identity.identity_number_masked}"
            rows.append(SummaryRow(tr("signing.who"), who))
        if (contract := application.contract) is not None:
            rows.append(SummaryRow(tr("signing.what"), tr("signing.what.text", number=contract.number)))
        offer, card = application.offer, application.bank_card
        if offer is not None and card is not None:
            after = tr(
                "signing.amount.text",
                amount=yuan(offer.payout),
                last4=card.last4,
                total=yuan(offer.schedule.total_repayment),
            )
            rows.append(SummaryRow(tr("signing.amount"), after))
        rows.append(SummaryRow(tr("signing.authority"), tr("signing.authority.test")))
        rows.append(SummaryRow(tr("signing.how"), tr("signing.how.text")))
        self._facts.set_rows(rows)
