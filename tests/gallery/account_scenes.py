"""What keeps others out of the account: the window covered, a password, a second factor."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from loanapp.client.answers import CodeSent, SimulatedMessage
from loanapp.client.protection import NewSecondFactor
from loanapp.client.security_key import KeyQuestion, NewKeyQuestion
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.localised import LocalisedText
from loanapp.help.diagnosis.onlookers import Onlookers
from loanapp.journey.pages import Page
from tests.gallery.my_data_scenes import own_keys, protection
from tests.gallery.page_scenes import journey
from tests.gallery.stage import TODAY, Room, Scene, settle
from tests.ui.loan_in_hand import application
from ui.idle_lock import IdleLock
from ui.my_data.key_dialog import AddKeyDialog, RemoveKeyDialog
from ui.my_data.password_dialog import PasswordDialog
from ui.my_data.second_factor_dialog import TurnOffDialog, TurnOnDialog
from ui.safe_moment import Moment, SafeMoment

PHONE = "13800000001"


def code_sent(_phone: str = PHONE) -> CodeSent:
    """A code on its way, as the demonstration shows it."""
    words = LocalisedText("【模拟短信】验证码 314159，5 分钟内有效。", "[Simulated message] Your code is 314159.")
    message = SimulatedMessage(LocalisedText("演示放款机构", "Demonstration Lender"), words, "314159")
    return CodeSent("c-1", TODAY, 20, message)


def covered(*, asked: bool = False, error: ErrorCode | None = None, password: bool = False) -> Any:
    """The window over a page with somebody's figures, after nobody touched it."""

    def refuse(_code: str) -> None:
        raise LoanAppError(error or ErrorCode.CODE_WRONG, attempts_left=4)

    def set_it(room: Room) -> Any:
        made = journey(Page.PROGRESS, application("verifying"), request_code=code_sent, sign_in=refuse)
        made.answers["protection"] = lambda: protection(both=password)
        made.draft = SimpleNamespace(phone=PHONE)
        room.open(Page.PROGRESS, made)
        lock = IdleLock(room.shell, room.window, 5)
        lock.lock()
        room.rest()
        if asked:
            lock.cover.request_code()
            room.rest()
            lock.cover._countdown._clock.stop()
        if error is not None:
            lock.cover.code.set_text("271828")
            lock.cover.proceed()
            room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def by_password(*, code: ErrorCode | None = None) -> Any:
    """Signing in by password; ``code`` is what the lender refuses it with."""

    def refuse(*_shown: str) -> None:
        raise LoanAppError(code or ErrorCode.SIGN_IN_WRONG)

    def set_it(room: Room) -> Any:
        shown: Any = room.open(Page.SIGN_IN, journey(Page.SIGN_IN, None, sign_in_by_password=refuse))
        shown.phone.set_text(PHONE)
        shown.other_way.click()
        if code is not None:
            shown.password.set_text("mian bao che zhan")
            shown.proceed()
            room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def choosing(*, typed: str = "", change: bool = False) -> Any:
    """The password being set."""

    def set_it(room: Room) -> Any:
        shown = room.open(Page.PROGRESS, journey(Page.PROGRESS, application("verifying")))
        shown.context.journey.draft = SimpleNamespace(phone=PHONE)
        dialog = PasswordDialog(room.window, shown.context, change=change)
        dialog.open()
        dialog.new.set_text(typed)
        dialog._judging.stop()
        if typed:
            dialog._judge()
        settle(room.shell)
        return room.shell

    return set_it


