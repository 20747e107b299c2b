"""A password and a second factor in the window: to sign in with, to set, to turn on and off."""

import pytest
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from loanapp.client.errors import InputRejectedError, NotAllowedNowError
from loanapp.client.protection import NewSecondFactor
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.gallery.my_data_scenes import asked_by_phone, protection
from tests.ui.loan_in_hand import code_sent
from tests.ui.test_my_data import journey, opened
from tests.ui.typed_journey import TypedJourney, done_with, open_page
from ui.components import LinkButton
from ui.my_data.password_dialog import PasswordDialog
from ui.my_data.second_factor_dialog import TurnOffDialog, TurnOnDialog
from ui.pages.sign_in import SignInPage

__all__ = ["journey", "open_page", "opened"]

PASSWORD = "mian bao che zhan"
URI = "otpauth://totp/LoanApp:x?secret=JBSWY3DPEHPK3PXP&issuer=LoanApp"


def refusing(*codes):
    """Refuses with each code in turn, then lets in."""
    left = list(codes)

    def act(*_shown):
        if left:
            raise LoanAppError(left.pop(0))
        return Page.TERMS

    return act


@pytest.fixture
def door(open_page):
    def make(**answers):
        held = TypedJourney()
        held.answers = answers
        page = open_page(SignInPage, held)
        page.phone.set_text("138 0000 0001")
        return page

    return make


def by_password(page):
    page.other_way.click()
    page.password.editor.setText(PASSWORD)


def test_one_signs_in_by_password_where_one_wants_to(door, qtbot):
    page = door(sign_in_by_password=refusing())
    by_password(page)
    assert not page.code.isVisible()
    assert not page.send.isVisible()
    assert done_with(qtbot, page, page.proceed) is Page.TERMS
    assert page.journey.did("sign_in_by_password") == [("13800000001", PASSWORD)]


def test_the_word_that_a_code_is_on_its_way_stays_away_while_a_password_is_typed(door, qtbot):
    page = door(request_code=lambda _phone: code_sent())
    page.send.click()
    note = page._countdown.note
    qtbot.waitUntil(note.isVisible)
    by_password(page)
    qtbot.wait(1100)  # the countdown ticks on
    assert not note.isVisible()
    page.other_way.click()
    assert note.isVisible()


def test_it_is_hidden_until_it_is_to_be_shown_and_kept_nowhere(door):
    page = door()
    by_password(page)
    edit = page.password.editor
    assert edit.echoMode() is QLineEdit.EchoMode.Password
    page.password.show_button.click()
    assert edit.echoMode() is QLineEdit.EchoMode.Normal
    page.save_now()
    assert PASSWORD not in str(page.journey.kept)
    page.leave()
    assert (edit.text(), edit.echoMode()) == ("", QLineEdit.EchoMode.Password)
    assert not edit.isUndoAvailable()


def test_it_can_be_pasted_spaces_and_all(door):
    page = door()
    by_password(page)
    page.password.clear()
    QGuiApplication.clipboard().setText(f" {PASSWORD} ")
    page.password.editor.setFocus()
    QTest.keySequence(page.password.editor, QKeySequence(QKeySequence.StandardKey.Paste))
    assert page.password.text() == f" {PASSWORD} "


def test_nothing_typed_is_said_at_the_field(door):
    page = door()
    page.other_way.click()
    page.proceed()
    assert page.password.error.text() == "请填写密码"
    assert page.journey.did("sign_in_by_password") == []


def test_what_is_wrong_is_said_without_saying_which(door, qtbot):
    page = door(sign_in_by_password=refusing(ErrorCode.SIGN_IN_WRONG))
    by_password(page)
    page.proceed()
    qtbot.waitUntil(lambda: bool(page.password.error.text()))
    assert page.password.error.text() == "手机号或密码不对"
    assert page.phone.error.text() == ""


def test_the_second_factor_is_asked_for_when_it_is_needed_and_goes_along(door, qtbot):
    page = door(sign_in_by_password=refusing(ErrorCode.SECOND_FACTOR_NEEDED, ErrorCode.SECOND_FACTOR_WRONG))
    by_password(page)
    assert not page.factor.isVisible()
    page.proceed()
    qtbot.waitUntil(page.factor.isVisible)
    assert page.factor.error.text() == ""
    page.factor.set_text("111111")
    page.proceed()
    qtbot.waitUntil(lambda: bool(page.factor.error.text()))
    page.factor.set_text("314159")
    assert done_with(qtbot, page, page.proceed) is Page.TERMS
    assert page.journey.did("sign_in_by_password")[-1] == ("13800000001", PASSWORD, "314159")


