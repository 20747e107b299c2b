"""Who answers in the lender's place is told by kind, from real handshakes."""

import contextlib
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from loanapp.client.endpoint import Endpoint
from loanapp.help.diagnosis import CheckState, network
from loanapp.help.diagnosis.interception import Connection, look
from tests.loanapp.help.diagnosis.told import told

NOW = datetime.now(UTC)


@contextlib.contextmanager
def answering(authority=None, *, name="127.0.0.1", newest=None, plain=False, **issued):
    """A server on loopback that shakes hands with a certificate of ``authority``; with ``plain`` it speaks no TLS."""
    context = None
    if not plain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if newest is not None:
            context.maximum_version = newest
        authority.issue_cert(name, **issued).configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stopping = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, context, stopping))
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stopping.set()
            thread.join()


def _serve(server, context, stopping):
    while not stopping.is_set():
        with contextlib.suppress(OSError):
            connection, _ = server.accept()
            connection.settimeout(2)
            with connection:
                if context is None:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n")
                    continue
                with context.wrap_socket(connection, server_side=True) as spoken:
                    spoken.recv(1)


@pytest.fixture(scope="module")
def lenders_own():
    return trustme.CA()


def endpoint(port, authority):
    return Endpoint(f"https://127.0.0.1:{port}", authority.cert_pem.bytes().decode())


def test_the_lender_itself(lenders_own):
    with answering(lenders_own) as port:
        assert look(endpoint(port, lenders_own)).kind is Connection.GENUINE


@pytest.mark.parametrize(
    ("organisation", "kind", "product"),
    [
        ("AO Kaspersky Lab", Connection.ANTIVIRUS, "Kaspersky"),
        ("ESET SSL Filter CA", Connection.ANTIVIRUS, "ESET"),
        ("DO_NOT_TRUST_FiddlerRoot", Connection.PROXY, "Fiddler"),
        ("mitmproxy", Connection.PROXY, "mitmproxy"),
        ("Zscaler Inc.", Connection.PROXY, "Zscaler"),
        ("深信服", Connection.PROXY, "深信服 Sangfor"),
        ("Somebody else", Connection.OTHER_ROOT, ""),
    ],
)
def test_who_signs_in_between_is_named(lenders_own, organisation, kind, product):
    other = trustme.CA(organization_name=organisation)
    with answering(other) as port:
        found = look(endpoint(port, lenders_own))
    assert (found.kind, found.product) == (kind, product)
    assert organisation in found.issuer


@pytest.mark.parametrize(
    ("issued", "kind"),
    [
        ({"not_before": NOW - timedelta(days=9), "not_after": NOW - timedelta(days=2)}, Connection.EXPIRED),
        ({"not_before": NOW + timedelta(days=2), "not_after": NOW + timedelta(days=9)}, Connection.NOT_YET_VALID),
        ({"name": "lender.example"}, Connection.OTHER_NAME),
    ],
)
def test_the_lenders_own_certificate_that_does_not_hold_here(lenders_own, issued, kind):
    with answering(lenders_own, **issued) as port:
        assert look(endpoint(port, lenders_own)).kind is kind


def test_a_certificate_that_signs_itself(lenders_own, tmp_path):
    alone = trustme.CA()
    (tmp_path / "cert.pem").write_bytes(alone.cert_pem.bytes())
    (tmp_path / "key.pem").write_bytes(alone.private_key_pem.bytes())

    class Itself:
        def issue_cert(self, _name):
            return self

        def configure_cert(self, context):
            context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    with answering(Itself()) as port:
        assert look(endpoint(port, lenders_own)).kind is Connection.SELF_SIGNED


def test_what_speaks_no_tls_or_an_old_one_or_nothing(lenders_own):
    with answering(plain=True) as port:
        assert look(endpoint(port, lenders_own)).kind is Connection.NOT_TLS
    with answering(lenders_own, newest=ssl.TLSVersion.TLSv1_2) as port:
        assert look(endpoint(port, lenders_own)).kind is Connection.OLD_TLS
    assert look(endpoint(port, lenders_own)).kind is Connection.SILENT


def known(folder, port, authority):
    """Write what an embedded lender leaves behind, so that the checks know an address."""
    place = folder / "lender"
    place.mkdir()
    facts = dict.fromkeys(("document_root", "time_root"), "") | {
        "url": f"https://127.0.0.1:{port}",
        "transport_root": authority.cert_pem.bytes().decode(),
        "instance_token": "t",
    }
    file = place / "endpoint.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(facts))


@pytest.mark.attack("the-check-says-who-it-is-and-how-to-mend-it")
def test_the_check_says_who_it_is_and_how_to_mend_it(lenders_own, tmp_path):
    antivirus = trustme.CA(organization_name="Kaspersky")
    with answering(antivirus) as port:
        known(tmp_path, port, lenders_own)
        check = network.interception(tmp_path)
        assert network.names(tmp_path).values == {"host": "127.0.0.1"}
    assert (check.state, check.article) == (CheckState.BAD, "network-interception")
    for language in ("zh", "en"):
        finding, fix = told(language, check)
        assert "Kaspersky" in finding
        assert "Kaspersky" in fix


def test_a_silent_lender_is_no_interception(lenders_own, tmp_path):
    with answering(lenders_own) as port:
        pass
    known(tmp_path, port, lenders_own)
    assert network.interception(tmp_path).state is CheckState.WARNING
    assert network.lender(tmp_path).state is CheckState.WARNING
