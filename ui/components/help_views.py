"""What the help panel shows: an article, a list of articles under headings, the checks of the computer."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.components.buttons import LinkButton
from ui.components.icons import IconView
from ui.components.labels import empty, label, let_go
from ui.theme import theme
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.help.diagnosis import Check
    from ui.help_text import ShownArticle

Open = Callable[[str], object]
# A heading and its articles, as id and title.
Listed = tuple[str, Sequence[tuple[str, str]]]

_ICON: Final = 18
_ICONS: Final = {
    "running": ("running", "muted"),
    "good": ("done", "done"),
    "warning": ("look", "look"),
    "bad": ("stop", "stop"),
    "not_looked_at": ("info", "muted"),
}


def _view() -> tuple[QWidget, QVBoxLayout]:
    view = QWidget()
    box = QVBoxLayout(view)
    box.setContentsMargins(4, 2, 12, 12)
    box.setSpacing(10)
    return view, box


def article_view(shown: "ShownArticle", open_article: Open, print_article: Callable[[], object]) -> QWidget:
    """An article: a paragraph that starts with ``#`` is a heading, ``- [ ] `` is to be ticked off, ``- `` a point."""
    view, box = _view()
    box.addWidget(label(shown.title, "heading"))
    if shown.drawing:
        from ui.components.help_drawing import HelpDrawing

        box.addWidget(HelpDrawing(shown.drawing, shown.pictured), 0, Qt.AlignmentFlag.AlignHCenter)
    for paragraph in shown.paragraphs:
        _add_paragraph(box, paragraph)
    if shown.related:
        _add_list(box, (tr("help.read_on"), shown.related), open_article)
    paper = LinkButton(tr("help.print"))
    paper.setAccessibleName(tr("help.print_name"))
    paper.clicked.connect(print_article)
    box.addWidget(paper, 0, Qt.AlignmentFlag.AlignLeft)
    box.addStretch(1)
    return view


def list_view(title: str, lists: Sequence[Listed], open_article: Open, note: str = "") -> QWidget:
    """Lists of articles, each title with a press that opens it; ``note`` says what else there is to know."""
    view, box = _view()
    box.addWidget(label(title, "heading"))
    if note:
        box.addWidget(label(note, "small-ink"))
    for listed in lists:
        _add_list(box, listed, open_article)
    box.addStretch(1)
    return view


class ChecksView(QWidget):
    """The checks of the computer as they come: what was found, and where something is amiss why, a fix, an article."""

    def __init__(self, open_article: Open, look: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open = open_article
        self._rows: dict[str, QVBoxLayout] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 2, 12, 12)
        box.setSpacing(10)
        box.addWidget(label(tr("help.checks"), "heading"))
        self.state = label(tr("help.checking"), "small-ink")
        box.addWidget(self.state)
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        box.addLayout(self._list)
        self.look = QWidget()
        row = QHBoxLayout(self.look)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(tr("help.look_about"), "small-ink"), 1)
        button = LinkButton(tr("help.look"))
        button.clicked.connect(look)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.look.hide()
        box.addWidget(self.look)
        box.addStretch(1)

    def show_check(self, check: "Check") -> None:
        """A check has begun or has ended."""
        row = self._rows.get(check.id)
        if row is None:
            row = self._rows[check.id] = QVBoxLayout()
            row.setSpacing(4)
            self._list.addLayout(row)
        _clear(row)
        name = tr(f"commands.doctor.{check.id}.title")
        line = QHBoxLayout()
        line.setSpacing(8)
        icon = IconView(*_ICONS[check.state_key.rpartition(".")[2]], _ICON)
        icon.setAccessibleName(tr(f"commands.{check.state_key}"))
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        finding = name if check.state.value == "running" else tr(f"commands.{check.finding_key}", **_said(check, name))
        line.addWidget(label(finding, "small-ink"), 1)
        row.addLayout(line)
        if check.fix_key:
            more = LinkButton(tr("help.mend"))
            more.setAccessibleName(tr("help.mend_what", what=name))
            more.clicked.connect(lambda: self._open(check.article))
            below = QVBoxLayout()
            below.setContentsMargins(theme().px(_ICON) + 8, 0, 0, 0)
            below.setSpacing(4)
            below.addWidget(label(tr(f"commands.{check.meaning_key}"), "small"))
            below.addWidget(label(tr(f"commands.{check.fix_key}", **_said(check, name)), "small-ink"))
            below.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
            row.addLayout(below)

    def end(self, worst: str, *, looked: bool) -> None:
        """All have ended; ``looked``: the camera was opened."""
        self.state.setText(tr(f"commands.doctor.summary.{worst}"))
        self.look.setVisible(not looked)


def _said(check: "Check", name: str) -> dict[str, str]:
    return {"check": name, **check.values}


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (inner := item.layout()) is not None:
            empty(inner)
        elif (widget := item.widget()) is not None:
            let_go(widget)


def _add_paragraph(box: QVBoxLayout, paragraph: str) -> None:
    if paragraph.startswith("#"):
        box.addSpacing(4)
        box.addWidget(label(paragraph.lstrip("# "), "strong"))
    elif paragraph.startswith("- [ ] "):
        from ui.components.tick_box import TickBox

        box.addWidget(TickBox(paragraph[len("- [ ] ") :]))
    elif paragraph.startswith(("- ", "* ")):
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("·", "small-ink", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(paragraph[2:], "small-ink"), 1)
        box.addLayout(row)
    else:
        box.addWidget(label(paragraph, "small-ink"))


def _add_list(box: QVBoxLayout, listed: Listed, open_article: Open) -> None:
    heading, entries = listed
    if heading:
        box.addSpacing(4)
        box.addWidget(label(heading, "strong"))
    for name, title in entries:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(title, "small-ink"), 1)
        link = LinkButton(tr("help.read"))
        link.setAccessibleName(tr("help.read_what", title=title))
        link.clicked.connect(lambda _=False, name=name: open_article(name))
        row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(row)
