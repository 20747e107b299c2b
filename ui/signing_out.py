"""Signing out: what it costs is said first, then nothing of the borrower stays on the screen or on this computer."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from loanapp.domain.errors import LoanAppError
from ui.messages import Level

if TYPE_CHECKING:
    from ui.main_window import MainWindow


def ask_to_sign_out(window: "MainWindow") -> None:
    """Say what is lost and what is kept, then sign out."""
    from ui.pages.confirm import Question, ask

    words = ("common.sign_out_title", "common.sign_out_text", "common.sign_out", "common.sign_out_stay")
    ask(window, Question(*words), lambda: sign_out(window))


def sign_out(window: "MainWindow", then: Callable[[], object] = lambda: None) -> None:
    """Sign out without asking; ``then`` runs once nothing of the borrower is on the screen any more."""
    journey, page = window.context.journey, window.page
    if journey is None or page is None:
        return
    # What is typed in this page is meant to go: leaving it stops timers and camera, and saves nothing any more.
    page.all_saved()
    page.leave()
    window.bottom.sign_out.setEnabled(False)

    def work() -> None:
        from loanapp.client.support_queue import SupportQueue
        from loanapp.resource_files import data_folder

        SupportQueue(data_folder()).forget()
        journey.sign_out()

    # After everything saved before it, or the last keystroke would come back to the disk.
    def ended(error: LoanAppError | None) -> None:
        _signed_out(window, error)
        if not journey.signed_in:
            then()

    window.context.operations.save(work, lambda _: ended(None), ended)


def close_account(
    window: "MainWindow", closed: Callable[[], object], refused: Callable[[LoanAppError], object]
) -> None:
    """Close the account at the lender, then forget it here; ``closed`` runs once it is. A refusal changes nothing."""
    journey, page = window.context.journey, window.page
    if journey is None or page is None:
        return

    def work() -> None:
        from loanapp.client.support_queue import SupportQueue
        from loanapp.resource_files import data_folder

        journey.close_account()
        SupportQueue(data_folder()).forget()

    def done(_: object) -> None:
        closed()
        page.all_saved()
        page.leave()
        _signed_out(window, None, "my_data.closed")

    window.context.operations.save(work, done, refused)


def _signed_out(window: "MainWindow", error: LoanAppError | None, said: str = "common.sign_out_done") -> None:
    journey = window.context.journey
    window.bottom.sign_out.setEnabled(True)
    if journey is None:
        return
    messages = window.context.messages
    if error is not None:
        messages.show_error(error)
    if journey.signed_in:
        return
    messages.show_simulated_message(None)
    window.forget_pages()
    window.show_page(journey.current_page())
    if error is None:
        messages.show_notice(Level.DONE, said)
