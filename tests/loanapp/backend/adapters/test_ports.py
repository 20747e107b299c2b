"""One contract for every implementation of the ports: the simulators, the lender's patience round them, HTTPS."""

import contextlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_crl, ocsp

from loanapp.backend.adapters.guarded import GuardedCertificateAuthority, GuardedTimestampingAuthority
from loanapp.backend.adapters.ports import (
    BureauRecord,
    CardAnswer,
    CertificateRefusedError,
    CredentialAnswer,
    InsuranceRecord,
    OrderState,
    PortraitAnswer,
    RegistryAnswer,
    RegistryReply,
    RevocationProofs,
    ScreeningAnswer,
    SourceDownError,
)
from loanapp.backend.adapters.simulated_timestamps import SimulatedTimestampingAuthority
from loanapp.domain.clock import CHINA
from loanapp.proof.authorities import load_certificates, make_revocation_list, requested_key
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.keys import certificate_request, new_signing_key
from loanapp.proof.statement import StatementError, check_token
from loanapp.proof.timestamp import RemoteAuthority
from tests.loanapp.backend.adapters.conftest import ISSUER, KNOWN, ROOT, TIME_ROOT, TIME_SIGNER, simulators
from tests.loanapp.backend.walk import MovableClock

ONE, TWO, THREE = KNOWN["测试甲"], KNOWN["测试乙"], KNOWN["测试丙"]
STRANGER = "110199199203150011"


class TestRegistry:
    def test_name_and_number(self, stand):
        confirm = stand.sources.registry.confirm
        assert confirm(ONE.name, ONE.identity_number) == RegistryReply(RegistryAnswer.MATCH)
        assert confirm("测试乙", ONE.identity_number).answer is RegistryAnswer.MISMATCH
        assert confirm("谁", STRANGER).answer is RegistryAnswer.UNKNOWN
        five = KNOWN["测试戊"]
        assert confirm(five.name, five.identity_number).answer is RegistryAnswer.MISMATCH

    def test_the_third_way_is_the_portrait(self, stand):
        confirm = stand.sources.registry.confirm
        assert confirm(ONE.name, ONE.identity_number, b"\xff\xd8jpeg").portrait is PortraitAnswer.SAME
        assert confirm(TWO.name, TWO.identity_number, b"\xff\xd8jpeg").portrait is PortraitAnswer.DIFFERENT
        # Whose name and number do not belong together has no photo to compare with.
        assert confirm("谁", ONE.identity_number, b"\xff\xd8jpeg").portrait is PortraitAnswer.NOT_COMPARED


class TestBureau:
    def test_a_record_and_a_thin_file(self, stand):
        query = stand.sources.bureau.query
        assert query("a:credit", TWO.identity_number) == BureauRecord(3, 2, 455)
        assert query("b:credit", STRANGER) == BureauRecord(0, 0, None)

    def test_asking_again_says_the_same(self, stand):
        query = stand.sources.bureau.query
        assert query("a:credit", ONE.identity_number) == query("a:credit", ONE.identity_number)


class TestSocialInsurance:
    def test_months_and_base_of_an_employee_and_of_nobody_insured(self, stand):
        query = stand.sources.social_insurance.query
        assert query("a:income", ONE.identity_number) == InsuranceRecord(12, Decimal(15000))
        assert query("b:income", KNOWN["测试丁"].identity_number) == InsuranceRecord(12, Decimal(6000))
        assert query("c:income", KNOWN["测试己"].identity_number) == InsuranceRecord(12, Decimal(9000), capped=True)
        assert query("d:income", STRANGER) == InsuranceRecord(0, None)

    def test_asking_again_says_the_same(self, stand):
        query = stand.sources.social_insurance.query
        assert query("a:income", ONE.identity_number) == query("a:income", ONE.identity_number)

    @pytest.mark.parametrize(
        "wrong",
        [(13, Decimal(1)), (-1, Decimal(1)), (1, None), (0, None, True), (1, Decimal(0)), (1, Decimal("NaN"))],
    )
    def test_what_cannot_be_is_no_record(self, wrong):
        with pytest.raises(ValueError, match=r"months|base|insured"):
            InsuranceRecord(*wrong)


