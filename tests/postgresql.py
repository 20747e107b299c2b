"""A PostgreSQL cluster of its own, thrown away at the end: on a socket in a temporary folder, never as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import psycopg


def binaries():
    """The folder of ``initdb``, or ``None`` where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return Path(found).resolve().parent if found else packaged[-1].parent if packaged else None


class Cluster:
    """A running server; ``database()`` makes a fresh one and answers with its address."""

    def __init__(self, folder):
        self.folder = folder

    def database(self):
        name = f"d{uuid.uuid4().hex}"
        with psycopg.connect(f"host={self.folder} dbname=postgres user=lender", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://lender@/{name}?host={self.folder}"

    def stores(self):
        """``database.toml`` of a lender with two fresh databases."""
        return f'url = "{self.database()}"\nvault_url = "{self.database()}"\n'


@contextmanager
def cluster(*settings, durable=False):
    """A server for as long as this lasts; ``durable``: what is committed is on the disk, as it would be at work."""
    folder, tools = Path(tempfile.mkdtemp(prefix="loanapp-pg-")), binaries()
    own = {} if os.geteuid() else {"user": _somebody(), "group": pwd.getpwnam(_somebody()).pw_gid, "extra_groups": []}
    if own:
        shutil.chown(folder, own["user"], own["group"])
    options = [f"-k {folder}", "-c listen_addresses=", f"-c fsync={'on' if durable else 'off'}"]
    options += [f"-c {setting}" for setting in ("max_connections=200", *settings)]

    def run(tool, *words):
        where = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **own}
        subprocess.run([tools / tool, *words], check=True, timeout=60, **where)

    try:
        run("initdb", "-D", folder / "data", "-A", "trust", "-U", "lender", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        run("pg_ctl", "-D", folder / "data", "-l", folder / "log", "-o", " ".join(options), "-w", "start")
        try:
            yield Cluster(folder)
        finally:
            run("pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _somebody():
    """Who owns the server where the tests run as root, whom PostgreSQL refuses."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
