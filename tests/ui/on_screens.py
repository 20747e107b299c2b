"""Run as a program on made-up screens: opens scenes of the gallery and prints what is amiss there, as JSON.

``python -m tests.ui.on_screens WIDTH HEIGHT [--move FROM TO] SCENE...``; the screens come from the platform's own
configuration (``QT_QPA_PLATFORM=offscreen:configfile=...``), their scales from ``QT_SCREEN_SCALE_FACTORS``.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

_DRAWN_S: Final = 0.5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("width", type=int)
    parser.add_argument("height", type=int)
    parser.add_argument("--move", nargs=2, default=[])
    parser.add_argument("--out", type=Path, help="keep pictures of the windows here")
    parser.add_argument("scenes", nargs="+")
    chosen = parser.parse_args()
    application = QApplication(["on_screens"])
    with tempfile.TemporaryDirectory() as home:
        os.environ["LOANAPP_HOME"] = home
        from tests.gallery.clipping import faults
        from tests.gallery.scenes import all_scenes
        from tests.gallery.stage import as_before, prepare, settle, staged

        prepare()
        as_before()
        scenes = {scene.name: scene for scene in all_scenes()}
        for name in chosen.scenes:
            with staged(scenes[name]) as window:
                asked = QSize(chosen.width, chosen.height)
                window.resize(asked)
                settle(window)
                for screen in chosen.move:
                    to_screen(application, window, screen, asked)
                    settle(window)
                    tell(name, window, faults(window, asked))
                    if chosen.out is not None:
                        window.grab().save(str(chosen.out / f"{name}-{len(list(chosen.out.iterdir()))}-{screen}.png"))
                if not chosen.move:
                    tell(name, window, faults(window, asked))


def to_screen(application: QApplication, window: QWidget, name: str, size: QSize) -> None:
    """Put the window onto a screen; small on the way, because a window belongs to the screen its middle is on."""
    from tests.gallery.stage import let_it_run, settle

    screen = next(one for one in application.screens() if one.name() == name)
    window.resize(window.minimumSize())
    settle(window)
    window.windowHandle().setScreen(screen)
    window.move(screen.geometry().topLeft())
    settle(window)
    window.resize(size)
    # Pages of a document are drawn beside the window's own work.
    end = time.monotonic() + _DRAWN_S
    while time.monotonic() < end:
        let_it_run()
    settle(window)


def tell(name: str, window: QWidget, found: list[str]) -> None:
    """One line: where the window is, how sharp it and its icons are, and what is amiss."""
    ratio = window.devicePixelRatioF()
    buttons = [one for one in window.findChildren(QAbstractButton) if one.isVisible() and not one.icon().isNull()]
    sharp = [one.icon().pixmap(one.iconSize(), ratio).width() / one.iconSize().width() for one in buttons]
    picture = window.grab()
    stale = drawn_for_another_screen(window, picture.toImage())
    print(
        json.dumps(
            {
                "scene": name,
                "screen": window.screen().name(),
                "ratio": ratio,
                "picture": [picture.width(), picture.height()],
                "icons": sharp,
                "stale": stale,
                "inside": window.screen().geometry().contains(window.frameGeometry()),
                "faults": found,
            }
        ),
        flush=True,
    )


def drawn_for_another_screen(window: QWidget, seen: QImage) -> list[str]:
    """What would look another way if it were all drawn anew for this screen: the kinds of widgets there."""
    from tests.gallery.stage import settle
    from ui.theme import theme

    theme().apply()
    window.update()
    settle(window)
    fresh = window.grab().toImage()
    if fresh == seen:
        return []
    parts = [one for one in window.findChildren(QWidget) if one.isVisible() and not one.findChildren(QWidget)]
    ratio = window.devicePixelRatioF()
    places = {one: QRect(one.mapTo(window, QPoint(0, 0)) * ratio, one.size() * ratio) for one in parts}
    return sorted({type(one).__name__ for one, place in places.items() if seen.copy(place) != fresh.copy(place)})


if __name__ == "__main__":
    main()
