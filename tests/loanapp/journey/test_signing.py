"""Signing on the borrower's machine, cut off at every step and taken up again, against a lender that really signs."""

import contextlib
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from types import SimpleNamespace

import pytest
from cryptography import x509

from loanapp.backend.contracts import Borrower, ContractData, Lender, render_contract
from loanapp.client.errors import LenderUnreachableError, NotAllowedNowError
from loanapp.client.secrets import SecretName
from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.clock import ManualClock
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.schedule import RepaymentMethod, equal_instalment_schedule
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.pages import Page
from loanapp.proof import authorities
from loanapp.proof.evidence_bundle import revisions_of
from loanapp.proof.handwriting import Handwriting
from loanapp.proof.pdf_signature import Trust, countersign, prepare
from loanapp.proof.signature_appearance import SignatureWords
from loanapp.proof.timestamp import RemoteAuthority, TimestampAuthority
from tests.loanapp.client import answers_data
from tests.loanapp.client.tls_lender import Reply, problem
from tests.loanapp.journey.scripted import LENDER, NOON, table
from tests.loanapp.journey.states import DAY, answer
from tests.loanapp.proof import bundles

CERTIFY = "/v1/applications/ap-1/certificate"
SIGNED = "/v1/applications/ap-1/contract/signed"
APPLICATION = "/v1/applications/ap-1"
CODE = "/v1/applications/ap-1/contract/code"
AMOUNT, RATE = Decimal("10000.00"), Decimal("14.40")


class Notary:
    """The lender's side of a signing: certifies, stamps time, countersigns; loses answers where the test says so."""

    def __init__(self, now):
        self.now = now
        self.root = authorities.make_document_root(now)
        self.issuer = authorities.make_borrower_authority(self.root, now)
        self.signer = authorities.make_document_signer(self.root, "某机构", now)
        self.time_root = authorities.make_time_root(now)
        stamping = authorities.make_timestamp_authority(self.time_root, now)
        self.stamping = TimestampAuthority(stamping, ManualClock(now))
        self.time = RemoteAuthority(self.stamping.answer)
        self.prepared = prepare(render_contract(contract_data(now)))
        self.final = None
        self.certified = []
        self.lose = {}
        self.says = {}
        self.loan = loan()
        self.authorised_until = now + timedelta(minutes=15)
        self.codes = []

    def application(self):
        signed = self.final is not None
        contract = {"number": "LC-1", "sha256": sha256(self.final or b"").hexdigest(), "signed": signed}
        contract["authorised_until"] = self.authorised_until and self.authorised_until.isoformat()
        return answer("signed" if signed else "signing", disclosure_confirmed=True, contract=contract, **self.says)

    def route(self, request):
        """Answer one request; afterwards it may get lost."""
        acts = {
            ("GET", "/v1/lender"): lambda _: LENDER,
            ("GET", "/v1/applications"): lambda _: {"applications": [self.application()]},
            ("GET", APPLICATION): lambda _: self.application(),
            ("GET", f"{APPLICATION}/cost-disclosure"): lambda _: table(self.application()["offer"]),
            ("GET", f"{APPLICATION}/contract"): lambda _: self.final or self.prepared,
            ("POST", "/v1/timestamps"): self.stamping.answer,
            ("POST", CERTIFY): self.certify,
            ("PUT", SIGNED): self.countersign,
            ("POST", CODE): lambda _: self.code(),
            ("POST", f"{APPLICATION}/contract/code/confirmation"): self.confirm,
            ("GET", f"{APPLICATION}/loan"): lambda _: self.loan,
            ("GET", f"{APPLICATION}/evidence"): lambda _: self.evidence(self.final),
        }
        said = acts[request.method, request.path](request.body)
        if self.lose.get(request.path, 0):
            self.lose[request.path] -= 1
            return Reply(hang_up=True)
        if isinstance(said, Reply):
            return said
        return Reply(body=said if isinstance(said, bytes) else json.dumps(said).encode())

    def code(self, **told):
        offer = self.application()["offer"]
        return {
            "challenge_id": "co-1",
            "expires_at": (self.now + timedelta(minutes=5)).isoformat(),
            "resend_after_seconds": 20,
            "simulated_message": None,
            "phone_masked": "138****0001",
            "contract_number": "LC-1",
            "payout": offer["payout"],
            "total_repayment": offer["totals"]["repayment"],
            **told,
        }

    def confirm(self, body):
        given = json.loads(body)
        self.codes.append((given["challenge_id"], given["code"]))
        if given["code"] != "123456":
            return problem(401, "code_wrong", attempts_left=4)
        self.authorised_until = self.now + timedelta(minutes=15)
        return self.application()

    def certify(self, body):
        request = json.loads(body)["csr_pem"]
        self.certified.append(x509.load_pem_x509_csr(request.encode()).public_key().public_numbers())
        certificate = authorities.issue_borrower_certificate(self.issuer, request, "测试甲", "LA-1", self.now)
        chain = self.issuer.certificate_pem + self.root.certificate_pem
        return {"certificate_pem": authorities.pem(certificate), "chain_pem": chain}

    def evidence(self, pdf, **facts):
        parties = SimpleNamespace(
            now=self.now,
            document_root=self.root,
            borrower_authority=self.issuer,
            borrower=self.issuer,
            lender=self.signer,
            time=self.time,
        )
        told = {"contract_number": "LC-1", "licence": "L-1", "table": table(answer("signing")["offer"])["disclosure"]}
        return bundles.build(parties, pdf, **told | facts)

    def countersign(self, signed):
        if self.final is not None:
            return problem(409, "not_allowed_now")
        self.final = self.resigned(signed)
        return self.application()

    def resigned(self, pdf):
        """The borrower's part of ``pdf``, countersigned anew."""
        end = revisions_of(pdf)[0]["bytes"]
        lists = tuple(
            authorities.make_revocation_list(one, self.now) for one in (self.root, self.issuer, self.time_root)
        )
        trust = Trust((self.root.certificate, self.time_root.certificate), lists)
        words = SignatureWords("某机构", "贷款人签章", self.now, "", "贷款人签署借款合同")
        return countersign(pdf[:end], self.signer, trust, self.time.timestamper(), now=self.now, words=words)


