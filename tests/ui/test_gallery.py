"""The gallery leaves nothing out, and its eye finds what is amiss."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from loanapp.journey.pages import Page
from tests.gallery.clipping import faults
from tests.gallery.combinations import all_combinations, named, worst
from tests.gallery.component_scenes import BUILDS
from tests.gallery.scenes import all_scenes
from tests.gallery.sheet import Sheet
from tests.gallery.stage import settle
from ui import components
from ui.theme import theme


@pytest.fixture
def shown(qtbot, qapp):
    theme().choose(mode="light", scale=100)

    def show(widget: QWidget, width: int = 400, height: int = 200) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        settle(widget)
        return widget

    yield show
    qapp.setStyleSheet("")


def holding(*widgets: QWidget, row: bool = False) -> QWidget:
    holder = QWidget()
    box = QHBoxLayout(holder) if row else QVBoxLayout(holder)
    for widget in widgets:
        box.addWidget(widget)
    return holder


def test_there_are_all_combinations_of_language_colours_size_and_window():
    names = [one.name for one in all_combinations()]
    assert len(names) == len(set(names)) >= 2 * 2 * 3 * 2
    assert all(named(one.name) == one for one in worst())


def test_every_page_is_shown_and_every_name_once(qapp):
    names = [scene.name for scene in all_scenes()]
    assert len(names) == len(set(names))
    shown = {page.value.replace("_", "-") for page in Page}
    short = {"identity-document": "identity", "face-verification": "face", "decision": "decision-offer"}
    assert (
        sorted(page for page in shown if short.get(page, page) not in names and f"{short.get(page)}-flash" not in names)
        == []
    )


def test_every_component_has_a_sheet(qapp, qtbot):
    seen = set()
    for name, build in BUILDS.items():
        sheet = Sheet(name, build)
        qtbot.addWidget(sheet)
        seen |= {type(widget).__name__ for widget in sheet.findChildren(QWidget)}
    # What is no widget, and what holds a page or a window together.
    parts = {"label", "icon_pixmap", "FieldError", "SummaryRow", "ProgressState", "PageScaffold", "Dialog", "Toast"}
    assert sorted(set(components.__all__) - seen - parts) == []


class TestTheEye:
    def test_whole_words_are_no_fault(self, shown):
        assert faults(shown(holding(QLabel("一行字"), QPushButton("按此方案申请"), QLineEdit("10,000")))) == []

    def test_a_label_cut_off_at_its_width(self, shown):
        label = QLabel("这一行字比它的位置长得多")
        label.setMaximumWidth(60)
        assert any("needs" in fault for fault in faults(shown(holding(label))))

    def test_a_wrapped_label_cut_off_at_its_height(self, shown):
        label = QLabel("很长的一段话。" * 20)
        label.setWordWrap(True)
        label.setMaximumHeight(20)
        assert any("needs" in fault for fault in faults(shown(holding(label))))

    def test_a_word_that_does_not_break(self, shown):
        label = QLabel("LA20261122000100020003000400050006")
        label.setWordWrap(True)
        label.setMaximumWidth(80)
        assert any("needs" in fault for fault in faults(shown(holding(label))))

    def test_a_shortened_label(self, shown):
        metrics = QLabel().fontMetrics()
        text = metrics.elidedText("贷款金额、期限与还款方式", Qt.TextElideMode.ElideRight, 80)
        assert any("shortened" in fault for fault in faults(shown(holding(QLabel(text)))))

    @pytest.mark.parametrize("make", [QPushButton, QLineEdit])
    def test_a_control_too_narrow_for_its_words(self, shown, make):
        control = make("按此方案申请，每月还一样多的钱")
        control.setMaximumWidth(70)
        assert any("needs" in fault for fault in faults(shown(holding(control))))

    def test_a_list_too_narrow_for_its_entry(self, shown):
        box = QComboBox()
        box.addItem("资料、人脸和银行卡都通过，借款获批")
        box.setMaximumWidth(90)
        assert any("needs" in fault for fault in faults(shown(holding(box))))

    def test_two_labels_one_upon_another(self, shown):
        holder = QWidget()
        for place in (10, 30):
            QLabel("本金", holder).move(place, 10)
        assert any("one upon another" in fault for fault in faults(shown(holder)))

    def test_words_of_different_holders_one_upon_another(self, shown):
        holder = QWidget()
        inner = QWidget(holder)
        inner.setGeometry(0, 0, 200, 60)
        QLabel("本金", inner).move(10, 10)
        other = QWidget(holder)
        other.setGeometry(0, 0, 200, 60)
        QLabel("利息", other).move(20, 12)
        assert any("lies on" in fault for fault in faults(shown(holder)))

    def test_a_main_action_below_the_edge(self, shown):
        holder = QWidget()
        button = QPushButton("继续", holder)
        button.setProperty("role", "primary")
        button.move(10, 190)
        assert any("main action" in fault for fault in faults(shown(holder)))

    def test_a_part_that_stands_outside(self, shown):
        holder = QWidget()
        inner = QWidget(holder)
        inner.setGeometry(0, 0, 100, 40)
        QPushButton("继续", inner).move(80, 0)
        assert any("outside" in fault for fault in faults(shown(holder)))

    def test_a_window_that_grew(self, shown):
        holder = holding(QLabel("x"))
        holder.setMinimumWidth(500)
        assert any("instead of" in fault for fault in faults(shown(holder), QSize(400, 200)))

    def test_scrolling_sideways(self, shown):
        from PySide6.QtWidgets import QScrollArea

        area = QScrollArea()
        inner = QWidget()
        inner.setMinimumSize(900, 20)
        area.setWidget(inner)
        assert any("sideways" in fault for fault in faults(shown(area)))
