"""The reading view: real PDFs, rendered off the GUI thread, and how much of them has been seen."""

import pytest
import typst
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.documents.pdf_document import PdfDocument
from ui.documents.pdf_view import PdfView
from ui.messages import MessageBridge
from ui.operations import Operations


@pytest.fixture(scope="module")
def contract(tmp_path_factory) -> bytes:
    source = tmp_path_factory.mktemp("typst") / "paper.typ"
    pages = "\n#pagebreak()\n".join(f"= Part {n}\n#lorem(300)\n== Detail {n}\n#lorem(60)" for n in (1, 2, 3))
    source.write_text(pages, encoding="utf-8")
    return typst.compile(source, format="pdf")


@pytest.fixture
def operations():
    operations = Operations(MessageBridge())
    yield operations
    assert operations.shutdown()


@pytest.fixture
def view(qtbot, operations, contract):
    view = PdfView(operations.run)
    qtbot.addWidget(view)
    view.resize(600, 700)
    view.show()
    with qtbot.waitSignal(view.opened):
        view.open(contract)
    qtbot.waitUntil(lambda: view.is_painted)
    return view


def test_opens_with_pages_and_headings(view):
    assert view.page_count == 3
    assert [entry.title for entry in view.outline][:3] == ["Part 1", "Detail 1", "Part 2"]
    assert [entry.level for entry in view.outline][:2] == [0, 1]
    assert "Lorem ipsum" in view.page_text(0)


def test_the_page_is_painted_sharp_and_not_blank(view, qtbot):
    def colours():
        picture = view.viewport().grab().toImage()
        # Some lines of text, wherever the sheet of styles puts them.
        return {picture.pixelColor(x, y).name() for y in range(150, 300, 5) for x in range(40, 560, 2)}

    qtbot.waitUntil(lambda: len(colours()) > 3)


def test_read_share_grows_to_the_end_and_never_shrinks(view, qtbot):
    first = view.read_share
    assert 0 < first < 1
    assert not view.end_reached
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.end_reached
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.end_reached
    assert view.verticalScrollBar().value() == 0


def test_headings_are_jumped_to_and_followed(view):
    target = view.outline[2]
    view.go_to(target)
    assert view.outline[view.current_entry()].title == target.title


def test_zoom_renders_again_at_the_new_size(view, qtbot):
    before = view.verticalScrollBar().maximum()
    view.zoom_in()
    assert view.zoom == pytest.approx(1.25)
    assert view.verticalScrollBar().maximum() > before
    qtbot.waitUntil(lambda: view.is_painted)
    for _ in range(10):
        view.zoom_out()
    assert view.zoom == pytest.approx(0.5)


def test_what_is_no_pdf_is_told_apart(qtbot, operations):
    view = PdfView(operations.run)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.failed) as failed:
        view.open(b"not a pdf")
    assert isinstance(failed.args[0], LoanAppError)
    assert failed.args[0].code is ErrorCode.LENDER_ANSWER_UNREADABLE
    assert view.page_count == 0


def test_closing_forgets_the_document(view):
    view.close_document()
    assert view.page_count == 0
    assert view.read_share == 0
    assert view.viewport().grab().toImage().pixelColor(QPoint(300, 300)) != QColor("white")


def test_a_closed_document_renders_nothing(contract):
    document = PdfDocument(contract)
    document.close()
    document.close()
    assert document.render(0, 1.0).image.isNull()
    assert document.text(0) == ""


def test_words_are_found_over_the_ends_of_lines_marked_and_gone_through(view, qtbot):
    with qtbot.waitSignal(view.found_changed):
        view.look_for("detail 2")
    assert view.found == (0, 1)
    here = view.verticalScrollBar().value()
    assert here > view.viewport().height()
    marked = view.viewport().grab().toImage()
    with qtbot.waitSignal(view.found_changed):
        view.look_for("")
    assert view.found == (0, 0)
    assert view.viewport().grab().toImage() != marked
    assert view.verticalScrollBar().value() == here
    with qtbot.waitSignal(view.found_changed):
        view.look_for("DETAIL")
    assert view.found == (0, 3)
    view.look_at_found(3)
    assert view.found == (0, 3)
    view.look_at_found(-1)
    assert view.found == (2, 3)


def test_what_runs_over_two_lines_is_one_place_with_two_boxes(contract):
    document = PdfDocument(contract)
    whole = document.text(0)
    lines = [line.strip() for line in whole.splitlines() if line.strip()]
    over = f"{lines[2].split()[-1]} {lines[3].split()[0]}"
    assert any(len(place.boxes) == 2 for place in document.find(over))
    document.close()
    assert document.find(over) == ()


def test_every_page_is_printed(view, tmp_path):
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    view.print_on(printer)
    printed = PdfDocument((tmp_path / "printed.pdf").read_bytes())
    assert len(printed.sizes) == view.page_count
    image = printed.render(2, 1.0).image
    assert len({image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(60, 300, 3)}) > 2
    printed.close()
