"""Signing takes a one-time code that stands for this very contract: nothing else is authorised by it."""

import io
import json
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from loanapp.backend.adapters.ports import SourceDownError
from loanapp.backend.auth.forgetting import forget_old_sign_ins
from loanapp.backend.auth.one_time_codes import require_unlocked
from loanapp.backend.auth.tables import Device
from loanapp.backend.store.tables import Application, Borrower, ContractRecord, LedgerRow, OneTimeCode
from loanapp.domain.one_time_code import CodePurpose
from tests.loanapp.backend.test_outcomes import decided, refused


@pytest.fixture
def reading_done(walker, clock):
    """Applications whose cost table is confirmed: the contract may be signed once a code was."""

    def make(**more):
        one = walker(**more)
        decided(one, "offered")
        one.accept()
        one.read_disclosure(clock)
        return one

    return make


def _certify(one):
    return one.call("POST", one.at("/certificate"), body={"csr_pem": "no"}, key=str(uuid.uuid4()))


@pytest.mark.attack("nothing-is-certified-or-taken-before-the-code")
def test_nothing_is_certified_or_taken_before_the_code(reading_done):
    one = reading_done()
    assert one.get()["allowed_actions"] == ["authorise_signing", "withdraw"]
    refused(_certify(one), 409, "signing_code_needed")
    refused(one.hand_in(b"%PDF"), 409, "signing_code_needed")
    until = one.authorise()["contract"]["authorised_until"]
    assert until is not None
    assert "certify_key" in one.get()["allowed_actions"]
    refused(_certify(one), 422, "input_invalid")  # now it is the request that is looked at


def test_the_message_says_what_the_code_is_for(reading_done):
    one = reading_done()
    sent, offer = one.send_signing_code(), one.get()["offer"]
    assert (sent["payout"], sent["total_repayment"]) == (offer["payout"], offer["totals"]["repayment"])
    assert sent["phone_masked"].endswith(one.phone[-4:])
    for text in sent["simulated_message"]["text"].values():
        for part in (sent["contract_number"][-4:], "10,000.00", "10,797.05", sent["simulated_message"]["code"]):
            assert part in text


@pytest.mark.attack("a-code-for-signing-in-signs-nothing-and-one-for-signing-opens-no-session")
def test_a_code_for_signing_in_signs_nothing_and_one_for_signing_opens_no_session(reading_done, clock):
    one = reading_done()
    clock.move(seconds=30)
    for_entry = one.done("POST", "/v1/auth/codes", body={"phone": one.phone, "purpose": "sign_in"}, status=201)
    code = for_entry["simulated_message"]["code"]
    assert one.confirm_code(for_entry["challenge_id"], code, status=401)["code"] == "code_wrong"
    for_signing = one.send_signing_code()
    body = {"challenge_id": for_signing["challenge_id"], "code": for_signing["simulated_message"]["code"]}
    token = one.token
    refused(one.call("POST", "/v1/auth/sessions", body=one.on_device(**body)), 401, "code_wrong")
    one.token = token
    assert one.get()["contract"]["authorised_until"] is None


@pytest.mark.attack("a-code-for-one-contract-is-worth-nothing-for-another")
def test_a_code_for_one_contract_is_worth_nothing_for_another(reading_done, lender):
    one, other = reading_done(), reading_done()
    sent = one.send_signing_code()
    told = other.confirm_code(sent["challenge_id"], sent["simulated_message"]["code"], status=401)
    assert told["code"] == "code_wrong"
    assert other.get()["contract"]["authorised_until"] is None
    # The file changes after the code was sent: the code stood for the file before.
    with lender.services.database.write() as session:
        contract = session.scalars(select(ContractRecord).where(ContractRecord.application_id == one.id)).one()
        kept, contract.prepared_sha256 = contract.prepared_sha256, "0" * 64
    assert one.confirm_code(sent["challenge_id"], sent["simulated_message"]["code"], status=401)["attempts_left"] == 3
    with lender.services.database.write() as session:
        contract = session.scalars(select(ContractRecord).where(ContractRecord.application_id == one.id)).one()
        contract.prepared_sha256 = kept
    one.confirm_code(sent["challenge_id"], sent["simulated_message"]["code"])


