"""The embedded lender's address is believed only from an owner-only file, and only on this computer."""

import json
import os

import pytest

from loanapp.client.endpoint import EmbeddedEndpoint, Endpoint
from loanapp.client.errors import LenderCertificateWrongError, LenderRefusedError, LenderUnreachableError
from loanapp.client.lender_client import LenderClient
from loanapp.proof.contract_roots import ContractRoots

FACTS = {
    "url": "https://127.0.0.1:4433",
    "pid": 1,
    "instance_token": "i",
    "transport_root": "t-pem",
    "document_root": "d-pem",
    "time_root": "z-pem",
}


def write(folder, mode=0o600, **changes):
    path = folder / "endpoint.json"
    path.write_text(json.dumps({**FACTS, **changes}))
    path.chmod(mode)


def test_it_is_read_anew_each_time(tmp_path):
    provider = EmbeddedEndpoint(tmp_path)
    write(tmp_path)
    assert provider() == Endpoint("https://127.0.0.1:4433", "t-pem", "i", "d-pem", "z-pem")
    assert provider().contract_roots == ContractRoots(("d-pem",), ("z-pem",))
    write(tmp_path, url="https://127.0.0.1:4434")
    assert provider().base_url.endswith("4434")


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{", b'{"url": 1}', b"\xff"])
def test_while_there_is_none_the_lender_is_not_there(tmp_path, content):
    if content is not None:
        (tmp_path / "endpoint.json").write_bytes(content)
        (tmp_path / "endpoint.json").chmod(0o600)
    with pytest.raises(LenderUnreachableError):
        EmbeddedEndpoint(tmp_path)()


@pytest.mark.attack("a-file-others-may-touch-is-refused")
@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
@pytest.mark.parametrize("mode", [0o644, 0o660, 0o606])
def test_a_file_others_may_touch_is_refused(tmp_path, mode):
    write(tmp_path, mode)
    with pytest.raises(LenderCertificateWrongError):
        EmbeddedEndpoint(tmp_path)()


@pytest.mark.attack("an-address-elsewhere-is-refused")
@pytest.mark.parametrize(
    "url", ["https://lender.example", "https://127.0.0.1.lender.example", "https://10.0.0.1:1", "x"]
)
def test_an_address_elsewhere_is_refused(tmp_path, url):
    write(tmp_path, url=url)
    with pytest.raises(LenderCertificateWrongError):
        EmbeddedEndpoint(tmp_path)()


@pytest.mark.attack("an-identifier-cannot-lead-elsewhere")
@pytest.mark.parametrize("identifier", ["", "../auth/codes", "a/b", "a?b", "a b", "张", "x" * 81])
def test_an_identifier_cannot_lead_elsewhere(identifier):
    client = LenderClient(lambda: pytest.fail("nothing may be sent"))
    with pytest.raises(LenderRefusedError):
        client.application(identifier)
