"""From the offer to the loan, and how an application ends."""

import json

import pytest

from loanapp.client.secrets import SecretName
from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.pages import Page
from tests.loanapp.client import answers_data
from tests.loanapp.client.tls_lender import Reply
from tests.loanapp.journey.scripted import LENDER, NOON, at, save_terms, table
from tests.loanapp.journey.states import DAY, answer


class TestOfferToLoan:
    OFFER = answers_data.offer(DAY)

    def test_an_honest_offer_is_accepted(self, desk):
        journey = at(desk, answer("offered"), clock=ManualClock(NOON))
        assert journey.offer().offer_id == "of-1"
        desk.says(answer("signing"))
        assert journey.accept_offer() is Page.COST_DISCLOSURE

    def test_a_dishonest_one_is_not_even_answered(self, desk):
        journey = at(desk, answer("offered", offer={**self.OFFER, "payout": "9500.00"}), clock=ManualClock(NOON))
        before = len(desk.lender.requests)
        with pytest.raises(GuardRefusal) as caught:
            journey.accept_offer()
        assert caught.value.code is ErrorCode.GUARD_PAYOUT_DIFFERS
        assert len(desk.lender.requests) == before

    def test_what_was_asked_on_this_machine_counts_not_what_the_lender_says(self, desk):
        journey = at(desk, answer(), clock=ManualClock(NOON))
        desk.says(answer())
        save_terms(journey, "5000.00")
        desk.says(answer("offered"))
        journey.refresh()
        with pytest.raises(GuardRefusal) as caught:
            journey.offer()
        assert caught.value.code is ErrorCode.GUARD_OFFER_NOT_AS_ASKED

    @pytest.mark.parametrize(("seconds", "end"), [(14.9, True), (60.0, False)])
    def test_a_table_that_was_not_read_is_not_confirmed(self, desk, seconds, end):
        journey = at(desk, answer("signing"), clock=ManualClock(NOON))
        with pytest.raises(LoanAppError) as caught:
            journey.confirm_disclosure(seconds, end)
        assert caught.value.code is ErrorCode.READING_TIME_NOT_REACHED
        assert caught.value.details["needed_seconds"] == 15

    def test_a_table_that_was_read_is(self, desk):
        journey = at(desk, answer("signing"), clock=ManualClock(NOON))
        honest = table(self.OFFER)
        desk.says(honest)
        assert journey.cost_disclosure().sha256 == honest["sha256"]
        desk.says(honest, answer("signing", disclosure_confirmed=True))
        assert journey.confirm_disclosure(15.7, True) is Page.CONTRACT
        sent = json.loads(desk.lender.requests[-1].body)
        assert sent == {"sha256": honest["sha256"], "seconds_on_screen": 15, "end_reached": True}

    def test_a_table_that_lies_is_refused(self, desk):
        journey = at(desk, answer("signing"), clock=ManualClock(NOON))
        desk.says({**table(self.OFFER), "sha256": "0" * 64})
        with pytest.raises(GuardRefusal) as caught:
            journey.cost_disclosure()
        assert caught.value.code is ErrorCode.GUARD_DISCLOSURE_DIFFERS

    def test_a_contract_nobody_can_read_is_refused_and_stays_unread(self, desk):
        whole = answer("signing", disclosure_confirmed=True)
        journey = at(desk, whole, clock=ManualClock(NOON))
        desk.says(Reply(body=b"%PDF-1.7"), table(self.OFFER))
        with pytest.raises(GuardRefusal) as caught:
            journey.contract_pdf()
        assert caught.value.code is ErrorCode.GUARD_CONTRACT_DIFFERS
        assert journey.contract_read() is Page.CONTRACT

    def test_bytes_that_were_not_read_are_not_signed(self, desk):
        contract = answer("signing")["contract"] | {"authorised_until": "2126-11-22T10:00:00+08:00"}
        whole = answer("signing", disclosure_confirmed=True, contract=contract)
        journey = at(desk, whole, clock=ManualClock(NOON))
        desk.says(whole, Reply(body=b"%PDF-1.7"))
        with pytest.raises(GuardRefusal) as caught:
            journey.sign_contract()
        assert caught.value.what == "not_as_read"
        assert desk.secrets.read(SecretName.SIGNING_KEY) is None

    def test_an_unsigned_file_is_no_final_contract(self, desk):
        whole = answer("active")
        journey = at(desk, whole, clock=ManualClock(NOON))
        desk.says(whole, Reply(body=b"%PDF-1.7"))
        with pytest.raises(GuardRefusal):
            journey.refresh()


class TestEndings:
    def test_a_new_one_may_begin_with_a_clean_sheet(self, desk):
        journey = at(desk, answer("declined"))
        assert journey.current_page() is Page.DECISION
        assert journey.start_over() is Page.TERMS
        assert at(desk, answer("declined")).current_page() is Page.TERMS

    def test_a_live_one_cannot_be_put_behind(self, desk):
        assert at(desk, answer("verifying")).start_over() is Page.PROGRESS

    def test_the_live_one_comes_before_any_ending(self, desk):
        desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
        journey = desk.program()
        newer = "2026-11-23T10:00:00+08:00"
        desk.says(
            LENDER,
            {"applications": [answer("declined", id="ap-9", created_at=newer), answer("offered"), answer("expired")]},
        )
        assert journey.resume() is Page.DECISION
        assert journey.application.id == "ap-1"

    def test_after_the_newest_ending_older_ones_are_no_news(self, desk):
        journey = at(desk, answer("withdrawn"))
        journey.start_over()
        older = answer("declined", id="ap-0", created_at="2026-10-01T10:00:00+08:00")
        again = desk.program()
        desk.says(LENDER, {"applications": [older, answer("withdrawn")]})
        assert again.resume() is Page.TERMS

    def test_withdrawing(self, desk):
        journey = at(desk, answer("offered"))
        desk.says(answer("withdrawn"))
        assert journey.withdraw() is Page.DECISION

    def test_the_money_seen_leads_to_the_loan(self, desk):
        journey = at(desk, answer("disbursing"))
        assert journey.current_page() is Page.PAYOUT
        active = answer("active", contract=None)
        journey = at(desk, active)
        assert journey.payout_seen() is Page.MY_LOAN
        assert at(desk, active).current_page() is Page.MY_LOAN
