"""Private keys, how they are written down, and certificate requests.

Which key for what: EC P-256 signs contracts (small enough for every system's credential store), RSA 3072 signs time,
X25519 opens sealed envelopes, Ed25519 signs small statements.
"""

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.x509.oid import NameOID

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
AnyPrivateKey = SigningKey | Ed25519PrivateKey | X25519PrivateKey

# NIST SP 800-57 part 1 rev. 5, table 2: RSA 3072 has the strength of P-256 (128 bits).
RSA_BITS = 3072


class UnusableKeyError(ValueError):
    """A key file that is damaged, of another kind, or not opened by this passphrase."""


def new_signing_key() -> ec.EllipticCurvePrivateKey:
    """A key to sign contracts with (EC P-256)."""
    return ec.generate_private_key(ec.SECP256R1())


def new_authority_key() -> ec.EllipticCurvePrivateKey:
    """A key for a certificate authority (EC P-384)."""
    return ec.generate_private_key(ec.SECP384R1())


def new_timestamp_key() -> rsa.RSAPrivateKey:
    """A key for a time-stamping authority (RSA 3072)."""
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def new_envelope_key() -> X25519PrivateKey:
    """A key that opens sealed envelopes."""
    return X25519PrivateKey.generate()


def new_message_key() -> Ed25519PrivateKey:
    """A key that signs small statements."""
    return Ed25519PrivateKey.generate()


def private_key_pem(key: AnyPrivateKey, passphrase: bytes | None = None) -> bytes:
    """PKCS #8 PEM, encrypted when a passphrase is given."""
    encryption: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def load_signing_key(pem: bytes, passphrase: bytes | None = None) -> SigningKey:
    """Read an EC or RSA key; raises :class:`UnusableKeyError` when that is not possible."""
    key = _load(pem, passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise UnusableKeyError("not a signing key")
    return key


def load_contract_key(pem: bytes, passphrase: bytes | None = None) -> ec.EllipticCurvePrivateKey:
    """Read a key made by :func:`new_signing_key`; raises :class:`UnusableKeyError` for any other."""
    key = _load(pem, passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise UnusableKeyError("not an elliptic-curve key")
    return key


def load_envelope_key(pem: bytes, passphrase: bytes | None = None) -> X25519PrivateKey:
    """Read a key made by :func:`new_envelope_key`; raises :class:`UnusableKeyError` for any other."""
    key = _load(pem, passphrase)
    if not isinstance(key, X25519PrivateKey):
        raise UnusableKeyError("not an X25519 key")
    return key


def load_message_key(pem: bytes, passphrase: bytes | None = None) -> Ed25519PrivateKey:
    """Read a key made by :func:`new_message_key`; raises :class:`UnusableKeyError` for any other."""
    key = _load(pem, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKeyError("not an Ed25519 key")
    return key


def _load(pem: bytes, passphrase: bytes | None) -> object:
    try:
        return serialization.load_pem_private_key(pem, passphrase)
    except (TypeError, ValueError) as error:  # TypeError: a passphrase is missing, or given where none is needed
        raise UnusableKeyError("the key is damaged or its passphrase does not fit") from error


def raw_public_bytes(key: X25519PublicKey | Ed25519PublicKey) -> bytes:
    """The 32 raw bytes of a public key, as the lender's profile carries them (in base64)."""
    return key.public_bytes_raw()


def certificate_request(key: ec.EllipticCurvePrivateKey, common_name: str) -> str:
    """A PKCS #10 request in PEM: proof that the sender holds the key; the authority decides what the name will be."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")
