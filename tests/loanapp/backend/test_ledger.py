"""The ledger against a lender that rewrites it: whoever came before finds out."""

import copy
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, func, select

from loanapp.backend.adapters.simulated_line import SimulatedLine
from loanapp.backend.adapters.simulated_timestamps import SimulatedTimestampingAuthority
from loanapp.backend.data_uses import heads
from loanapp.backend.data_uses.history import own_history, proofs_of
from loanapp.backend.store import ledger
from loanapp.backend.store.database import Database
from loanapp.backend.store.tables import Base, LedgerHead, LedgerNode, LedgerRow
from loanapp.client.data_uses import HistoryPage
from loanapp.client.reading import JsonObject
from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode
from loanapp.guard.ledger import KnownHistory, check_history
from loanapp.guard.refusal import GuardRefusal
from loanapp.proof.authorities import make_time_root, make_timestamp_authority
from loanapp.proof.keys import new_message_key, raw_public_bytes
from loanapp.proof.ledger_proof import GENESIS, check_entry, check_head, commitment, entry_of, leaf_of

START = datetime(2026, 11, 26, 8, tzinfo=UTC)
ME, OTHER = "borrower-one", "borrower-two"
COLUMNS = [column.name for column in LedgerRow.__table__.columns]


@pytest.fixture
def services(tmp_path):
    database = Database(tmp_path / "lender.sqlite")
    Base.metadata.create_all(database.write_engine)
    clock = ManualClock(START)
    root = make_time_root(START - timedelta(days=1))
    keys = SimpleNamespace(
        message=new_message_key(), timestamp=make_timestamp_authority(root, START - timedelta(days=1)), root=root
    )
    line = SimulatedLine(0.0, 1.0, 1, 0.0, lambda: 1.0)
    timestamps = SimulatedTimestampingAuthority(lambda: root, lambda: keys.timestamp, line, clock)
    sources = SimpleNamespace(timestamps=timestamps)
    yield SimpleNamespace(database=database, clock=clock, keys=keys, sources=sources)
    database.close()


def add(services, count=1, borrower=ME, **detail):
    for number in range(count):
        with services.database.write() as session:
            what = {"what": "contract_signed", "number": number, **detail}
            ledger.append(session, services.clock.now(), "signature", None, what, borrower_id=borrower)


def visit(services, known):
    """What the client does at each visit."""
    history = own_history(services, ME, seen=known.size, after=0)
    answer = {
        "head": history.head.signed,
        "growth": history.growth,
        "entries": history.entries,
        "more": history.more,
        "stamped_at": None,
    }
    page = HistoryPage.read(JsonObject(copy.deepcopy(answer)))
    key = raw_public_bytes(services.keys.message.public_key())
    return check_history(known, page.head, page.growth, page.uses, key)


def rewrite(services, change):
    """The lender changes its rows, then makes chain, tree and head anew, as consistently as it can."""
    with services.database.write() as session:
        rows = list(session.scalars(select(LedgerRow).order_by(LedgerRow.no)))
        kept = change([{name: getattr(row, name) for name in COLUMNS} for row in rows])
        for table in (LedgerRow, LedgerNode, LedgerHead):
            session.execute(delete(table))
        session.expunge_all()
        previous = GENESIS
        for number, values in enumerate(kept, start=1):
            row = LedgerRow(**{**values, "no": number, "previous_sha256": previous})
            row.commitment = commitment(row.salt, ledger.content(row))
            previous = row.leaf_sha256 = leaf_of(
                entry_of(number, ledger.written(row.at), row.kind, row.commitment, row.previous_sha256)
            )
            session.add(row)
        session.flush()
        assert ledger.first_broken(session) is None


def refused(services, known):
    with pytest.raises(GuardRefusal) as caught:
        visit(services, known)
    assert caught.value.code is ErrorCode.GUARD_LEDGER_REWRITTEN
    return caught.value.what


def test_a_history_that_only_grows_is_believed(services):
    known = KnownHistory()
    for size in range(1, 20):
        add(services, borrower=ME if size % 3 else OTHER)
        known = visit(services, known)
        assert known.size == size
    assert sorted(known.leaves) == [number for number in range(1, 20) if number % 3]


def edited(rows):
    rows[2]["detail"] = {"what": "contract_signed", "number": 99}
    return rows


def dropped(rows):
    return rows[:2] + rows[3:]


def reordered(rows):
    rows[2], rows[3] = rows[3], rows[2]
    return rows


def inserted(rows):
    return [*rows[:2], copy.deepcopy(rows[2]), *rows[2:]]


@pytest.mark.attack("a-rewritten-history-is-found-however-consistent-it-is")
@pytest.mark.parametrize("change", [edited, dropped, reordered, inserted])
def test_a_rewritten_history_is_found_however_consistent_it_is(services, change):
    add(services, 6)
    known = visit(services, KnownHistory())
    rewrite(services, change)
    add(services, 3)
    assert refused(services, known) == "forked"
    assert visit(services, KnownHistory()).size > 0  # who was never here cannot know


def test_a_shorter_history_is_found(services):
    add(services, 6)
    known = visit(services, KnownHistory())
    rewrite(services, lambda rows: rows[:4])
    assert refused(services, known) == "truncated"