def second_factor(*, confirmed: bool = False, off: bool = False) -> Any:
    """The second factor being turned on, or off."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    uri = f"otpauth://totp/LoanApp:138%2A%2A%2A%2A0001?digits=6&secret={secret}&issuer=LoanApp&period=30"
    codes = tuple(f"{first}7K{first}MQ4ZT9" for first in "ABCDEFGHJK")

    def set_it(room: Room) -> Any:
        made = journey(
            Page.PROGRESS,
            application("verifying"),
            begin_second_factor=lambda: NewSecondFactor(uri, secret),
            confirm_second_factor=lambda _code: codes,
        )
        shown = room.open(Page.PROGRESS, made)
        dialog = (TurnOffDialog if off else TurnOnDialog)(room.window, shown.context)
        dialog.open()
        room.rest()
        if confirmed:
            dialog.code.set_text("314159")
            dialog.proceed()
            room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def at_the_key(code: ErrorCode) -> Any:
    """A key is the second step of a sign-in, and ``code`` stands in the way."""

    def refuse(*_shown: str) -> None:
        raise LoanAppError(ErrorCode.SECOND_FACTOR_NEEDED, key_challenge="ticket")

    def wait(*_shown: object) -> None:
        raise LoanAppError(code)

    def set_it(room: Room) -> Any:
        made = journey(Page.SIGN_IN, None, sign_in_by_password=refuse, sign_in_by_password_and_key=wait)
        shown: Any = room.open(Page.SIGN_IN, made)
        shown.phone.set_text(PHONE)
        shown.other_way.click()
        shown.password.set_text("mian bao che zhan")
        shown.proceed()
        for _ in range(2):
            room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def adding_key(code: ErrorCode | None = None) -> Any:
    """A key being added; ``code`` is what the key is refused with."""

    def wait(*_shown: object) -> None:
        raise LoanAppError(code or ErrorCode.SECURITY_KEY_NOT_FOUND)

    def set_it(room: Room) -> Any:
        asked = NewKeyQuestion("ticket", KeyQuestion(b"c" * 32, "localhost", (), 300), b"u", "138****0001", (-7,))
        made = journey(Page.PROGRESS, application("verifying"), begin_key=lambda _code: asked, add_key=wait)
        shown = room.open(Page.PROGRESS, made)
        dialog = AddKeyDialog(room.window, shown.context)
        dialog.open()
        if code is not None:
            dialog.label.set_text("FIDO2 5C")
            dialog.code.set_text("314159")
            dialog.proceed()
            for _ in range(2):
                room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def removing_key(room: Room) -> Any:
    """A key about to be removed."""
    shown = room.open(Page.PROGRESS, journey(Page.PROGRESS, application("verifying")))
    RemoveKeyDialog(room.window, shown.context, own_keys().keys[0]).open()
    settle(room.shell)
    return room.shell


def safe_moment(moment: Moment, found: Onlookers | None = None, *, told: bool = False, waited: bool = False) -> Any:
    """The card in front of a page, with what runs on this computer."""

    def set_it(room: Room) -> Any:
        shown = room.open(Page.PROGRESS, journey(Page.PROGRESS, application("verifying")))
        dialog = SafeMoment(room.window, shown.context, moment, found)
        dialog.open()
        dialog._clock.stop()
        if told and found:
            dialog.told.click()
            dialog._clock.stop()
        if waited:
            dialog._seconds = 1
            dialog._tick()
        settle(room.shell)
        return room.shell

    return set_it


def without_factor() -> Any:
    """Neither authenticator nor recovery code is left, and the lender has said how else."""

    def refuse(_code: str, *, factor_lost: bool = False) -> None:
        if factor_lost:
            raise LoanAppError(ErrorCode.RECOVERY_NEEDED, recovery_number="271828")
        raise LoanAppError(ErrorCode.SECOND_FACTOR_NEEDED)

    def set_it(room: Room) -> Any:
        shown: Any = room.open(Page.SIGN_IN, journey(Page.SIGN_IN, None, sign_in=refuse))
        shown.phone.set_text(PHONE)
        for press in (shown.proceed, shown.lost.click):
            shown.code.set_text("123456")
            press()
            room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def noted(page: Page, status: str, found: Onlookers) -> Any:
    """A page that says who may be looking on, and holds nothing up."""

    def set_it(room: Room) -> Any:
        room.onlookers = found
        shown: Any = room.open(page, journey(page, application(status)))
        shown.scaffold.reveal_top(shown.onlookers)
        settle(room.shell)
        return room.shell

    return set_it


def account_scenes() -> Iterator[Scene]:
    """Covered, on the way back, and refused."""
    yield Scene("covered", covered())
    yield Scene("covered-code-sent", covered(asked=True))
    yield Scene("covered-code-wrong", covered(asked=True, error=ErrorCode.CODE_WRONG))
    yield Scene("covered-no-lender", covered(error=ErrorCode.LENDER_UNREACHABLE))
    yield Scene("covered-password", covered(password=True))
    yield Scene("sign-in-password", by_password())
    yield Scene("sign-in-password-wrong", by_password(code=ErrorCode.SIGN_IN_WRONG))
    yield Scene("sign-in-second-factor", by_password(code=ErrorCode.SECOND_FACTOR_NEEDED))
    yield Scene("sign-in-factor-lost", without_factor())
    yield Scene("sign-in-new-computer", by_password(code=ErrorCode.PHONE_CODE_NEEDED))
    yield Scene("password-weak", choosing(typed="woaini1314"))
    yield Scene("password-change", choosing(typed="mian bao che zhan", change=True))
    yield Scene("second-factor-scan", second_factor())
    yield Scene("second-factor-codes", second_factor(confirmed=True))
    yield Scene("second-factor-off", second_factor(off=True))
    yield Scene("sign-in-key", at_the_key(ErrorCode.SECURITY_KEY_NOT_FOUND))
    yield Scene("sign-in-key-pin", at_the_key(ErrorCode.SECURITY_KEY_PIN))
    yield Scene("security-key-add", adding_key())
    yield Scene("security-key-known", adding_key(ErrorCode.SECURITY_KEY_KNOWN))
    yield Scene("security-key-forbidden", adding_key(ErrorCode.SECURITY_KEY_FORBIDDEN))
    yield Scene("security-key-remove", removing_key)
    yield Scene("safe-signing", safe_moment(Moment.SIGNING, Onlookers(("ToDesk", "向日葵 Sunlogin"))))
    yield Scene("safe-signing-waited", safe_moment(Moment.SIGNING, Onlookers(("ToDesk",)), waited=True))
    shared = Onlookers(sharing=("腾讯会议 Tencent Meeting",), virtual_cameras=("OBS Virtual Camera",))
    yield Scene("safe-signing-shared", safe_moment(Moment.SIGNING, shared))
    yield Scene("safe-card-told", safe_moment(Moment.CARD, Onlookers(("AnyDesk",)), told=True))
    yield Scene("safe-payout-told", safe_moment(Moment.PAYOUT))
    calm = Onlookers(meetings=("腾讯会议 Tencent Meeting", "飞书 Feishu"), virtual_cameras=("OBS Virtual Camera",))
    yield Scene("safe-signing-noted", noted(Page.SIGNING, "signing", calm))
    yield Scene("safe-payout-shared", noted(Page.PAYOUT, "disbursing", Onlookers(sharing=("Zoom",))))
