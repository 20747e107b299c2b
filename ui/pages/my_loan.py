"""The loan: what is due next and when, the plan as a strip of months, and the papers."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from loanapp.client.answers import Loan
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.hardship import HardshipReason
from loanapp.domain.loan_account import Repayment, RepaymentKind
from loanapp.domain.money import ZERO
from loanapp.domain.prepayment import PrepaymentChoice
from loanapp.journey.pages import Page
from ui.components import Banner, Card, LinkButton, ScheduleTable, SecondaryButton, SectionHeading, label
from ui.components.flow_row import FlowRow
from ui.components.schedule_strip import ScheduleStrip
from ui.formats import day, moment, short_month, yuan
from ui.messages import Level
from ui.pages.hardship import HardshipNotice
from ui.pages.loan_papers import LoanPapers
from ui.pages.loan_ways import FreeReturn, LoanWays
from ui.pages.new_schedule import NewScheduleCard
from ui.pages.page import JourneyPage
from ui.pages.save_contract import save_contract
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.proof.verification import VerificationReport


class MyLoanPage(JourneyPage):
    """Large: the next date and amount. Everything else is below."""

    page_id = Page.MY_LOAN

    def build(self) -> None:
        """Next payment, plan, papers."""
        self._loan: Loan | None = None
        self._verified: tuple[tuple[str, datetime | None], ...] = ()
        self.scaffold.simulated.show()
        self._next = Card(spacing=2)
        self._next_name = label("", "muted")
        self._next_amount = label("", "money")
        self._next_date = label("", "heading")
        self._next_how = label("", "small")
        for widget in (self._next_name, self._next_amount, self._next_date, self._next_how):
            self._next.body.addWidget(widget)
        self.ways: dict[RepaymentKind, SecondaryButton] = {}
        self._ways = FlowRow(spacing=12)
        for kind in RepaymentKind:
            self.ways[kind] = SecondaryButton()
            self.ways[kind].clicked.connect(lambda _=False, kind=kind: self._ask_to_pay(kind))
            self._ways.add(self.ways[kind])
        self._ways.close_up()
        self._owed = label("", "small")
        self._next.body.addWidget(self._owed)
        self._next.body.addSpacing(12)
        self._next.body.addWidget(self._ways)
        self.scaffold.add(self._next)
        self.free_return = FreeReturn(lambda: self.journey.clock)
        self.free_return.wanted.connect(lambda: self._ask_to_pay(RepaymentKind.PAYOFF))
        self.scaffold.add(self.free_return)
        self.hardship = HardshipNotice()
        self.hardship.look_again.connect(self._look_again)
        self.scaffold.add(self.hardship)
        self.new_schedule = NewScheduleCard()
        self.new_schedule.accepted.connect(self._accept_schedule)
        self.new_schedule.help_wanted.connect(self.context.messages.open_help)
        self.scaffold.add(self.new_schedule)
        self.more_ways = LoanWays(self)
        self.more_ways.time_wanted.connect(self._ask_for_time)
        self.scaffold.add(self.more_ways)
        self._build_plan()
        self._build_papers()
        self._help = label("", "muted")
        self.scaffold.add(self._help)
        self.scaffold.body.addStretch(1)

    def _build_plan(self) -> None:
        self._plan_title = SectionHeading()
        self._table_button = LinkButton()
        self._table_button.clicked.connect(self._toggle_table)
        self._plan_title.side.addWidget(self._table_button)
        self.scaffold.add(self._plan_title)
        self._strip = ScheduleStrip(short_month)
        self.scaffold.add(self._strip)
        self._totals = label("", "small")
        self.scaffold.add(self._totals)
        self._table = ScheduleTable()
        self._table.hide()
        self.scaffold.add(self._table)

    def _build_papers(self) -> None:
        self._papers_title = SectionHeading()
        self.scaffold.add(self._papers_title)
        self._papers = Card(padding=20)
        self._contract = label("", "strong")
        self._payout = label("", "small")
        self._verify = SecondaryButton()
        self._verify.clicked.connect(self._verify_contract)
        self.papers = LoanPapers(self, self._verify)
        self._result = Banner(Level.DONE)
        self._result.hide()
        for widget in (self._contract, self._payout):
            self._papers.body.addWidget(widget)
        self._papers.body.addWidget(self.papers)
        self._papers.body.addWidget(self._result)
        self.scaffold.add(self._papers)

    # what happens

    def load(self) -> None:
        """Fetch the loan."""
        self._result.hide()
        self._verified = ()
        self.fetch(self.journey.loan, self._came)

    def proceed(self) -> None:
        """Save the contract: the one thing worth doing here today."""
        self._save_contract()

    def _came(self, loan: Loan) -> None:
        self._loan = loan
        self._show()
        self.focus_first()

    def _ask_to_pay(self, kind: RepaymentKind) -> None:
        """What it consists of first; nothing is debited before that is confirmed."""
        from ui.pages.repay import RepayDialog

        loan = self._loan
        if loan is None or loan.account is None:
            return
        dialog = RepayDialog(self, kind, loan.account, self._owed_now, loan.card_last4)
        dialog.accepted.connect(lambda: self._pay(dialog.what))
        dialog.open()

    def _owed_now(self, kind: RepaymentKind, part: Decimal = ZERO, choice: PrepaymentChoice | None = None) -> Repayment:
        if self._loan is None:
            raise ValueError("no loan yet")
        return self._loan.owed(self.journey.clock.now(), kind, part, choice)

    def _pay(self, what: Repayment | None) -> None:
        loan = self._loan
        if loan is None or what is None:
            return
        self.at_work = self.ways[what.kind]

        def paid(after: Loan) -> None:
            self._came(after)
            if after.waiting():
                self.context.messages.show_notice(Level.INFORMATION, "my_loan.waiting_for_bank")
            else:
                self.context.messages.show_notice(Level.DONE, "my_loan.paid", amount=yuan(what.amount, places=2))

        self.context.operations.run(lambda: self.journey.repay(loan, what), paid, self.show_problem, busy=self)

    def _ask_for_time(self, what: tuple[HardshipReason, int]) -> None:
        loan = self._loan
        if loan is not None:
            self.context.operations.run(
                lambda: self.journey.ask_for_time(loan, *what), self._came, self.show_problem, busy=self
            )

    def _accept_schedule(self) -> None:
        loan = self._loan
        if loan is None:
            return

        def accepted(after: Loan) -> None:
            self._came(after)
            self.context.messages.show_notice(Level.DONE, "my_loan.new_schedule_accepted")

        self.at_work = self.new_schedule.accept
        self.context.operations.run(lambda: self.journey.accept_schedule(loan), accepted, self.show_problem, busy=self)

    def _look_again(self) -> None:
        """Quietly: whether the request for more time was answered; the next look asks again where this one fails."""
        if not self.busy:
            self.context.operations.run(self.journey.loan, self._refreshed, lambda _: None)

    def _refreshed(self, loan: Loan) -> None:
        self._loan = loan
        self._show()

    @property
    def verified(self) -> bool:
        """Whether both signatures were checked since the page was opened."""
        return bool(self._verified)

    def bring_papers_into_view(self) -> None:
        """Scroll to the papers."""
        if self.scaffold.scroll is not None:
            self.scaffold.scroll.ensureWidgetVisible(self._papers, 0, 40)

    def _save_contract(self) -> None:
        number = self._loan.contract_number if self._loan else ""
        self.context.operations.run(self.journey.contract_pdf, lambda pdf: save_contract(self, pdf, number), busy=self)

    def _verify_contract(self) -> None:
        self._verify.setEnabled(False)
        self.at_work = self._verify
        self.context.operations.run(self._verified_again, self._checked, self._unchecked, busy=self)

    def _verified_again(self) -> "VerificationReport":
        from loanapp.proof.verification import verify_contract

        report = verify_contract(self.journey.contract_pdf(), self.journey.client.endpoint().contract_roots)
        if not report.valid:
            raise LoanAppError(ErrorCode.CONTRACT_SIGNATURE_INVALID)
        return report

    def _checked(self, report: "VerificationReport") -> None:
        self._verified = tuple((one.field, one.moment) for one in report.signatures)
        self._end_check()
        self._show_result()

    def _show_result(self) -> None:
        names = {"BorrowerSignature": "borrower", "LenderSignature": "lender"}
        lines = [
            tr("my_loan.signed_at", who=tr(f"my_loan.signature.{names[field]}"), time=moment(when))
            for field, when in self._verified
            if field in names and when is not None
        ]
        self._result.say(tr("my_loan.verified"), "\n".join(lines))
        self._result.show()

    def _unchecked(self, error: LoanAppError) -> None:
        self._end_check()
        self._result.hide()
        self.show_problem(error)

    def _end_check(self) -> None:
        self._verify.setEnabled(True)
        self._verify.setText(tr("my_loan.verify"))

    def _toggle_table(self) -> None:
        self._table.setVisible(self._table.isHidden())
        self._table_button.setText(tr("my_loan.table.show" if self._table.isHidden() else "my_loan.table.hide"))

    # words

    def retranslate(self) -> None:
        """Change the words."""
        super().retranslate()
        self._plan_title.setText(tr("my_loan.strip"))
        self._table_button.setText(tr("my_loan.table.show" if self._table.isHidden() else "my_loan.table.hide"))
        self._papers_title.setText(tr("my_loan.documents"))
        self._verify.setText(tr("my_loan.verify"))
        self.papers.retranslate()
        self._show()
        if not self._result.isHidden():
            self._show_result()

    def _show_ways(self, loan: Loan) -> None:
        """The payments that are possible today, and what is left."""
        from ui.pages.repay import open_ways

        ways = open_ways(self._owed_now) if loan.account is not None and not loan.waiting() else []
        for kind, button in self.ways.items():
            button.setText(tr(f"my_loan.pay.{kind.value}"))
            button.setVisible(kind in ways)
        self._ways.setVisible(bool(ways))
        self._owed.setText(tr("my_loan.owed", amount=yuan(loan.outstanding, places=2)))
        self._owed.setVisible(loan.next_due is not None)

    def _passed(self, loan: Loan, days: int) -> str:
        """Today, gone by, or gone by within the time that was granted."""
        if not days:
            return "today"
        today = self.journey.clock.now().astimezone(CHINA).date()
        return "granted" if any(one.since <= today <= one.until for one in loan.respites()) else "past"

    def _show(self) -> None:
        loan = self._loan
        shown = (
            self._next,
            self.more_ways,
            self._plan_title,
            self._strip,
            self._totals,
            self._papers_title,
            self._papers,
            self._help,
        )
        for part in (*shown, self.scaffold.primary):
            part.setVisible(loan is not None)
        if loan is None:
            return
        due = loan.next_due
        self._next_name.setText(tr("my_loan.next"))
        self._next_name.setVisible(due is not None)
        if due is None:
            self._next_amount.setText(tr("my_loan.next.none"))
            self._next_date.hide()
            self._next_how.hide()
            self._next_amount.setAccessibleName("")
        else:
            days = (due.due - self.journey.clock.now().astimezone(CHINA).date()).days
            self._next_amount.setText(yuan(due.amount, places=2))
            self._next_amount.setAccessibleName(f"{tr('my_loan.next')}: {self._next_amount.text()}")
            self._next_date.setText(
                tr("my_loan.next.in_days", count=days, date=day(due.due))
                if days > 0
                else tr(f"my_loan.next.{self._passed(loan, days)}", date=day(due.due))
            )
            self._next_how.setText(tr("my_loan.next.how", last4=loan.card_last4))
        self._show_ways(loan)
        self.free_return.show_loan(loan)
        self.more_ways.show_loan(loan)
        self.hardship.show_loan(loan, self.journey.clock.now().astimezone(CHINA).date())
        self.new_schedule.show_loan(loan)
        self._show_plan(loan)
        self._contract.setText(tr("my_loan.contract", number=loan.contract_number))
        self.papers.show_loan(loan)
        self._payout.setText(
            tr(
                "my_loan.payout.text",
                time=moment(loan.disbursed_at),
                amount=yuan(loan.principal),
                last4=loan.card_last4,
                reference=loan.reference,
            )
        )
        lender = self.journey.lender
        self._help.setVisible(lender is not None)
        if lender is not None:
            self._help.setText(tr("my_loan.help", phone=lender.support.phone, hours=lender.support.hours))

    def _show_plan(self, loan: Loan) -> None:
        schedule, due = loan.account.schedule if loan.account is not None else loan.schedule, loan.next_due
        self._strip.show_schedule(schedule.rows, due.no if due else None)
        if due is not None:
            self._strip.setAccessibleName(tr("my_loan.strip.name", count=len(schedule.rows), date=day(due.due)))
        self._totals.setText(
            tr("my_loan.all_total", total=yuan(schedule.total_repayment), interest=yuan(schedule.total_interest))
        )
        self._table.show_rows(schedule.rows)
