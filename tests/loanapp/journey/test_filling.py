"""The pages that are filled in: terms, photos, authorisations, face."""

import json
from datetime import timedelta

import pytest

from loanapp.client.errors import InputRejectedError, LenderUnreachableError, NotAllowedNowError
from loanapp.client.secrets import SecretName
from loanapp.domain.clock import ManualClock
from loanapp.domain.consent import ConsentScope, is_asked
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import FaceWay
from loanapp.domain.text_change import LineChange
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.pages import Page, StepState
from loanapp.proof.signed_message import sign_message
from tests.loanapp.client.tls_lender import problem
from tests.loanapp.journey.scripted import GONE, LENDER, MESSAGE_KEY, NOON, at, challenge, receipt, save_terms
from tests.loanapp.journey.states import FILLED, answer
from tests.loanapp.vision.test_bare_photo import SECRETS
from tests.loanapp.vision.test_bare_photo import photo as with_place


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

    def test_purpose_and_card_are_kept_as_they_were_chosen_here(self, desk):
        """The lender's answers say another purpose and another card; what is kept is what was typed."""
        desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
        journey = desk.program()
        bound = {"bank": None, "last4": "9999", "luhn_ok": True, "application": answer(purpose="medical")}
        begun = answer(purpose="medical", consents=FILLED["consents"])
        desk.says(LENDER, {"applications": []}, begun, bound, answer(amount="20000.00"))
        journey.resume()
        save_terms(journey)
        journey.bind_card("6222 0200 0000 0000 018", "13800000001")
        save_terms(journey, "20000.00")
        kept = journey.draft.asked
        assert (kept["purpose"], kept["card_last4"], kept["amount"]) == ("travel", "0018", "20000.00")

    def test_a_card_bound_on_another_machine_than_the_terms_is_kept_too(self, desk):
        journey = at(desk, answer(consents=FILLED["consents"]))
        desk.says({"bank": None, "last4": "0018", "luhn_ok": True, "application": answer()})
        journey.bind_card("6222020000000000018", "13800000001")
        assert journey.draft.asked == {"application_id": "ap-1", "card_last4": "0018"}

    def test_a_card_without_its_consent_does_not_leave_this_computer(self, desk):
        for given in (
            [],
            [{**FILLED["consents"][2], "granted": False}],
            [{**FILLED["consents"][2], "text_version": "v0"}],
        ):
            journey = at(desk, answer(consents=given))
            before = len(desk.lender.requests)
            with pytest.raises(GuardRefusal) as caught:
                journey.bind_card("6222020000000000018", "13800000001")
            assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_NO_BASIS, "bank_card")
            assert len(desk.lender.requests) == before

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
        journey.upload_document("front", b"BM a photo")
        assert b"photo" not in desk.lender.requests[-1].body
        assert journey.current_page() is Page.IDENTITY_DOCUMENT
        reading = at(desk, whole).document_readings()["front"]
        assert reading.fields["name"].value == "测试甲"
        assert reading.fields["name"].confidence == 0.97

    def test_a_photo_leaves_without_its_place(self, desk, monkeypatch):
        journey, sent = at(desk, answer()), []
        put = journey.client.put_document

        def watched(application_id, side, image, key):
            sent.append(image)
            return put(application_id, side, image, key)

        monkeypatch.setattr(journey.client, "put_document", watched)
        desk.says({"side": "front", "fields": {}, "application": answer()})
        journey.upload_document("front", with_place("JPEG"))
        assert not [secret for secret in SECRETS if secret in sent[0]]
        with pytest.raises(LoanAppError) as caught:
            journey.upload_document("front", b"no photo at all")
        assert caught.value.code is ErrorCode.PHOTO_NOT_AN_IMAGE
        assert len(sent) == 1

    def test_half_a_character_is_a_fault_of_its_field_and_travels_in_no_error(self, desk):
        journey = at(desk, answer())
        before = len(desk.lender.requests)
        with pytest.raises(InputRejectedError) as caught:
            journey.confirm_identity({"name": "测试甲\ud83d", "identity_number": "11010119900307002X"})
        assert dict(caught.value.fields) == {"name": ErrorCode.INPUT_INVALID}
        assert caught.value.__context__ is None
        assert len(desk.lender.requests) == before

    def test_a_photo_beyond_the_limit_is_not_even_sent(self, desk):
        journey = at(desk, answer())
        before = len(desk.lender.requests)
        with pytest.raises(InputRejectedError) as caught:
            journey.upload_document("front", b"BM" + b"x" * 60_000_000)
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


