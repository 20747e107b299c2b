"""The evidence bundle as the lender makes it of its own store, checked with nothing but the roots."""

import json

from loanapp.proof.bundle_verification import verify_bundle
from loanapp.proof.canonical_zip import unpack
from loanapp.proof.contract_roots import ContractRoots


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
