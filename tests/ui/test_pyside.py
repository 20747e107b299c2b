"""PySide6 6.12 loses references to ``None`` and ``True`` on Python 3.11; the program would abort within a minute."""

import sys
from pathlib import Path

import PySide6
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

_FEW = 5


class _Talker(QObject):
    said = Signal(bool)


class _Painted(QWidget):
    def paintEvent(self, event):  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.drawLine(0, 0, 10, 10)
        painter.end()


def test_this_pyside_is_not_the_one_that_loses_references():
    assert PySide6.__version_info__[:2] != (6, 12)


def test_the_pin_is_exact():
    root = Path(__file__).parents[2]
    pins = (root / "requirements" / "runtime.txt").read_text(encoding="utf-8").lower()
    assert "pyside6-essentials==6.11.3 " in pins
    assert '"PySide6-Essentials==6.11.3"' in (root / "pyproject.toml").read_text(encoding="utf-8")
    assert "\npyside6-addons" not in pins


def test_qt_calls_keep_the_references_of_none_and_true(qtbot):
    talker, widget = _Talker(), _Painted()
    qtbot.addWidget(widget)
    heard = []
    talker.said.connect(heard.append)
    with qtbot.waitExposed(widget):
        widget.show()

    def move_qt() -> None:
        for _ in range(200):
            QCoreApplication.processEvents()
        for _ in range(30):
            talker.said.emit(True)
        heard.clear()
        for _ in range(100):
            widget.repaint()

    move_qt()
    before = sys.getrefcount(None), sys.getrefcount(True)
    move_qt()
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert abs(after[0] - before[0]) < _FEW
    assert abs(after[1] - before[1]) < _FEW