class TestConsentAndFace:
    SHA = LENDER["consents"][0]["sha256"]["zh"]

    def record(self, journey, **changes):
        facts = {"granted": True, "text_version": "v1", "text_sha256": self.SHA, "language": "zh", **changes}
        return journey.record_consent(ConsentScope.FACE_VERIFICATION, *facts.values())

    def test_a_consent_leaves_a_receipt(self, desk):
        journey = at(desk, answer())
        desk.says(receipt(), answer())
        assert self.record(journey).receipt_id == "r-1"
        assert at(desk, answer()).consent_receipts() == [receipt()]

    def test_given_refused_and_given_again_are_three_acts_with_three_receipts(self, desk):
        journey = at(desk, answer())
        desk.says(GONE)
        with pytest.raises(LenderUnreachableError):
            self.record(journey)
        desk.says(receipt(receipt_id="r-2", granted=False), answer(), receipt(receipt_id="r-3"), answer())
        self.record(journey, granted=False)
        self.record(journey)
        sent = desk.asked("/v1/applications/ap-1/consents")
        assert len({one.headers["Idempotency-Key"] for one in sent}) == 3
        assert [kept["receipt_id"] for kept in journey.consent_receipts()] == ["r-2", "r-3"]

    def test_taking_one_back_is_one_act_with_a_receipt_and_nothing_more_leaves_under_it(self, desk):
        journey = at(desk, answer(**FILLED), clock=ManualClock(NOON))
        desk.says(challenge(), {"applications": [answer(**FILLED)]})
        begun = journey.begin_liveness()
        given = journey.given_consents()
        asked = [scope for scope in ConsentScope if is_asked(scope, ())]
        assert [(one.scope, one.phase) for one in given] == [(scope, "filling") for scope in asked]
        left = {**FILLED, "consents": [{**FILLED["consents"][0], "granted": False}, *FILLED["consents"][1:]]}
        desk.says(receipt(granted=False), answer(**left))
        receipt_ = journey.withdraw_consent("ap-1", ConsentScope.FACE_VERIFICATION, "zh")
        assert journey.consent_receipts()[-1]["receipt_id"] == receipt_.receipt_id
        (sent,) = desk.asked("/v1/applications/ap-1/consents")
        assert json.loads(sent.body)["granted"] is False
        before = len(desk.lender.requests)
        with pytest.raises(NotAllowedNowError) as caught:
            journey.begin_liveness()
        assert caught.value.code is ErrorCode.CONSENT_MISSING
        with pytest.raises(GuardRefusal) as refused:  # nor for an attempt that had begun
            journey.send_evidence(begun, b"frames of a face")
        assert refused.value.code is ErrorCode.GUARD_NO_BASIS
        assert len(desk.lender.requests) == before

    def test_an_authorisation_of_an_earlier_application_can_be_taken_back_too(self, desk):
        earlier = answer("settled", id="ap-0", number="LA-0")
        journey = at(desk, answer())
        desk.says({"applications": [answer(), earlier]}, receipt(granted=False))
        assert {(one.application_id, one.phase) for one in journey.given_consents()} == {("ap-0", "lent")}
        journey.withdraw_consent("ap-0", ConsentScope.FACE_VERIFICATION, "zh")
        assert journey.application.id == "ap-1"

    def test_taken_back_it_is_though_the_look_after_it_finds_nobody(self, desk):
        journey = at(desk, answer(**FILLED), clock=ManualClock(NOON))
        desk.says(challenge())
        begun = journey.begin_liveness()
        desk.says(receipt(granted=False), GONE)
        taken = journey.withdraw_consent("ap-1", ConsentScope.FACE_VERIFICATION, "zh")
        assert journey.consent_receipts()[-1]["receipt_id"] == taken.receipt_id
        assert not journey.application.consent(ConsentScope.FACE_VERIFICATION).granted
        with pytest.raises(GuardRefusal) as refused:
            journey.send_evidence(begun, b"frames of a face")
        assert refused.value.code is ErrorCode.GUARD_NO_BASIS

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

    @pytest.mark.parametrize("spoiled", [{"items": []}, {"application_id": "ap-2"}, {"type": "consent_receipt"}, None])
    def test_the_receipt_of_a_deletion_inside_has_to_stand_alone(self, desk, spoiled):
        """Signed by the lender around it, and yet worth nothing taken out of it."""
        whole = {"type": "deletion_receipt", "application_id": "ap-1", "receipt_id": "d-1", "items": ["face"]}
        signed = sign_message(MESSAGE_KEY, whole)
        inside = (
            {name: value for name, value in signed.items() if name != "signature"}
            if spoiled is None
            else signed | spoiled
            if "items" in spoiled
            else sign_message(MESSAGE_KEY, whole | spoiled)
        )
        journey = at(desk, answer(**FILLED))
        desk.says(receipt(granted=False, deletion=inside))
        with pytest.raises(GuardRefusal) as caught:
            journey.withdraw_consent("ap-1", ConsentScope.FACE_VERIFICATION, "zh")
        assert caught.value.code is ErrorCode.GUARD_SIGNATURE_INVALID
        assert journey.consent_receipts() == []
        desk.says(receipt(granted=False, deletion=signed), answer(**FILLED))
        journey.withdraw_consent("ap-1", ConsentScope.FACE_VERIFICATION, "zh")
        assert journey.consent_receipts()[-1]["deletion"] == signed

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
        assert journey.begin_liveness(flash_accepted=True, unhurried=True).nonce == "n-1"
        sent = json.loads(desk.asked("/v1/applications/ap-1/liveness-sessions")[0].body)
        assert sent == {"source_kind": "camera", "flash_accepted": True, "unhurried": True}
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


