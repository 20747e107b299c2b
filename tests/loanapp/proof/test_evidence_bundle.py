"""An evidence bundle holds only as a whole: each thing that is not as signed has its own sentence."""

import base64
import io
import json
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from shutil import which

import pytest

from loanapp.commands import main
from loanapp.proof import authorities
from loanapp.proof.bundle_verification import BundleProblem, verify_bundle
from loanapp.proof.canonical_zip import ArchiveFormError, pack, unpack
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.evidence_bundle import Absence, Part, PartContent
from loanapp.proof.keys import new_message_key
from loanapp.proof.signed_message import sign_message
from loanapp.resource_files import resource_path
from tests.loanapp.proof.bundles import build, parts_of, written


@pytest.fixture(scope="module")
def bundle(parties, contract):
    return build(parties, contract.complete)


@pytest.fixture
def judged(parties):
    return lambda data: verify_bundle(data, parties.roots, at=parties.now + timedelta(minutes=1))


def test_an_honest_bundle_holds(bundle, judged):
    report = judged(bundle)
    assert (report.first_problem, report.where) == (None, "")
    assert report.valid
    assert report.contract.valid
    assert report.absent == ("interview",)
    assert report.entries == 7
    assert report.contract_number == "LC20261122-0001"


def test_any_program_opens_it(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert names[:3] == ["manifest.json", "manifest.p7s", "manifest.tst"]
    assert [name for name, _content in unpack(bundle)] == names
    assert {name.split("/")[0] for name in names[3:]} == {
        f"{number:02d}-{part.value}" for number, part in enumerate(Part, start=1) if part is not Part.INTERVIEW
    }


@pytest.mark.skipif(which("openssl") is None, reason="OpenSSL's command is not installed")
def test_openssl_calls_manifest_and_time_valid(bundle, parties, tmp_path):
    for name, content in unpack(bundle)[:3]:
        (tmp_path / name).write_bytes(content)
    (tmp_path / "documents.pem").write_text(parties.document_root.certificate_pem)
    (tmp_path / "time.pem").write_text(parties.time_root.certificate_pem)
    moment = str(int(parties.now.timestamp()) + 60)
    signed = (
        "cms -verify -binary -inform DER -in manifest.p7s -content manifest.json -purpose any -CAfile documents.pem"
    )
    stamped = "ts -verify -token_in -in manifest.tst -data manifest.p7s -CAfile time.pem"
    for command in (signed, stamped):
        words = ["openssl", *command.split(), "-attime", moment]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stderr


def test_an_archive_has_one_form(bundle, judged):
    files = unpack(bundle)
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    for other in (
        again.getvalue(),
        bundle + b"\n",
        bundle[:-1],
        b"PK\x03\x04",
        bundle.replace(b"PK\x05\x06", b"PK\x05\x07"),
    ):
        assert judged(other).first_problem is BundleProblem.ARCHIVE_FORM
    for names in ([], ["../up"], ["/root"], ["A"], ["a", "a"], ["a/b/c"]):
        with pytest.raises(ArchiveFormError):
            pack([(name, b"") for name in names])


def other_content(name, content):
    """Files of a bundle with another content for one of them."""
    return lambda files: [(one, content if one == name else old) for one, old in files]


@pytest.mark.attack("what-was-packed-otherwise-is-refused")
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda files: files[:-1], BundleProblem.FILES_DIFFER),
        (lambda files: [*files, ("10-more/more.txt", b"more")], BundleProblem.FILES_DIFFER),
        (lambda files: [*files[:3], *reversed(files[3:])], BundleProblem.FILES_DIFFER),
        (lambda files: [files[1], files[0], *files[2:]], BundleProblem.MANIFEST_UNREADABLE),
        (other_content("09-how-to-verify/zh.txt", b"trust me"), BundleProblem.FILE_CHANGED),
        (other_content("08-payout/payout.json", b"{}"), BundleProblem.FILE_CHANGED),
        (
            lambda files: [(files[0][0], files[0][1].replace(b"true", b"false")), *files[1:]],
            BundleProblem.MANIFEST_SIGNATURE,
        ),
        (lambda files: [files[0], (files[1][0], b"\x30\x00"), *files[2:]], BundleProblem.MANIFEST_SIGNATURE),
        (lambda files: [*files[:2], (files[2][0], b""), *files[3:]], BundleProblem.MANIFEST_SIGNATURE),
    ],
)
def test_what_was_packed_otherwise_is_refused(bundle, judged, change, problem):
    assert judged(pack(change(unpack(bundle)))).first_problem is problem


