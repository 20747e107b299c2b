"""Nobody touches anything for a while: the window covers itself, and whoever comes back finds everything as it was."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from loanapp.resource_files import read_toml
from tests.gallery.account_scenes import PHONE, code_sent
from tests.gallery.my_data_scenes import contacts, devices, protection
from tests.ui.test_sign_out import SignedIn, asked
from ui.home import WindowSettings
from ui.idle_lock import IdleLock
from ui.main_window import MainWindow
from ui.my_data.dialog import MyDataDialog
from ui.shell import Shell
from ui.translations import translator

MORNING = datetime(2026, 11, 27, 9, tzinfo=UTC)


class Desk:
    """The program's window with somebody signed in, before whom a clock is moved by hand."""

    def __init__(self, context, qtbot):
        self.qtbot, self.context, self.journey = qtbot, context, context.journey
        self.clock = context.clock = ManualClock(MORNING)
        self.shell, self.window = Shell(""), MainWindow(context)
        self.lock = IdleLock(self.shell, self.window, 5)
        self.shell.furnish(self.window)
        self.shell.resize(1366, 768)
        self.shell.show()
        qtbot.waitExposed(self.shell)
        self.window.show_page(Page.ABOUT_YOU)
        self.lock.watch.watch_window(self.shell.windowHandle())

    @property
    def cover(self):
        return self.lock.cover

    def wait(self, **by):
        """So much time passes, and the timer that was set for it comes."""
        self.clock.move(timedelta(**by))
        self.lock.watch._timer.timeout.emit()

    def come_back(self):
        self.cover.request_code()
        self.qtbot.waitUntil(self.cover.message.isVisible)
        self.cover.code.set_text("314159")
        self.cover.back.click()

    def words_in_sight(self):
        shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        found = []
        for window in shown:
            found.append(window.windowTitle())
            found += [one.text() for one in window.findChildren(QLabel) if one.isVisible()]
            found += [one.text() for one in window.findChildren(QLineEdit) if one.isVisible()]
        return found


@pytest.fixture
def desk(page_context, qtbot):
    journey = SignedIn()
    journey.draft.phone = PHONE
    journey.answers |= {"request_code": code_sent, "sign_in": lambda _code: Page.ABOUT_YOU, "devices": devices}
    journey.answers |= {
        "may_erase": lambda: False,
        "may_close_account": lambda: False,
        "my_requests": tuple,
        "protection": protection,
        "recoveries": tuple,
    }
    journey.client = SimpleNamespace(contacts=contacts)
    made = Desk(page_context(journey), qtbot)
    yield made
    made.lock.stop()
    made.shell.hide()
    made.shell.deleteLater()


@pytest.mark.attack("after-five-minutes-nothing-of-the-borrower-is-in-sight-or-in-the-title")
def test_after_five_minutes_nothing_of_the_borrower_is_in_sight_or_in_the_title(desk):
    desk.window.page.income.set_text("12345")
    desk.wait(minutes=4, seconds=59)
    assert desk.cover is None
    desk.wait(seconds=1)
    assert desk.cover.isVisible()
    assert not desk.window.isVisible()
    assert desk.shell.windowTitle() == "LoanApp"
    said = " ".join(desk.words_in_sight())
    assert "12345" not in said
    assert PHONE not in said
    assert PHONE[-4:] not in said


@pytest.mark.parametrize("touch", ["key", "mouse", "wheel"])
def test_whoever_touches_anything_is_there(desk, touch):
    handle = desk.shell.windowHandle()
    desk.wait(minutes=4)
    if touch == "key":
        QTest.keyClick(handle, Qt.Key.Key_Shift)
    elif touch == "mouse":
        QTest.mouseMove(handle, QPoint(30, 200))
    else:
        QTest.wheelEvent(handle, QPoint(30, 200), QPoint(0, 30))
    QApplication.processEvents()
    desk.wait(minutes=4)
    assert desk.cover is None


def test_what_is_typed_by_way_of_an_input_method_counts_too(desk):
    desk.wait(minutes=4)
    QApplication.inputMethod().cursorRectangleChanged.emit()
    desk.wait(minutes=4)
    assert desk.cover is None


@pytest.mark.attack("waking-from-sleep-the-first-key-covers-and-types-nothing")
def test_waking_from_sleep_the_first_key_covers_and_types_nothing(desk, qtbot):
    income = desk.window.page.income
    income.set_text("")
    income.editor.setFocus()
    desk.clock.move(timedelta(hours=8))  # no timer has come meanwhile
    QTest.keyClick(desk.shell.windowHandle(), Qt.Key.Key_7)
    qtbot.waitUntil(lambda: desk.cover is not None)
    assert income.text() == ""


def test_back_by_a_code_everything_is_where_it_was(desk, qtbot):
    page = desk.window.page
    page.income.set_text("8765")
    page.income.editor.setFocus()
    desk.wait(minutes=5)
    assert "8765" in str(desk.journey.kept[Page.ABOUT_YOU])  # and a killed program has it too
    desk.come_back()
    qtbot.waitUntil(lambda: desk.cover is None)
    assert desk.window.isVisible()
    assert desk.window.page is page
    assert page.income.text().replace(",", "") == "8765"
    assert page.income.editor.hasFocus()
    assert desk.shell.windowTitle() != "LoanApp"
    desk.wait(minutes=5)
    assert desk.cover is not None  # and it watches again


