"""The lender over PostgreSQL: which addresses count, one ledger for all processes, and workers that share the work."""

import subprocess
import sys
import time
from collections import Counter
from contextlib import closing

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from loanapp.backend.policy import PolicyError
from loanapp.backend.staff.tables import Base
from loanapp.backend.store import ledger
from loanapp.backend.store.database import Database
from loanapp.backend.store.stores import FILE, VARIABLES, stores
from loanapp.backend.store.tables import LedgerRow
from tests.loanapp.backend import fleet
from tests.loanapp.backend.many_kills import assert_each_step_once
from tests.postgresql import binaries, cluster

WORD = "secret"
LENDER, VAULT = f"postgresql://l:{WORD}@db/lender", f"postgresql://l:{WORD}@db/vault"
needs_postgresql = pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed on this computer")


@pytest.fixture(scope="module")
def server():
    with cluster() as running:
        yield running


def test_without_settings_the_lender_works_on_files(tmp_path):
    places = stores(tmp_path, {})
    assert not places.shared
    assert {places.lender.name, places.vault.name, places.workflow.name} == {
        "lender.sqlite",
        "vault.sqlite",
        "workflow.sqlite",
    }


def test_the_environment_stands_above_the_file(tmp_path):
    (tmp_path / FILE).write_text(f'url = "{LENDER}"\nvault_url = "{VAULT}"\n')
    places = stores(tmp_path, {})
    assert places.shared
    assert (places.lender, places.vault) == tuple(
        one.replace("postgresql:", "postgresql+psycopg:") for one in (LENDER, VAULT)
    )
    assert places.workflow == places.lender
    elsewhere = stores(tmp_path, {VARIABLES["vault_url"]: "postgres://other/v"})
    assert elsewhere.vault == "postgresql+psycopg://other/v"


@pytest.mark.parametrize(
    "said",
    [
        f'url = "{LENDER}"',
        f'url = "{LENDER}"\nvault_url = "{LENDER}"',
        f'url = "{LENDER}"\nvault_url = "mysql://l:{WORD}@db/vault"',
        f'url = "{LENDER}"\nvault_url = "postgresql://l:{WORD}@db"',
        f'url = "{LENDER}"\nvault_url = "secret"',
        f'url = "{LENDER}"\nvault_url = 7',
        f'url = "{LENDER}"\nvault_url = "{VAULT}"\nmore = "secret"',
        'url = "secret',
    ],
)
def test_settings_that_do_not_hold_stop_the_start_and_show_no_password(tmp_path, said):
    (tmp_path / FILE).write_text(said)
    with pytest.raises(PolicyError, match=FILE) as refusal:
        stores(tmp_path, {})
    assert "secret" not in str(refusal.value)
    assert "secret" not in repr(stores(tmp_path / "other", {VARIABLES["url"]: LENDER, VARIABLES["vault_url"]: VAULT}))


def test_moments_sort_by_their_bytes_and_the_ledger_outlives_two_thousand_million_entries():
    made = {
        table.name: str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for table in Base.metadata.sorted_tables
    }
    assert 'at VARCHAR(32) COLLATE "C" NOT NULL' in made["ledger_entry"]
    assert "no BIGINT NOT NULL" in made["ledger_entry"]
    assert "position BIGINT NOT NULL" in made["ledger_node"]


_APPENDING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from loanapp.backend.store import ledger
from loanapp.backend.store.database import Database

place = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
database = Database(place)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    with database.write() as session:
        ledger.append(session, datetime.now(UTC), "check", None, {"check": sys.argv[2], "number": number})
database.close()
"""


def appended_at_once(place, count):
    """Two processes append ``count`` entries each, beginning together; what is wrong with the chain, and who did."""
    with closing(Database(place)) as database:
        Base.metadata.create_all(database.write_engine)
        both = [
            subprocess.Popen([sys.executable, "-c", _APPENDING, str(place), name, str(count)], stdin=subprocess.PIPE)
            for name in ("one", "two")
        ]
        time.sleep(1.5)  # both have loaded and wait
        for process in both:
            process.stdin.write(b"go\n")
            process.stdin.close()
        assert [process.wait(60) for process in both] == [0, 0]
        with database.read() as session:
            done = list(session.scalars(select(LedgerRow.act).order_by(LedgerRow.no)))
            return ledger.first_broken(session), done


def test_two_processes_append_to_one_chain(tmp_path):
    broken, done = appended_at_once(tmp_path / "lender.sqlite", 60)
    assert broken is None
    assert Counter(done) == {"check.one": 60, "check.two": 60}


@pytest.mark.slow
@needs_postgresql
def test_two_processes_append_to_one_chain_over_postgresql(server):
    from loanapp.backend.store.postgresql import normal_url

    broken, done = appended_at_once(normal_url(server.database()), 400)
    assert broken is None
    assert Counter(done) == {"check.one": 400, "check.two": 400}
    assert done not in (sorted(done), sorted(done, reverse=True))


@pytest.mark.slow
@needs_postgresql
@pytest.mark.timeout(300)
def test_two_workers_never_do_a_step_twice_even_when_one_is_killed(server, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / FILE).write_text(server.stores())
    borrowers = fleet.applicants(data, 8)
    workers = [fleet.Worker(data).start(wait=False) for _ in range(2)]
    for worker in workers:
        worker.wait()
    wire = fleet.AnyWorker(workers)
    ours = [fleet.at(one, wire) for one in borrowers]
    for one in ours:
        one.act("/submit")
    workers[0].kill()  # in the middle of what it had begun; the other takes it over
    for one in ours:
        one.wait("offered", seconds=90)
    workers[0].start()
    for one in ours:
        one.accept()
        assert one.hand_in(signed(one)).status_code == 200
    for one in ours:
        one.wait("active", seconds=90)
    assert [worker.leave() for worker in workers] == [0, 0]
    wire.close()
    assert_each_step_once(data, [one.id for one in ours])


def signed(one):
    table = one.done("GET", one.at("/cost-disclosure"))
    one.act("/cost-disclosure/confirmation", {"sha256": table["sha256"], "seconds_on_screen": 16, "end_reached": True})
    return one.sign()
