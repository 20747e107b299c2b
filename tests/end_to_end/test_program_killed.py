"""The program is killed (kill -9) on every page; each next start stands where the last one fell."""

import os
import signal
import subprocess
import sys
import time

import pytest

from loanapp.client.drafts import FILE_NAME
from loanapp.client.secrets import VAULT_FILE
from loanapp.demonstration.identities import find_identity
from loanapp.journey.pages import ORDER, Page
from tests.end_to_end.lender_process import REPOSITORY, LenderProcess
from tests.end_to_end.road import payments

# Seconds the program is left on each page before it is killed: within the act, and never to its very end.
MOMENTS = {
    Page.COST: 0.0,
    Page.SIGN_IN: 0.05,
    Page.TERMS: 0.02,
    Page.IDENTITY_DOCUMENT: 0.5,
    Page.ABOUT_YOU: 0.0,
    Page.PERMISSIONS: 0.02,
    Page.FACE_VERIFICATION: 4.0,
    Page.BANK_CARD: 0.1,
    Page.CHECK_ANSWERS: 0.02,
    Page.PROGRESS: 0.3,
    Page.DECISION: 0.2,
    Page.COST_DISCLOSURE: 1.0,
    Page.CONTRACT: 0.1,
    Page.SIGNING: 0.8,
    Page.PAYOUT: 0.1,
}


@pytest.fixture(scope="module")
def computer(tmp_path_factory):
    """A lender, and a home in which the program is started again and again."""
    folder = tmp_path_factory.mktemp("computer")
    with LenderProcess(folder / "lender") as lender:
        yield folder / "home", lender


class Program:
    """One start of the program; it is killed when the test is done with it."""

    def __init__(self, home, lender):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.program", str(home), str(lender.data), "approved"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        self.process.stdout.close()

    def pages(self):
        """The pages it comes to, as it comes to them."""
        for line in self.process.stdout:
            yield Page(line.strip())


@pytest.mark.slow
@pytest.mark.parametrize("page", MOMENTS)
def test_killing_the_program_on_any_page_loses_nothing(computer, page):
    """One journey through all the pages, in order; the program dies once on each."""
    home, lender = computer
    with Program(home, lender) as program:
        came_by = []
        for here in program.pages():
            came_by.append(here)
            if ORDER.index(here) >= ORDER.index(page):
                break
        # The program fell one page earlier: it goes on there, or on the page after it, and never further back.
        assert ORDER.index(came_by[0]) >= ORDER.index(page) - 1
        time.sleep(MOMENTS[page])
    assert len(payments(lender)) <= 1
    assert {path.name.split(".")[0] for path in home.iterdir() if not path.name.startswith(".")} <= {"draft", "secrets"}


@pytest.mark.slow
def test_the_last_start_finds_the_money(computer):
    home, lender = computer
    with Program(home, lender) as program:
        *_, last = program.pages()
        assert program.process.wait(60) == 0
    assert last is Page.MY_LOAN
    identity = find_identity("approved")
    assert payments(lender) == [("10000.00", identity.card_number[-4:])]
    for name in (FILE_NAME, VAULT_FILE):
        assert identity.card_number.encode() not in (home / name).read_bytes()
