"""The answer: an offer as a sum anyone can follow, a refusal with its reasons, or who looks at it now."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from loanapp.client.answers import Application, Decision
from loanapp.domain.clock import CHINA
from loanapp.domain.decision import DecisionReason
from loanapp.domain.errors import LoanAppError
from loanapp.domain.money import ZERO
from loanapp.domain.offer import Offer
from loanapp.domain.status import ENDED, ApplicationStatus, BorrowerAction
from loanapp.journey.pages import Page
from ui.components import Banner, Card, CostBar, IconView, LinkButton, Rule, label
from ui.components.figures import figure_cell
from ui.components.labels import empty
from ui.formats import day, moment, percent, yuan
from ui.messages import Level
from ui.pages.offer_later import LaterLink
from ui.pages.page import JourneyPage
from ui.pages.progress import usual_time
from ui.pages.status_watch import StatusWatch
from ui.translations import error_fix, error_sentence, tr

_REASONS_AT_MOST: Final = 3
_A_SMALLER_LOAN_HELPS: Final = frozenset(
    {
        DecisionReason.REPAYMENT_BURDEN_TOO_HIGH,
        DecisionReason.INCOME_TOO_LOW,
        DecisionReason.SCORE_BELOW_THRESHOLD,
        DecisionReason.LIMIT_REACHED,
    }
)
_WAITING: Final = frozenset({ApplicationStatus.IN_REVIEW, ApplicationStatus.VERIFYING, ApplicationStatus.NEEDS_MORE})


def _what_changes(reason: DecisionReason, declined: Decision | None) -> list[str]:
    """The figures that would change a reason; the day for the whole decision stands among the ways below."""
    found = next((one for one in declined.changes if one.reason is reason), None) if declined else None
    if found is None or declined is None:
        return []
    lines = []
    if found.up_to is not None:
        lines.append(tr("decision.change.up_to", amount=yuan(found.up_to)))
    if found.income_at_least is not None:
        lines.append(tr("decision.change.income", amount=yuan(found.income_at_least)))
    if found.after is not None and found.after != declined.retry_after:
        lines.append(tr("decision.change.after", date=day(found.after)))
    return lines


class DecisionPage(JourneyPage):
    """One page for every outcome; none of them is red."""

    page_id = Page.DECISION

    def build(self) -> None:
        """Room for one outcome; filled when it is known."""
        self._offer: Offer | None = None
        self._guarded = False
        self._holder = QWidget()
        self._box = QVBoxLayout(self._holder)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(16)
        self.scaffold.add(self._holder)
        self.scaffold.body.addStretch(1)
        self.scaffold.simulated.show()
        self.scaffold.aside.clicked.connect(self.ask_withdraw)
        self.later = LaterLink(self)
        self._watch = StatusWatch(self.context, self._came, self.show_problem, self.fail_load, self)

    # what happens

    def load(self) -> None:
        """Fetch the offer (checked by the guard) or show what is known."""
        application = self._application()
        self._offer, self._guarded = None, False
        if application is not None and application.status is ApplicationStatus.OFFERED:
            self.fetch(self.journey.offer, self._offered)
        elif application is not None and application.status in _WAITING:
            self._watch.start()
        self._show()

    def leave(self) -> None:
        """Stop asking."""
        self._watch.stop()
        super().leave()

    def proceed(self) -> None:
        """Accept the offer, or start anew."""
        if self._offer is not None:
            self.context.operations.run(self.journey.accept_offer, self.done, busy=self)
        elif (application := self._application()) is not None and application.status in ENDED:
            self.context.operations.run(self.journey.start_over, self.done, busy=self)

    def _offered(self, offer: Offer) -> None:
        self._offer = offer
        self._show()
        self.focus_first()

    def _came(self, page: Page) -> None:
        if page is not self.page_id:
            self._watch.stop()
            self.done(page)
        elif not self._waiting():
            self._watch.stop()
            self.load()

    def _application(self) -> Application | None:
        return self.context.journey.application if self.context.journey else None

    def _waiting(self) -> bool:
        application = self._application()
        return application is not None and application.status in _WAITING

    def tell_problem(self, error: LoanAppError | None) -> None:
        """An offer the guard refuses is no offer: nothing to accept is left on the page."""
        super().tell_problem(error)
        application = self._application()
        offered = application is not None and application.status is ApplicationStatus.OFFERED
        if error is not None and offered and error.code.value.startswith("guard_"):
            self._offer = None
            self._guarded = True
            self._show()

    # what is seen

    def retranslate(self) -> None:
        """Build the outcome again in the other language."""
        super().retranslate()
        self._show()

    def _show(self) -> None:
        empty(self._box)
        application = self._application()
        self.scaffold.aside.setText(tr("decision.not_now"))
        self.later.refresh()
        self.scaffold.illustration.show_drawing("")
        # Each is shown or hidden once, or the one that has the focus would lose it on the way.
        self.scaffold.primary.setVisible(application is not None and self._acts_on(application))
        self.scaffold.aside.setVisible(application is not None and application.allows(BorrowerAction.WITHDRAW))
        if application is None:
            return
        if application.status is ApplicationStatus.OFFERED:
            if self._guarded:
                self._show_guarded()
            elif self._offer is not None:
                self._show_offer(self._offer)
        elif application.status in _WAITING:
            self._show_review(application)
        elif application.status is ApplicationStatus.DECLINED:
            self._show_declined(application)
        else:
            self._show_ended(application)
        self.setAccessibleName(self.scaffold.title.text())

    def _acts_on(self, application: Application) -> bool:
        """Whether there is a main action: an offer to accept, or a new start that the lender would not refuse."""
        if application.status is ApplicationStatus.OFFERED:
            return self._offer is not None
        decision = application.decision
        if (
            application.status is ApplicationStatus.DECLINED
            and decision is not None
            and decision.retry_after is not None
        ):
            return decision.retry_after <= self.journey.clock.now().astimezone(CHINA).date()
        return application.status not in _WAITING

    def _title(self, title: str, lead: str = "") -> None:
        self.scaffold.set_title(title, lead)

    def _show_offer(self, offer: Offer) -> None:
        rows, terms = offer.schedule.rows, offer.terms
        self._title(tr("decision.title.offered", amount=yuan(terms.amount)), tr("decision.lead.offered"))
        self._box.addWidget(self._sum(offer))
        first = rows[0]
        facts = [
            tr("decision.first_due", date=day(first.due), amount=yuan(first.total)),
            tr("decision.valid_until", time=moment(offer.valid_until)),
        ]
        for fact in facts:
            self._box.addWidget(label(fact))
        self._box.addWidget(Banner(Level.INFORMATION, "", tr("decision.no_duty")))
        self.scaffold.primary.setText(tr("decision.action"))

    def _show_guarded(self) -> None:
        self._title(tr("decision.guard.title"), tr("decision.guard.lead"))
        ways = [tr("decision.guard.again")]
        if (lender := self.journey.lender) is not None:
            ways.append(tr("decision.guard.person", phone=lender.support.phone, hours=lender.support.hours))
        self._show_ways([*ways, tr("decision.guard.leave")])

    def _sum(self, offer: Offer) -> Card:
        schedule = offer.schedule
        first, last = schedule.rows[0], schedule.rows[-1]
        card = Card(spacing=14)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(16)
        fee = offer.fee_before_payout
        no_fee = tr("decision.sum.payout_note") if not fee else tr("decision.sum.payout_fee", fee=yuan(fee))
        months = tr("decision.sum.months", count=offer.terms.months)
        each, final = first.total, last.total
        if final != each:
            months = tr("decision.sum.months_last", count=offer.terms.months, amount=yuan(final))
        irr = tr(
            "decision.sum.irr",
            nominal=percent(offer.cost.nominal_irr),
            effective=percent(offer.cost.effective_irr),
        )
        cells = (
            (tr("decision.sum.payout"), yuan(offer.payout), no_fee, "figure"),
            (tr("decision.sum.monthly"), yuan(each), months, "figure"),
            (tr("decision.sum.total"), yuan(schedule.total_repayment), "", "figure"),
            (tr("decision.sum.rate"), percent(offer.cost.simple_total), irr, "figure-accent"),
        )
        for place, (name, figure, note, role) in enumerate(cells):
            cell = figure_cell(name, figure, note, role)
            cell.addStretch(1)
            grid.addLayout(cell, place // 2, place % 2)
            grid.setColumnStretch(place % 2, 1)
        card.body.addLayout(grid)
        card.body.addWidget(Rule())
        bar = CostBar()
        bar.show_sum(schedule.principal, schedule.total_interest, schedule.total_fees + (fee or ZERO))
        card.body.addWidget(bar)
        return card

    def _show_review(self, application: Application) -> None:
        self.scaffold.illustration.show_drawing("waiting")
        self._title(tr("decision.title.review"), tr("decision.review.lead"))
        card = Card()
        who = application.waiting_for
        if who is not None:
            card.body.addWidget(label(tr(f"progress.who.{who.value}"), "strong"))
        if application.expected_seconds is not None:
            card.body.addWidget(label(tr("progress.usual", time=usual_time(application.expected_seconds)), "muted"))
        self._box.addWidget(card)
        if application.decision is not None and application.decision.reasons:
            self._box.addWidget(label(tr("decision.review.reasons"), "heading"))
            self._box.addWidget(self._reasons(application.decision.reasons))
        self._box.addWidget(Banner(Level.INFORMATION, "", tr("progress.may_close")))

    def _show_declined(self, application: Application) -> None:
        self._title(tr("decision.title.declined"), tr("decision.declined.lead"))
        self.scaffold.illustration.show_drawing("refused")
        decision = application.decision
        if decision is not None and decision.reasons:
            self._box.addWidget(label(tr("decision.why"), "heading"))
            self._box.addWidget(self._reasons(decision.reasons, decision))
        ways = []
        if decision is not None and decision.retry_after is not None:
            ways.append(tr("decision.now.retry", date=day(decision.retry_after)))
        if decision is not None and _A_SMALLER_LOAN_HELPS & set(decision.reasons):
            ways.append(tr("decision.now.smaller"))
        if (lender := self.journey.lender) is not None:
            support = lender.support
            ways.append(tr("decision.now.person", phone=support.phone, hours=support.hours))
        self._show_ways(ways)
        self.scaffold.primary.setText(tr("decision.declined.again"))

    def _show_ended(self, application: Application) -> None:
        key = f"decision.ended.{application.status.value}"
        self._title(tr("decision.title.ended"), tr(key) if self.context.translator.has(key) else "")
        self.scaffold.primary.setText(tr("decision.declined.again"))

    def _reasons(self, reasons: tuple[DecisionReason, ...], declined: Decision | None = None) -> Card:
        card = Card(spacing=14)
        for place, reason in enumerate(reasons[:_REASONS_AT_MOST]):
            if place:
                card.body.addWidget(Rule())
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(IconView("look", "look", 22), 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(2)
            words.addWidget(label(error_sentence(reason), "strong"))
            fix: QLabel = label(error_fix(reason), "muted")
            fix.setAccessibleDescription(tr("decision.what_changes"))
            words.addWidget(fix)
            for line in _what_changes(reason, declined):
                words.addWidget(label(line))
            mend = LinkButton(tr("common.open_help"))
            mend.setAccessibleName(tr("help.mend_what", what=error_sentence(reason)))
            mend.clicked.connect(lambda _=False, code=reason.value: self.context.messages.open_help(code))
            words.addWidget(mend, 0, Qt.AlignmentFlag.AlignLeft)
            row.addLayout(words, 1)
            card.body.addLayout(row)
        return card

    def _show_ways(self, texts: list[str]) -> None:
        """What the borrower can do now."""
        self._box.addWidget(label(tr("decision.now_what"), "heading"))
        card = Card(spacing=12)
        for text in texts:
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(IconView("info", "accent", 22), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label(text), 1)
            card.body.addLayout(row)
        self._box.addWidget(card)
