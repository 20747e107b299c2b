"""The proofs of revocation a closed contract carries in its document security store (ISO 32000-2, 12.8.4.3)."""

from io import BytesIO

from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore

from loanapp.proof.authorities import load_certificates
from loanapp.proof.pdf_signature import as_asn1


def carried_proofs(pdf: bytes, certificates_pem: str) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Revocation lists and OCSP responses (DER) that speak of any of ``certificates_pem`` but a root.

    Raises what the parser raises for a file that has no such store.
    """
    subjects = [as_asn1(one) for one in load_certificates(certificates_pem)]
    spoken_of = [one for one in subjects if one.subject != one.issuer]
    issuers = {one.issuer.dump() for one in spoken_of}
    serials = {one.serial_number for one in spoken_of}
    store = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(pdf)))
    lists = [CertificateList.load(item.get_object().data, strict=True) for item in store.crls]
    answers = [OCSPResponse.load(item.get_object().data, strict=True) for item in store.ocsps]
    return (
        tuple(one.dump() for one in lists if one.issuer.dump() in issuers),
        tuple(one.dump() for one in answers if _serials(one) & serials),
    )


def _serials(answer: OCSPResponse) -> set[int]:
    told = answer.response_data["responses"]
    return {one["cert_id"]["serial_number"].native for one in told}
