"""The demonstration lender's certificate authorities, each named a test in its own subject.

Three roots that never vouch for one another: transport (TLS on loopback only), document (the lender's signature and
the authority that certifies borrowers' keys) and time (RFC 3161). A borrower's identity number never enters a
certificate: verifiers print the subject.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from loanapp.proof.keys import (
    SigningKey,
    load_signing_key,
    new_authority_key,
    new_signing_key,
    new_timestamp_key,
    private_key_pem,
)

ORGANISATION = "LoanApp 模拟 TEST"
ROOT_LIFE = timedelta(days=365 * 30)
ISSUER_LIFE = timedelta(days=365 * 10)
TIMESTAMP_LIFE = timedelta(days=365 * 20)
SIGNER_LIFE = timedelta(days=365 * 5)
SERVER_LIFE = timedelta(days=397)
BORROWER_LIFE = timedelta(days=365 * 3)
CRL_LIFE = timedelta(days=7)

# Clocks of two parties never agree to the second: certificates start a little before they are made.
_BACKDATE = timedelta(minutes=10)
# id-kp-documentSigning (RFC 9336); emailProtection is what NSS, and so poppler's pdfsig, asks of a document signer.
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
DOCUMENT_ROLES = (_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
# The role a certificate was issued for, as test certificate policies (RFC 7229): a borrower cannot sign as the lender.
BORROWER_POLICY = ObjectIdentifier("1.3.6.1.5.5.7.13.2")
LENDER_POLICY = ObjectIdentifier("1.3.6.1.5.5.7.13.3")
_MAX_COMMON_NAME = 64  # ub-common-name, RFC 5280 appendix A.1


class CertificateRequestError(ValueError):
    """A certificate request that is damaged, not signed by its own key, or for a kind of key contracts do not use."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A private key and its certificate."""

    key: SigningKey
    certificate: x509.Certificate

    @property
    def certificate_pem(self) -> str:
        """The certificate alone: the part that may be shown to anybody."""
        return pem(self.certificate)

    def to_pem(self, passphrase: bytes | None = None) -> bytes:
        """Key and certificate one after the other, for the owner's eyes only."""
        return private_key_pem(self.key, passphrase) + self.certificate_pem.encode("ascii")

    @classmethod
    def from_pem(cls, data: bytes, passphrase: bytes | None = None) -> "Credential":
        """Read what :meth:`to_pem` wrote; raises :class:`ValueError` when it is damaged or the two do not belong."""
        key, certificate = load_signing_key(data, passphrase), x509.load_pem_x509_certificate(data)
        if key.public_key() != certificate.public_key():
            raise ValueError("key and certificate do not belong together")
        return cls(key, certificate)


