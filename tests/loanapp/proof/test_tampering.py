"""What an attacker would do to a finished contract; every one refused, none by an exception."""

import random
from datetime import timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from loanapp.proof.canonical_form import contents_of
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.problems import ProofProblem
from loanapp.proof.verification import verify_contract

FLIPS = 25


@pytest.fixture
def refused(parties):
    def check(pdf):
        report = verify_contract(pdf, parties.roots, at=parties.now + timedelta(minutes=1))
        assert not report.valid
        assert report.first_problem is not None
        return report.first_problem

    return check


@pytest.fixture(scope="module")
def gaps(contract):
    """Where the three signatures lie: the first and last byte of each."""
    found = PdfFileReader(BytesIO(contract.complete)).embedded_signatures
    return [(int(item.byte_range[1]), int(item.byte_range[2])) for item in found]


@pytest.mark.attack("one-flipped-bit-anywhere-is-refused")
@pytest.mark.parametrize("seed", range(FLIPS))
def test_one_flipped_bit_anywhere_is_refused(contract, refused, seed):
    chance = random.Random(seed)
    spoilt = bytearray(contract.complete)
    spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    refused(bytes(spoilt))


@pytest.mark.parametrize("seed", range(10))
def test_one_changed_digit_of_the_last_signature_is_refused(contract, refused, gaps, seed):
    start, end = gaps[-1]
    used = len(contents_of(contract.complete, [0, start, end, len(contract.complete) - end]))
    chance = random.Random(seed)
    spot = start + 1 + chance.randrange(2 * used)
    spoilt = bytearray(contract.complete)
    spoilt[spot] = ord(f"{int(chr(spoilt[spot]), 16) ^ (1 << chance.randrange(4)):x}")
    refused(bytes(spoilt))


def test_the_last_signature_has_one_form(contract, refused, gaps):
    pdf = contract.complete
    start, end = gaps[-1]
    upper = pdf[:start] + pdf[start:end].upper() + pdf[end:]
    padded = pdf[: end - 2] + b"1" + pdf[end - 1 :]
    spaced = pdf[: end - 2] + b" " + pdf[end - 1 :]
    for changed in (upper, padded, spaced):
        assert changed != pdf
        assert refused(changed) is ProofProblem.FORM_NOT_CANONICAL


@pytest.mark.attack("bytes-after-the-end-are-refused")
@pytest.mark.parametrize("tail", [b"\n", b"%", b"\x00", b"%%EOF\n"])
def test_bytes_after_the_end_are_refused(contract, refused, tail):
    refused(contract.complete + tail)


@pytest.mark.attack("a-cut-file-is-refused")
@pytest.mark.parametrize("length", [0, 4, 100, 0.5, -1, -600])
def test_a_cut_file_is_refused(contract, refused, length):
    whole = contract.complete
    refused(whole[: int(len(whole) * length)] if isinstance(length, float) else whole[:length])


def edited(pdf, edit):
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    edit(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def append_page(writer):
    page = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Page"),
            generic.pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
            generic.pdf_name("/Resources"): generic.DictionaryObject(),
        }
    )
    writer.insert_page(generic.DictionaryObject(page))


def rotate_page(writer):
    page = writer.find_page_for_modification(0)[0].get_object()
    page[generic.pdf_name("/Rotate")] = generic.NumberObject(90)
    writer.mark_update(page.container_ref)


def paint_over(writer):
    stream = writer.add_object(generic.StreamObject(stream_data=b"1 g 0 0 595 842 re f"))
    writer.add_stream_to_page(0, stream)


def change_attachment(writer):
    writer.root[generic.pdf_name("/Names")] = generic.DictionaryObject()
    writer.update_root()


def add_signature_field(writer):
    append_signature_field(writer, SigFieldSpec("Third", on_page=0, box=(10, 10, 100, 50)))


def empty_signature(writer):
    field = writer.root["/AcroForm"]["/Fields"][0].get_object()
    del field["/V"]
    writer.mark_update(field.container_ref)


def no_form(writer):
    del writer.root["/AcroForm"]
    writer.update_root()


@pytest.mark.attack("an-edit-after-signing-is-refused")
@pytest.mark.parametrize(
    "edit", [append_page, rotate_page, paint_over, change_attachment, add_signature_field, empty_signature, no_form]
)
@pytest.mark.parametrize("stage", ["complete", "borrower_signed"])
def test_an_edit_after_signing_is_refused(parties, contract, refused, edit, stage):
    changed = edited(getattr(contract, stage), edit)
    if stage == "complete":
        refused(changed)
        return
    report = verify_contract(changed, parties.roots, stage="borrower_signed", at=parties.now + timedelta(minutes=1))
    assert not report.valid


@pytest.mark.parametrize("edit", [append_page, rotate_page, paint_over])
def test_the_borrowers_part_is_protected_from_the_lender_too(parties, contract, refused, edit):
    """A lender that changes a page and then signs properly: only difference analysis sees it."""
    forged = parties.countersign(edited(contract.borrower_signed, edit))
    assert refused(forged) is ProofProblem.CHANGED_AFTER_SIGNING


def test_earlier_stages_are_no_contract(contract, refused, gaps):
    assert refused(contract.rendered) is ProofProblem.NOT_SIGNED
    assert refused(contract.prepared) is ProofProblem.NOT_SIGNED
    assert refused(contract.borrower_signed) is ProofProblem.LENDER_SIGNATURE_MISSING
    ends = [len(part) for part in contract.complete.split(b"%%EOF")][:-1]
    revision = contract.complete[: sum(ends[:-1]) + 5 * len(ends[:-1])]
    assert refused(revision) is ProofProblem.ARCHIVE_TIMESTAMP_MISSING


@pytest.mark.attack("pages-of-one-contract-under-the-signatures-of-another-are-refused")
def test_pages_of_one_contract_under_the_signatures_of_another_are_refused(contract, refused):
    spliced = contract.rendered.replace(b"LC20261122-0001", b"LC20261122-0002")
    refused(spliced + contract.complete[len(contract.rendered) :])


@pytest.mark.attack("junk-is-refused-in-words")
@pytest.mark.parametrize("junk", [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + b"[" * 5000, b"\x00" * 1000])
def test_junk_is_refused_in_words(refused, junk):
    assert refused(junk) in {ProofProblem.NOT_A_PDF, ProofProblem.STRUCTURE_DAMAGED}


def test_a_root_that_is_none_is_the_callers_mistake(contract):
    with pytest.raises(ValueError, match=r"."):
        verify_contract(contract.complete, ContractRoots((b"hello",)))
