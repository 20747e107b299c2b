"""Long names with dots and rare characters are whole where a name is typed or said, also at 200 %."""

import pytest

from loanapp.domain.person_name import tidy_name
from tests.gallery.clipping import faults
from tests.gallery.combinations import Combination
from tests.gallery.page_scenes import page_scenes
from tests.gallery.stage import drawn_alike, look, put, staged
from ui.components.labels import label
from ui.pages.identity_document import IdentityDocumentPage

SCENES = {scene.name: scene for scene in page_scenes()}
NAMES = ("买买提·吐尔逊·阿不都热合曼", "阿卜杜热合曼·𠮷买买提·䶮㛃𬱖")


@pytest.fixture
def stage(qapp):
    with drawn_alike(qapp):
        yield


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("scale", [100, 200])
@pytest.mark.parametrize("name", NAMES)
def test_the_field_for_the_name_shows_all_of_it(name, scale, language, stage):
    with staged(SCENES["identity-read"]) as window:
        page = window.findChild(IdentityDocumentPage)
        field = page.fields["name"]
        size = put(window, Combination(language, "light", scale, (1366, 768)))
        field.set_text(name.replace("·", "•"))
        put(window, Combination(language, "light", scale, (1366, 768)))
        assert tidy_name(page.values()["name"]) == name
        editor = field.editor
        assert editor.fontMetrics().horizontalAdvance(name) <= editor.contentsRect().width() - 16
        assert look(window, size) == []


@pytest.mark.parametrize("scale", [100, 200])
@pytest.mark.parametrize("name", NAMES)
def test_a_sentence_with_such_a_name_wraps_and_keeps_it_whole(name, scale, stage, qtbot):
    Combination("zh", "light", scale, (1366, 768)).put_in_force()
    shown = label(f"{name}，您好。请确认合同上的姓名：{name}。")
    qtbot.addWidget(shown)
    shown.setFixedWidth(400)
    shown.show()
    shown.setFixedHeight(shown.heightForWidth(400))
    assert name in shown.text()
    assert faults(shown) == []
