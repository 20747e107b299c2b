"""Before signing, payout and another card: who else is at this computer, and whether somebody told the borrower to."""

import pytest

from loanapp.client.answers import CodeSent
from loanapp.help.diagnosis import cameras, onlookers, open_windows, processes
from loanapp.help.diagnosis.onlookers import Onlookers
from loanapp.journey.pages import Page
from loanapp.resource_files import read_toml
from tests.ui.loan_in_hand import application
from tests.ui.typed_journey import TypedJourney, draft, open_page
from ui.components import LinkButton
from ui.pages.bank_card import BankCardPage
from ui.pages.payout import PayoutPage
from ui.pages.signing import SigningPage
from ui.safe_moment import Moment, SafeMoment, before
from ui.translations import Translator

__all__ = ["open_page"]

POLICY = read_toml("policy", "safe_moments.toml")


@pytest.fixture
def runs(monkeypatch):
    """``runs(*names)``: these remote-control programs run from now on, and what else is there."""

    def run(*names, **more):
        monkeypatch.setattr(onlookers, "look", lambda: Onlookers(names, **more))

    return run


@pytest.fixture
def page(open_page):
    held = TypedJourney(
        draft(bank_card={"bank": {"zh": "测试银行", "en": "Bank"}, "last4": "0018", "phone_masked": "138"})
    )
    return open_page(BankCardPage, held)


@pytest.fixture
def asked(page, qtbot):
    """``asked(moment)``: go on from this page; what was gone on to, and the dialog in front, if any."""
    gone = []

    def ask(moment=Moment.SIGNING):
        before(page, page.context, moment, lambda: gone.append(moment), page)
        qtbot.waitUntil(lambda: not page.context.operations.active)
        shown = [one for one in page.findChildren(SafeMoment) if one.isVisible()]
        return gone, shown[0] if shown else None

    yield ask
    for one in page.findChildren(SafeMoment):
        one.reject()


def after(dialog, seconds):
    for _ in range(seconds):
        dialog._clock.timeout.emit()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_moment_of_the_policy_has_a_card_of_its_own(language):
    known = Translator(language)
    assert {moment.value for moment in Moment} == set(POLICY["moments"])
    for moment in Moment:
        assert known.has(f"safe_moment.{moment.value}_title")
        assert known.has(f"safe_moment.{moment.value}_text")


def test_with_nobody_else_there_nothing_stands_in_the_way(asked):
    gone, dialog = asked()
    assert (gone, dialog) == ([Moment.SIGNING], None)


@pytest.mark.attack("a-remote-control-program-is-named-and-the-way-on-waits")
def test_a_remote_control_program_is_named_and_the_way_on_waits(asked, runs):
    runs("ToDesk", "AnyDesk")
    gone, dialog = asked()
    assert gone == []
    assert "ToDesk、AnyDesk" in dialog.programs.title.text()
    assert dialog.seconds_left == POLICY["found_seconds"]
    assert not dialog.go_on.isEnabled()
    after(dialog, POLICY["found_seconds"] - 1)
    assert not dialog.go_on.isEnabled()
    after(dialog, 1)
    dialog.go_on.click()
    assert gone == [Moment.SIGNING]


def test_not_now_is_the_main_way_and_does_nothing(asked, runs):
    runs("ToDesk")
    gone, dialog = asked()
    assert dialog.stop.hasFocus()
    dialog.stop.click()
    assert gone == []


def test_whoever_ends_the_program_goes_on_at_once(asked, runs, qtbot):
    runs("ToDesk")
    gone, dialog = asked()
    dialog.again.click()
    qtbot.waitUntil(lambda: not dialog._context.operations.active)
    assert gone == []  # it still runs
    runs()
    dialog.again.click()
    qtbot.waitUntil(lambda: gone == [Moment.SIGNING])


@pytest.mark.attack("whoever-was-told-to-waits-longer-and-is-given-a-number-to-call")
def test_whoever_was_told_to_waits_longer_and_is_given_a_number_to_call(asked, runs, qtbot):
    runs("ToDesk")
    gone, dialog = asked()
    after(dialog, POLICY["found_seconds"] - 1)
    dialog.told.click()
    assert dialog.seconds_left == POLICY["told_seconds"]
    assert dialog.told_text.isVisible()
    assert dialog.phone.isVisible()
    assert "96110" in dialog.hours.text()
    runs()
    dialog.again.click()
    qtbot.waitUntil(lambda: not dialog._context.operations.active)
    assert gone == []  # ending the program does not end what somebody told them
    assert not dialog.go_on.isEnabled()


@pytest.mark.attack("another-card-is-asked-for-only-after-it")
def test_another_card_is_asked_for_only_after_it(page, runs, qtbot):
    runs("AnyDesk")
    page.change.click()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(SafeMoment)))
    assert not page.fields.isVisible()
    (dialog,) = (one for one in page.findChildren(SafeMoment) if one.isVisible())
    dialog.stop.click()
    assert not page.fields.isVisible()


