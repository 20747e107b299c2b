"""Signing, judged by our own verifier and by other people's software."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from loanapp.domain.clock import ManualClock
from loanapp.proof import authorities
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.pdf_signature import ARCHIVE_FIELD, BORROWER_FIELD, LENDER_FIELD, SigningError, prepare
from loanapp.proof.problems import ProofProblem
from loanapp.proof.timestamp import TimestampAuthority
from loanapp.proof.verification import Stage, verify_contract


def problem(pdf, roots, **more):
    report = verify_contract(pdf, roots, **more)
    assert report.valid is (report.first_problem is None)
    return report.first_problem


def at(parties):
    return parties.now + timedelta(minutes=1)


def test_a_contract_signed_by_both_is_valid(parties, contract):
    report = verify_contract(contract.complete, parties.roots, at=at(parties))
    assert report.first_problem is None
    assert report.valid
    assert [item.field for item in report.signatures] == [BORROWER_FIELD, LENDER_FIELD, ARCHIVE_FIELD]
    assert [item.signer for item in report.signatures] == [
        "测试甲 (模拟 TEST)",
        "演示放款机构 模拟签名 TEST",
        "LoanApp 模拟时间戳服务 TEST TSA",
    ]
    assert {item.moment for item in report.signatures} == {parties.now}
    assert all("TEST" in item.root for item in report.signatures)


def test_each_stage_keeps_the_bytes_of_the_one_before(contract):
    stages = [contract.rendered, contract.prepared, contract.borrower_signed, contract.complete]
    for earlier, later in pairwise(stages):
        assert later.startswith(earlier)


def test_the_borrowers_revision_is_checked_alone(parties, contract):
    check = {"stage": Stage.BORROWER_SIGNED, "at": at(parties)}
    signed = contract.borrower_signed
    assert problem(signed, parties.roots, **check) is None
    assert problem(signed, parties.roots, must_start_with=contract.prepared, **check) is None
    other = contract.prepared[:-2] + b"\n\n"
    assert problem(signed, parties.roots, must_start_with=other, **check) is ProofProblem.NOT_THE_AGREED_DOCUMENT
    assert problem(contract.prepared, parties.roots, **check) is ProofProblem.NOT_SIGNED
    assert problem(contract.complete, parties.roots, **check) is ProofProblem.UNEXPECTED_SIGNATURE
    assert problem(signed, parties.roots, at=at(parties)) is ProofProblem.LENDER_SIGNATURE_MISSING


@pytest.mark.parametrize("years", [0.1, 1, 4, 6, 15])
def test_it_stays_valid_when_lists_and_certificates_have_run_out(parties, contract, years):
    later = parties.now + timedelta(days=365 * years)
    assert problem(contract.complete, parties.roots, at=later) is None


def test_when_the_time_stamp_itself_has_run_out_it_is_no_proof_any_more(parties, contract):
    later = parties.now + timedelta(days=365 * 21)
    assert problem(contract.complete, parties.roots, at=later) is ProofProblem.TIMESTAMP_INVALID


@pytest.mark.attack("unknown-roots-are-refused")
def test_unknown_roots_are_refused(parties, contract, make_parties):
    stranger = make_parties(parties.now)
    own = parties.roots
    swapped = ContractRoots(own.time, own.document)
    for roots in (ContractRoots(), stranger.roots, replace(own, time=()), replace(own, document=()), swapped):
        assert problem(contract.complete, roots, at=at(parties)) is ProofProblem.SIGNER_UNKNOWN
    assert problem(contract.complete, ContractRoots.by_role(["".join(own.document + own.time)]), at=at(parties)) is None


@pytest.mark.attack("neither-party-can-sign-for-the-other")
def test_neither_party_can_sign_for_the_other(parties, contract):
    chain = [parties.borrower_authority.certificate]
    forged = parties.countersign(contract.borrower_signed, signer=parties.borrower, chain=chain)
    assert problem(forged, parties.roots, at=at(parties)) is ProofProblem.SIGNER_WRONG_ROLE
    swapped = parties.sign(contract.prepared, signer=parties.lender)
    check = {"stage": Stage.BORROWER_SIGNED, "at": at(parties)}
    assert problem(swapped, parties.roots, **check) is ProofProblem.SIGNER_WRONG_ROLE


@pytest.mark.attack("a-revoked-borrower-cannot-be-countersigned")
def test_a_revoked_borrower_cannot_be_countersigned(parties, contract):
    revoked = [(parties.borrower.certificate.serial_number, parties.now - timedelta(minutes=1))]
    with pytest.raises(SigningError):
        parties.countersign(contract.borrower_signed, trust=parties.trust(revoked))


def test_what_cannot_be_signed_is_refused(parties, contract):
    with pytest.raises(SigningError):
        prepare(b"hello")
    with pytest.raises(SigningError):
        prepare(contract.prepared)
    with pytest.raises(SigningError):
        parties.sign(contract.rendered)
    with pytest.raises(SigningError):
        parties.sign(contract.borrower_signed)
    for pdf in (contract.prepared, contract.complete, b"hello"):
        with pytest.raises(SigningError):
            parties.countersign(pdf)


def test_a_time_stamp_service_that_is_down_is_named_as_such(parties, contract):
    def down(_query):
        raise ConnectionError("down")

    broken = replace(parties, stamping=SimpleNamespace(answer=down))
    with pytest.raises(ConnectionError):
        broken.sign(contract.prepared)


@pytest.mark.attack("another-time-root-is-refused")
def test_another_time_root_is_refused(parties, contract):
    other = authorities.make_time_root(parties.now)
    foreign = TimestampAuthority(authorities.make_timestamp_authority(other, parties.now), ManualClock(parties.now))
    signed = replace(parties, stamping=foreign).sign(contract.prepared)
    check = {"stage": Stage.BORROWER_SIGNED, "at": at(parties)}
    assert verify_contract(signed, parties.roots, **check).valid is False
    assert verify_contract(signed, replace(parties.roots, time=(other.certificate_pem,)), **check).valid


def test_the_time_root_vouches_for_no_signer(parties, make_parties, contract):
    """Whoever holds the key of the time root cannot sign for either party, however its certificate reads."""
    root = authorities.make_root("TEST", parties.now, [ExtendedKeyUsageOID.TIME_STAMPING], path_length=1)
    forger = make_parties(parties.now, document_root=root, time_root=root)
    forged = forger.countersign(forger.sign(contract.prepared))
    roots = ContractRoots(parties.roots.document, (root.certificate_pem,))
    assert problem(forged, roots, at=at(parties)) is ProofProblem.SIGNER_UNKNOWN
    signed = {"stage": Stage.BORROWER_SIGNED, "at": at(parties)}
    assert problem(forger.sign(contract.prepared), roots, **signed) is ProofProblem.SIGNER_UNKNOWN


def test_the_document_root_vouches_for_no_time_stamp(parties, make_parties, contract):
    forger = make_parties(parties.now, document_root=parties.document_root, time_root=parties.document_root)
    forged = forger.countersign(forger.sign(contract.prepared))
    assert not verify_contract(forged, parties.roots, at=at(parties)).valid
    signed = {"stage": Stage.BORROWER_SIGNED, "at": at(parties)}
    assert not verify_contract(forger.sign(contract.prepared), parties.roots, **signed).valid


def test_the_time_root_certifies_no_further_authority(parties, make_parties, contract):
    forger = make_parties(parties.now, document_root=parties.time_root, time_root=parties.time_root)
    signed = forger.sign(contract.prepared)
    assert not verify_contract(signed, forger.roots, stage=Stage.BORROWER_SIGNED, at=at(parties)).valid


@pytest.fixture
def files(parties, contract, tmp_path):
    (tmp_path / "contract.pdf").write_bytes(contract.complete)
    (tmp_path / "document_root.pem").write_text(parties.document_root.certificate_pem)
    (tmp_path / "time_root.pem").write_text(parties.time_root.certificate_pem)
    return tmp_path


def test_the_command_line_of_pyhanko_calls_it_valid(files):
    command = [sys.executable, "-m", "pyhanko", "sign", "validate", "--pretty-print"]
    roots = ["--trust", "document_root.pem", "--trust", "time_root.pem", "--trust-replace"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run(
        [*command, *roots, "contract.pdf"],
        cwd=files,
        capture_output=True,
        check=False,
        env=environment,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("The signature is judged VALID.") == 2
    assert "INVALID" not in result.stdout


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed (package poppler-utils)")
def test_poppler_calls_both_signatures_valid(files):
    command = ["pdfsig", "-nocert", "contract.pdf"]
    result = subprocess.run(command, cwd=files, capture_output=True, encoding="utf-8", check=False)
    assert result.stdout.count("Signature is Valid.") == 2
    assert "Invalid" not in result.stdout
    assert "1101" not in result.stdout


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed (package poppler-utils)")
def test_poppler_sees_a_changed_page(files, contract):
    spoilt = bytearray(contract.complete)
    spoilt[5000] ^= 1
    (files / "contract.pdf").write_bytes(bytes(spoilt))
    command = ["pdfsig", "-nocert", "contract.pdf"]
    result = subprocess.run(command, cwd=files, capture_output=True, encoding="utf-8", check=False)
    assert "Signature is Valid." not in result.stdout
