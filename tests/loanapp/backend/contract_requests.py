"""Requests that the contract allows, made from the contract itself: an endpoint that is added has one the day it is."""

import json
import re
import uuid
from pathlib import Path

from tests.loanapp.backend.walk import TERMS

_CONTRACT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))
_METHODS = ("get", "put", "post", "delete", "patch")


def operations():
    """``(method, path, operation)`` of everything in the contract."""
    return [
        (method.upper(), path, operation)
        for path, operations in _CONTRACT["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    ]


def owned():
    """The operations on something that is somebody's."""
    return [
        (method, path, operation)
        for method, path, operation in operations()
        if any(name in path for name in ("{application_id}", "{session_id}", "{device_id}", "{key_id}"))
    ]


def bodies(operation, stranger):
    """A body the contract allows, so that the refusal cannot be for the body's shape."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return ({"content": b"x", "media": media} for media in content) if content else iter([{}])
    return ({"body": body} for body in [_example(content["application/json"]["schema"], stranger)])


def _example(schema, stranger):
    name = schema.get("$ref", "").rpartition("/")[2]
    named = {
        "network": {"code": "24681357"},
        "identity": stranger.identity_fields(),
        "terms": TERMS,
        "card": {"number": stranger.who.card_number, "phone": stranger.who.phone},
    }
    for word, body in named.items():
        if word in name.lower():
            return body
    return _value(schema)


def _value(schema):
    """The smallest value of a JSON schema of this contract."""
    if "$ref" in schema:
        return _value(_CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _value(schema[several][0])
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        inner = schema.get("properties", {})
        return {name: _value(inner[name]) for name in schema.get("required", ())}
    if kind == "array":
        return [_value(schema["items"])] * schema.get("minItems", 0)
    if kind == "string":
        return _text(schema)
    return {"integer": schema.get("minimum", 1), "number": 1, "boolean": True}.get(kind)


def _text(schema):
    if schema.get("format") == "date-time":
        return "2026-01-01T09:00:00+08:00"
    pattern = schema.get("pattern", "")
    for text in ("10.00", "2026-01-01", "x" * 8, "0" * 64, "13900000000", "6222020000000000", str(uuid.uuid4())):
        if pattern and re.search(pattern, text):
            return text
    return "x" * max(1, schema.get("minLength", 1))


def address_of(path, victim):
    """The path with the numbers of this borrower's."""
    known = {
        "application_id": victim.id,
        "session_id": victim.session_id,
        "device_id": victim.device_id,
        "key_id": victim.key_id,
        "side": "front",
    }
    return re.sub(r"{(\w+)}", lambda found: known.get(found[1], str(uuid.uuid4())), path)
