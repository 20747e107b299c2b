import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtWidgets import QLabel

from tests.ui.loan_in_hand import SCHEDULE
from ui.components import MonthChart
from ui.components.cost_parts import PARTS, Swatch
from ui.theme import theme
from ui.translations import tr, translator


@pytest.fixture
def chart(qtbot, qapp):
    theme().choose(mode="light", scale=100)
    made = MonthChart()
    qtbot.addWidget(made)
    made.show_rows(SCHEDULE.rows)
    made.resize(600, made.sizeHint().height())
    made.show()
    made.columns.setFocus()
    return made


def test_the_arrow_keys_read_it_month_by_month(chart, qtbot):
    columns = chart.columns
    assert "第 1 期" in chart.month.text()
    read = [chart.month.text()]
    for _ in range(len(SCHEDULE.rows) - 1):
        qtbot.keyClick(columns, Qt.Key.Key_Right)
        read.append(chart.month.text())
    for row, sentence in zip(SCHEDULE.rows, read, strict=True):
        assert f"第 {row.no} 期" in sentence
        assert f"{row.payment:,.2f}" in sentence
        assert f"{row.principal:,.2f}" in sentence
        assert f"{row.interest:,.2f}" in sentence
    qtbot.keyClick(columns, Qt.Key.Key_Right)
    assert chart.month.text() == read[-1]
    qtbot.keyClick(columns, Qt.Key.Key_Home)
    assert chart.month.text() == read[0]
    qtbot.keyClick(columns, Qt.Key.Key_End)
    assert chart.month.text() == read[-1]
    qtbot.keyClick(columns, Qt.Key.Key_Left)
    assert chart.month.text() == read[-2]


def test_a_press_looks_at_the_column_under_it(chart, qtbot):
    columns = chart.columns
    width = columns.width() / len(SCHEDULE.rows)
    qtbot.mouseClick(columns, Qt.MouseButton.LeftButton, pos=QPoint(round(6.5 * width), 60))
    assert "第 7 期" in chart.month.text()


def test_a_screen_reader_is_told_its_name_the_month_and_the_keys(chart, qtbot):
    told = QAccessible.queryAccessibleInterface(chart.columns)
    assert told.text(QAccessible.Text.Name) == tr("components.chart")
    qtbot.keyClick(chart.columns, Qt.Key.Key_Right)
    description = told.text(QAccessible.Text.Description)
    assert chart.month.text() in description
    assert tr("components.chart_keys") in description


def test_a_shorter_loan_keeps_the_month_within_it(chart):
    chart.columns.look_at(11)
    chart.show_rows(SCHEDULE.rows[:3])
    assert "第 3 期" in chart.month.text()


def test_it_speaks_the_other_language(chart):
    translator().set_language("en")
    assert chart.month.text().startswith("Instalment 1, ")
    assert "Principal" in {one.text() for one in chart.findChildren(QLabel)}


@pytest.mark.parametrize("mode", ["light", "dark", "contrast"])
def test_parts_differ_without_colour(mode, qtbot, qapp):
    """In grey, as one who sees no colours: a plain field, stripes, and stripes both ways."""
    theme().choose(mode=mode, scale=100)
    shares = []
    for _, token in PARTS:
        swatch = Swatch(token)
        qtbot.addWidget(swatch)
        swatch.resize(40, 40)
        image = QImage(40, 40, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        swatch.render(painter, QPoint())
        painter.end()
        grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
        values = [grey.pixelColor(x, y).value() for x in range(6, 34) for y in range(6, 34)]
        middle = (max(values) + min(values)) / 2
        shares.append(sum(value > middle for value in values) / len(values) if max(values) - min(values) > 40 else None)
    assert shares[0] is None
    assert abs(shares[1] - shares[2]) > 0.1
    theme().choose(mode="light", scale=100)
