"""A real repository on a real TLS server of this computer, made by the release engineer's own tool."""

import json
import tarfile
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.update_repository import ROLES, Release, UpdateRepository
from loanapp.updates.client import UpdateClient
from loanapp.updates.source import UpdateSource
from tests.loanapp.client.tls_lender import Reply, TlsLender

NOTES = {"zh": ["还款日可以改了"], "en": ["The day of repayment can be changed"]}
SYSTEM = "linux-x86_64"


def new_keys(roots=2):
    made = {role: [Ed25519PrivateKey.generate()] for role in ROLES}
    made["root"] = [Ed25519PrivateKey.generate() for _ in range(roots)]
    return made


def archive(path, version, start="#!/bin/sh\n", more=()):
    """A program of one script, as ``dev.py package`` packs it."""
    folder = path / f"made-{version}"
    (folder / "_internal").mkdir(parents=True)
    (folder / "loanapp").write_text(start)
    (folder / "loanapp").chmod(0o755)
    (folder / "_internal" / "version").write_text(version)
    (folder / "_internal" / "same").symlink_to("version")
    for act in more:
        act(folder)
    made = path / f"loanapp-{version}.tar.xz"
    with tarfile.open(made, "w:xz") as tar:
        tar.add(folder, f"loanapp-{version}")
    return made


class Publisher:
    """``now`` may be set back before an act: what it signs is then as old."""

    def __init__(self, folder, server):
        self.folder, self.server, self.now = folder / "repository", server, datetime.now(UTC)
        self.repository = UpdateRepository(self.folder, lambda: self.now)
        self.keys = new_keys()
        self.root = self.repository.begin(self.keys, 2).read_bytes()
        self.work, self.asked = folder, []
        server.route = self._answer

    def offer(self, version, **more):
        made = archive(self.work, version, **more)
        self.repository.add(Release(made, version, SYSTEM, NOTES), self.keys)
        return made

    def _answer(self, request):
        self.asked.append(request.path)
        path = self.folder / request.path.lstrip("/")
        return Reply(body=path.read_bytes()) if path.is_file() else Reply(404, b"")

    def source(self, **changes):
        endpoint = self.server.endpoint()
        return UpdateSource(**{"url": endpoint.base_url, "ca_pem": endpoint.ca_pem, "root": self.root, **changes})

    def client(self, home, version="0.1.0", **changes):
        return UpdateClient(self.source(**changes), home / "seen", version, SYSTEM)

    def metadata(self, role):
        if role == "timestamp":
            return self.folder / "metadata" / "timestamp.json"
        return max((self.folder / "metadata").glob(f"*.{role}.json"), key=lambda one: int(one.name.split(".")[0]))

    def target(self):
        return max((self.folder / "targets").rglob("*.tar.xz"), key=lambda one: one.stat().st_mtime_ns)

    def change(self, role, change):
        path = self.metadata(role)
        read = json.loads(path.read_text())
        change(read)
        path.write_text(json.dumps(read))

    def years_ago(self):
        self.now -= timedelta(days=800)


def tls_server():
    return TlsLender()