def pem(certificate: x509.Certificate) -> str:
    """A certificate in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def load_certificates(data: bytes | str) -> list[x509.Certificate]:
    """All certificates of a PEM text; raises :class:`ValueError` when there is none or one is damaged."""
    try:
        found = x509.load_pem_x509_certificates(data.encode() if isinstance(data, str) else data)
        for one in found:
            # Read piece by piece, and not each fault is a ValueError of the library's: found now, not half-way.
            _ = one.version, one.extensions
    except (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise ValueError("a certificate is damaged") from error
    return found


def vouches_for_documents(root: x509.Certificate) -> bool:
    """Whether a root may vouch for contract signatures: its roles say so, or it names no role at all."""
    roles = _roles(root)
    return not roles or any(role in roles for role in DOCUMENT_ROLES)


def names_no_role(root: x509.Certificate) -> bool:
    """Whether a root says nothing of what it vouches for, as those of most licensed authorities do."""
    return not _roles(root)


def vouches_for_time(root: x509.Certificate) -> bool:
    """Whether a root may vouch for time-stamps: only where its roles say so."""
    return ExtendedKeyUsageOID.TIME_STAMPING in _roles(root)


def _roles(root: x509.Certificate) -> frozenset[ObjectIdentifier]:
    try:
        return frozenset(root.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return frozenset()


def make_root(common_name: str, now: datetime, roles: Sequence[ObjectIdentifier], path_length: int) -> Credential:
    """A self-signed authority for ``roles`` that may stand ``path_length`` further authorities above the signers."""
    key = new_authority_key()
    name = _name(common_name)
    builder = _builder(name, name, key.public_key(), now, ROOT_LIFE)
    builder = _as_authority(builder, path_length).add_extension(x509.ExtendedKeyUsage(roles), critical=False)
    return Credential(key, builder.sign(key, hashes.SHA384()))


def make_transport_root(now: datetime) -> Credential:
    """The root of TLS, constrained by name to this very computer: stolen, it could impersonate nothing else."""
    key = new_authority_key()
    name = _name("LoanApp 模拟传输根证书 TEST Transport Root")
    builder = _as_authority(_builder(name, name, key.public_key(), now, ROOT_LIFE), path_length=0)
    loopback: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(IPv4Network("127.0.0.1/32")),
        x509.IPAddress(IPv6Network("::1/128")),
    ]
    builder = builder.add_extension(x509.NameConstraints(loopback, excluded_subtrees=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return Credential(key, builder.sign(key, hashes.SHA384()))


def make_server_certificate(root: Credential, now: datetime) -> Credential:
    """A TLS server certificate for ``localhost``, ``127.0.0.1`` and ``::1``; passes ``VERIFY_X509_STRICT``."""
    key = new_signing_key()
    names = x509.SubjectAlternativeName(
        [
            x509.DNSName("localhost"),
            x509.IPAddress(IPv4Address("127.0.0.1")),
            x509.IPAddress(IPv6Address("::1")),
        ]
    )
    builder = _issued(root, _name("LoanApp 模拟放款机构 TEST Server"), key.public_key(), now, SERVER_LIFE)
    builder = _as_leaf(builder).add_extension(names, critical=False)
    builder = builder.add_extension(_key_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return Credential(key, _sign(builder, root))


def make_document_root(now: datetime) -> Credential:
    """The root of everything that signs contracts."""
    return make_root("LoanApp 模拟文件根证书 TEST Document Root", now, DOCUMENT_ROLES, path_length=1)


def make_borrower_authority(root: Credential, now: datetime) -> Credential:
    """The authority under the document root that certifies borrowers' keys."""
    key = new_authority_key()
    name = _name("LoanApp 模拟借款人签名证书机构 TEST Borrower CA")
    builder = _as_authority(_issued(root, name, key.public_key(), now, ISSUER_LIFE), path_length=0)
    return Credential(key, _sign(builder, root))


def make_document_signer(root: Credential, lender_name: str, now: datetime) -> Credential:
    """The lender's own signing certificate."""
    key = new_signing_key()
    name = _name(f"{lender_name[:40]} 模拟签名 TEST")
    builder = _document_signing(_issued(root, name, key.public_key(), now, SIGNER_LIFE), LENDER_POLICY)
    return Credential(key, _sign(builder, root))


def issue_borrower_certificate(
    authority: Credential,
    request_pem: str | bytes,
    common_name: str,
    reference: str,
    now: datetime,
    *,
    serial: int | None = None,
) -> x509.Certificate:
    """Certify the key of a PKCS #10 request for a borrower whose identity has been checked.

    The subject is the authority's word, not the request's: ``common_name`` and ``reference``, a pseudonym such as
    the application's number, which goes into the subject's serial number. Never pass an identity number. The same
    arguments with a ``serial`` give the same certificate, to the byte (RFC 6979); without one it is drawn.
    Raises :class:`CertificateRequestError`.
    """
    key = requested_key(request_pem)
    subject = _name(f"{common_name} (模拟 TEST)"[:_MAX_COMMON_NAME], reference)
    builder = _issued(authority, subject, key, now, BORROWER_LIFE, serial=serial)
    builder = _document_signing(builder, BORROWER_POLICY)
    return builder.sign(_authority_key(authority), hashes.SHA384(), ecdsa_deterministic=True)


