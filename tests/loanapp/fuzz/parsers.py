"""Every parser of what comes from outside: whole inputs to spoil, and what the parser may answer with.

``home`` is a folder for what a parser reads from the disk.
"""

import base64
import secrets
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from tests.loanapp.fuzz import spoiling
from tests.loanapp.fuzz.more_parsers import MORE
from tests.loanapp.fuzz.parsing import Parser, json_bytes

_KEY = bytes(range(32))


def http_answers(home: Path) -> Parser:
    from datetime import date

    from loanapp.client.answers import Application, LenderProfile
    from loanapp.client.reading import AnswerUnreadableError, JsonObject
    from tests.loanapp.client import answers_data

    offered = answers_data.application(status="offered", offer=answers_data.offer(date(2026, 11, 22)))

    def read(content: bytes) -> None:
        answer = JsonObject.parse(content)
        for kind in (Application, LenderProfile):
            try:
                kind.read(answer)
            except AnswerUnreadableError:
                continue

    seeds = (json_bytes(answers_data.lender()), json_bytes(answers_data.application()), json_bytes(offered))
    return Parser("http_answer", seeds, read, (AnswerUnreadableError,), spoiling.spoil_json)


def problems(home: Path) -> Parser:
    from loanapp.client.problems import error_from

    seed = {
        "code": "input_invalid",
        "status": 422,
        "fields": {"amount": "amount_out_of_range"},
        "retry_after_seconds": 3,
    }
    read = lambda content: error_from(422, content, content[-9:].decode("latin-1"))  # noqa: E731
    return Parser("problem", (json_bytes(seed),), read, (), spoiling.spoil_json)


def profiles(home: Path) -> Parser:
    """Each spoilt profile is signed anew, so that what lies behind the signature is reached too."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from installer.lender import signed
    from loanapp.client.installed_profile import ProfileError, check_profile
    from loanapp.proof import authorities
    from tests.installer.lenders import PROFILE

    now, publisher = datetime.now(UTC), Ed25519PrivateKey.from_private_bytes(_KEY)
    text = PROFILE.format(
        icon="0" * 64,
        transport=authorities.make_transport_root(now).certificate_pem,
        document=authorities.make_document_root(now).certificate_pem,
        time=authorities.make_time_root(now).certificate_pem,
    )
    known = (publisher.public_key().public_bytes_raw(),)

    def read(content: bytes) -> None:
        bare = content.decode()
        try:
            whole = signed(bare, publisher)
        except (TypeError, ValueError):
            whole = bare  # a table that cannot be signed is no signed table
        check_profile(tomllib.loads(whole), known)

    return Parser("profile", (text.encode(),), read, (ProfileError, tomllib.TOMLDecodeError, UnicodeDecodeError))


def drafts(home: Path) -> Parser:
    """The words of a draft under a right seal: what a broken program, or whoever has the key, could have written."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from loanapp.client import drafts as module
    from loanapp.client.secrets import SecretName

    class Store:
        durable = True

        def read(self, name: SecretName) -> str:
            return base64.b64encode(_KEY).decode()

        def write(self, name: SecretName, value: str) -> None: ...

        def delete(self, name: SecretName) -> None: ...

    seed = {"saved_at": datetime.now(UTC).isoformat(), "draft": {**module.asdict(module.Draft()), "of_tomorrow": 1}}

    def read(content: bytes) -> None:
        nonce = secrets.token_bytes(12)
        sealed = module._MAGIC + nonce + AESGCM(_KEY).encrypt(nonce, content, module._MAGIC)
        (home / module.FILE_NAME).write_bytes(sealed)
        file = module.DraftFile(home, Store())
        draft, _told = file.load()
        file.save(draft, flush=False)

    return Parser("draft", (json_bytes(seed),), read, (), spoiling.spoil_json)


def sealed_drafts(home: Path) -> Parser:
    from loanapp.client import drafts as module

    sealed = module._seal(_KEY, module.Draft(), datetime.now(UTC))
    return Parser("sealed_draft", (sealed,), lambda content: _must_differ(module._open(_KEY, content), content, sealed))


def _must_differ(opened: object, content: bytes, genuine: bytes) -> None:
    if opened is not None and content != genuine:
        raise AssertionError("a changed draft was opened")


