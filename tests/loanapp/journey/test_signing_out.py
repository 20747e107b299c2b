"""Signing out: this computer forgets, whatever the lender answers, and keeps only the borrower's proofs."""

import pytest
import trustme

from loanapp.client.errors import SignedOutError
from loanapp.client.secrets import MemorySecrets, SecretName
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.loanapp.client.tls_lender import Reply, problem
from tests.loanapp.journey.conftest import LastingSecrets
from tests.loanapp.journey.scripted import CODE, GONE, LENDER, SESSION, at, receipt, save_terms
from tests.loanapp.journey.states import answer

ANSWERS = {
    "ended": Reply(204, b""),
    "no answer": GONE,
    "over already": problem(401, "signed_out"),
    "trouble": Reply(500, b""),
    "too many": problem(429, "too_many_attempts"),
    "unreadable refusal": Reply(418, b"?"),
}


def nothing_left(desk, journey):
    assert not journey.signed_in
    assert journey.current_page() is Page.COST
    assert list(desk.home.iterdir()) == []
    assert all(desk.secrets.read(name) is None for name in SecretName)


@pytest.mark.parametrize("reply", ANSWERS.values(), ids=ANSWERS)
def test_it_leaves_nothing_behind(desk, reply):
    journey = at(desk, answer())
    journey.remember(Page.ABOUT_YOU, {"monthly_income": "9000"})
    desk.says(reply)
    journey.sign_out()
    nothing_left(desk, journey)
    assert desk.asked("/v1/auth/sessions/current")[0].headers["Authorization"] == "Bearer t-1"


def test_not_even_where_somebody_else_answers(desk):
    address = desk.lender.endpoint()
    desk.lender.endpoint = lambda: address
    journey = at(desk, answer())
    desk.says(Reply(headers={"Connection": "close"}, body=b"{}"))
    with pytest.raises(LoanAppError):
        journey.refresh()
    desk.lender.authority = trustme.CA()
    desk.lender.context = desk.lender._context("127.0.0.1", None, None)
    journey.sign_out()
    nothing_left(desk, journey)
    assert desk.asked("/v1/auth/sessions/current") == []


class Stubborn(LastingSecrets):
    """A credential store that will not give up the token."""

    def delete(self, name):
        if name is SecretName.ACCESS_TOKEN:
            raise LoanAppError(ErrorCode.KEYRING_UNAVAILABLE)
        super().delete(name)


def test_what_could_not_be_removed_is_told_after_all_the_rest_is_gone(desk):
    desk.secrets = Stubborn()
    journey = at(desk, answer())
    journey.remember(Page.ABOUT_YOU, {"monthly_income": "9000"})
    desk.secrets.write(SecretName.SIGNING_KEY, "k")
    with pytest.raises(LoanAppError) as caught:
        journey.sign_out()
    assert caught.value.code is ErrorCode.KEYRING_UNAVAILABLE
    assert not journey.signed_in
    assert journey.remembered(Page.ABOUT_YOU) == {}
    assert list(desk.home.iterdir()) == []
    assert desk.secrets.read(SecretName.SIGNING_KEY) is None
    assert len(desk.asked("/v1/auth/sessions/current")) == 1


def test_a_session_that_ended_is_said_even_where_its_token_cannot_be_removed(desk):
    desk.secrets = Stubborn()
    journey = at(desk, answer())
    desk.says(problem(401, "signed_out"))
    with pytest.raises(SignedOutError):
        journey.refresh()


def sign_in(desk, journey, borrower_id="b-1", whole=None):
    desk.says(CODE, {**SESSION, "borrower_id": borrower_id}, {"applications": [whole or answer()]})
    journey.request_code("13800000001")
    journey.sign_in("123456")


@pytest.fixture
def agreed(desk):
    """A borrower who has asked for 5000 yuan, authorised the face, typed an income, and signed out."""
    journey = desk.program()
    desk.says(LENDER)
    journey.resume()
    sign_in(desk, journey)
    desk.says(answer(amount="5000.00"), receipt(), answer())
    save_terms(journey, "5000.00")
    text = LENDER["consents"][0]
    journey.record_consent(ConsentScope.FACE_VERIFICATION, True, text["version"], text["sha256"]["zh"], "zh")
    journey.remember(Page.ABOUT_YOU, {"monthly_income": "9000"})
    desk.says(Reply(204, b""))
    journey.sign_out()
    return journey


def test_the_borrowers_proofs_come_back_when_they_sign_in_again(desk, agreed):
    assert (agreed.consent_receipts(), agreed.draft.asked, agreed.draft.phone) == ([], {}, "")
    again = desk.program()
    desk.says(LENDER)
    assert again.resume() is Page.COST
    sign_in(desk, again)
    assert again.consent_receipts() == [receipt()]
    assert again.draft.asked["amount"] == "5000.00"
    assert again.remembered(Page.ABOUT_YOU) == {}


def test_somebody_else_does_not_see_them_and_does_not_lose_them(desk, agreed):
    sign_in(desk, agreed, "b-2")
    assert (agreed.consent_receipts(), agreed.draft.asked) == ([], {})
    sign_in(desk, agreed, "b-1")
    assert agreed.consent_receipts() == [receipt()]


def test_in_memory_nothing_on_disk_is_touched(desk):
    left = desk.home / "draft.sealed"
    desk.home.mkdir()
    left.write_bytes(b"of a store that could not be opened")
    journey = at(desk, answer(), secrets=MemorySecrets())
    journey.sign_out()
    assert left.read_bytes() == b"of a store that could not be opened"
