"""The journey over real TLS, with a lender whose every answer the test chooses."""

import base64
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from loanapp.client.answers import BoundCard
from loanapp.client.drafts import DraftFile
from loanapp.client.errors import (
    InputRejectedError,
    LenderUnreachableError,
    NotAllowedNowError,
    ProgramOutdatedError,
    SignedOutError,
)
from loanapp.client.secrets import MemorySecrets, SecretName, SecretsKind
from loanapp.domain.clock import ManualClock
from loanapp.domain.consent import ConsentScope, LoanPurpose
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.schedule import RepaymentMethod
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.pages import Page, StepState
from loanapp.proof.canonical_json import canonical_sha256
from loanapp.proof.keys import new_message_key, raw_public_bytes
from loanapp.proof.signed_message import sign_message
from tests.loanapp.client import answers_data
from tests.loanapp.client.tls_lender import Reply, problem
from tests.loanapp.journey.states import DAY, FILLED, answer

MESSAGE_KEY = new_message_key()
LENDER = answers_data.lender(
    message_public_key=base64.b64encode(raw_public_bytes(MESSAGE_KEY.public_key())).decode(),
)
CODE = {
    "challenge_id": "c-1",
    "expires_at": answers_data.NOW,
    "resend_after_seconds": 20,
    "simulated_message": {"sender": "s", "text": answers_data.BOTH, "code": "123456"},
}
SESSION = {
    "access_token": "t-1",
    "expires_at": answers_data.NOW,
    "borrower_id": "b-1",
    "phone_masked": "138****0001",
}
GONE = Reply(hang_up=True)
NOON = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
CARD = answers_data.BOTH


def at(desk, whole, **settings):
    """The program, started again, with its lender saying that the borrower stands here."""
    desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
    journey = desk.program(**settings)
    desk.says(LENDER, {"applications": [whole]})
    journey.resume()
    return journey


def save_terms(journey, amount="10000.00"):
    return journey.save_terms(Decimal(amount), 12, RepaymentMethod.EQUAL_INSTALMENT, LoanPurpose.TRAVEL)


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
        assert json.loads(desk.asked("/v1/auth/sessions")[0].body) == {"challenge_id": "c-1", "code": "123456"}
        assert desk.asked("/v1/applications")[0].headers["Authorization"] == "Bearer t-1"

    def test_the_code_may_be_typed_after_a_restart(self, desk):
        journey = desk.program()
        desk.says(CODE)
        journey.request_code("13800000001")
        again = desk.program()
        desk.says(LENDER)
        again.resume()
        assert again.draft.phone == "13800000001"
        desk.says(SESSION, {"applications": []})
        assert again.sign_in("123456") is Page.TERMS

    def test_a_wrong_code_changes_nothing(self, desk):
        journey = desk.program()
        desk.says(CODE, problem(401, "code_wrong", attempts_left=4))
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

    @pytest.mark.parametrize("reply", [Reply(204, b""), GONE, problem(401, "signed_out")])
    def test_signing_out_leaves_nothing_behind(self, desk, reply):
        journey = at(desk, answer())
        journey.remember(Page.ABOUT_YOU, {"monthly_income": "9000"})
        desk.says(reply)
        journey.sign_out()
        assert not journey.signed_in
        assert journey.current_page() is Page.COST
        assert list(desk.home.iterdir()) == []
        assert all(desk.secrets.read(name) is None for name in SecretName)


