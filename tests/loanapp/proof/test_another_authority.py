"""A borrower's key certified by an authority not the lender's: checked when it is issued, verified long after."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse

from loanapp.commands import main
from loanapp.domain.clock import ManualClock
from loanapp.proof import keys
from loanapp.proof.authorities import Credential, load_certificates, make_document_root, make_revocation_list
from loanapp.proof.carried_proofs import carried_proofs
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.issued_certificate import UnusableCertificateError, usable_chain
from loanapp.proof.pdf_signature import SigningError, Trust, as_asn1
from loanapp.proof.problems import ProofProblem
from loanapp.proof.verification import Stage, verify_contract
from tests.loanapp.proof.another_authority import FAULTS, AnotherAuthority, lender_under

FOR_SOMETHING_ELSE = ("no commitment", "no usage", "for servers", "an authority", "a lender's")
KEY = keys.new_signing_key()
REQUEST = keys.certificate_request(KEY, "ignored")


@pytest.fixture(scope="module")
def another(parties):
    return AnotherAuthority(ManualClock(parties.now))


@pytest.fixture(scope="module")
def issued(another):
    return another.certify("one", REQUEST, "测试甲", "LA20261122-0001")


def trusting(parties, another, proofs):
    """What the lender countersigns with: its own roots and lists, the authority's beside them."""
    own, now = parties.trust(), parties.now
    lists = [make_revocation_list(one, now) for one in (parties.document_root, parties.time_root)]
    return Trust((*own.roots, another.root), (*lists, *proofs.lists), proofs.responses)


@pytest.fixture(scope="module")
def signed(parties, contract, another, issued):
    """The contract signed under the other authority, and by the lender under its own."""
    (certificate,) = load_certificates(issued.certificate_pem)
    chain = usable_chain(REQUEST, issued.certificate_pem, issued.chain_pem, [another.roots_pem], parties.now, own=False)
    by_borrower = parties.sign(contract.prepared, Credential(KEY, certificate), load_certificates(chain))
    return parties.countersign(by_borrower, trust=trusting(parties, another, another.revocation(issued)))


def found(pdf, roots, at):
    return verify_contract(pdf, roots, at=at + timedelta(hours=1)).first_problem


