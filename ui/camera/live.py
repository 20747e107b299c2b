"""What a view of the attempt looks and sounds like: mirror, line, ring, colours, voice."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from loanapp.domain.liveness import Challenge, HintCode
from ui.announce import announce
from ui.camera.face_words import line_for, spoken_for
from ui.camera.figures import CAMERA, DONE, Drawing
from ui.camera.flash_overlay import FlashOverlay
from ui.camera.mirror import MirrorStep
from ui.camera.preview import PreviewState
from ui.translations import tr, translator
from ui.voice import Voice

if TYPE_CHECKING:
    from loanapp.capture.guided_capture import CaptureView


class LiveMirror(QObject):
    """Shows each view on the mirror and in the overlay, and reads it aloud where that is wanted."""

    def __init__(self, mirror: MirrorStep, overlay: FlashOverlay, voice: Voice) -> None:
        super().__init__(mirror)
        self._mirror, self._overlay, self._voice = mirror, overlay, voice
        self._words: Callable[[], tuple[str, Drawing | None, bool]] | None = None

    def open(self) -> None:
        """Nothing is seen yet."""
        self._mirror.preview.show_frame(None)
        self._mirror.preview.show_state(PreviewState())
        self._say(lambda: (tr("face_verification.line.opening"), CAMERA, False))

    def show(self, view: "CaptureView", challenge: Challenge | None) -> None:
        """One view; the colour first, because the lender compares when it was shown."""
        flash_comes = challenge is not None and bool(challenge.flash)
        preview = self._mirror.preview
        self._overlay.show_colour(view.flash)
        if view.frame is not None:
            self._overlay.show_frame(view.frame.image)
            if view.flash is None:
                preview.show_frame(view.frame.image)
        text = line_for(view, flash_comes=flash_comes)[0]
        if text != self._mirror.line.text():
            self._speak(*spoken_for(view, flash_comes=flash_comes))
        # What is kept for another language is what is said: no frame outlives its view.
        said = replace(view, frame=None, facts=None)
        self._say(lambda: line_for(said, flash_comes=flash_comes))
        preview.show_state(
            PreviewState(
                done=view.done_count,
                total=view.total,
                action_progress=view.action_progress,
                light=view.light if view.facts is not None else None,
                dark=view.hint is HintCode.TOO_DARK,
                attention=view.hint is not None,
            )
        )
        told = tr("face_verification.preview.progress", done=view.done_count, total=view.total)
        if preview.accessibleDescription() != told:
            preview.setAccessibleDescription(told)

    def finish(self) -> None:
        """Everything is acted: forget the picture, close the ring, say that it is sent."""
        preview = self._mirror.preview
        self._overlay.show_colour(None)
        preview.show_frame(None)
        self._mirror.show_camera_on(on=False)
        preview.show_state(PreviewState(done=preview.state.total, total=preview.state.total, finished=True))
        self._say(lambda: (tr("face_verification.line.sending"), DONE, False))
        self._speak(tr("voice.line.sending"))

    def _speak(self, text: str, urgent: bool = False) -> None:  # noqa: FBT001, FBT002 - as the voice has it
        """By the program's own voice where it is wanted, else by the borrower's screen reader: never by both."""
        if self._voice.enabled and self._voice.available:
            self._voice.say(text, translator().language, urgent)
        else:
            announce(self._mirror.line, text, urgent=urgent)

    def _say(self, words: Callable[[], tuple[str, "Drawing | None", bool]]) -> None:
        self._words = words
        self.retranslate()

    def retranslate(self) -> None:
        """Say what is said now in the language in force, without waiting for the next view."""
        if self._words is not None:
            text, drawing, look = self._words()
            self._mirror.say(text, drawing, look=look)

    def close(self) -> None:
        """Give the window back, forget the picture, be silent."""
        self._overlay.show_colour(None)
        self._mirror.preview.show_frame(None)
        self._mirror.show_camera_on(on=False)
        self._voice.hush()