def requested_key(request_pem: str | bytes) -> ec.EllipticCurvePublicKey:
    """The key a PKCS #10 request asks to have certified; raises :class:`CertificateRequestError`."""
    try:
        request = x509.load_pem_x509_csr(request_pem.encode() if isinstance(request_pem, str) else request_pem)
        proved = request.is_signature_valid
        key = request.public_key()
    except (
        ValueError,
        InvalidSignature,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    ) as error:
        raise CertificateRequestError("the request cannot be read") from error
    if not proved:
        raise CertificateRequestError("the request is not signed by its own key")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CertificateRequestError("the key is not EC P-256")
    return key


def make_time_root(now: datetime) -> Credential:
    """The root of time-stamping; it certifies no further authority."""
    return make_root("LoanApp 模拟时间根证书 TEST Time Root", now, (ExtendedKeyUsageOID.TIME_STAMPING,), path_length=0)


def make_timestamp_authority(root: Credential, now: datetime) -> Credential:
    """The certificate that signs RFC 3161 time-stamps (RSA; its only purpose, critical: RFC 3161, 2.3)."""
    key = new_timestamp_key()
    builder = _issued(root, _name("LoanApp 模拟时间戳服务 TEST TSA"), key.public_key(), now, TIMESTAMP_LIFE)
    usage = _key_usage(digital_signature=True, content_commitment=True)
    builder = _as_leaf(builder).add_extension(usage, critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Credential(key, _sign(builder, root))


def make_revocation_list(
    authority: Credential, now: datetime, revoked: Sequence[tuple[int, datetime]] = (), life: timedelta = CRL_LIFE
) -> bytes:
    """A complete CRL of ``authority`` in DER; ``revoked`` are serial numbers with the moment of revocation."""
    key = _authority_key(authority)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now)
        .next_update(now + life)
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
        .add_extension(_authority_key_identifier(authority), critical=False)
    )
    for serial, moment in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment).build()
        )
    return builder.sign(key, hashes.SHA384()).public_bytes(serialization.Encoding.DER)


def _name(common_name: str, reference: str | None = None) -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
    ]
    if reference is not None:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, reference))
    return x509.Name(parts)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: CertificatePublicKeyTypes,
    now: datetime,
    life: timedelta,
    *,
    serial: int | None = None,
) -> x509.CertificateBuilder:
    start = now - _BACKDATE
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issued(
    issuer: Credential,
    subject: x509.Name,
    key: CertificatePublicKeyTypes,
    now: datetime,
    life: timedelta,
    *,
    serial: int | None = None,
) -> x509.CertificateBuilder:
    builder = _builder(subject, issuer.certificate.subject, key, now, life, serial=serial)
    return builder.add_extension(_authority_key_identifier(issuer), critical=False)


def _authority_key_identifier(issuer: Credential) -> x509.AuthorityKeyIdentifier:
    own = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _as_authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    return builder.add_extension(_key_usage(certificates=True), critical=True)


def _as_leaf(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)


def _document_signing(builder: x509.CertificateBuilder, role: ObjectIdentifier) -> x509.CertificateBuilder:
    usage = _key_usage(digital_signature=True, content_commitment=True)
    purposes = x509.ExtendedKeyUsage(DOCUMENT_ROLES)
    policies = x509.CertificatePolicies([x509.PolicyInformation(role, None)])
    builder = _as_leaf(builder).add_extension(usage, critical=True)
    return builder.add_extension(purposes, critical=False).add_extension(policies, critical=False)


def _key_usage(
    *, digital_signature: bool = False, content_commitment: bool = False, certificates: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key(authority: Credential) -> ec.EllipticCurvePrivateKey:
    if not isinstance(authority.key, ec.EllipticCurvePrivateKey):
        raise TypeError("an authority's key is an elliptic-curve key")
    return authority.key


def _sign(builder: x509.CertificateBuilder, issuer: Credential) -> x509.Certificate:
    return builder.sign(_authority_key(issuer), hashes.SHA384())
