"""Whoever opens the help on any page finds both whole, or the help alone where there is no room for both."""

import pytest

from tests.gallery.clipping import faults
from tests.gallery.combinations import ONE, named
from tests.gallery.face_scenes import face_scenes
from tests.gallery.page_scenes import page_scenes
from tests.gallery.stage import settle, staged
from ui.main_window import MainWindow

SCENES = {scene.name: scene for scene in (*page_scenes(), *face_scenes())}
LOOKS = ("zh-light-100-1366x768", "en-light-150-1366x768", "en-light-200-1366x768")


@pytest.fixture(autouse=True)
def usual_look_again(qapp):
    yield
    ONE.put_in_force()


def with_help(scene, look):
    """The scene's window with its help open; what is cut off."""
    named(look).put_in_force()
    with staged(scene) as shell:
        shell.resize(1366, 768)
        settle(shell)
        window = shell.findChild(MainWindow)
        if window is None:
            return []
        window.set_help_open(is_open=True)
        settle(shell)
        return faults(shell, shell.size())


@pytest.mark.parametrize("look", LOOKS)
def test_a_page_beside_its_help_is_whole(look):
    few = ("cost", "terms", "bank-card", "contract-found", "my-loan")
    assert [fault for name in few for fault in with_help(SCENES[name], look)] == []


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", SCENES)
def test_every_page_beside_its_help_is_whole(name, look):
    assert with_help(SCENES[name], look) == []


def test_where_there_is_no_room_the_help_stands_alone_and_gives_the_page_back():
    named("en-light-200-1366x768").put_in_force()
    with staged(SCENES["cost"]) as shell:
        shell.resize(1366, 768)
        settle(shell)
        window = shell.findChild(MainWindow)
        before = window.page.focusWidget()
        window.keys._open_help()
        settle(shell)
        assert not window.page.isVisible()
        assert window.help_panel.width() > shell.width() // 2
        assert window.help_panel._fold.text() == "Back to the page"
        window.keys.fold_help()
        settle(shell)
        assert window.page.isVisible()
        assert not window.help_panel.isVisible()
        assert before is None or window.page.focusWidget() is not None