class TestIssued:
    def test_the_chain_is_put_in_order_up_to_the_root(self, parties, another, issued):
        chain = usable_chain(
            REQUEST, issued.certificate_pem, issued.chain_pem, [another.roots_pem], parties.now, own=False
        )
        assert load_certificates(chain) == [another.issuer, another.root]

    @pytest.mark.parametrize("fault", FAULTS)
    def test_what_nobody_could_sign_with_is_refused(self, parties, another, fault):
        another.fault = fault
        bad = another.certify(fault, REQUEST, "测试甲", "LA1")
        another.fault = None
        with pytest.raises(UnusableCertificateError):
            usable_chain(REQUEST, bad.certificate_pem, bad.chain_pem, [another.roots_pem], parties.now, own=False)

    def test_only_a_configured_root_counts(self, parties, another, issued):
        stranger = make_document_root(parties.now).certificate_pem
        for roots in ([], [stranger]):
            with pytest.raises(UnusableCertificateError):
                usable_chain(REQUEST, issued.certificate_pem, issued.chain_pem, roots, parties.now, own=False)

    @pytest.mark.parametrize("text", ["", "no", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    def test_what_cannot_be_read_is_refused(self, parties, another, issued, text):
        for certificate, chain in ((text, issued.chain_pem), (issued.certificate_pem, text or "x")):
            with pytest.raises(UnusableCertificateError):
                usable_chain(REQUEST, certificate, chain, [another.roots_pem], parties.now, own=False)

    def test_the_lenders_own_authority_names_the_role(self, parties, another, issued):
        with pytest.raises(UnusableCertificateError, match="role"):
            usable_chain(REQUEST, issued.certificate_pem, issued.chain_pem, [another.roots_pem], parties.now, own=True)


def test_it_holds_against_the_root_of_that_authority(parties, another, signed):
    report = verify_contract(
        signed, replace(parties.roots, borrower=(another.roots_pem,)), at=parties.now + timedelta(days=4000)
    )
    assert report.first_problem is None
    assert report.signatures[0].root == "另一家根证书"
    assert report.signatures[1].root != "另一家根证书"


class TestContract:
    def test_without_that_root_it_does_not(self, parties, signed):
        assert found(signed, parties.roots, parties.now) is ProofProblem.SIGNER_UNKNOWN

    def test_among_the_lenders_own_roots_its_certificates_lack_the_role(self, parties, another, signed):
        roots = replace(parties.roots, document=(*parties.roots.document, another.roots_pem))
        assert found(signed, roots, parties.now) is ProofProblem.SIGNER_WRONG_ROLE

    def test_a_root_that_names_no_role_is_sorted_as_one_of_such_an_authority(self, parties, another, signed):
        texts = [*parties.roots.document, *parties.roots.time, another.roots_pem]
        assert found(signed, ContractRoots.by_role(texts), parties.now) is None
        own = ContractRoots.by_role([*parties.roots.document, *parties.roots.time])
        assert own.borrower == ()

    @pytest.mark.parametrize("fault", FOR_SOMETHING_ELSE)
    def test_what_was_issued_for_something_else_signs_no_contract(self, parties, contract, another, fault):
        another.fault = fault
        bad = another.certify(f"signed, {fault}", REQUEST, "测试甲", "LA1")
        another.fault = None
        (certificate,) = load_certificates(bad.certificate_pem)
        pdf = parties.sign(contract.prepared, Credential(KEY, certificate), [another.issuer])
        roots = replace(parties.roots, borrower=(another.roots_pem,))
        report = verify_contract(pdf, roots, stage=Stage.BORROWER_SIGNED, at=parties.now)
        assert report.first_problem is ProofProblem.SIGNER_WRONG_ROLE

    def test_it_vouches_for_no_lender(self, parties, contract, another):
        lender, lists = lender_under(another, parties.now)
        proofs = another.revocation(another.certify("one", REQUEST, "测试甲", "LA1"))
        own = parties.trust()
        trust = Trust((*own.roots, another.root), (*own.revocation_lists, *proofs.lists, lists))
        forged = parties.countersign(contract.borrower_signed, lender, trust, chain=[another.issuer])
        roots = replace(parties.roots, borrower=(another.roots_pem,))
        assert found(forged, roots, parties.now) is ProofProblem.SIGNER_UNKNOWN

    def test_the_command_holds_it_against_that_root(self, make_parties, contract, tmp_path, capsys):
        from datetime import UTC, datetime

        now = datetime.now(UTC).replace(microsecond=0)
        parties, another = make_parties(now), AnotherAuthority(ManualClock(now))
        issued = another.certify("one", REQUEST, "测试甲", "LA1")
        (certificate,) = load_certificates(issued.certificate_pem)
        by_borrower = parties.sign(contract.prepared, Credential(KEY, certificate), load_certificates(issued.chain_pem))
        pdf = parties.countersign(by_borrower, trust=trusting(parties, another, another.revocation(issued)))
        (tmp_path / "contract.pdf").write_bytes(pdf)
        (tmp_path / "own.pem").write_text(parties.document_root.certificate_pem + parties.time_root.certificate_pem)
        (tmp_path / "another.pem").write_text(another.roots_pem)
        command = ["verify", str(tmp_path / "contract.pdf"), "--trust", str(tmp_path / "own.pem")]
        assert main(command) == 1
        assert main([*command, "--trust", str(tmp_path / "another.pem")]) == 0
        assert "另一家根证书" in capsys.readouterr().out


class TestProofs:
    def test_the_contract_carries_list_and_response(self, signed, issued, another):
        carried = carried_proofs(signed, issued.certificate_pem + issued.chain_pem)
        lists = {name: CertificateList.load(one) for name, one in carried.items() if name.endswith(".crl")}
        answers = {name: OCSPResponse.load(one) for name, one in carried.items() if name.endswith(".ocsp")}
        assert [one.issuer.native["common_name"] for one in lists.values()] == ["另一家根证书"]
        assert [one["response_status"].native for one in answers.values()] == ["successful"]
        assert all(re.fullmatch(r"issuer-[0-9a-f]{8}\.(crl|ocsp)", name) for name in carried)

    def test_a_file_is_named_by_whose_certificates_it_speaks_of(self, parties, contract):
        chain = parties.borrower.certificate_pem + parties.borrower_authority.certificate_pem
        carried = carried_proofs(contract.complete, chain)
        issuers = {name.rpartition("-")[0]: CertificateList.load(one).issuer for name, one in carried.items()}
        above = (parties.document_root, parties.borrower_authority)
        names = ("loanapp-test-document-root", "loanapp-test-borrower-ca")
        assert issuers == {name: as_asn1(one.certificate).subject for name, one in zip(names, above, strict=True)}

    def test_without_either_it_is_not_countersigned(self, parties, contract, another, issued):
        (certificate,) = load_certificates(issued.certificate_pem)
        by_borrower = parties.sign(contract.prepared, Credential(KEY, certificate), [another.issuer, another.root])
        proofs = another.revocation(issued)
        with pytest.raises(SigningError):
            parties.countersign(by_borrower, trust=trusting(parties, another, replace(proofs, responses=())))