def test_with_the_phone_code_it_is_asked_for_too(door, qtbot):
    page = door(sign_in=refusing(ErrorCode.SECOND_FACTOR_NEEDED))
    page.code.set_text("123456")
    page.proceed()
    qtbot.waitUntil(page.factor.isVisible)
    page.factor.set_text("314159")
    assert done_with(qtbot, page, page.proceed) is Page.TERMS
    assert page.journey.did("sign_in") == [("123456",), ("123456", "314159")]


def test_without_authenticator_and_codes_the_lender_says_how_else(door, qtbot):
    needed = NotAllowedNowError(ErrorCode.RECOVERY_NEEDED, recovery_number="271828")

    def refuse(_code, *, factor_lost=False):
        raise needed if factor_lost else InputRejectedError(ErrorCode.SECOND_FACTOR_NEEDED)

    page = door(sign_in_by_password=refusing(ErrorCode.SECOND_FACTOR_NEEDED), sign_in=refuse)
    by_password(page)
    assert not page.lost.isVisible()
    page.proceed()
    qtbot.waitUntil(page.lost.isVisible)
    page.lost.click()  # a password is no way there
    assert page.code.isVisible()
    page.lost.click()
    assert page.journey.did("sign_in") == []
    assert page.code.error.text()
    assert not page.factor.error.text()
    page.code.set_text("123456")
    page.lost.click()
    qtbot.waitUntil(page.scaffold.problem.isVisible)
    assert page.journey.did("sign_in") == [("123456", True)]
    assert "271828" in page.scaffold.problem.title.text() + page.scaffold.problem.text.text()
    assert page.code.text() == ""  # it is used up


def test_on_a_new_computer_the_way_by_code_opens_with_the_reason(door, qtbot):
    page = door(sign_in_by_password=refusing(ErrorCode.PHONE_CODE_NEEDED))
    by_password(page)
    page.proceed()
    qtbot.waitUntil(page.code.isVisible)
    assert "第一次登录" in page.scaffold.problem.title.text() + page.scaffold.problem.text.text()
    assert page.phone.text() == "13800000001"


# Setting them


def test_what_is_set_is_said_and_each_way_leads_on(opened, journey):
    journey.answers["protection"] = lambda: protection(both=True)
    card = opened(journey, first="security").view.protection
    assert (card.password.text(), card.factor.text()) == ("改密码", "关闭")
    journey.answers["protection"] = protection
    card.changed.emit()
    assert journey.did("protection")


def test_what_another_computer_asked_is_told_and_stopped_by_one_press(opened, journey, qtbot):
    journey.answers |= {"recoveries": asked_by_phone, "stop_recoveries": tuple}
    view = opened(journey, first="security").view
    assert view.asked.isVisible()
    assert "设密码或换密码" in view.asked.text.text()
    (stop,) = view.asked.findChildren(LinkButton)
    stop.click()
    qtbot.waitUntil(view.asked.isHidden)
    assert journey.did("stop_recoveries") == [()]


def test_a_computer_that_came_later_is_told_and_offered_nothing_it_may_not_do(opened, journey):
    journey.answers["recoveries"] = lambda: asked_by_phone(may_stop=False)
    view = opened(journey, first="security").view
    assert "以前登录的电脑" in view.asked.text.text()
    assert not view.asked.findChildren(LinkButton)


@pytest.fixture
def asking(page_context, qtbot, journey):
    """``asking(kind, **named)``: a dialog of the security page, open."""
    held = []

    def make(kind, **named):
        journey.draft.phone = "13800000001"
        behind = QWidget()  # dialogs delete themselves once they are answered
        held.append(behind)
        qtbot.addWidget(behind)
        behind.resize(1366, 768)
        behind.show()
        dialog = kind(behind, page_context(journey), **named)
        dialog.open()
        qtbot.waitUntil(lambda: not dialog_context(dialog).operations.active)
        return dialog

    return make


def dialog_context(dialog):
    return getattr(dialog, "context", None) or dialog._context


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("short", "一猜就中。至少要 8 个字符"),
        ("woaini1314", "很多人在用"),
        ("13800000001", "还是容易猜到"),
        (PASSWORD, "很难猜到。"),
    ],
)
def test_how_hard_it_is_to_guess_is_said_while_it_is_typed(asking, qtbot, typed, said):
    dialog = asking(PasswordDialog, change=False)
    dialog.new.editor.setText(typed)
    qtbot.waitUntil(lambda: said in dialog.strength.text())


def test_a_weak_one_never_leaves_the_computer(asking, journey, qtbot):
    dialog = asking(PasswordDialog, change=False)
    dialog.new.editor.setText("woaini1314")
    dialog.keep.click()
    qtbot.waitUntil(lambda: bool(dialog.new.error.text()))
    assert journey.did("set_password") == []
    assert "先试它" in dialog.new.error.text()


