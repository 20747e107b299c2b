"""A field's own help: by the sign beside it and by F1 from inside it."""

from datetime import UTC, datetime
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from loanapp.client.secrets import PassphrasePrompt
from loanapp.domain.loan_account import RepaymentKind
from loanapp.help import article
from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import loan
from tests.ui.looking import cut_off, markup, nameless
from tests.ui.test_window_keys import focus, press, shown
from ui.components.buttons import LinkButton
from ui.components.fields import HELP_ARTICLE, Field
from ui.components.help_sheet import HelpSheet
from ui.components.support_sheet import SupportSheet
from ui.components.text_field import TextField
from ui.pages.hardship import HardshipDialog
from ui.pages.payoff_quote import PayoffQuoteDialog
from ui.pages.repay import RepayDialog
from ui.passphrase import PassphraseDialog
from ui.products import local_lender
from ui.theme import theme
from ui.translations import translator

__all__ = ["press", "shown"]

NOW = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
FIELDS = {
    Page.COST: {"amount-and-term"},
    Page.SIGN_IN: {"phone-number", "one-time-code", "password-and-second-step"},
    Page.BANK_CARD: {"bank-card-number", "bank-card-check"},
    Page.ABOUT_YOU: {"borrow-sensibly"},
    Page.TERMS: {"amount-and-term"},
    Page.IDENTITY_DOCUMENT: {"document-reading", "identity-number", "document-expired"},
}


def typed_into(page):
    return [field for field in page.findChildren(Field) if field.property(HELP_ARTICLE)]


@pytest.mark.parametrize("page", FIELDS)
def test_a_field_names_an_article_that_is_there(shown, page):
    window = shown(page)
    named = {field.property(HELP_ARTICLE) for field in typed_into(window.page)}
    assert named == FIELDS[page]
    assert all(article(name, language).title for name in named for language in ("zh", "en"))


def test_the_sign_opens_the_fields_article_and_is_told_by_its_field(shown):
    window = shown(Page.SIGN_IN, help_open=False)
    field = window.page.code
    (sign,) = field.findChildren(LinkButton)
    assert field.caption.text() in sign.accessibleName()
    sign.click()
    assert window.help_open
    assert window._help_article == "one-time-code"
    assert window.help_panel.isVisible()


def test_f1_in_a_field_opens_its_article_and_elsewhere_the_pages(shown, press):
    window = shown(Page.SIGN_IN)
    window.page.code.editor.setFocus()
    press(Qt.Key.Key_F1)
    assert window._help_article == "one-time-code"
    press(Qt.Key.Key_Escape)
    assert window.page.code.editor.hasFocus()
    window.page.scaffold.primary.setFocus()
    press(Qt.Key.Key_F1)
    assert window._help_article == "page-sign_in"


def _instalment(parent):
    held = loan()
    return RepayDialog(parent, RepaymentKind.INSTALMENT, held.account, partial(held.owed, NOW), held.card_last4)


def _part(parent):
    held = loan()
    return RepayDialog(parent, RepaymentKind.PART, held.account, partial(held.owed, NOW), held.card_last4)


QUESTIONS = {
    "instalment": (_instalment, set(), "how-to-repay"),
    "part": (_part, {"early-payoff"}, "early-payoff"),
    "quote": (lambda parent: PayoffQuoteDialog(parent, loan(), NOW), {"early-payoff"}, "early-payoff"),
    "hardship": (lambda parent: HardshipDialog(parent, loan(), NOW), set(), "cannot-repay"),
    "support": (lambda parent: SupportSheet(parent, local_lender().support), {"contact-support"}, "contact-support"),
    "passphrase": (
        lambda parent: PassphraseDialog(PassphrasePrompt(first_time=True), parent),
        {"keyring-and-passphrase"},
        "keyring-and-passphrase",
    ),
}


def inside(question):
    """Whether the keyboard is in it."""
    here = focus()
    return here is not None and question.isAncestorOf(here)


@pytest.fixture
def question(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(900, 760)
    holder.show()

    def make(name):
        made = QUESTIONS[name][0](holder)
        made.open()
        qtbot.waitUntil(lambda: inside(made), timeout=10_000)
        return made

    return make


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_brings_its_help_before_it_and_keeps_what_was_typed(question, press, qtbot, name):
    made = question(name)
    _, named, article_id = QUESTIONS[name]
    shown_fields = [field for field in typed_into(made) if field.isVisibleTo(made)]
    assert {field.property(HELP_ARTICLE) for field in shown_fields} == named
    for field in shown_fields:
        if isinstance(field, TextField):
            field.set_text("7")
    press(Qt.Key.Key_F1)
    (sheet,) = made.findChildren(HelpSheet)
    assert sheet.isVisible()
    qtbot.waitUntil(lambda: inside(sheet), timeout=10_000)
    assert sheet.windowTitle() == article(article_id, "zh").title
    translator().set_language("en")
    assert sheet.windowTitle() == article(article_id, "en").title
    translator().set_language("zh")
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: made.findChildren(HelpSheet) == [])
    assert made.isVisible()
    assert all(field.text() == "7" for field in shown_fields if isinstance(field, TextField))


def test_the_sign_of_a_question_opens_the_same_and_what_it_leads_on_to_takes_its_place(question, press, qtbot):
    made = question("part")
    (sign,) = [one for one in made.part.findChildren(LinkButton) if one.accessibleName()]
    assert made.part.caption.text() in sign.accessibleName()
    sign.click()
    (sheet,) = made.findChildren(HelpSheet)
    assert sheet.article == "early-payoff"
    next(
        one for one in sheet.findChildren(LinkButton) if article("annual-rate", "zh").title in one.accessibleName()
    ).click()
    assert sheet.article == "annual-rate"
    assert sheet.windowTitle() == article("annual-rate", "zh").title
    bar = sheet._area.verticalScrollBar()
    qtbot.waitUntil(lambda: inside(sheet) and bar.maximum() > 0, timeout=10_000)
    for _ in range(4):
        press(Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum(), "keys alone read it to its end"
    sheet.back.click()
    assert made.isVisible()


@pytest.fixture
def dressed(qapp):
    """The program's own look, which no other test is to find."""
    yield
    theme().choose(scale=100)
    translator().set_language("zh")
    qapp.setStyleSheet("")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("scale", [100, 200])
def test_help_before_a_question_is_whole(question, qtbot, language, scale, dressed):
    translator().set_language(language)
    theme().choose(scale=scale)
    made = question("part")
    made.part.help_wanted.emit("early-payoff")
    (sheet,) = made.findChildren(HelpSheet)
    qtbot.wait(50)
    assert cut_off(sheet) == nameless(sheet) == markup(sheet) == []
