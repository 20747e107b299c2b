"""Face verification: consent before any camera, once; then getting ready, the mirror; another way is always there."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from loanapp.client.answers import ConsentText, Verdict
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Challenge, HintCode, SourceKind, VerdictOutcome
from loanapp.journey.pages import Page
from ui.camera.camera_choice import CameraChoice
from ui.camera.face_words import Step, action_of, line_for, show_result, title_of
from ui.camera.figures import CAMERA, DONE
from ui.camera.preview import PreviewState
from ui.camera.steps import FaceSteps
from ui.components import SecondaryButton
from ui.components.page_scaffold import COLUMN
from ui.operations import Operation
from ui.pages.page import JourneyPage
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.capture.guided_capture import CaptureView, GuidedCapture
    from loanapp.capture.sources import CameraInfo, FrameSource

_POLL_MS: Final = 33


class FaceVerificationPage(JourneyPage):
    """Guidance only: the verdict is the lender's, and no score is ever shown."""

    page_id = Page.FACE_VERIFICATION
    wide = True
    scrolls = False

    def build(self) -> None:
        """All steps, and the buttons beneath them."""
        self._capture: GuidedCapture | None = None
        self._preparing: Operation | None = None
        self._challenge: Challenge | None = None
        self._verdict: Verdict | None = None
        self._error: LoanAppError | None = None
        self._came_from = Step.CONSENT
        self._step = Step.CONSENT
        self.steps = FaceSteps()
        self.scaffold.body.addWidget(self.steps, 1)
        self._choice = CameraChoice(self.steps.ready, self.context.demonstration)
        self.cancel = SecondaryButton()
        self.cancel.clicked.connect(self._stop_and_get_ready)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._stop_and_get_ready)
        self._escape.setEnabled(False)
        actions = self.scaffold.primary.parentWidget()
        layout = actions.layout() if actions else None
        if layout is not None:
            layout.addWidget(self.cancel)
        self.scaffold.back.clicked.disconnect(self.back_wanted)
        self.scaffold.back.clicked.connect(self._go_back)
        self.scaffold.aside.clicked.connect(self._choose_other_way)
        self.steps.ready.search_wanted.connect(self._search)
        self.steps.ready.cameras.currentIndexChanged.connect(lambda _index: self._follow_choice())
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look)

    # entering and leaving

    def load(self) -> None:
        """No camera before the consent, and nobody is asked twice: what was decided on the page before holds here."""
        self._verdict = self._error = None
        decided = self._decided()
        if decided:
            self._get_ready()
        elif decided is None:
            self._enter(Step.CONSENT)
        else:
            self._came_from = Step.CONSENT
            self._enter(Step.MANUAL)

    def leave(self) -> None:
        """Close the camera and forget every frame."""
        self._stop_capture()
        super().leave()

    def focus_first(self) -> None:
        """The main action where there is one to press, else cancelling, else the page itself."""
        ways = (self.scaffold.primary, self.cancel)
        next((way for way in ways if not way.isHidden() and way.isEnabled()), self).setFocus()

    @property
    def step(self) -> Step:
        """Where on the page the borrower is."""
        return self._step

    def reasons_told(self) -> str:
        """What is told to the borrower when it does not go on, by the codes."""
        codes = [reason.value for reason in self._verdict.reasons] if self._verdict else []
        return ", ".join([*codes, *([self._error.code.value] if self._error else [])])

    def missing(self) -> list[str]:
        """Complete once the lender has a verdict to go on with."""
        return [] if self._step in {Step.PASSED, Step.REVIEW} else [self.scaffold.title.text()]

    # actions

    def proceed(self) -> None:
        """What the main action means at each step."""
        do = {
            Step.CONSENT: self._agree,
            Step.READY: self._start,
            Step.PASSED: self._go_on,
            Step.REVIEW: self._go_on,
            Step.RETRY: self._get_ready,
            Step.NO_MORE: self._choose_other_way,
            Step.TROUBLE: self._start,
            Step.MANUAL: self._confirm_manual,
        }.get(self._step)
        if do is not None:
            do()

    def _agree(self) -> None:
        consent = self._consent()
        if consent is None:
            self.show_problem(LoanAppError(ErrorCode.LENDER_TROUBLE))
            return
        language = self.context.translator.language
        digest = consent.sha256.in_language(language)
        self.context.operations.run(
            lambda: self.journey.record_consent(
                consent.scope, granted=True, text_version=consent.version, text_sha256=digest, language=language
            ),
            lambda _receipt: self._get_ready(),
            busy=self,
        )

    def _get_ready(self) -> None:
        self._enter(Step.READY)
        if not self._choice.searched:
            self._search()

    def _search(self) -> None:
        self._choice.searched = True
        self.context.operations.run(self._choice.find, self._found, busy=self)

    def _found(self, cameras: "tuple[CameraInfo, ...]") -> None:
        self._choice.show(cameras)
        self._follow_choice()

    def _follow_choice(self) -> None:
        possible = self._choice.follow(busy=self.busy)
        if self._step is Step.READY:
            primary, ready = self.scaffold.primary, possible and not self.busy
            if primary.hasFocus() and not ready:
                self.setFocus()  # else Qt hands it on, out of the page
            primary.setEnabled(ready)
            if ready and self.hasFocus():
                primary.setFocus()
            if not self.busy and self._agreed():
                self.scaffold.set_note(tr("face_verification.consent.agreed"))

    def _start(self) -> None:
        """Ask the lender for a challenge and open the camera."""
        self._stop_capture()
        self._error = None
        self._enter(Step.MIRROR)
        self.steps.mirror.say(tr("face_verification.line.opening"), CAMERA)

        make = self._choice.chosen()

        def prepare() -> "tuple[Challenge, FrameSource]":
            if make is None:
                raise LoanAppError(ErrorCode.CAMERA_NOT_FOUND)
            source = make()
            return self.journey.begin_liveness(source.kind), source

        self._preparing = self.context.operations.run(prepare, self._prepared, self._failed)

    def _prepared(self, prepared: "tuple[Challenge, FrameSource]") -> None:
        if self._step is not Step.MIRROR or not self.isVisible():
            return
        from loanapp.capture.guided_capture import GuidedCapture

        self._challenge, source = prepared
        self.steps.mirror.show_simulated(source.kind is not SourceKind.CAMERA)
        self._capture = GuidedCapture(source, action_timeout_s=self._challenge.action_timeout_seconds)
        self._capture.start()
        self._capture.begin(self._challenge)
        self._poll.start()

    def _stop_capture(self) -> None:
        """Close the camera; joining its threads is not the GUI thread's work, and is finished even at the end."""
        self._poll.stop()
        preparing, self._preparing = self._preparing, None
        if preparing is not None:
            # A challenge that comes after this must open no camera.
            preparing.cancel()
        capture, self._capture = self._capture, None
        self.steps.mirror.preview.show_frame(None)
        if capture is not None:
            self.context.operations.save(capture.stop)

    def _stop_and_get_ready(self) -> None:
        self._stop_capture()
        self._get_ready()

    def _go_back(self) -> None:
        if self._step is Step.MANUAL:
            self._enter(self._came_from)
        elif self._step is Step.READY and not self._agreed():
            self._enter(Step.CONSENT)
        else:
            self.back_wanted.emit()

    def _choose_other_way(self) -> None:
        self._stop_capture()
        if self._step is not Step.MANUAL:
            self._came_from = Step.READY if self._step in {Step.MIRROR, Step.SENDING} else self._step
        self._enter(Step.MANUAL)

    def _confirm_manual(self) -> None:
        self.context.operations.run(self.journey.choose_manual_verification, self.done, busy=self)

    def _go_on(self) -> None:
        self.context.operations.run(self.journey.refresh, self.done, busy=self)

    # the mirror

    def _look(self) -> None:
        """Thirty times a second: the newest frame and what to say about it."""
        from loanapp.capture.guidance import CapturePhase

        capture = self._capture
        if capture is None:
            return
        view = capture.latest()
        if view.frame is not None:
            self.steps.mirror.preview.show_frame(view.frame.image)
        self._show_view(view)
        if view.phase is CapturePhase.DONE:
            self._send(capture)
        elif view.phase is CapturePhase.FAILED:
            self._failed(view.error or LoanAppError(ErrorCode.UNEXPECTED))

    def _show_view(self, view: "CaptureView") -> None:
        text, drawing, look = line_for(view)
        self.steps.mirror.say(text, drawing, look=look)
        preview = self.steps.mirror.preview
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

    def _send(self, capture: "GuidedCapture") -> None:
        """Seal and upload; the camera is closed at once, the preview forgets its frame."""
        self._poll.stop()
        challenge = self._challenge
        self._capture = None
        preview = self.steps.mirror.preview
        preview.show_frame(None)
        preview.show_state(PreviewState(done=preview.state.total, total=preview.state.total, finished=True))
        self._enter(Step.SENDING)
        self.steps.mirror.say(tr("face_verification.line.sending"), DONE)

        def work() -> Verdict:
            if challenge is None:
                raise LoanAppError(ErrorCode.CHALLENGE_EXPIRED)
            try:
                evidence = capture.evidence()
            finally:
                capture.stop()
            return self.journey.send_evidence(challenge, evidence)

        def mine() -> bool:
            return self._step is Step.SENDING and self._challenge is challenge

        self.context.operations.run(
            work,
            lambda verdict: self.show_verdict(verdict) if mine() else None,
            lambda error: self._failed(error) if mine() else None,
        )

    def show_verdict(self, verdict: Verdict) -> None:
        """Show what the lender makes of an attempt: outcome and reasons, never a score."""
        self._verdict = verdict
        if verdict.outcome is VerdictOutcome.PASSED:
            self._enter(Step.PASSED)
        elif verdict.outcome is VerdictOutcome.REVIEW:
            self._enter(Step.REVIEW)
        elif verdict.outcome is VerdictOutcome.RETRY and verdict.attempts_left > 0:
            self._enter(Step.RETRY)
        else:
            self._enter(Step.NO_MORE)

    def _failed(self, error: LoanAppError) -> None:
        self._stop_capture()
        if self._step not in {Step.MIRROR, Step.SENDING}:
            return
        self._error = error
        self._enter(Step.NO_MORE if error.code is ErrorCode.FACE_ATTEMPTS_LOCKED else Step.TROUBLE)

    # what is seen

    def _enter(self, step: Step) -> None:
        if self.isVisible():
            self.setFocus()  # a button that hides with the focus would hand it on, out of the page
        self._step = step
        self._show_step()
        if self.isVisible():
            self.focus_first()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """Follow the list of cameras, too."""
        super().set_busy(busy)
        self._follow_choice()

    def retranslate(self) -> None:
        """Change every word of the step in sight."""
        super().retranslate()
        self.steps.ready.retranslate()
        self.steps.mirror.promises.retranslate()
        self.steps.mirror.preview.setAccessibleName(tr("face_verification.preview.name"))
        self.cancel.setText(tr("face_verification.cancel"))
        self.scaffold.aside.setText(tr("face_verification.other_way"))
        self._choice.fill()
        self._show_step()

    def _consent(self) -> ConsentText | None:
        lender = self.context.journey.lender if self.context.journey else None
        return lender.consent(ConsentScope.FACE_VERIFICATION) if lender else None

    def _decided(self) -> bool | None:
        """What the borrower has said to the text in force: yes, no, or nothing yet."""
        consent = self._consent()
        application = self.journey.application if consent is not None else None
        if consent is None or application is None:
            return None
        record = application.consent(consent.scope)
        return record.granted if record is not None and record.text_version == consent.version else None

    def _agreed(self) -> bool:
        return self._decided() is True

    def _show_step(self) -> None:
        step, scaffold = self._step, self.scaffold
        live = step in {Step.MIRROR, Step.SENDING}
        shown = {
            Step.CONSENT: self.steps.consent,
            Step.READY: self.steps.ready,
            Step.MIRROR: self.steps.mirror,
            Step.SENDING: self.steps.mirror,
        }.get(step, self.steps.result)
        self.steps.setCurrentWidget(shown)
        scaffold.title.setVisible(not live)
        scaffold.lead.hide()
        scaffold.set_column(None if live else COLUMN)
        scaffold.back.setVisible(step in {Step.CONSENT, Step.READY, Step.MANUAL})
        scaffold.aside.setVisible(step not in {Step.SENDING, Step.PASSED, Step.REVIEW, Step.NO_MORE, Step.MANUAL})
        scaffold.primary.setVisible(not live)
        self.cancel.setVisible(step is Step.MIRROR)
        self._escape.setEnabled(step is Step.MIRROR)
        scaffold.simulated.setVisible(self.context.demonstration is not None and not live)
        scaffold.title.setText(title_of(step))
        scaffold.primary.setText(action_of(step))
        scaffold.back.setText(tr("face_verification.manual.back") if step is Step.MANUAL else tr("common.back"))
        scaffold.primary.setEnabled(not self.busy)
        scaffold.set_note(tr("face_verification.sending.no_cancel") if step is Step.SENDING else "")
        if step is Step.CONSENT:
            self.steps.consent.show_consent(self._consent(), self.context.translator.language)
        elif step is Step.READY:
            self._follow_choice()
        elif shown is self.steps.result:
            simulated = self.context.demonstration is not None
            show_result(self.steps.result, step, self._verdict, self._error, simulated=simulated)