class TestTheDraft:
    def test_what_is_typed_survives_a_restart(self, desk):
        journey = at(desk, answer())
        journey.remember(Page.IDENTITY_DOCUMENT, {"name": "测试甲"})
        assert at(desk, answer()).remembered(Page.IDENTITY_DOCUMENT) == {"name": "测试甲"}

    def test_the_open_page_survives_a_restart(self, desk):
        journey = at(desk, answer(**FILLED))
        assert journey.open_page(Page.ABOUT_YOU) is Page.ABOUT_YOU
        again = at(desk, answer(**FILLED))
        assert again.current_page() is Page.ABOUT_YOU
        assert again.finish_page() is Page.CHECK_ANSWERS

    def test_without_a_store_nothing_touches_the_disk(self, desk):
        journey = desk.program(secrets=MemorySecrets())
        desk.says(LENDER)
        journey.resume()
        journey.remember(Page.TERMS, {"amount": "1"})
        assert journey.secrets_kind is SecretsKind.MEMORY
        assert not desk.home.exists()

    def test_one_that_cannot_be_read_is_told_once(self, desk, expect_log):
        expect_log("a draft could not be read")
        at(desk, answer()).remember(Page.TERMS, {"amount": "1"})
        (file,) = desk.home.iterdir()
        file.write_bytes(b"damaged")
        journey = at(desk, answer())
        assert journey.take_notice().code is ErrorCode.DRAFT_UNREADABLE
        assert journey.take_notice() is None

    def test_it_is_open_even_with_the_lender_down(self, desk):
        at(desk, answer()).remember(Page.TERMS, {"amount": "1"})
        journey = desk.program()
        desk.says(GONE)
        with pytest.raises(LenderUnreachableError):
            journey.resume()
        assert journey.remembered(Page.TERMS) == {"amount": "1"}
        desk.says(LENDER, {"applications": [answer()]})
        assert journey.resume() is Page.IDENTITY_DOCUMENT

    def test_typing_never_waits_for_the_lender(self, desk):
        journey = at(desk, answer())
        desk.says(Reply(wait_s=1.0, body=json.dumps(answer()).encode()))
        waiting = threading.Thread(target=journey.refresh)
        waiting.start()
        time.sleep(0.1)
        started = time.monotonic()
        journey.remember(Page.TERMS, {"amount": "1"})
        journey.current_page()
        journey.stepper()
        assert time.monotonic() - started < 0.5
        waiting.join()

    def test_what_was_typed_is_forgotten_once_handed_in(self, desk):
        journey = at(desk, answer(**FILLED))
        journey.remember(Page.BANK_CARD, {"number": "6222020000000000018"})
        desk.says(answer("submitted"))
        assert journey.submit() is Page.PROGRESS
        assert journey.remembered(Page.BANK_CARD) == {}
        assert at(desk, answer("submitted")).draft.values == {}


class TestActsAreDoneOnce:
    def test_an_act_whose_answer_is_lost_is_repeated_with_the_same_key(self, desk):
        journey = at(desk, answer(**FILLED))
        desk.says(GONE)
        with pytest.raises(LenderUnreachableError):
            journey.submit()
        again = at(desk, answer(**FILLED))  # the program was killed meanwhile
        desk.says(answer("submitted"))
        assert again.submit() is Page.PROGRESS
        first, second = desk.asked("/v1/applications/ap-1/submit")
        assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
        assert again.draft.keys == {}

    @pytest.mark.parametrize("reply", [problem(409, "not_allowed_now"), problem(422, "input_invalid")])
    def test_an_act_that_was_refused_gets_a_new_key(self, desk, reply):
        journey = at(desk, answer(**FILLED))
        desk.says(reply, answer("submitted"))
        with pytest.raises(LoanAppError):
            journey.submit()
        journey.submit()
        first, second = desk.asked("/v1/applications/ap-1/submit")
        assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]

    def test_other_terms_are_another_act(self, desk):
        desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
        journey = desk.program()
        desk.says(LENDER, {"applications": []}, GONE, answer())
        journey.resume()
        with pytest.raises(LenderUnreachableError):
            save_terms(journey)
        save_terms(journey, "20000.00")
        first, second = (one for one in desk.asked("/v1/applications") if one.method == "POST")
        assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]

    def test_the_key_is_on_disk_before_anything_is_sent(self, desk):
        journey = at(desk, answer(**FILLED))
        original, saved = journey.client.submit, []

        def submit(application_id, key):
            on_disk, _ = DraftFile(desk.home, desk.secrets).load()
            saved.append(key in on_disk.keys.values())
            return original(application_id, key)

        journey.client.submit = submit
        desk.says(answer("submitted"))
        journey.submit()
        assert saved == [True]