def with_file(part, name, content):
    def change(parts):
        return parts | {part: PartContent(parts[part].files | {name: content})}

    return change


def altered(part, name, alter):
    def change(parts):
        told = json.loads(parts[part].files[name])
        alter(told)
        return with_file(part, name, written(told))(parts)

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda parts: parts | {Part.DECISION: PartContent(absent=Absence.NO_INTERVIEW)},
            BundleProblem.ABSENT_WITHOUT_REASON,
        ),
        (
            lambda parts: parts | {Part.INTERVIEW: PartContent(absent=Absence.NOT_PAID_OUT)},
            BundleProblem.ABSENT_WITHOUT_REASON,
        ),
        (
            altered(Part.CONTRACT, "cost-disclosure.json", lambda told: told["table"].update(principal="1.00")),
            BundleProblem.COST_TABLE,
        ),
        (
            altered(Part.CONTRACT, "cost-disclosure.json", lambda told: told.update(seconds_on_screen=99)),
            BundleProblem.NOT_IN_LEDGER,
        ),
        (
            altered(Part.LEDGER, "ledger.json", lambda told: told["entries"][1]["content"].update(act="x")),
            BundleProblem.LEDGER,
        ),
        (altered(Part.LEDGER, "ledger.json", lambda told: told["entries"][1]["path"].pop()), BundleProblem.LEDGER),
        (
            altered(Part.LEDGER, "ledger.json", lambda told: told["entries"].append(told["entries"][0])),
            BundleProblem.LEDGER,
        ),
        (altered(Part.LEDGER, "ledger.json", lambda told: told["entries"].reverse()), BundleProblem.LEDGER),
        (altered(Part.LEDGER, "ledger.json", lambda told: told["head"].update(size=4)), BundleProblem.LEDGER),
        (altered(Part.LEDGER, "ledger.json", lambda told: told["entries"].pop(3)), BundleProblem.NOT_IN_LEDGER),
        (altered(Part.LEDGER, "ledger.json", lambda told: told["entries"].pop(0)), BundleProblem.NOT_IN_LEDGER),
        (
            altered(Part.CONSENTS, "receipts.json", lambda told: told["receipts"][0].update(granted=False)),
            BundleProblem.RECEIPT,
        ),
        (
            altered(Part.SIGNER, "signer.json", lambda told: told["authorised"].update(prepared_sha256="ef" * 32)),
            BundleProblem.ANOTHER_CONTRACT,
        ),
        (
            altered(Part.SIGNER, "signer.json", lambda told: told["authorised"].update(prepared_bytes=100)),
            BundleProblem.ANOTHER_CONTRACT,
        ),
        (
            altered(Part.SIGNER, "signer.json", lambda told: told["authorised"].update(prepared_bytes=10**9)),
            BundleProblem.ANOTHER_CONTRACT,
        ),
        (
            altered(Part.SIGNER, "signer.json", lambda told: told["authorised"].update(at="2026-01-01T00:00:00+08:00")),
            BundleProblem.NOT_IN_LEDGER,
        ),
        (altered(Part.LEDGER, "ledger.json", lambda told: told["entries"].pop(4)), BundleProblem.NOT_IN_LEDGER),
        (altered(Part.SIGNER, "signer.json", lambda told: told.pop("authorised")), BundleProblem.PART_UNREADABLE),
        (altered(Part.PAYOUT, "payout.json", lambda told: told.update(reference="P-2")), BundleProblem.NOT_IN_LEDGER),
        (with_file(Part.PAYOUT, "payout.json", b"[]"), BundleProblem.PART_UNREADABLE),
        (with_file(Part.PAYOUT, "payout.json", b"{" * 3000), BundleProblem.PART_UNREADABLE),
    ],
)
def test_a_lender_cannot_sign_what_does_not_fit_together(parties, contract, judged, change, problem):
    assert judged(build(parties, contract.complete, change=change)).first_problem is problem


