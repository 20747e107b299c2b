"""The help beside a page: things to tick off, drawings with words, and what helps on, one press away."""

import pytest
from PySide6.QtWidgets import QCheckBox

from ui.components.buttons import LinkButton
from ui.components.help_drawing import HelpDrawing
from ui.components.help_panel import HelpPanel
from ui.help_text import article_text
from ui.theme import theme


@pytest.fixture
def panel(qtbot):
    made = HelpPanel()
    qtbot.addWidget(made)
    made.resize(300, 700)
    made.show()
    return made


def test_the_self_check_is_ticked_off_and_forgotten(panel, qtbot):
    panel.show_article(article_text("self-check", "zh"))
    boxes = panel.findChildren(QCheckBox)
    assert len(boxes) == 5
    assert all(box.accessibleName() and not box.isChecked() for box in boxes)
    boxes[0].click()
    assert boxes[0].isChecked()
    panel.show_article(article_text("self-check", "zh"))
    assert not any(box.isChecked() for box in panel._scroll.widget().findChildren(QCheckBox))


def test_a_drawing_has_words(panel):
    shown = article_text("face-light", "zh")
    panel.show_article(shown)
    (drawing,) = panel.findChildren(HelpDrawing)
    assert drawing.accessibleName() == shown.pictured
    image = drawing.grab().toImage()
    colours = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    assert theme().tokens.ink.lower() in {colour.name() for colour in colours}
    assert any(colour.green() > colour.red() + 40 for colour in colours), "the accent"


def test_what_helps_on_is_one_press_away(panel, qtbot):
    shown = article_text("overdue", "en")
    panel.show_article(shown)
    links = panel.findChildren(LinkButton)
    assert [title in link.accessibleName() for link, (_, title) in zip(links, shown.related, strict=True)] == [True] * 3
    with qtbot.waitSignal(panel.wanted) as wanted:
        links[0].click()
    assert wanted.args == [shown.related[0][0]]
