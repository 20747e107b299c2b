"""Twenty loans under way, and the lender killed at random moments: none is lost, none is paid twice, all end.

    python -m tests.loanapp.backend.many_kills --kills 200                 over SQLite, one process
    python -m tests.loanapp.backend.many_kills --kills 200 --postgresql    two workers, one of them killed each time

Rounds of ``--loans`` go from submitted to paid out, whatever is killed meanwhile, until there were so many kills. The
figures are printed as JSON; anything that is not as it must be is an assertion.
"""

import argparse
import contextlib
import json
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select, update

from loanapp.backend.store import ledger
from loanapp.backend.store.database import Database
from loanapp.backend.store.stores import FILE, stores
from loanapp.backend.store.tables import Application, LedgerRow, Loan
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend import fleet

_ENDED = ("active", "declined", "expired", "withdrawn")


def kill_many(data, kills, loans, *, workers, seed, alive=2.5):
    """The figures of so many kills; a worker that is ready lives at most ``alive`` seconds more."""
    chance, begun = random.Random(seed), time.monotonic()
    at_kill, rounds, every, killed = Counter(), 0, [], 0
    while killed < kills:
        rounds += 1
        borrowers = fleet.applicants(data, loans, first=13700000001 + rounds * 1000)
        every += [one.id for one in borrowers]
        living = [fleet.Worker(data).start(wait=False) for _ in range(workers)]
        for worker in living:
            worker.wait()
        wire = fleet.AnyWorker(living)
        ended = threading.Event()
        borrowing = threading.Thread(target=_borrow_all, args=([fleet.at(one, wire) for one in borrowers], ended))
        borrowing.start()
        with contextlib.closing(Database(stores(data).lender)) as looked_at:
            while killed < kills and not ended.wait(0.01):
                worker = chance.choice(living)
                if chance.random() < 0.75:
                    worker.wait_until_ready()  # else every kill would come while it starts, on a computer that is busy
                ended.wait(chance.uniform(0, alive))
                at_kill.update(_under_way(looked_at, every))
                worker.kill()
                worker.start(wait=False)
                killed += 1
        borrowing.join(300)
        assert ended.is_set(), "loans that do not end"
        for worker in living:
            worker.wait()  # one that has just begun would not know yet how to end in order
        assert [worker.leave() for worker in living] == [0] * workers
        wire.close()
        assert_each_step_once(data, every)
        _settle(data)
        print(f"round {rounds}: {killed} kills, {len(every)} loans, {dict(at_kill)}", file=sys.stderr, flush=True)
    return {
        "kills": killed,
        "rounds": rounds,
        "loans": len(every),
        "lost": 0,
        "paid_twice": 0,
        "loans_under_way_at_a_kill_by_status": dict(at_kill.most_common()),
        "minutes": round((time.monotonic() - begun) / 60, 1),
    }


def _borrow_all(borrowers, ended):
    for one in borrowers:
        one.act("/submit")
    left = list(borrowers)
    while left:
        for one in list(left):
            status = one.get()["status"]
            if status in _ENDED:
                left.remove(one)
            elif status in {"offered", "signing"}:
                # Cut off after the lender did what was asked, a step may be refused when it is asked again.
                with contextlib.suppress(AssertionError):
                    _sign(one, status)
        time.sleep(0.05)
    ended.set()


def _sign(one, status):
    if status == "offered":
        one.accept()
    table = one.done("GET", one.at("/cost-disclosure"))
    said = {"sha256": table["sha256"], "seconds_on_screen": 16, "end_reached": True}
    one.call("POST", one.at("/cost-disclosure/confirmation"), body=said, key=str(uuid.uuid4()))
    answer = one.hand_in(one.sign())
    assert answer.status_code == 200, answer.text


def _under_way(database, ids):
    with database.read() as session:
        query = select(Application.status).where(Application.id.in_(ids))
        return [status.value for status in session.scalars(query) if status.value not in {*_ENDED, "settled"}]


def assert_each_step_once(data, ids):
    """Every loan was paid out once, every act stands in the ledger once, and the chain is whole.

    A question repeated after a kill is the same asking and has one entry; one asked anew after a source's silence names
    another asking in its detail (``docs/ledger.md``).
    """
    with fleet.assembled(data) as lender, lender.services.database.read() as session:
        statuses = dict(session.execute(select(Application.id, Application.status)).all())
        assert {statuses[one] for one in ids} <= {ApplicationStatus.ACTIVE, ApplicationStatus.SETTLED}
        assert session.scalar(select(func.count()).select_from(Loan)) == len(ids)
        assert sorted(lender.bank.paid()) == sorted((f"{one}:payout:pay", Decimal(fleet.AMOUNT)) for one in ids)
        assert ledger.first_broken(session) is None
        query = select(LedgerRow.application_id, LedgerRow.act, LedgerRow.detail).where(
            LedgerRow.kind.in_(("share", "check", "decision", "payout", "status"))
        )
        done = Counter((one, act, json.dumps(detail, sort_keys=True)) for one, act, detail in session.execute(query))
        doubled = [(act, detail, times) for (_one, act, detail), times in done.items() if times > 1]
        assert doubled == [], doubled


def _settle(data):
    """All borrowers are one test person, who would soon owe as much as one person may."""
    with fleet.assembled(data) as lender, lender.services.database.write() as session:
        now = lender.services.clock.now()
        session.execute(update(Loan).where(Loan.settled_at.is_(None)).values(settled_at=now))
        paid_out = update(Application).where(Application.status == ApplicationStatus.ACTIVE)
        session.execute(paid_out.values(status=ApplicationStatus.SETTLED))


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.loanapp.backend.many_kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--loans", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alive", type=float, default=2.5, help="seconds; more on a computer that is busy")
    parser.add_argument("--postgresql", action="store_true")
    args = parser.parse_args()
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        data.mkdir()
        if args.postgresql:
            from tests.postgresql import cluster

            (data / FILE).write_text(stack.enter_context(cluster(durable=True)).stores())
        workers = 2 if args.postgresql else 1
        print(json.dumps(kill_many(data, args.kills, args.loans, workers=workers, seed=args.seed, alive=args.alive)))


if __name__ == "__main__":
    main()
