"""Fields of fixed shape as hands use them: typing, pasting, mending, undoing, and an input method at work."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ui.components import (
    BankCardField,
    CodeField,
    DateField,
    Field,
    IdentityNumberField,
    PhoneField,
    TextField,
)
from ui.theme import theme
from ui.translations import translator


@pytest.fixture
def show(qtbot, qapp):
    theme().choose(mode="light", scale=100)

    def make(field):
        qtbot.addWidget(field)
        with qtbot.waitActive(field):
            field.show()
            field.activateWindow()
        field.setFocus()
        qtbot.waitUntil(field.editor.hasFocus)
        return field

    return make


@pytest.mark.parametrize(
    ("kind", "typed", "shown", "value"),
    [
        (PhoneField, "13800000001", "138 0000 0001", "13800000001"),
        (BankCardField, "6222020000000000018", "6222 0200 0000 0000 018", "6222020000000000018"),
        (IdentityNumberField, "11010119900307002x", "110101 19900307 002X", "11010119900307002X"),
        (IdentityNumberField, "1101x0119900307", "110101 19900307", "11010119900307"),
        (CodeField, "123456", "123456", "123456"),
        (DateField, "20180510", "2018-05-10", "2018-05-10"),
        (DateField, "2018.5.10", "2018-05-10", "2018-05-10"),
        (DateField, "2018-5-1-", "2018-05-01", "2018-05-01"),
    ],
)
def test_what_is_typed_falls_into_its_groups_and_goes_on_without_them(show, qtbot, kind, typed, shown, value):
    field = show(kind())
    told = []
    field.edited.connect(told.append)
    qtbot.keyClicks(field.editor, typed)
    assert field.editor.text() == shown
    assert field.text() == value
    assert told[-1] == value


@pytest.mark.parametrize(
    ("kind", "pasted", "value"),
    [
        (PhoneField, "+86 138-0000-0001", "13800000001"),
        (PhoneField, "０１３８", "0138"),
        (BankCardField, "6222-0200 0000 0000-018", "6222020000000000018"),
        (IdentityNumberField, "身份证号码：１１０１０１１９９００３０７００２ｘ", "11010119900307002X"),
        (CodeField, "【演示放款机构】验证码 123456，5 分钟内有效。", "123456"),
        (DateField, "2018年5月10日", "2018-05-10"),
        (DateField, "长期", "长期"),
    ],
)
def test_what_is_pasted_is_read_as_it_is_meant(show, qtbot, kind, pasted, value):
    field = show(kind())
    QGuiApplication.clipboard().setText(pasted)
    qtbot.keyClick(field.editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().clear()
    assert field.text() == value


def test_nothing_that_is_too_long_is_cut_off_unseen(show, qtbot):
    field = show(IdentityNumberField(exactly=18))
    qtbot.keyClicks(field.editor, "1101011990030700211")
    assert field.text() == "1101011990030700211"
    assert field.counter.text() == "多了 1 位"
    translator().set_language("en")
    assert field.counter.text() == "1 too many"
    translator().set_language("zh")


def test_the_count_says_what_is_missing_and_that_it_is_whole(show, qtbot):
    field = show(IdentityNumberField(exactly=18))
    assert not field.counter.isVisible()
    qtbot.keyClicks(field.editor, "1101")
    assert field.counter.text() == "还差 14 位"
    qtbot.keyClicks(field.editor, "0119900307002X")
    assert field.counter.text() == "18 位，齐了"


def test_the_caret_stays_where_the_hand_is(show, qtbot):
    field = show(BankCardField())
    qtbot.keyClicks(field.editor, "62220200")
    field.editor.setCursorPosition(2)
    qtbot.keyClicks(field.editor, "9")
    assert field.editor.text() == "6292 2020 0"
    assert field.editor.cursorPosition() == 3
    qtbot.keyClick(field.editor, Qt.Key.Key_Delete)
    assert field.editor.text() == "6292 0200"
    assert field.editor.cursorPosition() == 3


def test_deleting_goes_over_a_gap(show, qtbot):
    field = show(BankCardField())
    qtbot.keyClicks(field.editor, "62220200")
    field.editor.setCursorPosition(5)
    qtbot.keyClick(field.editor, Qt.Key.Key_Backspace)
    assert field.editor.text() == "6220 200"
    assert field.editor.cursorPosition() == 3
    field.editor.setCursorPosition(4)
    qtbot.keyClick(field.editor, Qt.Key.Key_Delete)
    assert field.editor.text() == "6220 00"


def test_undo_and_redo_go_by_what_was_typed(show, qtbot):
    field = show(PhoneField())
    qtbot.keyClicks(field.editor, "1380")
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(field.editor, Qt.Key.Key_Z, control)
    assert (field.editor.text(), field.editor.cursorPosition()) == ("138", 3)
    qtbot.keyClick(field.editor, Qt.Key.Key_Z, control)
    assert field.text() == "13"
    qtbot.keyClick(field.editor, Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(field.editor, Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert field.editor.text() == "138 0"
    for _ in range(9):
        qtbot.keyClick(field.editor, Qt.Key.Key_Z, control)
    assert field.text() == ""
    qtbot.keyClicks(field.editor, "1")
    assert field.text() == "1"


def test_the_menu_undoes_what_the_keys_undo(show, qtbot):
    field = show(PhoneField())
    qtbot.keyClicks(field.editor, "1380")
    menu = field.editor.make_menu()
    actions = {action.objectName(): action for action in menu.actions()}
    assert not actions["edit-redo"].isEnabled()
    actions["edit-undo"].trigger()
    menu.deleteLater()
    assert field.editor.text() == "138"


def test_what_an_input_method_composes_is_left_alone_until_it_is_there(show, qtbot):
    field = show(BankCardField())
    qtbot.keyClicks(field.editor, "6222")
    told = []
    field.edited.connect(told.append)
    for preedit in ("０", "０２", "０２０"):
        QApplication.sendEvent(field.editor, QInputMethodEvent(preedit, []))
        assert field.editor.text() == "6222"
    assert told == []
    done = QInputMethodEvent("", [])
    done.setCommitString("０２０")
    QApplication.sendEvent(field.editor, done)
    assert field.editor.text() == "6222 020"
    assert field.editor.cursorPosition() == 8


def test_composing_over_a_selection_disturbs_nothing_either(show, qtbot):
    field = show(PhoneField())
    qtbot.keyClicks(field.editor, "13800000001")
    field.editor.setSelection(0, 3)
    QApplication.sendEvent(field.editor, QInputMethodEvent("１", []))
    assert field.editor.text() == " 0000 0001"
    done = QInputMethodEvent("", [])
    done.setCommitString("１３９")
    QApplication.sendEvent(field.editor, done)
    assert field.editor.text() == "139 0000 0001"


def test_a_day_mended_in_its_middle_is_tidied_when_it_is_left(show, qtbot):
    field = show(DateField())
    field.set_text("2018-05-10")
    field.editor.setCursorPosition(7)
    qtbot.keyClick(field.editor, Qt.Key.Key_Backspace)
    assert field.editor.text() == "2018-0-10"
    qtbot.keyClicks(field.editor, "6")
    assert field.value() == date(2018, 6, 10)
    field.set_text("")
    qtbot.keyClicks(field.editor, "2018-6-1")
    field.editor.left.emit()
    assert field.editor.text() == "2018-06-01"


def test_an_error_is_announced_and_described(show, monkeypatch):
    said = []
    monkeypatch.setattr("ui.components.fields.announce", lambda widget, text, **_: said.append((widget, text)))
    field = show(PhoneField("手机号", "11 位"))
    field.set_error("手机号应为 11 位数字")
    assert said == [(field.editor, "手机号应为 11 位数字")]
    assert field.editor.accessibleDescription() == "11 位 手机号应为 11 位数字"


def test_a_field_that_is_read_only_can_be_read_and_not_changed(show, qtbot):
    field = show(Field("出生日期"))
    field.set_text("1990年3月7日")
    field.set_read_only(True)
    qtbot.keyClicks(field.editor, "1")
    assert field.text() == "1990年3月7日"
    assert not field.editor.focusPolicy() & Qt.FocusPolicy.TabFocus


class TestTextField:
    def test_it_grows_until_all_of_it_is_seen(self, show, qtbot):
        field = show(TextField("住址"))
        field.resize(300, 100)
        low = field.editor.sizeHint().height()
        field.set_text("北京市示范区模拟路一百二十三号院四号楼五单元六层六〇一室" * 2)
        qtbot.waitUntil(lambda: field.editor.sizeHint().height() > low)
        qtbot.waitUntil(lambda: field.editor.verticalScrollBar().maximum() == 0)

    def test_the_room_left_is_told_when_it_runs_out(self, show):
        field = show(TextField("住址", at_most=20))
        field.set_text("一" * 14)
        assert not field.counter.isVisible()
        field.set_text("一" * 16)
        assert field.counter.text() == "还可以写 4 个字"
        field.set_text("一" * 23)
        assert field.counter.text() == "多了 3 位"

    def test_tab_and_enter_go_on(self, show, qtbot):
        holder = QWidget()
        box = QVBoxLayout(holder)
        field, following = TextField("住址"), Field("签发机关")
        box.addWidget(field)
        box.addWidget(following)
        holder.setFocusProxy(field)
        holder.editor = field.editor
        show(holder)
        qtbot.keyClicks(field.editor, "a")
        qtbot.keyClick(field.editor, Qt.Key.Key_Return)
        qtbot.keyClick(field.editor, Qt.Key.Key_Tab)
        assert field.editor.toPlainText() == "a"
        assert following.editor.hasFocus()
