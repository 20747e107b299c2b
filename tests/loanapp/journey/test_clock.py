"""A computer whose clock is wrong: told as such, never as somebody's lie."""

from datetime import datetime, timedelta

import pytest

from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.loanapp.client.tls_lender import TlsLender
from tests.loanapp.journey.scripted import LENDER, NOON, at, challenge
from tests.loanapp.journey.states import FILLED, answer

LONG_AGO = NOON.replace(year=2015)


def behind(desk, whole, by, **settings):
    """The program on a computer that is behind the lender by so much."""
    computer = ManualClock(NOON - by)
    told = desk.program

    def program(**more):
        journey = told(**{**settings, **more, "clock": computer})
        desk.lender.clock = ManualClock(NOON)
        return journey

    desk.program = program
    return at(desk, whole), computer


@pytest.mark.parametrize("by", [timedelta(minutes=11), timedelta(minutes=-11), timedelta(days=800)])
def test_it_is_told_once_and_an_offer_is_not_judged_by_it(desk, by):
    journey, _ = behind(desk, answer("offered"), by)
    notice = journey.take_notice()
    assert notice.code is ErrorCode.CLOCK_WRONG
    assert notice.details["minutes"] == pytest.approx(abs(by).total_seconds() / 60, abs=1)
    assert journey.take_notice() is None
    desk.says(LENDER)
    with pytest.raises(LoanAppError) as caught:
        journey.offer()
    assert caught.value.code is ErrorCode.CLOCK_WRONG


def test_once_it_is_set_right_all_goes_on(desk):
    journey, computer = behind(desk, answer("offered"), timedelta(minutes=11))
    computer.move(timedelta(minutes=11))
    desk.says(LENDER)
    assert journey.offer().offer_id == "of-1"


def test_a_few_minutes_are_nothing(desk):
    journey, _ = behind(desk, answer("offered"), timedelta(minutes=4))
    assert journey.take_notice() is None
    assert journey.offer().offer_id == "of-1"


def test_filling_in_goes_on_with_a_wrong_clock(desk):
    journey, _ = behind(desk, answer(), timedelta(hours=3))
    assert journey.current_page() is Page.IDENTITY_DOCUMENT


def test_a_challenge_lives_by_the_lenders_clock(desk):
    journey, _ = behind(desk, answer(**FILLED), timedelta(minutes=-10))
    desk.says(challenge())
    assert journey.begin_liveness().nonce == "n-1"
    assert len(desk.asked("/v1/applications/ap-1/liveness-sessions")) == 1


@pytest.mark.attack("a-certificate-of-the-future-names-the-clock")
def test_a_certificate_of_the_future_names_the_clock(desk):
    desk.lender.close()
    tomorrow = datetime.now() + timedelta(days=1)  # noqa: DTZ005  (as trustme takes it)
    desk.lender = TlsLender(not_before=tomorrow)
    desk.stack.callback(desk.lender.close)
    with pytest.raises(LoanAppError) as caught:
        desk.program().connect()
    assert caught.value.code is ErrorCode.CLOCK_WRONG
    assert desk.lender.requests == []
