"""All steps of the face page on one pile; only the one in sight takes room."""

from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.camera.before import ConsentStep, FlashStep
from ui.camera.mirror import MirrorStep
from ui.camera.ready import ReadyStep
from ui.camera.result import ResultStep


class FaceSteps(QStackedWidget):
    """Widgets without behaviour: before the camera, getting ready, the mirror, the result."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.consent = ConsentStep()
        self.flash = FlashStep()
        self.ready = ReadyStep()
        self.mirror = MirrorStep()
        self.result = ResultStep()
        for step in (self.consent, self.flash, self.ready, self.mirror, self.result):
            self.addWidget(step)
