"""Roles, order and announcements, one by one; the whole road is walked in test_screen_reader_journey."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import ui
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import application
from tests.ui.typed_journey import TypedJourney, draft
from ui import reader_roles
from ui.components import Banner, ConsentCard, label
from ui.components.choice_menu import ChoiceMenu
from ui.main_window import MainWindow
from ui.messages import Level
from ui.pages.cost import CostPage
from ui.reader_order import BY_COLUMNS, arrange
from ui.shell import Shell
from ui.translations import tr

NAME = QAccessible.Text.Name


@pytest.fixture(autouse=True)
def roles():
    reader_roles.install()


@pytest.fixture
def said(monkeypatch):
    """What is announced, as ``(text, urgent)``."""
    heard = []

    def hear(event):
        if event.type() is QAccessible.Event.Announcement:
            heard.append((event.message(), event.politeness() is QAccessible.AnnouncementPoliteness.Assertive))

    monkeypatch.setattr("ui.announce.QAccessible", SimpleNamespace(
        updateAccessibility=hear, AnnouncementPoliteness=QAccessible.AnnouncementPoliteness
    ))  # fmt: skip
    return heard


@pytest.fixture
def shown(qtbot, page_context):
    """The program's window around a journey."""
    shells = []

    def show(journey: TypedJourney) -> MainWindow:
        shell, window = Shell(""), MainWindow(page_context(journey), help_open=False)
        shells.append((shell, window))
        shell.furnish(window)
        with qtbot.waitExposed(shell):
            shell.show()
        shell.activateWindow()
        return window

    yield show
    for shell, window in shells:
        window.leave()
        shell.close()
        shell.deleteLater()


def told(widget: QWidget):
    return QAccessible.queryAccessibleInterface(widget)


def press(widget: QWidget, action: str = "Press") -> None:
    """As a screen reader does."""
    actions = told(widget).actionInterface()
    assert action in actions.actionNames()
    actions.doAction(action)


# roles


def test_every_class_with_a_role_is_there():
    names = set(reader_roles.ROLES) - {"QAbstractScrollArea", "QScrollArea"}
    for file in Path(ui.__file__).parent.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        names -= {name for name in names if f"class {name}(" in text}
    assert names == set()


def test_a_title_is_a_heading_and_other_words_are_not(qtbot):
    title, words = label("先算清楚", "title"), label("每月还")
    for widget in (title, words):
        qtbot.addWidget(widget)
    assert (told(title).role(), told(title).text(NAME)) == (QAccessible.Role.Heading, "先算清楚")
    assert told(words).role() is QAccessible.Role.StaticText
    title.setText("再决定")
    assert told(title).text(NAME) == "再决定"


def test_what_was_made_for_a_role_has_it(qtbot):
    banner = Banner(Level.STOP, "放款机构联系不上", "请检查网络")
    qtbot.addWidget(banner)
    assert told(banner).role() is QAccessible.Role.Notification
    assert told(banner).text(NAME) == "放款机构联系不上 请检查网络"


def test_a_scroll_area_asked_for_more_than_it_holds_says_so_and_goes_on(qtbot):
    """Qt's own interface reads beyond its list here, which ends the program under a reader that counts too late."""
    area = QScrollArea()
    area.setWidget(QLabel("x"))
    qtbot.addWidget(area)
    assert told(area).child(told(area).childCount()) is None
    assert told(area).child(1000) is None


# order


def names(widget: QWidget) -> list[str]:
    found = [told(widget).text(NAME)] if isinstance(widget, QLabel | QPushButton) else []
    return found + [name for child in widget.children() if isinstance(child, QWidget) for name in names(child)]


