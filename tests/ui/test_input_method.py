"""Chinese is typed by the input method people have: Fcitx, reached as IBus, in the real window on a virtual screen."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from loanapp.resource_files import assets_folder
from tests.gallery.page_scenes import page_scenes
from tests.gallery.stage import as_before, prepare, settle, staged
from ui import input_method

ROOT = Path(__file__).parents[2]
COMMANDS = ("dbus-run-session", "Xvfb", "fcitx5", "xdotool")
PINYIN = Path("/usr/share/fcitx5/inputmethod/pinyin.conf")
PROFILE = """[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=keyboard-us
Layout=

[Groups/0/Items/1]
Name=pinyin
Layout=

[GroupOrder]
0=Default
"""
CONFIG = """[Behavior]
ActiveByDefault=True
ShareInputState=All
"""
SESSION = """
Xvfb :{screen} -screen 0 1400x900x24 >/dev/null 2>&1 & xvfb=$!
export DISPLAY=:{screen}
for i in $(seq 50); do [ -e /tmp/.X11-unix/X{screen} ] && break; sleep 0.1; done
fcitx5 --disable=wayland,waylandim >/dev/null 2>&1 & fcitx=$!
for i in $(seq 100); do ls "$XDG_CONFIG_HOME"/ibus/bus/*unix-{screen} >/dev/null 2>&1 && break; sleep 0.1; done
sleep 1
"{python}" -m tests.ui.typing_in_chinese "{picture}"; code=$?
kill $fcitx $xvfb; wait
exit $code
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, None),
        ({"QT_IM_MODULE": "ibus"}, None),
        ({"QT_IM_MODULE": "fcitx"}, "fcitx;ibus"),
        ({"QT_IM_MODULE": "fcitx5"}, "fcitx5;ibus"),
        ({"QT_IM_MODULES": "wayland;fcitx"}, "wayland;fcitx;ibus"),
        ({"QT_IM_MODULES": "fcitx;ibus", "QT_IM_MODULE": "fcitx"}, "fcitx;ibus"),
        ({"QT_IM_MODULE": "compose", "DISPLAY": ":1"}, None),
        ({"DISPLAY": ":1"}, "ibus;compose"),
        ({"DISPLAY": ":1", "WAYLAND_DISPLAY": "wayland-0"}, None),
    ],
)
def test_fcitx_is_reached_as_ibus(before, after):
    environment = dict(before)
    input_method.prepare(environment)
    assert environment.get("QT_IM_MODULES") == after


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="input methods are plug-ins on Linux alone")
def test_the_way_to_ibus_comes_with_the_program():
    plugins = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforminputcontexts"
    assert (plugins / "libibusplatforminputcontextplugin.so").is_file()


def test_fields_for_words_take_any_input_method_and_fields_for_digits_ask_for_digits(qapp):
    prepare()
    as_before()
    scenes = {scene.name: scene for scene in page_scenes()}
    with staged(scenes["identity-read"]) as window:
        settle(window)
        name = next(one for one in window.findChildren(QLineEdit) if one.isVisible())
        assert name.inputMethodHints() == Qt.InputMethodHint.ImhNone
        assert name.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    with staged(scenes["sign-in"]) as window:
        settle(window)
        phone = next(one for one in window.findChildren(QLineEdit) if one.isVisible())
        assert phone.inputMethodHints() & Qt.InputMethodHint.ImhDigitsOnly
    QApplication.instance().setStyleSheet("")


@pytest.mark.slow
@pytest.mark.skipif(
    not all(map(shutil.which, COMMANDS)) or not PINYIN.is_file(),
    reason="needs fcitx5, fcitx5-pinyin, xdotool, xvfb and dbus, which dev.py check --slow installs where it may",
)
@pytest.mark.parametrize("asked_for", ["fcitx", "ibus", ""])
def test_pinyin_becomes_chinese_in_the_field_for_the_name(asked_for, tmp_path):
    folders = {name: tmp_path / name for name in ("config", "run", "home")}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    (folders["config"] / "fcitx5").mkdir()
    (folders["config"] / "fcitx5" / "profile").write_text(PROFILE)
    (folders["config"] / "fcitx5" / "config").write_text(CONFIG)
    script = tmp_path / "session.sh"
    picture = tmp_path / "typed.png"
    screen = 120 + os.getpid() % 800
    script.write_text(SESSION.format(screen=screen, python=sys.executable, picture=picture))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("QT_IM")}
    environment |= {"HOME": str(folders["home"]), "XDG_CONFIG_HOME": str(folders["config"]), "LANG": "C.UTF-8"}
    environment |= {"XDG_RUNTIME_DIR": str(folders["run"]), "QT_QPA_PLATFORM": "xcb", "QT_IM_MODULE": asked_for}
    environment |= {"LOANAPP_ASSETS": str(assets_folder()), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", str(script)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    # While it composes nothing is in the field yet; with the space the first candidate is.
    assert told["lisi composing"] == ""
    assert len(told["lisi"]) == 2
    assert all("\u4e00" <= character <= "\u9fff" for character in told["lisi"])
    assert told["11010"].replace(" ", "") == "11010"
