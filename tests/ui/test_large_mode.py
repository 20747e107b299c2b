"""The large and simple mode: the same pages by other tokens, one click away, read aloud."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton

from loanapp.client.answers import SimulatedMessage
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.localised import LocalisedText
from loanapp.journey.pages import Page
from tests.gallery.stage import settle
from tests.ui.loan_in_hand import application
from tests.ui.typed_journey import Kit, TypedJourney
from ui.announce import announce
from ui.main_window import MainWindow
from ui.products import local_lender
from ui.reading_aloud import without_numbers
from ui.system_wishes import SystemWishes
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


@pytest.fixture
def said(monkeypatch):
    """What is read aloud, in order."""
    from ui import voice

    heard = []
    monkeypatch.setattr(voice.Voice, "say", lambda _self, text, *_args, **_more: heard.append(text))
    return heard


def test_pages_hints_and_errors_are_read_aloud_and_only_they(window, said):
    page = window.show_page(Page.ABOUT_YOU)
    settle(window)
    assert said == []
    theme().choose(large=True)
    assert said[-1] == f"{page.scaffold.title.text()} {page.scaffold.lead.text()}"
    page.income.set_text("98765")
    page.income.set_error("请填写每月收入")
    assert said[-1] == "请填写每月收入"
    window.context.messages.show_error(LoanAppError(ErrorCode.LENDER_UNREACHABLE))
    assert "连不上放款机构" in said[-1]
    page = window.show_page(Page.COST)
    settle(window)
    assert said[-1].startswith(page.scaffold.title.text())
    assert not any("98765" in text for text in said)
    theme().choose(large=False)
    count = len(said)
    window.show_page(Page.ABOUT_YOU)
    settle(window)
    assert len(said) == count


def test_other_colours_do_not_read_the_page_again(large, said):
    large.show_page(Page.ABOUT_YOU)
    settle(large)
    count = len(said)
    assert count
    theme().choose(mode="dark")
    settle(large)
    assert len(said) == count


def test_before_the_mirror_the_face_page_speaks_for_itself(large, said, monkeypatch):
    page = large.show_page(Page.FACE_VERIFICATION)
    settle(large)
    assert said[-1].startswith(page.scaffold.title.text())
    monkeypatch.setattr(type(page), "speaks_itself", True)
    count = len(said)
    announce(page, "请慢慢向左转头")
    assert len(said) == count


def test_a_code_is_read_to_a_screen_reader_alone(large, said):
    both = LocalisedText("验证码 123456", "Code 123456")
    message = SimulatedMessage(both, both, "123456")
    large.context.messages.show_simulated_message(message)
    settle(large)
    assert not any("123456" in text for text in said)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("您的验证码是 123456。", "您的验证码是 …。"),
        ("身份证 110101 19900101 001X 已读出", "身份证 … 已读出"),
        ("卡号 6222 0200 0000 0000 018 不对", "卡号 … 不对"),
        ("已发到 138****0001", "已发到 …"),
        ("每月还 899.75元，12 个月，共 10,797.05元", "每月还 899.75元，12 个月，共 10,797.05元"),
        ("2026年12月26日前还 10,000元", "2026年12月26日前还 10,000元"),
        ("CNY 10,797.05 on 26 December 2026", "CNY 10,797.05 on 26 December 2026"),
    ],
)
def test_numbers_of_a_person_are_never_said_aloud(text, safe):
    assert without_numbers(text) == safe


def test_it_can_be_read_again_and_be_silent(large, said, monkeypatch):
    from ui import voice

    monkeypatch.setattr(voice.Voice, "available", True)
    page = large.show_page(Page.ABOUT_YOU)
    large._tell_sound()
    settle(large)
    assert large.step_line.again.isVisible()
    page.income.set_error("请填写每月收入")
    large.step_line.again.click()
    assert said[-1] == f"{page.scaffold.title.text()} {page.scaffold.lead.text()} 请填写每月收入"
    large.bottom.sound.click()
    settle(large)
    assert not large._reader.voice.enabled
    assert not large.step_line.again.isVisible()
    count = len(said)
    large.bottom.sound.click()
    assert large._reader.voice.enabled
    assert len(said) == count + 1


def test_where_a_screen_reader_runs_the_program_waits_to_be_asked(window):
    theme().take_system_wishes(SystemWishes(screen_reader=True))
    theme().choose(large=True)
    try:
        assert not window._reader.voice.enabled
    finally:
        theme().take_system_wishes(SystemWishes())


@pytest.mark.parametrize("page", [Page.COST, Page.ABOUT_YOU])
def test_what_stands_above_the_page_stands_over_its_column(large, page):
    shown = large.show_page(page)
    settle(large)
    left = large.step_line.mapTo(large, QPoint(0, 0)).x()
    assert left == shown.scaffold.column.mapTo(large, QPoint(0, 0)).x()


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
