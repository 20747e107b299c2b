"""Security keys in the window: the second step of a sign-in, added, removed, and what stands in the way."""

import pytest
from PySide6.QtCore import Qt

from loanapp.client.security_key import KeyQuestion, NewKeyQuestion, OwnKeys
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.gallery.my_data_scenes import own_keys, protection
from tests.ui.test_my_data import journey, opened
from tests.ui.test_protection import PASSWORD, asking, by_password, door, refusing
from tests.ui.typed_journey import done_with, open_page
from ui.key_wait import SignInByKey
from ui.my_data.key_dialog import AddKeyDialog, RemoveKeyDialog

__all__ = ["asking", "door", "journey", "open_page", "opened"]

ASKED = NewKeyQuestion("ticket", KeyQuestion(b"c" * 32, "localhost", (), 300), b"u", "138****0001", (-7,))


def needed(*_shown):
    raise LoanAppError(ErrorCode.SECOND_FACTOR_NEEDED, key_challenge="ticket")


def at_the_key(page, qtbot):
    page.proceed()
    qtbot.waitUntil(lambda: page.findChildren(SignInByKey) != [])
    return page.findChildren(SignInByKey)[-1]


# Signing in


def test_a_touch_is_the_second_step(door, qtbot):
    page = door(sign_in_by_password=needed, sign_in_by_password_and_key=lambda *_: Page.TERMS)
    by_password(page)
    assert done_with(qtbot, page, page.proceed) is Page.TERMS
    assert page.journey.did("sign_in_by_password_and_key")[0][:3] == ("13800000001", PASSWORD, "ticket")


def test_with_the_phone_code_too(door, qtbot):
    page = door(sign_in=needed, sign_in_by_key=lambda *_: Page.TERMS)
    page.code.set_text("123456")
    assert done_with(qtbot, page, page.proceed) is Page.TERMS
    assert page.journey.did("sign_in_by_key")[0][:2] == ("123456", "ticket")


def test_what_to_do_is_said_while_it_waits_and_cancelling_leads_to_the_digits(door, qtbot):
    def wait(*shown):
        shown[-1].over.wait(10)
        raise LoanAppError(ErrorCode.SECURITY_KEY_TIMEOUT)

    page = door(sign_in_by_password=needed, sign_in_by_password_and_key=wait)
    by_password(page)
    dialog = at_the_key(page, qtbot)
    assert dialog.heading.text() == "请插入并触摸安全密钥"
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.context.operations.active)
    assert page.factor.isVisible()
    assert page.by_key.isVisible()
    assert not page.scaffold.problem.isVisible()


def test_a_key_that_is_not_there_can_be_looked_for_again(door, qtbot):
    page = door(sign_in_by_password=needed, sign_in_by_password_and_key=refusing(ErrorCode.SECURITY_KEY_NOT_FOUND))
    by_password(page)
    dialog = at_the_key(page, qtbot)
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "没有找到" in dialog.problem.title.text()
    assert done_with(qtbot, page, dialog.go_on.click) is Page.TERMS


def test_a_pin_is_asked_for_and_goes_along(door, qtbot):
    page = door(sign_in_by_password=needed, sign_in_by_password_and_key=refusing(ErrorCode.SECURITY_KEY_PIN))
    by_password(page)
    dialog = at_the_key(page, qtbot)
    qtbot.waitUntil(dialog.pin.isVisible)
    dialog.go_on.click()
    assert dialog.pin.error.text() == "请填写密钥的 PIN"
    dialog.pin.editor.setText("2580")
    assert done_with(qtbot, page, dialog.go_on.click) is Page.TERMS
    assert page.journey.did("sign_in_by_password_and_key")[-1][-1].pin == "2580"


@pytest.mark.parametrize("code", [ErrorCode.SECURITY_KEY_WRONG, ErrorCode.SECURITY_KEY_COPIED])
def test_a_key_the_lender_does_not_take_leads_back_with_the_reason(door, qtbot, code):
    page = door(sign_in_by_password=needed, sign_in_by_password_and_key=refusing(code))
    by_password(page)
    page.proceed()
    qtbot.waitUntil(page.scaffold.problem.isVisible)
    qtbot.waitUntil(lambda: not any(one.isVisible() for one in page.findChildren(SignInByKey)))
    page.factor.set_text("")
    page.by_key.click()  # without any digits
    qtbot.waitUntil(lambda: len(page.journey.did("sign_in_by_password_and_key")) > 1)