def loan(**changes):
    return {
        "contract_number": "LC-1",
        "principal": "10000.00",
        "disbursed_at": answers_data.NOW,
        "reference": "SIM1",
        "card_last4": "0018",
        "bank": None,
        "schedule": answers_data.offer(DAY)["schedule"],
        "repayments": [],
        "outstanding": "10000.00",
        "next_due": {"no": 1, "due": "2026-12-22", "amount": "899.75"},
        "free_return_until": answers_data.NOW,
        "settled_at": None,
        "hardships": [],
        "hardship_offer": {"months": [1], "reply_hours": 72},
        "simulated": True,
        **changes,
    }


def contract_data(now):
    schedule = equal_instalment_schedule(AMOUNT, RATE, 12, DAY)
    return ContractData(
        contract_number="LC-1",
        application_number="LA20261122-0001",
        made_at=now,
        lender=Lender(name="某机构", licence="L-1", address="某地", phone="400"),
        borrower=Borrower(
            name="测试甲",
            identity_number_masked="1101**********002X",
            phone_masked="138****0001",
            address_masked="北京市****",
            card_masked="**** 0018",
            bank_name="某银行",
        ),
        purpose=LoanPurpose.TRAVEL,
        method=RepaymentMethod.EQUAL_INSTALMENT,
        annual_rate_pct=RATE,
        penalty_annual_pct=Decimal("21.60"),
        schedule=schedule,
        start=DAY,
        cost=annualised_cost(schedule),
        disclosure_sha256=table(answer("signing")["offer"])["sha256"],
        payout=AMOUNT,
    )


@pytest.fixture
def notary(desk):
    """A desk whose lender signs; the endpoint carries its roots."""
    made = Notary(NOON)
    desk.lender.route = made.route
    plain = desk.lender.endpoint
    desk.lender.endpoint = lambda: replace(
        plain(), document_root_pem=made.root.certificate_pem, time_root_pem=made.time_root.certificate_pem
    )
    return made


def start(desk):
    """The program, started (again), at the contract or beyond."""
    desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
    journey = desk.program(clock=ManualClock(NOON))
    journey.resume()
    return journey


def read_it(desk):
    journey = start(desk)
    assert journey.current_page() is Page.CONTRACT
    journey.contract_pdf()
    assert journey.contract_read() is Page.SIGNING
    return journey


def test_signed_here_countersigned_there_verified_here(desk, notary):
    journey = read_it(desk)
    assert journey.sign_contract() is Page.PAYOUT
    assert journey.contract_pdf() == notary.final
    assert journey.draft.contract["verified"] == sha256(notary.final).hexdigest()
    key = desk.secrets.read(SecretName.SIGNING_KEY)
    assert "PRIVATE KEY" in key
    assert not any(b"PRIVATE KEY" in request.body for request in desk.lender.requests)


