"""Signs of borrowing in another's name: counted over those who apply, told to staff, and never a verdict."""

import contextlib
import dataclasses
import uuid
from datetime import date, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from loanapp.backend.adapters.ports import BureauRecord
from loanapp.backend.applications.store import Sealed
from loanapp.backend.data_uses.erasure import erase, finish_erasure
from loanapp.backend.origination.assessment import assess
from loanapp.backend.policy import PolicyError, load_policies
from loanapp.backend.policy.fraud_signals import FraudSignalPolicy, SignalKind
from loanapp.backend.policy.loader import check
from loanapp.backend.signals.found import Signal, found_signals
from loanapp.backend.signals.origin import Origin, forget_origins, note_origin, note_photo
from loanapp.backend.signals.tables import ApplicationOrigin, PhotoBand
from loanapp.backend.store.tables import Application, Borrower, LedgerRow
from loanapp.domain.decision import DecisionOutcome, DecisionReason
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.request_proof import written_device_key
from tests.loanapp.backend.test_assessment import CARD, LIMITS, facts, with_face

POLICIES = load_policies()
KINDS = list(SignalKind)
SEEN = (Signal(KINDS[0], 3),)
BANDS = ("00" * 12, "11" * 12, "22" * 12, "33" * 12, "44" * 12, "55" * 12)


class TakenBackError(Exception):
    """Takes back what a test wrote."""


@pytest.fixture
def looking(lender, monkeypatch):
    """The lender looks for the signs it is delivered with."""
    services = lender.services
    policies = dataclasses.replace(services.policies, fraud_signals=POLICIES.fraud_signals)
    monkeypatch.setattr(type(services), "policies", property(lambda _services: policies), raising=False)
    return services


@pytest.fixture
def book(looking):
    """Writes applications, each of somebody else from elsewhere unless said otherwise; nothing of it stays."""
    services = looking

    with contextlib.suppress(TakenBackError), services.database.write() as session:

        def write(*, days=0, person=None, account=None, computer=None, network=None, bands=None):
            now, own = services.clock.now() - timedelta(days=days), uuid.uuid4().hex
            borrower = Borrower(id=account or uuid.uuid4().hex, phone_index=own, phone_sealed=b"", created_at=now)
            if session.get(Borrower, borrower.id) is None:
                session.add(borrower)
                session.flush()
            application = Application(
                id=own,
                number=own,
                borrower_id=borrower.id,
                status=ApplicationStatus.VERIFYING,
                product_id="consumer_instalment",
                amount=1000,
                months=12,
                method="equal_instalment",
                purpose="daily_consumption",
                created_at=now,
                updated_at=now,
                identity_index=person or uuid.uuid4().hex,
            )
            session.add(application)
            session.flush()
            origin = ApplicationOrigin(
                application_id=own,
                at=now,
                computer_index=computer or uuid.uuid4().hex,
                network_index=network,
            )
            session.add(origin)
            if bands:
                note_photo(services, session, own, bands)
            session.flush()
            return application

        write.found = lambda application: found_signals(services, session, application)
        yield write
        raise TakenBackError


