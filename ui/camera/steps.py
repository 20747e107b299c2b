"""All steps of the face page on one pile; only the one in sight takes room."""

from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.camera.before import ConsentStep, FlashStep
from ui.camera.branch import BookedStep, BranchStep
from ui.camera.changed import ChangedStep
from ui.camera.mirror import MirrorStep
from ui.camera.network_identity import NetworkIdentityStep
from ui.camera.ready import ReadyStep
from ui.camera.result import ResultStep


class FaceSteps(QStackedWidget):
    """Widgets without behaviour: before the camera, getting ready, the mirror, the result, the other ways."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.consent = ConsentStep()
        self.flash = FlashStep()
        self.ready = ReadyStep()
        self.mirror = MirrorStep()
        self.result = ResultStep()
        self.changed = ChangedStep()
        self.network = NetworkIdentityStep()
        self.branch = BranchStep()
        self.booked = BookedStep()
        before = (self.consent, self.flash, self.ready)
        after = (self.result, self.changed, self.network, self.branch, self.booked)
        for step in (*before, self.mirror, *after):
            self.addWidget(step)
