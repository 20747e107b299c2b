"""An evidence bundle without a lender's database: real signatures, a small ledger in memory."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from loanapp.proof import merkle
from loanapp.proof.authorities import make_revocation_list, pem
from loanapp.proof.canonical_json import canonical, canonical_sha256
from loanapp.proof.evidence_bundle import Absence, BundleFacts, Part, PartContent, make_bundle, revisions_of
from loanapp.proof.keys import new_message_key
from loanapp.proof.ledger_proof import GENESIS, commitment, entry_of, head_message, leaf_of
from loanapp.proof.signed_message import sign_message
from loanapp.proof.statement import sign_statement

TABLE = {"lender": "演示放款机构", "principal": "10000.00", "annualised_total_pct": "12.0000"}
TABLE_SHA256 = canonical_sha256(TABLE)


@dataclass
class Ledger:
    """Entries in memory, with the proofs a lender's database would give."""

    parties: object
    key: object

    def __post_init__(self):
        self.entries = []
        self.actor = "borrower"

    def add(self, kind, act, *, at=None, **detail):
        content = {"application_id": "a", "actor": self.actor, "act": act, "detail": detail}
        salt = secrets.token_bytes(32)
        previous = leaf_of(self.entries[-1][0]) if self.entries else GENESIS
        at = (at or self.parties.now).isoformat()
        entry = entry_of(len(self.entries) + 1, at, kind, commitment(salt, content), previous)
        self.entries.append((entry, content, salt))

    def told(self):
        leaves = [bytes.fromhex(leaf_of(entry)) for entry, _content, _salt in self.entries]
        size = len(leaves)

        def read(level, place):
            span = leaves[place << level : (place + 1) << level]
            while len(span) > 1:
                span = [merkle.node_hash(*pair) for pair in zip(span[::2], span[1::2], strict=True)]
            return span[0]

        at = self.parties.now.isoformat()
        message = head_message(size, merkle.root(size, read).hex(), leaves[-1].hex(), at)
        head = sign_message(self.key, message)
        stamp = self.parties.time.token_over(sha256(canonical(head)).digest())
        return {
            "head": head,
            "stamp": base64.b64encode(stamp).decode(),
            "entries": [
                {
                    "entry": entry,
                    "content": content,
                    "salt": salt.hex(),
                    "size": size,
                    "path": [one.hex() for one in merkle.inclusion(entry["no"] - 1, size, read)],
                }
                for entry, content, salt in self.entries
            ],
        }


def written(value):
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def prepared_of(pdf):
    """The bytes before the borrower's signature was appended."""
    end = revisions_of(pdf)[0]["bytes"]
    return pdf[: pdf.rindex(b"%%EOF", 0, end - 8) + len(b"%%EOF\n")]


def parts_of(parties, pdf, key, table=None, number="LC20261122-0001", authorised_at=None):
    """The nine parts of a bundle about ``pdf``, and what the manifest says."""
    revisions, ledger = revisions_of(pdf), Ledger(parties, key)
    table = table or TABLE
    table_sha256 = canonical_sha256(table)
    facts = {"receipt_id": "r-1", "granted": True, "text_sha256": "ab" * 32}
    receipt = sign_message(key, {**facts, "scope": "bureau_query", "language": "zh"})
    ledger.add("consent", "consent.bureau_query", scope="bureau_query", **facts)
    ledger.add("check", "check.identity", check="identity", state="done")
    ledger.add("consent", "consent.cost_disclosure", sha256=table_sha256, seconds=16, end_reached=True)
    prepared = prepared_of(pdf)
    about = {"contract": number, "prepared_sha256": sha256(prepared).hexdigest()}
    for act in ("contract_prepared", "code_confirmed"):
        ledger.add("signature", f"signature.{act}", at=authorised_at, **about)
    ledger.add(
        "signature",
        "signature.contract_signed",
        borrower_sha256=revisions[0]["sha256"],
        final_sha256=revisions[-1]["sha256"],
    )
    ledger.add("payout", "payout", reference="P-1")
    cost = {"table": table, "sha256": table_sha256, "seconds_on_screen": 16, "end_reached": True}
    lists = {
        f"{name}.crl": make_revocation_list(authority, parties.now)
        for name, authority in (
            ("borrower-authority", parties.borrower_authority),
            ("document-root", parties.document_root),
        )
    }
    authorised = {"by": "one_time_code", "prepared_bytes": len(prepared)}
    authorised["at"] = (authorised_at or parties.now).isoformat()
    told = {"name": "测**", "authorised": authorised | {"prepared_sha256": about["prepared_sha256"]}}
    signer = {"certificates.pem": pem(parties.borrower.certificate).encode(), "signer.json": written(told)}
    return {
        Part.CONTRACT: PartContent({"contract.pdf": pdf, "cost-disclosure.json": written(cost)}),
        Part.SIGNER: PartContent(lists | signer),
        Part.IDENTITY: PartContent({"checks.json": written({"checks": []})}),
        Part.CONSENTS: PartContent({"receipts.json": written({"receipts": [receipt]})}),
        Part.INTERVIEW: PartContent(absent=Absence.NO_INTERVIEW),
        Part.DECISION: PartContent({"decision.json": written({"outcome": "approved"})}),
        Part.LEDGER: PartContent({"ledger.json": written(ledger.told())}),
        Part.PAYOUT: PartContent({"payout.json": written({"reference": "P-1"})}),
        Part.HOW_TO_VERIFY: PartContent({"zh.txt": "如何核验".encode()}),
    }


def signing(parties, lender=None):
    """``sign(manifest)`` for the lender."""
    who = lender or parties.lender
    return lambda manifest: sign_statement(
        manifest, who, [parties.document_root.certificate], parties.time, parties.now
    )


def build(
    parties,
    pdf,
    *,
    change=lambda parts: parts,
    lender=None,
    revisions=None,
    key=None,
    table=None,
    authorised_at=None,
    **facts,
):
    """A bundle; ``change`` may alter the parts, ``facts`` what the manifest says."""
    key = key or new_message_key()
    told = {
        "contract_number": "LC20261122-0001",
        "application_number": "LA20261122-0001",
        "made_at": parties.now + timedelta(seconds=1),
        "lender_name": "演示放款机构",
        "licence": "TEST-0001",
        "message_key": key.public_key().public_bytes_raw(),
        "revisions": revisions or revisions_of(pdf),
        "simulated": True,
    }
    told |= facts
    parts = parts_of(parties, pdf, key, table, told["contract_number"], authorised_at)
    return make_bundle(BundleFacts(**told), change(parts), signing(parties, lender))
