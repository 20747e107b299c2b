"""A few of the hostile requests; ``python -m tests.loanapp.backend.hostile_requests`` sends ten thousand."""

import pytest

from tests.loanapp.backend import fleet
from tests.loanapp.backend.hostile_requests import send_hostile
from tests.loanapp.backend.walk import serving


@pytest.mark.attack("hostile-requests-are-refused-and-change-nothing")
def test_hostile_requests_are_refused_and_change_nothing(tmp_path):
    with fleet.assembled(tmp_path / "lender") as lender, serving(lender) as wire:
        found = send_hostile(lender.services.database, wire, 70, seed=2, huge=False)
        assert sum(found["kinds"].values()) == 70
        assert len(found["kinds"]) == 7
