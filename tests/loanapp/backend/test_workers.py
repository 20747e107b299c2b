"""The lock that says a worker lives, over a database that goes away and comes back."""

import sqlite3

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from loanapp.backend.origination.workers import Workers


class Server:
    """A database that answers as PostgreSQL does to the three questions asked, where it runs."""

    def __init__(self):
        self.runs, self.connections = True, []
        self.engine = create_engine("sqlite://", creator=self.connect, poolclass=NullPool)

    def connect(self):
        if not self.runs:
            raise sqlite3.OperationalError("the server is not there")
        made = sqlite3.connect(":memory:", check_same_thread=False)
        for name in ("pg_try_advisory_lock", "pg_advisory_unlock"):
            made.create_function(name, 1, lambda _key: True)
        self.connections.append(made)
        return made

    def fall(self):
        self.runs = False
        for one in self.connections:
            one.close()
        self.connections.clear()


def test_a_worker_whose_database_was_gone_for_long_looks_again_when_it_is_back(expect_log):
    server = Server()
    workers = Workers(server.engine)
    assert workers.ended(["worker-b", workers.name]) == ["worker-b"]
    server.fall()
    expect_log("the connection that says this worker lives was lost and is made anew")
    for _look in range(2):
        with pytest.raises(OperationalError):
            workers.ended(["worker-b"])
    server.runs = True
    assert workers.ended(["worker-b"]) == ["worker-b"]
    assert len(server.connections) == 1
    workers.close()
    server.engine.dispose()
