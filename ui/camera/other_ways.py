"""What the other ways do: which there are, a person with documents, a changed face, a visit to a branch."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from loanapp.client.answers import Appointment, Branch
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import FaceWay
from loanapp.journey.pages import Page
from loanapp.journey.route import shows_once_more
from ui.camera.certificate_consent import CertificateConsent
from ui.camera.face_words import Step
from ui.camera.steps import FaceSteps
from ui.camera.ways import Way
from ui.pages.photos import read_photo
from ui.translations import error_sentence, tr

if TYPE_CHECKING:
    from ui.pages.page import JourneyPage

_WAYS: Final = {
    FaceWay.MANUAL: (Way.MANUAL, Way.CHANGED),
    FaceWay.NETWORK_IDENTITY: (Way.NETWORK,),
    FaceWay.BRANCH: (Way.BRANCH,),
}
STEP_OF: Final = {
    Way.MANUAL: Step.MANUAL,
    Way.CHANGED: Step.CHANGED,
    Way.NETWORK: Step.NETWORK,
    Way.BRANCH: Step.BRANCH,
    Way.CALL: Step.CALL_ASK,
    Way.VISIT: Step.CALL_ASK,
}
"""Which step tells how each way goes."""
_OF_THE_CODE: Final = frozenset(
    {
        ErrorCode.NETWORK_CODE_WRONG,
        ErrorCode.NETWORK_CODE_EXPIRED,
        ErrorCode.NETWORK_CODE_USED,
        ErrorCode.NETWORK_CODE_MISMATCH,
    }
)
_OF_THE_FILE: Final = frozenset({ErrorCode.PHOTO_NOT_AN_IMAGE, ErrorCode.PHOTO_TOO_LARGE})


class OtherWays(QObject):
    """``booked`` and ``cancelled`` come when the lender holds the visit, or no longer does."""

    booked = Signal()
    cancelled = Signal()

    def __init__(self, page: "JourneyPage", steps: FaceSteps) -> None:
        super().__init__(page)
        self._page, self._branch, self._changed, self._network = page, steps.branch, steps.changed, steps.network
        self._next: Page | None = None
        self.certificate_consent = CertificateConsent(page, steps.changed)
        steps.branch.again_wanted.connect(self.load_branches)

    def ways(self) -> tuple[Way, ...]:
        """The ways that can be finished now; a changed face is the person's way with a word about it."""
        journey = self._page.context.journey
        application = journey.application if journey is not None else None
        offered = application.face_ways if application is not None else ()
        if application is not None and shows_once_more(application):
            return (Way.VISIT if FaceWay.BRANCH in offered else Way.CALL,)
        found = [way for one in offered for way in _WAYS.get(one, ())]
        # A person is always there: the lender's list is empty only before the identity is confirmed.
        return tuple(found) or _WAYS[FaceWay.MANUAL]

    def appointment(self) -> Appointment | None:
        """The visit that is booked."""
        journey = self._page.context.journey
        application = journey.application if journey is not None else None
        if application is None or shows_once_more(application):
            return None  # that visit was for the application, and is over
        return application.appointment

    def acts(self) -> dict[Step, Callable[[], None]]:
        """What the main action does at each step of theirs."""
        return {
            Step.MANUAL: self.take_manual,
            Step.CHANGED: self.take_changed,
            Step.NETWORK: self.take_network,
            Step.BRANCH: self.book,
            Step.BOOKED: self.go_on,
            Step.CALL_ASK: self.take_manual,
        }

    def unanswered(self, step: Step) -> str:
        """The key of what is still to be chosen or typed at ``step``; empty where nothing is."""
        if step is Step.NETWORK and not self._network.code.complete:
            return "face_verification.network.missing"
        return "face_verification.branch.choose" if step is Step.BRANCH and not self._branch.slot() else ""

    def tell_network(self) -> None:
        """Whose service it is: the lender says whether it is a simulated one."""
        application = self._page.journey.application
        self._network.show_simulated(simulated=application is not None and application.simulated)

    def take_network(self) -> None:
        """Have the national service confirm the code that was typed."""
        page, code = self._page, self._network.code.text()
        self._network.show_error(None)
        page.show_problem(None)
        page.context.operations.run(
            lambda: page.journey.present_network_code(code), self._confirmed, self._refused_code, busy=page
        )

    def _confirmed(self, following: Page) -> None:
        self._network.clear()
        self._page.done(following)

    def _refused_code(self, error: LoanAppError) -> None:
        if error.code in _OF_THE_CODE:
            self._network.show_error(error)
            QTimer.singleShot(0, self._network, self._network.focus_first)
        else:
            self._page.show_problem(error)

    def take_manual(self) -> None:
        """Let a person compare documents and card."""
        page = self._page
        page.context.operations.run(page.journey.choose_manual_verification, page.done, busy=page)

    def take_changed(self) -> None:
        """The same, with the word that the face has changed, and the certificate where one was chosen."""
        page, file = self._page, self._changed.file
        self._changed.show_error("")

        def work() -> Page:
            certificate = read_photo(file) if file is not None else None
            return page.journey.choose_manual_verification(changed_face=True, certificate=certificate)

        page.context.operations.run(work, page.done, self._refused_file, busy=page)

    def _refused_file(self, error: LoanAppError) -> None:
        if error.code in _OF_THE_FILE:
            key = "face_verification.changed.not_readable"
            too_large = error.code is ErrorCode.PHOTO_TOO_LARGE
            self._changed.show_error(error_sentence(error) if too_large else tr(key))
        else:
            self._page.show_problem(error)

    def load_branches(self) -> None:
        """Ask which branches and times are free."""
        page = self._page
        self._branch.show_branches((), looking=True)
        page.context.operations.run(page.journey.branches, self._show, self._no_branches, busy=page)

    def _show(self, branches: tuple[Branch, ...]) -> None:
        self._branch.show_branches(branches)
        # Only what is laid out and seen can have the focus; what is new will be in a moment.
        QTimer.singleShot(0, self._branch, self._branch.focus_first)

    def _no_branches(self, error: LoanAppError) -> None:
        self._branch.show_branches(())
        self._page.show_problem(error)

    def book(self) -> None:
        """Book what is chosen."""
        page, branch, slot = self._page, self._branch.branch(), self._branch.slot()
        if branch is None or slot is None:
            return
        self._branch.show_taken(taken=False)
        page.context.operations.run(
            lambda: page.journey.book_branch(branch.id, slot), self._was_booked, self._not_booked, busy=page
        )

    def _was_booked(self, following: Page) -> None:
        self._next = following
        self.booked.emit()

    def _not_booked(self, error: LoanAppError) -> None:
        fields = getattr(error, "fields", {})
        if "slot" in fields or "branch_id" in fields:
            self._branch.show_taken(taken=True)
            self.load_branches()
        else:
            self._page.show_problem(error)

    def ask_cancel(self) -> None:
        """Ask whether the visit is to be cancelled, and cancel it."""
        from ui.pages.confirm import Question, ask

        words = Question(*(f"face_verification.branch.cancel_{part}" for part in Question._fields))
        ask(self._page, words, self.cancel)

    def cancel(self) -> None:
        """Cancel the visit."""
        page = self._page
        page.context.operations.run(page.journey.cancel_branch, lambda _page: self.cancelled.emit(), busy=page)

    def go_on(self) -> None:
        """On from the visit that is booked."""
        page, following = self._page, self._next
        if following is not None:
            page.done(following)
        else:
            page.context.operations.run(page.journey.refresh, page.done, busy=page)
