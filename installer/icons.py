"""The program's mark from its one drawing: pictures of every size, an .ico for Windows, an .icns for macOS."""

import os
import shutil
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def make_icons(drawing: Path, out: Path) -> None:
    """Write ``SIZE.png``, ``loanapp.ico``, ``loanapp.icns`` and the drawing itself into ``out``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image  # noqa: PLC0415 - the offscreen platform is chosen before
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtGui import QGuiApplication, QImage, QPainter  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    application = QGuiApplication.instance() or QGuiApplication([])
    out.mkdir(parents=True, exist_ok=True)
    renderer = QSvgRenderer(str(drawing))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter)
        painter.end()
        picture.save(str(out / f"{size}.png"))
    largest = Image.open(out / "512.png")
    largest.save(out / "loanapp.ico", sizes=[(size, size) for size in SIZES[:-1]])
    largest.save(out / "loanapp.icns")
    shutil.copyfile(drawing, out / "loanapp.svg")
    del application
