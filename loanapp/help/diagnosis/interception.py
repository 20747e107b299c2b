"""Who answers in the lender's place, told by the certificate that is shown. Nothing is sent beyond the handshake."""

import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from loanapp.client.endpoint import Endpoint
from loanapp.client.system_proxy import connected
from loanapp.domain.clock import Clock, SystemClock
from loanapp.resource_files import read_toml

_PATIENCE_S: Final = 4.0
# X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL.
_OTHER_NAME: Final = frozenset({62, 64})


class Connection(StrEnum):
    """What is at the other end."""

    GENUINE = "genuine"
    SILENT = "silent"
    NOT_TLS = "not_tls"
    OLD_TLS = "old_tls"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    ANTIVIRUS = "antivirus"
    PROXY = "proxy"
    SELF_SIGNED = "self_signed"
    OTHER_NAME = "other_name"
    OTHER_ROOT = "other_root"


@dataclass(frozen=True, slots=True)
class Found:
    """The kind of connection; who signed the certificate, and the product that is known to sign so, where one is."""

    kind: Connection
    issuer: str = ""
    product: str = ""


def look(endpoint: Endpoint, clock: Clock | None = None) -> Found:
    """Shake hands with the address and judge what is shown."""
    from loanapp.client.tls import pinned_context  # noqa: PLC0415 - imports requests

    parts = urlsplit(endpoint.base_url)
    address = (parts.hostname or "", parts.port or 443)
    try:
        with _shake(pinned_context(endpoint.ca_pem), address):
            return Found(Connection.GENUINE)
    except ssl.SSLError as error:
        return _judge(address, error, clock or SystemClock())
    except OSError:
        return Found(Connection.SILENT)


def _shake(context: ssl.SSLContext, address: tuple[str, int]) -> ssl.SSLSocket:
    raw = connected(address, _PATIENCE_S)
    try:
        return context.wrap_socket(raw, server_hostname=address[0])
    except BaseException:
        raw.close()
        raise


def _judge(address: tuple[str, int], error: ssl.SSLError, clock: Clock) -> Found:
    shown = _shown_certificate(address)
    if shown is None:
        return Found(Connection.NOT_TLS)
    from cryptography import x509  # noqa: PLC0415 - only a connection that is wrong needs it

    certificate = x509.load_der_x509_certificate(shown)
    issuer = _name(certificate.issuer)
    kind, product = _signer(issuer)
    if product:
        return Found(kind, issuer, product)
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else None
    now = clock.now()
    # The first that is so says most: a certificate from tomorrow is no use whoever signed it.
    found = {
        Connection.NOT_YET_VALID: certificate.not_valid_before_utc > now,
        Connection.EXPIRED: certificate.not_valid_after_utc < now,
        Connection.SELF_SIGNED: certificate.issuer == certificate.subject,
        Connection.OLD_TLS: code is None,
        Connection.OTHER_NAME: code in _OTHER_NAME,
        Connection.OTHER_ROOT: True,
    }
    return Found(next(one for one, so in found.items() if so), issuer)


def _shown_certificate(address: tuple[str, int]) -> bytes | None:
    """The certificate that is shown, believed or not; nothing but the handshake is sent over this connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with _shake(context, address) as connection:
            return connection.getpeercert(binary_form=True)
    except OSError:
        return None


def _name(name: object) -> str:
    """The readable parts of a certificate's name: organisation, then common name."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    if not isinstance(name, x509.Name):
        return ""
    wanted = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    return ", ".join(str(part.value) for oid in wanted for part in name.get_attributes_for_oid(oid))


def _signer(issuer: str) -> tuple[Connection, str]:
    lowered = issuer.casefold()
    for row in read_toml("policy", "interception.toml")["signer"]:
        if any(part in lowered for part in row["parts"]):
            return Connection(row["kind"]), str(row["product"])
    return Connection.OTHER_ROOT, ""
