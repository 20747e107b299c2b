"""Which camera: the devices of this computer with what each sees, and the demonstration borrower where there is one."""

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from ui.camera.camera_cards import CameraNote, CameraOption
from ui.camera.ready import ReadyStep
from ui.demonstration import DemonstrationKit
from ui.operations import Operations
from ui.translations import error_sentence, tr

if TYPE_CHECKING:
    from loanapp.capture.sources import CameraInfo, Frame, FrameSource
    from loanapp.capture.thumbnails import CameraThumbnails, Thumbnail

DEMONSTRATION: Final = -1
_LOOK_MS: Final = 150


class CameraChoice(QObject):
    """Fills the list of the step "getting ready" and says what was chosen there.

    An infra-red camera, or one that a program makes, is never picked by itself. Pictures are only taken between
    :meth:`watch` and :meth:`stop_watching`, so after the consent and while the list is in sight.
    """

    changed = Signal()

    def __init__(self, ready: ReadyStep, demonstration: DemonstrationKit | None, operations: Operations) -> None:
        super().__init__(ready)
        self._ready = ready
        self._kit = demonstration
        self._operations = operations
        self._cameras: tuple[CameraInfo, ...] = ()
        self._seen: tuple[Thumbnail, ...] = ()
        self._searched = self._searching = self._by_hand = False
        self._thumbnails: CameraThumbnails | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._show_pictures)
        ready.cameras.chosen.connect(self._chosen)

    # what there is

    def watch(self) -> None:
        """Look for cameras if nobody has yet, then show what each of them sees."""
        if self._searched:
            self._begin_pictures()
        elif not self._searching:
            self.search()

    def search(self) -> None:
        """Look for cameras, in a worker."""
        self._searching = True
        self._show()
        ended = self._take_thumbnails()

        def find() -> "tuple[CameraInfo, ...]":
            # The engine's libraries come along, so that the mirror opens at once.
            importlib.import_module("loanapp.capture.guided_capture")
            from loanapp.capture.sources import list_cameras

            ended()
            return tuple(list_cameras())

        self._operations.run(find, self._found, lambda _error: self._found(()))

    def _found(self, cameras: "tuple[CameraInfo, ...]") -> None:
        self._searching, self._searched = False, True
        self._cameras, self._seen = cameras, ()
        self._show()
        if self._ready.isVisible():
            self._begin_pictures()

    def _options(self) -> list[CameraOption]:
        options = []
        for place, camera in enumerate(self._cameras):
            seen = self._seen[place] if place < len(self._seen) else None
            infrared = camera.infrared or (seen is not None and seen.infrared)
            note = CameraNote.INFRARED if infrared else CameraNote.VIRTUAL if camera.virtual else CameraNote.NONE
            trouble = error_sentence(seen.error) if seen is not None and seen.error is not None else ""
            name = camera.name or tr("face_verification.ready.camera_number", number=camera.index + 1)
            options.append(CameraOption(place, name, note, trouble))
        if self._kit is not None:
            name = tr("face_verification.ready.demonstration")
            options.append(CameraOption(DEMONSTRATION, name, CameraNote.SIMULATED))
        return options

    def _show(self) -> None:
        options = self._options() if self._searched else []
        plain = [option.key for option in options if option.note is CameraNote.NONE]
        preferred = plain[0] if plain else DEMONSTRATION if self._kit is not None else None
        cards = self._ready.cameras
        cards.show_options(options, preferred)
        picked = next((option for option in options if option.key == cards.value()), None)
        if picked is not None and not self._by_hand and picked.note is CameraNote.INFRARED:
            # Its picture says what its name did not.
            if preferred is None:
                cards.choose_none()
            else:
                cards.choose(preferred)
        self._ready.show_cameras(searching=self._searching or not self._searched, found=bool(options))
        self.changed.emit()

    def retranslate(self) -> None:
        """Write the list in the language in force; what was chosen stays chosen."""
        self._show()

    def _chosen(self, _key: int) -> None:
        self._by_hand = self._ready.cameras.has_focus_inside()
        self.changed.emit()

    # what they see

    def _begin_pictures(self) -> None:
        if self._thumbnails is not None:
            return
        if self._cameras:
            from loanapp.capture.thumbnails import CameraThumbnails

            self._thumbnails = CameraThumbnails(self._cameras)
            self._thumbnails.start()
            self._look.start()
        self._show_borrower()

    def _show_pictures(self) -> None:
        if self._thumbnails is None:
            return
        before = [option.note for option in self._options()], [option.trouble for option in self._options()]
        self._seen = self._thumbnails.latest()
        cards = self._ready.cameras.cards
        for place, seen in enumerate(self._seen):
            if place in cards and seen.image is not None:
                cards[place].thumbnail.show_frame(seen.image)
        if before != ([option.note for option in self._options()], [option.trouble for option in self._options()]):
            self._show()

    def _show_borrower(self) -> None:
        """One picture of the demonstration borrower; it always looks the same."""
        kit, card = self._kit, self._ready.cameras.cards.get(DEMONSTRATION)
        if kit is None or card is None or card.thumbnail.has_picture:
            return

        def look() -> "Frame | None":
            source = kit.camera()
            try:
                source.open()
                return source.read()
            finally:
                source.close()

        def show(frame: "Frame | None") -> None:
            shown = self._ready.cameras.cards.get(DEMONSTRATION)
            if frame is not None and shown is not None:
                shown.thumbnail.show_frame(frame.image)

        self._operations.run(look, show, lambda _error: None)

    def stop_watching(self) -> None:
        """Close every camera and forget what was seen; joining the thread is not the window's work."""
        stop = self._take_thumbnails()
        self._operations.save(stop)

    def _take_thumbnails(self) -> Callable[[], None]:
        """Nothing is looked at any more; returns what closes the cameras, to be called in a worker."""
        self._look.stop()
        thumbnails, self._thumbnails = self._thumbnails, None
        for key, card in self._ready.cameras.cards.items():
            if key != DEMONSTRATION:
                card.thumbnail.show_frame(None)
        self._seen = ()
        return thumbnails.stop if thumbnails is not None else lambda: None

    # what is chosen

    @property
    def possible(self) -> bool:
        """Whether something is chosen that can be opened."""
        return not self._searching and self._ready.cameras.value() is not None

    @property
    def simulated(self) -> bool:
        """Whether the demonstration borrower is chosen."""
        return self._ready.cameras.value() == DEMONSTRATION

    def take(self) -> "Callable[[], FrameSource] | None":
        """What makes the chosen source, in a worker: it first closes what was looked at. ``None``: nothing chosen."""
        key = self._ready.cameras.value()
        if key is None:
            return None
        ended, kit = self._take_thumbnails(), self._kit
        camera = self._cameras[key] if 0 <= key < len(self._cameras) else None

        def make() -> "FrameSource":
            from loanapp.capture.sources import CameraSource

            ended()
            if camera is not None:
                return CameraSource(camera)
            if kit is None:
                raise RuntimeError("there is no demonstration borrower")
            return kit.camera()

        return make
