"""Trust and cost: what a loan costs, as a sum anyone can follow, before anybody is asked for anything."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.clock import CHINA
from loanapp.domain.schedule import RepaymentMethod, product_plan
from loanapp.journey.pages import Page
from ui.components.amount_slider import AmountSlider
from ui.components.buttons import SentenceLink
from ui.components.card import Card
from ui.components.cost_bar import CostBar
from ui.components.error_summary import FieldError
from ui.components.fields import HELP_ARTICLE, MoneyField
from ui.components.figures import Figures
from ui.components.labels import Rule, label
from ui.components.safety_line import SafetyLine
from ui.formats import percent, yuan
from ui.pages.page import JourneyPage
from ui.products import local_product
from ui.translations import tr

if TYPE_CHECKING:
    from ui.components.cost_comparison import CostComparison


class CostPage(JourneyPage):
    """Two sliders with fields, the sum below; calculated on this computer."""

    page_id = Page.COST

    def build(self) -> None:
        """Make the widgets."""
        self._today = self.context.clock.now().astimezone(CHINA).date()
        self._product = local_product(self._today)
        self._amount = self._product.amount_default
        self._months = self._product.months_default
        self.scaffold.illustration.show_drawing("welcome")
        card = Card(spacing=12)
        card.body.addLayout(self._make_inputs())
        card.body.addWidget(Rule())
        sums = Figures({"monthly": ("money", 3), "total": ("figure", 2), "annual": ("figure-accent", 2)})
        self.captions, self.figures = sums.captions, sums.figures
        card.body.addWidget(sums)
        self.bar = CostBar()
        card.body.addWidget(self.bar)
        self.scaffold.add(card)
        self.comparison: CostComparison | None = None
        self.compare = SentenceLink()
        self.compare.clicked.connect(self._compare)
        self.larger = SentenceLink(icon="glasses")
        self.larger.clicked.connect(self.context.messages.ask_for_large)
        for link in (self.larger, self.compare):
            self.scaffold.body.addWidget(link)
        self.scam = SafetyLine()
        self.scaffold.keep_in_view(self.scam)
        self._put(self._amount, self._months)

    def _make_inputs(self) -> QGridLayout:
        product = self._product
        self.amount = MoneyField(width=120)
        self.amount.set_help("amount-and-term")
        self.amount_slider = AmountSlider(product.amounts)
        self.months = label("", "figure", wrap=False)
        self.months_caption = label()
        self.months_slider = AmountSlider(product.months)
        for slider in (self.amount_slider, self.months_slider):
            slider.setProperty(HELP_ARTICLE, "amount-and-term")
        self.months_slider.setTickPosition(AmountSlider.TickPosition.NoTicks)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.amount, 0, 0)
        grid.addWidget(self.amount_slider, 0, 1, Qt.AlignmentFlag.AlignBottom)
        self.amount_ends = _ends()
        self.months_ends = _ends()
        grid.addLayout(self.amount_ends[0], 1, 1)
        grid.addLayout(self.months_ends[0], 3, 1)
        months = QVBoxLayout()
        months.setSpacing(2)
        months.addWidget(self.months_caption)
        months.addWidget(self.months)
        grid.addLayout(months, 2, 0)
        grid.addWidget(self.months_slider, 2, 1, Qt.AlignmentFlag.AlignBottom)
        grid.setColumnStretch(1, 1)
        self.amount.edited.connect(lambda _: self._typed())
        self.amount_slider.picked.connect(lambda amount: self._put(amount, self._months))
        self.months_slider.picked.connect(lambda months: self._put(self._amount, months))
        return grid

    def retranslate(self) -> None:
        """Change every word; the figures stay."""
        super().retranslate()
        product = self._product
        self.amount.set_label(tr("cost.amount"))
        self.amount_slider.setAccessibleName(tr("cost.amount_slider"))
        self.months_caption.setText(tr("cost.months"))
        self.months_slider.setAccessibleName(tr("cost.months_slider"))
        for name, caption in self.captions.items():
            caption.setText(tr(f"cost.{name}"))
        self.scam.setText(tr("cost.scam"))
        self.larger.setText(tr("cost.larger"))
        self._name_compare()
        self._offer_larger()
        for (_, least, most), (low, high) in (
            (self.amount_ends, (yuan(Decimal(product.amount_min)), yuan(Decimal(product.amount_max)))),
            (self.months_ends, [tr("common.months", count=product.months[end]) for end in (0, -1)]),
        ):
            least.setText(low)
            most.setText(high)
        self._show_sum()

    def _compare(self) -> None:
        """Other ways of paying back, and paying off early; made when first asked for."""
        if self.comparison is None:
            from ui.components.cost_comparison import CostComparison

            self.comparison = CostComparison()
            self.comparison.hide()
            self.scaffold.body.insertWidget(self.scaffold.body.indexOf(self.compare) + 1, self.comparison)
        self.comparison.setVisible(self.comparison.isHidden())
        self._name_compare()
        self._show_sum()

    def _name_compare(self) -> None:
        shown = self.comparison is not None and not self.comparison.isHidden()
        self.compare.setText(tr("comparison.hide" if shown else "comparison.show"))

    def _offer_larger(self) -> None:
        """At the start and in sight, for whom this page is hard to read."""
        self.larger.setHidden(self.context.theme.large)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the looks in force."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "larger"):
            self._offer_larger()

    def load(self) -> None:
        """Show what was chosen last time."""
        if self.context.journey is None:
            return
        kept = self.context.journey.remembered(Page.COST)
        if kept.get("amount", "").isdigit() and int(kept["amount"]) in self._product.amounts:
            self._amount = int(kept["amount"])
        if kept.get("months", "").isdigit() and int(kept["months"]) in self._product.months:
            self._months = int(kept["months"])
        self._put(self._amount, self._months, remember=False)

    def values(self) -> Mapping[str, str]:
        """Amount and term."""
        return {"amount": str(self._amount), "months": str(self._months)}

    def focus_first(self) -> None:
        """The slider: the figures move at once."""
        self.amount_slider.setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> list[str]:
        """The amount has to be one that is lent."""
        value = self.amount.value()
        return [] if value is not None and value in self._product.amounts else [self._amount_sentence()]

    def _errors_now(self) -> list[FieldError]:
        errors = [FieldError(sentence, self.amount.editor) for sentence in self.missing()]
        if errors:
            self.amount.set_error(errors[0].text)
        return errors

    def _amount_sentence(self) -> str:
        product = self._product
        return tr(
            "cost.amount_wrong",
            least=yuan(Decimal(product.amount_min)),
            most=yuan(Decimal(product.amount_max)),
            step=yuan(Decimal(product.amount_step)),
        )

    def proceed(self) -> None:
        """Go on with this amount."""
        if self.show_errors(self._errors_now):
            return
        if self.context.journey is None:
            self.scaffold.set_note(tr("common.connecting"))
            self.retry_wanted.emit()
            return
        self.remember_soon()
        self.save_now()
        journey = self.journey

        def go_on() -> Page:
            journey.resume()
            return journey.cost_understood()

        self.context.operations.run(go_on, self.done, busy=self)

    def _typed(self) -> None:
        value = self.amount.value()
        if value is not None and value in self._product.amounts:
            self._put(int(value), self._months, from_field=True)

    def _put(self, amount: int, months: int, *, from_field: bool = False, remember: bool = True) -> None:
        changed = (amount, months) != (self._amount, self._months)
        self._amount, self._months = amount, months
        self.amount_slider.put(amount)
        self.months_slider.put(months)
        if not from_field:
            with QSignalBlocker(self.amount):
                self.amount.set_value(Decimal(amount))
        self._show_sum()
        if changed and remember:
            self.remember_soon()

    def _show_sum(self) -> None:
        product = self._product
        plan = product_plan(
            Decimal(self._amount),
            product.annual_rate_pct,
            self._months,
            RepaymentMethod.EQUAL_INSTALMENT,
            self._today,
            fee_per_instalment=product.fee_per_instalment,
        )
        schedule = plan.schedule()
        cost = annualised_cost(schedule)
        first = schedule.rows[0]
        self.months.setText(tr("common.months", count=self._months))
        self.figures["monthly"].setText(yuan(first.total, places=2))
        self.figures["total"].setText(yuan(schedule.total_repayment, places=2))
        self.figures["annual"].setText(percent(cost.headline))
        self.bar.show_sum(schedule.principal, schedule.total_interest, schedule.total_fees)
        if self.comparison is not None and not self.comparison.isHidden():
            self.comparison.show_plan(plan)


def _ends() -> tuple[QHBoxLayout, QLabel, QLabel]:
    """The least and the most, under a slider."""
    row = QHBoxLayout()
    least, most = label("", "small", wrap=False), label("", "small", wrap=False)
    row.addWidget(least)
    row.addStretch(1)
    row.addWidget(most)
    return row, least, most
