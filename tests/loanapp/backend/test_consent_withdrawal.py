"""Taking an authorisation back after handing in: at once, with a receipt, and the application goes where it can."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from loanapp.backend.data_uses.erasure import finish_erasure
from loanapp.backend.store.tables import (
    Application,
    Check,
    ContractRecord,
    DeletionReceipt,
    FaceState,
    LedgerRow,
    LivenessSession,
)
from loanapp.backend.verification.review_facts import review_facts
from loanapp.domain.consent import ConsentScope, phase_of
from loanapp.domain.liveness import SourceKind, VerdictOutcome
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.signed_message import verify_message
from tests.loanapp.backend.test_erasure import left_of
from tests.loanapp.backend.test_other_ways import PDF, certificate
from tests.loanapp.backend.test_refusals import refused

FACE, BUREAU, CARD, CERTIFICATE, INSURANCE = (one.value for one in ConsentScope)
RULE = {"name": "straight_edges_move", "value": 1.0, "comparison": "<", "limit": 0.5, "reason": None, "passed": False}


def row(lender, one):
    with lender.services.database.read() as session:
        return session.get_one(Application, one.id)


def acts(lender, one):
    with lender.services.database.read() as session:
        query = select(LedgerRow).where(LedgerRow.application_id == one.id).order_by(LedgerRow.no)
        return [entry.act for entry in session.scalars(query)]


def seen_by_camera(lender, one):
    """As if the camera's way had been taken and passed: the figures and rules of an attempt are on record."""
    now = lender.services.clock.now()
    with lender.services.database.write() as session:
        application = session.get_one(Application, one.id)
        application.face_state, application.face_by_person = FaceState.PASSED, False
        session.add(
            LivenessSession(
                id=str(uuid.uuid4()),
                application_id=one.id,
                challenge={},
                source_kind=SourceKind.DEMONSTRATION,
                issued_at=now,
                expires_at=now + timedelta(minutes=3),
                used_at=now,
                ended_at=now,
                outcome=VerdictOutcome.PASSED,
                reasons=[],
                measures={"sharpness": 1.0},
                verdict={"rules": [RULE]},
            )
        )


def attempt_of(lender, one):
    with lender.services.database.read() as session:
        return session.scalars(select(LivenessSession).where(LivenessSession.application_id == one.id)).one()


def deleted_by(lender, one, receipt):
    """What was deleted by taking it back: as the signed receipt, the ledger and the borrower's copy say it."""
    public = lender.services.keys.message.public_key().public_bytes_raw()
    told = verify_message(public, receipt["deletion"])
    assert (told["application_id"], told["reason"]) == (one.id, "withdrawn")
    assert receipt["deletion"] in one.done("POST", "/v1/my-data/copies", body={})["deletion_receipts"]
    with lender.services.database.read() as session:
        row = session.get_one(DeletionReceipt, told["receipt_id"])
        assert row.finished_at is not None
    assert f"deletion.{row.part}" in acts(lender, one)
    return told["items"]


def at_the(lender, monkeypatch, source, method, act):
    """``act`` once, while the lender asks ``source``; how often it was asked."""
    kind, asked = type(getattr(lender.services.sources, source)), []
    usual = getattr(kind, method)

    def asking(self, *arguments):
        asked.append(arguments)
        if len(asked) == 1:
            act()
        return usual(self, *arguments)

    monkeypatch.setattr(kind, method, asking)
    return asked


def test_a_face_taken_back_while_it_is_decided_goes_on_with_a_person(walker, lender, monkeypatch):
    one, receipts = walker(), []
    one.ready_to_submit()
    seen_by_camera(lender, one)
    at_the(lender, monkeypatch, "bureau", "query", lambda: receipts.append(one.consent(FACE, granted=False)))
    one.act("/submit")
    timeline = [entry["status"] for entry in one.wait("offered")["timeline"]]
    assert timeline == ["draft", "submitted", "verifying", "in_review", "offered"]  # a person looked, and it went on
    (receipt,) = receipts
    public = lender.services.keys.message.public_key().public_bytes_raw()
    told = verify_message(public, receipt)
    assert told["withdrawal"]["effect"] == "another_way"
    assert "价格相同" in told["withdrawal"]["stops"]["zh"]
    assert told["record"]["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"] == "dpv:ConsentWithdrawn"
    attempt = attempt_of(lender, one)
    assert (attempt.measures, attempt.verdict) == (None, None)
    assert deleted_by(lender, one, receipt) == ["face"]
    with lender.services.database.read() as session:
        assert review_facts(session, one.id) == []  # nobody is shown anything of it any more
    assert "consent.withdrawn_face_verification" in acts(lender, one)


def test_a_credit_record_taken_back_is_not_queried_any_more(walker, lender, monkeypatch):
    one = walker()
    one.ready_to_submit()
    at_the(lender, monkeypatch, "registry", "confirm", lambda: one.consent(BUREAU, granted=False))
    asked = at_the(lender, monkeypatch, "bureau", "query", lambda: None)
    one.act("/submit")
    assert one.wait("withdrawn")["decision"] is None
    assert asked == []
    assert "share.credit" not in acts(lender, one)


