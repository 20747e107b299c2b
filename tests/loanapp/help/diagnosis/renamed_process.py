"""A real process under a name of one's choice."""

import contextlib
import shutil
import subprocess
import time


@contextlib.contextmanager
def running_as(name, folder, seen):
    """A sleeping process called ``name`` runs, and ``seen()`` has become true."""
    copy = folder / name
    shutil.copy("/bin/sleep", copy)
    with subprocess.Popen([copy, "30"]) as running:
        try:
            end = time.monotonic() + 5
            while not seen():
                assert time.monotonic() < end
                time.sleep(0.02)
            yield
        finally:
            running.kill()
