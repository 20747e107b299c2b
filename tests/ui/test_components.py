from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from tests.ui.looking import markup
from ui.components import (
    AmountSlider,
    Banner,
    CostBar,
    ErrorSummary,
    Field,
    FieldError,
    MoneyField,
    PageScaffold,
    SimulatedTag,
    Stepper,
    SummaryList,
    SummaryRow,
    label,
)
from ui.components.choice_cards import Choice, ChoiceCards
from ui.components.consent_card import ConsentCard
from ui.components.stepper import StepGroupView, StepPage
from ui.messages import Level
from ui.theme import theme


@pytest.fixture
def shown(qtbot, qapp):
    theme().choose(mode="light", scale=100)

    def show(widget: QWidget) -> QWidget:
        qtbot.addWidget(widget)
        widget.show()
        return widget

    return show


def test_text_from_outside_is_never_markup(shown):
    holder = shown(Banner(Level.LOOK, "<b>x</b>", "<a href='https://example.invalid'>y</a>"))
    assert markup(holder) == []
    assert label("<i>z</i>").textFormat() is Qt.TextFormat.PlainText


def test_a_field_names_its_editor_and_its_error(shown):
    field = shown(Field("手机号", "11 位"))
    field.set_error("手机号应为 11 位数字")
    assert field.editor.accessibleName() == "手机号"
    assert "11 位" in field.editor.accessibleDescription()
    assert "应为" in field.editor.accessibleDescription()
    field.set_text("138")
    assert field.error.text() == ""
    assert field.editor.property("invalid") == "false"


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("10000", "10000.00"),
        ("10,000.5", "10000.50"),
        ("¥10,000", "10000.00"),
        ("", None),
        ("many", None),
        ("1e4x", None),
    ],
)
def test_money_is_read_however_it_is_typed(shown, typed, amount):
    field = shown(MoneyField("金额"))
    field.set_text(typed)
    assert field.value() == (Decimal(amount) if amount else None)


def test_money_is_tidied_when_left(shown, qtbot):
    field = shown(MoneyField("金额"))
    field.set_text("10000")
    field.editor.left.emit()
    assert field.text() == "10,000"


def test_one_choice_at_a_time_by_mouse_and_keys(shown, qtbot):
    cards = shown(ChoiceCards(2))
    cards.set_choices([Choice("3", "3 个月"), Choice("6", "6 个月", "每月 1元")])
    with qtbot.waitSignal(cards.chosen) as chosen:
        card = cards._cards["6"]
        # Cards that are not laid out yet lie one upon another.
        qtbot.waitUntil(lambda: not card.geometry().intersects(cards._cards["3"].geometry()))
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=card.rect().center())
    assert chosen.args == ["6"]
    qtbot.keyClick(cards._cards["6"].button, Qt.Key.Key_Left)
    assert cards.value() == "3"
    cards.set_choices([Choice("3", "3 months"), Choice("6", "6 months")])
    assert cards.value() == "3"


def test_the_summary_takes_the_focus_and_leads_to_the_field(shown, qtbot):
    holder = QWidget()
    summary, field = ErrorSummary(holder), Field("手机号", parent=holder)
    shown(holder)
    holder.activateWindow()
    summary.show_errors([FieldError("手机号不对", field.editor)])
    assert summary.isVisible()
    assert "手机号不对" in summary.accessibleName()
    qtbot.waitUntil(summary.hasFocus)
    summary._lines.itemAt(0).widget().click()
    assert field.editor.hasFocus()
    summary.show_errors([])
    assert not summary.isVisible()


def test_the_slider_follows_values_and_leaves_the_wheel_alone(shown, qtbot):
    slider = shown(AmountSlider(range(1000, 50001, 100)))
    slider.put(10040)
    assert slider.number() == 10000
    with qtbot.waitSignal(slider.picked) as picked:
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert picked.args == [10100]


def test_the_slider_says_its_value_and_rests_on_those_there_are(shown, qtbot):
    slider = shown(AmountSlider((3, 6, 9, 12, 18, 24)))
    slider.put(12)
    told = QAccessible.queryAccessibleInterface(slider).valueInterface()
    assert (told.minimumValue(), told.currentValue(), told.maximumValue()) == (3, 12, 24)
    picked = []
    slider.picked.connect(picked.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home):
        qtbot.keyClick(slider, key)
    told.setCurrentValue(11)
    assert picked == [18, 24, 18, 3, 12]


def test_the_bar_says_its_sum(shown):
    bar = shown(CostBar())
    bar.show_sum(Decimal(10000), Decimal("797.05"), Decimal(0))
    assert bar.accessibleName() == "本金 10,000元 + 利息 797.05元 + 费用 0元"


def test_the_stepper_opens_pages_that_are_done(shown, qtbot):
    stepper = shown(Stepper())
    done = StepPage("terms", "借款方案", "done", opens=True)
    ahead = StepPage("signing", "签署合同", "ahead", opens=False)
    stepper.set_steps([StepGroupView("算清楚", "done", (done, ahead)), StepGroupView("签合同", "ahead", (ahead,))])
    buttons = {button.text(): button for button in stepper.findChildren(type(stepper._page_button(done)))}
    assert not buttons["签署合同"].isEnabled()
    with qtbot.waitSignal(stepper.opened) as opened:
        buttons["借款方案"].click()
    assert opened.args == ["terms"]
    stepper.set_compact(compact=True)
    assert stepper.width() < 120


def test_answers_are_read_back_with_a_way_to_change(shown, qtbot):
    group = shown(SummaryList("借款方案"))
    group.set_title("借款方案")
    group.set_rows([SummaryRow("金额", "10,000元")])
    assert group.button.accessibleName() == "修改借款方案"
    with qtbot.waitSignal(group.change):
        group.button.click()


def test_a_consent_is_nobodys_but_the_borrowers(shown, qtbot):
    card = shown(ConsentCard("face"))
    card.say("人脸核验", "确认是您本人", {"recipient": "a", "retention": "b", "refuse_effect": "c"}, "全文")
    card.show_state(granted=None)
    assert not card.yes.isChecked()
    assert not card.no.isChecked()
    with qtbot.waitSignal(card.decided) as decided:
        card.no.click()
    assert decided.args == [False]
    card.show_state(granted=True, when="2026年11月22日 10:00")
    assert card.yes.isChecked()
    assert not card.no.isChecked()


def test_the_tag_is_the_same_everywhere_and_never_cut(shown):
    tag = shown(SimulatedTag())
    assert tag.accessibleName() == "模拟"
    assert tag.width() >= tag.sizeHint().width()


def test_the_action_bar_never_leaves_view(shown):
    page = PageScaffold()
    page.primary.setText("继续")
    for _ in range(80):
        page.add(label("一行字"))
    shown(page)
    page.resize(700, 480)
    assert page.action_bar.geometry().bottom() <= page.rect().bottom()
    assert page.primary.isVisible()
