"""Whether what a certificate authority sent back is a certificate a borrower can sign a contract with."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from loanapp.proof.authorities import load_certificates, pem, requested_key
from loanapp.proof.certificate_use import CertificateUseError, require_borrowers
from loanapp.proof.pdf_signature import as_asn1
from loanapp.proof.validation_specification import trust_in

_NOT_REPUDIATED: Final = "non_repudiation"


class UnusableCertificateError(ValueError):
    """The certificate is for another key, out of its validity, for another use, or under no root that is trusted."""


def usable_chain(
    request_pem: str, certificate_pem: str, chain_pem: str, roots: Sequence[str], now: datetime, *, own: bool
) -> str:
    """The authorities above a certificate in PEM, nearest first and root last, once it holds (RFC 5280, section 6).

    It must name the key of the PKCS #10 request, be valid at ``now``, be for signatures that cannot be disowned
    (``nonRepudiation``, and document signing where its extended usages say anything), be no authority's and no
    lender's, and lead over ``chain_pem`` to one of ``roots``. ``own``: the authority knows this program's roles, and
    the certificate must name the borrower's. Raises :class:`UnusableCertificateError`.
    """
    try:
        certificate, *more = load_certificates(certificate_pem)
        above = load_certificates(chain_pem)
        anchors = [root for text in roots for root in load_certificates(text)]
        _check_key(certificate, request_pem, alone=not more)
        require_borrowers(certificate, own=own)
        validator = CertificateValidator(
            as_asn1(certificate),
            intermediate_certs=[as_asn1(one) for one in above],
            validation_context=ValidationContext(
                trust_manager=trust_in([as_asn1(root) for root in anchors]), moment=now, allow_fetching=False
            ),
        )
        path = asyncio.run(validator.async_validate_usage({_NOT_REPUDIATED}))
    except UnusableCertificateError:
        raise
    except CertificateUseError as error:
        raise UnusableCertificateError(str(error)) from None
    except (PathError, ValidationError) as error:
        raise UnusableCertificateError("the certificate does not lead to a trusted root") from error
    except (ValueError, TypeError, x509.UnsupportedGeneralNameType) as error:
        raise UnusableCertificateError("the certificate cannot be read") from error
    found = [one.dump() for one in path.iter_certs(include_root=True)][:-1]
    return "".join(pem(x509.load_der_x509_certificate(one)) for one in reversed(found))


def _check_key(certificate: x509.Certificate, request_pem: str, *, alone: bool) -> None:
    if not alone or certificate.public_key() != requested_key(request_pem):
        raise UnusableCertificateError("the certificate is for another key")
