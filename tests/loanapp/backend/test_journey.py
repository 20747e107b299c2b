"""The whole road through the API, from sign-in to money paid out."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from loanapp.backend.store import ledger
from loanapp.backend.store.ledger_tree import LedgerTree
from loanapp.backend.store.tables import LedgerRow
from loanapp.proof.contract_facts import read_facts, visible_text
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.signed_message import verify_message
from loanapp.proof.verification import verify_contract
from tests.loanapp.backend.walk import face_evidence, sealed_evidence
from tests.loanapp.proof.contract_variables import missing


def _roots(lender):
    keys = lender.services.keys
    return ContractRoots((keys.document_root.certificate_pem,), (keys.time_root.certificate_pem,))


def test_a_borrower_gets_from_the_price_to_the_payout(walker, lender, clock, face_models):
    one = walker()
    one.sign_in()
    assert one.create()["status"] == "draft"
    read = one.documents()
    fields = one.identity_fields()
    assert {name: read[name] for name in fields} == fields
    one.identify()
    one.profile()
    one.consents()
    challenge = one.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    public = lender.services.keys.message.public_key().public_bytes_raw()
    verify_message(public, challenge)
    sealed = sealed_evidence(one, challenge, face_evidence(challenge, face_models))
    clock.move(seconds=30)  # the frames are made faster than a person could act
    verdict = one.done("PUT", f"/v1/liveness-sessions/{challenge['session_id']}/evidence", content=sealed)
    assert verdict == {"outcome": "passed", "reasons": [], "attempts_left": 3}
    again = one.done("PUT", f"/v1/liveness-sessions/{challenge['session_id']}/evidence", content=sealed)
    assert again == verdict
    assert lender.services.vault.load(one.id, "face_evidence") is None
    bound = one.card().json()
    assert (bound["bank"]["en"], bound["last4"], bound["luhn_ok"]) == ("ICBC", "0018", True)
    assert "submit" in bound["application"]["allowed_actions"]
    one.act("/submit")
    offered = one.wait("offered")
    assert [entry["state"] for entry in offered["progress"]] == ["done"] * 5
    assert offered["offer"]["schedule"][0]["payment"] == "899.75"
    assert offered["offer"]["totals"]["repayment"] == "10797.05"
    assert offered["offer"]["payout"] == "10000.00"
    assert one.accept()["status"] == "signing"
    assert one.read_disclosure(clock)["disclosure_confirmed"] is True
    prepared = one.call("GET", one.at("/contract")).content
    signed = one.sign()
    assert signed.startswith(prepared)
    assert one.hand_in(signed).json()["status"] in {"signed", "disbursing", "active"}
    assert one.hand_in(signed).status_code == 200
    active = one.wait("active")
    assert [entry["status"] for entry in active["timeline"]] == [
        *("draft", "submitted", "verifying", "offered", "signing", "signed", "disbursing", "active")
    ]
    final = one.call("GET", one.at("/contract")).content
    assert list(missing(read_facts(final), visible_text(final))) == []
    report = verify_contract(final, _roots(lender))
    assert report.valid, report.to_json()
    assert report.sha256 == active["contract"]["sha256"]
    loan = one.done("GET", one.at("/loan"))
    assert loan["principal"] == "10000.00"
    assert loan["card_last4"] == "0018"
    given, until = (datetime.fromisoformat(loan[name]) for name in ("disbursed_at", "free_return_until"))
    assert until - given == timedelta(hours=read_facts(final)["free_return_hours"]) == timedelta(hours=24)
    assert loan["next_due"]["amount"] == "899.75"
    assert [amount for key, amount in lender.bank.paid() if key.startswith(one.id)] == [10000]


def test_the_ledger_holds_every_act_and_shows_a_change(walker, lender, http):
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    one.wait("offered")
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id)).all()
        assert {"consent", "check", "share", "decision", "status"} <= {row.kind for row in rows}
        assert {row.act for row in rows} <= set(ledger.uses())
        shared = [(row.recipient, row.data) for row in rows if row.kind == "share"]
        assert ("credit_bureau", ["identity_number"]) in shared
        assert ledger.first_broken(session) is None
        middle = rows[len(rows) // 2]
        middle.detail = {"changed": True}
        session.flush()
        assert ledger.first_broken(session) == middle.no
        session.rollback()


def test_the_receipt_is_signed_and_replayed_to_the_byte(walker, lender):
    one = walker()
    one.sign_in()
    one.create()
    text = one.lender["consents"][0]
    body = {
        "scope": text["scope"],
        "granted": True,
        "text_version": text["version"],
        "text_sha256": text["sha256"]["en"],
        "language": "en",
    }
    key = str(uuid.uuid4())
    first = one.call("POST", one.at("/consents"), body=body, key=key)
    second = one.call("POST", one.at("/consents"), body=body, key=key)
    assert (first.status_code, first.content) == (201, second.content)
    verify_message(lender.services.keys.message.public_key().public_bytes_raw(), first.json())
    record, kantara = first.json()["record"], first.json()["record"]["kantara"]
    inner = record["dpv:hasRecordOfActivity"]
    assert record["dct:conformsTo"].endswith("iso-27560#receipt-full")
    assert inner["dpv:hasNotice"] == {
        "@type": "dpv:ConsentNotice",
        "dct:hasVersion": text["version"],
        "dct:language": "en",
        "dct:description": text["text"]["en"],
        "schema:sha256": text["sha256"]["en"],
    }
    assert inner["dpv:hasConsentStatus"] == "dpv:ConsentGiven"
    assert [item["dct:identifier"] for item in inner["dpv:hasProcess"]["dpv:hasPersonalData"]] == ["face"]
    assert inner["dpv:hasLegalBasis"] == "dpv:ExplicitlyExpressedConsent"
    assert (kantara["version"], kantara["spiCat"], kantara["status"]) == ("KI-CR-v1.1.0", ["face"], "given")
    assert kantara["services"][0]["purposes"][0]["consentType"] == "EXPLICIT"
    size, _, root = first.json()["ledger_head"].partition(":")
    with lender.services.database.read() as session:
        assert LedgerTree(session).root(int(size)) == root
    taken_back = one.consent(text["scope"], granted=False)
    status = taken_back["record"]["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"]
    assert status == "dpv:ConsentWithdrawn"
    other = one.call("POST", one.at("/consents"), body=body | {"granted": False}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
