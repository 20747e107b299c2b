"""Reaching a person: whom to call, and what is written to them: seen whole, sent with a number, or waiting."""

import re
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from loanapp.client.drafts import Draft
from loanapp.client.errors import InputRejectedError, LenderUnreachableError
from loanapp.client.support_queue import SupportQueue, Ticket
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.help import article_for, diagnosis
from loanapp.help.diagnosis import Check, CheckState
from loanapp.journey.pages import Page
from loanapp.resource_files import data_folder
from tests.ui.loan_in_hand import application
from tests.ui.looking import cut_off, markup, nameless
from tests.ui.typed_journey import Kit, TypedJourney
from ui.components.buttons import LinkButton
from ui.components.help_sheet import HelpSheet
from ui.components.support_sheet import SupportSheet
from ui.main_window import MainWindow
from ui.messages import Level
from ui.products import local_lender
from ui.support_desk import deliver_waiting
from ui.theme import theme
from ui.translations import translator

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
TICKET = Ticket("KF20261126-0001", NOW, datetime(2026, 11, 27, 4, 0, tzinfo=UTC))


class Client:
    """The lender's side: takes questions unless ``refuses``."""

    def __init__(self):
        self.refuses = None
        self.got = []

    def put_support_ticket(self, ticket_id, text):
        if self.refuses is not None:
            raise self.refuses
        self.got.append(text)
        return TICKET


@pytest.fixture
def window(page_context, qtbot, monkeypatch):
    def found(_folder, **_more):
        yield Check("disk", CheckState.RUNNING, "running", "check-computer")
        yield Check("disk", CheckState.GOOD, "good", "draft-and-disk", {"free": "900", "enough": "1024"})

    monkeypatch.setattr(diagnosis, "watch", found)
    journey = TypedJourney(application("draft"))
    journey.client = Client()
    journey.draft = Draft(values={"identity_document": {"name": "欧阳晓雨"}})
    made = MainWindow(page_context(journey, Kit()))
    made.show_local_lender(local_lender())
    made.resize(1366, 768)
    made.show_page(Page.COST)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made, timeout=30_000):
        made.show()
    return made


@pytest.fixture
def sheet(window, qtbot):
    """What opens from the help beside the page, the computer looked at."""
    qtbot.waitUntil(lambda: window.help_panel is not None)
    window.help_panel.support.click()
    return opened(window, qtbot)


def opened(window, qtbot):
    (made,) = window.findChildren(SupportSheet)
    qtbot.waitUntil(made.send.isEnabled)
    return made


def write(sheet, qtbot, words):
    sheet.words.editor.setPlainText(words)
    assert not sheet.send.isEnabled(), "what is shown is not yet what would be sent"
    qtbot.waitUntil(sheet.send.isEnabled)


def test_the_lenders_own_number_is_there_without_a_connection_and_can_be_copied(window, sheet, qtbot):
    assert sheet.phone.text() == local_lender().support.phone
    assert sheet.phone.accessibleName() == " ".join(sheet.phone.text())
    assert "只打这个号码" in sheet._source.text()
    with qtbot.waitSignal(sheet.copied):
        sheet.copy_phone.click()


def test_all_that_is_told_is_seen_before_and_is_what_is_sent(window, sheet, qtbot):
    window.context.messages.show_error(LoanAppError(ErrorCode.CAMERA_BUSY))
    write(sheet, qtbot, "我叫李小明，电话 13800138000，摄像头打不开，晓雨")
    shown = sheet.report.text()
    assert "摄像头打不开" in shown
    assert "[disk/good]" in shown
    assert "camera_busy" in shown
    assert "所在页面：cost" in shown
    assert "小明" not in shown
    assert "晓雨" not in shown
    assert "13800138000" not in shown
    sheet.send.click()
    qtbot.waitUntil(sheet.outcome.isVisible)
    assert window.context.journey.client.got == [shown]


def test_what_was_sent_has_a_number_and_a_time_and_is_not_sent_again(window, sheet, qtbot):
    sheet.send.click()
    qtbot.waitUntil(sheet.outcome.isVisible)
    assert TICKET.number in sheet.outcome.title.text()
    assert re.search(r"11 ?月 ?27 ?日.*12:00", sheet.outcome.text.text()), "the time in China"
    assert "演示" in sheet.outcome.text.text()
    assert not sheet.send.isEnabled()
    assert [one.number for one in SupportQueue(data_folder()).sent()] == [TICKET.number]


