"""Amount, term, method and purpose, with the plan and the all-in cost as they change."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout

from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.clock import CHINA
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.errors import LoanAppError
from loanapp.domain.schedule import Schedule, equal_instalment_schedule
from loanapp.journey.pages import Page
from ui.components.amount_slider import AmountSlider
from ui.components.card import Card, SectionHeading
from ui.components.choice_cards import Choice
from ui.components.choice_question import ChoiceQuestion
from ui.components.cost_bar import CostBar
from ui.components.error_summary import FieldError
from ui.components.fields import MoneyField
from ui.components.figures import Figures
from ui.components.labels import label
from ui.components.month_chart import MonthChart
from ui.components.schedule_table import ScheduleTable
from ui.formats import percent, yuan
from ui.pages.page import JourneyPage
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.answers import Product


class TermsPage(JourneyPage):
    """What the borrower asks for; every figure follows at once, computed on this computer."""

    page_id = Page.TERMS

    def build(self) -> None:
        """Make the widgets."""
        self._product: Product | None = None
        self._amount = Decimal(0)
        self.amount = MoneyField(width=140)
        self.amount.set_help("amount-and-term")
        self.amount_slider = AmountSlider()
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.amount)
        row.addWidget(self.amount_slider, 1, Qt.AlignmentFlag.AlignBottom)
        self.scaffold.body.addLayout(row)
        self.months, self.purpose = ChoiceQuestion(4), ChoiceQuestion(3)
        for question in (self.months, self.purpose):
            self.scaffold.add(question)
        self.scaffold.add(self._make_sum())
        self.plan_heading = SectionHeading()
        self.scaffold.add(self.plan_heading)
        self.method = label("", "small")
        self.scaffold.add(self.method)
        self.chart = MonthChart()
        self.scaffold.add(self.chart)
        self.table = ScheduleTable()
        self.scaffold.add(self.table)
        self.amount.edited.connect(lambda _: self._typed())
        self.amount_slider.picked.connect(lambda amount: self._put(Decimal(amount)))
        self.months.chosen.connect(lambda _: self._changed())
        self.purpose.chosen.connect(lambda _: self._changed())

    def _make_sum(self) -> Card:
        card = Card(spacing=14)
        sums = Figures({"monthly": ("figure", 1), "total": ("figure", 1), "annual": ("figure-accent", 1)})
        self.captions, self.figures = sums.captions, sums.figures
        card.body.addWidget(sums)
        self.bar = CostBar()
        card.body.addWidget(self.bar)
        return card

    def retranslate(self) -> None:
        """Change every word; what is chosen stays."""
        super().retranslate()
        self.amount.set_label(tr("terms.amount"))
        self.amount_slider.setAccessibleName(tr("terms.amount_slider"))
        self.months.set_question(tr("terms.months"))
        self.purpose.set_question(tr("terms.purpose"))
        self.plan_heading.setText(tr("terms.plan"))
        self.method.setText(tr("terms.method"))
        for name, caption in self.captions.items():
            caption.setText(tr(f"cost.{name}"))
        self._show_choices()
        self._show_plan()

    def load(self) -> None:
        """Show what is on record, what is remembered, or what was tried on the first page."""
        journey = self.journey
        if journey.lender is None:
            return
        self._product = journey.lender.products[0]
        kept = journey.remembered(Page.TERMS)
        tried = journey.remembered(Page.COST)
        known = journey.application
        amount = kept.get("amount") or (str(known.amount) if known else "") or tried.get("amount", "") or "10000"
        months = kept.get("months") or (str(known.months) if known else "") or tried.get("months", "") or "12"
        purpose = kept.get("purpose") or (known.purpose.value if known else "")
        product = self._product
        self.amount_slider.set_values(product.amounts)
        self._show_choices()
        self.months.choose(months)
        self.purpose.choose(purpose)
        self._put(self._within(amount))
        self.all_saved()

    def _within(self, text: str) -> Decimal:
        product = self._product
        try:
            amount = Decimal(text)
        except ArithmeticError:
            amount = Decimal(0)
        if product is None:
            return amount
        return min(max(amount, product.amount_min), product.amount_max)

    def values(self) -> Mapping[str, str]:
        """Amount as typed, term, purpose."""
        typed = self.amount.value()
        return {
            "amount": str(typed if typed is not None else self._amount),
            "months": self.months.value(),
            "purpose": self.purpose.value(),
        }

    def focus_first(self) -> None:
        """The amount."""
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> list[str]:
        """An amount that is lent, a term, a purpose."""
        return [error.text for error in self._errors_now()]

    def _errors_now(self) -> list[FieldError]:
        errors = []
        if not self._amount_fits(self.amount.value()):
            sentence = self._amount_sentence()
            self.amount.set_error(sentence)
            errors.append(FieldError(sentence, self.amount.editor))
        for question, key in ((self.months, "months"), (self.purpose, "purpose")):
            if not question.value():
                question.set_error(tr(f"terms.{key}_missing"))
                errors.append(FieldError(question.error.text(), question))
        return errors

    def _amount_fits(self, amount: Decimal | None) -> bool:
        product = self._product
        if product is None or amount is None:
            return False
        return product.amount_min <= amount <= product.amount_max and not (
            (amount - product.amount_min) % product.amount_step
        )

    def _amount_sentence(self) -> str:
        product = self._product
        if product is None:
            return ""
        return tr(
            "cost.amount_wrong",
            least=yuan(product.amount_min),
            most=yuan(product.amount_max),
            step=yuan(product.amount_step),
        )

    def proceed(self) -> None:
        """Ask for this loan."""
        self.show_problem(None)
        if self.show_errors(self._errors_now) or self._product is None:
            return
        product, amount = self._product, self._amount
        months, purpose, journey = int(self.months.value()), LoanPurpose(self.purpose.value()), self.journey
        self.save_now()
        self.context.operations.run(
            lambda: journey.save_terms(amount, months, product.method, purpose), self.done, self._refuse, busy=self
        )

    def _refuse(self, error: LoanAppError) -> None:
        self.reject(error, {"amount": self.amount})

    def _typed(self) -> None:
        value = self.amount.value()
        if value is not None and self._amount_fits(value):
            self._amount = value
            self.amount_slider.put(int(value))
            self._show_choices()
            self._show_plan()
        self.remember_soon()

    def _put(self, amount: Decimal) -> None:
        self._amount = amount
        with QSignalBlocker(self.amount):
            self.amount.set_value(amount)
        self.amount_slider.put(int(amount))
        self._show_choices()
        self._changed()

    def _changed(self) -> None:
        self._show_plan()
        self.remember_soon()

    def _plan(self, months: int) -> Schedule | None:
        product = self._product
        if product is None or not self._amount or not months:
            return None
        today = self.journey.clock.now().astimezone(CHINA).date()
        return equal_instalment_schedule(
            self._amount, product.annual_rate_pct, months, today, product.fee_per_instalment
        )

    def _show_choices(self) -> None:
        product = self._product
        if product is None:
            return
        choices = []
        for months in product.months:
            plan = self._plan(months)
            first = plan.rows[0] if plan is not None else None
            each = tr("terms.each_month", amount=yuan(first.total, places=2)) if first else ""
            choices.append(Choice(str(months), tr("common.months", count=months), each))
        self.months.set_choices(choices)
        self.purpose.set_choices([Choice(one.value, tr(f"common.purpose_{one.value}")) for one in product.purposes])

    def _show_plan(self) -> None:
        plan = self._plan(int(self.months.value() or 0))
        if plan is None:
            return
        first = plan.rows[0]
        self.figures["monthly"].setText(yuan(first.total, places=2))
        self.figures["total"].setText(yuan(plan.total_repayment, places=2))
        self.figures["annual"].setText(percent(annualised_cost(plan).headline))
        self.bar.show_sum(plan.principal, plan.total_interest, plan.total_fees)
        self.chart.show_rows(plan.rows)
        self.table.show_rows(plan.rows)