@pytest.mark.parametrize("path", [CERTIFY, SIGNED, "/v1/timestamps", APPLICATION])
def test_cut_off_at_any_step_it_goes_on_with_the_same_key_and_signs_once(desk, notary, path):
    journey = read_it(desk)
    notary.lose[path] = 1
    with pytest.raises((LenderUnreachableError, OSError)):
        journey.sign_contract()
    again = start(desk)  # the program was killed
    assert again.current_page() in {Page.SIGNING, Page.PAYOUT}
    assert again.sign_contract() is Page.PAYOUT
    assert len(set(notary.certified)) == 1
    assert len(desk.asked(SIGNED)) == 1
    if path == CERTIFY:
        first, second = desk.asked(CERTIFY)
        assert first.body == second.body
        assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_the_lender_may_hold_the_earlier_of_two_files_handed_in(desk, notary):
    journey = read_it(desk)
    handed_in = []

    def busy_first(signed):
        """The first file is taken, but neither answer nor status say so before the second arrives."""
        handed_in.append(signed)
        if len(handed_in) == 1:
            return Reply(hang_up=True)
        Notary.countersign(notary, handed_in[0])
        return problem(409, "not_allowed_now")

    notary.countersign = busy_first
    with pytest.raises(LenderUnreachableError):
        journey.sign_contract()
    assert journey.sign_contract() is Page.PAYOUT
    assert handed_in[0] != handed_in[1]
    assert notary.final.startswith(handed_in[0])
    assert journey.draft.contract["verified"] == sha256(notary.final).hexdigest()


def test_marks_of_one_contract_do_not_hold_for_another_application(desk, notary):
    journey = read_it(desk)
    assert journey.sign_contract() is Page.PAYOUT
    assert journey.draft.contract["application_id"] == "ap-1"
    notary.application = lambda: answer("verifying", id="ap-2")
    again = start(desk)
    assert again.application.id == "ap-2"
    assert again.draft.contract == {}


@pytest.mark.parametrize("left", [None, "not a key"])
def test_a_lost_key_is_made_and_certified_anew(desk, notary, left):
    journey = read_it(desk)
    notary.lose["/v1/timestamps"] = 1
    with pytest.raises((LenderUnreachableError, OSError)):
        journey.sign_contract()
    desk.secrets.delete(SecretName.SIGNING_KEY)
    if left is not None:
        desk.secrets.write(SecretName.SIGNING_KEY, left)
    assert start(desk).sign_contract() is Page.PAYOUT
    assert len(set(notary.certified)) == 2


def test_another_contract_than_the_one_read_is_not_signed(desk, notary):
    journey = read_it(desk)
    notary.prepared = prepare(render_contract(replace(contract_data(NOON), purpose=LoanPurpose.MEDICAL)))
    with pytest.raises(GuardRefusal) as caught:
        journey.sign_contract()
    assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_CONTRACT_DIFFERS, "not_as_read")
    assert desk.asked(SIGNED) == []


def test_a_certificate_for_another_key_is_refused(desk, notary):
    journey = read_it(desk)
    other = Notary(NOON)
    foreign = other.certify(json.dumps({"csr_pem": request_of_a_stranger()}).encode())
    notary.certify = lambda _: foreign
    with pytest.raises(GuardRefusal) as caught:
        journey.sign_contract()
    assert caught.value.code is ErrorCode.GUARD_SIGNATURE_INVALID


def test_a_certificate_of_an_unknown_root_is_refused(desk, notary):
    journey = read_it(desk)
    notary.certify = Notary(NOON).certify
    with pytest.raises(GuardRefusal) as caught:
        journey.sign_contract()
    assert caught.value.code is ErrorCode.CONTRACT_SIGNATURE_INVALID
    assert desk.asked(SIGNED) == []