class TestNetworkIdentity:
    def present(self, stand, key, code, who=ONE):
        return stand.sources.network_identity.present(key, code, who.name, who.identity_number)

    def test_a_code_is_good_once_and_asking_again_says_the_same(self, stand):
        assert self.present(stand, "a:1", "10000001") is CredentialAnswer.MATCH
        assert self.present(stand, "a:1", "10000001") is CredentialAnswer.MATCH
        assert self.present(stand, "b:1", "10000001") is CredentialAnswer.USED
        assert self.present(stand, "b:2", "10000002") is CredentialAnswer.MATCH

    @pytest.mark.parametrize(
        ("code", "answer"),
        [
            ("20000001", CredentialAnswer.EXPIRED),
            ("30000001", CredentialAnswer.USED),
            ("40000001", CredentialAnswer.MISMATCH),
            ("00000001", CredentialAnswer.UNKNOWN),
        ],
    )
    def test_every_other_answer(self, stand, code, answer):
        assert self.present(stand, f"a:{code}", code) is answer

    def test_nobody_presents_a_credential_under_another_name(self, stand):
        present = stand.sources.network_identity.present
        assert present("a:1", "10000003", TWO.name, ONE.identity_number) is CredentialAnswer.MISMATCH
        assert present("a:2", "10000003", "谁", STRANGER) is CredentialAnswer.MISMATCH
        assert self.present(stand, "a:3", "10000003") is CredentialAnswer.MATCH  # that used nothing up


def test_the_list_names_only_whom_it_names(stand):
    screen = stand.sources.screening.screen
    assert screen(ONE.name, ONE.identity_number) is ScreeningAnswer.CLEAR
    assert screen(TWO.name, TWO.identity_number) is ScreeningAnswer.POSSIBLE


class TestCardGateway:
    @pytest.mark.parametrize("wrong", range(4))
    def test_all_four_must_belong_together(self, stand, wrong):
        right = [ONE.name, ONE.identity_number, ONE.card_number, ONE.phone]
        others = [TWO.name, TWO.identity_number, TWO.card_number, TWO.phone]
        assert stand.sources.gateway.confirm(*right) is CardAnswer.MATCH
        right[wrong] = others[wrong]
        assert stand.sources.gateway.confirm(*right) is CardAnswer.MISMATCH

    def test_a_credit_card_is_none(self, stand):
        eight = KNOWN["测试辛"]
        told = stand.sources.gateway.confirm(eight.name, eight.identity_number, eight.card_number, eight.phone)
        assert told is CardAnswer.NOT_DEBIT


class TestBank:
    AMOUNT = Decimal("10000.00")

    def pay(self, stand, who, key):
        return stand.sources.bank.pay(key, who.card_number, who.name, self.AMOUNT)

    def test_one_key_moves_money_once(self, stand):
        first = self.pay(stand, ONE, "a:payout:pay")
        assert first.state is OrderState.PAID
        assert self.pay(stand, ONE, "a:payout:pay") == first == stand.sources.bank.payment("a:payout:pay")
        assert self.pay(stand, ONE, "b:payout:pay").reference != first.reference
        assert stand.inner.bank.paid() == [("a:payout:pay", self.AMOUNT), ("b:payout:pay", self.AMOUNT)]

    def test_nobody_ordered_it(self, stand):
        assert stand.sources.bank.payment("never") is None

    def test_an_order_is_taken_first_and_paid_later(self, stand):
        key = "c:payout:pay"
        assert self.pay(stand, TWO, key).state is OrderState.UNDER_WAY
        assert self.pay(stand, TWO, key).state is OrderState.UNDER_WAY
        assert stand.sources.bank.payment(key).state is OrderState.UNDER_WAY
        assert stand.inner.bank.paid() == []
        stand.clock.move(seconds=6)
        paid = stand.sources.bank.payment(key)
        assert paid.state is OrderState.PAID
        assert self.pay(stand, TWO, key) == paid
        assert stand.inner.bank.paid() == [(key, self.AMOUNT)]

    def test_an_order_that_is_refused_stays_refused(self, stand):
        assert self.pay(stand, THREE, "d:payout:pay").state is OrderState.REFUSED
        assert self.pay(stand, THREE, "d:payout:pay").state is OrderState.REFUSED
        assert self.pay(stand, THREE, "d:payout:pay:2").state is OrderState.PAID
        assert [key for key, _amount in stand.inner.bank.paid()] == ["d:payout:pay:2"]

    def test_the_statement_of_a_day(self, stand):
        paid = self.pay(stand, ONE, "e:payout:pay")
        today = stand.clock.now().astimezone(CHINA).date()
        (line,) = stand.sources.bank.statement(today)
        assert (line.key, line.reference, line.amount) == ("e:payout:pay", paid.reference, self.AMOUNT)
        assert stand.sources.bank.statement(today - timedelta(days=1)) == ()

    def test_a_debit_once(self, stand):
        debit = stand.sources.bank.debit
        assert debit("f", ONE.card_number, ONE.name, Decimal("899.75")) == debit(
            "f", ONE.card_number, ONE.name, Decimal("899.75")
        )
        assert stand.inner.bank.debited() == [("f", Decimal("899.75"))]


