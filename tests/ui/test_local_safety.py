"""A copied secret leaves the clipboard, and pages with codes or numbers ask to be left out of screen captures."""

import weakref

import pytest
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import delete

from loanapp.journey.pages import Page
from loanapp.resource_files import read_toml
from ui import capture_guard
from ui.capture_guard import CaptureGuard, can_keep_out, keep_out_of_capture
from ui.secret_clipboard import SecretClipboard

CARD = "6222 0200 0000 0000 018"


@pytest.fixture
def board(qapp, monkeypatch):
    # The platform without a screen knows no other program, and so never says whose the clipboard is.
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _board: True)
    made, field = SecretClipboard(), QLineEdit(CARD)
    made.guard(field, QLineEdit.text)
    QGuiApplication.clipboard().clear()
    yield made
    made.clear()
    QGuiApplication.clipboard().clear()
    field.deleteLater()


def copy(text):
    QGuiApplication.clipboard().setText(text)
    return QGuiApplication.clipboard()


@pytest.mark.attack("a-copied-card-number-or-a-part-of-it-goes-after-a-while")
@pytest.mark.parametrize("text", [CARD, "6222020000000000018", "0200 0000 00"])
def test_a_copied_card_number_or_a_part_of_it_goes_after_a_while(board, text):
    clipboard = copy(text)
    assert clipboard.text() == text  # it can be pasted meanwhile
    assert board._timer.isActive()
    assert board._timer.interval() == 1000 * read_toml("policy", "local_safety.toml")["clipboard_seconds"]
    board._timer.timeout.emit()
    assert clipboard.text() == ""


def test_managers_of_clipboards_are_told_to_skip_it(board):
    data = copy(CARD).mimeData()
    assert bytes(data.data("x-kde-passwordManagerHint")) == b"secret"


@pytest.mark.attack("what-was-copied-since-stays")
def test_what_was_copied_since_stays(board):
    copy(CARD)
    clipboard = copy("a shopping list")
    assert not board._timer.isActive()
    board.clear()
    assert clipboard.text() == "a shopping list"


@pytest.mark.parametrize("text", ["hello", "0200", "622202000000000001899", ""])
def test_anything_else_is_left_alone(board, text):
    clipboard = copy(text)
    assert not board._timer.isActive()
    board.clear()
    assert clipboard.text() == text


def test_a_field_that_is_done_with_is_kept_by_nothing_and_guards_nothing(board):
    field = QLineEdit("6222 0200 9999")
    board.guard(field, QLineEdit.text)
    known = weakref.ref(field)
    del field
    assert known() is None
    copy("6222 0200 9999")
    assert not board._timer.isActive()


@pytest.mark.attack("what-another-program-copied-is-not-read")
def test_what_another_program_copied_is_neither_read_nor_taken_off(board, monkeypatch):
    copy(CARD)
    read = []
    with monkeypatch.context() as other:
        other.setattr(QClipboard, "ownsClipboard", lambda _board: False)
        other.setattr(QClipboard, "text", lambda *_: read.append(1) or CARD)
        clipboard = copy(CARD)
        assert not board._timer.isActive()
        board.clear()
    assert read == []
    assert clipboard.text() == CARD


def test_a_field_that_qt_threw_away_guards_nothing_though_python_knows_it(board):
    gone = QLineEdit(CARD)
    board.guard(gone, QLineEdit.text)
    delete(gone)
    clipboard = copy("6222 0200 9999")
    assert clipboard.text() == "6222 0200 9999"
    assert not board._timer.isActive()


@pytest.mark.attack("every-page-with-codes-or-numbers-asks-and-every-other-takes-it-back")
def test_every_page_with_codes_or_numbers_asks_and_every_other_takes_it_back(qapp, monkeypatch):
    asked, window = [], QWidget()
    monkeypatch.setattr(capture_guard, "keep_out_of_capture", lambda _window, *, hidden: asked.append(hidden))
    guard = CaptureGuard(window)
    for page in (Page.COST, Page.SIGN_IN, Page.BANK_CARD, Page.CHECK_ANSWERS, Page.SIGNING, Page.PAYOUT):
        guard.follow(page)
    assert asked == [True, False, True, False]
    named = read_toml("policy", "local_safety.toml")["kept_from_capture"]
    assert set(named) <= {page.value for page in Page}
    window.deleteLater()


def test_where_the_system_has_no_such_request_it_says_so(qapp):
    window = QWidget()
    if QGuiApplication.platformName() not in {"windows", "cocoa"}:
        assert not can_keep_out()
        assert not keep_out_of_capture(window, hidden=True)
    window.deleteLater()
