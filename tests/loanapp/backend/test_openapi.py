"""The committed contract is the running one."""

import json

from loanapp.backend.http.problems import PROBLEM_TYPE, STATUS_OF
from loanapp.backend.openapi import openapi_document, openapi_text
from loanapp.domain.errors import ErrorCode
from loanapp.resource_files import resource_path

COMMITTED = resource_path().parent / "docs" / "openapi.json"


def test_the_committed_document_is_the_running_one():
    written = COMMITTED.read_text(encoding="utf-8")
    assert json.loads(written) == openapi_document(), "python -m loanapp.backend.openapi docs/openapi.json"
    assert written == openapi_text()


def test_every_refusal_is_declared_as_a_problem():
    document = openapi_document()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            assert {"403", "422", "500"} <= set(responses), (method, path)
            for status, response in responses.items():
                if int(status) >= 400:
                    assert list(response["content"]) == [PROBLEM_TYPE], (method, path, status)


def test_whatever_waits_for_an_authority_says_that_it_may_be_down():
    one = "/v1/applications/{application_id}"
    asked = {("post", "/v1/timestamps")}
    asked |= {("post", f"{one}/certificate"), ("put", f"{one}/contract/signed"), ("get", f"{one}/evidence")}
    asked |= {("get", f"{one}/loan/settlement-certificate")}
    paths = openapi_document()["paths"]
    assert [one for one in sorted(asked) if "503" not in paths[one[1]][one[0]]["responses"]] == []


def test_no_reference_leads_nowhere():
    document = openapi_document()
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(document["components"]["schemas"])
    assert "#/$defs/" not in text


def test_a_status_is_an_error_status():
    assert all(400 <= status <= 599 for status in STATUS_OF.values())
    assert set(STATUS_OF) <= set(ErrorCode)