def test_a_reader_goes_through_a_page_as_it_is_laid_out(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    rows, grid, last = QVBoxLayout(page), QGridLayout(), QHBoxLayout()
    words = {name: QLabel(name, page) for name in ("5", "3", "1", "4", "2", "6")}
    rows.addWidget(words["1"])
    rows.addLayout(grid)
    for place, name in enumerate(("2", "3", "4", "5")):
        grid.addWidget(words[name], place // 2, place % 2)
    rows.addLayout(last)
    last.addWidget(words["6"])
    arrange(page)
    assert names(page) == ["1", "2", "3", "4", "5", "6"]
    grid.setProperty(BY_COLUMNS, True)
    arrange(page)
    assert names(page) == ["1", "2", "4", "3", "5", "6"]


def test_the_authorisations_are_read_where_they_stand(shown, qtbot):
    window = shown(TypedJourney(draft()))
    window.show_page(Page.PERMISSIONS)
    qtbot.waitUntil(lambda: window._entered)
    read = names(window.page)
    assert read.index(tr("permissions.scope_face_verification")) < read.index(tr("permissions.items"))
    recipient, kept = tr("common.consent_recipient"), tr("common.consent_retention")
    assert read.index(kept) == read.index(recipient) + 2, "each fact follows its name"


# acting


def test_an_authorisation_switched_by_a_reader_is_on_record(qtbot):
    """Their action switches without a click: shown as given, it has to be given."""
    card = ConsentCard("face")
    qtbot.addWidget(card)
    with qtbot.waitSignal(card.decided) as decided:
        press(card.yes, "Toggle")
    assert decided.args == [True]
    with qtbot.assertNotEmitted(card.decided):
        card.show_state(granted=False)
    assert card.no.isChecked()


@pytest.mark.qt_log_level_fail("CRITICAL")
def test_a_menu_of_the_bottom_line_opens_for_a_reader_too(qtbot):
    chosen = []
    menu = ChoiceMenu((100, 150), lambda: 100, "{}%".format, chosen.append)
    menu.show_words("字号", "选择字号")
    qtbot.addWidget(menu)
    menu.show()
    press(menu)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    assert [action.text() for action in popup.actions()] == ["100%", "150%"]
    assert popup.activeAction().text() == "100%"
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert chosen == [150]


# announcements


def test_a_new_page_is_named_once_its_first_control_has_the_focus(shown, qtbot, said):
    window = shown(TypedJourney(draft()))
    focused = []
    window.show_page(Page.COST)
    qtbot.waitUntil(lambda: any(tr("cost.title") in text for text, _ in said))
    QApplication.instance().focusChanged.connect(lambda _, now: focused.append(now))
    said.clear()
    page = window.show_page(Page.ABOUT_YOU)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [(f"{tr('about_you.title')} {tr('about_you.lead')}", False)]
    assert [now for now in focused if now is not None] == [page.focusWidget()], "the focus touches nothing in passing"
    assert window.window().windowTitle() == f"{tr('about_you.title')} · LoanApp"


def test_a_page_that_says_something_else_says_it(shown, qtbot, said):
    window = shown(TypedJourney(application("offered")))
    page = window.show_page(Page.COST)
    qtbot.waitUntil(lambda: bool(said))
    said.clear()
    page.scaffold.set_title("钱已打出")
    page.scaffold.set_title("钱已打出")
    assert said == [("钱已打出", False)]
    assert window.window().windowTitle() == "钱已打出 · LoanApp"
    page.scaffold.set_title("可以借给您 10,000元")
    assert window.window().windowTitle() == "要花多少钱 · LoanApp"  # how much is nobody else's business


def test_a_problem_is_said_at_once(open_page, said):
    page = open_page(CostPage, TypedJourney())
    page.show_problem(LoanAppError(ErrorCode.LENDER_UNREACHABLE))
    ((text, urgent),) = said
    assert text == page.scaffold.problem.accessibleName()
    assert urgent


def test_work_that_takes_its_time_is_said_and_a_moment_is_not(open_page, qtbot, said):
    page = open_page(CostPage, TypedJourney())
    page.set_busy(True)
    page.set_busy(False)
    assert not page._busy_timer.isActive()
    page.set_busy(True)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [(tr("common.working"), False)]
    page.set_busy(False)


def test_a_notice_is_said_by_its_level(shown, qtbot, said):
    window = shown(TypedJourney(draft()))
    window.context.messages.show_notice(Level.LOOK, "common.memory_only")
    window.context.messages.show_error(LoanAppError(ErrorCode.CLOCK_WRONG))
    assert [urgent for _, urgent in said] == [False, True]
    assert said[0][0] == tr("common.memory_only")
