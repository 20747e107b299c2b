"""Parts that show work under way, what is still to do, and that something is done."""

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from loanapp.domain.clock import CHINA, ManualClock
from ui.components import (
    CopyLink,
    Dialog,
    EmptyState,
    ExpectedTime,
    FlowRow,
    PrimaryButton,
    SecondaryButton,
    SentenceLink,
    Skeleton,
    TaskList,
    Toast,
    label,
)
from ui.components.choice_cards import Choice
from ui.components.choice_question import ChoiceQuestion
from ui.components.task_list import Task
from ui.system_wishes import SystemWishes
from ui.theme import theme
from ui.translations import translator

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)


@pytest.fixture
def show(qtbot, qapp):
    theme().choose(mode="light", scale=100)

    def make(widget, width=480, height=320):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()
        return widget

    yield make
    qapp.setStyleSheet("")


@pytest.fixture(params=[True, False], ids=["moving", "still"])
def motion(request):
    """Whether the system lets things move."""
    theme().take_system_wishes(SystemWishes(less_motion=not request.param))
    yield request.param
    theme().take_system_wishes(SystemWishes())


@pytest.fixture
def said(monkeypatch):
    """What a screen reader is given to say."""
    heard = []
    for module in ("toast", "expected_time", "choice_question"):
        monkeypatch.setattr(f"ui.components.{module}.announce", lambda _widget, text, **_: heard.append(text))
    return heard


class TestABusyButton:
    def test_it_keeps_words_and_width_and_shows_that_it_works(self, show, qtbot, motion):
        button = PrimaryButton("登录并继续")
        show(button, 160, 44)
        button.clearFocus()
        words, size = button.text(), button.sizeHint()
        before = button.grab().toImage()
        button.set_busy(True)
        button.setEnabled(False)
        assert (button.text(), button.sizeHint()) == (words, size)
        assert button.accessibleDescription() == "正在处理，请稍候"
        qtbot.waitUntil(lambda: button._turned is not None)
        ring = button.grab().toImage()
        assert ring != before
        if motion:
            qtbot.waitUntil(lambda: button.grab().toImage() not in (before, ring))
        assert button._turning.isActive() == motion
        button.set_busy(False)
        button.setEnabled(True)
        assert button.grab().toImage() == before
        assert button.accessibleDescription() == ""

    def test_work_that_is_done_at_once_shows_no_sign(self, show, qtbot):
        button = PrimaryButton("登录并继续")
        show(button, 160, 44)
        before = button.grab().toImage()
        button.set_busy(True)
        assert button.grab().toImage() == before
        button.set_busy(False)
        qtbot.wait(300)
        assert button.grab().toImage() == before

    def test_it_rests_out_of_sight(self, show):
        button = PrimaryButton("登录并继续")
        show(button, 160, 44)
        button.set_busy(True)
        button.hide()
        assert not button._turning.isActive()
        button.show()
        assert button._turning.isActive()
        button.set_busy(False)


def test_a_sentence_that_leads_somewhere_wraps(show):
    link = SentenceLink("手机号应为 11 位数字，以 13 至 19 开头。" * 3)
    assert link.heightForWidth(200) > link.heightForWidth(2000)
    assert link.hasHeightForWidth()


class TestToast:
    def test_it_says_aloud_what_it_shows_and_goes_by_itself(self, show, said, qtbot):
        window = show(QWidget())
        toast = Toast(window)
        toast.say("已复制申请编号", window)
        assert toast.isVisible()
        assert said == ["已复制申请编号"]
        assert not window.rect().isNull()
        assert window.rect().contains(toast.geometry())
        assert toast._going.remainingTime() > 5_000
        toast._going.setInterval(1)
        qtbot.waitUntil(toast.isHidden)

    def test_it_stays_while_it_is_read_and_never_takes_the_keyboard(self, show, said):
        window = show(QWidget())
        toast = Toast(window)
        toast.say("已保存", window)
        QApplication.sendEvent(toast, _entering(toast))
        assert not toast._going.isActive()
        assert toast.focusPolicy() == Qt.FocusPolicy.NoFocus
        toast.hide()

    def test_a_long_word_wraps_within_the_window(self, show, said):
        window = show(QWidget(), 300, 200)
        toast = Toast(window)
        toast.say("合同已保存为 " + "很长的名字" * 8, window)
        assert window.rect().contains(toast.geometry())
        toast._going.stop()


def _entering(toast):
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QEnterEvent

    return QEnterEvent(QPointF(2, 2), QPointF(2, 2), QPointF(2, 2))


class TestExpectedTime:
    def test_it_counts_by_the_clock_it_was_given(self, show, said):
        clock, wait = ManualClock(NOON), ExpectedTime()
        show(wait)
        wait.begin(clock.now, NOON, 8, "通常需要不到 1 分钟")
        assert wait.words.text() == "通常需要不到 1 分钟"
        clock.move(timedelta(seconds=4))
        wait._ticks.timeout.emit()
        assert wait.words.text() == "通常需要不到 1 分钟，已等 4 秒"
        assert wait.bar.value() == 50

    def test_late_is_said_once_and_the_bar_never_claims_the_end(self, show, said):
        clock, wait = ManualClock(NOON), ExpectedTime()
        show(wait)
        wait.begin(clock.now, NOON, 8, "通常需要不到 1 分钟")
        clock.move(timedelta(seconds=70))
        wait._ticks.timeout.emit()
        wait._ticks.timeout.emit()
        assert "比平时久一些" in wait.words.text()
        assert "已等 1 分钟" in wait.words.text()
        assert wait.bar.value() == 95
        assert len(said) == 1
        wait.hide()
        assert not wait._ticks.isActive()