class TestFilling:
    def test_terms_begin_an_application_and_then_change_it(self, desk):
        desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
        journey = desk.program()
        desk.says(LENDER, {"applications": []}, answer(), answer(amount="20000.00"))
        journey.resume()
        assert save_terms(journey) is Page.IDENTITY_DOCUMENT
        assert journey.open_page(Page.TERMS) is Page.TERMS
        assert save_terms(journey, "20000.00") is Page.IDENTITY_DOCUMENT
        assert desk.lender.requests[-1].method == "PUT"
        assert journey.draft.asked["amount"] == "20000.00"

    def test_a_live_draft_from_another_machine_is_taken_up(self, desk):
        desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
        journey = desk.program()
        elsewhere = problem(409, "not_allowed_now", application_id="ap-1")
        desk.says(LENDER, {"applications": []}, elsewhere, {"applications": [answer()]}, answer())
        journey.resume()
        assert save_terms(journey) is Page.IDENTITY_DOCUMENT
        assert [one.method for one in desk.lender.requests[-3:]] == ["POST", "GET", "PUT"]

    def test_what_was_read_of_a_photo_survives_a_restart(self, desk):
        journey = at(desk, answer())
        fields = {"name": {"value": "测试甲", "confidence": 0.97}}
        whole = answer(document={"front": True, "back": False})
        desk.says({"side": "front", "fields": fields, "application": whole})
        journey.upload_document("front", b"photo")
        assert b"photo" not in desk.lender.requests[-1].body
        assert journey.current_page() is Page.IDENTITY_DOCUMENT
        reading = at(desk, whole).document_readings()["front"]
        assert reading.fields["name"].value == "测试甲"
        assert reading.fields["name"].confidence == 0.97

    def test_a_photo_beyond_the_limit_is_not_even_sent(self, desk):
        journey = at(desk, answer())
        before = len(desk.lender.requests)
        with pytest.raises(InputRejectedError) as caught:
            journey.upload_document("front", b"x" * 60_000_000)
        assert caught.value.code is ErrorCode.PHOTO_TOO_LARGE
        assert caught.value.details["limit_mb"] == 20
        assert len(desk.lender.requests) == before

    def test_the_stepper_follows(self, desk):
        journey = at(desk, answer())
        states = [step.state for step in journey.stepper()]
        assert states[:3] == [StepState.DONE, StepState.CURRENT, StepState.AHEAD]

    def test_acts_without_an_application_are_refused_here(self, desk):
        journey = desk.program()
        for act in (journey.submit, journey.refresh, journey.offer, journey.loan, journey.withdraw):
            with pytest.raises(LoanAppError) as caught:
                act()
            assert caught.value.code is ErrorCode.NOT_ALLOWED_NOW


def receipt(**changes):
    text = LENDER["consents"][0]
    whole = {
        "receipt_id": "r-1",
        "scope": "face_verification",
        "granted": True,
        "text_version": "v1",
        "text_sha256": text["sha256"]["zh"],
        "language": "zh",
        "recorded_at": answers_data.NOW,
        "recipient": answers_data.BOTH,
        **changes,
    }
    return sign_message(MESSAGE_KEY, whole)


def challenge(**changes):
    whole = {
        "session_id": "s-1",
        "application_id": "ap-1",
        "nonce": "n-1",
        "actions": ["blink", "nod"],
        "issued_at": "2026-11-22T12:00:00+08:00",
        "expires_at": "2026-11-22T12:03:00+08:00",
        "action_timeout_seconds": 12,
        "accepted_sources": ["camera"],
        **changes,
    }
    return sign_message(MESSAGE_KEY, whole)


