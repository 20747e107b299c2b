"""What a page shows comes from the lender: where it does not come, the page says so and can be asked again."""

import threading

import pytest

from loanapp.client.errors import LenderUnreachableError
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import JourneyInHand, application, disclosure, loan
from ui.pages.registry import make_page
from ui.translations import translator


def raising(error):
    def act(*_):
        raise error

    return act


@pytest.fixture
def show(qtbot, page_context):
    def make(wanted, journey):
        page = make_page(wanted, page_context(journey))
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        page.load()
        return page

    return make


def test_signed_out_while_waiting_is_told_to_the_window(show, qtbot):
    told = []
    journey = JourneyInHand(application("verifying"))
    journey.answers["refresh"] = raising(LoanAppError(ErrorCode.SIGNED_OUT))
    progress = show(Page.PROGRESS, journey)
    progress.problem.connect(lambda error: told.append(error.code if error else None))
    qtbot.waitUntil(lambda: ErrorCode.SIGNED_OUT in told)
    progress.leave()


def test_waiting_for_the_money_asks_again_after_an_error_that_stops_it(show, qtbot):
    journey = JourneyInHand(application("disbursing"))
    journey.answers["refresh"] = raising(LoanAppError(ErrorCode.CONTRACT_SIGNATURE_INVALID))
    page = show(Page.PAYOUT, journey)
    qtbot.waitUntil(lambda: page.load_failed)
    asked = len(journey.acts)
    journey.answers["refresh"] = lambda: Page.PAYOUT
    page.scaffold.problem._buttons[0].click()
    assert page.scaffold.problem.isHidden()
    qtbot.waitUntil(lambda: len(journey.acts) > asked)
    page.leave()


@pytest.mark.parametrize(
    ("name", "status", "act", "answer"),
    [
        ("decision", "offered", "offer", lambda: application("offered").offer),
        ("cost_disclosure", "signing", "cost_disclosure", disclosure),
        ("payout", "active", "loan", loan),
        ("my_loan", "active", "loan", loan),
    ],
)
def test_what_does_not_come_can_be_asked_for_again(show, qtbot, name, status, act, answer):
    journey = JourneyInHand(application(status))
    journey.answers[act] = raising(LenderUnreachableError())
    page = show(Page(name), journey)
    qtbot.waitUntil(lambda: page.load_failed)
    journey.answers[act] = answer
    again = page.scaffold.problem._buttons[0]
    assert again.text() == "重试"
    translator().set_language("en")
    page.scaffold.problem._buttons[0].click()
    assert not page.load_failed
    qtbot.waitUntil(lambda: not page.busy and len([one for one in journey.acts if one[0] == act]) == 2)
    assert page.scaffold.problem.isHidden()
    page.leave()


def test_an_answer_that_comes_after_leaving_is_dropped(show, qtbot):
    journey, release = JourneyInHand(application("signing")), threading.Event()
    journey.answers["contract_pdf"] = lambda: release.wait(5) and b"%PDF"
    page = show(Page.CONTRACT, journey)
    page.leave()
    release.set()
    qtbot.waitUntil(lambda: page.context.operations.active == 0)
    assert page._pdf is None