@pytest.mark.attack("a-code-works-once-and-for-a-short-while")
def test_a_code_works_once_and_for_a_short_while(reading_done, clock):
    one, away = reading_done(), clock.away
    sent = one.send_signing_code()
    code = sent["simulated_message"]["code"]
    one.confirm_code(sent["challenge_id"], code)
    assert one.confirm_code(sent["challenge_id"], code, status=401)["code"] == "code_expired"
    signed = one.sign()
    try:
        clock.move(seconds=901)
        refused(one.hand_in(signed), 409, "signing_code_needed")
        assert one.get()["contract"]["authorised_until"] is None
        later = one.send_signing_code()
        clock.move(seconds=301)
        told = one.confirm_code(later["challenge_id"], later["simulated_message"]["code"], status=401)
        assert told["code"] == "code_expired"
    finally:
        clock.away = away
    assert one.hand_in(signed).status_code == 200


def test_a_signature_made_before_its_code_is_not_taken(reading_done, clock):
    """Paid out, its evidence would hold for nobody."""
    one, away = reading_done(), clock.away
    signed = one.sign()
    try:
        clock.move(seconds=30)
        one.authorise()
        told = refused(one.hand_in(signed), 422, "contract_signature_invalid")
        assert told["problem"] == "before_the_code"
        assert one.hand_in(one.sign()).status_code == 200
    finally:
        clock.away = away


@pytest.mark.attack("guessing-ends-after-five-tries")
def test_guessing_ends_after_five_tries(reading_done, lender):
    one = reading_done()
    sent = one.send_signing_code()
    right = sent["simulated_message"]["code"]
    wrong = [f"{(int(right) + step) % 1_000_000:06d}" for step in range(1, 6)]
    told = [one.confirm_code(sent["challenge_id"], code, status=401)["code"] for code in wrong]
    assert told == ["code_wrong"] * 4 + ["code_expired"]
    assert one.confirm_code(sent["challenge_id"], right, status=401)["code"] == "code_expired"
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id)).all()
        assert [row.act for row in rows].count("signature.code_refused") == 1, "the borrower sees it"


def test_a_carrier_that_is_down_costs_the_borrower_nothing(reading_done, lender, monkeypatch):
    one = reading_done()

    def down(phone, text):
        raise SourceDownError(7)

    with monkeypatch.context() as patch:
        patch.setattr(lender.services.sources.messages, "send", down)
        answer = one.call("POST", one.at("/contract/code"), body={}, key=str(uuid.uuid4()))
        assert refused(answer, 503, "message_not_sent")["retry_after_seconds"] == 7
    one.authorise()  # at once: what was not sent does not count


def test_what_was_sent_and_confirmed_stands_in_the_ledger_and_in_the_bundle(reading_done, lender):
    one = reading_done()
    assert one.hand_in(one.sign()).status_code == 200
    one.wait("active")
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id)).all()
        signing = sorted((row for row in rows if row.kind == "signature"), key=lambda row: row.no)
        acts = [row.act.removeprefix("signature.") for row in signing]
        confirmed = next(row for row in signing if row.act == "signature.code_confirmed")
        sent = next(row for row in signing if row.act == "signature.code_sent")
        assert confirmed.detail["challenge_id"] == sent.detail["challenge_id"]
    assert acts == ["contract_prepared", "code_sent", "code_confirmed", "certificate", "contract_signed"]
    bundle = zipfile.ZipFile(io.BytesIO(one.call("GET", one.at("/evidence")).content))
    signer = json.loads(next(bundle.read(name) for name in bundle.namelist() if name.endswith("signer.json")))
    assert (signer["authorised"]["by"], signer["authorised"]["delivery"]) == ("one_time_code", "simulated")
    assert signer["authorised"]["phone"].endswith(one.phone[-4:])
    assert datetime.fromisoformat(signer["authorised"]["at"]) == confirmed.at
    pdf = one.call("GET", one.at("/contract")).content
    prepared = pdf[: signer["authorised"]["prepared_bytes"]]
    assert sha256(prepared).hexdigest() == signer["authorised"]["prepared_sha256"]


