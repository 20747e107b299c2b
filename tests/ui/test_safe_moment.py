"""Before signing, payout and another card: who else is at this computer, and whether somebody told the borrower to."""

import pytest

from loanapp.help.diagnosis import processes
from loanapp.journey.pages import Page
from loanapp.resource_files import read_toml
from tests.ui.loan_in_hand import application
from tests.ui.typed_journey import TypedJourney, draft, open_page
from ui.components import LinkButton
from ui.pages.bank_card import BankCardPage
from ui.pages.payout import PayoutPage
from ui.safe_moment import Moment, SafeMoment, before
from ui.translations import Translator

__all__ = ["open_page"]

POLICY = read_toml("policy", "safe_moments.toml")


@pytest.fixture
def runs(monkeypatch):
    """``runs(*names)``: these remote-control programs run from now on."""

    def run(*names):
        monkeypatch.setattr(processes, "running_remote_control", lambda: names)

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
    qtbot.waitUntil(page._programs.isVisible)
    assert "ToDesk" in page._programs.title.text()
    assert "安全账户" in page._safe.text.text()
    page._safe.findChildren(LinkButton)[0].click()
    (dialog,) = (one for one in page.findChildren(SafeMoment) if one.isVisible())
    dialog.stop.click()
    page.leave()


def test_what_cannot_be_looked_at_holds_nobody_up(monkeypatch):
    monkeypatch.undo()

    def broken():
        raise OSError

    monkeypatch.setattr(processes, "process_names", broken)
    assert processes.running_remote_control() == ()
