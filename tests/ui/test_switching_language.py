"""The language changes under every page and every question, and nothing else does: no input, no place, no focus."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget
from shiboken6 import isValid

from tests.gallery.face_scenes import face_scenes
from tests.gallery.page_scenes import page_scenes
from tests.gallery.stage import as_before, drawn_alike, in_front, prepare, settle, staged, until
from tests.ui.scene_parameters import variations_slowly
from tests.ui.words_in_sight import focus_place, places, typed, words_in_sight
from ui.main_window import MainWindow
from ui.translations import translator

SCENES = {scene.name: scene for scene in (*page_scenes(), *face_scenes())}


@pytest.fixture
def stage(qapp):
    with drawn_alike(qapp):
        yield


def rest(window) -> None:
    """Until nothing is under way: what comes in may move the focus by itself."""
    main = window.findChildren(MainWindow)[0]
    until(lambda: not main.context.operations.active, "the page to rest")
    settle(window)


def switch(language, window) -> None:
    translator().set_language(language)
    settle(window)
    if (dialog := in_front(window)) is not None:
        settle(dialog)


def fresh(name, language):
    """The words of a scene that is opened in ``language``."""
    translator().set_language(language)
    with staged(SCENES[name]) as window:
        settle(window)
        return words_in_sight(window)


@pytest.mark.parametrize("name", variations_slowly(SCENES))
def test_a_page_that_was_switched_says_what_it_would_have_said(name, stage):
    with staged(SCENES[name]) as window:
        rest(window)
        chinese, put_in, focus, where = words_in_sight(window), typed(window), focus_place(window), places(window)
        switch("en", window)
        english = words_in_sight(window)
        assert typed(window) == put_in
        assert focus_place(window) == focus
        switch("zh", window)
        again, back = words_in_sight(window), places(window)
        assert typed(window) == put_in
    assert again - chinese == chinese - again
    assert [abs(now - before) <= 2 for now, before in zip(back, where, strict=True)] == [True] * len(where)
    expected = fresh(name, "en")
    assert english - expected == expected - english


def scrolls(area: QScrollArea) -> bool:
    return area.verticalScrollBar().maximum() > 0


def in_view(area: QScrollArea) -> list[tuple[QWidget, int]]:
    """What is wholly in view, each with how far down it stands."""
    found = []
    for widget in area.widget().findChildren(QWidget):
        top = widget.mapTo(area.viewport(), QPoint(0, 0)).y()
        if widget.isVisible() and not widget.findChildren(QWidget) and 0 <= top < area.viewport().height():
            found.append((widget, top))
    return sorted(found, key=lambda one: one[1])


@pytest.mark.parametrize("name", variations_slowly(SCENES))
def test_whoever_has_scrolled_or_stands_on_a_control_stays_there(name, stage):
    with staged(SCENES[name]) as window:
        rest(window)
        front = in_front(window) or window
        areas = [
            one for one in front.findChildren(QScrollArea) if one.isVisible() and one.verticalScrollBar().maximum()
        ]
        for area in areas:
            bar = area.verticalScrollBar()
            bar.setValue(bar.maximum() // 2)
            settle(window)
            seen = in_view(area)
            switch("en", window)
            kept = [(one, top) for one, top in seen if isValid(one) and one.isVisible() and area.isAncestorOf(one)]

            def stays(bar=bar, area=area, kept=kept) -> bool:
                now = [one.mapTo(area.viewport(), QPoint(0, 0)).y() - top for one, top in kept]
                # A page that has become shorter may end before that place.
                return not kept or 0 in now or bar.value() in (0, bar.maximum())

            until(stays, "the page to show what it showed")
            assert bar.value() or not kept or bar.maximum() == 0
            switch("zh", window)
        policy = Qt.FocusPolicy.TabFocus
        controls = [one for one in front.findChildren(QWidget) if one.isVisible() and one.isEnabled()]
        for control in [one for one in controls if one.focusPolicy() & policy and not one.focusProxy()]:
            if not isValid(control) or not control.isVisible():
                continue
            control.setFocus()
            if QApplication.focusWidget() is not control:
                continue
            stood = focus_place(front)
            translator().set_language("en" if translator().language == "zh" else "zh")
            QApplication.processEvents()
            assert focus_place(front) == stood


def test_a_composition_goes_on_while_the_language_changes(stage):
    with staged(SCENES["identity-read"]) as window:
        settle(window)
        name = window.findChildren(QLineEdit)[0]
        name.setFocus()
        name.setText("\u6d4b")
        QApplication.sendEvent(name, QInputMethodEvent("shi", []))
        switch("en", window)
        assert QApplication.focusWidget() is name
        done = QInputMethodEvent("", [])
        done.setCommitString("\u8bd5")
        QApplication.sendEvent(name, done)
        assert name.text() == "\u6d4b\u8bd5"


def test_pressing_the_switch_with_the_mouse_leaves_the_caret_in_the_field(stage, qtbot):
    with staged(SCENES["about-you"]) as window:
        settle(window)
        field = next(one for one in window.findChildren(QLineEdit) if one.text())
        field.setFocus()
        field.setCursorPosition(2)
        bottom = next(one for one in window.findChildren(QWidget) if type(one).__name__ == "BottomLine")
        bottom.language_chosen.connect(translator().set_language)
        qtbot.mouseClick(bottom.language, Qt.MouseButton.LeftButton)
        settle(window)
        assert bottom.language.text() == "\u7b80\u4f53\u4e2d\u6587"
        assert (QApplication.focusWidget(), field.cursorPosition()) == (field, 2)


@pytest.mark.parametrize(("name", "scale"), [("permissions", 100), ("check-answers", 150), ("cost-disclosure", 100)])
def test_longer_words_in_the_same_window_find_their_room(name, scale):
    """Nothing tells a page that its words grew except the switch itself: no size and no style changes with it."""
    from tests.gallery.combinations import Combination
    from tests.gallery.scenes import all_scenes
    from tests.gallery.stage import look, put

    prepare()
    as_before()
    scene = next(one for one in all_scenes() if one.name == name)
    try:
        with staged(scene) as window:
            for language in ("zh", "en", "zh", "en"):
                asked = put(window, Combination(language, "light", scale, (1366, 768)))
                assert look(window, asked) == []
    finally:
        as_before()