def test_a_wrong_code_and_a_lender_out_of_reach_leave_it_covered(desk, qtbot):
    def wrong(_code):
        raise LoanAppError(ErrorCode.CODE_WRONG, attempts_left=3)

    def gone(_code):
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    desk.journey.answers["sign_in"] = wrong
    desk.wait(minutes=5)
    desk.come_back()
    qtbot.waitUntil(lambda: "3" in desk.cover.code.error.text())
    translator().set_language("en")
    QApplication.processEvents()
    assert "right" in desk.cover.code.error.text()
    desk.journey.answers["sign_in"] = gone
    desk.cover.back.click()
    qtbot.waitUntil(desk.cover.problem.isVisible)
    assert not desk.window.isVisible()


@pytest.mark.attack("without-a-code-nobody-comes-back")
def test_without_a_code_nobody_comes_back(desk):
    desk.wait(minutes=5)
    desk.cover.back.click()
    assert desk.journey.did("sign_in") == []
    QTest.keyClick(desk.cover, Qt.Key.Key_Escape)
    assert desk.cover.isVisible()


def test_a_question_in_front_of_the_page_is_covered_too_and_comes_back(desk, qtbot):
    dialog = MyDataDialog(desk.window, desk.context, first="security")
    dialog.open()
    qtbot.waitUntil(lambda: not desk.context.operations.active)
    desk.wait(minutes=5)
    assert not dialog.isVisible()
    desk.come_back()
    qtbot.waitUntil(lambda: desk.cover is None)
    assert dialog.isVisible()
    dialog.close_button.click()


def test_the_application_moved_on_meanwhile(desk, qtbot):
    desk.journey.answers["sign_in"] = lambda _code: Page.TERMS
    desk.wait(minutes=5)
    desk.come_back()
    qtbot.waitUntil(lambda: desk.cover is None)
    assert desk.window.page.page_id is Page.TERMS


def test_somebody_else_can_only_sign_out_and_sees_nothing_on_the_way(desk, qtbot):
    desk.window.page.income.set_text("8765")
    desk.wait(minutes=5)
    desk.cover.leave.click()
    asked(desk.cover).confirm.click()
    qtbot.waitUntil(lambda: desk.cover is None)
    assert desk.window.page.page_id is Page.COST
    assert not desk.journey.signed_in
    desk.wait(minutes=60)
    assert desk.cover is None  # nobody is signed in: nothing to cover


def test_before_the_camera_nobody_touches_the_mouse(desk, monkeypatch):
    monkeypatch.setattr(type(desk.window.page), "speaks_itself", property(lambda _page: True))
    desk.wait(minutes=5)
    assert desk.cover is None


def test_the_length_can_be_chosen_and_it_can_be_covered_at_once(desk, qtbot):
    desk.context.messages.lock_minutes_chosen.connect(desk.lock.set_minutes)
    dialog = MyDataDialog(desk.window, desk.context, first="security")
    dialog.open()
    qtbot.waitUntil(lambda: not desk.context.operations.active)
    choice = dialog.view.lock
    assert choice.minutes[5].isChecked()
    choice.minutes[30].click()
    desk.wait(minutes=29)
    assert desk.cover is None
    choice.now.click()
    assert desk.cover.isVisible()
    desk.come_back()
    qtbot.waitUntil(lambda: desk.cover is None)
    dialog.close_button.click()


def test_the_choice_is_kept_and_what_it_is_without_one_is_the_policys(tmp_path):
    policy = read_toml("policy", "idle_lock.toml")
    settings = WindowSettings.load(tmp_path)
    assert settings.lock_minutes == policy["usual"]
    settings.lock_minutes = policy["minutes"][-1]
    settings.save(tmp_path)
    assert WindowSettings.load(tmp_path).lock_minutes == policy["minutes"][-1]
    (tmp_path / "window.json").write_text('{"lock_minutes": 100000}', encoding="utf-8")
    assert WindowSettings.load(tmp_path).lock_minutes == policy["usual"]


def test_back_by_password_where_there_is_one(desk, qtbot):
    def wrong(_password):
        raise LoanAppError(ErrorCode.SIGN_IN_WRONG)

    desk.journey.answers |= {"protection": lambda: protection(both=True), "check_password": wrong}
    desk.wait(minutes=5)
    qtbot.waitUntil(desk.cover.password.isVisible)
    desk.cover.password.editor.setText("something else")
    desk.cover.back.click()
    qtbot.waitUntil(lambda: bool(desk.cover.password.error.text()))
    assert not desk.window.isVisible()
    desk.journey.answers["check_password"] = lambda _password: Page.ABOUT_YOU
    desk.cover.back.click()
    qtbot.waitUntil(lambda: desk.cover is None)
    assert desk.journey.did("sign_in") == []


def test_back_by_a_code_and_the_second_factor(desk, qtbot):
    def needed(*shown):
        if len(shown) == 1:
            raise LoanAppError(ErrorCode.SECOND_FACTOR_NEEDED)
        return Page.ABOUT_YOU

    desk.journey.answers["sign_in"] = needed
    desk.wait(minutes=5)
    desk.come_back()
    qtbot.waitUntil(desk.cover.factor.isVisible)
    desk.cover.factor.set_text("271828")
    desk.cover.back.click()
    qtbot.waitUntil(lambda: desk.cover is None)