@pytest.mark.attack("a-code-confirmed-on-one-computer-lets-no-other-sign")
def test_a_code_confirmed_on_one_computer_lets_no_other_sign(reading_done, walker, lender, clock):
    one = reading_done()
    clock.move(seconds=21)
    thief = walker()
    thief.phone, thief.who, thief.id = one.phone, one.who, one.id
    thief.lender = one.lender
    thief.sign_in()
    with lender.services.database.write() as session:  # a computer of the household, used for days
        session.get_one(Device, thief.device_id).signed_in_at -= timedelta(days=4)
    one.authorise()
    assert thief.get()["contract"]["authorised_until"]
    refused(_certify(thief), 409, "signing_code_needed")
    refused(thief.hand_in(one.sign()), 409, "signing_code_needed")


def test_the_newest_code_alone_counts(reading_done, clock):
    one = reading_done()
    first = one.send_signing_code()
    clock.move(seconds=21)
    second = one.send_signing_code()
    told = one.confirm_code(first["challenge_id"], first["simulated_message"]["code"], status=401)
    assert told["code"] == "code_expired"
    one.confirm_code(second["challenge_id"], second["simulated_message"]["code"])


def test_codes_anybody_has_sent_for_signing_in_do_not_keep_the_owner_from_signing(reading_done, clock, lender):
    one, away = reading_done(), clock.away
    most = lender.services.policies.sign_in.codes_an_hour
    body = {"phone": one.phone, "purpose": "sign_in"}
    try:
        answers = []
        for _ in range(most + 1):
            clock.move(seconds=21)
            answers.append(one.call("POST", "/v1/auth/codes", body=body).status_code)
        assert answers[-1] == 429
        assert one.call("POST", one.at("/contract/code"), body={}, key=str(uuid.uuid4())).status_code == 201
    finally:
        clock.away = away


def test_codes_are_forgotten_after_an_hour(reading_done, clock, lender):
    one, away = reading_done(), clock.away
    sent = one.send_signing_code()
    try:
        clock.move(minutes=61)
        forget_old_sign_ins(lender.services)
        with lender.services.database.read() as session:
            assert session.get(OneTimeCode, sent["challenge_id"]) is None
    finally:
        clock.away = away


@pytest.mark.attack("a-code-confirmed-twice-at-once-counts-once")
def test_a_code_confirmed_twice_at_once_counts_once(reading_done):
    one = reading_done()
    sent = one.send_signing_code()
    body = {"challenge_id": sent["challenge_id"], "code": sent["simulated_message"]["code"]}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: one.call("POST", one.at("/contract/code/confirmation"), body=body), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


def test_the_same_key_is_one_message_and_one_answer(reading_done, lender, monkeypatch):
    one, sent, key = reading_done(), [], str(uuid.uuid4())
    real = lender.services.sources.messages.send
    monkeypatch.setattr(lender.services.sources.messages, "send", lambda *told: (sent.append(told), real(*told)))
    first = one.send_signing_code(key)
    assert one.send_signing_code(key) == first
    assert len(sent) == 1
    one.confirm_code(first["challenge_id"], first["simulated_message"]["code"])
    assert one.call("POST", one.at("/contract/code"), body={}).status_code == 422  # without a key nothing is sent
    assert len(sent) == 1


@pytest.fixture
def few_wrong_codes(lender, monkeypatch):
    """The policy allows seven wrong codes a day."""
    policies = lender.services.policies
    changed = replace(policies, sign_in=policies.sign_in.model_copy(update={"wrong_codes_a_day": 7}))
    monkeypatch.setattr(type(lender.services), "policies", property(lambda _services: changed), raising=False)


