"""Whether what an authority says of revocation proves anything: readable, in force, of every certificate but a root."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509 import ocsp
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathError, ValidationError

from loanapp.proof.authorities import load_certificates
from loanapp.proof.pdf_signature import as_asn1
from loanapp.proof.validation_specification import trust_in


class UnusableProofsError(ValueError):
    """A list or response cannot be read, is not of now, or one is missing."""


def check_readable(lists: Sequence[bytes], responses: Sequence[bytes]) -> None:
    """That each is a revocation list (RFC 5280) or a successful OCSP response (RFC 6960), in DER.

    Raises :class:`UnusableProofsError`.
    """
    try:
        for one in lists:
            x509.load_der_x509_crl(one)
        answers = [ocsp.load_der_ocsp_response(one) for one in responses]
    except (ValueError, TypeError) as error:
        raise UnusableProofsError("what is said of revocation cannot be read") from error
    if any(one.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL for one in answers):
        raise UnusableProofsError("the answer about revocation is that there is none")


def check_proofs(
    issued: Sequence[x509.Certificate],
    roots_pem: str,
    lists: Sequence[bytes],
    responses: Sequence[bytes],
    now: datetime,
) -> None:
    """That ``lists`` and ``responses`` say of ``issued`` (a certificate, then those above it) what is so at ``now``.

    That one is revoked is proved as well and passes, as does a certificate that is wrong for another reason: whoever
    signs says so. Raises :class:`UnusableProofsError`.
    """
    check_readable(lists, responses)
    certificate, *above = [as_asn1(one) for one in issued]
    try:
        context = ValidationContext(
            trust_manager=trust_in([as_asn1(root) for root in load_certificates(roots_pem)]),
            crls=list(lists),
            ocsps=list(responses),
            allow_fetching=False,
            revocation_mode="require",
            moment=now,
        )
        validator = CertificateValidator(certificate, intermediate_certs=above, validation_context=context)
        asyncio.run(validator.async_validate_usage(set()))
    except InsufficientRevinfoError as error:
        raise UnusableProofsError("what is said of revocation is not of now, or of not every certificate") from error
    except (PathError, ValidationError):
        return
    except (ValueError, TypeError, KeyError) as error:
        raise UnusableProofsError("what is said of revocation cannot be read") from error
