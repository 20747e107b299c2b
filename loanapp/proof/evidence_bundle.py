"""The evidence bundle: everything a court or an auditor needs about one contract, in one file that checks itself.

A zip archive in one form (:mod:`loanapp.proof.canonical_zip`). It begins with three files::

    manifest.json   canonical JSON: what the bundle is, and SHA-256 and size of every file in it
    manifest.p7s    the lender's signature over manifest.json (CMS, detached, DER)
    manifest.tst    an RFC 3161 token over SHA-256 of manifest.p7s

The nine parts follow in their order, each in its folder. A part that is not there is named as absent, with its reason::

    {"format": "loanapp/evidence-bundle/v1", "contract_number": TEXT, "application_number": TEXT, "made_at": TIME,
     "lender": {"name": TEXT, "licence": TEXT}, "message_key": BASE64, "simulated": BOOL,
     "revisions": [{"field": TEXT, "bytes": INT, "sha256": HEX}, ...],
     "parts": [{"no": 1, "name": "contract", "absent": null | REASON,
                "files": [{"name": TEXT, "bytes": INT, "sha256": HEX}, ...]}, ...]}

``revisions`` are the states of the contract each signature closed. ``message_key`` is the Ed25519 key that signed the
consent receipts and the ledger's heads.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from loanapp.proof.canonical_json import canonical
from loanapp.proof.canonical_zip import File, pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from loanapp.proof.statement import SignedStatement

FORMAT: Final = "loanapp/evidence-bundle/v1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.p7s"
TOKEN: Final = "manifest.tst"  # noqa: S105 - a time-stamp token


class Part(StrEnum):
    """The nine parts, in their order."""

    CONTRACT = "contract"
    SIGNER = "signer"
    IDENTITY = "identity"
    CONSENTS = "consents"
    INTERVIEW = "interview"
    DECISION = "decision"
    LEDGER = "ledger"
    PAYOUT = "payout"
    HOW_TO_VERIFY = "how-to-verify"


class Absence(StrEnum):
    """Why a part may be missing."""

    NO_INTERVIEW = "no_interview"  # the policy asked for none
    NOT_PAID_OUT = "not_paid_out"  # the bundle was made before the payout


ALLOWED_ABSENCES: Final[Mapping[Part, Absence]] = {
    Part.INTERVIEW: Absence.NO_INTERVIEW,
    Part.PAYOUT: Absence.NOT_PAID_OUT,
}

CONTRACT_FILE: Final = "contract.pdf"
COST_FILE: Final = "cost-disclosure.json"
LEDGER_FILE: Final = "ledger.json"
RECEIPTS_FILE: Final = "receipts.json"
SIGNER_FILE: Final = "signer.json"
PAYOUT_FILE: Final = "payout.json"
REVOCATIONS: Final = (".crl",)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFacts:
    """What the manifest says beside the files; ``message_key`` is 32 raw bytes."""

    contract_number: str
    application_number: str
    made_at: datetime
    lender_name: str
    licence: str
    message_key: bytes
    revisions: Sequence[Mapping[str, object]]
    simulated: bool


@dataclass(frozen=True, slots=True)
class PartContent:
    """The files of one part by their names within its folder, or why there are none."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    absent: Absence | None = None


def folder_of(part: Part) -> str:
    """The folder of a part: ``01-contract``."""
    return f"{list(Part).index(part) + 1:02d}-{part.value}"


def path_of(part: Part, name: str) -> str:
    """Where a file of a part lies in the bundle."""
    return f"{folder_of(part)}/{name}"


def make_bundle(
    facts: BundleFacts, parts: Mapping[Part, PartContent], sign: "Callable[[bytes], SignedStatement]"
) -> bytes:
    """The bundle of all nine parts; ``sign`` signs the manifest. Raises :class:`ValueError` when a part is missing."""
    if set(parts) != set(Part):
        raise ValueError("a bundle has nine parts")
    files: list[File] = []
    told: list[dict[str, object]] = []
    for number, part in enumerate(Part, start=1):
        content = parts[part]
        if bool(content.files) == (content.absent is not None):
            raise ValueError("a part has files, or a reason for having none")
        own = [(path_of(part, name), content.files[name]) for name in sorted(content.files)]
        files += own
        told.append({"no": number, "name": part.value, "absent": content.absent, "files": [_fact(*one) for one in own]})
    manifest = canonical(
        {
            "format": FORMAT,
            "contract_number": facts.contract_number,
            "application_number": facts.application_number,
            "made_at": facts.made_at.isoformat(),
            "lender": {"name": facts.lender_name, "licence": facts.licence},
            "message_key": base64.b64encode(facts.message_key).decode("ascii"),
            "revisions": list(facts.revisions),
            "parts": told,
            "simulated": facts.simulated,
        }
    )
    signed = sign(manifest)
    return pack([(MANIFEST, manifest), (SIGNATURE, signed.signature), (TOKEN, signed.token), *files])


def _fact(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()}


def revisions_of(pdf: bytes) -> list[dict[str, object]]:
    """The states of a signed PDF that its signatures closed, in order: field, length, SHA-256."""
    from io import BytesIO  # noqa: PLC0415

    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - loads slowly

    from loanapp.proof.canonical_form import covered_up_to  # noqa: PLC0415

    found = []
    for signature in PdfFileReader(BytesIO(pdf)).embedded_signatures:
        length = covered_up_to(signature.byte_range)
        found.append({"field": signature.field_name, "bytes": length, "sha256": sha256(pdf[:length]).hexdigest()})
    return found
