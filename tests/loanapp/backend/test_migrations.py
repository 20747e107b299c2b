"""Steps and models make the same tables, and a lender works on no database of another version."""

import os
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from loanapp.backend.served.__main__ import main
from loanapp.backend.served.migrating import METADATA, STEPS, migrate_one
from loanapp.backend.served.worker import EXIT_FAILED, Serving, run_worker
from loanapp.backend.staff.tables import Base
from loanapp.backend.store.database import Database
from loanapp.backend.store.postgresql import normal_url
from loanapp.backend.store.schema_version import LENDER, SchemaError, bring_up, version_of, write_version
from loanapp.backend.store.stores import FILE, stores
from tests.postgresql import binaries, cluster

NAMES = sorted(METADATA)


@pytest.fixture
def umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


def differences(connection, metadata):
    """What the tables of a database lack or have beyond ``metadata``, as alembic tells it; ours alone are looked at."""
    ours = set(metadata.tables)
    compared = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_name": lambda name, kind, _parents: kind != "table" or name in ours,
        },
    )
    return list(compare_metadata(compared, metadata))


def told_apart(place, name):
    with closing(Database(place)) as database, database.read() as session:
        return differences(session.connection(), METADATA[name])


@pytest.mark.parametrize("name", NAMES)
def test_steps_and_models_make_the_same_tables(tmp_path, name):
    place = tmp_path / "stepped.sqlite"
    assert migrate_one(name, place) == f"{name}: empty to {STEPS[name][-1]}"
    assert migrate_one(name, place) == f"{name}: {STEPS[name][-1]}, nothing to do"
    assert told_apart(place, name) == []
    with closing(Database(place)) as database, database.write_engine.begin() as connection:
        connection.exec_driver_sql(f'ALTER TABLE "{min(METADATA[name].tables)}" ADD COLUMN more INTEGER')
    assert [found[0] for found in told_apart(place, name)] == ["remove_column"]


def test_the_program_knows_every_step_in_its_order():
    for name in NAMES:
        config = Config()
        config.set_main_option("script_location", "loanapp:backend/served/migrations")
        config.set_main_option("version_locations", f"loanapp:backend/served/migrations/{name}")
        config.set_main_option("path_separator", "newline")
        steps = ScriptDirectory.from_config(config).walk_revisions()
        assert tuple(step.revision for step in reversed(list(steps))) == STEPS[name]


def test_a_file_of_an_older_version_is_brought_up_and_of_a_newer_one_left_alone(tmp_path):
    place = tmp_path / "lender.sqlite"
    migrate_one("lender", place, LENDER[0])
    with closing(Database(place)) as database:
        bring_up(database.write_engine, Base, LENDER)
        with database.read() as session:
            assert version_of(session.connection()) == LENDER[-1]
        assert told_apart(place, "lender") == []
        with database.write_engine.begin() as connection:
            write_version(connection, "9001")
            connection.exec_driver_sql("DROP TABLE loan")
        with pytest.raises(SchemaError, match=r"newer version.*install that version again, or restore a backup"):
            bring_up(database.write_engine, Base, LENDER)
        assert not inspect(database.write_engine).has_table("loan")


def test_tables_without_a_version_are_left_as_they_are(tmp_path):
    """Made by nobody knows what: the steps would fail in the middle of them."""
    place = tmp_path / "lender.sqlite"
    engine = create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE loan (id INTEGER)")
    with pytest.raises(SchemaError, match=r"says no version, and nothing was changed: .* or restore a backup"):
        migrate_one("lender", place)
    assert inspect(engine).get_table_names() == ["loan"]
    engine.dispose()


def test_a_worker_does_not_start_on_a_newer_database_and_says_what_to_do(tmp_path, umask, expect_log, capsys):
    data = tmp_path / "data"
    assert main([str(data), "migrate"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"lender: empty to {LENDER[-1]}", "vault: empty to 0001"]
    engine = create_engine(f"sqlite:///{data / 'lender.sqlite'}")
    with engine.begin() as connection:
        write_version(connection, "9001")
    engine.dispose()
    expect_log("install that version again, or restore a backup from before it")
    assert run_worker(data, Serving(port=0)) == EXIT_FAILED
    assert main([str(data), "migrate"]) == 1
    assert "newer than this program" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed on this computer")
def test_over_postgresql_nothing_is_brought_up_but_by_the_command(tmp_path):
    with cluster() as server:
        (tmp_path / FILE).write_text(server.stores())
        places = stores(tmp_path, {})
        database = Database(normal_url(str(places.lender)))
        with pytest.raises(SchemaError, match=r"is empty.*stop every worker and run.*migrate"):
            bring_up(database.write_engine, Base, LENDER)
        migrate_one("lender", places.lender, LENDER[0])
        with pytest.raises(SchemaError, match=r"older version.*stop every worker and run.*migrate"):
            bring_up(database.write_engine, Base, LENDER)
        for name, place in (("lender", places.lender), ("vault", places.vault)):
            migrate_one(name, place)
            assert told_apart(place, name) == []
        bring_up(database.write_engine, Base, LENDER)
        with database.write_engine.begin() as connection:
            write_version(connection, "9001")
        with pytest.raises(SchemaError, match="newer version"):
            bring_up(database.write_engine, Base, LENDER)
        database.close()
