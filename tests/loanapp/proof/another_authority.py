"""An authority that knows nothing of this program: RSA root without roles, policies of its own, answers by OCSP.

It issues a new certificate for a new key of the caller's alone, and can be told to issue one that must not be used.
"""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from loanapp.backend.adapters.ports import CertificateRefusedError, IssuedCertificate, RevocationProofs
from loanapp.proof.authorities import (
    LENDER_POLICY,
    CertificateRequestError,
    Credential,
    make_revocation_list,
    pem,
    requested_key,
)

DAY = timedelta(days=1)
OWN_POLICY = ObjectIdentifier("1.2.156.999.1.1")
USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def usage(*named):
    return x509.KeyUsage(**dict.fromkeys(USES, False) | dict.fromkeys(named, True))


def name(common_name):
    return x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    )


class AnotherAuthority:
    """Root and issuer of another party. ``fault`` says what is wrong with the next certificate, if anything is."""

    own = False

    def __init__(self, clock):
        self._clock, now = clock, clock.now()
        self._root_key = rsa.generate_private_key(65537, 2048)
        self._issuer = ec.generate_private_key(ec.SECP256R1())
        self.root = self._authority("另一家根证书", self._root_key.public_key(), "另一家根证书", self._root_key, now, 1)
        self.issuer = self._authority("另一家签发", self._issuer.public_key(), "另一家根证书", self._root_key, now, 0)
        self._stranger = ec.generate_private_key(ec.SECP256R1())
        self.fault, self.issued, self.asked = None, {}, []

    @property
    def roots_pem(self):
        return pem(self.root)

    def certify(self, key, request_pem, name, reference):
        self.asked.append((key, name, reference))
        if key not in self.issued:
            try:
                self.issued[key] = pem(self._leaf(requested_key(request_pem), f"051@{name}"))
            except CertificateRequestError:
                raise CertificateRefusedError from None
        return IssuedCertificate(self.issued[key], self.chain_pem)

    @property
    def chain_pem(self):
        return pem(self.root) + pem(self.issuer)  # in the wrong order, as some send it

    def revocation(self, issued):
        now = self._clock.now()
        certificate = x509.load_pem_x509_certificate(issued.certificate_pem.encode())
        answer = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=certificate,
                issuer=self.issuer,
                algorithm=hashes.SHA256(),
                cert_status=ocsp.OCSPCertStatus.GOOD,
                this_update=now,
                next_update=now + DAY,
                revocation_time=None,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.issuer)
            .certificates([self.issuer])
            .sign(self._issuer, hashes.SHA256())
        )
        lists = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(now)
            .next_update(now + DAY)
            .add_extension(x509.CRLNumber(7), critical=False)
            .sign(self._root_key, hashes.SHA256())
        )
        der = serialization.Encoding.DER
        return RevocationProofs((lists.public_bytes(der),), (answer.public_bytes(der),))

    def _authority(self, own, key, above, signing, now, length):
        return (
            self._begun(own, above, key, now - DAY, now + 3650 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
            .add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
            .sign(signing, hashes.SHA256())
        )

    def _leaf(self, key, common_name):
        now, fault = self._clock.now(), self.fault
        if fault == "another key":
            key = self._stranger.public_key()
        start, end = (now - 9 * DAY, now - DAY) if fault == "expired" else (now - DAY, now + 365 * DAY)
        if fault == "not yet valid":
            start, end = now + DAY, now + 9 * DAY
        uses = ("digital_signature",) if fault == "no commitment" else ("digital_signature", "content_commitment")
        builder = self._begun(common_name, "另一家签发", key, start, end)
        if fault != "no usage":
            builder = builder.add_extension(usage(*uses), critical=True)
        if fault == "for servers":
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=fault == "an authority", path_length=None), critical=True
        )
        there = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.example/")
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([there]), critical=False)
        role = LENDER_POLICY if fault == "a lender's" else OWN_POLICY
        builder = builder.add_extension(x509.CertificatePolicies([x509.PolicyInformation(role, None)]), critical=False)
        signing = self._stranger if fault == "forged" else self._issuer
        return builder.sign(signing, hashes.SHA256())

    def _begun(self, own, above, key, start, end):
        return (
            x509.CertificateBuilder()
            .subject_name(name(own))
            .issuer_name(name(above))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )


FAULTS = (
    "another key",
    "expired",
    "not yet valid",
    "no commitment",
    "no usage",
    "for servers",
    "an authority",
    "a lender's",
    "forged",
)


def lender_under(authority, now):
    """A lender's credential and its lists, all of it under the issuer of ``authority``."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority.fault = "a lender's"
    certificate = authority._leaf(key.public_key(), "冒名")
    authority.fault = None
    return Credential(key, certificate), make_revocation_list(Credential(authority._issuer, authority.issuer), now)
