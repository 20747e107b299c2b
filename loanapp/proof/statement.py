"""A statement the lender signs on its own: detached CMS, and a time-stamp (RFC 3161) over the whole of it.

Three files that common tools check, for instance OpenSSL: the statement, ``.p7s`` and ``.tst``. The time-stamp covers
every byte of the signature, and has one form itself (:func:`timestamp_is_canonical`): nothing is free to vary.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from asn1crypto.crl import CertificateList
from cryptography import x509
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation.ades import ades_basic_validation, ades_timestamp_validation
from pyhanko.sign.validation.policy_decl import LocalKnowledge
from pyhanko.sign.validation.status import StandardCMSSignatureStatus, TimestampSignatureStatus
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from loanapp.proof.authorities import Credential, load_certificates
from loanapp.proof.canonical_form import is_strict_der, timestamp_is_canonical
from loanapp.proof.certificate_use import CertificateUseError, require_lenders
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.pdf_signature import as_asn1, simple_signer
from loanapp.proof.problems import ProofProblem
from loanapp.proof.timestamp import RemoteAuthority
from loanapp.proof.validation_specification import validation_specification

_T = TypeVar("_T")
_DIGEST: Final = "sha256"


class StatementError(ValueError):
    """A statement's signature or time does not hold; ``problem`` says how."""

    def __init__(self, problem: ProofProblem) -> None:
        super().__init__(problem.value)
        self.problem: Final = problem


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A detached signature (DER, CMS) and the time-stamp token (DER) over it."""

    signature: bytes
    token: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a statement, and when that was proved."""

    certificate: asn1_x509.Certificate
    moment: datetime


def sign_statement(
    statement: bytes,
    lender: Credential,
    chain: Sequence[x509.Certificate],
    authority: RemoteAuthority,
    now: datetime,
) -> SignedStatement:
    """Sign ``statement`` for the lender; ``chain`` are the authorities above its certificate."""
    signer = simple_signer(lender, chain)
    attributes = PdfCMSSignedAttributes(signing_time=now)
    work = signer.async_sign_general_data(statement, _DIGEST, use_cades=True, signed_attr_settings=attributes)
    signature: bytes = asyncio.run(work).dump()
    return SignedStatement(signature, authority.token_over(sha256(signature).digest()))


def check_statement(
    statement: bytes,
    signed: SignedStatement,
    roots: ContractRoots,
    revocation_lists: Sequence[bytes],
    at: datetime,
) -> Signature:
    """That a lender under ``roots`` signed ``statement`` at a proved time, its certificate not revoked then.

    ``revocation_lists`` (DER) travel with the statement. Raises :class:`StatementError`, and on bytes made to break a
    parser whatever the parser raises.
    """
    moment = check_token(signed.token, sha256(signed.signature).digest(), roots, at)
    if not is_strict_der(signed.signature):
        raise StatementError(ProofProblem.FORM_NOT_CANONICAL)
    content = cms.ContentInfo.load(signed.signature, strict=True)["content"]
    if content["encap_content_info"]["content"].native is not None or len(content["signer_infos"]) != 1:
        raise StatementError(ProofProblem.UNEXPECTED_SIGNATURE)
    digest = sha256(statement).digest()
    if find_unique_cms_attribute(content["signer_infos"][0]["signed_attrs"], "message_digest").native != digest:
        raise StatementError(ProofProblem.CONTENT_CHANGED)
    lists = [CRLContainer(CertificateList.load(item, strict=True)) for item in revocation_lists]
    specification = validation_specification(
        _certificates(roots.document), _certificates(roots.time), LocalKnowledge(known_crls=lists), closed=True
    )
    result = asyncio.run(
        ades_basic_validation(
            content,
            specification,
            timing_info=_timing(moment),
            raw_digest=digest,
            status_cls=StandardCMSSignatureStatus,
        )
    )
    status = result.api_status
    if status is None or not status.intact or not status.valid:
        raise StatementError(ProofProblem.SIGNATURE_FORGED)
    if result.ades_subindic is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        raise StatementError(ProofProblem.SIGNER_UNKNOWN)
    if result.ades_subindic in {AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE}:
        raise StatementError(ProofProblem.SIGNER_REVOKED)
    if result.ades_subindic is not AdESPassed.OK or not status.bottom_line:
        raise StatementError(ProofProblem.PROOF_MISSING)
    try:
        require_lenders(x509.load_der_x509_certificate(status.signing_cert.dump()))
    except CertificateUseError:
        raise StatementError(ProofProblem.SIGNER_WRONG_ROLE) from None
    return Signature(status.signing_cert, moment)


def check_token(token: bytes, digest: bytes, roots: ContractRoots, at: datetime) -> datetime:
    """The moment an RFC 3161 token (DER) certifies for a SHA-256 under the time roots; raises as above."""
    content = cms.ContentInfo.load(token, strict=True)["content"]
    carried = [item.chosen.dump() for item in content["certificates"]]
    if not timestamp_is_canonical(token, carried):
        raise StatementError(ProofProblem.FORM_NOT_CANONICAL)
    specification = validation_specification((), _certificates(roots.time), LocalKnowledge(), closed=True)
    result = _finished(
        ades_timestamp_validation(
            content,
            specification,
            lambda _algorithm: digest,
            timing_info=_timing(at),
            status_cls=TimestampSignatureStatus,
        )
    )
    status = result.api_status
    if status is None or not status.intact or not status.valid:
        raise StatementError(ProofProblem.TIMESTAMP_INVALID)
    if result.ades_subindic is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        raise StatementError(ProofProblem.SIGNER_UNKNOWN)
    if result.ades_subindic is not AdESPassed.OK or not status.trusted:
        raise StatementError(ProofProblem.TIMESTAMP_INVALID)
    moment: datetime = status.timestamp
    return moment


def _finished(work: Coroutine[Any, Any, _T]) -> _T:
    """What ``work`` returns. Nothing is fetched, so it never waits: it also runs inside a loop that is signing."""
    try:
        work.send(None)
    except StopIteration as done:
        result: _T = done.value
        return result
    work.close()
    raise RuntimeError("a check without a network waits for something")


def _timing(moment: datetime) -> ValidationTimingInfo:
    return ValidationTimingInfo(moment, moment, point_in_time_validation=False)


def _certificates(texts: Sequence[bytes | str]) -> list[asn1_x509.Certificate]:
    return [as_asn1(root) for text in texts for root in load_certificates(text)]