class TestCertificateAuthority:
    REQUEST = certificate_request(new_signing_key(), "ignored")

    def certify(self, stand, key="a:certificate:1", request=None):
        return stand.sources.authority.certify(key, request or self.REQUEST, ONE.name, "LA20261127-0001")

    def test_it_certifies_this_key_under_its_root_and_says_that_it_is_a_test(self, stand):
        issued = self.certify(stand)
        (certificate,) = load_certificates(issued.certificate_pem)
        assert certificate.public_key() == requested_key(self.REQUEST)
        assert all(word in certificate.subject.rfc4514_string() for word in (ONE.name, "模拟 TEST", "LA20261127-0001"))
        assert load_certificates(issued.chain_pem) == [ISSUER.certificate, ROOT.certificate]
        assert load_certificates(stand.sources.authority.roots_pem) == [ROOT.certificate]

    def test_one_key_is_one_certificate(self, stand):
        first = self.certify(stand)
        stand.clock.move(minutes=5)
        assert self.certify(stand) == first
        assert self.certify(stand, "b:certificate:1").certificate_pem != first.certificate_pem

    @pytest.mark.parametrize("request_pem", ["no request", REQUEST.replace("A", "B")])
    def test_what_is_no_request_is_refused_and_not_called_silence(self, stand, request_pem):
        with pytest.raises(CertificateRefusedError):
            self.certify(stand, request=request_pem)
        self.certify(stand)  # nothing was counted against the authority

    def test_what_it_says_of_revocation_proves_the_whole_chain(self, stand):
        issued = self.certify(stand)
        (certificate,) = load_certificates(issued.certificate_pem)

        def revoked():
            proofs = stand.sources.authority.revocation(issued)
            assert proofs.responses == ()
            lists = [load_der_x509_crl(one) for one in proofs.lists]
            assert [one.issuer for one in lists] == [ROOT.certificate.subject, ISSUER.certificate.subject]
            return lists[1].get_revoked_certificate_by_serial_number(certificate.serial_number) is not None

        assert not revoked()
        stand.inner.authority.revoke(issued.certificate_pem)
        assert revoked()


class TestTimestampingAuthority:
    def test_it_certifies_the_present_for_this_digest_under_its_root(self, stand):
        timestamps, digest = stand.sources.timestamps, sha256(b"a contract").digest()
        token = RemoteAuthority(timestamps.answer).token_over(digest)
        roots = ContractRoots(time=(timestamps.roots_pem,))
        assert abs(check_token(token, digest, roots, stand.clock.now()) - stand.clock.now()) < timedelta(seconds=5)
        with pytest.raises(StatementError):
            check_token(token, sha256(b"another").digest(), roots, stand.clock.now())

    def test_what_is_no_query_is_refused_inside_the_reply(self, stand):
        assert stand.sources.timestamps.answer(b"no query")[:1] == b"\x30"

    def test_what_it_says_of_revocation_is_under_its_root(self, stand):
        (only,) = stand.sources.timestamps.revocation().lists
        assert load_der_x509_crl(only).issuer == TIME_ROOT.certificate.subject


