"""An article on paper: its title, its drawing, its text and the day it was last read, in black on white."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QImage,
    QPainter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtSvg import QSvgRenderer

from loanapp.resource_files import resource_path
from ui.documents.printing import print_document
from ui.translations import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.help_text import ShownArticle

_TITLE_PT, _HEADING_PT, _TEXT_PT = 18, 13, 11
_BELOW_PT: Final = 6
_INDENT_PT: Final = 14
_MARGIN_MM: Final = 20
_DRAWING: Final = QSize(320, 192)
_INK, _ACCENT = "#000000", "#444444"
# A box to tick with a pen, and a point.
_BOX, _POINT = "□  ", "·  "


def print_article(parent: "QWidget", shown: "ShownArticle") -> QPrintDialog:
    """Ask for the printer without blocking, then print."""
    return print_document(
        parent, shown.title, lambda printer: article_document(shown).print_(printer), margin_mm=_MARGIN_MM
    )


def article_document(shown: "ShownArticle") -> QTextDocument:
    """The article as it is printed."""
    document = QTextDocument()
    document.setDefaultFont(QGuiApplication.font())
    cursor = QTextCursor(document)
    _add(cursor, shown.title, _TITLE_PT, bold=True, first=True)
    if shown.drawing:
        cursor.insertBlock(_block())
        cursor.insertImage(_drawing(shown.drawing))
        _add(cursor, shown.pictured, _TEXT_PT)
    for paragraph in shown.paragraphs:
        if paragraph.startswith("#"):
            _add(cursor, paragraph.lstrip("# "), _HEADING_PT, bold=True)
        elif paragraph.startswith("- [ ] "):
            _add(cursor, _BOX + paragraph[len("- [ ] ") :], _TEXT_PT, indent=True)
        elif paragraph.startswith(("- ", "* ")):
            _add(cursor, _POINT + paragraph[2:], _TEXT_PT, indent=True)
        else:
            _add(cursor, paragraph, _TEXT_PT)
    _add(cursor, tr("help.printed", day=shown.reviewed), _TEXT_PT)
    return document


def _add(
    cursor: QTextCursor, text: str, size: int, *, bold: bool = False, indent: bool = False, first: bool = False
) -> None:
    letters = QTextCharFormat()
    letters.setFontPointSize(size)
    letters.setFontWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    letters.setForeground(Qt.GlobalColor.black)
    if first:
        cursor.setBlockFormat(_block())
    else:
        cursor.insertBlock(_block(indent=indent))
    cursor.insertText(text, letters)


def _block(*, indent: bool = False) -> QTextBlockFormat:
    block = QTextBlockFormat()
    block.setBottomMargin(_BELOW_PT)
    if indent:
        block.setLeftMargin(_INDENT_PT)
        block.setTextIndent(-_INDENT_PT)
    return block


def _drawing(name: str) -> QImage:
    svg = resource_path("help", "drawings", f"{name}.svg").read_text(encoding="utf-8")
    svg = svg.replace("currentColor", _INK).replace("#accent", _ACCENT)
    image = QImage(_DRAWING, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(image.rect()))
    painter.end()
    return image
