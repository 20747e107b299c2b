"""The other parsers of what comes from outside: pictures before they leave, updates, sources, keys, sealed uploads."""

import io
import json
import lzma
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from tests.loanapp.fuzz import spoiling
from tests.loanapp.fuzz.parsing import Parser, json_bytes


def bare_photos(home: Path) -> Parser:
    """What lies beside a picture is cut off before it is decoded by anybody."""
    from PIL import Image

    from loanapp.domain.errors import LoanAppError
    from loanapp.vision.bare_photo import bare_photo

    picture, exif = Image.effect_noise((48, 40), 60).convert("RGB"), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker of cameras"
    seeds = []
    for kind in ("JPEG", "PNG", "WEBP", "BMP"):
        written = io.BytesIO()
        picture.save(written, kind, **({} if kind == "BMP" else {"exif": exif.tobytes()}))
        seeds.append(written.getvalue())
    return Parser("bare_photo", tuple(seeds), bare_photo, (LoanAppError,))


def update_archives(home: Path) -> Parser:
    """The archive's own bytes, packed anew after they are spoilt: what lies behind the sum of the whole is reached."""
    from loanapp.updates.refusal import UpdateRefusedError
    from loanapp.updates.unpacking import unpack

    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in (("loanapp-2/loanapp", b"#!/bin/sh\n"), ("loanapp-2/" + "n" * 120, b"x" * 700)):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("loanapp-2/same")
        link.type, link.linkname = tarfile.SYMTYPE, "loanapp"
        tar.addfile(link)
    inside, packed = home / "inside", home / "packed"
    inside.mkdir()

    def read(content: bytes) -> None:
        packed.write_bytes(lzma.compress(content, preset=0))
        shutil.rmtree(inside)
        inside.mkdir()
        try:
            unpack(packed, inside / "into", most_bytes=2_000_000, most_members=50)
        finally:
            if {one.name for one in home.iterdir()} - {"inside", "packed"} or len(list(inside.iterdir())) > 1:
                raise AssertionError("something lies outside")
            if any(one.is_symlink() and not one.resolve().is_relative_to(inside) for one in inside.rglob("*")):
                raise AssertionError("a link leads outside")

    return Parser("update_archive", (made.getvalue(),), read, (UpdateRefusedError,))


def update_metadata(home: Path) -> Parser:
    """What an update server answers with, each file spoilt in turn, and what was signed about a version."""
    from tuf.api.exceptions import DownloadHTTPError
    from tuf.api.metadata import TargetFile
    from tuf.ngclient import FetcherInterface

    from installer.update_repository import Release, UpdateRepository
    from loanapp.updates import client as module
    from loanapp.updates.refusal import UpdateRefusedError
    from loanapp.updates.source import UpdateSource
    from tests.loanapp.updates.repositories import NOTES, SYSTEM, archive, new_keys

    keys, folder = new_keys(), home / "repository"
    repository = UpdateRepository(folder, lambda: datetime.now(UTC))
    root = repository.begin(keys, 2).read_bytes()
    repository.add(Release(archive(home, "2.0"), "2.0", SYSTEM, NOTES), keys)
    genuine = {path.name: path.read_bytes() for path in (folder / "metadata").iterdir()}

    class Answers(FetcherInterface):
        told = None
        spoilt: tuple[str, bytes] = ("", b"")

        def __init__(self, *_source: object) -> None: ...

        def close(self) -> None: ...

        def _fetch(self, url: str):
            name = url.rpartition("/")[2]
            if name not in genuine:
                raise DownloadHTTPError("no file", 404)
            return iter([self.spoilt[1] if name == self.spoilt[0] else genuine[name]])

    names = tuple(sorted(genuine))

    def read(content: bytes) -> None:
        name, _, spoilt = content.partition(b"\n")
        if name == b"offer":
            try:
                custom = json.loads(spoilt)
            except (ValueError, RecursionError):
                custom = None
            module._read_offer(TargetFile(5, {"sha256": "0" * 64}, "path", {"custom": custom}))
            return
        Answers.spoilt = (names[name[0] % len(names)] if name else "", spoilt)
        shutil.rmtree(home / "seen", ignore_errors=True)
        real, module.PinnedFetcher = module.PinnedFetcher, Answers
        try:
            module.UpdateClient(UpdateSource("https://127.0.0.1", "", root), home / "seen", "1.0", SYSTEM).look()
        finally:
            module.PinnedFetcher = real

    def spoil(content: bytes, chance: Random) -> bytes:
        name, _, whole = content.partition(b"\n")
        return name + b"\n" + spoiling.spoil_json(whole, chance)

    seeds = [bytes([at + 32]) + b"\n" + genuine[names[(at + 32) % len(names)]] for at in range(len(names))]
    return Parser(
        "update_metadata",
        (*seeds, b"offer\n" + json_bytes({"version": "2.0", "notes": NOTES})),
        read,
        (UpdateRefusedError,),
        spoil,
    )


