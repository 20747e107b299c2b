"""Adapters are chosen by a file, the page that explains it is run, and a loan goes over HTTPS from end to end."""

import dataclasses
import re

import pytest
from fastapi import FastAPI, Request

from loanapp.backend.adapters.chosen import chosen
from loanapp.backend.adapters.example_server import example_server
from loanapp.backend.adapters.guarded import guarded
from loanapp.backend.adapters.ports import RegistryAnswer, SourceDownError
from loanapp.backend.adapters.simulated_line import SimulatedLine
from loanapp.backend.adapters.simulated_timestamps import SimulatedTimestampingAuthority
from loanapp.backend.policy import PolicyError
from loanapp.backend.signing.roots import contract_roots, published_roots
from loanapp.proof.bundle_verification import verify_bundle
from loanapp.proof.canonical_zip import unpack
from loanapp.proof.problems import ProofProblem
from loanapp.resource_files import resource_path
from tests.loanapp.backend.adapters.conftest import (
    KNOWN,
    POLICIES,
    SECRET,
    TIME_ROOT,
    TIME_SIGNER,
    over_tls,
    simulators,
)
from tests.loanapp.backend.walk import MovableClock
from tests.loanapp.proof.another_authority import AnotherAuthority

PAGE = resource_path().parent / "docs" / "adapters.md"
ONE = KNOWN["测试甲"]
HTTP = "loanapp.backend.adapters.http_sources"
FACTORIES = {
    "registry": "HttpRegistry",
    "bureau": "HttpBureau",
    "social_insurance": "HttpSocialInsurance",
    "network_identity": "HttpNetworkIdentity",
    "screening": "HttpScreening",
    "gateway": "HttpCardGateway",
    "bank": "HttpBank",
    "authority": "HttpCertificateAuthority",
    "timestamps": "HttpTimestampingAuthority",
}
TRUSTED = {"authority": "trust.pem", "timestamps": "times.pem"}


def example(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]


AT_ONCE = SimulatedLine(0.0, 1.0, 1, 0.0, lambda: 1.0)


@pytest.fixture
def behind(tmp_path):
    inner = simulators(tmp_path, MovableClock())
    yield inner
    inner.bank.close()
    inner.authority.close()


def _register(answers):
    app = FastAPI()

    @app.post("/v3/check")
    async def check(request: Request):
        body = await request.json()
        assert set(body) == {"xm", "sfzh"}
        assert request.headers["Authorization"] == f"Bearer {SECRET}"
        return {"code": answers.get(body["sfzh"], "0002")}

    return app


def test_the_page_about_replacing_one_is_run(tmp_path, authority, root, behind, monkeypatch):
    (tmp_path / "our_registry.py").write_text(example("python"))
    (tmp_path / "register_root.pem").write_bytes(root.read_bytes())
    (tmp_path / "register_secret").write_text(SECRET + "\n")
    monkeypatch.syspath_prepend(tmp_path)
    answers = {ONE.identity_number: "0000", "1": "0001", "3": "9999"}
    with over_tls(_register(answers), authority) as url:
        (tmp_path / "adapters.toml").write_text(example("toml").replace("https://register.example", url))
        sources = chosen(tmp_path, behind, POLICIES.sources)
        assert type(sources.registry).__name__ == "OurRegistry"
        assert sources.registry.confirm(ONE.name, ONE.identity_number).answer is RegistryAnswer.MATCH
        assert sources.registry.confirm(ONE.name, "1").answer is RegistryAnswer.MISMATCH
        assert sources.registry.confirm(ONE.name, "2").answer is RegistryAnswer.UNKNOWN
        with pytest.raises(SourceDownError):
            sources.registry.confirm(ONE.name, "3")
    assert sources.bureau is behind.bureau  # what is not named stays


def test_without_the_file_every_source_is_the_simulated_one(tmp_path, behind):
    assert chosen(tmp_path, behind, POLICIES.sources) is behind


GOOD = {"factory": f"{HTTP}:HttpRegistry", "url": "https://register.example", "root": "root.pem", "secret": "secret"}