class TestConsentAndFace:
    SHA = LENDER["consents"][0]["sha256"]["zh"]

    def record(self, journey, **changes):
        facts = {"granted": True, "text_version": "v1", "text_sha256": self.SHA, "language": "zh", **changes}
        return journey.record_consent(ConsentScope.FACE_VERIFICATION, *facts.values())

    def test_a_consent_leaves_a_receipt(self, desk):
        journey = at(desk, answer())
        desk.says(receipt(), answer())
        assert self.record(journey).receipt_id == "r-1"
        kept = json.loads(at(desk, answer()).draft.receipts["face_verification"])
        assert kept == receipt()

    @pytest.mark.parametrize("changes", [{"text_version": "v0"}, {"text_sha256": "0" * 64}])
    def test_a_consent_to_other_words_is_not_sent(self, desk, changes):
        journey = at(desk, answer())
        before = len(desk.lender.requests)
        with pytest.raises(GuardRefusal) as caught:
            self.record(journey, **changes)
        assert caught.value.code is ErrorCode.GUARD_CONSENT_DIFFERS
        assert len(desk.lender.requests) == before

    @pytest.mark.parametrize(
        "lie", [{**receipt(), "granted": False}, receipt(granted=False), receipt(scope="bureau_query")]
    )
    def test_a_receipt_of_something_else_is_refused(self, desk, lie):
        journey = at(desk, answer())
        desk.says(lie)
        with pytest.raises(GuardRefusal) as caught:
            self.record(journey)
        assert caught.value.code is ErrorCode.GUARD_SIGNATURE_INVALID

    @pytest.mark.parametrize("granted", [None, False])
    def test_no_challenge_without_the_consent_on_record(self, desk, granted):
        records = [] if granted is None else [{**FILLED["consents"][0], "granted": False}]
        journey = at(desk, answer(consents=records))
        before = len(desk.lender.requests)
        with pytest.raises(NotAllowedNowError) as caught:
            journey.begin_liveness()
        assert caught.value.code is ErrorCode.CONSENT_MISSING
        assert len(desk.lender.requests) == before

    def test_a_challenge_is_the_lenders(self, desk):
        journey = at(desk, answer(**FILLED), clock=ManualClock(NOON))
        desk.says(challenge())
        assert journey.begin_liveness().nonce == "n-1"
        desk.says({**challenge(), "actions": ["blink"]})
        with pytest.raises(GuardRefusal):
            journey.begin_liveness()
        desk.says(challenge(application_id="ap-2"))
        with pytest.raises(GuardRefusal):
            journey.begin_liveness()

    def test_the_answer_to_an_old_attempt_is_asked_for_anew(self, desk):
        journey = at(desk, answer(**FILLED), clock=ManualClock(NOON + timedelta(minutes=9)))
        desk.says(challenge(), challenge(nonce="n-2", expires_at="2026-11-22T12:12:00+08:00"))
        assert journey.begin_liveness().nonce == "n-2"
        first, second = desk.asked("/v1/applications/ap-1/liveness-sessions")
        assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]

    def test_evidence_leaves_sealed(self, desk):
        journey = at(desk, answer(**FILLED), clock=ManualClock(NOON))
        desk.says(challenge(), {"outcome": "passed", "reasons": [], "attempts_left": 2}, answer(**FILLED))
        journey.send_evidence(journey.begin_liveness(), b"frames of a face")
        sent = desk.asked("/v1/liveness-sessions/s-1/evidence")[0]
        assert b"face" not in sent.body
        assert journey.current_page() is Page.CHECK_ANSWERS


def table(offer):
    cost = offer["cost"]
    whole = {
        "lender": answers_data.BOTH,
        "principal": offer["terms"]["amount"],
        "method": "equal_instalment",
        "months": offer["terms"]["months"],
        "items": [
            {
                "id": "interest",
                "name": answers_data.BOTH,
                "way": answers_data.BOTH,
                "standard_annual_pct": cost["simple_interest"],
                "amount": offer["totals"]["interest"],
                "party": answers_data.BOTH,
            }
        ],
        "annualised_total_pct": cost["simple_total"],
        "nominal_irr_pct": cost["nominal_irr"],
        "effective_irr_pct": cost["effective_irr"],
        "total_repayment": offer["totals"]["repayment"],
        "contingent": [
            {
                "id": "overdue_penalty",
                "name": answers_data.BOTH,
                "standard_annual_pct": "21.60",
                "party": answers_data.BOTH,
            }
        ],
        "nothing_else": answers_data.BOTH,
        "schedule": offer["schedule"],
    }
    return {"disclosure": whole, "sha256": canonical_sha256(whole)}


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
        whole = answer("signing", disclosure_confirmed=True)
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

    def test_money_on_another_card_is_told(self, desk):
        journey = at(desk, answer("disbursing"), clock=ManualClock(NOON))
        assert journey.application.bank_card == BoundCard(journey.lender.name, "0018", "138****0001")
        desk.says(
            {
                "contract_number": "LC-1",
                "principal": "10000.00",
                "disbursed_at": answers_data.NOW,
                "reference": "SIM1",
                "card_last4": "9999",
                "bank": None,
                "schedule": self.OFFER["schedule"],
                "next_due": {"no": 1, "due": "2026-12-22", "amount": "900.00"},
                "simulated": True,
            }
        )
        with pytest.raises(GuardRefusal) as caught:
            journey.loan()
        assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_PAYOUT_DIFFERS, "card")


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
