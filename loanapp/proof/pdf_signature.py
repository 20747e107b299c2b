"""Signing a contract: prepared with both fields, signed by the borrower (PAdES B-T), countersigned (PAdES B-LTA).

All functions are synchronous and run an event loop of their own: call them from worker threads. The order matters:
the whole document comes first, then BOTH signature fields, then the signatures, so that neither signature sees a
change it has to forgive.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any, Final, TypeVar

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfTimeStamper,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from loanapp.proof.authorities import Credential
from loanapp.proof.canonical_form import lower_case_contents
from loanapp.proof.keys import SigningKey
from loanapp.proof.signature_appearance import SignatureWords
from loanapp.proof.timestamp import RemoteTimestamper

BORROWER_FIELD: Final = "BorrowerSignature"
LENDER_FIELD: Final = "LenderSignature"
ARCHIVE_FIELD: Final = "ArchiveTimestamp"
STATEMENT_FIELD: Final = "LenderStatement"
"""The one field of a document the lender signs alone, such as a settlement certificate."""

Box = tuple[int, int, int, int]

# Where the template draws the two boxes on its last page: left, bottom, right, top in points from the lower left.
BORROWER_BOX: Final[Box] = (57, 96, 287, 186)
LENDER_BOX: Final[Box] = (308, 96, 538, 186)

_DIGEST: Final = "sha256"
# All proof goes in before the archive time-stamp, which then covers every byte of the file but itself.
_PROOF_WITH_SIGNATURE: Final = DSSContentSettings(
    include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
)
_PROOF_BEFORE_TIMESTAMP: Final = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
_T = TypeVar("_T")

# What the library would log about a file may quote the file: our own answer is the report or the exception.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class SigningError(ValueError):
    """The document cannot be signed: not a PDF, not prepared, or signed already."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What the countersigning lender proves with: the roots, and what every authority says of revocation now.

    Revocation lists (RFC 5280) and OCSP responses (RFC 6960), both in DER; one of either for each certificate will do.
    """

    roots: tuple[x509.Certificate, ...]
    revocation_lists: tuple[bytes, ...]
    ocsp_responses: tuple[bytes, ...] = ()


def prepare(pdf: bytes) -> bytes:
    """Append both signature fields, empty, at the boxes of the last page.

    Raises :class:`SigningError` when ``pdf`` cannot be read or has signature fields already.
    """
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        if "/AcroForm" in writer.root:
            raise SigningError("the document has form fields already")
        last = int(writer.root["/Pages"]["/Count"]) - 1
        for name, box, title in (
            (BORROWER_FIELD, BORROWER_BOX, "借款人签名"),
            (LENDER_FIELD, LENDER_BOX, "放款机构签章"),
        ):
            append_signature_field(
                writer,
                SigFieldSpec(name, on_page=last, box=box, readable_field_name=title, empty_field_appearance=True),
            )
        output = BytesIO()
        writer.write(output)
    except (PdfError, KeyError, TypeError) as error:
        raise SigningError("the document cannot be read") from error
    return output.getvalue()


def sign_as_borrower(
    pdf: bytes,
    key: SigningKey,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    timestamper: RemoteTimestamper,
    *,
    now: datetime,
    words: SignatureWords,
) -> bytes:
    """Sign the borrower's field of a prepared contract: PAdES B-T; the key never leaves the caller.

    ``chain`` are the authorities above ``certificate``; ``words`` is what the visible signature says. Raises
    :class:`SigningError`; whatever the time-stamper's own call raises comes through.
    """
    signer = simple_signer(Credential(key, certificate), chain)
    return _run(_sign(_writer(pdf), _metadata(BORROWER_FIELD, words), signer, timestamper, _Moment(now, words)))


def countersign(
    pdf: bytes,
    lender: Credential,
    trust: Trust,
    timestamper: RemoteTimestamper,
    *,
    now: datetime,
    words: SignatureWords,
    chain: Sequence[x509.Certificate] = (),
) -> bytes:
    """Prove that the borrower's certificate was good, sign the lender's field, close with an archive time-stamp.

    The result is PAdES B-LTA: everything needed to check both signatures years later is inside. ``chain`` are the
    authorities between the lender's certificate and a root. Raises :class:`SigningError` when the borrower has not
    signed, a certificate is revoked or a chain does not hold.
    """
    return _run(_countersign(pdf, simple_signer(lender, chain), trust, timestamper, _Moment(now, words)))


def sign_as_lender(
    pdf: bytes,
    lender: Credential,
    trust: Trust,
    timestamper: RemoteTimestamper,
    *,
    now: datetime,
    words: SignatureWords,
) -> bytes:
    """Sign a document of the lender's own, at the lender's box of its last page: PAdES B-LTA.

    Raises :class:`SigningError` when ``pdf`` cannot be read or has form fields already.
    """
    writer = _writer(pdf)
    if "/AcroForm" in writer.root:
        raise SigningError("the document has form fields already")
    last = int(writer.root["/Pages"]["/Count"]) - 1
    field = SigFieldSpec(STATEMENT_FIELD, on_page=last, box=LENDER_BOX, readable_field_name="放款机构签章")
    append_signature_field(writer, field)
    proofs = _Proofs(trust, timestamper)
    return _run(_close(writer, STATEMENT_FIELD, simple_signer(lender, ()), proofs, _Moment(now, words)))


@dataclass(frozen=True, slots=True)
class _Moment:
    """When something is signed, by the caller's clock, and what it then says on the page."""

    now: datetime
    words: SignatureWords


