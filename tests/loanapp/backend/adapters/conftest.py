"""The same sources as the simulators answer them, behind the lender's patience, and over TLS."""

import dataclasses
import ssl
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from loanapp.backend.adapters.calling import Breaker, Caller
from loanapp.backend.adapters.guarded import guarded
from loanapp.backend.adapters.http_line import HttpLine
from loanapp.backend.adapters.http_sources import (
    HttpBank,
    HttpBureau,
    HttpCardGateway,
    HttpCertificateAuthority,
    HttpNetworkIdentity,
    HttpRegistry,
    HttpScreening,
    HttpSocialInsurance,
    HttpTimestampingAuthority,
)
from loanapp.backend.adapters.ports import PortraitAnswer, ScreeningAnswer, Sources
from loanapp.backend.adapters.simulated import (
    SimulatedBureau,
    SimulatedCardGateway,
    SimulatedMessages,
    SimulatedRegistry,
    SimulatedScreening,
    SimulatedSocialInsurance,
    line_to,
    simulated_identities,
)
from loanapp.backend.adapters.simulated_authority import SimulatedCertificateAuthority
from loanapp.backend.adapters.simulated_bank import SimulatedBank
from loanapp.backend.adapters.simulated_network_identity import SimulatedNetworkIdentity
from loanapp.backend.adapters.simulated_timestamps import SimulatedTimestampingAuthority
from loanapp.backend.policy import load_policies
from loanapp.backend.policy.sources import SourceName
from loanapp.proof import authorities
from tests.loanapp.backend.tls_server import served_over_tls
from tests.loanapp.backend.walk import MovableClock

SECRET = "said only to the example server"
POLICIES = load_policies()
MADE_AT = datetime.now(UTC) - timedelta(days=1)
ROOT = authorities.make_document_root(MADE_AT)
ISSUER = authorities.make_borrower_authority(ROOT, MADE_AT)
TIME_ROOT = authorities.make_time_root(MADE_AT)
TIME_SIGNER = authorities.make_timestamp_authority(TIME_ROOT, MADE_AT)
KNOWN = {row.name: row for row in simulated_identities().values()}


def identities(**changes):
    """The test identities, 测试甲 changed."""
    one = KNOWN["测试甲"]
    return simulated_identities() | {one.identity_number: dataclasses.replace(one, **changes)}


def simulators(folder, clock, people=None, *, failing=None, seconds=0.0, payout_seconds=5.0):
    """Every source of the demonstration, answering after ``seconds``."""
    people = people or simulated_identities()
    simulation = POLICIES.simulation.model_copy(update={"failing": failing or {}})
    policies = dataclasses.replace(POLICIES, simulation=simulation)

    def line(source):
        return line_to(source, seconds, policies)

    bank = SimulatedBank(
        folder / f"{len(list(folder.iterdir()))}.sqlite",
        line(SourceName.BANK),
        clock,
        payout_seconds=payout_seconds,
        prefix="SIMHTTP",  # the lender's own simulated bank counts from one as well
        marks={one.card_number: one.bank for one in people.values()},
    )
    authority = SimulatedCertificateAuthority(
        folder / f"{len(list(folder.iterdir()))}-authority.sqlite",
        lambda: ROOT,
        lambda: ISSUER,
        line(SourceName.AUTHORITY),
        clock,
        marks={one.name: one.line(SourceName.AUTHORITY) for one in people.values()},
    )
    return Sources(
        registry=SimulatedRegistry(people, line(SourceName.REGISTRY)),
        bureau=SimulatedBureau(people, line(SourceName.BUREAU)),
        social_insurance=SimulatedSocialInsurance(people, line(SourceName.SOCIAL_INSURANCE)),
        screening=SimulatedScreening(people, line(SourceName.SCREENING)),
        gateway=SimulatedCardGateway(people, policies.issuers, line(SourceName.GATEWAY)),
        bank=bank,
        authority=authority,
        timestamps=SimulatedTimestampingAuthority(
            lambda: TIME_ROOT, lambda: TIME_SIGNER, line(SourceName.TIMESTAMPS), clock
        ),
        messages=SimulatedMessages(),
        network_identity=SimulatedNetworkIdentity(people, line(SourceName.NETWORK_IDENTITY)),
    )


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def root(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("root") / "root.pem"
    path.write_bytes(authority.cert_pem.bytes())
    return path


@contextmanager
def over_tls(app, authority):
    """``app`` on this computer over TLS; the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with served_over_tls(app, lambda: context) as url:
        yield url


def http_sources(url, root, *, secret=SECRET, timeout=5.0):
    line = HttpLine(url, secret, root, timeout)
    return Sources(
        registry=HttpRegistry(line),
        bureau=HttpBureau(line),
        social_insurance=HttpSocialInsurance(line),
        screening=HttpScreening(line),
        gateway=HttpCardGateway(line),
        bank=HttpBank(line),
        authority=HttpCertificateAuthority(line, ROOT.certificate_pem),
        timestamps=HttpTimestampingAuthority(line, TIME_ROOT.certificate_pem),
        messages=SimulatedMessages(),  # another work: no source of a decision
        network_identity=HttpNetworkIdentity(line),
    )


class Stand:
    """Sources under test, with the clock of the bank behind them."""

    def __init__(self, sources, clock, inner):
        self.sources, self.clock, self.inner = sources, clock, inner


PEOPLE = {
    KNOWN["测试甲"].identity_number: KNOWN["测试甲"],
    KNOWN["测试乙"].identity_number: dataclasses.replace(
        KNOWN["测试乙"], portrait=PortraitAnswer.DIFFERENT, screening=ScreeningAnswer.POSSIBLE, bank="under_way"
    ),
    KNOWN["测试丙"].identity_number: dataclasses.replace(KNOWN["测试丙"], bank="refuses_first"),
}


@pytest.fixture(params=["simulated", "guarded", "http"])
def stand(request, tmp_path, authority, root):
    """Each implementation of the ports: the contract is one."""
    clock = MovableClock()
    people = simulated_identities() | PEOPLE
    inner = simulators(tmp_path, clock, people)
    try:
        if request.param == "simulated":
            yield Stand(inner, clock, inner)
        elif request.param == "guarded":
            yield Stand(guarded(inner, POLICIES.sources, clock), clock, inner)
        else:
            from loanapp.backend.adapters.example_server import example_server

            with over_tls(example_server(inner, SECRET), authority) as url:
                yield Stand(http_sources(url, root), clock, inner)
    finally:
        inner.bank.close()
        inner.authority.close()


class Patience:
    """A caller whose pauses are written down instead of waited for, and whose time is told."""

    def __init__(self, **changes):
        rules = POLICIES.sources.rules[SourceName.REGISTRY].model_copy(update=changes)
        self.now, self.pauses = 0.0, []
        self.breaker = Breaker(rules.failures, rules.open_for, lambda: self.now)
        self.caller = Caller(rules, self.breaker, self.pauses.append, lambda: 0.5)


@pytest.fixture
def patience():
    return Patience


@pytest.fixture
def watch():
    """``watch()``: seconds since it was asked for."""
    began = time.monotonic()
    return lambda: time.monotonic() - began
