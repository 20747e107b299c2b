"""An authority that is down, slow or wrong: the borrower waits and loses nothing, and nobody else waits with them."""

import dataclasses
import threading
import uuid

import pytest
from sqlalchemy import select

from loanapp.backend.adapters.calling import Caller
from loanapp.backend.adapters.guarded import GuardedCertificateAuthority
from loanapp.backend.adapters.ports import RevocationProofs
from loanapp.backend.adapters.simulated_authority import SimulatedCertificateAuthority
from loanapp.backend.adapters.simulated_line import SimulatedLine
from loanapp.backend.policy.sources import SourceName
from loanapp.backend.store.tables import ContractRecord, LedgerRow
from loanapp.proof import keys
from loanapp.proof.timestamp import refusal_of
from tests.loanapp.backend.adapters.test_ports import query_over
from tests.loanapp.backend.test_outcomes import decided
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.proof.another_authority import AnotherAuthority

RETRY_SECONDS = 3


class Watched(SimulatedCertificateAuthority):
    """The simulator; ``inside`` is set once a key is to be certified."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.inside = threading.Event()

    def certify(self, *arguments):
        self.inside.set()
        return super().certify(*arguments)


@pytest.fixture
def use(lender, monkeypatch):
    """``use(authority)``: the lender asks this one, with patience of its own (which never pauses)."""
    services, before = lender.services, lender.services.sources

    def put(authority):
        caller = dataclasses.replace(
            Caller.by(services.policies.sources.rules[SourceName.AUTHORITY]), sleep=lambda _seconds: None
        )
        sources = dataclasses.replace(before, authority=GuardedCertificateAuthority(authority, caller, services.clock))
        monkeypatch.setattr(type(services), "sources", property(lambda _services: sources), raising=False)
        return authority

    return put


@pytest.fixture
def simulated(lender, tmp_path, use):
    """``simulated(seconds, mark)``: the simulator with a line that slow, down as ``mark`` says for the borrower."""
    made, lender_keys = [], lender.services.keys

    def make(seconds=0.0, mark="up"):
        timeout = lender.services.policies.sources.rules[SourceName.AUTHORITY].timeout
        line = SimulatedLine(seconds, timeout if seconds < 100 else 0.01, RETRY_SECONDS, 0.0, lambda: 1.0)
        authority = Watched(
            tmp_path / "authority.sqlite",
            lambda: lender_keys.document_root,
            lambda: lender_keys.borrower_authority,
            line,
            lender.services.clock,
            marks={"测试甲": mark},
        )
        made.append(authority)
        return use(authority)

    yield make
    for one in made:
        one.close()


@pytest.fixture
def authorised(walker, clock):
    """A borrower who confirmed the code for the contract."""
    one = walker()
    decided(one, "offered")
    one.accept()
    one.read_disclosure(clock)
    one.authorise()
    return one


def certify(one, request=None):
    body = {"csr_pem": request or keys.certificate_request(keys.new_signing_key(), "ignored")}
    return one.call("POST", one.at("/certificate"), body=body, key=str(uuid.uuid4()))


def certificates(lender, one):
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id)).all()
        kept = session.scalars(select(ContractRecord.certificate_pem).where(ContractRecord.application_id == one.id))
        return [row.act for row in rows].count("signature.certificate"), kept.one()


@pytest.mark.parametrize(("seconds", "mark"), [(0.0, "down"), (999.0, "up")], ids=["down", "slower than its timeout"])
def test_while_it_is_down_the_borrower_waits_and_nothing_is_lost(lender, authorised, simulated, seconds, mark):
    simulated(seconds, mark)
    before = authorised.get()
    told = refused(certify(authorised), 503, "certificate_authority_down")
    assert told["retry_after_seconds"] == RETRY_SECONDS
    after = authorised.get()
    for name in ("status", "offer", "contract", "allowed_actions"):
        assert after[name] == before[name]
    assert certificates(lender, authorised) == (0, None)
    simulated()
    assert authorised.hand_in(authorised.sign()).status_code == 200
    authorised.wait("active")


def test_a_short_silence_is_not_noticed(authorised, simulated):
    simulated(mark="down:1")
    assert certify(authorised).status_code == 201


def test_a_slow_authority_keeps_nobody_else_from_writing(lender, authorised, simulated):
    authority, answers = simulated(seconds=1.5), []
    asking = threading.Thread(target=lambda: answers.append(certify(authorised)))
    asking.start()
    try:
        assert authority.inside.wait(10)
        assert lender.services.database.write_lock.acquire(timeout=0.5), "the ledger waits for the authority"
        lender.services.database.write_lock.release()
        assert not answers
    finally:
        asking.join(10)
    assert answers[0].status_code == 201


def test_who_was_cut_off_gets_the_same_certificate(lender, authorised, simulated, monkeypatch, expect_log):
    simulated()
    request = keys.certificate_request(keys.new_signing_key(), "ignored")
    expect_log("failed")
    with monkeypatch.context() as patch:
        issued = []
        real = lender.services.sources.authority.certify

        def lost(*arguments):
            issued.append(real(*arguments))
            raise ConnectionResetError

        patch.setattr(lender.services.sources.authority, "certify", lost)
        assert certify(authorised, request).status_code == 500
    assert certificates(lender, authorised) == (0, None)
    again = certify(authorised, request)
    assert again.json()["certificate_pem"] == issued[0].certificate_pem
    assert certificates(lender, authorised) == (1, issued[0].certificate_pem)
    assert certify(authorised).json()["certificate_pem"] != issued[0].certificate_pem  # another key


@pytest.mark.parametrize("fault", ["another key", "expired", "no commitment", "forged"])
def test_a_certificate_nobody_can_sign_with_is_the_authoritys_fault(lender, authorised, use, expect_log, fault):
    another = use(AnotherAuthority(lender.services.clock))
    another.fault = fault
    expect_log("the certificate authority's answer is not used")
    refused(certify(authorised), 503, "certificate_authority_down")
    assert certificates(lender, authorised) == (0, None)


def test_silence_when_the_contract_is_handed_in_loses_no_signature(authorised, simulated, expect_log):
    simulated()
    signed = authorised.sign()
    authority = simulated()
    authority._line = SimulatedLine(999.0, 0.01, RETRY_SECONDS, 0.0, lambda: 1.0)
    refused(authorised.hand_in(signed), 503, "certificate_authority_down")
    assert authorised.get()["status"] == "signing"
    expect_log("what an authority says of revocation is not used")
    simulated().revocation = lambda _issued: RevocationProofs((b"no list",))
    refused(authorised.hand_in(signed), 503, "certificate_authority_down")
    simulated()
    assert authorised.hand_in(signed).status_code == 200


def test_a_certificate_revoked_meanwhile_signs_nothing(lender, authorised, simulated):
    authority = simulated()
    signed = authorised.sign()
    authority.revoke(certificates(lender, authorised)[1])
    told = refused(authorised.hand_in(signed), 422, "contract_signature_invalid")
    assert told["problem"] == "cannot_be_countersigned"


def test_while_time_is_not_certified_nothing_is_signed_and_nothing_lost(lender, authorised, monkeypatch):
    services = lender.services
    signed = authorised.sign()
    down = SimulatedLine(0.0, 1.0, RETRY_SECONDS, 1.0, lambda: 0.0)  # every question fails
    caller = dataclasses.replace(
        Caller.by(services.policies.sources.rules[SourceName.TIMESTAMPS]), sleep=lambda _seconds: None
    )
    with monkeypatch.context() as patch:
        patch.setattr(services.sources.timestamps._inner, "_line", down)
        patch.setattr(services.sources.timestamps, "_caller", caller)
        told = refused(authorised.hand_in(signed), 503, "time_authority_down")
        assert told["retry_after_seconds"] == RETRY_SECONDS
        query = authorised.call("POST", "/v1/timestamps", content=query_over(b"x"), media="application/timestamp-query")
        refused(query, 503, "time_authority_down")
        assert authorised.timestamp(b"no query")[:1] == b"\x30"  # refused here, whoever is silent
    assert authorised.get()["status"] == "signing"
    assert authorised.hand_in(signed).status_code == 200


def test_a_refusal_of_the_lenders_own_query_is_silence(lender, authorised, monkeypatch, expect_log):
    signed = authorised.sign()
    expect_log("the time-stamping authority refuses a query of the lender's own")
    with monkeypatch.context() as patch:
        patch.setattr(lender.services.sources.timestamps._inner, "answer", lambda _query: refusal_of(b"no query"))
        refused(authorised.hand_in(signed), 503, "time_authority_down")
    assert authorised.hand_in(signed).status_code == 200


def test_a_slow_time_authority_keeps_nobody_waiting_and_one_file_is_taken_once(lender, authorised, monkeypatch):
    """The same file again, while the first is still being signed: no lock is held, and both are told yes."""
    signed, answers = authorised.sign(), []
    authority, inside, go = lender.services.sources.timestamps._inner, threading.Event(), threading.Event()
    real, first = authority.answer, [True]

    def slow(query):
        if first:
            first.clear()
            inside.set()
            assert go.wait(20)
        return real(query)

    monkeypatch.setattr(authority, "answer", slow)
    waiting = threading.Thread(target=lambda: answers.append(authorised.hand_in(signed).status_code))
    waiting.start()
    try:
        assert inside.wait(10)
        assert authorised.hand_in(signed).status_code == 200
        assert (answers, go.is_set()) == ([], False)
    finally:
        go.set()
        waiting.join(20)
    assert answers == [200]
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow.act).where(LedgerRow.application_id == authorised.id)).all()
    assert rows.count("signature.contract_signed") == 1