def test_no_source_is_told_who_the_borrower_is_before_the_ledger_says_so(walker, lender, monkeypatch):
    one, before = walker(), []
    one.ready_to_submit()
    for source, method in (("registry", "confirm"), ("bureau", "query")):
        at_the(lender, monkeypatch, source, method, lambda: before.append(acts(lender, one)))
    one.act("/submit")
    one.wait("offered")
    assert [told[-1] for told in before] == ["share.identity", "share.credit"]


def test_what_the_bureau_says_after_the_withdrawal_is_not_kept(walker, lender, monkeypatch):
    one = walker()
    one.ready_to_submit()
    asked = at_the(lender, monkeypatch, "bureau", "query", lambda: one.consent(BUREAU, granted=False))
    one.act("/submit")
    one.wait("withdrawn")
    with lender.services.database.read() as session:
        check = session.get(Check, (one.id, "credit"))
        assert check is None or check.answer_sealed is None
    assert len(asked) == 1
    told = acts(lender, one)
    assert told[told.index("consent.withdrawn_bureau_query") + 1] == "status.withdrawn"
    assert "decision" not in told


def test_a_finished_check_stays_valid_under_an_offer_and_its_record_goes(walker, lender, clock):
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    one.wait("offered")
    with lender.services.database.read() as session:
        held = [session.get_one(Check, (one.id, "credit")).answer_sealed]
    root = lender.services.database.path.parent
    assert left_of(held, root)
    taken_back = one.consent(BUREAU, granted=False)
    assert taken_back["withdrawal"]["effect"] == "finished_stays"
    assert deleted_by(lender, one, taken_back) == ["credit_record"]
    assert one.consent(FACE, granted=False)["withdrawal"]["effect"] == "finished_stays"
    assert left_of(held, root) == []
    one.accept()
    one.read_disclosure(clock)
    assert one.hand_in(one.sign()).status_code == 200
    one.wait("active")


def test_a_card_whose_authorisation_is_taken_back_while_the_gateway_is_asked_is_not_kept(walker, lender, monkeypatch):
    one = walker()
    one.sign_in()
    one.create()
    one.documents()
    one.identify()
    one.consents()
    asked = at_the(lender, monkeypatch, "gateway", "confirm", lambda: one.consent(CARD, granted=False))
    refused(one.card(), 403, "consent_missing")
    assert len(asked) == 1
    kept = row(lender, one)
    assert (kept.card_sealed, kept.card_bank, kept.card_last4) == (None, None, None)
    told = ["share.bank_card", "consent.withdrawn_bank_account_check", "check.card_four_elements"]
    assert acts(lender, one)[-3:] == told  # it was asked, and the ledger says so


@pytest.mark.parametrize("signing", [False, True])
def test_a_card_taken_back_before_signing_ends_it_and_no_byte_of_the_card_is_left(walker, lender, clock, signing):
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    one.wait("offered")
    held = [row(lender, one).card_sealed]
    if signing:
        one.accept()
        one.read_disclosure(clock)
        assert one.call("GET", one.at("/contract")).status_code == 200
        with lender.services.database.read() as session:
            query = select(ContractRecord).where(ContractRecord.application_id == one.id)
            held.append(session.scalars(query).one().prepared_sealed)
    assert all(held)
    taken_back = one.consent(CARD, granted=False)
    assert taken_back["withdrawal"]["effect"] == "application_ends"
    assert deleted_by(lender, one, taken_back) == ["bank_card"]
    told = one.get()
    assert (told["status"], told["bank_card"], told["contract"]) == ("withdrawn", None, None)
    assert left_of(held, lender.services.database.path.parent) == []


@pytest.mark.parametrize("status", ["draft", "offered"])
def test_a_certificate_goes_with_its_authorisation_and_nothing_else_changes(walker, lender, status):
    one = walker()
    one.ready_to_submit()
    one.consent(CERTIFICATE)
    assert certificate(one, PDF).status_code == 200
    if status == "offered":
        one.act("/submit")
        one.wait("offered")
    before = one.get()
    assert before["face"]["certificate_received"] is True
    taken_back = one.consent(CERTIFICATE, granted=False)
    assert taken_back["withdrawal"]["effect"] == "erased"
    assert deleted_by(lender, one, taken_back) == ["changed_face_certificate"]
    assert not lender.services.vault.holds(one.id, CERTIFICATE)
    after = one.get()
    assert after["face"]["certificate_received"] is False
    assert (after["status"], after["face"]["way"]) == (status, before["face"]["way"])
    told = acts(lender, one)
    assert told.index("consent.withdrawn_changed_face_certificate") < told.index("deletion.changed_face_certificate")
    if status == "draft":
        refused(certificate(one, PDF), 403, "consent_missing")
        assert one.consent(CERTIFICATE, granted=False)["deletion"] is None  # there was nothing any more


