"""Work, income and debts: only what the decision needs."""

from collections.abc import Mapping
from decimal import Decimal

from PySide6.QtCore import Qt

from loanapp.domain.affordability import FittingLoan
from loanapp.domain.errors import LoanAppError
from loanapp.domain.money import ZERO
from loanapp.journey.pages import Page
from ui.components.burden_card import BurdenCard
from ui.components.choice_cards import Choice
from ui.components.choice_question import ChoiceQuestion
from ui.components.error_summary import FieldError
from ui.components.fields import MoneyField
from ui.components.labels import label
from ui.pages.burden import burden_of, take_lighter
from ui.pages.page import JourneyPage
from ui.translations import tr

_EMPLOYMENTS = ("employed", "self_employed", "student", "retired", "other")


class AboutYouPage(JourneyPage):
    """Three questions, each with the reason why it is asked, and what the loan means for such a month."""

    page_id = Page.ABOUT_YOU

    def build(self) -> None:
        """Make the widgets."""
        self.employment = ChoiceQuestion(3)
        self.employment.chosen.connect(lambda _: self.remember_soon())
        self.scaffold.add(self.employment)
        self.income = MoneyField(width=200)
        self.debt = MoneyField(width=200)
        for field in (self.income, self.debt):
            field.edited.connect(lambda _: self._changed())
            field.set_help("borrow-sensibly")
            self.scaffold.add(field)
        self.burden = BurdenCard(asks_living=True)
        self.burden.living.edited.connect(lambda _: self._changed())
        self.burden.lighter_wanted.connect(self._take_lighter)
        self.scaffold.add(self.burden)
        self.privacy = label("", "small")
        self.scaffold.add(self.privacy)

    def retranslate(self) -> None:
        """Change every word; what is typed stays."""
        super().retranslate()
        self.employment.set_question(tr("about_you.employment"))
        self.employment.set_choices([Choice(value, tr(f"common.employment_{value}")) for value in _EMPLOYMENTS])
        self.income.set_label(tr("about_you.income"), tr("about_you.income_hint"))
        self.debt.set_label(tr("about_you.debt"), tr("about_you.debt_hint"))
        self.privacy.setText(tr("about_you.privacy"))

    def load(self) -> None:
        """Show what is remembered, else what the lender holds."""
        kept = self.journey.remembered(Page.ABOUT_YOU)
        application = self.journey.application
        known = application.profile if application is not None else None
        self.employment.choose(kept.get("employment") or (known.employment.value if known else ""))
        if kept or known is None:
            self.income.set_text(kept.get("income", ""))
            self.debt.set_text(kept.get("debt", ""))
        else:
            self.income.set_value(known.monthly_income)
            self.debt.set_value(known.monthly_debt)
        self.burden.living.set_text(kept.get("living", ""))
        self._weigh()
        self.all_saved()

    def values(self) -> Mapping[str, str]:
        """As typed."""
        return {
            "employment": self.employment.value(),
            "income": self.income.text(),
            "debt": self.debt.text(),
            "living": self.burden.living.text(),
        }

    def focus_first(self) -> None:
        """The first question."""
        self.employment.setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> list[str]:
        """All three."""
        return [error.text for error in self._errors_now()]

    def _errors_now(self) -> list[FieldError]:
        errors = []
        if not self.employment.value():
            self.employment.set_error(tr("about_you.employment_missing"))
            errors.append(FieldError(self.employment.error.text(), self.employment))
        for field, key in ((self.income, "income"), (self.debt, "debt")):
            value = field.value()
            if value is None or value < 0:
                sentence = tr(f"about_you.{key}_missing")
                field.set_error(sentence)
                errors.append(FieldError(sentence, field.editor))
        return errors

    def proceed(self) -> None:
        """Tell the lender."""
        self.show_problem(None)
        if self.show_errors(self._errors_now):
            return
        journey, employment = self.journey, self.employment.value()
        income, debt = self.income.value() or Decimal(0), self.debt.value() or Decimal(0)
        self.save_now()
        self.context.operations.run(
            lambda: journey.save_profile(employment, income, debt), self.done, self._refuse, busy=self
        )

    def _changed(self) -> None:
        self._weigh()
        self.remember_soon()

    def _weigh(self) -> None:
        living = self.burden.living.value() or ZERO
        self.burden.show_burden(burden_of(self.journey, self.income.value(), self.debt.value(), living))

    def _take_lighter(self, loan: FittingLoan) -> None:
        self.save_now()
        self.context.operations.run(take_lighter(self.journey, loan, self.page_id), self.done, busy=self)

    def _refuse(self, error: LoanAppError) -> None:
        self.reject(error, {"monthly_income": self.income, "monthly_debt": self.debt})