async def _countersign(
    pdf: bytes, signer: SimpleSigner, trust: Trust, timestamper: RemoteTimestamper, moment: _Moment
) -> bytes:
    try:
        signed = list(PdfFileReader(BytesIO(pdf)).embedded_regular_signatures)
    except (PdfError, ValueError) as error:
        raise SigningError("the document cannot be read") from error
    if [found.field_name for found in signed] != [BORROWER_FIELD]:
        raise SigningError("the borrower's signature, and it alone, must be there first")
    context = _context(trust, moment.now)
    writer = _writer(pdf)
    try:
        paths = await collect_validation_info(signed[0], context)
        DocumentSecurityStore.supply_dss_in_writer(writer, None, validation_context=context, paths=paths)
    except (ValidationInfoReadingError, PathError, ValidationError) as error:
        raise SigningError("the borrower's certificate cannot be proved") from error
    return await _close(writer, LENDER_FIELD, signer, _Proofs(trust, timestamper), moment)


@dataclass(frozen=True, slots=True)
class _Proofs:
    """What proves a lender's signature for years: roots with revocation lists, and certified time."""

    trust: Trust
    timestamper: RemoteTimestamper


async def _close(
    writer: IncrementalPdfFileWriter, field: str, signer: SimpleSigner, proofs: _Proofs, moment: _Moment
) -> bytes:
    """Sign ``field`` with every proof inside, and close the file with the archive time-stamp."""
    metadata = replace(
        _metadata(field, moment.words),
        embed_validation_info=True,
        validation_context=_context(proofs.trust, moment.now),
        dss_settings=_PROOF_WITH_SIGNATURE,
    )
    signed_pdf = await _sign(writer, metadata, signer, proofs.timestamper, moment)
    return await _archive(signed_pdf, proofs.timestamper, _context(proofs.trust, moment.now))


async def _archive(pdf: bytes, timestamper: RemoteTimestamper, context: ValidationContext) -> bytes:
    output = BytesIO()
    await PdfTimeStamper(timestamper, field_name=ARCHIVE_FIELD).async_timestamp_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        _DIGEST,
        validation_context=context,
        output=output,
        dss_settings=_PROOF_BEFORE_TIMESTAMP,
    )
    return lower_case_contents(output.getvalue())


async def _sign(
    writer: IncrementalPdfFileWriter,
    metadata: PdfSignatureMetadata,
    signer: SimpleSigner,
    timestamper: RemoteTimestamper,
    moment: _Moment,
) -> bytes:
    whole_box = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, Margins.uniform(0))
    stamp = StaticStampStyle(border_width=0, background=moment.words.drawing(), background_layout=whole_box)
    try:
        pdf_signer = PdfSigner(metadata, signer, timestamper=timestamper, stamp_style=stamp)
        session = pdf_signer.init_signing_session(writer, existing_fields_only=True)
        session.system_time = moment.now  # the caller's clock, not the computer's
        checked = await session.perform_presign_validation(writer)
        reserved = await session.estimate_signature_container_size(checked)
        document = session.prepare_tbs_document(checked, reserved)
        output = BytesIO()
        digest, _ = document.digest_tbs_document(output=output)
        await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes(signing_time=moment.now))
    except (PdfError, PyHankoSigningError, PathError, ValidationError) as error:
        raise SigningError("the document cannot be signed") from error
    return lower_case_contents(output.getvalue())


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    try:
        return IncrementalPdfFileWriter(BytesIO(pdf))
    except (PdfError, ValueError) as error:
        raise SigningError("the document cannot be read") from error


def _metadata(field: str, words: SignatureWords) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=field,
        md_algorithm=_DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        name=words.name,
        reason=words.reason,
    )


def simple_signer(credential: Credential, chain: Sequence[x509.Certificate]) -> SimpleSigner:
    """What signs with ``credential``; the authorities of ``chain`` go along."""
    store = SimpleCertificateStore()
    store.register_multiple([as_asn1(certificate) for certificate in chain])
    key = credential.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(
        signing_cert=as_asn1(credential.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(key),
        cert_registry=store,
        embed_roots=True,
    )


def _context(trust: Trust, now: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[as_asn1(root) for root in trust.roots],
        crls=list(trust.revocation_lists),
        ocsps=list(trust.ocsp_responses),
        allow_fetching=False,
        revocation_mode="require",
        moment=now,
    )


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate for the library that signs and validates."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    return asyncio.run(work)