def source_answers(home: Path) -> Parser:
    """What the lender's sources answer: registry, bureau, insurance, screening, card, bank, authorities."""
    from datetime import date
    from decimal import Decimal

    from loanapp.backend.adapters import http_line
    from loanapp.backend.adapters import http_sources as sources
    from loanapp.backend.adapters.ports import (
        CertificateRefusedError,
        DebitRefusedError,
        IssuedCertificate,
        SourceDownError,
    )

    class Line:
        said = b""

        def ask(self, _path: str, _question: object, *, key: str | None = None) -> dict[str, object]:
            return http_line._object(self.said)

    line = Line()
    issued = IssuedCertificate("", "")
    asks = (
        lambda: sources.HttpRegistry(line).confirm("n", "1"),
        lambda: sources.HttpBureau(line).query("k", "1"),
        lambda: sources.HttpSocialInsurance(line).query("k", "1"),
        lambda: sources.HttpScreening(line).screen("n", "1"),
        lambda: sources.HttpCardGateway(line).confirm("n", "1", "2", "3"),
        lambda: sources.HttpBank(line).payment("k"),
        lambda: sources.HttpBank(line).debit("k", "2", "n", Decimal(1)),
        lambda: sources.HttpBank(line).statement(date(2026, 11, 22)),
        lambda: sources.HttpCertificateAuthority(line, "").certify("k", "", "n", "r"),
        lambda: sources.HttpCertificateAuthority(line, "").revocation(issued),
    )
    whole = {
        "answer": "match",
        "portrait": "same",
        "overdue_count": 0,
        "open_loans": 1,
        "score": 700,
        "new_loans": 0,
        "base": "8000.00",
        "capped": False,
        "months_paid": 24,
        "state": "paid",
        "reference": "r-1",
        "at": "2026-11-22T10:00:00+08:00",
        "lines": [{"key": "k", "reference": "r-1", "amount": "1.00"}],
        "certificate": "pem",
        "chain": "pem",
        "lists": ["AAAA"],
        "responses": ["AAAA"],
    }
    told = (SourceDownError, DebitRefusedError, CertificateRefusedError)

    def read(content: bytes) -> None:
        line.said = content
        for ask in asks:
            try:
                ask()
            except told:
                continue

    return Parser("source_answer", (json_bytes(whole),), read, told, spoiling.spoil_json)


def keys_by_usb(home: Path) -> Parser:
    """What a device says that is plugged in as a security key: its packets' content, spoilt behind a right frame."""
    from loanapp.client.hid_security_key import HidSecurityKey
    from loanapp.client.security_key import KeyQuestion, NewKeyQuestion, Waiting
    from loanapp.domain.errors import LoanAppError
    from tests.virtual_key import VirtualKey

    host = "loans.example.cn"

    class Spoilt(VirtualKey):
        spoil: Random | None = None

        def _say(self, channel: int, command: int, data: bytes) -> None:
            if self.spoil is not None and self.spoil.random() < 0.5:
                data = spoiling.spoil(data, self.spoil)[:7000]
            super()._say(channel, command, data)

    def read(content: bytes) -> None:
        key = Spoilt()
        key.spoil = Random(content)
        question = KeyQuestion(bytes(32), host, (), 1)
        HidSecurityKey(key.plugged_in).make(NewKeyQuestion("t", question, b"u", "u", (-7,)), host, Waiting())

    return Parser("key_by_usb", (b"0",), read, (LoanAppError,), lambda _content, chance: chance.randbytes(8))


