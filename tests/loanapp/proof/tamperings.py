"""Tamperings at random with a signed contract and with its evidence bundle, and a count of what comes through.

``python -m tests.loanapp.proof.tamperings [COUNT] [SEED]`` makes COUNT (2,000) of them and prints, for each kind, how
many were refused; it ends with 1 when one was accepted or raised.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from loanapp.backend.contracts import render_contract
from loanapp.proof.bundle_verification import verify_bundle
from loanapp.proof.canonical_json import canonical
from loanapp.proof.canonical_zip import pack, unpack
from loanapp.proof.pdf_signature import prepare
from loanapp.proof.verification import verify_contract
from tests.loanapp.proof import bundles
from tests.loanapp.proof.parties import MADE_AT, Parties, contract_data

CONTRACT_FILE = "01-contract/contract.pdf"


@dataclass(frozen=True)
class Genuine:
    """What is tampered with, and the honest documents an attacker may take pieces of."""

    parties: Parties
    pdf: bytes
    borrower_signed: bytes
    bundle: bytes
    other_pdf: bytes  # the same parties' next contract
    other_bundle: bytes
    stranger: Parties

    @classmethod
    def make(cls) -> "Genuine":
        parties, stranger = Parties.make(MADE_AT), Parties.make(MADE_AT)
        signed = parties.sign(prepare(render_contract(contract_data())))
        pdf = parties.countersign(signed)
        other = contract_data(Decimal(20000), "LC20261122-0002")
        other_pdf = parties.countersign(parties.sign(prepare(render_contract(other))))
        bundle = bundles.build(parties, pdf)
        other_bundle = bundles.build(parties, other_pdf, contract_number="LC20261122-0002")
        return cls(parties, pdf, signed, bundle, other_pdf, other_bundle, stranger)


# Bytes of either


def flip(data: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(data)
    spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def overwrite(data: bytes, chance: random.Random) -> bytes:
    spot = chance.randrange(len(data))
    other = chance.choice([value for value in range(256) if value != data[spot]])
    return data[:spot] + bytes([other]) + data[spot + 1 :]


def insert(data: bytes, chance: random.Random) -> bytes:
    spot = chance.randrange(len(data) + 1)
    return data[:spot] + bytes([chance.randrange(256)]) + data[spot:]


def leave_out(data: bytes, chance: random.Random) -> bytes:
    spot = chance.randrange(len(data))
    return data[:spot] + data[spot + chance.randint(1, 40) :]


def cut_off(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def append_bytes(data: bytes, chance: random.Random) -> bytes:
    return data + chance.choice([b"\n", b" ", b"\x00", b"%%EOF\n", b"PK\x05\x06", chance.randbytes(20)])


# Revisions of the contract


def edited(pdf: bytes, edit: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    edit(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def revision(data: bytes, chance: random.Random) -> bytes:
    """One of what an editor can append after signing."""
    edits: list[Callable[[IncrementalPdfFileWriter], object]] = [
        lambda writer: rotate(writer, chance),
        swap_pages,
        lambda writer: paint_over(writer, chance),
        add_page,
        other_attachment,
        remove_signature,
        no_form,
        another_field,
        title,
    ]
    return edited(data, chance.choice(edits))


def page_count(writer: IncrementalPdfFileWriter) -> int:
    return int(writer.root["/Pages"]["/Count"])


def rotate(writer: IncrementalPdfFileWriter, chance: random.Random) -> None:
    page = writer.find_page_for_modification(chance.randrange(page_count(writer)))[0].get_object()
    page[generic.pdf_name("/Rotate")] = generic.NumberObject(chance.choice([90, 180, 270]))
    writer.mark_update(page.container_ref)


def swap_pages(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    kids = pages["/Kids"]
    pages[generic.pdf_name("/Kids")] = generic.ArrayObject([kids.raw_get(1), kids.raw_get(0), *list(kids)[2:]])
    writer.mark_update(pages.container_ref)


def paint_over(writer: IncrementalPdfFileWriter, chance: random.Random) -> None:
    drawn = b"1 g %d %d 200 20 re f" % (chance.randrange(300), chance.randrange(700))
    stream = writer.add_object(generic.StreamObject(stream_data=drawn))
    writer.add_stream_to_page(chance.randrange(page_count(writer)), stream)


def add_page(writer: IncrementalPdfFileWriter) -> None:
    names = {"/Type": generic.pdf_name("/Page"), "/Resources": generic.DictionaryObject()}
    names["/MediaBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    writer.insert_page(generic.DictionaryObject({generic.pdf_name(key): value for key, value in names.items()}))


def other_attachment(writer: IncrementalPdfFileWriter) -> None:
    writer.root[generic.pdf_name("/Names")] = generic.DictionaryObject()
    writer.update_root()


def remove_signature(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0].get_object()
    del field["/V"]
    writer.mark_update(field.container_ref)


def no_form(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/AcroForm"]
    writer.update_root()


def another_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Third", on_page=0, box=(10, 10, 100, 50)))


def title(writer: IncrementalPdfFileWriter) -> None:
    writer.root[generic.pdf_name("/Lang")] = generic.TextStringObject("en")
    writer.update_root()


# Signatures of the contract


class ContractTampering:
    """Each method makes a file that nobody signed as it stands."""

    def __init__(self, genuine: Genuine) -> None:
        self._is = genuine
        found = PdfFileReader(BytesIO(genuine.pdf)).embedded_signatures
        self._gaps = [(int(one.byte_range[1]), int(one.byte_range[2])) for one in found]
        others = PdfFileReader(BytesIO(genuine.other_pdf)).embedded_signatures
        self._other_gaps = [(int(one.byte_range[1]), int(one.byte_range[2])) for one in others]

    def other_certificate(self, _data: bytes, chance: random.Random) -> bytes:
        """Signed by somebody else: under other roots, for the other role, or by a lender who changed the page first."""
        mine, stranger, above = self._is.parties, self._is.stranger, [self._is.parties.borrower_authority.certificate]
        prepared = prepare(render_contract(contract_data()))
        return chance.choice(
            [
                lambda: stranger.countersign(stranger.sign(prepared)),
                lambda: mine.countersign(mine.sign(prepared, signer=mine.lender)),
                lambda: mine.countersign(self._is.borrower_signed, signer=mine.borrower, chain=above),
                lambda: mine.countersign(edited(self._is.borrower_signed, lambda writer: rotate(writer, chance))),
            ]
        )()

    def earlier_revision(self, data: bytes, chance: random.Random) -> bytes:
        """The last signatures taken off."""
        ends = [len(part) for part in data.split(b"%%EOF")][:-1]
        keep = chance.randrange(1, len(ends))
        return data[: sum(ends[:keep]) + 5 * keep]

    def signature_of_another(self, data: bytes, chance: random.Random) -> bytes:
        """One signature's bytes taken from another honest contract of the same parties."""
        place = chance.randrange(len(self._gaps))
        (start, end), (other_start, other_end) = self._gaps[place], self._other_gaps[place]
        taken = self._is.other_pdf[other_start:other_end]
        taken = taken[:-1].ljust(end - start - 1, b"0")[: end - start - 1] + b">"
        return data[:start] + taken + data[end:]

    def pages_of_another(self, data: bytes, _chance: random.Random) -> bytes:
        return self._is.other_pdf[: len(data) // 3] + data[len(data) // 3 :]

    def digits_of_a_signature(self, data: bytes, chance: random.Random) -> bytes:
        """A digit of a signature's own bytes, which no signature covers but later ones."""
        start, end = chance.choice(self._gaps)
        spot = chance.randrange(start + 1, end - 1)
        other = chance.choice([digit for digit in b"0123456789abcdefABCDEF" if digit != data[spot]])
        return data[:spot] + bytes([other]) + data[spot + 1 :]

    def upper_case(self, data: bytes, chance: random.Random) -> bytes:
        start, end = chance.choice(self._gaps)
        return data[:start] + data[start:end].upper() + data[end:]

    def kinds(self) -> list[Callable[[bytes, random.Random], bytes]]:
        own = [self.signature_of_another, self.earlier_revision, self.pages_of_another, self.upper_case]
        plain = [flip, flip, overwrite, insert, leave_out, cut_off, append_bytes, revision, revision]
        return [*plain, *own, self.digits_of_a_signature, self.other_certificate]


class BundleTampering:
    """The same for the archive."""

    def __init__(self, genuine: Genuine) -> None:
        self._is = genuine

    def reorder(self, data: bytes, chance: random.Random) -> bytes:
        files = unpack(data)
        first, second = chance.sample(range(len(files)), 2)
        files[first], files[second] = files[second], files[first]
        return pack(files)

    def add(self, data: bytes, chance: random.Random) -> bytes:
        files = unpack(data)
        files.insert(chance.randrange(len(files) + 1), (f"10-more/{chance.randrange(1000)}.txt", chance.randbytes(9)))
        return pack(files)

    def remove(self, data: bytes, chance: random.Random) -> bytes:
        files = unpack(data)
        del files[chance.randrange(len(files))]
        return pack(files)

    def rename(self, data: bytes, chance: random.Random) -> bytes:
        files = unpack(data)
        place = chance.randrange(len(files))
        files[place] = (files[place][0] + "x", files[place][1])
        return pack(files)

    def flip_in_a_part(self, data: bytes, chance: random.Random) -> bytes:
        """The archive itself is sound: sums of check and all."""
        files = unpack(data)
        place = chance.randrange(len(files))
        files[place] = (files[place][0], flip(files[place][1], chance))
        return pack(files)

    def part_of_another(self, data: bytes, chance: random.Random) -> bytes:
        files, others = unpack(data), dict(unpack(self._is.other_bundle))
        places = [place for place, (name, content) in enumerate(files) if others.get(name, content) != content]
        place = chance.choice(places)
        files[place] = (files[place][0], others[files[place][0]])
        return pack(files)

    def edited_manifest(self, data: bytes, chance: random.Random) -> bytes:
        """Canonical, and consistent with the parts, but not what was signed."""
        files = unpack(data)
        manifest: dict[str, Any] = json.loads(files[0][1])
        place = chance.randrange(3, len(files))
        if chance.random() < 0.5:
            files[place] = (files[place][0], flip(files[place][1], chance))
            for part in manifest["parts"]:
                for fact in part["files"]:
                    if fact["name"] == files[place][0]:
                        fact["sha256"] = sha256(files[place][1]).hexdigest()
        else:
            name = chance.choice(["contract_number", "application_number", "made_at", "message_key"])
            manifest[name] = str(manifest[name])[:-1] + chance.choice("xyz")
        return pack([(files[0][0], canonical(manifest)), *files[1:]])

    def signed_by_another(self, data: bytes, chance: random.Random) -> bytes:
        """The manifest signed anew, by a stranger or by the borrower, whose key is under the very same root."""
        files = unpack(data)
        mine, stranger = self._is.parties, self._is.stranger
        sign = chance.choice([bundles.signing(stranger), bundles.signing(mine, mine.borrower)])
        signed = sign(files[0][1])
        return pack([files[0], (files[1][0], signed.signature), (files[2][0], signed.token), *files[3:]])

    def stamped_by_another(self, data: bytes, _chance: random.Random) -> bytes:
        files = unpack(data)
        token = self._is.stranger.time.token_over(sha256(files[1][1]).digest())
        return pack([*files[:2], (files[2][0], token), *files[3:]])

    def contract_tampered(self, data: bytes, chance: random.Random) -> bytes:
        """A revision appended to the contract, and a lender who signs the manifest over it."""
        files, changed = dict(unpack(data)), revision(self._is.pdf, chance)
        manifest: dict[str, Any] = json.loads(files["manifest.json"])
        fact = next(one for one in manifest["parts"][0]["files"] if one["name"] == CONTRACT_FILE)
        fact.update(sha256=sha256(changed).hexdigest(), bytes=len(changed))
        manifest["revisions"][-1].update(sha256=sha256(changed).hexdigest(), bytes=len(changed))
        written = canonical(manifest)
        signed = bundles.signing(self._is.parties)(written)
        files |= {"manifest.json": written, "manifest.p7s": signed.signature, "manifest.tst": signed.token}
        return pack(list((files | {CONTRACT_FILE: changed}).items()))

    def packed_again(self, data: bytes, chance: random.Random) -> bytes:
        output = BytesIO()
        with ZipFile(output, "w", chance.choice([0, ZIP_DEFLATED])) as archive:
            for name, content in unpack(data):
                archive.writestr(name, content)
        return output.getvalue()

    def kinds(self) -> list[Callable[[bytes, random.Random], bytes]]:
        plain = [flip, flip, overwrite, insert, leave_out, cut_off, append_bytes]
        parts = [self.reorder, self.add, self.remove, self.rename, self.flip_in_a_part, self.part_of_another]
        signed = [self.edited_manifest, self.signed_by_another, self.stamped_by_another, self.contract_tampered]
        return [*plain, *parts, *signed, self.packed_again]


@dataclass(frozen=True)
class Outcome:
    """What became of one tampering; ``escaped`` says how it was not refused in words."""

    kind: str
    seed: int
    problem: str
    escaped: str | None


def attempts(genuine: Genuine, count: int, seed: int) -> Iterator[Outcome]:
    """``count`` tamperings, half of them with the contract, the kinds in turn."""
    at = genuine.parties.now + timedelta(minutes=1)
    contract = ("contract", genuine.pdf, ContractTampering(genuine).kinds(), verify_contract)
    bundle = ("bundle", genuine.bundle, BundleTampering(genuine).kinds(), verify_bundle)
    for number in range(count):
        what, whole, kinds, verify = contract if number % 2 == 0 else bundle
        chance = random.Random(f"{seed}/{number}")
        make = kinds[number // 2 % len(kinds)]
        name = f"{what}.{make.__name__}"
        tampered = make(whole, chance)
        if tampered == whole:
            yield Outcome(name, number, "", "unchanged")
            continue
        try:
            report = verify(tampered, genuine.parties.roots, at=at)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            yield Outcome(name, number, "", f"raised {type(error).__name__}")
            continue
        accepted = report.valid or report.first_problem is None
        yield Outcome(name, number, str(report.first_problem), "accepted" if accepted else None)


def main(count: int, seed: int) -> int:
    """Make them, print a line a kind, and how long it took."""
    started = time.perf_counter()
    refused: Counter[str] = Counter()
    escaped: list[Outcome] = []
    problems: Counter[str] = Counter()
    for outcome in attempts(Genuine.make(), count, seed):
        problems[outcome.problem] += 1
        if outcome.escaped is None:
            refused[outcome.kind] += 1
        else:
            escaped.append(outcome)
            print(f"NOT REFUSED {outcome}", flush=True)
    for kind in sorted(refused):
        print(f"{kind:<36} {refused[kind]:>5} refused")
    print("reasons: " + ", ".join(f"{problem} {times}" for problem, times in problems.most_common()))
    seconds = time.perf_counter() - started
    print(f"{count} tamperings with seed {seed}: {refused.total()} refused, {len(escaped)} not, {seconds:.0f} s")
    return 1 if escaped else 0


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    raise SystemExit(main(*(arguments + [2000, 1][len(arguments) :])))