@pytest.mark.parametrize("wrong", ["half a minute ago", "another query", "another root", "no time-stamp"])
def test_a_time_stamp_nobody_would_accept_is_the_authoritys_silence(tmp_path, patience, expect_log, wrong):
    sources = simulators(tmp_path, clock := MovableClock())
    inner, late = sources.timestamps, MovableClock(timedelta(seconds=-30))
    if wrong == "half a minute ago":
        inner = SimulatedTimestampingAuthority(lambda: TIME_ROOT, lambda: TIME_SIGNER, inner._line, late)
    if wrong == "another root":
        inner = SimulatedTimestampingAuthority(lambda: ROOT, lambda: TIME_SIGNER, inner._line, clock)
    replies = {"another query": inner.answer(query_over(b"b")), "no time-stamp": b"no"}
    if wrong in replies:
        inner.answer = lambda _query: replies[wrong]
    expect_log("the time-stamping authority's answer is not used")
    asked = GuardedTimestampingAuthority(inner, patience().caller, clock)
    with pytest.raises(SourceDownError):
        asked.answer(query_over(b"a"))
    sources.bank.close()
    sources.authority.close()


def test_a_time_stamp_may_be_of_any_moment_of_a_slow_question(tmp_path, patience):
    sources = simulators(tmp_path, clock := MovableClock())
    inner = sources.timestamps
    answer = inner.answer

    def slow(query):
        clock.move(seconds=20)
        reply = answer(query)
        clock.move(seconds=20)
        return reply

    inner.answer = slow
    assert GuardedTimestampingAuthority(inner, patience().caller, clock).answer(query_over(b"a"))
    sources.bank.close()
    sources.authority.close()


def try_later():
    answer = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    return answer.public_bytes(Encoding.DER)


def lists_of(*authorities, ago=timedelta()):
    return tuple(make_revocation_list(one, datetime.now(UTC) - ago) for one in authorities)


PROVE_NOTHING = {
    "unreadable": lambda: RevocationProofs((b"no list",)),
    "nothing": RevocationProofs,
    "of the root alone": lambda: RevocationProofs(lists_of(ROOT)),
    "of last year": lambda: RevocationProofs(lists_of(ROOT, ISSUER, ago=timedelta(days=400))),
    "no answer now": lambda: RevocationProofs(lists_of(ROOT, ISSUER), (try_later(),)),
}


@pytest.mark.parametrize("said", PROVE_NOTHING)
def test_proofs_that_prove_nothing_are_the_authoritys_silence(tmp_path, patience, expect_log, said):
    sources = simulators(tmp_path, clock := MovableClock())
    asked = GuardedCertificateAuthority(sources.authority, patience().caller, clock)
    issued = asked.certify("a:certificate:1", TestCertificateAuthority.REQUEST, ONE.name, "LA20261127-0001")
    assert asked.revocation(issued)
    sources.authority.revocation = lambda _issued: PROVE_NOTHING[said]()
    expect_log("what an authority says of revocation is not used")
    with pytest.raises(SourceDownError):
        asked.revocation(issued)
    sources.bank.close()
    sources.authority.close()


def test_what_is_said_of_another_time_stamp_certificate_is_silence_as_well(tmp_path, patience, expect_log):
    sources = simulators(tmp_path, clock := MovableClock())
    asked = GuardedTimestampingAuthority(sources.timestamps, patience().caller, clock)
    asked.answer(query_over(b"a"))
    assert asked.revocation()
    expect_log("what an authority says of revocation is not used")
    for lists in ((b"no list",), lists_of(ROOT, ISSUER)):
        sources.timestamps.revocation = lambda lists=lists: RevocationProofs(lists)
        with pytest.raises(SourceDownError):
            asked.revocation()
    sources.bank.close()
    sources.authority.close()


def query_over(content):
    asked = []
    with contextlib.suppress(OSError):
        RemoteAuthority(lambda query: asked.append(query) or b"").token_over(sha256(content).digest())
    return asked[0]
