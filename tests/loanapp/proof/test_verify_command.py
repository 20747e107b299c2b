import json
from datetime import UTC, datetime

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from loanapp import resource_files
from loanapp.client import installed_profile
from loanapp.commands import main
from loanapp.proof import authorities
from loanapp.proof.pdf_signature import SigningError, sign_as_lender
from loanapp.proof.problems import ProofProblem
from loanapp.proof.signature_appearance import SignatureWords
from loanapp.resource_files import resource_path


@pytest.fixture(scope="module")
def signed(make_parties, contract):
    """A contract of this very day: the command checks at the present."""
    now = datetime.now(UTC).replace(microsecond=0)
    parties = make_parties(now)
    return parties, parties.countersign(parties.sign(contract.prepared))


@pytest.fixture
def files(signed, tmp_path):
    parties, pdf = signed
    (tmp_path / "contract.pdf").write_bytes(pdf)
    (tmp_path / "document_root.pem").write_text(parties.document_root.certificate_pem)
    (tmp_path / "time_root.pem").write_text(parties.time_root.certificate_pem)
    (tmp_path / "both.pem").write_text(parties.time_root.certificate_pem + parties.document_root.certificate_pem)
    return tmp_path


@pytest.fixture(params=["zh_CN.UTF-8", "en_GB.UTF-8"])
def language(request, monkeypatch):
    monkeypatch.setenv("LANGUAGE", request.param)
    return request.param[:2]


def test_a_valid_contract(files, language, capsys):
    assert main(["verify", str(files / "contract.pdf"), "--trust", str(files / "both.pem")]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    lines = output.out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith({"zh": "合同有效", "en": "The contract is valid"}[language])
    assert "TEST" in lines[1]


def test_a_document_the_lender_signs_alone(make_parties, contract, tmp_path, language, capsys):
    parties = make_parties(datetime.now(UTC).replace(microsecond=0))
    words = SignatureWords("演示放款机构", "放款机构", parties.now, "", "证明")
    stamper = parties.time.timestamper()

    def signed(pdf, signer):
        return sign_as_lender(pdf, signer, parties.trust(), stamper, now=parties.now, words=words)

    (tmp_path / "roots.pem").write_text(parties.document_root.certificate_pem + parties.time_root.certificate_pem)
    (tmp_path / "own.pdf").write_bytes(signed(contract.rendered, parties.lender))
    command = ["verify", str(tmp_path / "own.pdf"), "--trust", str(tmp_path / "roots.pem")]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith({"zh": "文件有效", "en": "The document is valid"}[language])
    spoilt = bytearray((tmp_path / "own.pdf").read_bytes())
    spoilt[3000] ^= 1
    (tmp_path / "own.pdf").write_bytes(bytes(spoilt))
    assert main(command) == 1
    with pytest.raises(SigningError):
        signed(contract.prepared, parties.lender)  # a contract has the fields of both


def test_trust_may_be_repeated(files):
    trust = ["--trust", str(files / "document_root.pem"), "--trust", str(files / "time_root.pem")]
    assert main(["verify", str(files / "contract.pdf"), *trust]) == 0


def test_a_root_counts_in_the_role_its_certificate_names(make_parties, contract, tmp_path, capsys):
    """A file of roots does not let the root of time vouch for signers, nor the root of signers for time."""
    now = datetime.now(UTC).replace(microsecond=0)
    honest = make_parties(now)
    both = (ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
    either = [authorities.make_root("TEST", now, roles, path_length=1) for roles in ([both[0]], [both[1]], both)]
    for root, accepted in zip(either, (False, False, True), strict=True):
        one = make_parties(now, document_root=root, time_root=root)
        (tmp_path / "one.pdf").write_bytes(one.countersign(one.sign(contract.prepared)))
        (tmp_path / "root.pem").write_text(root.certificate_pem)
        (tmp_path / "more.pem").write_text(honest.document_root.certificate_pem + honest.time_root.certificate_pem)
        trust = ["--trust", str(tmp_path / "root.pem"), "--trust", str(tmp_path / "more.pem")]
        assert (main(["verify", str(tmp_path / "one.pdf"), *trust]) == 0) is accepted


def test_without_trust_the_installed_lenders_roots_count(files, own_home, capsys):
    contract = str(files / "contract.pdf")
    assert main(["verify", contract]) == 1
    public = own_home / "lender" / "public"
    public.mkdir(parents=True)
    for name in ("document_root.pem", "time_root.pem"):
        (public / name).write_bytes((files / name).read_bytes())
    assert main(["verify", contract]) == 0
    (public / "document_root.pem").write_text("damaged")
    assert main(["verify", contract]) == 1


def test_a_flipped_byte_is_one_sentence_and_exit_1(files, language, capsys):
    pdf = bytearray((files / "contract.pdf").read_bytes())
    pdf[4000] ^= 1
    (files / "spoilt.pdf").write_bytes(bytes(pdf))
    assert main(["verify", str(files / "spoilt.pdf"), "--trust", str(files / "both.pem")]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert output.err.strip().endswith(("。", "."))


def test_json_is_for_programs(files, capsys):
    assert main(["verify", str(files / "contract.pdf"), "--trust", str(files / "both.pem"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["valid"] is True
    assert answer["first_problem"] is None
    assert [item["field"] for item in answer["signatures"]] == [
        "BorrowerSignature",
        "LenderSignature",
        "ArchiveTimestamp",
    ]
    assert main(["verify", str(files / "both.pem"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_problem"] == "not_a_pdf"


@pytest.mark.parametrize("name", ["nothing.pdf", "", "contract.pdf\x00"])
def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_2(files, language, capsys, name):
    assert main(["verify", str(files / name) if name else str(files)]) == 2
    output = capsys.readouterr()
    assert len(output.err.splitlines()) == 1
    assert main(["verify", str(files / name) if name else str(files), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["valid"] is False


def test_a_root_that_cannot_be_used_is_exit_2(files, capsys):
    contract = str(files / "contract.pdf")
    for root in (contract, str(files / "none.pem")):
        assert main(["verify", contract, "--trust", root]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_damaged_profile_of_the_lender_is_a_sentence_and_exit_2(files, language, capsys, monkeypatch):
    for no, text in enumerate(('id = "bank"\n', "no = toml = at all", 'name = "nobody"\n')):
        damaged = files / f"lender-{no}.toml"
        damaged.write_text(text)
        monkeypatch.setattr(resource_files, "LENDER_PROFILE", (str(damaged),))
        monkeypatch.setattr(installed_profile, "LENDER_PROFILE", (str(damaged),))
        assert main(["verify", str(files / "contract.pdf")]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert ("损坏" if language == "zh" else "damaged") in told.err
        assert len(told.err.splitlines()) == 1


def test_every_problem_has_its_sentence_in_both_languages():
    catalogues = [
        json.loads(resource_path("translations", folder, "verify.json").read_text(encoding="utf-8"))
        for folder in ("zh_CN", "en")
    ]
    assert catalogues[0].keys() == catalogues[1].keys()
    wanted = {f"problem.{problem.value}" for problem in ProofProblem}
    assert {key for key in catalogues[0] if key.startswith("problem.")} == wanted
