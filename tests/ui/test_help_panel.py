"""The help beside a page: things to tick off, drawings with words, and what helps on, one press away."""

import statistics
import time

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel

from loanapp.domain.errors import ErrorCode
from loanapp.help import articles
from loanapp.help.diagnosis import CHECKS
from ui.components.buttons import LinkButton
from ui.components.help_drawing import HelpDrawing
from ui.components.help_panel import HelpPanel
from ui.failures import FailureCount
from ui.help_desk import HelpDesk
from ui.help_print import article_document
from ui.help_text import article_text
from ui.messages import MessageBridge
from ui.operations import Operations
from ui.theme import theme
from ui.translations import tr, translator


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


def links(panel):
    return panel._scroll.widget().findChildren(LinkButton)


def test_what_helps_on_is_one_press_away(panel, qtbot):
    shown = article_text("overdue", "en")
    panel.show_article(shown)
    *reads, _paper = links(panel)
    assert [title in link.accessibleName() for link, (_, title) in zip(reads, shown.related, strict=True)] == [True] * 3
    with qtbot.waitSignal(panel.wanted) as wanted:
        links(panel)[0].click()
    assert wanted.args == [shown.related[0][0]]


@pytest.fixture
def desk(panel, qtbot):
    operations = Operations(MessageBridge())
    made = HelpDesk(panel, operations, translator())
    made.set_home("page-cost")
    yield made
    assert operations.shutdown()


def shown(panel):
    return panel._scroll.accessibleName()


def words_in(panel):
    return "\n".join(label.text() for label in panel._scroll.widget().findChildren(QLabel))


def test_typing_finds_and_a_press_opens(panel, desk, qtbot):
    qtbot.keyClicks(panel.search, "zhengxin xiufu")
    qtbot.waitUntil(lambda: shown(panel) == tr("help.found"))
    first = next(link for link in links(panel)[:3] if "修复征信" in link.accessibleName())
    first.click()
    assert "修复征信" in shown(panel)
    assert panel.search.text() == ""


def test_nothing_found_says_what_else_there_is_and_nothing_typed_is_the_page(panel, desk, qtbot):
    qtbot.keyClicks(panel.search, "zzzqqq")
    qtbot.waitUntil(lambda: tr("help.nothing") in words_in(panel))
    panel.search.clear()
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert shown(panel) == article_text("page-cost", "zh").title


def test_chinese_typed_while_the_window_is_english_opens_chinese_articles_and_says_so(panel, desk, qtbot):
    translator().set_language("en")
    try:
        panel.search.setText("被骗了")
        qtbot.keyClick(panel.search, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: tr("help.found_chinese") in words_in(panel))
        links(panel)[0].click()
        assert shown(panel) == article_text("after-a-fraud", "zh").title
        links(panel)[0].click()
        assert shown(panel) == article_text("complain", "zh").title, "what it leads on to stays Chinese"
        panel.home.click()
        assert shown(panel) == article_text("page-cost", "en").title
    finally:
        translator().set_language("zh")


def test_the_contents_lead_to_every_article_and_home_leads_back(panel, desk):
    panel.contents.click()
    names = [link.accessibleName() for link in links(panel)]
    assert len(names) == len(articles("zh"))
    assert all(any(one.title in name for name in names) for one in articles("zh"))
    links(panel)[3].click()
    panel.home.click()
    assert shown(panel) == article_text("page-cost", "zh").title


def test_the_computer_is_checked_where_it_can_be_watched(panel, desk, qtbot):
    panel.check.click()
    qtbot.waitUntil(lambda: tr("commands.doctor.disk.title") in words_in(panel))
    view = panel._scroll.widget()
    qtbot.waitUntil(view.look.isVisible, timeout=60_000)
    assert len(view._rows) == len(CHECKS)
    assert tr("help.checking") not in words_in(panel)
    mends = [link for link in links(panel) if link.text() == tr("help.mend")]
    if mends:
        mends[0].click()
        assert shown(panel) in {one.title for one in articles("zh")}


def test_leaving_while_it_looks_leaves_nothing_running(panel, desk, qtbot):
    panel.check.click()
    running = desk._running
    qtbot.waitUntil(lambda: tr("commands.doctor.program.title") in words_in(panel))
    panel.home.click()
    qtbot.waitUntil(lambda: running.settled, timeout=20_000)
    assert shown(panel) == article_text("page-cost", "zh").title


def test_the_program_ends_without_waiting_for_the_checks(panel, desk, qtbot):
    panel.check.click()
    qtbot.waitUntil(lambda: tr("commands.doctor.program.title") in words_in(panel))
    assert desk._operations.shutdown(wait_ms=5_000)


def test_the_language_changes_under_whatever_is_shown(panel, desk, qtbot):
    panel.contents.click()
    translator().set_language("en")
    desk.show_again()
    assert shown(panel) == "All articles"
    assert "Start here" in words_in(panel)


def test_an_article_is_there_within_150_ms(panel, desk):
    took = []
    for one in articles("zh"):
        started = time.perf_counter()
        desk.open(one.id)
        QApplication.processEvents()
        took.append(time.perf_counter() - started)
    assert statistics.median(took) < 0.15


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_article_prints_with_its_drawing_and_boxes_to_tick_by_pen(language, tmp_path, qtbot):
    translator().set_language(language)
    for name in ("self-check", "face-light"):
        shown, file = article_text(name, language), tmp_path / f"{name}.pdf"
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(file))
        article_document(shown).print_(printer)
        # Qt draws these letters as outlines: the words are asked of what is printed, the ink of the paper.
        said = article_document(shown).toPlainText()
        for line in (shown.title, *shown.paragraphs, shown.pictured, shown.reviewed):
            assert line.lstrip("#-* []") in said
        assert said.count("□") == sum(line.startswith("- [ ]") for line in shown.paragraphs)
        paper = pypdfium2.PdfDocument(file)
        assert len(paper) == 1
        page = paper[0].render(scale=0.5).to_numpy().min(axis=2)
        assert page.min() < 64
        inked = (page < 160).any(axis=1).nonzero()[0]
        assert 20 < inked[0] < len(page) / 5, "the title at the top"
        assert (page < 160).any(axis=1).sum() > 60, "lines all the way down"
        assert (page[:, :20] > 200).all(), "the margin"
        paper.close()


def test_the_way_to_paper_asks_for_a_printer(panel, qtbot):
    panel.show_article(article_text("self-check", "zh"))
    paper = next(link for link in links(panel) if link.text() == tr("help.print"))
    assert paper.accessibleName() == tr("help.print_name")
    paper.click()
    (dialog,) = panel.findChildren(QPrintDialog)
    dialog.reject()
    qtbot.waitUntil(lambda: not panel.findChildren(QPrintDialog))


def test_the_second_failure_of_a_kind_offers_the_checks_and_only_where_they_may_explain_it():
    count = FailureCount()
    assert [count.again(ErrorCode.CAMERA_BUSY) for _ in range(4)] == [False, True, False, False]
    assert not any(count.again(ErrorCode.CODE_WRONG) for _ in range(4))
    assert not count.again(ErrorCode.CAMERA_LOST)
