"""Rare characters of names in the window: drawn, with a typeface that is loaded only when one of them is seen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loanapp.proof.typeface import RARE_FACE
from loanapp.resource_files import assets_folder

ROOT = Path(__file__).parents[2]
NAMED, RARE = "䶮㛃𬱖", "𠮷𠈓𡛕𬺊"
needs_face = pytest.mark.skipif(
    not (assets_folder() / RARE_FACE).is_file(), reason="set-up could not fetch the face of rare characters here"
)

# A program of its own: what one test has loaded, the next would find.
PROGRAM = """
import json, sys
from PySide6.QtGui import QFontDatabase, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
application = QApplication([])
from ui.shell import load_font
from ui.theme import theme
load_font()
theme().choose(mode="light", scale=100)
from ui.components.fields import Field
from ui.components.labels import label

def drawn(widget):
    widget.setFixedSize(240, 40)
    widget.show()
    application.processEvents()
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    widget.hide()
    return bytes(image.constBits()).hex()

def families():
    return "HanaMinB" in QFontDatabase.families()

told = {"common": [], "rare": []}
field = Field()
field.set_text("\\u6b27\\u9633\\u5a1c\\u5a1c" + NAMED)
told["named"] = [drawn(label(one)) for one in NAMED]
told["loaded_for_named"] = families()
if BY_FIELD:
    field.set_text(RARE)
    application.processEvents()
else:
    label(RARE)
told["loaded_for_rare"] = families()
told["rare"] = [drawn(label(one)) for one in RARE]
told["box"] = drawn(label("\\U00031350"))
print(json.dumps(told))
"""


def run(*, by_field: bool) -> dict[str, object]:
    program = f"NAMED, RARE, BY_FIELD = {NAMED!r}, {RARE!r}, {by_field!r}\n{PROGRAM}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_face
@pytest.mark.parametrize("by_field", [True, False])
def test_each_is_drawn_as_itself_and_the_large_face_is_loaded_late(by_field):
    told = run(by_field=by_field)
    assert (told["loaded_for_named"], told["loaded_for_rare"]) == (False, True)
    pictures = [*told["named"], *told["rare"], told["box"]]
    assert len(set(pictures)) == len(NAMED) + len(RARE) + 1


def test_a_computer_without_the_face_goes_on(monkeypatch, qapp, tmp_path):
    import ui.rare_characters as rare
    from ui.shell import load_font

    load_font()
    monkeypatch.setattr(rare, "_asked", False)
    monkeypatch.setattr(rare, "assets_folder", lambda: tmp_path)
    rare.prepare_for(RARE)
    assert rare._asked
