"""The contract is signed: first the wait for the bank, then what was paid, to which card, with which reference."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from loanapp.client.answers import Application, Loan
from loanapp.domain.errors import LoanAppError
from loanapp.domain.status import ApplicationStatus
from loanapp.journey.pages import Page
from ui.components import Banner, Card, ExpectedTime, IconView, ProgressLine, SummaryList, SummaryRow, label
from ui.components.progress_line import ProgressState
from ui.formats import day, moment, yuan
from ui.messages import Level
from ui.pages.page import JourneyPage
from ui.pages.progress import show_wait
from ui.pages.status_watch import StatusWatch
from ui.safe_moment import Moment, SafeMoment, SafeNote
from ui.translations import error_fix, error_sentence, tr


class PayoutPage(JourneyPage):
    """Waits by itself; the one action comes with the money."""

    page_id = Page.PAYOUT

    def build(self) -> None:
        """Two faces of one page."""
        self._loan: Loan | None = None
        self._offline: LoanAppError | None = None
        self.scaffold.simulated.show()
        self._signed = QWidget()
        row = QHBoxLayout(self._signed)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(IconView("done", "done", 22), 0, Qt.AlignmentFlag.AlignTop)
        self._signed_text = label("")
        row.addWidget(self._signed_text, 1)
        self.scaffold.add(self._signed)
        self._waiting = Card(padding=20)
        self._bank = ProgressLine("", ProgressState.RUNNING)
        self._waiting.body.addWidget(self._bank)
        self._wait = ExpectedTime()
        self._waiting.body.addWidget(self._wait)
        self.scaffold.add(self._waiting)
        self._paid = Card(spacing=0)
        self._paid_name = label("", "muted")
        self._paid_amount = label("", "money")
        self._paid.body.addWidget(self._paid_name)
        self._paid.body.addWidget(self._paid_amount)
        self.scaffold.add(self._paid)
        self._facts = SummaryList(changeable=False)
        self._facts.title.hide()
        self._facts.copied.connect(lambda what: self.context.messages.show_toast("components.copied", what=what))
        self.scaffold.add(self._facts)
        self._note = Banner(Level.INFORMATION)
        self.scaffold.add(self._note)
        self._fraud = Banner(Level.LOOK)
        self.scaffold.add(self._fraud)
        self._safe, self.onlookers = Banner(Level.LOOK), SafeNote(self.context)
        for part in (self.onlookers, self._safe):
            self.scaffold.add(part)
        self.scaffold.body.addStretch(1)
        self._watch = StatusWatch(self.context, self._came, self._trouble, self.fail_load, self)

    def load(self) -> None:
        """Show the loan when there is one, else wait for it."""
        self._loan = None
        self._show()
        # Money moves while somebody else may be at this computer: it is said, and nothing is held up.
        self.onlookers.look()
        if self._is_active():
            self._fetch()
        else:
            self._watch.start()

    def _was_told(self) -> None:
        SafeMoment(self, self.context, Moment.PAYOUT).open()

    def leave(self) -> None:
        """Stop asking."""
        self._watch.stop()
        super().leave()

    def proceed(self) -> None:
        """On to the loan."""
        if self._loan is not None:
            self.context.operations.run(self.journey.payout_seen, self.done, busy=self)

    def _application(self) -> Application | None:
        return self.context.journey.application if self.context.journey else None

    def _is_active(self) -> bool:
        application = self._application()
        return application is not None and application.status in {ApplicationStatus.ACTIVE, ApplicationStatus.SETTLED}

    def _came(self, page: Page) -> None:
        if self._is_active():
            self._watch.stop()
            self._fetch()
        elif page is not self.page_id:
            self._watch.stop()
            self.done(page)

    def _fetch(self) -> None:
        self.fetch(self.journey.loan, self._paid_out)

    def _paid_out(self, loan: Loan) -> None:
        self._loan = loan
        self._show()
        self.focus_first()

    def _trouble(self, error: LoanAppError | None) -> None:
        self._offline = error
        self._show()

    def retranslate(self) -> None:
        """Change the words."""
        super().retranslate()
        self._show()

    def _show(self) -> None:
        loan, application = self._loan, self._application()
        paid = loan is not None
        self._signed_text.setText(tr("payout.signed.both"))
        # The journey verifies a contract as soon as both have signed, and refuses to go on where it cannot.
        signed = application is not None and application.contract is not None and application.contract.signed
        self._signed.setVisible(signed)
        self._waiting.setVisible(not paid and not self._is_active())
        self.scaffold.illustration.show_drawing("done" if paid else "waiting")
        self._paid.setVisible(paid)
        self._facts.setVisible(paid)
        self._fraud.setVisible(paid)
        self._fraud.say("", tr("payout.no_fee"))
        self._safe.say(tr("safe_moment.payout_title"), tr("safe_moment.payout_text"))
        self._safe.setVisible(not paid)
        for banner in (self._safe, self._fraud):
            banner.show_actions((tr("safe_moment.told"), self._was_told))
        self.scaffold.primary.setVisible(paid)
        self._bank.set_text(tr("payout.waiting.bank"))
        if application is not None and not paid:
            show_wait(self._wait, application, self.journey.clock.now)
        if loan is None:
            lead = ""
            if application is not None and application.offer is not None and application.bank_card is not None:
                lead = tr(
                    "payout.waiting.lead",
                    amount=yuan(application.offer.payout),
                    last4=application.bank_card.last4,
                )
            self.scaffold.set_title(tr("payout.title.waiting"), lead)
            self._say_how_it_goes(self._offline)
        else:
            self._show_paid(loan)
        self.setAccessibleName(self.scaffold.title.text())

    def _say_how_it_goes(self, error: LoanAppError | None) -> None:
        self._note.set_level(Level.INFORMATION if error is None else Level.LOOK)
        if error is None:
            self._note.say("", tr("payout.may_close"))
            self._note.show_actions()
        else:
            self._note.say(error_sentence(error), error_fix(error))
            self._note.show_actions(self.way_to_help(error.code))

    def _show_paid(self, loan: Loan) -> None:
        self.scaffold.set_title(tr("payout.title.paid"))
        self._note.set_level(Level.INFORMATION)
        self._note.say("", tr("payout.simulated"))
        self._note.show_actions()
        self._note.setVisible(loan.simulated)
        self._paid_name.setText(tr("payout.paid.amount"))
        self._paid_amount.setText(yuan(loan.principal, places=2))
        bank = self.context.translator.pick(loan.bank)
        card = tr("payout.paid.card_text", bank=bank, last4=loan.card_last4)
        rows = [
            SummaryRow(tr("payout.paid.card"), card.strip(", ")),
            SummaryRow(tr("payout.paid.at"), moment(loan.disbursed_at)),
            SummaryRow(tr("payout.paid.reference"), loan.reference, copies=True),
            SummaryRow(tr("payout.paid.contract"), loan.contract_number, copies=True),
        ]
        if loan.next_due is not None:
            due = tr("payout.paid.first_due_text", date=day(loan.next_due.due), amount=yuan(loan.next_due.amount))
            rows.append(SummaryRow(tr("payout.paid.first_due"), due))
        self._facts.set_rows(rows)
