"""The contract in the middle, its contents at the left, the terms that matter at the right, each explained."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from loanapp.client.answers import Application
from loanapp.journey.pages import Page
from ui.announce import announce
from ui.components import ContentsEntry, IconView, QuietButton, SentenceLink, Skeleton, label
from ui.components.labels import set_role
from ui.documents.find_bar import FindBar
from ui.documents.key_terms import KeyTerms, key_terms
from ui.documents.pdf_view import PdfView
from ui.documents.reading_text import ReadingText
from ui.pages.offer_later import LaterLink
from ui.pages.page import JourneyPage
from ui.pages.save_contract import save_contract
from ui.reader_language import tell_language
from ui.safe_moment import Moment, SafeMoment, before
from ui.translations import tr

_CONTENTS: Final = 196
_TERMS: Final = 216
_RING: Final = 4  # the lines on both sides of a column that can have the focus
_ROOM_FOR_CONTENTS: Final = 1060
_ROOM_FOR_WORDS: Final = 630


class ContractPage(JourneyPage):
    """What is signed is what is shown here: the bytes the guard has checked."""

    page_id = Page.CONTRACT
    wide = True
    scrolls = False

    def build(self) -> None:
        """Three columns, and a bar that says how much has been read."""
        self._pdf: bytes | None = None
        self._text_read = False
        self.scaffold.simulated.show()
        self.scaffold.back.hide()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._make_contents())
        row.addLayout(self._make_document(), 1)
        row.addWidget(self._make_terms())
        self.scaffold.body.addLayout(row, 1)
        self.scaffold.aside.clicked.connect(self._save)
        self.scaffold.aside.setEnabled(False)
        self.scaffold.aside.show()
        self.later = LaterLink(self)
        self._follow_scale()

    def _make_contents(self) -> QWidget:
        self._contents_area, self._contents = self._side_column()
        self._contents_title = label("", "strong")
        self._contents.addWidget(self._contents_title)
        self._contents.addStretch(1)
        self._entries: list[QPushButton] = []
        return self._contents_area

    def _make_document(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        self._read_bar = QProgressBar()
        self._read_bar.setTextVisible(False)
        self._read_bar.setRange(0, 100)
        self._read_word = label("", "small", wrap=False)
        self._zoom_out, self._zoom_in = QuietButton("−"), QuietButton("+")
        self.as_text = QuietButton()
        self.as_text.clicked.connect(self._change_form)
        self.find_button, self.print_button = QuietButton(), QuietButton()
        self.find_button.clicked.connect(self._open_find)
        self.print_button.clicked.connect(self._print)
        tools.addWidget(self._read_bar, 1)
        tools.addWidget(self._read_word)
        tools.addWidget(self._zoom_out)
        tools.addWidget(self._zoom_in)
        for button in (self.as_text, self.find_button, self.print_button):
            tools.addWidget(button)
        column.addWidget(self._tools)
        self.find_bar = FindBar()
        self.find_bar.wanted.connect(self._look_for)
        self.find_bar.stepped.connect(self._step_found)
        self.find_bar.closed.connect(self._close_find)
        column.addWidget(self.find_bar)
        self.view = PdfView(self.context.operations.run)
        column.addWidget(self.view, 1)
        self.text = self._make_text()
        # What is signed is Chinese, whatever the language of the page.
        for paper in (self.view, self.text):
            tell_language(paper, "zh")
        column.addWidget(self.text, 1)
        self._skeleton = Skeleton()
        self._skeleton.hide()
        column.addWidget(self._skeleton, 0, Qt.AlignmentFlag.AlignTop)
        self._zoom_in.clicked.connect(self.view.zoom_in)
        self._zoom_out.clicked.connect(self.view.zoom_out)
        self.view.opened.connect(self._opened)
        self.view.found_changed.connect(lambda: self.find_bar.tell(*self.view.found))
        self.view.failed.connect(self.show_problem)
        self.view.read_changed.connect(lambda _share: self._follow())
        self.view.verticalScrollBar().valueChanged.connect(lambda _value: self._mark_entry())
        return column

    def _make_text(self) -> ReadingText:
        """The same words to be read by a screen reader, or in any size; hidden until they are asked for."""
        text = ReadingText()
        text.verticalScrollBar().valueChanged.connect(lambda _: self._text_scrolled())
        text.verticalScrollBar().rangeChanged.connect(lambda *_: self._text_scrolled())
        text.hide()
        return text

    def _make_terms(self) -> QWidget:
        self._terms_area, terms = self._side_column()
        self._terms_title, self._terms_plainly = label("", "strong"), label("", "small")
        terms.addWidget(self._terms_title)
        terms.addWidget(self._terms_plainly)
        self.told = SentenceLink()
        self.told.clicked.connect(lambda: SafeMoment(self, self.context, Moment.SIGNING).open())
        self.texts.bind(self.told.setText, "safe_moment.asked")
        terms.addWidget(self.told)
        self.key_terms = KeyTerms()
        self.key_terms.changed.connect(self._term_answered)
        self._terms_of = ""
        terms.addWidget(self.key_terms)
        terms.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconView("done", "done", 18), 0, Qt.AlignmentFlag.AlignTop)
        self._checked = label("", "small")
        row.addWidget(self._checked, 1)
        terms.addLayout(row)
        terms.addStretch(1)
        return self._terms_area

    def _term_answered(self) -> None:
        self._follow()
        following = self.key_terms.next_unanswered()
        if following is not None:
            self._terms_area.ensureWidgetVisible(following, 0, 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the document has it: the contents make way."""
        super().resizeEvent(event)
        self._fit_contents()

    def _fit_contents(self) -> None:
        room = self.width() * 100 / self.context.theme.scale
        self._contents_area.setVisible(bool(self._entries) and room >= _ROOM_FOR_CONTENTS)
        self._name_tools(short=room < _ROOM_FOR_WORDS)

    def _name_tools(self, *, short: bool) -> None:
        """Words on the buttons, or where there is no room for them a picture of what they do."""
        self._read_bar.setHidden(short)
        self._tools.setHidden(short and not self.find_bar.isHidden())
        self.find_bar.set_short(short=short)
        standard = QKeySequence.StandardKey
        for button, name, keys in (
            (self.find_button, "find", standard.Find),
            (self.print_button, "print", standard.Print),
        ):
            words = tr(f"contract.{name}")
            button.setText("" if short else words)
            button.set_icon_name(name if short else "")
            button.setAccessibleName(words)
            button.setToolTip(f"{words} · {_keys(keys)}" if short else _keys(keys))

    def _side_column(self) -> tuple[QScrollArea, QVBoxLayout]:
        area = QScrollArea()
        area.setProperty("reading", "true")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(4, 2, 8, 2)
        column.setSpacing(6)
        area.setWidget(holder)
        return area, column

    def _follow_scale(self) -> None:
        for area, widest in ((self._contents_area, _CONTENTS), (self._terms_area, _TERMS)):
            # Never narrower than its longest word, however large the text.
            bar = area.verticalScrollBar().sizeHint().width()
            least = area.widget().minimumSizeHint().width() + bar + _RING
            area.setMinimumWidth(max(least, self.context.theme.px(widest * 0.8)))
            area.setMaximumWidth(max(least, self.context.theme.px(widest)))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LanguageChange) and hasattr(self, "_terms_area"):
            QTimer.singleShot(0, self, self._follow_scale)

    # what happens

    def load(self) -> None:
        """Fetch the contract, checked by the guard, and open it."""
        self._pdf = None
        self._forget_text()
        self._follow()
        self._show_terms()
        self.later.refresh()
        self.fetch(self.journey.contract_pdf, self._came)

    def leave(self) -> None:
        """Close the document: no copy stays in memory, and none that is on its way comes into it."""
        super().leave()
        self.view.close_document()
        self._forget_text()
        self._pdf = None

    def show_skeleton(self, *, shown: bool) -> None:
        """In the place of the document."""
        self._skeleton.setVisible(shown)
        self.view.setHidden(shown or not self.text.isHidden())

    def focus_first(self) -> None:
        """The document, so that the keys read it."""
        (self.view if self.text.isHidden() else self.text).setFocus()

    def _forget_text(self) -> None:
        self._text_read = False
        self.text.clear()
        self._show_find(shown=False)
        for button in (self.as_text, self.find_button, self.print_button):
            button.setEnabled(False)

    def _change_form(self) -> None:
        """From the sheets to their words, or back; the focus goes along."""
        plain = self.text.isHidden()
        self._show_find(shown=False)
        self.view.look_for("")
        self.text.setVisible(plain)
        for widget in (self.view, self._zoom_in, self._zoom_out):
            widget.setHidden(plain)
        if plain and not self.text.toPlainText():
            self._fetch_text()
        self._name_forms()
        self.focus_first()

    # looking for words, and paper

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Control and F look for words, Control and P print."""
        if event.matches(QKeySequence.StandardKey.Find) and self.find_button.isEnabled():
            self._open_find()
        elif event.matches(QKeySequence.StandardKey.Print) and self.print_button.isEnabled():
            self._print()
        else:
            super().keyPressEvent(event)

    def _open_find(self) -> None:
        self._show_find(shown=True)

    def _show_find(self, *, shown: bool) -> None:
        """Where there is little room, it stands in the place of the other buttons."""
        if shown:
            self.find_bar.open()
        else:
            self.find_bar.hide()
        self._fit_contents()

    def _close_find(self) -> None:
        self._show_find(shown=False)
        self.view.look_for("")
        self.focus_first()

    def _look_for(self, words: str) -> None:
        if self.text.isHidden():
            self.view.look_for(words)
        else:
            self.find_bar.tell(*self.text.look_for(words))

    def _step_found(self, by: int) -> None:
        if self.text.isHidden():
            self.view.look_at_found(self.view.found[0] + by)
        else:
            self.find_bar.tell(*self.text.step(by))

    def _print(self) -> None:
        from ui.documents.printing import print_document

        print_document(self, tr("contract.document"), self.view.print_on)

    def _fetch_text(self) -> None:
        self.context.operations.run(self.view.words, self._show_text, busy=self)

    def _show_text(self, words: str) -> None:
        self.text.setPlainText(words)
        self.focus_first()
        announce(self.text, tr("contract.text_ready"))

    def _text_scrolled(self) -> None:
        bar = self.text.verticalScrollBar()
        if self.text.isVisible() and self.text.toPlainText() and bar.value() >= bar.maximum():
            self._text_read = True
        self._follow()

    def missing(self) -> list[str]:
        """The end has to come into sight, and every key term to be answered, before signing is offered."""
        if self._pdf is None or not self.view.page_count:
            return [tr("contract.loading")]
        if not (self.view.end_reached or self._text_read):
            return [tr("contract.read_first_hint")]
        return [tr("contract.terms_left", count=self.key_terms.left)] if self.key_terms.left else []

    def proceed(self) -> None:
        """On to signing, once nobody else is at this computer."""
        if self.complete:
            before(self, self.context, Moment.SIGNING, lambda: self.done(self.journey.contract_read()), self)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """The action also waits for the reading."""
        super().set_busy(busy)
        self._follow()

    def _came(self, pdf: bytes) -> None:
        self._pdf = pdf
        self.scaffold.aside.setEnabled(True)
        self.view.open(pdf)

    def _opened(self) -> None:
        for button in self._entries:
            button.hide()
            button.deleteLater()
        self._entries = []
        for entry in self.view.outline:
            button = ContentsEntry(entry.title)
            button.clicked.connect(lambda _=False, entry=entry: self.view.go_to(entry))
            self._contents.insertWidget(self._contents.count() - 1, button)
            tell_language(button, "zh")
            self._entries.append(button)
        self._name_pages()
        self._fit_contents()
        self._follow_scale()
        self._mark_entry()
        for button in (self.as_text, self.find_button, self.print_button):
            button.setEnabled(True)
        if not self.text.isHidden():
            self._fetch_text()
        self._follow()
        self.focus_first()

    def _name_pages(self) -> None:
        for button, entry in zip(self._entries, self.view.outline, strict=False):
            button.setToolTip(f"{entry.title}, {tr('contract.contents.page', count=entry.page + 1)}")

    def _mark_entry(self) -> None:
        current = self.view.current_entry()
        for place, button in enumerate(self._entries):
            set_role(button, "state", "current" if place == current else "")

    def _follow(self) -> None:
        percent_read = 100 if self._text_read else int(self.view.read_share * 100)
        self._read_bar.setValue(percent_read)
        self._read_word.setText(tr("contract.read", percent=percent_read))
        self._read_bar.setAccessibleName(self._read_word.text())
        missing = self.missing()
        ready = not missing and not self.busy
        if ready and not self.scaffold.primary.isEnabled():
            self.tell_can_go_on()
        self.scaffold.primary.setEnabled(ready)
        self.scaffold.set_note(missing[0] if missing and not self.load_failed else "")

    def _save(self) -> None:
        if self._pdf is not None:
            application = self._application()
            number = application.contract.number if application and application.contract else ""
            save_contract(self, self._pdf, number)

    # words

    def retranslate(self) -> None:
        """Change the words; the document stays as it is."""
        super().retranslate()
        self._contents_title.setText(tr("contract.contents"))
        self._contents_area.setAccessibleName(tr("contract.contents"))
        self._terms_area.setAccessibleName(tr("contract.terms"))
        self.scaffold.aside.setText(tr("contract.save"))
        for button, name in ((self._zoom_in, "zoom_in"), (self._zoom_out, "zoom_out")):
            button.setToolTip(tr(f"contract.{name}"))
            button.setAccessibleName(tr(f"contract.{name}"))
        self.view.setAccessibleName(tr("contract.document"))
        self.view.setAccessibleDescription(tr("contract.document_hint"))
        self.text.setAccessibleName(tr("contract.text_document"))
        self._fit_contents()
        self._name_forms()
        self._name_pages()
        self._show_terms()
        self._follow()

    def _name_forms(self) -> None:
        self.as_text.setText(tr("contract.as_text" if self.text.isHidden() else "contract.as_sheets"))
        self.as_text.setToolTip(tr("contract.as_text_hint"))
        self.as_text.setAccessibleDescription(tr("contract.as_text_hint"))

    def _application(self) -> Application | None:
        return self.context.journey.application if self.context.journey else None

    def _show_terms(self) -> None:
        application = self._application()
        texts = key_terms(application, application.offer) if application and application.offer else []
        self.key_terms.say(texts)
        number = application.contract.number if application and application.contract else ""
        if number != self._terms_of:
            self._terms_of = number
            self.key_terms.forget()
        self._terms_title.setText(tr("contract.terms"))
        self._terms_plainly.setText(tr("contract.plainly"))
        self._checked.setText(tr("contract.checked"))
        self._terms_area.widget().setVisible(bool(texts))
        self._follow_scale()


def _keys(standard: QKeySequence.StandardKey) -> str:
    """The keys of this system, as they stand on them."""
    return QKeySequence(standard).toString(QKeySequence.SequenceFormat.NativeText)
