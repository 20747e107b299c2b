"""Check your answers: everything once more, each group with 修改; nothing else."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from loanapp.client.answers import FaceState
from loanapp.domain.affordability import FittingLoan
from loanapp.journey.pages import Page
from ui.components.burden_card import BurdenCard
from ui.components.labels import label
from ui.components.summary_list import SummaryList, SummaryRow
from ui.formats import day, yuan
from ui.pages.burden import burden_of, living_of, take_lighter
from ui.pages.page import JourneyPage
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.answers import Application
    from loanapp.guard.burden import Burden

_GROUPS = (
    Page.TERMS,
    Page.IDENTITY_DOCUMENT,
    Page.ABOUT_YOU,
    Page.PERMISSIONS,
    Page.FACE_VERIFICATION,
    Page.BANK_CARD,
)


class CheckAnswersPage(JourneyPage):
    """The answers as the lender holds them, masked where they are sensitive, and what the loan means for the month."""

    page_id = Page.CHECK_ANSWERS

    def build(self) -> None:
        """Make one list a group."""
        self.groups: dict[Page, SummaryList] = {}
        for page in _GROUPS:
            group = self.groups[page] = SummaryList()
            group.change.connect(partial(self._change, page))
            self.scaffold.add(group)
        self.burden = BurdenCard()
        self.burden.lighter_wanted.connect(self._take_lighter)
        self.scaffold.add(self.burden)
        self.promise = label("", "small")
        self.scaffold.add(self.promise)

    def retranslate(self) -> None:
        """Change every word."""
        super().retranslate()
        self.promise.setText(tr("check_answers.promise"))
        for page, group in self.groups.items():
            group.set_title(tr(f"common.step_name_{page.value}"))
        if self.context.journey is not None and self.context.journey.application is not None:
            self._show(self.context.journey.application)

    def load(self) -> None:
        """Read the answers back."""
        application = self.journey.application
        if application is None:
            return
        self._show(application)
        open_pages = self.journey.revisitable_pages()
        for page, group in self.groups.items():
            group.button.setVisible(page in open_pages)

    def _show(self, application: "Application") -> None:
        for page, rows in (
            (Page.TERMS, self._terms(application)),
            (Page.IDENTITY_DOCUMENT, self._identity(application)),
            (Page.ABOUT_YOU, self._about(application)),
            (Page.PERMISSIONS, self._permissions(application)),
            (Page.FACE_VERIFICATION, self._face(application)),
            (Page.BANK_CARD, self._card(application)),
        ):
            self.groups[page].set_rows([SummaryRow(tr(f"check_answers.{name}"), value) for name, value in rows])
        self.burden.show_burden(self._burden())

    @staticmethod
    def _terms(application: "Application") -> list[tuple[str, str]]:
        return [
            ("amount", yuan(application.amount)),
            ("months", tr("common.months", count=application.months)),
            ("method", tr(f"common.method_{application.method.value}")),
            ("purpose", tr(f"common.purpose_{application.purpose.value}")),
        ]

    @staticmethod
    def _identity(application: "Application") -> list[tuple[str, str]]:
        identity = application.identity
        if identity is None:
            return []
        return [
            ("name", identity.name_masked),
            ("identity_number", identity.identity_number_masked),
            ("valid_until", _until(identity.valid_until)),
        ]

    @staticmethod
    def _about(application: "Application") -> list[tuple[str, str]]:
        profile = application.profile
        if profile is None:
            return []
        return [
            ("employment", tr(f"common.employment_{profile.employment.value}")),
            ("income", yuan(profile.monthly_income)),
            ("debt", yuan(profile.monthly_debt)),
        ]

    @staticmethod
    def _permissions(application: "Application") -> list[tuple[str, str]]:
        return [
            (f"scope_{record.scope.value}", tr("check_answers.granted" if record.granted else "check_answers.refused"))
            for record in application.consents
        ]

    @staticmethod
    def _face(application: "Application") -> list[tuple[str, str]]:
        state = application.face.state
        known = state if state in (FaceState.PASSED, FaceState.MANUAL, FaceState.CREDENTIAL) else FaceState.NONE
        return [("face", tr(f"check_answers.face_{known.value}"))]

    def _card(self, application: "Application") -> list[tuple[str, str]]:
        card = application.bank_card
        if card is None:
            return []
        bank = self.context.translator.pick(card.bank)
        return [
            ("card", tr("check_answers.card_value", bank=bank, last4=card.last4).strip()),
            ("phone", card.phone_masked),
        ]

    def _change(self, page: Page) -> None:
        journey = self.journey
        self.context.operations.run(lambda: journey.open_page(page), self.open_page.emit, busy=self)

    def proceed(self) -> None:
        """Hand the application in; one that weighs heavily only once the borrower says to know what it takes."""
        from ui.pages.burden_question import BurdenQuestion, weighs_heavily

        self.show_problem(None)
        burden = self._burden()
        if burden is None or not weighs_heavily(burden):
            self._submit()
            return
        question = BurdenQuestion(self, burden)
        question.lighter_wanted.connect(self._take_lighter)
        question.accepted.connect(self._submit)
        question.open()

    def _submit(self) -> None:
        self.context.operations.run(self.journey.submit, self.done, busy=self)

    def _burden(self) -> "Burden | None":
        """By the income and debts the lender holds, and what living costs as typed here."""
        application = self.journey.application
        profile = application.profile if application is not None else None
        if profile is None:
            return None
        living = living_of(self.journey.remembered(Page.ABOUT_YOU))
        return burden_of(self.journey, profile.monthly_income, profile.monthly_debt, living)

    def _take_lighter(self, loan: FittingLoan) -> None:
        self.context.operations.run(take_lighter(self.journey, loan, self.page_id), self.done, busy=self)


def _until(told: str) -> str:
    """Until when a card is valid, in the language in force; as it was told where that is no day."""
    if told == "long_term":
        return tr("common.long_term")
    try:
        return day(date.fromisoformat(told))
    except ValueError:
        return told