def test_a_certificate_sent_under_a_new_authorisation_outlives_the_deletion_of_the_one_before(
    walker, lender, monkeypatch
):
    one = walker()
    one.ready_to_submit()
    one.consent(CERTIFICATE)
    assert certificate(one, PDF).status_code == 200
    with monkeypatch.context() as cut:
        cut.setattr("loanapp.backend.api.verification.finish_erasure", lambda *_: None)  # as if cut off there
        one.consent(CERTIFICATE, granted=False)
    one.consent(CERTIFICATE)
    assert certificate(one, PDF + b" again").status_code == 200
    finish_erasure(lender.services, one.id)
    assert lender.services.vault.load(one.id, CERTIFICATE) == PDF + b" again"
    one.consent(CERTIFICATE, granted=False)


def test_after_the_payout_the_contract_goes_on_and_nothing_else(walker, lender, clock):
    one = walker()
    one.ready_to_submit()
    seen_by_camera(lender, one)
    one.act("/submit")
    one.wait("offered")
    one.accept()
    one.read_disclosure(clock)
    assert one.hand_in(one.sign()).status_code == 200
    one.wait("active")
    for scope in (FACE, BUREAU, CARD):
        told = one.consent(scope, granted=False)["withdrawal"]
        assert told["effect"] == "contract_goes_on", scope
    assert "个人信息保护法 13" in told["keeps"]["zh"]
    kept = row(lender, one)
    assert kept.status is ApplicationStatus.ACTIVE
    assert kept.card_sealed is not None
    assert attempt_of(lender, one).verdict is not None  # the proof of who signed
    with lender.services.database.read() as session:
        assert session.get_one(Check, (one.id, "credit")).answer_sealed is None
    one.pay("payoff", "10000.00")  # from that card, as the contract says
    one.wait("settled")


def test_it_is_taken_back_once_and_not_given_again_after_handing_in(walker):
    one = walker()
    one.ready_to_submit()
    one.consent(FACE, granted=False)
    one.act("/submit")
    one.wait("offered")
    one.consent(BUREAU, granted=False)
    text = next(text for text in one.lender["consents"] if text["scope"] == BUREAU)
    body = {
        "scope": BUREAU,
        "text_version": text["version"],
        "text_sha256": text["sha256"]["zh"],
        "language": "zh",
    }
    for granted, scope in ((False, BUREAU), (True, BUREAU), (False, FACE)):
        said = body | {"granted": granted, "scope": scope}
        refused(one.call("POST", one.at("/consents"), body=said, key=str(uuid.uuid4())), 409, "not_allowed_now")


def test_no_receipt_of_a_refusal_or_a_withdrawal_claims_what_only_a_given_one_does(walker):
    one = walker()
    one.sign_in()
    one.create()
    refused_one = one.consent(FACE, granted=False)
    given = one.consent(FACE, language="en")
    back = one.consent(FACE, granted=False, language="zh")
    again = one.consent(FACE)
    told = {
        name: answer["record"] for name, answer in (("given", given), ("refused", refused_one), ("withdrawn", back))
    }
    for name, record in told.items():
        activity, kantara = record["dpv:hasRecordOfActivity"], record["kantara"]
        (service,) = kantara["services"]
        assert kantara["status"] == name
        assert activity["dpv:hasConsentStatus"] == f"dpv:Consent{name.capitalize()}"
        assert ("dpv:hasLegalBasis" in activity) is (name == "given")
        assert ("EXPLICIT" in str(kantara)) is (name == "given")
        assert bool(service["purposes"]) is bool(kantara["spiCat"]) is kantara["sensitive"] is (name == "given")
        assert ("withdraws" in kantara) is (name == "withdrawn")
    activity, was = (told[name]["dpv:hasRecordOfActivity"] for name in ("withdrawn", "given"))
    assert told["withdrawn"]["kantara"]["withdraws"] == activity["dct:replaces"] == given["receipt_id"]
    assert activity["dpv:hasNotice"] == was["dpv:hasNotice"]  # version, language and hash of what had been agreed to
    assert told["withdrawn"]["kantara"]["policyUrl"] == f"urn:sha256:{given['text_sha256']}" != back["text_sha256"]
    keeps = back["withdrawal"]["keeps"]
    assert activity["dpv:hasProcess"]["dpv:hasStorageCondition"]["dct:description"] == keeps
    assert "dpv:hasStorageCondition" not in told["refused"]["dpv:hasRecordOfActivity"]["dpv:hasProcess"]
    assert again["record"]["kantara"]["status"] == "given"


def test_what_an_ended_application_still_holds_goes(walker, lender):
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    one.wait("offered")
    one.act("/withdraw")
    held = [row(lender, one).card_sealed]
    assert one.consent(CARD, granted=False)["withdrawal"]["effect"] == "erased"
    assert row(lender, one).card_sealed is None
    assert left_of(held, lender.services.database.path.parent) == []


def test_every_status_has_a_phase():
    assert {phase_of(status) for status in ApplicationStatus} == {
        "filling", "deciding", "offered", "lent", "ended",
    }  # fmt: skip
