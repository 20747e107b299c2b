"""Hostile requests by the thousand: each is refused with a 4xx, and of what the lender keeps nothing changes.

    python -m tests.loanapp.backend.hostile_requests --requests 10000 --seed 1

Seven kinds in turn, against every operation of the contract: steps out of order, other people's numbers, requests sent
again, bodies too large, bytes that are no text, tokens that are forged, proofs that are wrong. The figures are JSON.
"""

import argparse
import hashlib
import json
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path

import requests
from sqlalchemy import select

from loanapp.backend.store.tables import Base
from loanapp.proof.request_proof import PROOF_HEADER
from tests.loanapp.backend import fleet
from tests.loanapp.backend.contract_requests import address_of, bodies, operations, owned
from tests.loanapp.backend.walk import TERMS, SignedBy, Walker, serving

# What a refusal may leave behind: that a signed request came, that somebody tried, and what the sequencer signed over.
_MAY_CHANGE = frozenset({"request_nonce", "failed_try", "ledger_head", "ledger_node"})
# What a draft without anything in it must not be let do.
_LATER = (
    ("POST", "/submit", {}),
    ("POST", "/liveness-sessions", {"source_kind": "camera"}),
    ("POST", "/manual-verification", {"changed_face": False}),
    ("PUT", "/network-identity", {"code": "24681357"}),
    ("POST", "/branch-appointment", {"branch_id": "x", "slot": "2026-01-01T09:00:00+08:00"}),
    ("POST", "/branch-appointment/cancel", {}),
    ("PUT", "/bank-card", {"number": "6222020000000000", "phone": "13900000000"}),
    ("POST", "/offer/accept", {"offer_id": str(uuid.uuid4())}),
    ("GET", "/cost-disclosure", None),
    ("POST", "/cost-disclosure/confirmation", {}),
    ("POST", "/contract/code", {}),
    ("POST", "/certificate", {"csr_pem": "x"}),
    ("GET", "/contract", None),
    ("GET", "/evidence", None),
    ("GET", "/loan", None),
    ("GET", "/loan/settlement-certificate", None),
)
_NO_TEXT = (
    b"\xff\xfe{\xff}",
    b'{"months": "\xc3\x28"}',
    b"\xed\xa0\x80",
    b'{"amount":' + b"[" * 4000,
    b"\x00" * 64,
    b'{"a":1e999}',
)


