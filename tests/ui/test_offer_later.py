"""On every page between the offer and the signature a borrower may wait, or decline: neither costs anything."""

import pytest
from PySide6.QtCore import Qt

from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import JourneyInHand, application, disclosure, words
from ui.pages.confirm import ConfirmDialog
from ui.pages.offer_later import LaterDialog
from ui.pages.registry import make_page
from ui.translations import translator

PAGES = {Page.DECISION: "offered", Page.COST_DISCLOSURE: "signing", Page.CONTRACT: "signing"}


@pytest.fixture
def show(qtbot, page_context):
    shown = []

    def make(page_id, **changes):
        held = application(PAGES[page_id], **changes)
        journey = JourneyInHand(held)
        journey.answers.update(
            offer=lambda: held.offer,
            cost_disclosure=disclosure,
            contract_pdf=lambda: b"%PDF",
            withdraw=lambda: Page.DECISION,
        )
        page = make_page(page_id, page_context(journey))
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        page.load()
        qtbot.waitUntil(lambda: not page.busy and not page.context.operations.active)
        if page_id is Page.COST_DISCLOSURE:
            qtbot.keyClick(page.dialog, Qt.Key.Key_Escape)
        shown.append(page)
        return page

    yield make
    for page in shown:
        page.leave()
        page.hide()


def asked(page):
    page.later.click()
    return page.findChild(LaterDialog)


@pytest.mark.parametrize("page_id", PAGES)
def test_later_says_until_when_the_offer_is_kept_and_tells_the_lender_nothing(show, qtbot, page_id):
    page = show(page_id)
    before = list(page.journey.acts)
    assert page.later.isVisible()
    dialog = asked(page)
    said = words(dialog)
    for part in ("报价为您保留到 2026年11月23日 10:00", "您不欠钱", "会回到这一步", "自动失效"):
        assert part in said, part
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.findChild(LaterDialog) is None)
    assert page.journey.acts == before
    assert page.isVisible()


@pytest.mark.parametrize("page_id", PAGES)
def test_the_program_can_be_closed_from_there(show, page_id):
    page = show(page_id)
    before = list(page.journey.acts)
    asked(page).close_program.click()
    assert not page.isVisible()
    assert page.journey.acts == before


@pytest.mark.parametrize("page_id", PAGES)
def test_declining_asks_once_and_only_the_yes_ends_it(show, qtbot, page_id):
    page = show(page_id)
    asked(page).decline.click()
    question = page.findChild(ConfirmDialog)
    question.keep.click()
    qtbot.waitUntil(lambda: page.findChild(ConfirmDialog) is None)
    assert "withdraw" not in [act[0] for act in page.journey.acts]
    assert page.later.isVisible()  # the offer is still there
    qtbot.waitUntil(lambda: page.findChild(LaterDialog) is None)
    asked(page).decline.click()
    with qtbot.waitSignal(page.completed) as done:
        page.findChild(ConfirmDialog).confirm.click()
    assert done.args == [Page.DECISION]
    assert [act[0] for act in page.journey.acts].count("withdraw") == 1


@pytest.mark.parametrize("page_id", PAGES)
def test_an_offer_that_has_lapsed_is_not_promised(show, page_id):
    from datetime import timedelta

    page = show(page_id)
    page.journey.clock.move(timedelta(days=2))
    page.later.refresh()
    assert page.later.isHidden()


@pytest.mark.parametrize("status", ["declined", "in_review", "expired"])
def test_where_there_is_no_offer_there_is_nothing_to_keep(show, qtbot, page_context, status):
    page = make_page(Page.DECISION, page_context(JourneyInHand(application(status))))
    qtbot.addWidget(page)
    page.show()
    page.load()
    assert page.later.isHidden()
    page.leave()


def test_the_words_follow_the_language(show):
    page = show(Page.DECISION)
    dialog = asked(page)
    translator().set_language("en")
    assert "The offer is kept until 23 November 2026" in dialog.heading.text()
    assert page.later.text() == "Decide later"
    dialog.reject()
