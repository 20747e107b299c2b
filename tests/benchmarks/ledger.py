"""The ledger: an entry against the bare transaction it is stored with, and proofs for one of a million entries."""

import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from loanapp.backend.store import ledger
from loanapp.backend.store.database import Database
from loanapp.backend.store.ledger_tree import LedgerTree
from loanapp.backend.store.tables import Base, Counter, LedgerNode
from loanapp.proof import merkle
from loanapp.proof.keys import new_message_key, raw_public_bytes
from loanapp.proof.ledger_proof import check_entry, check_head, commitment, entry_of, head_message, leaf_of
from loanapp.proof.signed_message import sign_message

ENTRIES = 1_000_000
_RUNS = 300
_BATCH = 50_000


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Milliseconds. Budgets: an entry 1 ms over the bare act, a proof built in 20 ms and checked in 2 ms."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "bench.sqlite")
        Base.metadata.create_all(database.write_engine)
        (bare, entered), (bare_cpu, entered_cpu) = _appending(database)
        yield "ledger.append", entered - bare, "ms", bare
        yield "ledger.append_cpu", entered_cpu - bare_cpu, "ms", bare_cpu
        yield from _proving(database)
        database.close()


def _appending(database: Database) -> tuple[tuple[float, float], tuple[float, float]]:
    """The median transaction of an act without and with its entry, by turns, on one disk: waited, and computed."""
    now, took = datetime.now(UTC), {False: list[float](), True: list[float]()}
    computed = {False: list[float](), True: list[float]()}
    for turn in range(2 * _RUNS):
        with_entry = bool(turn % 2)
        started, computing = time.perf_counter(), time.thread_time()
        with database.write() as session:
            session.execute(insert(Counter).values(name=f"act {turn}", day=now.date(), value=1))
            if with_entry:
                ledger.append(session, now, "check", "a", {"check": "identity", "state": "done"})
        took[with_entry].append((time.perf_counter() - started) * 1000)
        computed[with_entry].append((time.thread_time() - computing) * 1000)
    waited, spent = ((statistics.median(of[False]), statistics.median(of[True])) for of in (took, computed))
    return waited, spent


def _proving(database: Database) -> Iterator[tuple[str, float, str, float]]:
    salt, key = secrets.token_bytes(32), new_message_key()
    content = {"act": "check.identity", "actor": "lender"}
    chosen = ENTRIES // 3
    entry = entry_of(chosen + 1, ledger.written(datetime.now(UTC)), "check", commitment(salt, content), "0" * 64)
    root = _tree_of_a_million(database, chosen, leaf_of(entry))

    def build() -> list[str]:
        with database.read() as session:
            return LedgerTree(session).inclusion(chosen, ENTRIES)

    path = build()
    signed = sign_message(key, head_message(ENTRIES, root, "0" * 64, entry["at"]))
    public = raw_public_bytes(key.public_key())
    proof = {"entry": entry, "content": content, "salt": salt.hex(), "size": ENTRIES, "path": path}
    yield "ledger.proof_built", _median_ms(build), "ms", 20.0
    yield "ledger.proof_checked", _median_ms(lambda: check_entry(proof, check_head(signed, public))), "ms", 2.0


def _tree_of_a_million(database: Database, chosen: int, leaf: str) -> str:
    """The nodes of a tree of :data:`ENTRIES` leaves, written as the sequencer writes them."""
    nodes: dict[tuple[int, int], bytes] = {}
    for number in range(ENTRIES):
        value = bytes.fromhex(leaf) if number == chosen else merkle.leaf_hash(number.to_bytes(8))
        for level, position, over in merkle.grow(number, value, lambda *place: nodes[place]):
            nodes[level, position] = over
    rows = [{"level": level, "position": position, "hash": value} for (level, position), value in nodes.items()]
    with database.write() as session:
        for start in range(0, len(rows), _BATCH):
            session.execute(insert(LedgerNode), rows[start : start + _BATCH])
    return merkle.root(ENTRIES, lambda *place: nodes[place]).hex()


def _median_ms(work: Callable[[], object]) -> float:
    took = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)
