"""Comparing on the first page: other ways of paying back, and paying off early, as the sliders move."""

import pytest
from PySide6.QtCore import Qt

from tests.ui.typed_journey import TypedJourney
from ui.pages.cost import CostPage
from ui.translations import translator


@pytest.fixture
def page(open_page):
    shown = open_page(CostPage, TypedJourney())
    shown.compare.click()
    return shown


def told(table):
    return [[cell.text() for cell in row] for row in table._cells]


def test_it_is_folded_away_until_it_is_asked_for(open_page):
    page = open_page(CostPage, TypedJourney())
    assert page.comparison is None
    page.compare.click()
    assert page.comparison.isVisible()
    assert page.compare.text() == "收起比较"
    page.compare.click()
    assert not page.comparison.isVisible()


def test_the_four_ways_stand_side_by_side_with_the_cost_a_year(page):
    head, *rows = told(page.comparison.methods)
    assert head[-1] == "年化综合融资成本"
    assert rows[0] == ["等额本息", "899.75元", "899.80元", "797.05元", "14.40%"]
    assert rows[2][:4] == ["先息后本", "120.00元", "10,120.00元", "1,440.00元"]
    assert rows[3][:3] == ["到期一次还本付息", "不用还", "11,440.00元"]
    assert all(row[-1].endswith("%") for row in rows)
    assert page.comparison.methods._cells[3][2].accessibleName() == "先息后本, 最后一期: 10,120.00元"


def test_both_follow_the_sliders_by_keys(page, qtbot):
    assert "第 6 期" in page.comparison.after.text()
    assert told(page.comparison.early)[1] == ["总共还", "10,797.05元", "10,577.37元"]
    qtbot.keyClick(page.comparison.after_slider, Qt.Key.Key_Home)
    assert "第 1 期" in page.comparison.after.text()
    assert "第 1 期" in page.comparison.after_slider.accessibleDescription()
    assert told(page.comparison.early)[2] == ["总利息", "797.05元", "120.00元"]
    qtbot.keyClick(page.months_slider, Qt.Key.Key_End)
    assert "第 12 期" in page.comparison.after.text()
    qtbot.keyClick(page.amount_slider, Qt.Key.Key_Right)
    assert told(page.comparison.early)[1][1] == page.figures["total"].text()


def test_it_speaks_the_other_language(page):
    translator().set_language("en")
    assert told(page.comparison.methods)[1][0] == "Equal instalments"
    assert "instalment 6" in page.comparison.after.text()
    assert page.compare.text() == "Hide the comparison"
