"""Face verification: consent before any camera, once; then getting ready, the mirror; another way is always there."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut

from loanapp.client.answers import Verdict
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Challenge, SourceKind, VerdictOutcome
from loanapp.journey.pages import Page
from ui.camera.attempt import FaceAttempt
from ui.camera.branch import visit_time
from ui.camera.camera_choice import CameraChoice
from ui.camera.connection import ConnectionCheck
from ui.camera.consent_talk import ConsentTalk
from ui.camera.face_words import Step, action_of
from ui.camera.flash_overlay import FlashOverlay
from ui.camera.live import LiveMirror
from ui.camera.once_more import OnceMore
from ui.camera.other_ways import STEP_OF, OtherWays
from ui.camera.outcomes import STUCK, Found, heading_for, outcome_for
from ui.camera.ready import READY_COLUMN
from ui.camera.steps import FaceSteps
from ui.camera.voice_switch import VoiceSwitch
from ui.camera.ways import Way
from ui.camera.ways_on import LIVE, OTHER, WITH_BACK, WITH_OTHER_WAY, WITH_WITHDRAWAL, aside_words, back_words
from ui.components import SecondaryButton
from ui.components.page_scaffold import COLUMN
from ui.pages.page import JourneyPage
from ui.translations import tr, translator
from ui.voice import Voice


class FaceVerificationPage(JourneyPage):
    """Guidance only: the verdict is the lender's, and no score is ever shown."""

    page_id = Page.FACE_VERIFICATION
    wide = True
    scrolls = False

    def build(self) -> None:
        """All steps, and the buttons beneath them."""
        self._verdict: Verdict | None = None
        self._error: LoanAppError | None = None
        self._came_from = self._step = Step.CONSENT
        self._may_start = False
        # What was answered about flashing light, for one application and only while the program runs.
        self._flash: tuple[str, bool] | None = None
        operations = self.context.operations
        self.steps = FaceSteps()
        self.scaffold.body.addWidget(self.steps, 1)
        self.voice = Voice(self)
        self.choice = CameraChoice(self.steps.ready, self.context.demonstration, operations)
        self.attempt = FaceAttempt(operations, self)
        self.connection = ConnectionCheck(operations, self)
        self.overlay = FlashOverlay(self)
        self.live = LiveMirror(self.steps.mirror, self.overlay, self.voice)
        self.others = OtherWays(self, self.steps)
        self.consent = ConsentTalk(self)
        self.once_more = OnceMore(self)
        self._make_actions()
        self._connect()

    def _make_actions(self) -> None:
        self.cancel, self.read_aloud = SecondaryButton(), VoiceSwitch(self.voice)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._stop_and_get_ready)
        self._escape.setEnabled(False)
        actions = self.scaffold.primary.parentWidget()
        layout = actions.layout() if actions else None
        if layout is not None:
            layout.addWidget(self.read_aloud)
            layout.addWidget(self.cancel)
        self.steps.ready.add_voice(VoiceSwitch(self.voice))

    def _connect(self) -> None:
        steps, scaffold = self.steps, self.scaffold
        scaffold.back.clicked.disconnect(self.back_wanted)
        scaffold.back.clicked.connect(self._go_back)
        scaffold.aside.clicked.connect(self._aside)
        for stop in (self.cancel.clicked, self.overlay.cancelled):
            stop.connect(self._stop_and_get_ready)
        for ways in (steps.consent.ways.wanted, steps.result.way_wanted):
            ways.connect(self._take_way)
        for read in (steps.flash.agreed.pressed, steps.ready.agreed.pressed):
            read.connect(lambda: self.consent.open(given=True))
        steps.flash.chosen.connect(self._show_step)
        steps.ready.search_wanted.connect(self.choice.search)
        steps.ready.flash_wanted.connect(lambda: self._enter(Step.FLASH))
        steps.ready.slowly.toggled.connect(self._set_unhurried)
        steps.result.help_wanted.connect(self.context.messages.open_help)
        for support in (steps.result.support_wanted, steps.changed.support.pressed, steps.network.support.pressed):
            support.connect(self.context.messages.show_support)
        steps.result.recheck_wanted.connect(self._recheck)
        self.consent.agreed.connect(self._after_consent)
        self.consent.other_way.connect(self._choose_other_way)
        for chosen in (steps.branch.chosen, steps.network.changed):
            chosen.connect(self._show_step)
        steps.booked.change_wanted.connect(lambda: self._take_way(Way.BRANCH.value))
        steps.booked.cancel_wanted.connect(self.others.ask_cancel)
        self.others.booked.connect(lambda: self._enter(Step.BOOKED))
        self.others.cancelled.connect(lambda: self._enter(Step.WAYS))
        self.choice.changed.connect(self._follow_choice)
        self.connection.changed.connect(self._follow_connection)
        for follow in (steps.mirror.show_simulated, self.overlay.show_simulated):
            self.attempt.opened.connect(follow)
        self.attempt.opened.connect(lambda _simulated: steps.mirror.show_camera_on(on=True))
        self.attempt.viewed.connect(lambda view: self.live.show(view, self.attempt.challenge))
        self.attempt.acted.connect(self._send)
        self.attempt.failed.connect(self._failed)

    # entering and leaving

    def load(self) -> None:
        """No camera before the consent, and nobody is asked twice: what was decided on the page before holds here."""
        self._verdict = self._error = None
        decided, locked = self.consent.decided(), self._locked_seconds()
        if (step := self.once_more.step()) is not None:
            self._came_from = Step.AGAIN
            self._enter(step)
        elif self.others.appointment() is not None:
            self._came_from = Step.CONSENT if not decided else Step.READY
            self._enter(Step.BOOKED)
        elif locked:
            self._error = LoanAppError(ErrorCode.FACE_ATTEMPTS_LOCKED, retry_after_seconds=locked)
            self._enter(Step.NO_MORE)
        elif decided:
            self._after_consent()
        elif decided is None:
            self._enter(Step.CONSENT)
            QTimer.singleShot(0, self, self._ask_consent)
        else:
            self._came_from = Step.CONSENT
            self._enter(Step.WAYS)

    def done(self, page: Page) -> None:
        """On to the next page; where that is this one, to what is asked here now."""
        self.load() if page is self.page_id else super().done(page)

    def leave(self) -> None:
        """Close the camera and forget every frame."""
        self.once_more.follow(None)
        self.consent.close()
        self._stop()
        self.choice.stop_watching()
        super().leave()

    def focus_first(self) -> None:
        """The main action where there is one to press, else cancelling, else the page itself."""
        asking = {Step.FLASH: self.steps.flash, Step.NETWORK: self.steps.network}.get(self._step)
        if asking is not None and self._unanswered():
            asking.focus_first()
            return
        leading = self.steps.result.leading_way if self._other_ways_lead() else None
        ways = (self.scaffold.primary, self.cancel, *([leading] if leading is not None else []))
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

    # before the camera

    def proceed(self) -> None:
        """What the main action means at each step."""
        do = {
            Step.CONSENT: self.consent.open,
            Step.FLASH: self._answer_flash,
            Step.READY: self._start,
            Step.PASSED: self._go_on,
            Step.REVIEW: self._go_on,
            Step.RETRY: self._get_ready,
            Step.TROUBLE: self._start,
            Step.AGAIN: self._after_consent,
            Step.CALL: self._after_consent,
            **self.others.acts(),
        }.get(self._step)
        if do is not None:
            do()

    def _ask_consent(self) -> None:
        if self._step is Step.CONSENT and self.isVisible():
            self.consent.open()

    def _after_consent(self) -> None:
        self._enter(Step.FLASH if self._flash_is_shown() and self._flash_accepted() is None else Step.READY)

    def _answer_flash(self) -> None:
        answer, application = self.steps.flash.answer(), self.journey.application
        if answer is not None:
            self._flash = (application.id if application is not None else "", answer)
            self._get_ready()

    def _get_ready(self) -> None:
        self._enter(Step.READY)

    def _follow_choice(self) -> None:
        if self._step is Step.READY:
            primary, ready = self.scaffold.primary, self.choice.possible and not self.busy
            if primary.hasFocus() and not ready:
                self.setFocus()  # else Qt hands it on, out of the page
            comes, self._may_start = ready and not self._may_start, ready
            primary.setEnabled(ready)
            if comes and self.hasFocus():
                primary.setFocus()

    def _follow_connection(self) -> None:
        self.steps.ready.show_connection(self.connection.state)
        if self._step is Step.TROUBLE:
            self._show_step()
        elif self._step is Step.SENDING:
            self.scaffold.set_note(tr(f"face_verification.sending.{self.connection.state.value}"))

    @property
    def speaks_itself(self) -> bool:
        """Before the mirror, where each action and each hint is said at the moment it matters."""
        return self._step in LIVE

    def _set_unhurried(self, unhurried: bool) -> None:  # noqa: FBT001 - the signal's value
        self.steps.mirror.set_unhurried(unhurried)
        self.voice.set_unhurried(unhurried)

    # the mirror

    def _start(self) -> None:
        """Ask the lender for a challenge and open the camera."""
        self._error = None
        make, accepted = self.choice.take(), bool(self._flash_accepted())
        unhurried, journey = self.steps.ready.slowly.isChecked(), self.journey
        self.live.open()
        self._enter(Step.MIRROR)

        def begin(kind: SourceKind) -> Challenge:
            return journey.begin_liveness(kind, flash_accepted=accepted, unhurried=unhurried)

        self.attempt.start(make, begin, unhurried=unhurried)

    def _stop(self) -> None:
        """Close the camera and give the window back; whatever is under way ends."""
        self.live.close()
        self.attempt.stop()
        self.connection.stop()

    def _stop_and_get_ready(self) -> None:
        self._stop()
        self._get_ready()

    def _send(self) -> None:
        """Seal and upload; the camera is closed at once, the preview forgets its frame."""
        challenge, evidence = self.attempt.challenge, self.attempt.take_evidence()
        self.live.finish()
        self._enter(Step.SENDING)
        self.connection.check_later(self.journey.connect)

        def work() -> Verdict:
            packed = evidence()
            if challenge is None:
                raise LoanAppError(ErrorCode.CHALLENGE_EXPIRED)
            return self.journey.send_evidence(challenge, packed)

        def mine() -> bool:
            return self._step is Step.SENDING and self.attempt.challenge is challenge

        self.context.operations.run(
            work,
            lambda verdict: self.show_verdict(verdict) if mine() else None,
            lambda error: self._failed(error) if mine() else None,
        )

    # what came of it

    def show_verdict(self, verdict: Verdict) -> None:
        """Show what the lender makes of an attempt: outcome and reasons, never a score."""
        self._verdict, self._error = verdict, None
        self.connection.stop()
        if verdict.outcome is VerdictOutcome.PASSED:
            self._enter(Step.PASSED)
        elif verdict.outcome is VerdictOutcome.REVIEW:
            self._enter(Step.REVIEW)
        elif verdict.outcome is VerdictOutcome.RETRY and verdict.attempts_left > 0:
            self._enter(Step.RETRY)
        else:
            self._enter(Step.NO_MORE)

    def _failed(self, error: LoanAppError) -> None:
        self._stop()
        if self._step not in LIVE:
            return
        self._error, self._verdict = error, None
        self._enter(Step.NO_MORE if error.code is ErrorCode.FACE_ATTEMPTS_LOCKED else Step.TROUBLE)
        if error.code in STUCK:
            self.connection.check(self.journey.connect)

    def _go_on(self) -> None:
        self.context.operations.run(self.journey.refresh, self.done, busy=self)

    def _recheck(self) -> None:
        journey = self.journey
        self.context.operations.run(lambda: journey.open_page(Page.IDENTITY_DOCUMENT), self.open_page.emit, busy=self)

    # the other ways

    def _aside(self) -> None:
        if self._step in WITH_WITHDRAWAL:
            self.ask_withdraw()
        elif self._other_ways_lead():
            self._get_ready()
        else:
            self._choose_other_way()

    def _other_ways_lead(self) -> bool:
        """Whether another way is the main action here, and trying again the lesser one."""
        return self._step in {Step.RETRY, Step.NO_MORE} and outcome_for(self._step, self._found()).ways_first

    def _choose_other_way(self) -> None:
        ways = self.others.ways()
        if len(ways) == 1:
            self._take_way(ways[0].value)
        else:
            self._leave_for(Step.WAYS)

    def _take_way(self, way: str) -> None:
        step = STEP_OF[Way(way)]
        asked_already = step is Step.CALL_ASK and self.once_more.step() is Step.CALL
        self._leave_for(Step.CALL if asked_already else step)
        if self._step is Step.BRANCH:
            self.others.load_branches()

    def _leave_for(self, step: Step) -> None:
        self._stop()
        if self._step not in {*OTHER, Step.BOOKED}:
            self._came_from = Step.READY if self._step in LIVE else self._step
        self._enter(step)

    def _go_back(self) -> None:
        if self._step in OTHER and self.others.appointment() is not None:
            self._enter(Step.BOOKED)
        elif self._step in OTHER - {Step.WAYS} and len(self.others.ways()) > 1:
            self._enter(Step.WAYS)
        elif self._step in OTHER:
            self._enter(self._came_from)
        elif self._step is Step.TROUBLE:
            self._get_ready()
        elif self._step is Step.READY and self._flash_is_shown():
            self._enter(Step.FLASH)
        elif self._step in {Step.READY, Step.FLASH} and self.consent.decided() is not True:
            self._enter(Step.CONSENT)
        elif (asked := self.once_more.step()) is not None:
            self._enter(asked)
        else:
            self.back_wanted.emit()

    # what is known

    def _locked_seconds(self) -> int:
        application = self.context.journey.application if self.context.journey else None
        return application.face.locked_seconds if application is not None else 0

    def _flash_is_shown(self) -> bool:
        lender = self.context.journey.lender if self.context.journey else None
        return lender is not None and lender.flash

    def _flash_accepted(self) -> bool | None:
        """The answer for this application; ``None`` where none is given or none is needed."""
        application = self.context.journey.application if self.context.journey else None
        known = self._flash is not None and application is not None and self._flash[0] == application.id
        return self._flash[1] if self._flash is not None and known and self._flash_is_shown() else None

    # what is seen

    def _enter(self, step: Step) -> None:
        if self.isVisible():
            self.setFocus()  # a button that hides with the focus would hand it on, out of the page
        before, self._step = self._step, step
        self.once_more.follow(step)
        self._may_start = False
        if step is Step.READY:
            self.choice.watch()
            self.connection.check(self.journey.connect)
        elif before is Step.READY and step is not Step.MIRROR:
            self.choice.stop_watching()
        if step is Step.FLASH:
            self.steps.flash.show_answer(self._flash_accepted())
        self._show_step()
        if self.isVisible():
            self.focus_first()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """Follow the list of cameras, and what is still to be chosen, too."""
        super().set_busy(busy)
        if not self.busy:
            self._follow_answers()
        self._follow_choice()

    def _follow_answers(self) -> None:
        unanswered = self._unanswered()
        self.scaffold.primary.setEnabled(not self.busy and not unanswered)
        self.scaffold.set_note(tr(unanswered) if unanswered else self._note())

    def retranslate(self) -> None:
        """Change every word of the step in sight."""
        super().retranslate()
        self.steps.consent.retranslate(self.others.ways())
        self.steps.flash.retranslate()
        self.steps.ready.retranslate()
        self.steps.changed.retranslate()
        self.steps.network.retranslate()
        self.steps.branch.retranslate()
        self.steps.mirror.promises.retranslate()
        self.live.retranslate()
        self.steps.mirror.preview.setAccessibleName(tr("face_verification.preview.name"))
        self.cancel.setText(tr("face_verification.cancel"))
        self.choice.retranslate()
        self._show_step()

    def _show_step(self) -> None:
        step, scaffold, steps = self._step, self.scaffold, self.steps
        live = step in LIVE
        shown = {
            Step.CONSENT: steps.consent,
            Step.FLASH: steps.flash,
            Step.READY: steps.ready,
            Step.MIRROR: steps.mirror,
            Step.SENDING: steps.mirror,
            Step.CHANGED: steps.changed,
            Step.NETWORK: steps.network,
            Step.BRANCH: steps.branch,
            Step.BOOKED: steps.booked,
        }.get(step, steps.result)
        steps.setCurrentWidget(shown)
        scaffold.title.setVisible(not live)
        scaffold.set_column(None if live else READY_COLUMN if step is Step.READY else COLUMN)
        led = self._other_ways_lead()
        again = led and self._error is None
        scaffold.back.setVisible(step in WITH_BACK)
        scaffold.back.setText(tr(back_words(step, alone=len(self.others.ways()) == 1)))
        scaffold.aside.setVisible(step in WITH_OTHER_WAY | WITH_WITHDRAWAL or again)
        scaffold.aside.setText(tr(aside_words(step, again=again)))
        action = action_of(step, once_more=self.once_more.asked() is not None, visit=self._found().visit)
        scaffold.primary.setVisible(bool(action) and not led and self.once_more.may_act(step))
        scaffold.primary.setText(action)
        self._follow_answers()
        for widget in (self.cancel, self.read_aloud):
            widget.setVisible(step is Step.MIRROR)
        self._escape.setEnabled(step is Step.MIRROR)
        scaffold.simulated.setVisible(self.context.demonstration is not None and not live)
        scaffold.set_title(heading_for(step, self._found()))
        if step is Step.CONSENT:
            steps.consent.retranslate(self.others.ways())
        elif step is Step.READY:
            steps.ready.show_flash(self._flash_accepted())
            self._follow_choice()
        elif step is Step.NETWORK:
            self.others.tell_network()
        elif step is Step.CHANGED:
            self.others.certificate_consent.show()
        elif step is Step.BOOKED and (appointment := self.others.appointment()) is not None:
            steps.booked.show_appointment(appointment)
        elif shown is steps.result:
            steps.result.show_outcome(outcome_for(step, self._found()))

    def _unanswered(self) -> str:
        """The key of what is still to be chosen at this step; empty where nothing is."""
        if self._step is Step.FLASH and self.steps.flash.answer() is None:
            return "face_verification.flash.choose"
        return self.others.unanswered(self._step)

    def _note(self) -> str:
        slot, branch = self.steps.branch.slot(), self.steps.branch.branch()
        if self._step is Step.BRANCH and slot is not None and branch is not None:
            name = translator().pick(branch.name)
            return tr("face_verification.branch.note", branch=name, visit=visit_time(slot, branch.minutes))
        return tr("face_verification.sending.no_cancel") if self._step is Step.SENDING else ""

    def _found(self) -> Found:
        journey = self.context.journey
        application, lender = (journey.application, journey.lender) if journey is not None else (None, None)
        return Found(
            self.context.clock.now(),
            self._verdict,
            self._error,
            application.identity if application is not None else None,
            self.others.ways(),
            simulated=self.context.demonstration is not None,
            connection=self.connection.state if self._error is not None and self._error.code in STUCK else None,
            because=self.once_more.because(),
            support=lender.support.phone if lender is not None else "",
            offered=self.once_more.offered(),
            number=application.number if application is not None else "",
        )
