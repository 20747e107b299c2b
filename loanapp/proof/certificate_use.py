"""Whether a certificate is for the signature it made or shall make: whoever issues, takes and verifies ask the same."""

from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from loanapp.proof.authorities import BORROWER_POLICY, DOCUMENT_ROLES, LENDER_POLICY

_ROLES: Final = frozenset({*DOCUMENT_ROLES, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


class CertificateUseError(ValueError):
    """The certificate's key is for something else."""


def require_borrowers(certificate: x509.Certificate, *, own: bool) -> None:
    """That a borrower signs a contract with it. ``own``: its authority knows this program's roles and must name one.

    Another authority does not know them: there any certificate but a lender's is a borrower's. Raises
    :class:`CertificateUseError`.
    """
    named = _policies_of_signer(certificate)
    if LENDER_POLICY in named or (own and BORROWER_POLICY not in named):
        raise CertificateUseError("the certificate is for another role")


def require_lenders(certificate: x509.Certificate) -> None:
    """That the lender signs with it; raises :class:`CertificateUseError`."""
    if LENDER_POLICY not in _policies_of_signer(certificate):
        raise CertificateUseError("the certificate is for another role")


def _policies_of_signer(certificate: x509.Certificate) -> frozenset[ObjectIdentifier]:
    """The policies of a certificate for signatures on documents that cannot be disowned (RFC 5280, section 4.2.1)."""
    extensions = certificate.extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise CertificateUseError("the certificate does not say what its key is for") from None
    if not usage.content_commitment or usage.key_cert_sign:
        raise CertificateUseError("the key is not for signatures that cannot be disowned")
    named: set[ObjectIdentifier] = set()
    for extension in extensions:
        said = extension.value
        if isinstance(said, x509.BasicConstraints) and said.ca:
            raise CertificateUseError("the certificate is an authority's")
        if isinstance(said, x509.ExtendedKeyUsage) and not _ROLES.intersection(said):
            raise CertificateUseError("the key is not for documents")
        if isinstance(said, x509.CertificatePolicies):
            named.update(one.policy_identifier for one in said)
    return frozenset(named)
