"""Keys of the window, by key presses alone: help, parts of the window, main action, way back, size of text, undo."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from loanapp.journey.pages import Page
from tests.gallery.page_scenes import journey
from tests.ui.typed_journey import draft
from ui.main_window import MainWindow
from ui.shell import Shell
from ui.theme import theme

ALT, CONTROL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
K = Qt.Key


@pytest.fixture
def shown(qtbot, page_context):
    """The window at a page, active."""
    opened = []

    def show(page, held=None, *, help_open=True, **answers):
        shell, window = Shell(""), MainWindow(page_context(journey(page, held, **answers)), help_open=help_open)
        opened.append((shell, window))
        shell.furnish(window)
        shell.resize(1366, 768)
        with qtbot.waitExposed(shell):
            shell.show()
        shell.activateWindow()
        window.show_page(page)
        qtbot.waitUntil(lambda: window._entered and not window.context.operations.active)
        return window

    yield show
    for shell, window in opened:
        window.leave()
        shell.close()
        shell.deleteLater()


def focus():
    return QApplication.focusWidget()


@pytest.fixture
def press(qtbot):
    def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(focus(), key, modifiers)

    return press


@pytest.mark.parametrize("help_open", [True, False])
def test_f1_goes_to_the_help_and_escape_comes_back(shown, press, help_open):
    window = shown(Page.COST, help_open=help_open)
    before = focus()
    assert window.page.isAncestorOf(before)
    press(K.Key_F1)
    assert focus() is window.help_panel.search
    press(K.Key_Escape)
    assert focus() is before
    assert not window.help_panel.isVisible()


def test_f6_goes_through_the_parts_of_the_window_and_round(shown, press):
    window = shown(Page.ABOUT_YOU, draft())
    began = focus()
    parts = [window.help_panel, window.bottom, window.stepper]
    for part in parts:
        press(K.Key_F6)
        assert part.isAncestorOf(focus()), part
    press(K.Key_F6)
    assert focus() is began
    for part in reversed(parts):
        press(K.Key_F6, SHIFT)
        assert part.isAncestorOf(focus()), part


def test_alt_n_does_the_main_action_and_alt_b_goes_back(shown, press, qtbot):
    window = shown(Page.ABOUT_YOU, draft(), go_back=lambda: Page.TERMS)
    press(K.Key_N, ALT)
    assert focus() is window.page.scaffold.error_summary, "what is missing is said"
    press(K.Key_B, ALT)
    qtbot.waitUntil(lambda: window.page.page_id is Page.TERMS)


def test_alt_b_does_nothing_where_no_way_back_is_shown(shown, press):
    window = shown(Page.COST)
    press(K.Key_B, ALT)
    assert window.page.page_id is Page.COST


def test_control_and_plus_make_text_larger_and_zero_as_it_was(shown, press):
    window = shown(Page.COST)
    asked = []
    window.bottom.scale_chosen.connect(asked.append)
    for key in (K.Key_Plus, K.Key_Equal, K.Key_Minus, K.Key_0):
        press(key, CONTROL)
    assert (theme().chosen_scale, asked) == (100, [125, 125, 100, 100])


def test_arrows_go_through_choices_and_enter_on_the_one_made_goes_on(shown, press):
    window = shown(Page.ABOUT_YOU, draft())
    first = focus()
    assert not first.isChecked()
    press(K.Key_Return)
    assert first.isChecked()
    assert window.page.employment.value() == "employed"
    press(K.Key_Down)
    assert window.page.employment.value() == "self_employed"
    press(K.Key_Return)
    assert focus() is window.page.scaffold.error_summary, "the main action says what is missing"


def test_control_z_gives_an_amount_back_after_it_was_written_in_full(shown, press, qtbot):
    window = shown(Page.ABOUT_YOU, draft())
    press(K.Key_Tab)
    income = window.page.income
    assert focus() is income.editor
    qtbot.keyClicks(income.editor, "15000")
    press(K.Key_Tab)
    assert income.text() == "15,000"
    press(K.Key_Backtab)
    press(K.Key_Z, CONTROL)
    assert income.text() == "15000"
    press(K.Key_Z, CONTROL)
    assert income.text() == ""
