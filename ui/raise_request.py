"""What a second start leaves for the window that is open: the window comes forward and takes it away."""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject
from PySide6.QtWidgets import QWidget


class RaiseRequest(QObject):
    """Watches for ``request``, a file that is there while somebody asks, on behalf of ``window``."""

    def __init__(self, request: Path, window: QWidget) -> None:
        super().__init__(window)
        self._request, self._window = request, window
        self._files = QFileSystemWatcher([str(request.parent)], self)
        self._files.directoryChanged.connect(self._changed)

    def _changed(self, _folder: str) -> None:
        if not self._request.exists():
            return
        self._request.unlink(missing_ok=True)
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.show()
        window.raise_()
        window.activateWindow()