@pytest.mark.attack("a-day-has-an-end-of-guessing-and-says-when-it-goes-on")
def test_a_day_has_an_end_of_guessing_and_says_when_it_goes_on(reading_done, clock, lender, few_wrong_codes):
    one, away = reading_done(), clock.away
    try:
        began = clock.now()
        for tries in (5, 2):  # over two codes, minutes apart: each code alone would allow five
            sent = one.send_signing_code()
            wrong = f"{(int(sent['simulated_message']['code']) + 1) % 1_000_000:06d}"
            for _ in range(tries):
                one.confirm_code(sent["challenge_id"], wrong, status=401)
            clock.move(minutes=2)
        body = {"challenge_id": sent["challenge_id"], "code": sent["simulated_message"]["code"]}
        told = refused(one.call("POST", one.at("/contract/code/confirmation"), body=body), 429, "codes_locked")
        again = datetime.fromisoformat(told["retry_at"])
        assert timedelta(hours=23, minutes=59) < again - began < timedelta(hours=24, minutes=1)
        answer = one.call("POST", one.at("/contract/code"), body={}, key=str(uuid.uuid4()))
        refused(answer, 429, "codes_locked")  # no message whose code would not be looked at
        # Codes for signing in are counted by themselves.
        assert one.call("POST", "/v1/auth/codes", body={"phone": one.phone, "purpose": "sign_in"}).status_code == 201
        assert one.get()["allowed_actions"] == ["authorise_signing", "withdraw"]
        clock.move(hours=24)
        with lender.services.database.read() as session:
            require_unlocked(lender.services, session, one.phone, CodePurpose.SIGN_CONTRACT)  # it is over
    finally:
        clock.away = away


@pytest.mark.attack("who-guesses-at-anothers-sign-in-does-not-keep-the-owner-out")
def test_who_guesses_at_anothers_sign_in_does_not_keep_the_owner_out(walker, clock, few_wrong_codes):
    owner, guesser, away = walker(), walker(), clock.away
    owner.sign_in()
    guesser.phone = owner.phone
    try:
        for tries in (5, 2):
            clock.move(minutes=2)
            sent = guesser.done("POST", "/v1/auth/codes", body={"phone": owner.phone, "purpose": "sign_in"}, status=201)
            right = sent["simulated_message"]["code"]
            wrong = f"{(int(right) + 1) % 1_000_000:06d}"
            for _ in range(tries):
                body = guesser.on_device(challenge_id=sent["challenge_id"], code=wrong)
                assert guesser.call("POST", "/v1/auth/sessions", body=body).status_code == 401
        body = guesser.on_device(challenge_id=sent["challenge_id"], code=right)
        refused(guesser.call("POST", "/v1/auth/sessions", body=body), 429, "codes_locked")
        clock.move(minutes=2)
        owner.sign_in()  # on the computer they have used before
    finally:
        clock.away = away


def test_the_evidence_names_the_phone_the_code_went_to(reading_done, lender):
    one = reading_done()
    assert one.hand_in(one.sign()).status_code == 200
    one.wait("active")
    services = lender.services
    with services.database.write() as session:  # the account gets another phone later
        contract = session.scalars(select(ContractRecord).where(ContractRecord.application_id == one.id)).one()
        borrower = session.get_one(Borrower, session.get_one(Application, one.id).borrower_id)
        borrower.phone_sealed = services.cipher.encrypt(b"13799990000", f"borrower|{borrower.id}|phone")
        assert one.phone.encode() not in (contract.authorised_phone_sealed or b"")
    bundle = zipfile.ZipFile(io.BytesIO(one.call("GET", one.at("/evidence")).content))
    signer = json.loads(bundle.read("02-signer/signer.json"))
    assert signer["authorised"]["phone"].endswith(one.phone[-4:])