SHARED = {
    SignalKind.PEOPLE_OF_ONE_COMPUTER: {"computer": "one"},
    SignalKind.PEOPLE_OF_ONE_NETWORK: {"network": "one"},
    SignalKind.PEOPLE_OF_ONE_ACCOUNT: {"account": "one"},
    SignalKind.ACCOUNTS_OF_ONE_PERSON: {"person": "one"},
    SignalKind.APPLICATIONS_OF_ONE_PERSON: {"person": "one", "account": "one"},
    SignalKind.PHOTO_OF_ANOTHER: {"bands": BANDS},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_sign_is_one_from_its_number_on_and_not_before(book, kind):
    rule = next(rule for rule in POLICIES.fraud_signals.rules if rule.id is kind)
    others = rule.at_least if kind is SignalKind.PHOTO_OF_ANOTHER else rule.at_least - 1
    for _ in range(others - 1):
        book(**SHARED[kind])
    book(days=rule.window_days + 1, **SHARED[kind])  # too long ago to count
    one = book(**SHARED[kind])
    assert book.found(one) == ()
    book(**SHARED[kind])
    assert book.found(one) == (Signal(kind, rule.at_least),)


def test_people_who_share_nothing_show_no_sign(book):
    assert [book.found(book(network=None)) for _ in range(4)] == [()] * 4


def test_the_same_person_may_hand_in_the_same_photo_again(book):
    book(person="one", account="one", bands=BANDS)
    assert book.found(book(person="one", account="one", bands=BANDS)) == ()


@pytest.mark.parametrize(("bits", "same"), [(5, True), (6, False)])
def test_a_photo_is_known_again_by_all_its_bits(book, bits, same):
    """One band is equal in both: the other bits decide."""
    other = (f"{(1 << bits) - 1:024x}", *BANDS[1:])
    book(bands=other)
    assert book.found(book(bands=BANDS)) == ((Signal(SignalKind.PHOTO_OF_ANOTHER, 1),) if same else ())


@pytest.mark.attack("three-identities-on-one-computer-are-looked-at-by-a-person")
def test_three_people_on_one_computer_are_looked_at_and_none_is_declined_for_it(walker, looking, lender, monkeypatch):
    of_computer = POLICIES.fraud_signals.model_copy(update={"rules": POLICIES.fraud_signals.rules[:1]})
    policies = dataclasses.replace(looking.policies, fraud_signals=of_computer)
    monkeypatch.setattr(type(looking), "policies", property(lambda _services: policies), raising=False)
    one = walker("approved")
    computer = sha256(written_device_key(one.device_key.public_key()).encode()).hexdigest()
    for _ in range(2):
        other = walker()
        other.sign_in()
        other.create()
        with looking.database.write() as session:
            application = session.get_one(Application, other.id)
            application.identity_index = uuid.uuid4().hex  # somebody whom no other test knows
            note_origin(looking, session, application, Origin(computer, "127.0.0.1"))
    with_face(lambda _key: one, lender)
    one.wait("in_review", "offered")
    with looking.database.read() as session:
        decision = Sealed(looking, session.get_one(Application, one.id)).decision
        assert session.get_one(ApplicationOrigin, one.id).network_index is None  # asked from this very computer
    if decision["outcome"] == "review":  # else the simulated reviewer was quicker
        assert decision["reasons"] == ["signs_by_person"]
    assert entries(looking, one)[0].detail["reasons"] == ["signs_by_person"]
    assert one.wait("offered")["decision"]["outcome"] == "approved"
    one.act("/withdraw")
    with looking.database.write() as session:
        erase(looking, session, session.get_one(Application, one.id), "request")
    finish_erasure(looking, one.id)
    with looking.database.read() as session:
        assert session.get(ApplicationOrigin, one.id) is None
        assert session.scalars(select(func.count()).where(PhotoBand.application_id == one.id)).one() == 0


def entries(services, one):
    with services.database.read() as session:
        query = select(LedgerRow).where(LedgerRow.application_id == one.id, LedgerRow.kind == "decision")
        return list(session.scalars(query.order_by(LedgerRow.no)))


def test_a_sign_brings_a_person_before_a_low_score_declines():
    low = BureauRecord(overdue_count=2, open_loans=6, score=300)
    assert assess(facts(bureau=low), CARD, LIMITS).outcome is DecisionOutcome.DECLINED
    found = assess(facts(bureau=low, signs=SEEN), CARD, LIMITS)
    assert found.outcome is DecisionOutcome.REVIEW
    assert DecisionReason.SIGNS_BY_PERSON in found.reasons
    plain, doubted = (assess(facts(signs=signs), CARD, LIMITS) for signs in ((), SEEN))
    assert (plain.score, plain.lines) == (doubted.score, doubted.lines)


def test_whatever_is_handed_in_again_is_decided_by_the_person_who_asked():
    low = BureauRecord(overdue_count=2, open_loans=6, score=300)
    for seen in (facts(asked=True), facts(asked=True, bureau=low)):
        found = assess(seen, CARD, LIMITS)
        assert found.outcome is DecisionOutcome.REVIEW
        assert DecisionReason.ASKED_BY_PERSON in found.reasons
    assert assess(facts(asked=True, own_overdue=True), CARD, LIMITS).outcome is DecisionOutcome.DECLINED


def test_a_sign_nobody_real_has_looked_at_makes_no_loan_of_a_refusal(walker, looking, lender, monkeypatch):
    low = BureauRecord(overdue_count=2, open_loans=6, score=300)
    monkeypatch.setattr(looking.sources.bureau, "query", lambda *_: low)
    monkeypatch.setattr("loanapp.backend.origination.steps.found_signals", lambda *_: SEEN)
    one = with_face(walker, lender, key="review")
    assert one.wait("declined", "offered")["status"] == "declined"
    with looking.database.write() as session:
        # This test person was declined for what is not theirs, and others borrow as the same one later.
        session.get_one(Application, one.id).status = ApplicationStatus.WITHDRAWN
    assert [entry.detail["outcome"] for entry in entries(looking, one)] == ["review", "declined"]


def test_what_is_kept_of_where_it_came_from_is_forgotten_in_time(looking, clock, asked):
    with looking.database.write() as session:
        session.add(ApplicationOrigin(application_id=asked.id, at=looking.clock.now(), computer_index="x"))
        note_photo(looking, session, asked.id, BANDS)
    away = clock.away
    try:
        for days, left in ((89, 7), (2, 0)):
            clock.move(days=days)
            forget_origins(looking)
            with looking.database.read() as session:
                kept = [
                    session.scalars(select(func.count()).where(table.application_id == asked.id)).one()
                    for table in (ApplicationOrigin, PhotoBand)
                ]
            assert sum(kept) == left
    finally:
        clock.away = away


def test_nothing_is_looked_for_longer_than_it_is_kept():
    rows = [rule.model_copy(update={"window_days": 91}) for rule in POLICIES.fraud_signals.rules]
    longer = POLICIES.fraud_signals.model_copy(update={"rules": tuple(rows)})
    with pytest.raises(PolicyError, match="further back"):
        check(dataclasses.replace(POLICIES, fraud_signals=longer))


def test_a_row_says_what_was_counted_and_ends_after_it_begins():
    rows = [rule.model_dump(by_alias=True) for rule in POLICIES.fraud_signals.rules]
    for changes in ({"because": {"zh": "有疑点", "en": "odd"}}, {"to": date(2020, 1, 1)}):
        with pytest.raises(ValueError, match=r"how many|before it begins"):
            FraudSignalPolicy.model_validate({"version": "1", "rules": [rows[0] | changes, *rows[1:]]})
    with pytest.raises(ValueError, match="one row"):
        FraudSignalPolicy.model_validate({"version": "1", "rules": rows[1:]})
