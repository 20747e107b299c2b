"""RFC 3161 time-stamps: the authority that answers requests, and the way to ask one through the caller's own wire."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from loanapp.domain.clock import Clock
from loanapp.proof.authorities import Credential

QUERY_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"

# Hash algorithms a request may use, with the length of their digests in bytes.
_DIGEST_BYTES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
# A test policy under the arc for examples (RFC 7229: 1.3.6.1.5.5.7.13): this authority promises nothing.
_POLICY: Final = "1.3.6.1.5.5.7.13.1"
_MAX_REQUEST_BYTES: Final = 4096
_SERIAL_BITS: Final = 120
_NONCE_BITS: Final = 63

Ask = Callable[[bytes], bytes]
"""Takes a time-stamp query (DER), returns the reply (DER); may raise :class:`OSError` or ``LoanAppError``."""


class RemoteTimestamper(TimeStamper):
    """Asks a time-stamping authority through ``ask``, which the client points at its own pinned session.

    What ``ask`` raises comes through unchanged; an unreadable or refusing reply raises
    :class:`TimestampRequestError` (an :class:`OSError`).
    """

    def __init__(self, ask: Ask) -> None:
        TimeStamper.__init__(self)
        self._ask = ask

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send one request; it blocks its event loop, which belongs to this one signing operation alone."""
        return granted(req, self._ask(req.dump()))


def granted(request: tsp.TimeStampReq, reply: bytes) -> tsp.TimeStampResp:
    """The reply (DER) with the token this request asked for; raises :class:`TimestampRequestError` for any other."""
    try:
        response = tsp.TimeStampResp.load(reply, strict=True)
        given = response["status"]["status"].native == "granted"
        statement = response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
        asked = request["message_imprint"].dump(), request["nonce"].native
        answers_this = (statement["message_imprint"].dump(), statement["nonce"].native) == asked
    except (ValueError, TypeError, KeyError) as error:
        raise TimestampRequestError("the reply is not a time-stamp") from error
    if not given or not answers_this:
        raise TimestampRequestError("the reply answers another request, or refuses")
    return response


@dataclass(frozen=True, slots=True)
class RemoteAuthority:
    """A time-stamping authority that is reached through ``ask``."""

    ask: Ask

    def token_over(self, digest: bytes) -> bytes:
        """A token (DER ``ContentInfo``) over a SHA-256; raises as :class:`RemoteTimestamper` does."""
        algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
        imprint = tsp.MessageImprint({"hash_algorithm": algorithm, "hashed_message": digest})
        request = tsp.TimeStampReq(
            {"version": "v1", "message_imprint": imprint, "nonce": secrets.randbits(_NONCE_BITS), "cert_req": True}
        )
        token: bytes = granted(request, self.ask(request.dump()))["time_stamp_token"].dump()
        return token

    def timestamper(self) -> RemoteTimestamper:
        """What a signature asks for its time."""
        return RemoteTimestamper(self.ask)


def refusal_of(query: bytes) -> bytes | None:
    """The refusing ``TimeStampResp`` (DER) a bad ``TimeStampReq`` earns, ``None`` for one that holds."""
    if len(query) > _MAX_REQUEST_BYTES:
        return _refusal("bad_request")
    try:
        request = tsp.TimeStampReq.load(query, strict=True)
        _ = request["nonce"].native, request["cert_req"].native  # read piece by piece: damage shows only now
        fault = _fault(request)
    except (ValueError, TypeError, KeyError):
        return _refusal("bad_data_format")
    return None if fault is None else _refusal(fault)


@dataclass(frozen=True, slots=True)
class TimestampAuthority:
    """A small time-stamping authority: RSA with SHA-256, its own clock, nothing stored."""

    credential: Credential
    clock: Clock

    def answer(self, query: bytes) -> bytes:
        """Answer a DER ``TimeStampReq`` with a DER ``TimeStampResp``; a bad request is refused, never an exception."""
        if (refusal := refusal_of(query)) is not None:
            return refusal
        request = tsp.TimeStampReq.load(query, strict=True)
        nonce, wants_certificate = request["nonce"].native, bool(request["cert_req"].native)
        token = self._token(request["message_imprint"], nonce, with_certificate=wants_certificate)
        granted = tsp.PKIStatusInfo({"status": "granted"})
        response: bytes = tsp.TimeStampResp({"status": granted, "time_stamp_token": token}).dump()
        return response

    def _token(self, imprint: Any, nonce: int | None, *, with_certificate: bool) -> cms.ContentInfo:  # noqa: ANN401
        certificate = x509.Certificate.load(self.credential.certificate.public_bytes(serialization.Encoding.DER))
        content = _statement(imprint, nonce, self.clock.now(), certificate).dump()
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        mechanism = algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
        # The algorithms are named again under the signature (RFC 6211), so that the unsigned names are not free.
        protection = cms.CMSAlgorithmProtection({"digest_algorithm": sha256, "signature_algorithm": mechanism})
        signed = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("message_digest", _sha256(content)),
                simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(certificate)),
                simple_cms_attribute("cms_algorithm_protection", protection),
            ]
        )
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": sha256,
            "signature_algorithm": mechanism,
            "signed_attrs": signed,
            "signature": self._sign(signed.dump()),
        }
        data = {
            "version": "v3",
            "digest_algorithms": cms.DigestAlgorithms([sha256]),
            "encap_content_info": cms.EncapsulatedContentInfo(
                {"content_type": "tst_info", "content": cms.ParsableOctetString(content)}
            ),
            "signer_infos": [cms.SignerInfo(signer)],
        }
        if with_certificate:
            data["certificates"] = [certificate]
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)})

    def _sign(self, data: bytes) -> bytes:
        key = self.credential.key
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("the time-stamping key is an RSA key")
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _statement(imprint: Any, nonce: int | None, moment: datetime, certificate: x509.Certificate) -> tsp.TSTInfo:  # noqa: ANN401
    values: dict[str, object] = {
        "version": "v1",
        "policy": _POLICY,
        "message_imprint": imprint,
        "serial_number": secrets.randbits(_SERIAL_BITS),
        "gen_time": core.GeneralizedTime(moment.replace(microsecond=0)),
        "accuracy": tsp.Accuracy({"seconds": 1}),
        "tsa": x509.GeneralName(name="directory_name", value=certificate.subject),
    }
    if nonce is not None:
        values["nonce"] = nonce
    return tsp.TSTInfo(values)


def _sha256(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize()


def _fault(request: tsp.TimeStampReq) -> str | None:
    """The PKIFailureInfo (RFC 3161, 2.4.2) this request earns, or ``None``."""
    imprint = request["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    if algorithm not in _DIGEST_BYTES:
        return "bad_alg"
    if len(imprint["hashed_message"].native) != _DIGEST_BYTES[algorithm] or request["version"].native != "v1":
        return "bad_data_format"
    if request["extensions"].native:
        return "unaccepted_extensions"
    return None if request["req_policy"].native in {None, _POLICY} else "unaccepted_policy"


def _refusal(reason: str) -> bytes:
    # A TimeStampResp without a token, which asn1crypto holds to be mandatory: a sequence of the status alone.
    status: bytes = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}}).dump()
    return bytes([0x30, len(status)]) + status