def test_the_window_answers_while_a_password_is_judged(asking, qtbot):
    dialog = asking(PasswordDialog, change=False)
    dialog.new.editor.setText(PASSWORD)
    with qtbot.waitSignal(dialog._judging.timeout):
        pass
    assert dialog_context(dialog).operations.active == 1  # it is on its way in a worker, and this thread is free
    qtbot.waitUntil(lambda: bool(dialog.strength.text()))


def test_what_is_judged_when_the_question_is_put_away_is_dropped(asking, qtbot):
    dialog = asking(PasswordDialog, change=False)
    dialog.new.editor.setText(PASSWORD)
    with qtbot.waitSignal(dialog._judging.timeout):
        pass
    operations = dialog_context(dialog).operations
    dialog.reject()
    qtbot.waitUntil(lambda: not operations.active)


def test_what_fails_leads_to_its_article(asking, journey, qtbot):
    def unreachable(_new, _current):
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    journey.answers["set_password"] = unreachable
    dialog = asking(PasswordDialog, change=False)
    dialog.new.editor.setText(PASSWORD)
    dialog.keep.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert [button.text() for button in dialog.problem.findChildren(QPushButton) if button.isVisible()] == ["怎样解决"]


def test_a_good_one_is_saved_and_forgotten_here(asking, journey, qtbot):
    journey.answers["set_password"] = lambda _new, _current: protection(both=True)
    dialog = asking(PasswordDialog, change=False)
    assert not dialog.current.isVisible()
    dialog.new.editor.setText(PASSWORD)
    with qtbot.waitSignal(dialog.saved):
        dialog.keep.click()
    assert journey.did("set_password") == [(PASSWORD, "")]
    assert dialog.new.text() == ""


def test_the_current_one_is_asked_for_and_a_wrong_one_said_at_its_field(asking, journey, qtbot):
    def wrong(_new, _current):
        raise LoanAppError(ErrorCode.SIGN_IN_WRONG)

    journey.answers["set_password"] = wrong
    dialog = asking(PasswordDialog, change=True)
    dialog.current.editor.setText("something else")
    dialog.new.editor.setText(PASSWORD)
    dialog.keep.click()
    qtbot.waitUntil(lambda: bool(dialog.current.error.text()))
    assert dialog.new.text() == PASSWORD


def test_a_second_factor_is_scanned_shown_and_its_recovery_codes_stay_until_written_down(asking, journey, qtbot):
    codes = tuple(f"{place}" * 10 for place in range(10))
    journey.answers |= {
        "begin_second_factor": lambda: NewSecondFactor(URI, "JBSWY3DPEHPK3PXP"),
        "confirm_second_factor": lambda _code: codes,
    }
    dialog = asking(TurnOnDialog)
    assert dialog.picture.sizeHint().width() > 100
    assert "JBSW Y3DP EHPK 3PXP" in dialog.by_hand.text()
    dialog.go_on.click()
    assert dialog.code.error.text()
    dialog.code.set_text("314159")
    with qtbot.waitSignal(dialog.done_with):
        dialog.go_on.click()
    assert journey.did("confirm_second_factor") == [("314159",)]
    assert all(f"{one[:5]}-{one[5:]}" in dialog.recovery.text() for one in codes)
    dialog.reject()
    assert dialog.isVisible()
    assert all(one in dialog.secrets() for one in (*codes, "JBSWY3DPEHPK3PXP"))
    dialog.go_on.click()
    assert not dialog.isVisible()
    assert dialog.secrets().strip() == ""  # shown once, and known here no longer


def test_without_any_code_it_is_said_what_else_shows_who_it_is(asking, journey, qtbot):
    def asked(code):
        assert code == ""
        raise LoanAppError(ErrorCode.RECOVERY_NEEDED, recovery_number="271828")

    journey.answers["remove_second_factor"] = asked
    dialog = asking(TurnOffDialog)
    dialog.go_on.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "271828" in dialog.problem.accessibleName()
    assert dialog.isVisible()


def test_it_is_turned_off_by_a_code_of_it(asking, journey, qtbot):
    def wrong(_code):
        raise LoanAppError(ErrorCode.SECOND_FACTOR_WRONG)

    journey.answers["remove_second_factor"] = wrong
    dialog = asking(TurnOffDialog)
    dialog.code.set_text("111111")
    dialog.go_on.click()
    qtbot.waitUntil(lambda: bool(dialog.code.error.text()))
    journey.answers["remove_second_factor"] = lambda _code: protection()
    dialog.code.set_text("314159")
    with qtbot.waitSignal(dialog.done_with):
        dialog.go_on.click()
