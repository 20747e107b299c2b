"""The evidence bundle as the lender makes it of its own store, checked with nothing but the roots."""

import json
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from shutil import which

import pytest

from loanapp.guard.refusal import GuardRefusal
from loanapp.guard.settlement import Settled, check_settlement
from loanapp.proof.bundle_verification import verify_bundle
from loanapp.proof.canonical_json import canonical_sha256
from loanapp.proof.canonical_zip import unpack
from loanapp.proof.contract_facts import read_settlement_facts, visible_text
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.evidence_bundle import COST_FILE
from loanapp.proof.pdf_signature import ARCHIVE_FIELD, STATEMENT_FIELD
from loanapp.proof.verification import stage_of, verify_contract


def roots(lender):
    keys = lender.services.keys
    return ContractRoots((keys.document_root.certificate_pem,), (keys.time_root.certificate_pem,))


def test_the_bundle_of_a_loan_holds_and_names_nobody_in_full(walker, clock, lender):
    borrower = walker()
    borrower.borrow(clock)
    answer = borrower.call("GET", borrower.at("/evidence"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    report = verify_bundle(answer.content, roots(lender), at=clock.now())
    assert (report.first_problem, report.where) == (None, "")
    assert report.absent == ("interview",)
    files = dict(unpack(answer.content))
    whole = b"".join(content for name, content in files.items() if not name.endswith(".pdf")).decode("utf-8", "replace")
    for personal in (borrower.who.identity_number, borrower.who.card_number, borrower.who.address, borrower.phone):
        assert personal not in whole
    decision = json.loads(files["06-decision/decision.json"])
    assert decision["outcome"] == "approved"
    assert decision["entries"][0]["detail"]["scorecard"]
    receipts = json.loads(files["04-consents/receipts.json"])["receipts"]
    assert {one["scope"] for one in receipts} == {"face_verification", "bureau_query", "bank_account_check"}
    document = json.loads(files["03-identity/checks.json"])["document"]
    assert "name" in document
    assert set(document["name"]) == {"confidence", "corrected"}


def test_there_is_no_bundle_before_both_have_signed_and_none_for_others(walker, clock):
    borrower, stranger = walker(), walker()
    borrower.ready_to_submit()
    assert borrower.call("GET", borrower.at("/evidence")).status_code == 404
    borrower.act("/submit")
    borrower.wait("offered")
    borrower.accept()
    assert borrower.call("GET", borrower.at("/evidence")).status_code == 409
    stranger.sign_in()
    assert stranger.call("GET", borrower.at("/evidence")).status_code == 404


def settled(borrower, clock):
    borrower.borrow(clock)
    borrower.pay("payoff", "10000.00")  # given back whole on the day of the payout, at no cost
    assert borrower.get()["status"] == "settled"


def test_a_settled_loan_has_a_certificate_the_lender_signed(walker, clock, lender, tmp_path):
    borrower = walker()
    settled(borrower, clock)
    answer = borrower.call("GET", borrower.at("/loan/settlement-certificate"))
    assert answer.status_code == 200
    pdf = answer.content
    report = verify_contract(pdf, roots(lender), stage=stage_of(pdf), at=clock.now())
    assert report.first_problem is None
    assert [one.field for one in report.signatures] == [STATEMENT_FIELD, ARCHIVE_FIELD]
    assert not verify_contract(pdf, roots(lender), at=clock.now()).valid  # it is no contract
    facts = read_settlement_facts(pdf)
    assert (facts["paid_total"], facts["outstanding"]) == ("10000.00", "0.00")
    text = visible_text(pdf)
    for shown in ("借款结清证明", borrower.who.name, facts["contract_number"], "10,000.00", "0.00"):
        assert shown in text
    assert borrower.who.identity_number not in text
    known = Settled(
        facts["contract_number"],
        facts["licence"],
        Decimal(10000),
        Decimal(10000),
        date.fromisoformat(facts["settled_on"]),
    )
    check_settlement(pdf, known)
    lies = {
        "contract_number": "HT-1",
        "licence": "another",
        "principal": Decimal(9999),
        "paid_total": Decimal(10001),
        "settled_on": known.settled_on + timedelta(days=1),
    }
    for what, value in lies.items():
        with pytest.raises(GuardRefusal) as refused:
            check_settlement(pdf, replace(known, **{what: value}))
        assert refused.value.what == what
    with pytest.raises(GuardRefusal):
        check_settlement(borrower.call("GET", borrower.at("/contract")).content, known)
    uses = borrower.done("GET", "/v1/data-uses")["entries"]
    assert uses[-1]["content"]["act"] == "signature.settlement_certificate"
    assert uses[-1]["content"]["detail"]["sha256"] == sha256(pdf).hexdigest()
    assert borrower.call("GET", borrower.at("/loan/settlement-certificate")).content == pdf
    assert len(borrower.done("GET", "/v1/data-uses")["entries"]) == len(uses)  # made and told of once


def cost_part(borrower):
    files = dict(unpack(borrower.call("GET", borrower.at("/evidence")).content))
    (content,) = [content for name, content in files.items() if name.endswith(COST_FILE)]
    return content


def test_the_table_in_the_bundle_is_the_one_that_was_confirmed(walker, clock, lender, monkeypatch):
    borrower = walker()
    borrower.borrow(clock)
    before = json.loads(cost_part(borrower))
    services, usual = lender.services, lender.services.policies
    words = usual.disclosure.nothing_else.model_copy(update={"zh": "别的话"})
    other = usual.disclosure.model_copy(update={"nothing_else": words})
    changed = replace(usual, disclosure=other)
    monkeypatch.setattr(type(services), "policies", property(lambda _services: changed), raising=False)
    after = json.loads(cost_part(borrower))
    assert after["table"] == before["table"]
    assert after["sha256"] == before["sha256"] == canonical_sha256(after["table"])


@pytest.mark.skipif(which("pdfsig") is None, reason="poppler's pdfsig is not installed")
def test_poppler_calls_the_certificate_valid(walker, clock, tmp_path):
    borrower = walker()
    settled(borrower, clock)
    (tmp_path / "s.pdf").write_bytes(borrower.call("GET", borrower.at("/loan/settlement-certificate")).content)
    told = subprocess.run(["pdfsig", "-nocert", str(tmp_path / "s.pdf")], capture_output=True, check=True, text=True)
    assert told.stdout.count("Signature is Valid") == 1  # it knows no archive time-stamps
    assert "Total document signed" in told.stdout


def test_there_is_no_certificate_while_anything_is_owed(walker, clock):
    borrower = walker()
    borrower.borrow(clock)
    assert borrower.call("GET", borrower.at("/loan/settlement-certificate")).status_code == 409
