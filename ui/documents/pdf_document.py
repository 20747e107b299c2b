"""PDFium behind one lock: it may be called from any thread, but only from one at a time."""

from dataclasses import dataclass

import pypdfium2
from PySide6.QtGui import QImage

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.proof.contract_facts import PDFIUM_LOCK as _LOCK


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading of the document: its text, how deep, the page (from 0) and how far down it (points from the top)."""

    title: str
    level: int
    page: int
    top: float


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """One page as a picture at ``scale`` device pixels a point."""

    number: int
    scale: float
    image: QImage


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Words that were looked for: the page (from 0) and where they stand, in points from its upper left corner.

    ``boxes``: left, top, right, bottom; one for each line they run over.
    """

    page: int
    boxes: tuple[tuple[float, float, float, float], ...]


class PdfDocument:
    """A PDF in memory; every method may be called from a worker and blocks while another one works.

    ``sizes`` are the pages' width and height in points. Raises :class:`LoanAppError` with
    ``LENDER_ANSWER_UNREADABLE`` when the bytes are no PDF that can be shown.
    """

    def __init__(self, data: bytes) -> None:
        with _LOCK:
            try:
                self._document = pypdfium2.PdfDocument(data)
                self.sizes = tuple(self._document.get_page_size(number) for number in range(len(self._document)))
                self.outline = tuple(self._read_outline())
            except pypdfium2.PdfiumError as error:
                raise LoanAppError(ErrorCode.LENDER_ANSWER_UNREADABLE) from error
        self._closed = False

    def _read_outline(self) -> list[OutlineEntry]:
        entries = []
        for bookmark in self._document.get_toc(max_depth=2):
            target = bookmark.get_dest()
            page = target.get_index() if target else None
            if target is None or page is None:
                continue
            # A destination is (left, top, zoom) in points from the lower left corner; other modes mean the whole page.
            _mode, view = target.get_view()
            height = self.sizes[page][1]
            top = height - view[1] if len(view) > 1 and view[1] else 0.0
            entries.append(OutlineEntry(bookmark.get_title(), bookmark.level, page, max(0.0, top)))
        return entries

    def render(self, number: int, scale: float) -> RenderedPage:
        """Paint a page at ``scale`` device pixels a point."""
        with _LOCK:
            if self._closed:
                return RenderedPage(number, scale, QImage())
            page = self._document[number]
            bitmap = page.render(scale=scale)
            shape = QImage.Format.Format_BGR888 if bitmap.n_channels == 3 else QImage.Format.Format_RGB32
            image = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, shape).copy()
            bitmap.close()
            page.close()
        return RenderedPage(number, scale, image)

    def text(self, number: int) -> str:
        """The words of a page, for reading aloud and for tests."""
        with _LOCK:
            if self._closed:
                return ""
            page = self._document[number]
            text_page = page.get_textpage()
            words = text_page.get_text_bounded()
            text_page.close()
            page.close()
        return str(words)

    def find(self, words: str) -> tuple[FoundPlace, ...]:
        """Every place of ``words``, from the first page on; spaces, line ends and capitals make no difference."""
        wanted = "".join(words.split()).casefold()
        with _LOCK:
            if self._closed or not wanted:
                return ()
            return tuple(place for number in range(len(self.sizes)) for place in self._find_on(number, wanted))

    def _find_on(self, number: int, wanted: str) -> list[FoundPlace]:
        page = self._document[number]
        text_page = page.get_textpage()
        height = self.sizes[number][1]
        # One character for each of PDFium's, so that places in the one are places in the other.
        letters = [text_page.get_text_range(place, 1) for place in range(text_page.count_chars())]
        kept = [(place, letter.casefold()) for place, letter in enumerate(letters) if letter.strip()]
        run, spots = "", []
        for place, letter in kept:
            run += letter
            spots += [place] * len(letter)
        found, start = [], run.find(wanted)
        while start >= 0:
            first, last = spots[start], spots[start + len(wanted) - 1]
            rectangles = (text_page.get_rect(one) for one in range(text_page.count_rects(first, last - first + 1)))
            boxes = tuple((left, height - top, right, height - bottom) for left, bottom, right, top in rectangles)
            found.append(FoundPlace(number, boxes))
            start = run.find(wanted, start + len(wanted))
        text_page.close()
        page.close()
        return found

    def close(self) -> None:
        """Free PDFium's memory; rendering afterwards gives an empty picture."""
        with _LOCK:
            if not self._closed:
                self._closed = True
                self._document.close()
