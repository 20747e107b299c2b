"""Says at the end of a run which help articles are due for review, long before a test fails for it."""

from loanapp.help import due_soon, review_due
from tests.house.reviews import day_of_this_revision


def pytest_terminal_summary(terminalreporter):
    day = day_of_this_revision()
    if due := due_soon(day) if day else ():
        terminalreporter.section("help articles due for review")
        for one in due:
            terminalreporter.write_line(f"{review_due(one)}  {one.language}/{one.id}")