@pytest.mark.parametrize("lie", ["flipped", "longer", "other_contract", "not_countersigned"])
def test_a_final_contract_that_is_not_ours_is_refused(desk, notary, lie):
    journey = read_it(desk)
    honest = notary.countersign

    def dishonest(signed):
        if lie == "not_countersigned":
            notary.final = signed
            return notary.application()
        honest(signed)
        middle = len(notary.final) // 2
        notary.final = {
            "flipped": notary.final[:middle] + bytes([notary.final[middle] ^ 1]) + notary.final[middle + 1 :],
            "longer": notary.final + b"\n% more",
            "other_contract": b"%PDF-1.7" + notary.final[8:100],
        }[lie]
        return notary.application()

    notary.countersign = dishonest
    with pytest.raises(GuardRefusal) as caught:
        journey.sign_contract()
    assert caught.value.code in {ErrorCode.GUARD_CONTRACT_DIFFERS, ErrorCode.CONTRACT_SIGNATURE_INVALID}
    with pytest.raises(GuardRefusal):
        journey.refresh()


def request_of_a_stranger():
    from loanapp.proof.keys import certificate_request, new_signing_key

    return certificate_request(new_signing_key(), "x")


def test_the_loan_of_the_signed_contract_is_shown(desk, notary):
    journey = read_it(desk)
    journey.sign_contract()
    fetched = len(desk.asked(f"{APPLICATION}/contract"))
    assert journey.loan().principal == AMOUNT
    assert len(desk.asked(f"{APPLICATION}/contract")) == fetched


def test_another_machine_verifies_the_contract_before_it_believes_the_loan(desk, notary):
    read_it(desk).sign_contract()
    again = start(desk)
    again.draft.contract = {}
    assert again.loan().principal == AMOUNT
    assert again.draft.contract["verified"] == sha256(notary.final).hexdigest()


OTHER_LOANS = {
    "another contract": ({"contract_number": "LC-2"}, ErrorCode.GUARD_PAYOUT_DIFFERS, "contract_number"),
    "less money": ({"principal": "9000.00"}, ErrorCode.GUARD_PAYOUT_DIFFERS, "principal"),
    "another card": ({"card_last4": "9999"}, ErrorCode.GUARD_ACCOUNT_NOT_OWN, "card"),
    "another price": ({"schedule": answers_data.offer(DAY, rate="18.00")["schedule"]}, None, "loan"),
}


@pytest.mark.parametrize("name", OTHER_LOANS)
def test_a_loan_other_than_the_signed_one_is_told_though_the_lender_now_states_an_offer_like_it(desk, notary, name):
    """The lender's latest answer agrees with its loan; only the contract both signed does not."""
    changes, code, what = OTHER_LOANS[name]
    read_it(desk).sign_contract()
    notary.loan = loan(**changes)
    offer = answers_data.offer(DAY)
    notary.says = {
        "offer": {**offer, "payout": notary.loan["principal"], "schedule": notary.loan["schedule"]},
        "bank_card": {**answer("active")["bank_card"], "last4": notary.loan["card_last4"]},
    }
    with pytest.raises(GuardRefusal) as caught:
        start(desk).loan()
    assert (caught.value.code, caught.value.what) == (code or ErrorCode.GUARD_SCHEDULE_DIFFERS, what)


@pytest.mark.parametrize(
    ("kept", "code", "what"),
    [
        ({"purpose": "medical"}, ErrorCode.GUARD_CONTRACT_DIFFERS, "purpose"),
        ({"card_last4": "4321"}, ErrorCode.GUARD_ACCOUNT_NOT_OWN, "card"),
    ],
)
def test_purpose_and_card_are_those_chosen_here_whatever_the_lender_says(desk, notary, kept, code, what):
    """Both the lender's answer and its contract name another purpose, or another card, than was chosen."""
    journey = start(desk)
    journey.draft.contract["table"] = journey.cost_disclosure().sha256
    journey.draft.asked = {"application_id": "ap-1", **kept}
    with pytest.raises(GuardRefusal) as caught:
        journey.contract_pdf()
    assert (caught.value.code, caught.value.what) == (code, what)


def test_a_table_nobody_read_here_is_never_signed_for(desk, notary):
    """The lender says it was confirmed; the program that asked for this loan never showed it to its end."""
    journey = start(desk)
    journey.draft.asked = {"application_id": "ap-1"}
    with pytest.raises(GuardRefusal) as caught:
        journey.contract_pdf()
    assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_SIGNING_BEFORE_READING, "not_read")


def test_what_was_written_by_hand_is_in_the_signed_contract_and_nowhere_else(desk, notary):
    journey = read_it(desk)
    hand = Handwriting((((0.2, 0.3), (0.9, 0.8)),))
    assert journey.sign_contract(handwriting=hand) is Page.PAYOUT
    assert notary.final == journey.contract_pdf()  # and every signature held
    assert "0.8" not in json.dumps(journey.draft.contract)


