"""Every component and page looks as it did when somebody last found it good; a change shows its pictures."""

import sys

import numpy as np
import pytest
from PIL import Image

from tests.gallery.golden import FOLDER, GAP, LARGEST_BYTES, MARK, compare, draw, keep, path_of
from tests.gallery.scenes import all_scenes
from tests.gallery.stage import as_before, drawn_alike
from ui.theme import theme
from ui.theme.theme import Theme
from ui.translations import translator

SCENES = {scene.name: scene for scene in all_scenes()}
# Other systems draw letters with engines of their own.
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="letters are drawn by FreeType on Linux only")


@pytest.fixture(scope="module", autouse=True)
def looks(qapp):
    with drawn_alike(qapp):
        yield


@linux
@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_did(name, qapp):
    assert str(compare(name, draw(SCENES[name])) or "") == ""


def test_each_scene_has_one_and_they_are_small():
    files = list(FOLDER.iterdir())
    assert {file.name for file in files} == {path_of(name).name for name in SCENES}
    assert sum(file.stat().st_size for file in files) <= LARGEST_BYTES


class TestTheComparison:
    @pytest.fixture
    def kept(self, tmp_path):
        """A picture with a word in it, as golden."""
        image = np.full((40, 60, 3), 248, np.uint8)
        image[10:20, 10:30] = 0
        keep(image, path_of("word", tmp_path))
        return image, tmp_path

    def test_the_same_is_no_difference_and_leaves_no_file(self, kept):
        image, folder = kept
        assert compare("word", image.copy(), folder, folder / "out") is None
        assert not (folder / "out").exists()

    def test_a_step_at_the_edge_of_a_letter_is_none(self, kept):
        image, folder = kept
        image[10, 10:30] = 8
        assert compare("word", image, folder, folder / "out") is None

    def test_a_letter_that_moved_is_shown_beside_what_it_was(self, kept):
        image, folder = kept
        moved = np.roll(image, 1, axis=1)
        found = compare("word", moved, folder, folder / "out")
        assert found.pixels == 20
        assert found.file == folder / "out" / "word.png"
        assert str(found.file) in str(found)
        assert "x 10 to 30, y 10 to 19" in str(found)
        assert "gallery --accept" in str(found)
        shown = np.asarray(Image.open(found.file))
        assert shown.shape == (40, 3 * 60 + 2 * GAP, 3)
        assert (shown[:, :60] == image).all()
        assert (shown[:, 60 + GAP : 120 + GAP] == moved).all()
        assert (shown[:, 120 + 2 * GAP :] == MARK).all(axis=2).sum() == 20

    def test_a_colour_that_changed_by_two_steps_is_shown(self, kept):
        image, folder = kept
        image[image == 248] = 232
        assert compare("word", image, folder, folder / "out").pixels == 40 * 60 - 200

    def test_another_size_and_a_missing_picture_are_told(self, kept):
        image, folder = kept
        assert "60 x 30 px instead of 60 x 40" in str(compare("word", image[:30], folder, folder / "out"))
        assert "no golden picture" in str(compare("other", image, folder, folder / "out"))


class TestAChangeOfTheProgram:
    """Against a picture drawn a moment ago, so that this holds on every system."""

    NAME = "component-button-primary"

    @pytest.fixture
    def told(self, tmp_path, qapp):
        keep(draw(SCENES[self.NAME]), path_of(self.NAME, tmp_path))
        return lambda: compare(self.NAME, draw(SCENES[self.NAME]), tmp_path, tmp_path / "out")

    def test_none_is_none(self, told):
        assert told() is None

    def test_one_word_is_seen(self, told, monkeypatch):
        monkeypatch.setitem(translator().catalogue("cost"), "action", "按此方案借款")
        assert told().pixels > 20

    def test_one_colour_is_seen(self, told, monkeypatch):
        as_it_is = Theme.tokens.fget
        with monkeypatch.context() as patched:
            slightly = property(lambda self: as_it_is(self)._replace(accent="#0B6E8E"))
            patched.setattr(Theme, "tokens", slightly)
            theme().choose(mode="dark")
            assert told().pixels > 1000
        theme().choose(mode="dark")
        as_before()
