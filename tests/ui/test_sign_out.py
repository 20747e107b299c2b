"""Signing out from any page, and what is said where nothing is kept: told in the window, done by the journey."""

from datetime import UTC, datetime

import keyring
import keyring.backends.fail
import pytest

from loanapp.client.secrets import DRAFT_FILE
from loanapp.client.support_queue import SupportQueue
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from loanapp.resource_files import data_folder
from tests.ui.loan_in_hand import application
from tests.ui.looking import cut_off, nameless
from tests.ui.typed_journey import TypedJourney
from ui.application import Desktop
from ui.home import WindowSettings
from ui.main_window import MainWindow
from ui.pages.confirm import ConfirmDialog
from ui.shell import Shell, first_title
from ui.theme import theme
from ui.translations import translator


class SignedIn(TypedJourney):
    """Somebody in the middle of filling in."""

    def __init__(self):
        super().__init__(application("draft", document={"front": True, "back": True}))
        self.signed_in = True
        self.answers["sign_out"] = self.end
        self.problem = None
        self.kept_at_the_end = None

    def end(self):
        self.signed_in, self.application = False, None
        self.kept.clear()
        if self.problem is not None:
            raise self.problem

    def current_page(self):
        return Page.TERMS if self.signed_in else Page.COST


@pytest.fixture
def window(page_context, qtbot):
    made = MainWindow(page_context(SignedIn()))
    made.resize(1366, 768)
    made.show_page(Page.ABOUT_YOU)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def asked(window):
    return next(found for found in window.findChildren(ConfirmDialog) if found.isVisible())


def test_it_is_offered_only_to_whoever_is_signed_in(window, page_context, qtbot):
    assert window.bottom.sign_out.isVisible()
    assert window.bottom.sign_out.text() == "退出登录"
    translator().set_language("en")
    assert window.bottom.sign_out.text() == "Sign out"
    try:
        for scale in (100, 200):
            theme().choose(scale=scale)
            qtbot.wait(50)
            window.resize(1366, 768)
            qtbot.wait(50)
            assert cut_off(window.bottom) == []
    finally:
        theme().choose(scale=100)
    assert nameless(window.bottom) == []
    window.context.journey.signed_in = False
    window.show_page(Page.COST)
    assert not window.bottom.sign_out.isVisible()


def test_a_question_to_support_that_waits_goes_too(window, qtbot):
    queue = SupportQueue(data_folder())
    queue.add("一直转圈", datetime(2026, 11, 26, tzinfo=UTC))
    window.bottom.sign_out.click()
    asked(window).confirm.click()
    qtbot.waitUntil(lambda: not window.context.journey.signed_in)
    assert queue.waiting() == []


def test_it_says_what_is_lost_and_can_be_left(window, qtbot):
    window.bottom.sign_out.click()
    dialog = asked(window)
    words = " ".join(label.text() for label in dialog.findChildren(type(window.top.name)))
    assert "本机草稿会清除" in words
    dialog.keep.click()
    assert window.page.page_id is Page.ABOUT_YOU
    assert window.context.journey.did("sign_out") == []


def test_it_leads_to_the_first_page_and_nothing_typed_comes_back(window, qtbot):
    journey = window.context.journey
    before = window.page
    window.page.income.set_text("4321")
    window.page.remember_soon()
    window.bottom.sign_out.click()
    asked(window).confirm.click()
    qtbot.waitUntil(lambda: window.page is not None and window.page.page_id is Page.COST)
    assert len(journey.did("sign_out")) == 1
    qtbot.wait(400)
    assert journey.kept == {}
    assert not window.bottom.sign_out.isVisible()
    assert "common.sign_out_done" in window.notices.banners
    assert window.show_page(Page.ABOUT_YOU) is not before
    assert window.page.income.text() == ""


def test_what_could_not_be_removed_is_said_on_the_first_page(window, qtbot):
    window.context.journey.problem = LoanAppError(ErrorCode.KEYRING_UNAVAILABLE)
    window.bottom.sign_out.click()
    asked(window).confirm.click()
    qtbot.waitUntil(lambda: window.page is not None and window.page.page_id is Page.COST)
    assert "code.keyring_unavailable" in window.notices.banners
    assert "common.sign_out_done" not in window.notices.banners


def test_a_draft_that_cannot_be_opened_stays_while_this_run_keeps_nothing(qtbot, own_home, monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / DRAFT_FILE).write_bytes(b"its key is in the credential store")
    shell = Shell(first_title("zh"))
    desktop = Desktop(own_home, shell, WindowSettings("zh"), None, lambda _prompt: pytest.fail("a second store"))
    notices = desktop.window.notices
    try:
        shell.show()
        desktop.open()
        qtbot.waitUntil(lambda: "lender" in notices.banners, timeout=60_000)
        assert "密码库" in notices.banners["lender"].title.text()
        ways = notices.banners["lender"]._buttons
        with qtbot.waitSignal(desktop.arrived, timeout=60_000):
            ways[1].click()
        assert desktop.window.page.page_id is Page.COST
        assert "只放在内存里" in notices.banners["common.memory_only"].text.text()
        assert (own_home / DRAFT_FILE).read_bytes() == b"its key is in the credential store"
        assert not (own_home / "secrets.vault").exists()
    finally:
        shell.close()
        shell.deleteLater()
