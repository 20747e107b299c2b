"""What is in view stays in view for as long as a slow computer lays the page out, and not against whoever scrolls."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractSlider, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.components.places import hold_places


@pytest.fixture
def area(qtbot):
    window = QWidget()
    found = QScrollArea(window, widgetResizable=True)
    content = QWidget()
    column = QVBoxLayout(content)
    for place in range(40):
        line = QLabel(f"{place}")
        line.setFixedHeight(30)
        column.addWidget(line)
    found.setWidget(content)
    found.resize(200, 300)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: found.verticalScrollBar().maximum() > 0)
    found.verticalScrollBar().setValue(500)
    yield found
    window.hide()


def lines(area):
    return area.widget().findChildren(QLabel)


def top(line, area):
    return line.mapTo(area.viewport(), QPoint(0, 0)).y()


def test_a_page_that_is_laid_out_in_slow_steps_goes_on_showing_what_it_showed(area, qtbot):
    seen = next(line for line in lines(area) if top(line, area) >= 0)
    stood = top(seen, area)
    hold_places(area.window())
    for step in range(4):
        qtbot.wait(150)
        lines(area)[step].setFixedHeight(90)
    qtbot.waitUntil(lambda: top(seen, area) == stood)


def test_whoever_scrolls_meanwhile_is_let(area, qtbot):
    hold_places(area.window())
    area.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderToMaximum)
    lines(area)[0].setFixedHeight(90)
    qtbot.wait(50)
    # The page has grown above, and nothing pulls back to where it was.
    assert area.verticalScrollBar().value() == area.verticalScrollBar().maximum() - 60
