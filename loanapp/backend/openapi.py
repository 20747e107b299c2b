"""The OpenAPI document of /v1, committed as ``docs/openapi.json``.

``python -m loanapp.backend.openapi docs/openapi.json`` writes it anew; a test holds the two against each other.
"""

import json
import sys
from pathlib import Path
from typing import Any

from loanapp.backend.app import create_app
from loanapp.backend.http.middleware import INSTANCE_HEADER
from loanapp.backend.http.problems import Problem


def openapi_document() -> dict[str, Any]:
    """The document, made from the routes themselves."""
    document: dict[str, Any] = create_app(None).openapi()
    components = document["components"]
    problem = Problem.model_json_schema(mode="serialization")
    components["schemas"]["Problem"] = problem
    components["schemas"] = dict(sorted(components["schemas"].items()))
    components["securitySchemes"]["instance"] = {
        "type": "apiKey",
        "in": "header",
        "name": INSTANCE_HEADER,
        "description": "An embedded lender alone asks for it, on every call; it stands in the owner-only endpoint.json",
    }
    return document


def openapi_text() -> str:
    """The document as it is committed."""
    return json.dumps(openapi_document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(openapi_text(), encoding="utf-8")