@pytest.mark.parametrize(
    ("seconds", "problem"),
    [
        (-900, None),
        (-901, BundleProblem.NOT_AUTHORISED),
        (-86_400, BundleProblem.NOT_AUTHORISED),
        (5, None),
        (6, BundleProblem.NOT_AUTHORISED),
    ],
    ids=["as long as allowed", "a second longer", "a day", "as far as clocks may differ", "after the signature"],
)
def test_the_code_was_confirmed_shortly_before_the_signature(parties, contract, judged, seconds, problem):
    report = judged(build(parties, contract.complete, authorised_at=parties.now + timedelta(seconds=seconds)))
    assert report.first_problem is problem
    if problem is not None:
        assert report.where == "02-signer/signer.json"


@pytest.mark.attack("a-receipt-the-ledger-does-not-know-is-refused")
def test_a_receipt_the_ledger_does_not_know_is_refused(parties, contract, judged):
    key = new_message_key()
    receipt = sign_message(
        key, {"receipt_id": "r-2", "scope": "bureau_query", "granted": True, "text_sha256": "ab" * 32}
    )
    change = altered(Part.CONSENTS, "receipts.json", lambda told: told["receipts"].append(receipt))
    assert (
        judged(build(parties, contract.complete, change=change, key=key)).first_problem is BundleProblem.NOT_IN_LEDGER
    )


def test_the_contract_is_verified_and_each_revision_hashed(parties, contract, contract_data, judged):
    other = bytes(parties.countersign(parties.sign(contract.prepared)))
    wrong = [{**one, "sha256": "0" * 64} for one in parts_revisions(contract.complete)]
    assert judged(build(parties, contract.complete, revisions=wrong)).first_problem is BundleProblem.REVISION
    assert (
        judged(build(parties, other, revisions=parts_revisions(contract.complete))).first_problem
        is BundleProblem.REVISION
    )
    spoilt = bytearray(contract.complete)
    spoilt[4000] ^= 1
    assert (
        judged(
            build(parties, contract.complete, change=with_file(Part.CONTRACT, "contract.pdf", bytes(spoilt)))
        ).first_problem
        is BundleProblem.CONTRACT
    )
    for facts in ({"contract_number": "LC20261122-0002"}, {"application_number": "x"}, {"licence": "x"}):
        assert judged(build(parties, contract.complete, **facts)).first_problem is BundleProblem.ANOTHER_CONTRACT


def parts_revisions(pdf):
    from loanapp.proof.evidence_bundle import revisions_of

    return revisions_of(pdf)


@pytest.mark.attack("only-the-lender-of-the-contract-signs-a-bundle")
def test_only_the_lender_of_the_contract_signs_a_bundle(parties, make_parties, contract, judged):
    another = authorities.make_document_signer(parties.document_root, "另一家机构", parties.now)
    assert judged(build(parties, contract.complete, lender=another)).first_problem is BundleProblem.ANOTHER_CONTRACT
    borrower = build(parties, contract.complete, lender=parties.borrower)
    assert judged(borrower).first_problem in {BundleProblem.MANIFEST_SIGNATURE, BundleProblem.SIGNER_UNKNOWN}
    stranger = make_parties(parties.now)
    forged = build(stranger, contract.complete)
    assert judged(forged).first_problem is BundleProblem.SIGNER_UNKNOWN
    roots = ContractRoots(parties.roots.time, parties.roots.document)
    assert not verify_bundle(build(parties, contract.complete), roots, at=parties.now + timedelta(minutes=1)).valid