def test_two_histories_of_one_length_are_found(services):
    add(services, 4)
    known = visit(services, KnownHistory())
    rewrite(services, edited)
    assert refused(services, known) == "forked"


def test_what_an_entry_says_cannot_be_changed_alone(services):
    add(services, 4)
    known = visit(services, KnownHistory())
    with services.database.write() as session:
        session.get_one(LedgerRow, 2).recipient = "somebody else"
    assert refused(services, known) == "edited"
    assert refused(services, KnownHistory()) == "edited"
    with services.database.read() as session:
        assert ledger.first_broken(session) == 2


def test_an_entry_that_was_shown_cannot_be_kept_back(services):
    add(services, 4)
    known = visit(services, KnownHistory())
    with services.database.write() as session:
        session.get_one(LedgerRow, 3).borrower_id = OTHER
    assert refused(services, known) == "dropped"


def test_entries_are_told_in_their_order(services):
    add(services, 4)
    history = own_history(services, ME, seen=0, after=0)
    key = raw_public_bytes(services.keys.message.public_key())
    told = [SimpleNamespace(no=proof["entry"]["no"], proof=proof) for proof in history.entries]
    with pytest.raises(GuardRefusal) as caught:
        check_history(KnownHistory(), history.head.signed, [], told[::-1], key)
    assert caught.value.what == "reordered"


def test_a_head_of_another_key_is_no_head(services):
    add(services, 4)
    known = visit(services, KnownHistory())
    services.keys.message = new_message_key()
    assert refused(services, known) == "unsigned"


def test_no_head_is_signed_over_a_broken_entry(services):
    add(services, 2)
    with services.database.write() as session:
        session.get_one(LedgerRow, 2).kind = "payout"
    with pytest.raises(heads.LedgerBrokenError, match="entry 2"):
        heads.current_head(services)


def test_an_entry_that_is_not_committed_never_was(services):
    add(services)

    def failing_act():
        with services.database.write() as session:
            ledger.append(session, START, "payout", None, {}, borrower_id=ME)
            raise RuntimeError("the act failed")

    with pytest.raises(RuntimeError, match="the act failed"):
        failing_act()
    with services.database.read() as session:
        assert session.scalar(select(func.count()).select_from(LedgerRow)) == 1


def test_a_person_goes_and_the_history_stays(services):
    with services.database.write() as session:
        ledger.append(session, START, "check", "application-one", {"check": "face", "secret": "who it was"})
    add(services, 3)
    before = heads.current_head(services).signed
    with services.database.write() as session:
        ledger.make_anonymous(session, "nobody", ["application-one"])
    add(services, 1)
    with services.database.read() as session:
        assert ledger.first_broken(session) is None
        row = session.get_one(LedgerRow, 1)
        assert ledger.content(row) is None
        assert "who it was" not in str(vars(row))
        after = heads.current_head(services)
        assert heads.LedgerTree(session).root(4) == before["root"]
        assert after.size == 5


def test_a_proof_stands_by_itself(services):
    with services.database.write() as session:
        for number in range(5):
            ledger.append(session, START, "check", "application-one", {"check": "face", "number": number})
    signed = heads.current_head(services)
    with services.database.read() as session:
        proofs = proofs_of(session, "application-one", signed)
    head = check_head(signed.signed, raw_public_bytes(services.keys.message.public_key()))
    leaves = [check_entry(proof, head) for proof in proofs]
    assert len(set(leaves)) == 5
    assert leaves[-1] == head.leaf


def test_time_is_certified_for_the_head_once_a_minute(services):
    from asn1crypto import cms

    from loanapp.proof.canonical_json import canonical_sha256

    add(services)
    heads.current_head(services)
    assert heads.stamp_is_due(services)
    stamped = heads.stamp_head(services)
    info = cms.ContentInfo.load(stamped.stamp)["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native.hex() == canonical_sha256(stamped.signed)
    assert info["gen_time"].native == START
    add(services)
    heads.current_head(services)
    assert not heads.stamp_is_due(services)
    services.clock.move(timedelta(seconds=60))
    assert heads.stamp_is_due(services)
    heads.stamp_head(services)
    assert not heads.stamp_is_due(services)


def until(services, holds):
    deadline = time.monotonic() + 5
    while True:
        with services.database.read() as session:
            head = heads.newest_head(session)
        if head is not None and holds(head):
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_entries_are_covered_while_the_time_authority_is_silent(services, monkeypatch):
    """Sequencer and stamper work by themselves, and neither waits for the other."""
    monkeypatch.setattr(heads, "_LOOK_EVERY_S", 0.02)
    asked, go, answer = threading.Event(), threading.Event(), services.sources.timestamps.answer

    def slow(query):
        asked.set()
        assert go.wait(10)
        return answer(query)

    services.sources.timestamps.answer = slow
    timers = heads.sequencer(services), heads.stamper(services)
    for one in timers:
        one.start()
    try:
        add(services, 3)
        assert asked.wait(5)
        add(services, 2)
        until(services, lambda head: head.size == 5 and head.stamp is None)
        services.clock.move(timedelta(seconds=60))
        go.set()
        until(services, lambda head: head.stamp is not None)
    finally:
        go.set()
        for one in timers:
            one.stop()
