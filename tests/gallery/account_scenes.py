"""What keeps others out of the account: the window covered."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from loanapp.client.answers import CodeSent, SimulatedMessage
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.localised import LocalisedText
from loanapp.journey.pages import Page
from tests.gallery.page_scenes import journey
from tests.gallery.stage import TODAY, Room, Scene, settle
from tests.ui.loan_in_hand import application
from ui.idle_lock import IdleLock

PHONE = "13800000001"


def code_sent(_phone: str = PHONE) -> CodeSent:
    """A code on its way, as the demonstration shows it."""
    words = LocalisedText("【模拟短信】验证码 314159，5 分钟内有效。", "[Simulated message] Your code is 314159.")
    message = SimulatedMessage(LocalisedText("演示放款机构", "Demonstration Lender"), words, "314159")
    return CodeSent("c-1", TODAY, 20, message)


def covered(*, asked: bool = False, error: ErrorCode | None = None) -> Any:
    """The window over a page with somebody's figures, after nobody touched it."""

    def refuse(_code: str) -> None:
        raise LoanAppError(error or ErrorCode.CODE_WRONG, attempts_left=4)

    def set_it(room: Room) -> Any:
        made = journey(Page.PROGRESS, application("verifying"), request_code=code_sent, sign_in=refuse)
        made.draft = SimpleNamespace(phone=PHONE)
        room.open(Page.PROGRESS, made)
        lock = IdleLock(room.shell, room.window, 5)
        lock.lock()
        if asked:
            lock.cover.request_code()
            room.rest()
            lock.cover._clock.stop()
        if error is not None:
            lock.cover.code.set_text("271828")
            lock.cover.proceed()
            room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def account_scenes() -> Iterator[Scene]:
    """Covered, on the way back, and refused."""
    yield Scene("covered", covered())
    yield Scene("covered-code-sent", covered(asked=True))
    yield Scene("covered-code-wrong", covered(asked=True, error=ErrorCode.CODE_WRONG))
    yield Scene("covered-no-lender", covered(error=ErrorCode.LENDER_UNREACHABLE))