@pytest.mark.parametrize("error", [LenderUnreachableError(), LoanAppError(ErrorCode.LENDER_TROUBLE)])
def test_without_the_lender_it_waits_and_plainly_says_so(window, sheet, qtbot, error):
    client = window.context.journey.client
    client.refuses = error
    write(sheet, qtbot, "一直转圈")
    sheet.send.click()
    qtbot.waitUntil(sheet.outcome.isVisible)
    assert sheet.outcome.title.text() == "还没有发出"
    assert not sheet.send.isEnabled(), "it waits already"
    sheet.reject()
    client.refuses = None
    deliver_waiting(window)
    qtbot.waitUntil(lambda: "help.support.delivered" in window.notices.banners)
    assert TICKET.number in window.notices.banners["help.support.delivered"].text.text()
    assert len(client.got) == 1
    assert "一直转圈" in client.got[0]


def test_a_lender_that_still_does_not_answer_is_no_new_trouble(window, qtbot):
    queue = SupportQueue(data_folder())
    queue.add("一", NOW)
    window.context.journey.client.refuses = LenderUnreachableError()
    deliver_waiting(window)
    qtbot.wait(100)
    assert window.notices.banners == {}
    assert len(queue.waiting()) == 1


def test_what_the_lender_refuses_is_said_and_waits_for_nothing(window, sheet, qtbot):
    window.context.journey.client.refuses = InputRejectedError(ErrorCode.INPUT_INVALID, {})
    sheet.send.click()
    qtbot.waitUntil(sheet.outcome.isVisible)
    assert sheet.outcome.is_urgent
    assert SupportQueue(data_folder()).waiting() == []
    sheet.outcome.findChildren(LinkButton)[0].click()
    (shown,) = sheet.findChildren(HelpSheet)
    assert shown.windowTitle() == article_for("input_invalid", "zh").title


def test_it_is_saved_as_it_is_shown(window, sheet, qtbot, tmp_path):
    sheet.save.click()
    (dialog,) = sheet.findChildren(QFileDialog)
    file = tmp_path / "for support.txt"
    with qtbot.waitSignal(window.context.messages.toast):
        dialog.fileSelected.emit(str(file))
    assert file.read_text(encoding="utf-8") == sheet.report.text() + "\n"
    dialog.close()


def test_the_notice_and_the_person_to_call_lead_there_too(window, qtbot):
    from ui.components.call_person import CallPerson

    window.bottom.support.click()
    window.notices.banners["support"]._ways.itemAt(1).widget().click()
    assert "support" not in window.notices.banners
    opened(window, qtbot).reject()
    theme().choose(large=True)
    window.bottom.support.click()
    (person,) = window.findChildren(CallPerson)
    person.write.click()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(SupportSheet)))
    theme().choose(large=False)


def test_it_follows_the_language_with_what_would_be_sent(window, sheet, qtbot):
    sheet.send.click()
    qtbot.waitUntil(sheet.outcome.isVisible)
    translator().set_language("en")
    assert sheet.outcome.title.text() == f"Received, number {TICKET.number}"
    assert "MB free" in sheet.report.text()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("scale", [100, 200])
def test_nothing_is_cut_off_and_everything_has_a_name(window, sheet, qtbot, language, scale):
    translator().set_language(language)
    theme().choose(scale=scale)
    sheet.show_outcome(Level.LOOK, lambda: ("还没有发出", "暂时联系不上放款机构。"))
    for _ in range(4):
        qtbot.wait(10)
    assert cut_off(sheet) == []
    assert nameless(sheet) == []
    assert markup(sheet) == []
    assert sheet.width() <= window.width()
    theme().choose(scale=100)


def test_the_keyboard_reaches_words_save_and_send_and_escape_closes(window, sheet, qtbot):
    assert sheet.words.editor.hasFocus()
    passed = set()
    for _ in range(12):
        qtbot.keyClick(sheet.focusWidget(), Qt.Key.Key_Tab)
        passed.add(sheet.focusWidget())
    assert {sheet.save, sheet.send, sheet.close_button, sheet.copy_phone} <= passed
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(SupportSheet))


def test_closing_while_it_looks_leaves_nothing_running(window, qtbot, monkeypatch):
    window.write_to_support()
    (made,) = window.findChildren(SupportSheet)
    made.reject()
    qtbot.waitUntil(lambda: not window.findChildren(SupportSheet))