def sealed_uploads(home: Path) -> Parser:
    """A sealed message as it arrives, piece by piece: whatever is not whole is refused."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from loanapp.proof.envelope import EnvelopeError
    from loanapp.proof.sealed_stream import SealedStream, StreamOpener

    private, message = X25519PrivateKey.from_private_bytes(bytes(range(32))), b"evidence" * 40
    sealed = b"".join(SealedStream(private.public_key().public_bytes_raw(), message, "context"))

    def read(content: bytes) -> None:
        opener = StreamOpener((private,), "context", 4096)
        opened = b"".join(part for at in range(0, len(content), 97) for part in opener.feed(content[at : at + 97]))
        opener.finish()
        if opened != message:
            raise AssertionError("another message was opened")

    return Parser("sealed_upload", (sealed,), read, (EnvelopeError,))


def screen_casts(home: Path) -> Parser:
    """What PipeWire lists: programs of anybody on this computer name themselves in it."""
    from loanapp.help.diagnosis.screen_casts import takers
    from tests.loanapp.help.diagnosis.test_screen_sharing import CAST, ZOOM, link

    def read(content: bytes) -> None:
        objects = json.loads(content)
        takers(objects if isinstance(objects, list) else ())

    told = (ValueError, RecursionError)  # of the JSON alone, caught where it is read
    return Parser("screen_cast", (json_bytes([CAST, ZOOM, link(51, 60)]),), read, told, spoiling.spoil_json)


def certificate_requests(home: Path) -> Parser:
    """What a borrower's program asks to have certified; its own PEM around what is spoilt inside."""
    import base64

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from loanapp.proof.authorities import CertificateRequestError, requested_key

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "borrower")])
    made = x509.CertificateSigningRequestBuilder().subject_name(name)
    der = made.sign(ec.derive_private_key(7, ec.SECP256R1()), hashes.SHA256(), ecdsa_deterministic=True).public_bytes(
        serialization.Encoding.DER
    )

    def read(content: bytes) -> None:
        body = base64.encodebytes(content).decode()
        requested_key(f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n")

    return Parser("certificate_request", (der,), read, (CertificateRequestError,))


def kept_files(home: Path) -> Parser:
    """What lies in the program's own folder: where the embedded lender is, its ledger, how far an update is."""
    from loanapp.client.endpoint import FILE_NAME, EmbeddedEndpoint
    from loanapp.client.ledger_memory import LedgerMemory
    from loanapp.domain.errors import LoanAppError
    from loanapp.updates import installation

    state = home.joinpath(*installation.STATE_PLACE)
    state.parent.mkdir(parents=True, exist_ok=True)
    memory = LedgerMemory(home)
    roots = dict.fromkeys(("transport_root", "document_root", "time_root"), "")
    where = {"url": "https://127.0.0.1:1", "instance_token": "i", **roots}
    heads = {"lenders": {"demo": {"heads": [{"size": 3, "root": "00"}], "conflict": None}}}
    update = {"step": "ready", "version": "2.0", "tries": 0, "failed": [], "told": False}

    def read(content: bytes) -> None:
        for path in (home / FILE_NAME, memory._path, state):
            path.write_bytes(content)
            path.chmod(0o600)
        memory.known("demo", "b")
        installation.read_state(home)
        EmbeddedEndpoint(home)()

    seeds = (json_bytes(where), json_bytes(heads), json_bytes(update))
    return Parser("kept_file", seeds, read, (LoanAppError,), spoiling.spoil_json)


MORE = {
    "bare_photo": bare_photos,
    "update_archive": update_archives,
    "update_metadata": update_metadata,
    "source_answer": source_answers,
    "key_by_usb": keys_by_usb,
    "sealed_upload": sealed_uploads,
    "screen_cast": screen_casts,
    "certificate_request": certificate_requests,
    "kept_file": kept_files,
}
