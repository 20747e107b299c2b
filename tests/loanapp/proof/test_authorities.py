import base64
import socket
import ssl
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from loanapp.proof import authorities, keys

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def transport_root():
    return authorities.make_transport_root(NOW)


def connect(root_pem, server, name, tmp_path):
    file = tmp_path / "server.pem"
    file.write_bytes(server.to_pem())
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.minimum_version = ssl.TLSVersion.TLSv1_3
    serving.load_cert_chain(file)
    asking = ssl.create_default_context(cadata=root_pem)
    asking.verify_flags |= ssl.VERIFY_X509_STRICT

    def answer(listener):
        with closing(listener.accept()[0]) as plain:
            try:
                with serving.wrap_socket(plain, server_side=True) as secure:
                    secure.sendall(b"x")
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        try:
            with (
                socket.create_connection(listener.getsockname(), timeout=5) as plain,
                asking.wrap_socket(plain, server_hostname=name) as secure,
            ):
                return secure.recv(1), secure.version()
        finally:
            thread.join()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_server_passes_the_strict_check(transport_root, name, tmp_path):
    server = authorities.make_server_certificate(transport_root, NOW)
    assert connect(transport_root.certificate_pem, server, name, tmp_path) == (b"x", "TLSv1.3")


@pytest.mark.parametrize("root", ["another", "document"])
def test_another_root_does_not_vouch_for_the_server(transport_root, root, tmp_path):
    server = authorities.make_server_certificate(transport_root, NOW)
    make = {"another": authorities.make_transport_root, "document": authorities.make_document_root}[root]
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(make(NOW).certificate_pem, server, "localhost", tmp_path)


def test_the_transport_root_cannot_vouch_for_another_name(transport_root, tmp_path):
    key = keys.new_signing_key()
    stolen = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bank")]))
        .issuer_name(transport_root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bank.example")]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(transport_root.key.public_key()), critical=False
        )
        .sign(transport_root.key, keys_hash())
    )
    server = authorities.Credential(key, stolen)
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
        connect(transport_root.certificate_pem, server, "bank.example", tmp_path)


def keys_hash():
    from cryptography.hazmat.primitives.hashes import SHA384

    return SHA384()


def test_every_certificate_says_that_it_is_a_test(parties, transport_root):
    server = authorities.make_server_certificate(transport_root, NOW)
    for item in (
        transport_root,
        server,
        parties.document_root,
        parties.borrower_authority,
        parties.lender,
        parties.time_root,
        parties.stamping.credential,
        parties.borrower,
    ):
        subject = item.certificate.subject.rfc4514_string()
        assert "TEST" in subject
        assert "模拟" in subject


def test_the_subject_is_the_authoritys_word_and_holds_no_identity_number(parties):
    subject = parties.borrower.certificate.subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "测试甲 (模拟 TEST)"
    assert subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == "LA20261122-0001"
    assert len(subject.rdns) == 4


def request_with(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, keys_hash())


def test_a_request_for_the_wrong_kind_of_key_or_a_damaged_one_is_refused(parties):
    from cryptography.hazmat.primitives.serialization import Encoding

    good = request_with(keys.new_signing_key()).public_bytes(Encoding.PEM)
    wrong_curve = request_with(ec.generate_private_key(ec.SECP521R1())).public_bytes(Encoding.PEM)
    lines = good.split(b"\n")
    forged = b"\n".join([*lines[:-3], lines[-3][:-8] + b"AAAAAAA=", *lines[-2:]])
    for pem in (
        wrong_curve,
        forged,
        b"",
        b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
    ):
        with pytest.raises(authorities.CertificateRequestError):
            authorities.issue_borrower_certificate(parties.borrower_authority, pem, "测试甲", "LA1", NOW)


def test_credentials_are_written_and_read(parties):
    back = authorities.Credential.from_pem(parties.lender.to_pem())
    assert back.certificate == parties.lender.certificate
    sealed = parties.lender.to_pem(b"passphrase")
    assert authorities.Credential.from_pem(sealed, b"passphrase").key.public_key() == parties.lender.key.public_key()
    for passphrase in (None, b"wrong"):
        with pytest.raises(keys.UnusableKeyError):
            authorities.Credential.from_pem(sealed, passphrase)
    mixed = keys.private_key_pem(parties.borrower.key) + parties.lender.certificate_pem.encode()
    with pytest.raises(ValueError, match="do not belong together"):
        authorities.Credential.from_pem(mixed)


def test_keys_of_one_kind_are_not_taken_for_another():
    makers = {
        keys.load_contract_key: keys.new_signing_key,
        keys.load_envelope_key: keys.new_envelope_key,
        keys.load_message_key: keys.new_message_key,
    }
    for load, make in makers.items():
        for other in makers.values():
            pem = keys.private_key_pem(other())
            if other is make:
                assert keys.private_key_pem(load(pem)) == pem
            else:
                with pytest.raises(keys.UnusableKeyError):
                    load(pem)


@pytest.mark.attack("a-certificate-of-no-version-there-is-is-refused-as-damaged")
@pytest.mark.parametrize("version", [1, 3, 34, 66])
def test_a_certificate_of_no_version_there_is_is_refused_as_damaged(version):
    """Found by spoilt profiles: the library's own errors for these are no ``ValueError``."""
    der = authorities.make_transport_root(datetime.now(UTC)).certificate.public_bytes(Encoding.DER)
    spoilt = der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01" + bytes([version]), 1)
    text = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(spoilt).decode()}\n-----END CERTIFICATE-----\n"
    with pytest.raises(ValueError, match=r"damaged|version|error"):
        authorities.load_certificates(text)
