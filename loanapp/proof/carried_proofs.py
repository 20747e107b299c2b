"""The proofs of revocation a closed contract carries in its document security store (ISO 32000-2, 12.8.4.3)."""

import re
from hashlib import sha256
from io import BytesIO
from typing import Final

from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from asn1crypto.x509 import Name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore

from loanapp.proof.authorities import load_certificates
from loanapp.proof.pdf_signature import as_asn1

_DIGITS: Final = 8


def carried_proofs(pdf: bytes, certificates_pem: str) -> dict[str, bytes]:
    """Revocation lists and OCSP responses (DER) that speak of any of ``certificates_pem`` but a root, by file names.

    A name says who issued what was proved good, as far as ASCII can, and ends in the first digits of the file's
    SHA-256. Raises what the parser raises for a file that has no such store.
    """
    subjects = [as_asn1(one) for one in load_certificates(certificates_pem)]
    spoken_of = [one for one in subjects if one.subject != one.issuer]
    issuers = {one.issuer.dump(): one.issuer for one in spoken_of}
    serials = {one.serial_number: one.issuer for one in spoken_of}
    store = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(pdf)))
    named: dict[str, bytes] = {}
    for item in store.crls:
        one = CertificateList.load(item.get_object().data, strict=True)
        if (issuer := issuers.get(one.issuer.dump())) is not None:
            named[_file_name(issuer, one.dump(), "crl")] = one.dump()
    for item in store.ocsps:
        answer = OCSPResponse.load(item.get_object().data, strict=True)
        for serial in sorted(_serials(answer) & set(serials))[:1]:
            named[_file_name(serials[serial], answer.dump(), "ocsp")] = answer.dump()
    return named


def _serials(answer: OCSPResponse) -> set[int]:
    told = answer.response_data["responses"]
    return {one["cert_id"]["serial_number"].native for one in told}


def _file_name(issuer: Name, der: bytes, kind: str) -> str:
    words = re.findall(r"[a-z0-9]+", str(issuer.native.get("common_name", "")).lower()) or ["issuer"]
    return f"{'-'.join([*words, sha256(der).hexdigest()[:_DIGITS]])}.{kind}"