# Setting them


def test_the_keys_are_seen_by_name(opened, journey, qtbot):
    journey.answers["protection"] = lambda: protection(both=True)
    part = opened(journey, first="security").view.protection.keys
    assert list(part.buttons) == ["k-1", "k-2"]
    assert part.add.isVisible()
    part._came(OwnKeys(own_keys().keys, 2))
    assert not part.add.isVisible()
    assert part.text.text() == "最多 2 把。要添加别的，请先删除一把。"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "先开启第二道验证"),
        ({"protection": lambda: protection(both=True), "keys_here": lambda: False}, "这台电脑没有安全密钥要用的接口"),
    ],
)
def test_where_there_can_be_none_it_is_said_why(opened, journey, answers, said):
    journey.answers |= answers
    part = opened(journey, first="security").view.protection.keys
    assert said in part.text.text()
    assert not part.add.isVisible()
    assert journey.did("security_keys") == []


def test_one_is_added_with_a_name_a_code_and_a_touch(asking, journey, qtbot):
    journey.answers |= {"begin_key": lambda _code: ASKED, "add_key": lambda *_: own_keys()}
    dialog = asking(AddKeyDialog)
    dialog.go_on.click()
    assert dialog.label.error.text() == "请给密钥起个名字"
    assert dialog.code.error.text() == "请填写身份验证器上的数字"
    dialog.label.set_text(" 蓝色的 ")
    dialog.code.set_text("314159")
    with qtbot.waitSignal(dialog.added):
        dialog.go_on.click()
    assert journey.did("begin_key") == [("314159",)]
    assert journey.did("add_key")[0][:2] == (ASKED, "蓝色的")


def test_what_the_key_was_asked_is_asked_again_and_what_was_answered_is_begun_anew(asking, journey, qtbot):
    here = (ErrorCode.SECURITY_KEY_NOT_TOUCHED, ErrorCode.SECURITY_KEY_KNOWN, ErrorCode.SECURITY_KEY_PIN)
    refusals = refusing(*here, ErrorCode.SECURITY_KEY_TIMEOUT)
    journey.answers |= {"begin_key": lambda _code: ASKED, "add_key": refusals}
    dialog = asking(AddKeyDialog)
    dialog.label.set_text("蓝色的")
    dialog.code.set_text("314159")
    for said in ("没有等到您触摸密钥", "这把密钥已经添加过了"):
        dialog.go_on.click()
        qtbot.waitUntil(lambda said=said: dialog.problem.title.text() == said)
        assert not dialog.code.isVisible(), "the code counts on: nothing was sent"
        assert dialog.code.text() == "314159"
    dialog.go_on.click()
    qtbot.waitUntil(dialog.pin.isVisible)
    assert not dialog.code.isVisible()
    dialog.pin.editor.setText("2580")
    dialog.go_on.click()
    qtbot.waitUntil(dialog.code.isVisible)
    assert "等得太久" in dialog.problem.title.text()
    assert (dialog.code.text(), dialog.label.text()) == ("", "蓝色的")
    assert journey.did("add_key")[-1][-1].pin == "2580"
    assert len(journey.did("begin_key")) == 1


def test_a_wrong_code_is_said_at_its_field(asking, journey, qtbot):
    journey.answers["begin_key"] = refusing(ErrorCode.SECOND_FACTOR_WRONG)
    dialog = asking(AddKeyDialog)
    dialog.label.set_text("蓝色的")
    dialog.code.set_text("314159")
    dialog.go_on.click()
    qtbot.waitUntil(lambda: bool(dialog.code.error.text()))
    assert journey.did("add_key") == []


def test_one_is_removed_with_a_code(asking, journey, qtbot):
    journey.answers["remove_key"] = lambda *_: OwnKeys((), 5)
    dialog = asking(RemoveKeyDialog, key=own_keys().keys[0])
    assert "FIDO2 5C" in dialog.lead.text()
    dialog.code.set_text("314159")
    with qtbot.waitSignal(dialog.removed):
        dialog.go_on.click()
    assert journey.did("remove_key") == [("k-1", "314159")]