def test_evidence_is_checked_here_before_it_is_handed_over(desk, notary):
    journey = read_it(desk)
    with pytest.raises(NotAllowedNowError):
        journey.evidence_bundle()
    journey.sign_contract()
    assert journey.evidence_bundle().startswith(b"PK")
    honest = notary.evidence
    notary.evidence = lambda pdf: honest(pdf)[:-1]
    with pytest.raises(GuardRefusal) as refused:
        journey.evidence_bundle()
    assert refused.value.code is ErrorCode.CONTRACT_SIGNATURE_INVALID
    notary.evidence = lambda pdf: honest(notary.resigned(pdf))
    with pytest.raises(GuardRefusal) as refused:
        journey.evidence_bundle()
    assert refused.value.what == "evidence"


def test_a_code_is_asked_for_confirmed_and_forgotten(desk, notary):
    """The code opens the signing; one whose answer was lost on the way is not asked for twice."""
    notary.authorised_until = None
    journey = read_it(desk)
    assert not journey.signing_authorised
    with pytest.raises(LoanAppError) as caught:
        journey.sign_contract()
    assert caught.value.code is ErrorCode.SIGNING_CODE_NEEDED
    assert not notary.certified
    journey.request_signing_code()
    with pytest.raises(LoanAppError) as caught:
        journey.confirm_signing_code("000000")
    assert caught.value.code is ErrorCode.CODE_WRONG
    assert caught.value.details["attempts_left"] == 4
    notary.lose[f"{APPLICATION}/contract/code/confirmation"] = 1
    with pytest.raises(LenderUnreachableError):
        journey.confirm_signing_code("123456")
    journey.confirm_signing_code("123456")
    assert notary.codes == [("co-1", "000000"), ("co-1", "123456")]
    assert journey.signing_authorised
    assert journey.draft.signing_challenge_id == ""
    assert journey.sign_contract() is Page.PAYOUT


@pytest.mark.parametrize(
    "told",
    [{"contract_number": "LC-2"}, {"payout": "9000.00"}, {"total_repayment": "10797.06"}],
    ids=lambda told: next(iter(told)),
)
def test_a_code_that_would_authorise_something_else_is_refused(desk, notary, told):
    notary.authorised_until = None
    journey = read_it(desk)
    notary.code = partial(Notary.code, notary, **told)
    with pytest.raises(GuardRefusal) as caught:
        journey.request_signing_code()
    assert caught.value.code is ErrorCode.GUARD_CONTRACT_DIFFERS
    assert journey.draft.signing_challenge_id == ""


def test_a_code_that_is_about_to_run_out_is_asked_for_before_the_work(desk, notary):
    notary.authorised_until = notary.now + timedelta(seconds=20)
    journey = read_it(desk)
    assert not journey.signing_authorised
    with pytest.raises(LoanAppError):
        journey.sign_contract()
    assert not notary.certified


def test_an_answer_lost_on_the_way_costs_no_second_message(desk, notary):
    journey = read_it(desk)
    notary.lose[CODE] = 1
    with contextlib.suppress(LenderUnreachableError):
        journey.request_signing_code()
    again = start(desk)  # the program was killed
    again.request_signing_code()
    keys = {one.headers["Idempotency-Key"] for one in desk.asked(CODE)}
    assert len(desk.asked(CODE)) > 1
    assert len(keys) == 1
    again.request_signing_code()  # this time the borrower wants another one
    assert len({one.headers["Idempotency-Key"] for one in desk.asked(CODE)}) == 2


def test_an_answer_that_came_too_late_is_not_taken_for_a_code(desk, notary):
    journey = read_it(desk)
    old = notary.code(expires_at=(notary.now - timedelta(minutes=1)).isoformat(), challenge_id="co-0")
    answers = [old, notary.code()]
    notary.code = lambda: answers.pop(0)
    assert journey.request_signing_code().challenge_id == "co-1"
    assert len({one.headers["Idempotency-Key"] for one in desk.asked(CODE)}) == 2


def test_how_long_a_code_is_good_is_the_lenders_time_however_far_this_computers_is_ahead(desk, notary):
    journey = read_it(desk)
    journey.clock.move(timedelta(minutes=6))
    desk.lender.clock = ManualClock(notary.now)
    assert journey.request_signing_code().challenge_id == "co-1"
    assert len(desk.asked(CODE)) == 1