class TestOtherWays:
    def test_branches_are_shown_booked_changed_and_cancelled(self, desk):
        journey = at(desk, answer(**{**FILLED, "face": {"state": "none", "attempts_left": 3}}))
        assert journey.current_page() is Page.FACE_VERIFICATION
        both = {"zh": "中", "en": "e"}
        place = {"name": both, "address": both, "hours": both, "minutes": 30, "simulated": True}
        slot = "2026-11-27T13:30:00+08:00"
        desk.says({"branches": [{"id": "one", "slots": [slot], **place}]})
        (branch,) = journey.branches()
        assert (branch.minutes, branch.simulated) == (30, True)
        visit = {"branch_id": "one", "slot": slot, "state": "booked", **place}
        face = {"state": "manual", "attempts_left": 3, "way": "branch"}
        desk.says(answer(**{**FILLED, "face": face, "appointment": visit}))
        assert journey.book_branch(branch.id, branch.slots[0]) is Page.CHECK_ANSWERS
        assert journey.application.appointment.slot == branch.slots[0]
        assert journey.application.face.way is FaceWay.BRANCH
        sent = json.loads(desk.asked("/v1/applications/ap-1/branch-appointment")[0].body)
        assert sent == {"branch_id": "one", "slot": slot}
        desk.says(answer(**{**FILLED, "face": {"state": "none", "attempts_left": 3}}))
        assert journey.cancel_branch() is Page.FACE_VERIFICATION

    def test_a_certificate_of_a_changed_face_leaves_sealed_before_the_way_is_chosen(self, desk):
        untouched = {**FILLED, "face": {"state": "retry", "attempts_left": 0}}
        journey = at(desk, answer(**untouched))
        before = len(desk.lender.requests)
        with pytest.raises(GuardRefusal) as caught:
            journey.choose_manual_verification(changed_face=True, certificate=b"%PDF-1.7 from a hospital")
        assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_NO_BASIS, "changed_face_certificate")
        assert len(desk.lender.requests) == before
        allowed = {**FILLED["consents"][0], "scope": "changed_face_certificate"}
        journey = at(desk, answer(**{**untouched, "consents": [*FILLED["consents"], allowed]}))
        chosen = answer(**{**FILLED, "face": {"state": "manual", "attempts_left": 0, "changed_face": True}})
        desk.says(answer(**FILLED), chosen)
        page = journey.choose_manual_verification(changed_face=True, certificate=b"%PDF-1.7 from a hospital")
        assert page is Page.CHECK_ANSWERS
        first = desk.asked("/v1/applications/ap-1/changed-face-certificate")[0]
        assert b"hospital" not in first.body
        assert json.loads(desk.asked("/v1/applications/ap-1/manual-verification")[0].body) == {"changed_face": True}
        assert journey.application.face.changed_face


def test_a_changed_text_is_told_by_the_borrowers_own_receipt(desk):
    journey = at(desk, answer())
    scope, now = ConsentScope.FACE_VERIFICATION, LENDER["consents"][0]["text"]["zh"]
    assert journey.consent_changes(scope, "zh") == ()
    notice = {"dct:description": now + "\n保存 3 天"}
    record = {"dpv:hasRecordOfActivity": {"dpv:hasNotice": notice}}
    journey.draft.receipts["r-0"] = json.dumps(receipt(text_version="v0", record=record))
    assert journey.consent_changes(scope, "zh") == (LineChange("保存 3 天", ""),)
    assert journey.consent_changes(scope, "en") == ()
    journey.draft.receipts["r-0"] = json.dumps(receipt(text_version="v0"))  # of a version that kept no text
    assert journey.consent_changes(scope, "zh") == ()
    journey.draft.receipts["r-0"] = json.dumps(receipt(record=record))
    assert journey.consent_changes(scope, "zh") == ()
