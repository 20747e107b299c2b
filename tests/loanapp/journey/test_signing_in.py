"""Meeting the lender, signing in and signing out, over real TLS."""

import json

import pytest

from loanapp.client.errors import InputRejectedError, ProgramOutdatedError, SignedOutError
from loanapp.client.secrets import SecretName
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.pages import Page
from loanapp.proof.request_proof import read_device_key
from tests.loanapp.client import answers_data
from tests.loanapp.client.tls_lender import problem
from tests.loanapp.journey.scripted import CODE, LENDER, SESSION, at
from tests.loanapp.journey.states import answer


class TestConnecting:
    def test_a_lender_that_is_in_order(self, desk):
        desk.says(LENDER)
        assert desk.program().connect().licence == "L-1"

    def test_one_that_asks_for_contacts_is_refused(self, desk):
        item = {**LENDER["data_items"][0], "id": "contacts"}
        desk.says({**LENDER, "data_items": [item]})
        journey = desk.program()
        with pytest.raises(GuardRefusal) as caught:
            journey.connect()
        assert caught.value.code is ErrorCode.GUARD_PERMISSION_FORBIDDEN
        assert journey.lender is None

    def test_one_that_misquotes_a_consent_is_refused(self, desk):
        consent = answers_data.consent("face_verification")
        consent["text"]["en"] = "other words"
        desk.says({**LENDER, "consents": [consent]})
        with pytest.raises(GuardRefusal) as caught:
            desk.program().connect()
        assert caught.value.code is ErrorCode.GUARD_CONSENT_DIFFERS

    @pytest.mark.parametrize("version", ["99.0.0", "0.1.1"])
    def test_one_that_wants_a_newer_program(self, desk, version):
        desk.says({**LENDER, "minimum_client_version": version})
        with pytest.raises(ProgramOutdatedError):
            desk.program().connect()


class TestSigningIn:
    def test_from_the_cost_to_the_terms(self, desk):
        journey = desk.program()
        desk.says(LENDER)
        assert journey.resume() is Page.COST
        assert journey.cost_understood() is Page.SIGN_IN
        assert journey.go_back() is Page.COST
        assert journey.cost_understood() is Page.SIGN_IN
        desk.says(CODE, SESSION, {"applications": []})
        assert journey.request_code("13800000001").simulated_message.code == "123456"
        assert journey.sign_in("123456") is Page.TERMS
        body = json.loads(desk.asked("/v1/auth/sessions")[0].body)
        assert (body["challenge_id"], body["code"]) == ("c-1", "123456")
        assert read_device_key(body["device_key"]).key_size == 256
        assert desk.asked("/v1/applications")[0].headers["Authorization"] == "Bearer t-1"

    def test_the_code_may_be_typed_after_a_restart(self, desk):
        journey = desk.program()
        desk.says(LENDER, CODE)
        journey.connect()
        journey.request_code("13800000001")
        again = desk.program()
        desk.says(LENDER)
        again.resume()
        assert again.draft.phone == "13800000001"
        desk.says(SESSION, {"applications": []})
        assert again.sign_in("123456") is Page.TERMS

    def test_a_wrong_code_changes_nothing(self, desk):
        journey = desk.program()
        desk.says(LENDER, CODE, problem(401, "code_wrong", attempts_left=4))
        journey.connect()
        journey.request_code("13800000001")
        with pytest.raises(InputRejectedError) as caught:
            journey.sign_in("000000")
        assert caught.value.details["attempts_left"] == 4
        desk.says(SESSION, {"applications": []})
        assert journey.sign_in("123456") is Page.TERMS

    def test_a_code_nobody_asked_for(self, desk):
        with pytest.raises(LoanAppError) as caught:
            desk.program().sign_in("123456")
        assert caught.value.code is ErrorCode.CODE_EXPIRED
        assert desk.lender.requests == []

    def test_somebody_elses_draft_is_not_shown(self, desk):
        journey = at(desk, answer())
        journey.draft.borrower_id = "b-0"
        journey.remember(Page.ABOUT_YOU, {"monthly_income": "9000"})
        desk.secrets.write(SecretName.SIGNING_KEY, "k")
        desk.says(CODE, SESSION, {"applications": []})
        journey.request_code("13800000001")
        journey.sign_in("123456")
        assert journey.remembered(Page.ABOUT_YOU) == {}
        assert desk.secrets.read(SecretName.SIGNING_KEY) is None

    def test_a_session_that_ended_leads_back_and_keeps_the_draft(self, desk):
        journey = at(desk, answer())
        journey.remember(Page.IDENTITY_DOCUMENT, {"name": "测试甲"})
        desk.says(problem(401, "signed_out"))
        with pytest.raises(SignedOutError):
            journey.refresh()
        assert journey.current_page() in {Page.SIGN_IN, Page.COST}
        assert journey.remembered(Page.IDENTITY_DOCUMENT) == {"name": "测试甲"}
        assert desk.secrets.read(SecretName.ACCESS_TOKEN) is None

    def test_one_that_ended_while_away_is_no_error(self, desk):
        desk.secrets.write(SecretName.ACCESS_TOKEN, "old")
        journey = desk.program()
        desk.says(LENDER, problem(401, "signed_out"))
        assert journey.resume() is Page.COST
