"""Who signs, what is signed, with whose certificate; one tick, one button, and each step of the signing in sight."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from loanapp.client.answers import Application
from loanapp.domain.errors import LoanAppError
from loanapp.journey.pages import Page
from loanapp.journey.signing_acts import SigningStep
from ui.announce import announce
from ui.components import Banner, Card, LinkButton, ProgressLine, Rule, SummaryList, SummaryRow, label
from ui.components.progress_line import ProgressState
from ui.components.signature_pad import SignaturePad
from ui.components.tick_box import TickBox
from ui.formats import yuan
from ui.messages import Level
from ui.operations import Operation
from ui.pages.page import JourneyPage
from ui.translations import tr

_DIGEST_SHOWN = 16


class SigningPage(JourneyPage):
    """Nothing is signed before the tick; a signing that was interrupted goes on where it stopped."""

    page_id = Page.SIGNING

    def build(self) -> None:
        """The facts, the tick, and the steps (shown once signing begins)."""
        self.scaffold.simulated.show()
        self._facts = SummaryList(changeable=False)
        self.scaffold.add(self._facts)
        self.tick = TickBox()
        self.tick.toggled.connect(lambda _on: self._follow())
        self.scaffold.add(self.tick)
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
        self._show_facts()
        self._follow()

    def focus_first(self) -> None:
        """The tick."""
        self.tick.setFocus()

    def missing(self) -> list[str]:
        """The tick."""
        return [] if self.tick.isChecked() else [tr("signing.tick_first")]

    def proceed(self) -> None:
        """Sign: key, certificate, signature, countersignature, and the check of both."""
        if not self.complete or self._under_way:
            return
        self._under_way = True
        self.tick.setEnabled(False)
        self.scaffold.aside.setEnabled(False)
        self.show_problem(None)
        for line in self._lines.values():
            line.set_state(ProgressState.WAITING)
        self._lines[next(iter(SigningStep))].set_state(ProgressState.RUNNING)
        self._scam.hide()
        self._hand.hide()
        self._steps.show()
        QTimer.singleShot(0, self, self._show_steps)
        self.context.operations.run_with_progress(
            self._sign, self._signed, self._failed, on_progress=self._reached, busy=self
        )

    @property
    def under_way(self) -> bool:
        """Whether the contract is being signed."""
        return self._under_way

    def _read_again(self) -> None:
        self.open_page.emit(Page.CONTRACT)

    def _show_steps(self) -> None:
        if self.scaffold.scroll is not None:
            self.scaffold.scroll.ensureWidgetVisible(self._steps, 0, 24)

    def _sign(self, _operation: Operation, report: Callable[[SigningStep], None]) -> Page:
        from loanapp.proof.handwriting import Handwriting

        strokes = self.pad.strokes
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
        self._show_facts()
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
