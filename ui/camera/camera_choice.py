"""Which camera: the devices of this computer, and the demonstration borrower where there is one."""

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker

from ui.camera.steps import ReadyStep
from ui.demonstration import DemonstrationKit
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.capture.sources import CameraInfo, FrameSource

_DEMONSTRATION: Final = -1


class CameraChoice:
    """Fills the list of the step "getting ready" and says what was chosen there."""

    def __init__(self, ready: ReadyStep, demonstration: DemonstrationKit | None) -> None:
        self.searched = False
        self._ready = ready
        self._kit = demonstration
        self._cameras: tuple[CameraInfo, ...] = ()

    @staticmethod
    def find() -> "tuple[CameraInfo, ...]":
        """In a worker: the cameras there are. The engine's libraries come along, so that the mirror opens at once."""
        importlib.import_module("loanapp.capture.guided_capture")
        from loanapp.capture.sources import list_cameras

        return tuple(list_cameras())

    def show(self, cameras: "tuple[CameraInfo, ...]") -> None:
        """Offer these."""
        self._cameras = cameras
        self.fill()

    def fill(self) -> None:
        """Write the list in the language in force; what was chosen stays chosen."""
        if not self.searched:
            return
        box = self._ready.cameras
        chosen = box.currentData()
        with QSignalBlocker(box):
            box.clear()
            for place, camera in enumerate(self._cameras):
                box.addItem(camera.name or str(camera.index), place)
            if self._kit is not None:
                box.addItem(tr("face_verification.ready.demonstration"), _DEMONSTRATION)
            box.setCurrentIndex(max(0, box.findData(chosen)))

    def follow(self, *, busy: bool) -> bool:
        """Label what is simulated, say when there is nothing; ``True`` when something can be opened."""
        box = self._ready.cameras
        self._ready.tag.setVisible(box.currentData() == _DEMONSTRATION)
        self._ready.show_none(self.searched and not box.count() and not busy)
        return bool(box.count())

    def chosen(self) -> "Callable[[], FrameSource] | None":
        """What makes the source that is chosen, in whatever thread; ``None`` where nothing is."""
        data = self._ready.cameras.currentData()
        if data is None:
            return None
        if data == _DEMONSTRATION:
            return self._kit.camera if self._kit is not None else None
        camera = self._cameras[data]

        def make() -> "FrameSource":
            from loanapp.capture.sources import CameraSource

            return CameraSource(camera)

        return make