def test_beside_another_card_stands_what_the_fraud_looks_like(page, qtbot):
    page.change.click()
    qtbot.waitUntil(page.fields.isVisible)
    assert "自己名下" in page.careful.text.text()
    page.careful.findChildren(LinkButton)[0].click()
    (dialog,) = (one for one in page.findChildren(SafeMoment) if one.isVisible())
    assert not dialog.go_on.isVisible()  # opened by whoever was told: there is no way on from here
    dialog.stop.click()


@pytest.mark.attack("while-the-money-is-on-its-way-both-are-said")
def test_while_the_money_is_on_its_way_both_are_said(open_page, runs, qtbot):
    runs("ToDesk")
    held = TypedJourney(application("disbursing"))
    held.answers["refresh"] = lambda: Page.PAYOUT
    page = open_page(PayoutPage, held)
    qtbot.waitUntil(page.onlookers.isVisible)
    assert "ToDesk" in page.onlookers.title.text()
    assert page.onlookers.is_urgent
    assert "安全账户" in page._safe.text.text()
    page._safe.findChildren(LinkButton)[0].click()
    (dialog,) = (one for one in page.findChildren(SafeMoment) if one.isVisible())
    dialog.stop.click()
    page.leave()


def test_a_program_without_a_name_is_told_in_the_language_in_force(asked, runs):
    runs(sharing=("",))
    _, dialog = asked()
    assert dialog.programs.title.text() == "有软件 正在共享您的屏幕"


@pytest.mark.attack("a-screen-that-is-shared-is-a-stop-with-the-pause-and-a-person-to-call")
def test_a_screen_that_is_shared_is_a_stop_with_the_pause_and_a_person_to_call(asked, runs, qtbot):
    runs(sharing=("腾讯会议",))
    gone, dialog = asked()
    assert gone == []
    assert dialog.programs.title.text() == "腾讯会议 正在共享您的屏幕"
    assert "结束共享" in dialog.programs.text.text()
    assert dialog.seconds_left == POLICY["found_seconds"]
    assert not dialog.go_on.isEnabled()
    assert dialog.phone.isVisible()
    dialog.told.click()
    assert dialog.seconds_left == POLICY["told_seconds"]
    runs("ToDesk", sharing=("腾讯会议",))
    dialog.again.click()
    qtbot.waitUntil(lambda: "ToDesk" in dialog.programs.title.text())
    assert dialog.programs.title.text() == "ToDesk 正在运行，腾讯会议 正在共享您的屏幕"


@pytest.mark.attack("a-meeting-that-runs-and-a-camera-that-is-a-program-are-said-and-hold-nobody-up")
def test_a_meeting_that_runs_and_a_camera_that_is_a_program_are_said_and_hold_nobody_up(asked, runs, page, qtbot):
    runs(meetings=("钉钉 DingTalk",), virtual_cameras=("OBS Virtual Camera",))
    assert asked() == ([Moment.SIGNING], None)
    page.onlookers.look()
    qtbot.waitUntil(page.onlookers.isVisible)
    assert not page.onlookers.is_urgent
    meeting, camera = page.onlookers.text.text().splitlines()
    assert meeting.startswith("钉钉 DingTalk 开着。若有人要求您共享屏幕")
    assert "OBS Virtual Camera" in camera
    runs()
    page.onlookers.look()
    qtbot.waitUntil(page.onlookers.isHidden)


@pytest.mark.attack("a-screen-shared-while-the-code-is-asked-for-is-said")
def test_a_screen_shared_while_the_code_is_asked_for_is_said(open_page, runs, qtbot):
    held = TypedJourney(application("signing"))
    held.answers["request_signing_code"] = lambda: CodeSent("c-1", held.clock.now(), 20, None)
    page = open_page(SigningPage, held)
    qtbot.waitUntil(lambda: not page.context.operations.active)
    assert page.onlookers.isHidden()
    runs(sharing=("Zoom",))
    page.request_code()
    qtbot.waitUntil(page.onlookers.isVisible)
    assert page.onlookers.is_urgent
    assert page.onlookers.title.text() == "Zoom 正在共享您的屏幕"
    page.leave()


def test_on_the_card_of_a_stop_stands_the_camera_as_well(asked, runs):
    runs("ToDesk", virtual_cameras=("OBS Virtual Camera",))
    _, dialog = asked()
    assert dialog.note.isVisible()
    assert "OBS Virtual Camera" in dialog.note.text.text()
    assert not dialog.note.is_urgent


def test_what_cannot_be_looked_at_holds_nobody_up(monkeypatch):
    monkeypatch.undo()

    def broken():
        raise OSError

    monkeypatch.setattr(processes, "process_names", broken)
    monkeypatch.setattr(cameras, "_devices", list)
    monkeypatch.setenv("DISPLAY", ":no-such-screen")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert open_windows.open_windows() == []
    assert onlookers.look() == Onlookers()
