"""The guard against borrowing too much, as the borrower meets it: before submit, in plain words, never in the way."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import application
from tests.ui.typed_journey import TypedJourney, done_with, draft
from ui.pages.about_you import AboutYouPage
from ui.pages.burden_question import BurdenQuestion
from ui.pages.check_answers import CheckAnswersPage
from ui.translations import translator

TIGHT = {"employment": "employed", "monthly_income": "2800.00", "monthly_debt": "500.00"}


def words(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


class Borrowing(TypedJourney):
    """The lender takes the terms that are asked for."""

    def save_terms(self, amount, months, method, purpose):
        self.acts.append(("save_terms", amount, months))
        self.application = replace(self.application, amount=amount, months=months)
        return Page.CHECK_ANSWERS

    def open_page(self, page):
        return page


@pytest.fixture
def about_you(open_page):
    page = open_page(AboutYouPage, Borrowing(draft()))
    page.employment.choose("employed")
    return page


def test_nothing_is_judged_before_income_and_debts_are_there(about_you):
    assert about_you.burden.isHidden()
    about_you.income.set_text("9000")
    assert about_you.burden.isHidden()
    about_you.debt.set_text("0")
    assert about_you.burden.isVisible()
    assert "比较从容" in words(about_you.burden)
    assert about_you.burden.figures["share"].text() == "10%"
    assert about_you.burden.figures["left"].text() == "8,100.20元"  # the last month clears five cents more


def test_what_living_costs_is_counted_here_and_never_sent(about_you, qtbot):
    about_you.income.set_text("9000")
    about_you.debt.set_text("1000")
    about_you.burden.living.set_text("7200")
    assert "有的月份不够用" in words(about_you.burden)
    about_you.journey.answers = {"save_profile": lambda *_: Page.PERMISSIONS}
    assert done_with(qtbot, about_you, about_you.proceed) is Page.PERMISSIONS
    assert about_you.journey.did("save_profile") == [("employed", Decimal(9000), Decimal(1000))]
    qtbot.waitUntil(lambda: about_you.journey.kept.get(Page.ABOUT_YOU, {}).get("living") == "7200")


def test_the_months_are_read_with_the_keys(about_you, qtbot):
    about_you.income.set_text("9000")
    about_you.debt.set_text("0")
    columns = about_you.burden.chart.columns
    columns.setFocus()
    qtbot.keyClick(columns, Qt.Key.Key_End)
    said = columns.accessibleDescription()
    for part in ("第 12 个月", "2027年", "还剩 8,100.20元", "方向键"):
        assert part in said, part


def test_a_lighter_loan_is_taken_over_and_what_was_typed_stays(about_you, qtbot):
    about_you.journey.kept[Page.TERMS] = {"amount": "10000", "months": "12", "purpose": "education"}
    about_you.income.set_text("2800")
    about_you.debt.set_text("500")
    way = about_you.burden.lighter.ways[0]
    assert "改成 5,600元、12 个月" in way.text()
    assert "利息会多" in about_you.burden.lighter.ways[1].text()
    assert done_with(qtbot, about_you, way.click) is Page.ABOUT_YOU
    assert about_you.journey.did("save_terms") == [(Decimal(5600), 12)]
    assert about_you.journey.kept[Page.TERMS] == {"amount": "5600", "months": "12", "purpose": "education"}
    about_you.load()
    assert (about_you.income.text(), about_you.debt.text()) == ("2800", "500")
    assert about_you.burden.lighter.isHidden()
    assert "比较从容" in words(about_you.burden)


@pytest.fixture
def heavy(open_page):
    journey = Borrowing(application("draft", profile=TIGHT))
    journey.answers = {"submit": lambda: Page.PROGRESS}
    page = open_page(CheckAnswersPage, journey)
    page.proceed()
    return page, page.findChild(BurdenQuestion)


def test_one_that_weighs_heavily_goes_off_once_the_borrower_has_seen_what_it_takes(heavy, qtbot):
    page, question = heavy
    assert page.journey.did("submit") == []
    for part in ("会有些紧", "899.75元", "1,400.20元", "由您决定"):
        assert part in words(question), part
    assert not question.submit.isEnabled()
    qtbot.keyClicks(question.typed.editor, "900")
    assert not question.submit.isEnabled()
    assert "不一样" in question.typed.error.text()
    question.typed.editor.clear()
    qtbot.keyClicks(question.typed.editor, "899")
    assert done_with(qtbot, page, question.submit.click) is Page.PROGRESS
    assert page.journey.did("submit") == [()]


def test_whoever_thinks_better_of_it_hands_nothing_in(heavy):
    page, question = heavy
    assert question.focusWidget() is question.keep
    question.keep.click()
    assert page.journey.did("submit") == []


def test_the_question_offers_a_lighter_loan(heavy, qtbot):
    page, question = heavy
    assert done_with(qtbot, page, question.lighter.ways[0].click) is Page.CHECK_ANSWERS
    assert page.journey.did("save_terms") == [(Decimal(5600), 12)]
    assert page.journey.did("submit") == []


def test_the_question_follows_the_language_and_keeps_what_is_typed(heavy, qtbot):
    _, question = heavy
    qtbot.keyClicks(question.typed.editor, "89")
    translator().set_language("en")
    assert question.typed.text() == "89"
    assert question.keep.text() == "Not yet"
    assert "A little tight" in words(question)


def test_one_that_fits_is_not_asked_about(open_page, qtbot):
    journey = Borrowing(application("draft"))
    journey.answers = {"submit": lambda: Page.PROGRESS}
    page = open_page(CheckAnswersPage, journey)
    assert "比较从容" in words(page.burden)
    assert done_with(qtbot, page, page.proceed) is Page.PROGRESS


@pytest.mark.parametrize(("income", "said"), [("0.00", "收入是 0"), ("1500.00", "通常不批"), ("2600.00", "人再看一遍")])
def test_every_band_says_what_the_lender_will_do(open_page, income, said):
    profile = {**TIGHT, "monthly_income": income, "monthly_debt": "450.00"}
    page = open_page(CheckAnswersPage, Borrowing(application("draft", profile=profile)))
    assert said in words(page.burden)
