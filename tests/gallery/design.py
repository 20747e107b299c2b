"""The pictures of docs/design-language.md: ``python -m tests.gallery.design docs/pictures``."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from ui.theme import APPEARANCES, theme

_GAP: Final = 16
_PAGE_WIDTH: Final = 456


def _below(pictures: list[QImage]) -> QImage:
    whole = QImage(pictures[0].width(), sum(one.height() for one in pictures), QImage.Format.Format_RGB32)
    painter, top = QPainter(whole), 0
    for one in pictures:
        painter.drawImage(0, top, one)
        top += one.height()
    painter.end()
    return whole


def _beside(pictures: list[QImage]) -> QImage:
    width = sum(one.width() for one in pictures) + _GAP * (len(pictures) - 1)
    whole = QImage(width, pictures[0].height(), QImage.Format.Format_RGB32)
    whole.fill(Qt.GlobalColor.white)
    painter, left = QPainter(whole), 0
    for one in pictures:
        painter.drawImage(left, 0, one)
        left += one.width() + _GAP
    painter.end()
    return whole


def _row(widgets: list[QWidget]) -> QImage:
    """Side by side on paper."""
    sizes = [widget.sizeHint() for widget in widgets]
    place = QRect(0, 0, sum(one.width() + _GAP for one in sizes) + _GAP, sizes[0].height() + 2 * _GAP)
    picture = QImage(place.size(), QImage.Format.Format_RGB32)
    picture.fill(theme().colour("paper"))
    left = _GAP
    painter = QPainter(picture)
    for widget, size in zip(widgets, sizes, strict=True):
        widget.resize(size)
        widget.render(painter, QPoint(left, _GAP))
        left += size.width() + _GAP
        widget.deleteLater()
    painter.end()
    return picture


def _in_each(show: Callable[[], QImage]) -> Iterator[QImage]:
    for appearance in APPEARANCES:
        theme().choose(mode=appearance)
        yield show()


def _drawings() -> QImage:
    from ui.components.illustration import DRAWINGS, Illustration

    return _below(list(_in_each(lambda: _row([Illustration(name) for name in DRAWINGS]))))


def _icons() -> QImage:
    from loanapp.resource_files import resource_path
    from ui.components.icons import IconView

    names = sorted(path.stem for path in resource_path("icons").glob("*.svg") if not path.stem.startswith("check-"))
    theme().choose(mode="light")
    half = -(-len(names) // 2)
    lines = [_row([IconView(name, size=24) for name in part]) for part in (names[:half], names[half:])]
    return _below([line.copy(lines[0].rect()) for line in lines])


def _page() -> QImage:
    from loanapp.journey.pages import Page
    from tests.gallery.page_scenes import journey
    from tests.gallery.stage import Room, picture, settle

    room = Room()
    try:
        room.open(Page.COST, journey(Page.COST))
        window = room.shell
        assert window is not None

        def show() -> QImage:
            settle(window)
            return picture(window).scaledToWidth(_PAGE_WIDTH, Qt.TransformationMode.SmoothTransformation)

        return _beside(list(_in_each(show)))
    finally:
        room.close()


def main(folder: Path) -> None:
    """Write the three pictures."""
    application = QApplication(["design"])
    with tempfile.TemporaryDirectory(prefix="loanapp-design-", ignore_cleanup_errors=True) as home:
        os.environ["LOANAPP_HOME"] = home
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        from tests.gallery.stage import as_before, prepare

        prepare()
        as_before()
        for name, draw in (("drawings", _drawings), ("icons", _icons), ("page", _page)):
            draw().save(str(folder / f"design-{name}.png"), "PNG", 0)
        application.processEvents()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
