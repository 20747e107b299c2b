"""A network that lets nothing out but through a proxy: it makes a tunnel, and sees and changes nothing in it."""

import contextlib
import urllib.request

import pytest
import trustme

from loanapp.client.errors import LenderCertificateWrongError, LenderUnreachableError
from loanapp.client.system_proxy import proxy_for
from loanapp.client.transport import Call
from loanapp.domain.errors import ErrorCode
from loanapp.help.diagnosis.interception import Connection, look
from tests.loanapp.client.tunnels import NAME, TunnelProxy

GET = Call("GET", "/v1/lender")
SECRET = "the borrower's sign-in"


@pytest.fixture(autouse=True)
def no_proxy_of_this_computer(monkeypatch):
    for name in ("https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def behind(lenders, monkeypatch):
    """``behind(**settings)``: a lender that is no loopback name, and the proxy that leads there."""
    with contextlib.ExitStack() as stack:

        def make(known="", **settings):
            lender = lenders(host=NAME)
            proxy = TunnelProxy(lender, **settings)
            stack.callback(proxy.close)
            stack.callback(lender.hang_up)
            monkeypatch.setenv("HTTPS_PROXY", proxy.url(known))
            return lender, proxy, lender.endpoint(base_url=f"https://{NAME}:{lender.port}")

        yield make


@pytest.mark.attack("a-proxy-sees-the-lenders-name-and-nothing-that-is-sent")
def test_a_proxy_sees_the_lenders_name_and_nothing_that_is_sent(behind, wire):
    lender, proxy, endpoint = behind("staff:p%40ss@")
    transport = wire(lambda: endpoint)
    transport.access_token = SECRET
    assert transport.send(GET).status == 200
    assert lender.requests[0].headers["Authorization"] == f"Bearer {SECRET}"
    head = proxy.heads[0].decode()
    assert head.startswith(f"CONNECT {NAME}:{lender.port} HTTP/1.")
    assert "Proxy-Authorization: Basic c3RhZmY6cEBzcw==" in head
    assert "Proxy-Authorization" not in lender.requests[0].headers
    passed = b"".join([*proxy.heads, *proxy.seen])
    assert [
        word for word in (SECRET, "Authorization: Bearer", "/v1/lender", "LoanApp/") if word.encode() in passed
    ] == []
    assert look(endpoint).kind is Connection.GENUINE  # by the same way
    assert len(proxy.heads) == 2


@pytest.mark.attack("a-proxy-that-opens-the-connection-itself-hears-nothing")
def test_a_proxy_that_opens_the_connection_itself_hears_nothing(behind, wire):
    lender, proxy, endpoint = behind(stranger=trustme.CA(organization_name="Inspection"))
    transport = wire(lambda: endpoint)
    transport.access_token = SECRET
    with pytest.raises(LenderCertificateWrongError):
        transport.send(GET)
    assert (lender.requests, proxy.seen) == ([], [])
    assert look(endpoint).kind is Connection.OTHER_ROOT


@pytest.mark.parametrize("refusal", [403, 407, 502])
def test_a_proxy_that_refuses_is_named_and_the_way_past_it_tried(behind, wire, refusal):
    lender, proxy, endpoint = behind(refusal=refusal)
    with pytest.raises(LenderUnreachableError) as caught:
        wire(lambda: endpoint).send(GET)
    assert caught.value.code is ErrorCode.PROXY_REFUSED
    assert (len(proxy.heads), lender.requests) == (2, [])  # once past it, where that name leads nowhere
    assert look(endpoint).kind is Connection.SILENT


def test_a_proxy_that_is_gone_keeps_nobody_from_a_lender_that_is_there(behind, wire, monkeypatch):
    lender, proxy, endpoint = behind()
    proxy.close = lambda: None
    proxy.server.shutdown()
    proxy.server.server_close()
    monkeypatch.setattr("urllib3.util.connection.create_connection", _here(lender.port))
    assert wire(lambda: endpoint).send(GET).status == 200
    assert proxy.heads == []


def _here(port):
    """The lender's name leads to this computer, as a name server would say; the proxy's address stays."""
    from urllib3.util import connection

    real = connection.create_connection

    def connect(address, *args, **more):
        return real(("127.0.0.1", port) if address[0] == NAME else address, *args, **more)

    return connect


@pytest.mark.parametrize(
    ("told", "url", "proxy"),
    [
        ("http://proxy.example:8080", "https://lender.example", "http://proxy.example:8080"),
        ("proxy.example:8080", "https://lender.example", "http://proxy.example:8080"),
        ("http://proxy.example", "https://lender.example", "http://proxy.example"),
        ("http://proxy.example:8080", "https://127.0.0.1:8000", None),
        ("http://proxy.example:8080", "https://[::1]:8000", None),
        ("http://proxy.example:8080", "https://localhost:8000", None),
        ("socks5://proxy.example:1080", "https://lender.example", None),
        ("https://proxy.example:8080", "https://lender.example", None),
        ("http://proxy.example:eighty", "https://lender.example", None),
        ("http://[half", "https://lender.example", None),
        ("http://", "https://lender.example", None),
    ],
)
def test_what_the_system_names(monkeypatch, told, url, proxy):
    monkeypatch.setenv("https_proxy", told)
    assert proxy_for(url) == proxy
    monkeypatch.setenv("no_proxy", "lender.example")
    assert proxy_for(url) is None


def test_settings_that_cannot_be_read_are_no_proxy(monkeypatch):
    def unreadable():
        raise OSError

    monkeypatch.setattr(urllib.request, "getproxies", unreadable)
    monkeypatch.setattr("loanapp.client.system_proxy.getproxies", unreadable)
    assert proxy_for("https://lender.example") is None