class Hostile:
    """One who sends, with a victim whose numbers are known and a stranger who is signed in."""

    def __init__(self, http, chance, *, huge):
        self.http, self.chance, self.huge = http, chance, huge
        self.victim, self.stranger, self.beginner = (
            Walker(http, "review" if number else "approved", phone=f"1396666000{number}") for number in range(3)
        )
        for one in (self.victim, self.stranger, self.beginner):
            one.sign_in()
        self.victim.create()
        self.victim.documents()
        self.victim.identify()
        self.victim.consents()
        self.victim.session_id = self.victim.act("/liveness-sessions", {"source_kind": "camera"}, status=201)[
            "session_id"
        ]
        self.victim.key_id = str(uuid.uuid4())
        self.beginner.create()
        self.sent_before = self._acts()
        self.operations, self.owned = operations(), owned()
        self.guarded = [one for one in self.operations if one[2].get("security") and {} not in one[2]["security"]]
        self.kinds = (
            self.out_of_order,
            self.other_peoples,
            self.again,
            self.too_large,
            self.no_text,
            self.forged_token,
            self.wrong_proof,
        )

    def _acts(self):
        """Signed requests of the victim's that were taken, to the byte."""
        taken = []
        for _ in range(20):
            sent = self._signed(self.victim, "PUT", self.victim.at("/terms"), TERMS)
            answer = self.http.send(sent, timeout=30)
            assert answer.status_code == 200, answer.text
            taken.append(sent)
        return taken

    def _signed(self, who, method, address, body, key=None):
        headers = {"Authorization": f"Bearer {who.token}", "Idempotency-Key": key or str(uuid.uuid4())}
        made = requests.Request(
            method, self.http.url + address, json=body, headers=headers, auth=SignedBy(who, who.token)
        )
        return self.http.prepare_request(made)

    def _any(self, among):
        method, path, told = self.chance.choice(among)
        return method, address_of(path, self.victim), told

    def out_of_order(self):
        method, path, body = self.chance.choice(_LATER)
        return self.beginner.call(method, self.beginner.at(path), body=body, key=str(uuid.uuid4()))

    def other_peoples(self):
        method, address, told = self._any(self.owned)
        sent = self.chance.choice(list(bodies(told, self.stranger)))
        return self.stranger.call(method, address, key=str(uuid.uuid4()), **sent)

    def again(self):
        return self.http.send(self.chance.choice(self.sent_before), timeout=30)

    def too_large(self):
        acts = [one for one in self.guarded if one[0] != "GET" and (self.huge or _takes_json(one[2]))]
        method, address, told = self._any(acts)
        size = self.chance.choice((257 << 10, 9 << 20)) if self.huge else 257 << 10
        media = next(iter(told.get("requestBody", {}).get("content", {"application/json": None})))
        whole = b'{"text":"' + b"x" * size + b'"}' if media == "application/json" else b"x" * max(size, 9 << 20)
        return self.stranger.call(method, address, content=whole, media=media, key=str(uuid.uuid4()))

    def no_text(self):
        method, address, _told = self._any([one for one in self.operations if _takes_json(one[2])])
        whole = self.chance.choice(_NO_TEXT)
        return self.stranger.call(method, address, content=whole, media="application/json", key=str(uuid.uuid4()))

    def forged_token(self):
        method, address, told = self._any(self.guarded)
        real = self.victim.token
        flipped = real[:-1] + ("A" if real[-1] != "A" else "B")
        token = self.chance.choice(
            (flipped, real[::-1], real.upper() + "x", "x", "0" * 4096, self.victim.refresh_token)
        )
        sent = self.chance.choice(list(bodies(told, self.victim)))
        return self.victim._once(
            method, address, sent.get("body"), sent.get("content"), str(uuid.uuid4()), sent.get("media", ""), token
        )

    def wrong_proof(self):
        """The victim's own token with the signature of another computer, or of another request."""
        acts = [one for one in self.guarded if one[0] != "GET"]
        method, address, told = self._any(acts)
        body = self.chance.choice(list(bodies(told, self.victim))).get("body", {})
        sent = self._signed(self.victim, method, address, body)
        if self.chance.random() < 0.5:
            sent.headers[PROOF_HEADER] = self._signed(self.victim, method, address + "x", body).headers[PROOF_HEADER]
        else:
            other = Walker.__new__(Walker)
            other.__dict__ = self.victim.__dict__ | {"device_key": self.stranger.device_key}
            sent.headers[PROOF_HEADER] = self._signed(other, method, address, body).headers[PROOF_HEADER]
        return self.http.send(sent, timeout=30)


def _takes_json(told):
    return "application/json" in told.get("requestBody", {}).get("content", {})


def kept(database):
    """A digest of each table's rows, but of those a refusal may change."""
    with database.read() as session:
        return {
            table.name: hashlib.sha256(
                repr(sorted(map(repr, session.execute(select(table)).all()))).encode()
            ).hexdigest()
            for table in Base.metadata.sorted_tables
            if table.name not in _MAY_CHANGE
        }


def send_hostile(database, http, requests_, seed, *, huge=True):
    """The figures; anything that is not refused, or that changes something, is an assertion.

    ``huge``: bodies of megabytes too, which the lender leaves unread: it closes such a connection half a minute later.
    """
    hostile, begun = Hostile(http, random.Random(seed), huge=huge), time.monotonic()
    before, counted, answered = kept(database), Counter(), Counter()
    for number in range(requests_):
        kind = hostile.kinds[number % len(hostile.kinds)]
        answer = kind()
        assert 400 <= answer.status_code < 500, (kind.__name__, answer.request.method, answer.request.url, answer.text)
        assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.text
        counted[kind.__name__] += 1
        answered[answer.status_code] += 1
    after = kept(database)
    changed = [name for name in before if before[name] != after[name]]
    assert not changed, changed
    took = {"minutes": round((time.monotonic() - begun) / 60, 1), "changed": changed}
    return {"requests": requests_, "kinds": dict(counted), "answers": dict(answered), **took}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        fleet.assembled(Path(folder) / "lender") as lender,
        serving(lender) as wire,
    ):
        found = send_hostile(lender.services.database, wire, options.requests, options.seed)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