@pytest.mark.parametrize(
    ("name", "change", "named"),
    [
        ("regitry", {}, "no source"),
        ("registry", {"url": "http://register.example"}, "over https"),
        ("registry", {"factory": "no_such_module:Registry"}, "factory"),
        ("registry", {"factory": f"{HTTP}:NoSuchClass"}, "factory"),
        ("registry", {"factory": ""}, "factory"),
        ("registry", {"root": "nowhere.pem"}, "a file of"),
        ("registry", {"secret": "nowhere"}, "a file of"),
        ("registry", {"proxy": "x"}, "needs"),
        ("registry", {"trust": "root.pem"}, "needs"),
        ("authority", {}, "needs"),
        ("authority", {"trust": "nowhere.pem"}, "trusted roots"),
        ("authority", {"trust": "secret"}, "trusted roots"),
    ],
)
def test_a_file_that_does_not_hold_stops_the_start(tmp_path, behind, root, name, change, named):
    (tmp_path / "root.pem").write_bytes(root.read_bytes())
    (tmp_path / "secret").write_text(SECRET)
    row = "\n".join(f'{key} = "{value}"' for key, value in (GOOD | change).items())
    (tmp_path / "adapters.toml").write_text(f"[{name}]\n{row}\n")
    with pytest.raises(PolicyError, match=named):
        chosen(tmp_path, behind, POLICIES.sources)


def test_a_file_that_cannot_be_read_stops_the_start(tmp_path, behind):
    (tmp_path / "adapters.toml").write_text("[registry\n")
    with pytest.raises(PolicyError, match="cannot be read"):
        chosen(tmp_path, behind, POLICIES.sources)


def test_a_loan_whose_every_source_is_over_https(walker, clock, lender, tmp_path, authority, root, behind, monkeypatch):
    (tmp_path / "root.pem").write_bytes(root.read_bytes())
    (tmp_path / "secret").write_text(SECRET)
    services = lender.services
    another = AnotherAuthority(clock)
    (tmp_path / "trust.pem").write_text(another.roots_pem)
    (tmp_path / "times.pem").write_text(TIME_ROOT.certificate_pem)
    timestamps = SimulatedTimestampingAuthority(lambda: TIME_ROOT, lambda: TIME_SIGNER, AT_ONCE, clock)
    others = dataclasses.replace(behind, authority=another, timestamps=timestamps)
    with over_tls(example_server(others, SECRET), authority) as url:
        rows = [
            f'[{source}]\nfactory = "{HTTP}:{name}"\nurl = "{url}"\nroot = "root.pem"\nsecret = "secret"\n'
            + (f'trust = "{TRUSTED[source]}"\n' if source in TRUSTED else "")
            for source, name in FACTORIES.items()
        ]
        (tmp_path / "adapters.toml").write_text("".join(rows))
        sources = guarded(chosen(tmp_path, services.sources, POLICIES.sources), POLICIES.sources, clock)
        monkeypatch.setattr(type(services), "sources", property(lambda _services: sources), raising=False)
        one = walker()
        one.borrow(clock)
        bundle = one.call("GET", one.at("/evidence")).content
        roots = contract_roots(services)
        assert published_roots(services)["borrower_root"] == another.roots_pem
        assert published_roots(services)["time_root"] == TIME_ROOT.certificate_pem
    assert [key for key, _amount in behind.bank.paid()] == [f"{one.id}:payout:pay"]
    assert not [key for key, _amount in lender.bank.paid() if key.startswith(one.id)]
    # What was signed under the other authority is held against that authority's root, and against no other.
    assert verify_bundle(bundle, roots, at=clock.now()).first_problem is None
    files = dict(unpack(bundle))
    carried = [name.rpartition(".")[2] for name in files if name.startswith("02-signer/issuer-")]
    assert sorted(carried) == ["crl", "ocsp"]
    assert b"BEGIN CERTIFICATE" in files["02-signer/certificates.pem"]
    without = verify_bundle(bundle, dataclasses.replace(roots, borrower=()), at=clock.now())
    assert without.contract.first_problem is ProofProblem.SIGNER_UNKNOWN
    ((_key, name, reference),) = another.asked  # all that leaves the house of the person
    assert (name, reference) == (one.who.name, one.get()["number"])
