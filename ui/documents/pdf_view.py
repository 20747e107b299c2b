"""Pages one under another, painted at the screen's own resolution, with how much has been read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QWidget

from loanapp.domain.errors import LoanAppError
from ui.documents.flowing_text import flowing
from ui.documents.pdf_document import FoundPlace, OutlineEntry, PdfDocument, RenderedPage
from ui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_GAP: Final = 16
# White margins at both sides, as a share of the page: they may lie outside the view, so that the text is larger.
_TRIM: Final = 0.07
_ZOOM_STEPS: Final = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)
_SETTLE_MS: Final = 60
_POINTS_AN_INCH: Final = 72
_END_TOLERANCE_PX: Final = 24
_FOUND_ALPHA: Final = 60
_PRINTED_DOTS_AN_INCH: Final = 200


class Runner(Protocol):
    """Runs work off the GUI thread and hands back what it gave (``ui.operations``)."""

    def __call__(
        self,
        work: Callable[[], object],
        on_done: Callable[[object], None],
        on_error: Callable[[LoanAppError], None],
    ) -> object:
        """Start ``work``; exactly one of the two callbacks follows in the GUI thread."""
        ...


class PdfView(QAbstractScrollArea):
    """A document to read: scroll, zoom, jump to a heading; tells how much of it has come past the eye."""

    opened = Signal()
    failed = Signal(LoanAppError)
    read_changed = Signal(float)
    zoom_changed = Signal(float)
    found_changed = Signal()

    def __init__(self, run: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._document: PdfDocument | None = None
        self._rendered: dict[int, RenderedPage] = {}
        self._asked: set[tuple[int, float]] = set()
        self._zoom = 1.0
        self._read = 0.0
        self._generation = 0
        self._found: tuple[FoundPlace, ...] = ()
        self._found_at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("reading", "true")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 140)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        # Pages are fitted to the width: a bar that came and went would change their height, and come and go for ever.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._render_visible)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # what is shown

    def open(self, data: bytes) -> None:
        """Show another document; ``opened`` or ``failed`` follows."""
        self.close_document()
        generation = self._generation

        def done(document: object) -> None:
            if not isinstance(document, PdfDocument):
                return
            if generation != self._generation:
                document.close()
                return
            self._document = document
            self._lay_out()
            self.verticalScrollBar().setValue(0)
            self._scrolled()
            self.opened.emit()

        self._run(lambda: PdfDocument(data), done, self.failed.emit)

    def close_document(self) -> None:
        """Forget the document and its pictures."""
        self._generation += 1
        self._settle.stop()
        if self._document is not None:
            self._document.close()
        self._document = None
        self._rendered.clear()
        self._asked.clear()
        self._read = 0.0
        self._found = ()
        self.viewport().update()

    @property
    def page_count(self) -> int:
        """How many pages; 0 while nothing is open."""
        return len(self._document.sizes) if self._document else 0

    @property
    def outline(self) -> tuple[OutlineEntry, ...]:
        """The document's headings."""
        return self._document.outline if self._document else ()

    @property
    def read_share(self) -> float:
        """How much has been on screen so far, 0 to 1; never goes down."""
        return self._read

    @property
    def end_reached(self) -> bool:
        """Whether the last line has been on screen."""
        return self._read >= 1.0

    @property
    def is_painted(self) -> bool:
        """Whether every page now in view shows its final picture."""
        if self._document is None:
            return False
        scale = self._scale_device()
        return all(
            number in self._rendered and self._rendered[number].scale == scale for number in self._visible_pages()
        )

    def page_text(self, number: int) -> str:
        """The words of a page; empty while nothing is open."""
        return self._document.text(number) if self._document else ""

    def words(self) -> str:
        """The words of the whole document, in paragraphs; to be called in a worker."""
        document = self._document
        pages = range(len(document.sizes)) if document else ()
        return "\n\n".join(flowing(document.text(number)) for number in pages) if document else ""

    # looking for words

    def look_for(self, words: str) -> None:
        """Mark every place of ``words`` and bring the first to the eye; ``found_changed`` follows."""
        document, generation = self._document, self._generation
        if document is None:
            return

        def done(found: object) -> None:
            if generation == self._generation and isinstance(found, tuple):
                self._found = found
                self.look_at_found(0)

        self._run(lambda: document.find(words), done, self.failed.emit)

    def look_at_found(self, place: int) -> None:
        """Bring the place with this number to the eye; after the last comes the first again."""
        self._found_at = place % len(self._found) if self._found else 0
        if self._found:
            found = self._found[self._found_at]
            scale = self._scale_logical(found.page)
            top = self._page_rect(found.page).top() + found.boxes[0][1] * scale if found.boxes else 0.0
            self.verticalScrollBar().setValue(round(top - self.viewport().height() / 4))
        self.viewport().update()
        self.found_changed.emit()

    @property
    def found(self) -> tuple[int, int]:
        """The number of the place looked at, from 0, and how many there are."""
        return self._found_at, len(self._found)

    def _paint_found(self, painter: QPainter, number: int, place: QRectF) -> None:
        scale, accent = self._scale_logical(number), theme().colour("accent")
        for index, found in enumerate(self._found):
            if found.page != number:
                continue
            here = index == self._found_at
            painter.setPen(QPen(accent, 2) if here else Qt.PenStyle.NoPen)
            ground = QColor(accent)
            ground.setAlpha(_FOUND_ALPHA)
            painter.setBrush(ground)
            for left, top, right, bottom in found.boxes:
                box = QRectF(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale)
                painter.drawRect(box.translated(place.topLeft()).adjusted(-2, -2, 2, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def print_on(self, printer: "QPrinter") -> None:
        """Every page on a sheet of paper, as large as fits."""
        document = self._document
        if document is None:
            return
        painter = QPainter(printer)
        room = QRectF(printer.pageLayout().paintRectPixels(printer.resolution()))
        room.moveTo(0, 0)
        for number in range(self.page_count):
            if number:
                printer.newPage()
            image = document.render(number, _PRINTED_DOTS_AN_INCH / _POINTS_AN_INCH).image
            size = QSizeF(image.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRectF(QPointF((room.width() - size.width()) / 2, 0), size), image)
        painter.end()

    # zoom and place

    @property
    def zoom(self) -> float:
        """1.0 fits the width of the text to the view."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Magnify; the middle of the view stays where it is."""
        zoom = min(_ZOOM_STEPS[-1], max(_ZOOM_STEPS[0], zoom))
        if zoom == self._zoom:
            return
        bar = self.verticalScrollBar()
        whole = max(1, self._total_height())
        middle = (bar.value() + self.viewport().height() / 2) / whole
        self._zoom = zoom
        self._lay_out()
        bar.setValue(round(middle * self._total_height() - self.viewport().height() / 2))
        self.zoom_changed.emit(zoom)

    def zoom_in(self) -> None:
        """One step larger."""
        self.set_zoom(next((step for step in _ZOOM_STEPS if step > self._zoom + 0.01), _ZOOM_STEPS[-1]))

    def zoom_out(self) -> None:
        """One step smaller."""
        self.set_zoom(next((step for step in reversed(_ZOOM_STEPS) if step < self._zoom - 0.01), _ZOOM_STEPS[0]))

    def go_to(self, entry: OutlineEntry) -> None:
        """Bring a heading to the top of the view."""
        if self._document is not None:
            top = self._page_rect(entry.page).top() + entry.top * self._scale_logical(entry.page) - _GAP
            self.verticalScrollBar().setValue(round(top))

    def current_entry(self) -> int:
        """The index in ``outline`` of the heading being read, or -1."""
        if self._document is None:
            return -1
        eye = self.verticalScrollBar().value() + self.viewport().height() * 0.3
        found = -1
        for place, entry in enumerate(self.outline):
            if self._page_rect(entry.page).top() + entry.top * self._scale_logical(entry.page) <= eye:
                found = place
        return found

    # geometry: all pages are fitted to one width

    def sizeHint(self) -> QSize:
        """A sheet of paper's worth."""
        return QSize(560, 640)

    def _page_width(self) -> float:
        return max(80.0, (self.viewport().width() - 2 * _GAP)) * self._zoom / (1 - 2 * _TRIM)

    def _text_width(self) -> float:
        """The width that has to be in sight: the page without most of its white margins."""
        return self._page_width() * (1 - 2 * _TRIM)

    def _scale_logical(self, number: int) -> float:
        if self._document is None:
            return 1.0
        return float(self._page_width() / self._document.sizes[number][0])

    def _scale_device(self) -> float:
        return round(self._scale_logical(0) * self.devicePixelRatioF(), 4)

    def _page_rect(self, number: int) -> QRectF:
        if self._document is None:
            return QRectF()
        top = float(_GAP)
        for before in range(number):
            top += self._document.sizes[before][1] * self._scale_logical(before) + _GAP
        width = self._page_width()
        height = self._document.sizes[number][1] * self._scale_logical(number)
        fits = self._text_width() + 2 * _GAP <= self.viewport().width()
        left = (self.viewport().width() - width) / 2 if fits else _GAP - _TRIM * width
        return QRectF(left, top, width, height)

    def _total_height(self) -> int:
        return round(self._page_rect(self.page_count - 1).bottom() + _GAP) if self.page_count else 0

    def _lay_out(self) -> None:
        view = self.viewport().size()
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setRange(0, max(0, self._total_height() - view.height()))
        vertical.setPageStep(view.height())
        vertical.setSingleStep(40)
        horizontal.setRange(0, max(0, round(self._text_width() + 2 * _GAP) - view.width()))
        horizontal.setPageStep(view.width())
        self._settle.start()
        self.viewport().update()

    def _visible_pages(self) -> list[int]:
        top = self.verticalScrollBar().value()
        window = QRectF(0, top, 1e6, self.viewport().height())
        return [number for number in range(self.page_count) if self._page_rect(number).intersects(window)]

    # events

    def event(self, event: QEvent) -> bool:
        """Draw the pages anew for a screen of another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again, staying at the same place in the text."""
        bar = self.verticalScrollBar()
        place = bar.value() / bar.maximum() if bar.maximum() else 0.0
        super().resizeEvent(event)
        self._lay_out()
        bar.setValue(round(place * bar.maximum()))
        if self._document is not None:
            self._scrolled()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Control and the wheel zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            (self.zoom_in if event.angleDelta().y() > 0 else self.zoom_out)()
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home, End, Space and the plus and minus keys beside what a scroll area knows."""
        bar = self.verticalScrollBar()
        moves: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Home: lambda: bar.setValue(bar.minimum()),
            Qt.Key.Key_End: lambda: bar.setValue(bar.maximum()),
            Qt.Key.Key_Space: lambda: bar.setValue(bar.value() + bar.pageStep() - 40),
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
        }
        if move := moves.get(event.key()):
            move()
            event.accept()
            return
        super().keyPressEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: ARG002 - Qt's signature
        """Repaint: the pages are painted, not moved."""
        self.viewport().update()

    def _scrolled(self) -> None:
        self._settle.start()
        total = self._total_height()
        if not total or not self.isVisible():
            return
        seen = self.verticalScrollBar().value() + self.viewport().height() + _END_TOLERANCE_PX
        share = min(1.0, seen / total)
        if share > self._read:
            self._read = share
            self.read_changed.emit(share)

    def showEvent(self, event: QShowEvent) -> None:
        """What is in view when the page appears counts as read."""
        super().showEvent(event)
        self._scrolled()

    # painting

    def _render_visible(self) -> None:
        document = self._document
        if document is None:
            return
        scale = self._scale_device()
        visible = self._visible_pages()
        wanted = [*visible, *(number + 1 for number in visible[-1:] if number + 1 < self.page_count)]
        self._rendered = {number: page for number, page in self._rendered.items() if number in wanted}
        for number in wanted:
            page = self._rendered.get(number)
            if (page and page.scale == scale) or (number, scale) in self._asked:
                continue
            self._asked.add((number, scale))
            generation = self._generation

            def work(number: int = number) -> RenderedPage:
                # Every page is fitted to one width; the first page's scale names the generation of pictures.
                own = scale * self._share_of_first(document, number)
                return RenderedPage(number, scale, document.render(number, own).image)

            def done(page: object, generation: int = generation) -> None:
                if isinstance(page, RenderedPage) and generation == self._generation:
                    self._asked.discard((page.number, page.scale))
                    self._rendered[page.number] = page
                    self.viewport().update()

            self._run(work, done, self.failed.emit)

    @staticmethod
    def _share_of_first(document: PdfDocument, number: int) -> float:
        return float(document.sizes[0][0] / document.sizes[number][0])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Sheets on the desk; a page not ready yet is blank paper."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.viewport().rect(), theme().colour("sunken"))
        offset = QPointF(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        for number in self._visible_pages():
            place = self._page_rect(number).translated(offset)
            painter.fillRect(place, Qt.GlobalColor.white)
            page = self._rendered.get(number)
            if page is not None and not page.image.isNull():
                self._paint_page(painter, place, page.image)
            self._paint_found(painter, number, place)
            painter.setPen(QPen(theme().colour("line"), 1))
            painter.drawRect(place)
        painter.end()

    def _paint_page(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        exact = abs(image.width() - place.width() * ratio) < 2
        if exact:
            image = QImage(image)
            image.setDevicePixelRatio(ratio)
            painter.drawImage(QPoint(round(place.x()), round(place.y())), image)
        else:
            painter.drawImage(place, image, QRectF(QRect(QPoint(0, 0), image.size())))