def photos(home: Path) -> Parser:
    from PIL import Image

    from loanapp.domain.errors import LoanAppError
    from loanapp.vision.photos import decode_photo

    picture = Image.effect_noise((360, 340), 60).convert("RGB")
    seeds = []
    for kind in ("JPEG", "PNG", "WEBP", "BMP"):
        written = BytesIO()
        picture.save(written, kind)
        seeds.append(written.getvalue())
    return Parser("photo", tuple(seeds), lambda content: decode_photo(content, 640), (LoanAppError,))


def evidence(home: Path) -> Parser:
    import cv2
    import numpy as np

    from loanapp.vision.evidence import (
        EvidenceFormatError,
        EvidenceFrame,
        EvidenceHeader,
        pack_evidence,
        unpack_evidence,
    )
    from tests.loanapp.vision.test_evidence import HEADER

    assert isinstance(HEADER, EvidenceHeader)
    jpeg = cv2.imencode(".jpg", np.full((320, 320, 3), 90, np.uint8))[1].tobytes()
    packed = pack_evidence(HEADER, [EvidenceFrame(at * 100, jpeg) for at in range(4)])

    def read(content: bytes) -> None:
        for frame in unpack_evidence(content).frames:
            frame.decode()

    return Parser("evidence", (packed,), read, (EvidenceFormatError,))


@cache
def _genuine():
    from tests.loanapp.proof.tamperings import Genuine

    return Genuine.make()


def bundles(home: Path) -> Parser:
    from loanapp.proof.bundle_verification import verify_bundle

    genuine = _genuine()

    def read(content: bytes) -> None:
        moment = genuine.parties.now + timedelta(minutes=1)
        if verify_bundle(content, genuine.parties.roots, at=moment).valid and content != genuine.bundle:
            raise AssertionError("a changed bundle was called valid")

    return Parser("bundle", (genuine.bundle,), read)


def papers(home: Path) -> Parser:
    from loanapp.proof.verification import verify_contract

    genuine = _genuine()

    def read(content: bytes) -> None:
        moment = genuine.parties.now + timedelta(minutes=1)
        if verify_contract(content, genuine.parties.roots, at=moment).valid and content != genuine.pdf:
            raise AssertionError("a changed contract was called valid")

    return Parser("pdf", (genuine.pdf,), read)


def security_keys(home: Path) -> Parser:
    """What a new key tells of itself; where that can be read, its public key is then held against a signature."""
    from loanapp.backend.auth.webauthn import Asked, HeldKey, NotSignedError, Signed, check_signed, read_new_key
    from tests.virtual_key import asked_and_answered

    made, signed = asked_and_answered()

    def read(content: bytes) -> None:
        key = read_new_key(Asked(made.challenge, made.host), made.client_data, content)
        shown = Signed(signed.client_data, signed.authenticator_data, signed.signature)
        check_signed(Asked(signed.challenge, made.host), HeldKey(key.public_key, key.counter), shown)

    return Parser("security_key", (made.answer,), read, (NotSignedError,))


def key_signatures(home: Path) -> Parser:
    """What a key signed, in one piece: any change to it must be refused."""
    from loanapp.backend.auth.webauthn import Asked, HeldKey, NotSignedError, Signed, check_signed, read_new_key
    from tests.virtual_key import asked_and_answered

    made, signed = asked_and_answered()
    key = read_new_key(Asked(made.challenge, made.host), made.client_data, made.answer)
    parts = (signed.client_data, signed.authenticator_data, signed.signature)
    first, second = len(parts[0]), len(parts[0]) + len(parts[1])

    def read(content: bytes) -> None:
        shown = Signed(content[:first], content[first:second], content[second:])
        check_signed(Asked(signed.challenge, made.host), HeldKey(key.public_key, key.counter), shown)
        if content != b"".join(parts):
            raise AssertionError("a changed signature was called right")

    return Parser("key_signature", (b"".join(parts),), read, (NotSignedError,))


MAKERS: dict[str, Callable[[Path], Parser]] = {
    "http_answer": http_answers,
    "problem": problems,
    "profile": profiles,
    "draft": drafts,
    "sealed_draft": sealed_drafts,
    "photo": photos,
    "evidence": evidence,
    "bundle": bundles,
    "pdf": papers,
    "security_key": security_keys,
    "key_signature": key_signatures,
    **MORE,
}
