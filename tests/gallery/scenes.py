"""Every scene there is: components, pages, questions."""

from tests.gallery.account_scenes import account_scenes
from tests.gallery.component_scenes import component_scenes
from tests.gallery.face_scenes import face_scenes
from tests.gallery.my_data_scenes import my_data_scenes
from tests.gallery.page_scenes import page_scenes
from tests.gallery.stage import Scene
from tests.gallery.support_scenes import support_scenes
from tests.gallery.update_scenes import update_scenes


def all_scenes() -> tuple[Scene, ...]:
    """Components first, then the road."""
    return (
        *component_scenes(),
        *page_scenes(),
        *face_scenes(),
        *my_data_scenes(),
        *support_scenes(),
        *account_scenes(),
        *update_scenes(),
    )