class TestSkeleton:
    def test_it_says_what_it_stands_for_and_breathes_only_in_sight(self, show, motion):
        skeleton = Skeleton()
        show(skeleton)
        assert skeleton.accessibleName() == "正在向放款机构查询"
        assert skeleton._frames.isActive() == motion
        skeleton.hide()
        assert not skeleton._frames.isActive()


def test_nothing_here_is_said_with_a_way_on(show, qtbot):
    empty = EmptyState("calendar")
    show(empty)
    empty.say("没有可以预约的网点")
    assert not empty.action.isVisible()
    empty.say("没有可以预约的网点", "请换一种方式", "重新查询")
    assert empty.accessibleName() == "没有可以预约的网点 请换一种方式"
    with qtbot.waitSignal(empty.action.clicked):
        empty.action.click()


def test_a_number_is_copied_with_one_press(show, qtbot):
    link = CopyLink()
    show(link)
    link.offer("申请编号", "LA20261122-0001")
    assert link.accessibleName() == "复制申请编号"
    with qtbot.waitSignal(link.copied) as copied:
        link.click()
    assert copied.args == ["申请编号"]
    assert QGuiApplication.clipboard().text() == "LA20261122-0001"
    QGuiApplication.clipboard().clear()


def test_a_list_of_tasks_leads_to_each_and_says_its_state(show, qtbot):
    tasks = TaskList()
    show(tasks)
    tasks.set_tasks([Task("face", "人脸核验", "done", "已同意"), Task("bureau", "查询征信", "open", "需要您决定")])
    links = tasks.findChildren(SentenceLink)
    assert [(link.text(), link.accessibleDescription()) for link in links] == [
        ("人脸核验", "已同意"),
        ("查询征信", "需要您决定"),
    ]
    with qtbot.waitSignal(tasks.opened) as opened:
        qtbot.keyClick(links[1], Qt.Key.Key_Space)
    assert opened.args == ["bureau"]
    tasks.set_tasks([Task("face", "人脸核验", "done", "已同意"), Task("bureau", "查询征信", "done", "已同意")])
    assert tasks.findChildren(SentenceLink) == links


def test_a_question_says_beside_itself_what_is_wrong_until_it_is_answered(show, said):
    question = ChoiceQuestion(2)
    show(question)
    question.set_question("工作情况", "选最接近的")
    question.set_choices([Choice("a", "受雇"), Choice("b", "自己经营")])
    question.set_error("请选择工作情况")
    assert question.error.isVisible()
    assert question.cards.accessibleDescription() == "选最接近的 请选择工作情况"
    assert said == ["请选择工作情况"]
    question.choose("b")
    assert not question.error.isVisible()
    assert question.value() == "b"


class TestFlowRow:
    def test_it_stacks_where_there_is_no_room(self, show, qtbot):
        row = FlowRow()
        first, second = SecondaryButton("获取验证码"), SecondaryButton("用这个手机号")
        row.add(first)
        row.add(second)
        holder = QWidget()
        QVBoxLayout(holder).addWidget(row)
        show(holder, 480, 160)
        qtbot.waitUntil(lambda: first.y() == second.y() and second.x() > first.x())
        holder.resize(200, 160)
        qtbot.waitUntil(lambda: second.y() > first.y())
        assert holder.minimumSizeHint().width() < first.sizeHint().width() + second.sizeHint().width()


class TestDialog:
    def test_it_is_as_high_as_its_words_and_no_larger_than_the_window(self, show, qtbot):
        window = show(QWidget(), 700, 500)
        dialog = Dialog(window)
        dialog.set_heading("要退出登录吗")
        words = label("本机草稿会清除，没有交给放款机构的内容要重新填写。" * 3)
        dialog.body.addWidget(words)
        answer = PrimaryButton("退出登录")
        dialog.answers.addWidget(answer)
        dialog.open()
        qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()))
        assert dialog._area.verticalScrollBar().maximum() == 0
        words.setText("很长的一段话。" * 200)
        dialog.fit()
        assert dialog.height() <= window.height()
        assert answer.isVisible()
        assert dialog.rect().contains(answer.mapTo(dialog, answer.rect().bottomRight()))
        assert dialog.windowTitle() == "要退出登录吗"
        dialog.close()

    def test_it_grows_with_the_text(self, show, qtbot):
        window = show(QWidget(), 1300, 700)
        dialog = Dialog(window)
        dialog.set_heading("要退出登录吗")
        dialog.open()
        width = dialog.width()
        theme().choose(scale=200)
        qtbot.waitUntil(lambda: dialog.width() > width)
        theme().choose(scale=100)
        dialog.close()


def test_words_of_parts_follow_the_language(show):
    skeleton, wait = Skeleton(), ExpectedTime()
    for part in (skeleton, wait):
        show(part)
    wait.begin(lambda: NOON + timedelta(seconds=90), NOON, 8, "")
    translator().set_language("en")
    assert skeleton.accessibleName() == "Asking the lender"
    assert "longer than usual" in wait.words.text()
    translator().set_language("zh")
