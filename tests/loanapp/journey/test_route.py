"""The road as pure functions, path by path: which page is next, which may be opened again."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.consent import ConsentScope
from loanapp.domain.status import ENDED, ApplicationStatus, BorrowerAction
from loanapp.journey.pages import DRAFT_PAGES, GROUPS, ORDER, Page, StepState, place, steps
from loanapp.journey.route import ConsentAsked, LocalState, consents_settled, page_for, previous, revisitable
from tests.loanapp.client.answers_data import NOW
from tests.loanapp.journey.states import CONSENTS, DRAFT_ACTIONS, FILLED, application, consents

ASKED = tuple(ConsentAsked(ConsentScope(scope), "v1", required=True) for scope in CONSENTS)
HERE = LocalState(signed_in=True, cost_seen=True, consents=ASKED)


def local(**changes):
    return LocalState(**{"signed_in": True, "cost_seen": True, "consents": ASKED, **changes})


def filled(*names, **changes):
    """A draft with these parts filled."""
    return application("draft", **{**{name: FILLED[name] for name in names}, **changes})


class TestForwards:
    @pytest.mark.parametrize(
        ("state", "page"),
        [
            (LocalState(), Page.COST),
            (LocalState(cost_seen=True), Page.SIGN_IN),
            (LocalState(signed_in=True), Page.TERMS),
        ],
    )
    def test_before_an_application(self, state, page):
        assert page_for(None, state) is page

    @pytest.mark.parametrize(
        ("names", "page"),
        [
            ((), Page.IDENTITY_DOCUMENT),
            (("document",), Page.IDENTITY_DOCUMENT),
            (("document", "identity"), Page.ABOUT_YOU),
            (("document", "identity", "profile"), Page.PERMISSIONS),
            (("document", "identity", "profile", "consents"), Page.FACE_VERIFICATION),
            (("document", "identity", "profile", "consents", "face"), Page.BANK_CARD),
            (("document", "identity", "profile", "consents", "face", "bank_card"), Page.CHECK_ANSWERS),
        ],
    )
    def test_a_draft_goes_to_the_first_thing_missing(self, names, page):
        assert page_for(filled(*names), HERE) is page

    @pytest.mark.parametrize("missing", sorted(FILLED))
    def test_whatever_is_missing_is_asked_for(self, missing):
        pages = {
            "document": Page.IDENTITY_DOCUMENT,
            "identity": Page.IDENTITY_DOCUMENT,
            "profile": Page.ABOUT_YOU,
            "consents": Page.PERMISSIONS,
            "face": Page.FACE_VERIFICATION,
            "bank_card": Page.BANK_CARD,
        }
        assert page_for(filled(*(set(FILLED) - {missing})), HERE) is pages[missing]

    @pytest.mark.parametrize("side", ["front", "back"])
    def test_one_side_is_not_enough(self, side):
        document = {"front": True, "back": True, side: False}
        assert page_for(filled(*FILLED, document=document), HERE) is Page.IDENTITY_DOCUMENT

    @pytest.mark.parametrize(
        ("status", "page"),
        [
            ("submitted", Page.PROGRESS),
            ("verifying", Page.PROGRESS),
            ("in_review", Page.PROGRESS),
            ("interview", Page.PROGRESS),
            ("offered", Page.DECISION),
            ("declined", Page.DECISION),
            ("withdrawn", Page.DECISION),
            ("expired", Page.DECISION),
            ("signed", Page.PAYOUT),
            ("disbursing", Page.PAYOUT),
            ("active", Page.PAYOUT),
            ("settled", Page.MY_LOAN),
        ],
    )
    def test_later_the_status_leads(self, status, page):
        assert page_for(application(status), HERE) is page

    def test_signing_has_three_pages(self):
        assert page_for(application("signing"), HERE) is Page.COST_DISCLOSURE
        confirmed = application("signing", disclosure_confirmed=True)
        assert page_for(confirmed, HERE) is Page.CONTRACT
        assert page_for(confirmed, local(contract_read=True)) is Page.SIGNING
        assert page_for(application("signing"), local(contract_read=True)) is Page.COST_DISCLOSURE

    @pytest.mark.parametrize("state", ["needed", "waiting", "refused"])
    def test_before_a_payout_that_asks_for_it_the_face_comes_between_contract_and_signature(self, state):
        asked = {"state": state, "because": [{"zh": "因", "en": "why"}], "until": None}
        one = application("signing", disclosure_confirmed=True, step_up=asked)
        assert page_for(one, HERE) is Page.CONTRACT
        assert page_for(one, local(contract_read=True)) is Page.FACE_VERIFICATION
        shown = application("signing", disclosure_confirmed=True, step_up={**asked, "state": "shown", "until": NOW})
        assert page_for(shown, local(contract_read=True)) is Page.SIGNING

    def test_the_money_is_shown_before_the_loan(self):
        assert page_for(application("active"), HERE) is Page.PAYOUT
        assert page_for(application("active"), local(payout_seen=True)) is Page.MY_LOAN

    @pytest.mark.parametrize("status", [one.value for one in ENDED])
    def test_an_ending_stays_until_it_is_put_behind(self, status):
        assert page_for(application(status), HERE) is not Page.TERMS
        assert page_for(application(status), local(left=True)) is Page.TERMS

    @pytest.mark.parametrize("status", [one.value for one in set(ApplicationStatus) - ENDED])
    def test_nothing_live_can_be_put_behind(self, status):
        assert page_for(application(status), local(left=True)) is page_for(application(status), HERE)

    @pytest.mark.parametrize("status", [one.value for one in ApplicationStatus])
    def test_signed_out_leads_to_signing_in_from_anywhere(self, status):
        assert page_for(application(status), LocalState(cost_seen=True)) is Page.SIGN_IN


class TestNeedsMore:
    @pytest.mark.parametrize(
        ("actions", "page"),
        [
            (["upload_document"], Page.IDENTITY_DOCUMENT),
            (["set_profile"], Page.ABOUT_YOU),
            (["give_consent"], Page.PERMISSIONS),
            (["start_liveness", "choose_manual_verification"], Page.FACE_VERIFICATION),
            (["bind_card"], Page.BANK_CARD),
            (["submit"], Page.CHECK_ANSWERS),
            (["withdraw"], Page.PROGRESS),
            ([], Page.PROGRESS),
        ],
    )
    def test_the_lender_says_what_it_takes(self, actions, page):
        assert page_for(application("needs_more", allowed_actions=actions), HERE) is page

    def test_what_is_missing_comes_before_what_could_be_changed(self):
        asked = application("needs_more", allowed_actions=["set_profile", "bind_card"], bank_card=None)
        assert page_for(asked, HERE) is Page.BANK_CARD


class TestConsents:
    def test_the_face_may_be_refused_the_others_not(self):
        for face, bureau, bank in itertools.product([True, False], repeat=3):
            given_ = consents(face_verification=face, bureau_query=bureau, bank_account_check=bank)
            assert consents_settled(application(consents=given_), ASKED) is (bureau and bank)

    def test_each_has_to_be_answered(self):
        assert not consents_settled(application(consents=consents(bureau_query=True, bank_account_check=True)), ASKED)

    def test_new_words_need_a_new_answer(self):
        newer = tuple(ConsentAsked(one.scope, "v2", one.required) for one in ASKED)
        assert consents_settled(application(consents=FILLED["consents"]), ASKED)
        assert not consents_settled(application(consents=FILLED["consents"]), newer)

    def test_the_latest_answer_counts(self):
        earlier = {**FILLED["consents"][1], "granted": False, "recorded_at": "2026-11-21T10:00:00+08:00"}
        assert consents_settled(application(consents=[*FILLED["consents"], earlier]), ASKED)
        later = {**earlier, "recorded_at": "2026-11-23T10:00:00+08:00"}
        assert not consents_settled(application(consents=[*FILLED["consents"], later]), ASKED)

    def test_refused_face_leads_to_the_other_way(self):
        given_ = consents(face_verification=False, bureau_query=True, bank_account_check=True)
        draft = filled("document", "identity", "profile", consents=given_)
        assert page_for(draft, HERE) is Page.FACE_VERIFICATION
        manual = filled(
            "document", "identity", "profile", consents=given_, face={"state": "manual", "attempts_left": 0}
        )
        assert page_for(manual, HERE) is Page.BANK_CARD

    def test_a_loan_that_needs_no_face_goes_past_it(self):
        draft = filled(*FILLED, face={"state": "none", "attempts_left": 3, "needed": False})
        assert page_for(draft, HERE) is Page.CHECK_ANSWERS

    @pytest.mark.parametrize("state", ["none", "retry"])
    def test_a_face_that_has_not_passed_stays(self, state):
        draft = filled(*FILLED, face={"state": state, "attempts_left": 1})
        assert page_for(draft, HERE) is Page.FACE_VERIFICATION


class TestBackwards:
    FULL = filled(*FILLED)

    def test_every_page_done_may_be_opened_again(self):
        done = revisitable(self.FULL, HERE)
        assert done == {Page.COST, *DRAFT_PAGES} - {Page.CHECK_ANSWERS, Page.FACE_VERIFICATION}
        for page in done:
            assert page_for(self.FULL, local(open_again=page)) is page

    def test_a_page_ahead_may_not(self):
        draft = filled("document", "identity")
        for page in set(Page) - revisitable(draft, HERE):
            assert page_for(draft, local(open_again=page)) is Page.ABOUT_YOU

    @pytest.mark.parametrize("page", [page for page in DRAFT_PAGES if page is not Page.CHECK_ANSWERS])
    def test_only_while_the_lender_takes_it(self, page):
        allowed = application("draft", **FILLED, allowed_actions=["submit"])
        assert page not in revisitable(allowed, HERE)

    @pytest.mark.parametrize("status", [one.value for one in set(ApplicationStatus) - {ApplicationStatus.DRAFT}])
    def test_nothing_once_handed_in(self, status):
        assert revisitable(application(status), HERE) == frozenset()

    def test_a_face_verified_by_a_person_may_still_go_before_the_camera(self):
        manual = filled(*FILLED, face={"state": "manual", "attempts_left": 3})
        assert Page.FACE_VERIFICATION in revisitable(manual, HERE)

    def test_the_cost_may_be_looked_at_before_and_after_signing_in(self):
        assert revisitable(None, LocalState()) == frozenset()
        assert revisitable(None, LocalState(cost_seen=True)) == {Page.COST}
        assert revisitable(None, HERE) == {Page.COST}
        assert page_for(None, local(open_again=Page.COST)) is Page.COST

    def test_back_is_the_nearest_one(self):
        pages = revisitable(self.FULL, HERE)
        assert previous(Page.CHECK_ANSWERS, pages) is Page.BANK_CARD
        assert previous(Page.BANK_CARD, pages) is Page.PERMISSIONS
        assert previous(Page.COST, pages) is None


class TestTheStepper:
    def test_every_page_is_in_one_group_in_order(self):
        assert list(itertools.chain(*GROUPS.values())) == list(ORDER) == list(Page)

    @pytest.mark.parametrize("page", Page)
    def test_done_before_current_before_ahead(self, page):
        lines = steps(page, frozenset({Page.TERMS}))
        states = [line.state for line in lines]
        assert states.count(StepState.CURRENT) == 1
        rank = [StepState.DONE, StepState.CURRENT, StepState.AHEAD]
        assert states == sorted(states, key=rank.index)
        assert [one for line in lines for one in line.revisitable] == [Page.TERMS]


@given(
    status=st.sampled_from(list(ApplicationStatus)),
    names=st.sets(st.sampled_from(sorted(FILLED))),
    actions=st.sets(st.sampled_from(list(BorrowerAction))),
    signed_in=st.booleans(),
    cost_seen=st.booleans(),
    open_again=st.sampled_from([None, *Page]),
    contract_read=st.booleans(),
    payout_seen=st.booleans(),
    left=st.booleans(),
    disclosure_confirmed=st.booleans(),
)
def test_there_is_a_page_for_every_state_and_back_only_leads_back(
    status,
    names,
    actions,
    signed_in,
    cost_seen,
    open_again,
    contract_read,
    payout_seen,
    left,
    disclosure_confirmed,
):
    state = LocalState(signed_in, cost_seen, open_again, contract_read, payout_seen, left, ASKED)
    parts = {name: FILLED[name] for name in names} if status is ApplicationStatus.DRAFT else {}
    whole = application(
        status.value,
        **parts,
        allowed_actions=[one.value for one in actions],
        disclosure_confirmed=disclosure_confirmed,
    )
    page, again = page_for(whole, state), revisitable(whole, state)
    derived = page_for(whole, LocalState(signed_in, cost_seen, None, contract_read, payout_seen, left, ASKED))
    assert page in {derived, open_again}
    assert all(place(one) < place(derived) for one in again)
    assert {one.value for one in BorrowerAction} >= set(DRAFT_ACTIONS)
