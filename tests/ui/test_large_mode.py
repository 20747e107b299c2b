"""The large and simple mode: the same pages by other tokens, one click away, read aloud."""

import pytest
from PySide6.QtWidgets import QAbstractButton

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.gallery.stage import settle
from tests.ui.loan_in_hand import application
from tests.ui.typed_journey import Kit, TypedJourney
from ui.main_window import MainWindow
from ui.products import local_lender
from ui.theme import theme
from ui.theme.tokens import TARGET
from ui.translations import translator


@pytest.fixture
def window(page_context, qtbot):
    journey = TypedJourney(application("draft", document={"front": True, "back": True}))
    journey.open_pages = frozenset({Page.COST, Page.TERMS})
    made = MainWindow(page_context(journey, Kit()))
    made.resize(1366, 768)
    made.show_page(Page.COST)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made, timeout=30_000):
        made.show()
    return made


@pytest.fixture
def large(window, qtbot):
    theme().choose(large=True)
    settle(window)
    yield window
    theme().choose(large=False)


def test_the_road_is_one_line_and_the_help_is_folded(large, qtbot):
    large.show_page(Page.ABOUT_YOU)
    settle(large)
    assert not large.stepper.isVisible()
    assert large.step_line.words.text() == "第 2 步，共 6 步：填资料"
    assert large.top.help.isVisible()
    translator().set_language("en")
    assert large.step_line.words.text().startswith("Step 2 of 6:")


@pytest.mark.parametrize("page", [Page.COST, Page.TERMS, Page.ABOUT_YOU, Page.PERMISSIONS])
def test_nothing_to_press_is_lower_than_the_large_target(large, qtbot, page):
    large.show_page(page)
    settle(large)
    pressed = [one for one in large.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()]
    low = [(type(one).__name__, one.text(), one.height()) for one in pressed if one.height() < TARGET["large"]]
    assert pressed
    assert low == []


def test_it_is_offered_on_the_first_page_and_one_click_away_everywhere(window, qtbot):
    page = window.show_page(Page.COST)
    settle(window)
    asked = []
    window.context.messages.large_wanted.connect(lambda: asked.append(True))
    assert page.larger.isVisible()
    page.larger.click()
    assert asked == [True]
    window.show_page(Page.ABOUT_YOU)
    settle(window)
    chosen = []
    window.bottom.large_chosen.connect(chosen.append)
    assert window.bottom.large.isVisible()
    window.bottom.large.click()
    assert chosen == [True]


def test_headings_and_errors_are_read_aloud_and_only_they(window, qtbot, monkeypatch):
    from ui import voice

    said = []
    monkeypatch.setattr(voice.Voice, "say", lambda _self, text, *_args, **_more: said.append(text))
    page = window.show_page(Page.ABOUT_YOU)
    assert said == []
    theme().choose(large=True)
    try:
        assert said[-1].startswith(page.scaffold.title.text())
        page.income.set_text("98765")
        window.context.messages.show_error(LoanAppError(ErrorCode.LENDER_UNREACHABLE))
        window.show_page(Page.COST)
        assert len(said) == 3
        assert not any("98765" in text for text in said)
        window.show_page(Page.FACE_VERIFICATION)
        assert len(said) == 3
    finally:
        theme().choose(large=False)
    window.show_page(Page.ABOUT_YOU)
    assert len(said) == 3


def test_what_is_typed_stays_when_the_mode_changes(window, qtbot):
    page = window.show_page(Page.ABOUT_YOU)
    page.income.set_text("4321")
    theme().choose(large=True)
    settle(window)
    try:
        assert page.income.text() == "4321"
        assert window.bottom.support.text() == "打电话找人帮忙"
    finally:
        theme().choose(large=False)
    assert window.bottom.support.text() == "联系客服"


def test_a_person_to_call_is_named_with_a_number_even_without_a_connection(large, qtbot):
    from ui.components.call_person import CallPerson

    large.show_local_lender(local_lender())
    large.show_page(Page.ABOUT_YOU)
    large.bottom.support.click()
    (dialog,) = large.findChildren(CallPerson)
    settle(dialog)
    assert dialog._number.text() == local_lender().support.phone
    assert large.page.scaffold.title.text() in dialog._say.text()
    assert dialog.back.hasFocus()
    translator().set_language("en")
    assert dialog.back.text() == "Back to the page"
    dialog.back.click()
    qtbot.waitUntil(lambda: not large.findChildren(CallPerson))
