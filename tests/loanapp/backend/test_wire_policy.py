"""What the program may send, held against what the lender takes; and what the lender refuses without a basis."""

import json
import re

import pytest

from loanapp.domain.errors import ErrorCode
from loanapp.resource_files import read_toml, resource_path
from tests.loanapp.backend.test_other_ways import PDF, certificate
from tests.loanapp.backend.test_refusals import refused

ROWS = read_toml("policy", "wire.toml")["requests"]
DOCUMENT = json.loads((resource_path().parent / "docs" / "openapi.json").read_text(encoding="utf-8"))


def bodies():
    """Every request with a body that the lender takes: method, path with stars, and its fields (none for raw bytes)."""
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                starred = re.sub(r"\{\w+\}", "*", path)
                if media == "application/json":
                    name = content["schema"]["$ref"].rpartition("/")[2]
                    yield method.upper(), starred, set(DOCUMENT["components"]["schemas"][name].get("properties", {}))
                else:
                    yield method.upper(), starred, None


def test_every_request_of_the_contract_is_known_by_what_it_carries():
    known = {(row["method"], row["path"]): set(row["fields"]) if "fields" in row else None for row in ROWS}
    assert {(method, path): fields for method, path, fields in bodies()} == known


def test_every_item_it_names_is_declared_and_every_scope_exists():
    items = {item["id"]: item["basis"] for item in read_toml("policy", "data_items.toml")["data_items"]}
    named = {item for row in ROWS for item in [*row.get("fields", {}).values(), row.get("body", "")]} - {""}
    assert named <= set(items)
    policy = read_toml("policy", "wire.toml")
    needing = {item for item, basis in items.items() if basis == "consent"}
    assert needing == set(policy["scopes"])
    scopes = {consent["scope"] for consent in read_toml("policy", "consents.toml")["consents"]}
    assert set(policy["scopes"].values()) == scopes


@pytest.mark.parametrize("answers", [[], [True, False]], ids=["never given", "given and taken back"])
def test_the_lender_refuses_what_comes_without_a_basis(walker, answers):
    one = walker()
    one.sign_in()
    one.create()
    one.documents()
    one.identify()
    for granted in answers:
        for scope in ("face_verification", "bank_account_check", "changed_face_certificate"):
            one.consent(scope, granted=granted)
    wishes = {"source_kind": "demonstration", "flash_accepted": False, "unhurried": False}
    answer = one.call("POST", one.at("/liveness-sessions"), body=wishes, key="0b5b9a52-0000-4000-8000-000000000000")
    assert refused(answer, 403, ErrorCode.CONSENT_MISSING.value)["scope"] == "face_verification"
    card = {"number": "6222020000000000018", "phone": "13800000001"}
    answer = one.call("PUT", one.at("/bank-card"), body=card)
    assert refused(answer, 403, ErrorCode.CONSENT_MISSING.value)["scope"] == "bank_account_check"
    answer = certificate(one, PDF)
    assert refused(answer, 403, ErrorCode.CONSENT_MISSING.value)["scope"] == "changed_face_certificate"
