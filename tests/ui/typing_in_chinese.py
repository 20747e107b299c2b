"""Run as a program under a virtual screen with an input method: types pinyin into the field for the name.

Keys come from the X server, as from a keyboard; what the field then holds is printed as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit

from ui import input_method

_BETWEEN_KEYS_MS = "100"


def wait(milliseconds: int) -> None:
    """Let the program and the input method go on."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def xdotool(*arguments: str) -> None:
    """Press keys; the program goes on while they are pressed."""
    pressing = subprocess.Popen(["xdotool", *arguments])
    while pressing.poll() is None:
        wait(20)


def main() -> None:
    input_method.prepare()
    application = QApplication(["typing"])
    with tempfile.TemporaryDirectory() as home:
        os.environ["LOANAPP_HOME"] = home
        from tests.gallery.page_scenes import page_scenes
        from tests.gallery.stage import as_before, prepare, settle, staged

        prepare()
        as_before()
        told = {}
        scene = next(one for one in page_scenes() if one.name == "identity-read")
        with staged(scene) as window:
            settle(window)
            xdotool("windowfocus", "--sync", str(int(window.winId())))
            name, number = [one for one in window.findChildren(QLineEdit) if one.isVisible()][:3:2]
            for field, keys in ((name, "lisi"), (number, "11010")):
                field.setFocus()
                field.clear()
                wait(400)
                xdotool("type", "--delay", _BETWEEN_KEYS_MS, keys)
                wait(1200)
                told[f"{keys} composing"] = field.text()
                xdotool("key", "space")
                wait(900)
                told[keys] = field.text()
            window.grab().save(sys.argv[1])
        print(json.dumps(told), flush=True)
    application.quit()


if __name__ == "__main__":
    main()
