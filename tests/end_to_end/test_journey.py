"""Whole journeys against the real embedded lender: from what it costs to money paid out, lenders dying on the way."""

from contextlib import closing

import pytest

from loanapp.client.errors import InputRejectedError, LenderTroubleError
from loanapp.domain.decision import DecisionReason
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.status import ApplicationStatus
from loanapp.journey.pages import ORDER, Page
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.verification import verify_contract
from tests.end_to_end.lender_process import LenderProcess
from tests.end_to_end.road import Road

# Seconds into the act of each page after which the lender is killed: early, in the middle, or close to the end of what
# the act takes, and whether the program waits or is started again. Acts of a moment are hit in their first call.
ACCIDENTS = {
    Page.COST: (0.0, True),
    Page.SIGN_IN: (0.3, False),
    Page.TERMS: (0.02, False),
    Page.IDENTITY_DOCUMENT: (1.5, True),
    Page.ABOUT_YOU: (0.01, False),
    Page.PERMISSIONS: (0.1, False),
    Page.FACE_VERIFICATION: (5.0, True),
    Page.BANK_CARD: (0.2, False),
    Page.CHECK_ANSWERS: (0.03, False),
    Page.PROGRESS: (0.7, True),
    Page.DECISION: (0.4, False),
    Page.COST_DISCLOSURE: (2.0, True),
    Page.CONTRACT: (0.05, False),
    Page.SIGNING: (0.8, False),
    Page.PAYOUT: (0.3, True),
}
SEEDED_PART = (Page.CHECK_ANSWERS, Page.SIGNING, Page.PAYOUT)


def finish(road):
    """Money is there, once, and what was signed verifies with the lender's roots alone."""
    loan = road.journey.loan()
    assert road.payments() == [(str(loan.principal), road.identity.card_number[-4:])]
    assert loan.card_last4 == road.identity.card_number[-4:]
    pdf = road.journey.contract_pdf()
    public = road.lender.data / "public"
    roots = ContractRoots(((public / "document_root.pem").read_bytes(),), ((public / "time_root.pem").read_bytes(),))
    assert verify_contract(pdf, roots).valid
    assert not verify_contract(pdf[:-30] + b"x" + pdf[-29:], roots).valid


@pytest.mark.timeout(300)
def test_from_the_cost_to_the_money_with_the_lender_dying_where_it_would_hurt_most(tmp_path):
    with closing(Road(tmp_path)) as road:
        page, seen = Page.COST, []
        while page is not Page.MY_LOAN:
            seen.append(page)
            if page in SEEDED_PART:
                after_s, patient = ACCIDENTS[page]
                page = road.act_while_the_lender_dies(page, after_s, patient=patient)
            else:
                page = road.borrower.act(page)
            assert page not in seen[:-1], "the road leads back"
        assert seen == list(ORDER[:-1])
        finish(road)
        assert "测试甲".encode() not in road.draft_file.read_bytes()


@pytest.fixture(scope="module")
def deadly_road(tmp_path_factory):
    with closing(Road(tmp_path_factory.mktemp("road"))) as road:
        yield road


@pytest.mark.slow
@pytest.mark.parametrize("page", ACCIDENTS)
def test_killing_the_lender_on_any_page_loses_nothing(deadly_road, page):
    """One journey through all the pages, in order: the lender dies once on each."""
    road = deadly_road
    if road.journey.current_page() is not page:
        road.borrower.walk(page)
    after_s, patient = ACCIDENTS[page]
    following = road.act_while_the_lender_dies(page, after_s, patient=patient)
    assert ORDER.index(following) > ORDER.index(page)
    assert len(road.payments()) <= 1
    if following is Page.MY_LOAN:
        finish(road)


@pytest.fixture(scope="module")
def lender(tmp_path_factory):
    """One lender for several borrowers."""
    with LenderProcess(tmp_path_factory.mktemp("town") / "lender") as process:
        yield process


@pytest.mark.timeout(180)
def test_the_other_way_needs_no_camera_and_costs_the_same(tmp_path, lender):
    with closing(Road(tmp_path, manual=True, lender=lender)) as road:
        road.borrower.walk(Page.DECISION)
        offer = road.journey.offer()
        assert offer.annual_rate_pct == road.journey.lender.products[0].annual_rate_pct
        assert road.journey.withdraw() is Page.DECISION
        assert road.journey.application.status is ApplicationStatus.WITHDRAWN
        assert road.journey.start_over() is Page.TERMS
        assert road.borrower.choose_terms() is Page.IDENTITY_DOCUMENT
        assert road.start_program() is Page.IDENTITY_DOCUMENT


@pytest.mark.timeout(180)
def test_a_refusal_says_why_and_another_machine_shows_it_too(tmp_path, lender):
    with closing(Road(tmp_path, "declined_overdue", manual=True, lender=lender)) as road:
        assert road.borrower.walk(Page.DECISION) is Page.DECISION
        decision = road.journey.application.decision
        assert DecisionReason.CREDIT_RECORD_OVERDUE in decision.reasons
        road.home = tmp_path / "another_machine"
        road.secrets = type(road.secrets)()
        assert road.start_program() is Page.COST
        assert road.borrower.act(Page.COST) is Page.SIGN_IN
        assert road.borrower.act(Page.SIGN_IN) is Page.DECISION


@pytest.mark.timeout(180)
def test_a_gateway_that_is_down_can_be_asked_again(tmp_path, lender):
    with closing(Road(tmp_path, "card_gateway_down", manual=True, lender=lender)) as road:
        road.borrower.walk(Page.BANK_CARD)
        with pytest.raises(LenderTroubleError) as caught:
            road.borrower.bind_card()
        assert caught.value.code is ErrorCode.CARD_GATEWAY_DOWN
        assert caught.value.retry_after_seconds
        assert road.journey.current_page() is Page.BANK_CARD
        assert road.borrower.bind_card() is Page.CHECK_ANSWERS


@pytest.mark.timeout(180)
def test_bad_input_gets_its_own_answer_and_loses_nothing(tmp_path, lender):
    with closing(Road(tmp_path, "approved_long_term", manual=True, lender=lender)) as road:
        journey = road.journey
        journey.resume()
        journey.cost_understood()
        sent = journey.request_code(road.identity.phone)
        wrong = "000000" if sent.simulated_message.code != "000000" else "111111"
        with pytest.raises(InputRejectedError) as caught:
            journey.sign_in(wrong)
        assert caught.value.code is ErrorCode.CODE_WRONG
        journey.sign_in(sent.simulated_message.code)
        road.borrower.choose_terms()
        for image, code in (
            (b"not an image", ErrorCode.PHOTO_NOT_AN_IMAGE),
            (b"BM" + b"x" * 60_000_000, ErrorCode.PHOTO_TOO_LARGE),
        ):
            with pytest.raises(LoanAppError) as caught:
                journey.upload_document("front", image)
            assert caught.value.code is code
        assert journey.current_page() is Page.IDENTITY_DOCUMENT
        assert road.start_program() is Page.IDENTITY_DOCUMENT
        assert road.journey.remembered(Page.TERMS)["months"] == "12"
