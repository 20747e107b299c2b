"""The least a Qt program can do: an empty main window that says when it was first painted."""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class EmptyWindow(QMainWindow):
    """Reports its first paint as ``ui.__main__`` does, and ends."""

    def paintEvent(self, event):  # noqa: N802 - Qt's name
        super().paintEvent(event)
        QTimer.singleShot(0, report)


def report():
    print('{"first_paint_ms": 0}', flush=True)
    QApplication.quit()


application = QApplication([sys.argv[0]])
window = EmptyWindow()
window.resize(1120, 720)
window.show()
sys.exit(application.exec())
