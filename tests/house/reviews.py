"""The day by which articles are judged: that of the revision checked out, never that of the clock.

So a revision passes or fails its tests for ever as it did on its day, and an old one does not begin to fail on a
shelf; but nobody can go on building on articles that were not read again for a year.
"""

import subprocess
from datetime import date
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def day_of_this_revision() -> date | None:
    """The day of the commit checked out; ``None`` in a copy without its history."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%cs"]
    try:
        return date.fromisoformat(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