@pytest.mark.attack("a-lender-whose-certificate-was-revoked-signs-no-bundle")
def test_a_lender_whose_certificate_was_revoked_signs_no_bundle(parties, contract, judged):
    serial = parties.lender.certificate.serial_number
    revoked = authorities.make_revocation_list(
        parties.document_root, parties.now, [(serial, parties.now - timedelta(minutes=1))]
    )
    change = with_file(Part.SIGNER, "document-root.crl", revoked)
    assert judged(build(parties, contract.complete, change=change)).first_problem is BundleProblem.MANIFEST_SIGNATURE

    def without(parts):
        kept = {name: one for name, one in parts[Part.SIGNER].files.items() if not name.endswith(".crl")}
        return parts | {Part.SIGNER: PartContent(kept)}

    assert judged(build(parties, contract.complete, change=without)).first_problem is BundleProblem.MANIFEST_SIGNATURE


def test_a_bundle_needs_nine_parts(parties, contract):
    for change in (
        lambda parts: {Part.CONTRACT: parts[Part.CONTRACT]},
        lambda parts: parts | {Part.PAYOUT: PartContent()},
        lambda parts: parts | {Part.PAYOUT: PartContent(parts[Part.PAYOUT].files, Absence.NOT_PAID_OUT)},
    ):
        with pytest.raises(ValueError, match=r"."):
            build(parties, contract.complete, change=change)
    assert set(parts_of(parties, contract.complete, new_message_key())) == set(Part)


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_GB.UTF-8"])
def test_the_command_verifies_a_bundle(make_parties, contract, tmp_path, capsys, monkeypatch, language):
    monkeypatch.setenv("LANGUAGE", language)
    parties = make_parties(datetime.now(UTC).replace(microsecond=0))
    whole = build(parties, parties.countersign(parties.sign(contract.prepared)))
    (tmp_path / "whole.zip").write_bytes(whole)
    (tmp_path / "spoilt.zip").write_bytes(pack(other_content("08-payout/payout.json", b"{}")(unpack(whole))))
    roots = tmp_path / "roots.pem"
    roots.write_text(parties.document_root.certificate_pem + parties.time_root.certificate_pem)
    assert main(["verify", str(tmp_path / "whole.zip"), "--trust", str(roots)]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    assert "LC20261122-0001" in output.out
    assert len(output.out.splitlines()) == 6
    assert main(["verify", str(tmp_path / "spoilt.zip"), "--trust", str(roots)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert "08-payout/payout.json" in output.err
    assert main(["verify", str(tmp_path / "whole.zip"), "--trust", str(roots), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["valid"], told["absent_parts"]) == ("evidence_bundle", True, ["interview"])
    assert main(["verify", str(tmp_path / "whole.zip"), "--json"]) == 1  # no roots, no trust


def test_every_problem_has_its_sentence_in_both_languages():
    wanted = {f"bundle.problem.{problem.value}" for problem in BundleProblem}
    for folder in ("zh_CN", "en"):
        sentences = json.loads(resource_path("translations", folder, "verify.json").read_text(encoding="utf-8"))
        assert {key for key in sentences if key.startswith("bundle.problem.")} == wanted


def test_a_stamp_is_certified_time_of_this_very_head(parties, contract, judged):
    stamp = base64.b64encode(parties.time.token_over(b"\x00" * 32)).decode()
    change = altered(Part.LEDGER, "ledger.json", lambda told: told.update(stamp=stamp))
    assert judged(build(parties, contract.complete, change=change)).first_problem is BundleProblem.LEDGER
