"""A few of the two hundred kills that docs/scale.md gives the figures of; ``test_kills.py`` has one at each status."""

import pytest

from loanapp.backend.store.stores import FILE
from tests.loanapp.backend.many_kills import kill_many
from tests.postgresql import binaries, cluster


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_random_none_is_lost_and_none_is_paid_twice(tmp_path):
    found = kill_many(tmp_path, 8, 5, workers=1, seed=3)
    assert (found["kills"], found["loans"] % 5) == (8, 0)
    assert sum(found["loans_under_way_at_a_kill_by_status"].values()) > 8


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed on this computer")
def test_so_over_postgresql_where_another_worker_goes_on(tmp_path):
    with cluster() as server:
        (tmp_path / FILE).write_text(server.stores())
        found = kill_many(tmp_path, 8, 5, workers=2, seed=3)
    assert found["kills"] == 8
